// SPDX-License-Identifier: LGPL-2.1-or-later
// TurboJPEG, to the planes that a JPEG consists of where it can, so that no colours are changed.
#include "vision/jpeg_decoder.hpp"

#include "vision/jpeg_markers.hpp"

#include <array>
#include <cstddef>

#include <turbojpeg.h>

namespace gemini::vision {
namespace {

// Of memory for one picture. More than the pictures of any camera take.
constexpr double kMaxBytes = 1U << 29U;

int divided(int side, int divisor)
{
  return (side + divisor - 1) / divisor;
}

std::optional<std::string> too_large(const JpegHead &head, int divisor)
{
  constexpr double kPixel = 4;        // as decoded
  constexpr double kCoefficients = 6; // of a pixel: all of the picture, until the last scan is read
  const double pixels = static_cast<double>(head.width) * head.height;
  const double bytes = kPixel * divided(head.width, divisor) * divided(head.height, divisor) +
                       (head.comes_in_one_scan ? 0 : kCoefficients * pixels);
  if (bytes <= kMaxBytes)
    return std::nullopt;
  return "The JPEG of " + std::to_string(head.width) + "x" + std::to_string(head.height) +
         " pixels is too large to be decoded";
}

} // namespace

JpegDecoder::JpegDecoder() : handle_(tjInitDecompress()) {}

JpegDecoder::~JpegDecoder()
{
  if (handle_)
    tjDestroy(handle_);
}

Result<JpegHead, std::string> JpegDecoder::read_head(std::span<const std::uint8_t> jpeg)
{
  JpegHead head;
  int colours = -1;
  const bool is_read =
      handle_ && tjDecompressHeader3(handle_, jpeg.data(), jpeg.size(), &head.width, &head.height,
                                     &head.subsampling, &colours) == 0;
  // It reports an error where it merely has no number for the subsampling.
  if (head.width < 1 || head.height < 1 || colours < 0)
    return std::string{"The JPEG cannot be read: "} + tjGetErrorStr2(handle_);
  if (colours == TJCS_CMYK || colours == TJCS_YCCK)
    head.colours = JpegHead::Colours::cmyk;
  else if (is_read && head.subsampling >= 0 && head.subsampling < TJ_NUMSAMP &&
           (colours == TJCS_YCbCr || colours == TJCS_GRAY))
    head.colours = JpegHead::Colours::ycbcr;
  head.comes_in_one_scan = vision::comes_in_one_scan(jpeg);
  return head;
}

Result<FramePlanes, std::string> JpegDecoder::decode(std::span<const std::uint8_t> jpeg,
                                                     const JpegHead &head, int divisor)
{
  if (auto refusal = too_large(head, divisor))
    return *std::move(refusal);
  FramePlanes planes{.width = head.width, .height = head.height};
  planes.colorimetry.range = GST_VIDEO_COLOR_RANGE_0_255;
  planes.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_BT601;
  const bool is_decoded = head.colours == JpegHead::Colours::ycbcr
                              ? decode_planes(jpeg, head, divisor, planes)
                              : decode_pixels(jpeg, head, divisor, planes);
  if (auto damage = problem(is_decoded))
    return *std::move(damage);
  return planes;
}

Result<FramePlanes, std::string> JpegDecoder::decode_gray(std::span<const std::uint8_t> jpeg,
                                                          const JpegHead &head, int divisor)
{
  if (auto refusal = too_large(head, divisor))
    return *std::move(refusal);
  const int width = divided(head.width, divisor);
  const int height = divided(head.height, divisor);
  buffer_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  const bool is_decoded =
      tjDecompress2(handle_, jpeg.data(), jpeg.size(), buffer_.data(), width, width, height,
                    TJPF_GRAY, TJFLAG_LIMITSCANS | TJFLAG_FASTDCT) == 0;
  if (auto damage = problem(is_decoded))
    return *std::move(damage);
  FramePlanes planes{
      .model = ColourModel::gray, .n_components = 1, .width = head.width, .height = head.height};
  planes.components[0] = {.data = buffer_.data(),
                          .stride = width,
                          .width = static_cast<std::size_t>(width),
                          .height = static_cast<std::size_t>(height),
                          .x_scale = 1.0 / divisor,
                          .y_scale = 1.0 / divisor};
  return planes;
}

std::optional<std::string> JpegDecoder::problem(bool is_decoded) const
{
  // A warning tells of damage that it got over, such as the stray bytes that some cameras write.
  if (is_decoded || tjGetErrorCode(handle_) == TJERR_WARNING)
    return std::nullopt;
  return std::string{"The JPEG cannot be decoded: "} + tjGetErrorStr2(handle_);
}

bool JpegDecoder::decode_planes(std::span<const std::uint8_t> jpeg, const JpegHead &head,
                                int divisor, FramePlanes &planes)
{
  const int width = divided(head.width, divisor);
  const int height = divided(head.height, divisor);
  const auto sampling = static_cast<std::size_t>(head.subsampling);
  const bool is_gray = head.subsampling == TJSAMP_GRAY;
  planes.model = is_gray ? ColourModel::gray : ColourModel::ycbcr;
  planes.n_components = is_gray ? 1 : 3;

  std::array<std::size_t, 3> begins{};
  std::size_t size = 0;
  for (int i = 0; i < static_cast<int>(planes.n_components); ++i) {
    begins[static_cast<std::size_t>(i)] = size;
    size += tjPlaneSizeYUV(i, width, 0, height, head.subsampling);
  }
  buffer_.resize(size);
  std::array<unsigned char *, 3> data{};
  std::array<int, 3> strides{};
  for (std::size_t i = 0; i < planes.n_components; ++i) {
    data[i] = &buffer_[begins[i]];
    strides[i] = tjPlaneWidth(static_cast<int>(i), width, head.subsampling);
    const int across = i == 0 ? 1 : tjMCUWidth[sampling] / 8;
    const int down = i == 0 ? 1 : tjMCUHeight[sampling] / 8;
    planes.components[i] = {.data = data[i],
                            .stride = strides[i],
                            .width = static_cast<std::size_t>(divided(width, across)),
                            .height = static_cast<std::size_t>(divided(height, down)),
                            .x_scale = 1.0 / (divisor * across),
                            .y_scale = 1.0 / (divisor * down),
                            .black = static_cast<std::uint8_t>(i == 0 ? 0 : 128)};
  }
  return tjDecompressToYUVPlanes(handle_, jpeg.data(), jpeg.size(), data.data(), width,
                                 strides.data(), height, TJFLAG_LIMITSCANS) == 0;
}

bool JpegDecoder::decode_pixels(std::span<const std::uint8_t> jpeg, const JpegHead &head,
                                int divisor, FramePlanes &planes)
{
  constexpr std::size_t kStep = 4;
  const int width = divided(head.width, divisor);
  const int height = divided(head.height, divisor);
  const bool is_cmyk = head.colours == JpegHead::Colours::cmyk;
  const std::size_t stride = kStep * static_cast<std::size_t>(width);
  buffer_.resize(stride * static_cast<std::size_t>(height));
  // Fast upsampling repeats chroma, so that no pixel takes any from its neighbours.
  const bool is_decoded =
      tjDecompress2(handle_, jpeg.data(), jpeg.size(), buffer_.data(), width,
                    static_cast<int>(stride), height, is_cmyk ? TJPF_CMYK : TJPF_RGBX,
                    TJFLAG_LIMITSCANS | TJFLAG_FASTUPSAMPLE) == 0;
  if (is_cmyk) // as Adobe writes it: how much light the ink lets through
    for (std::size_t at = 0; at < buffer_.size(); at += kStep)
      for (std::size_t i = 0; i < 3; ++i)
        buffer_[at + i] = static_cast<std::uint8_t>(buffer_[at + i] * buffer_[at + 3] / 255);
  planes.model = ColourModel::rgb;
  constexpr int kMostSubsampled = 4;
  planes.block_width = planes.block_height = kMostSubsampled;
  for (std::size_t i = 0; i < 3; ++i)
    planes.components[i] = {.data = &buffer_[i],
                            .stride = static_cast<std::ptrdiff_t>(stride),
                            .step = kStep,
                            .width = static_cast<std::size_t>(width),
                            .height = static_cast<std::size_t>(height),
                            .x_scale = 1.0 / divisor,
                            .y_scale = 1.0 / divisor};
  return is_decoded;
}

} // namespace gemini::vision
