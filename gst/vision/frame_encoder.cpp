// SPDX-License-Identifier: LGPL-2.1-or-later
// Cut out and scale each component in the source's own colours, change the small planes to JPEG's
// colours, turn them, compress from the planes.
#include "vision/frame_encoder.hpp"

#include "vision/jpeg_colours.hpp"
#include "vision/jpeg_decoder.hpp"
#include "vision/jpeg_encoder.hpp"
#include "vision/jpeg_markers.hpp"
#include "vision/plain_frame.hpp"
#include "vision/plane_scaler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace gemini::vision {

namespace {

Failure frame_failure(std::string message)
{
  return {.kind = FailureKind::frame, .message = std::move(message)};
}

class MappedBytes {
public:
  explicit MappedBytes(GstBuffer *buffer)
      : buffer_(buffer), is_mapped_(gst_buffer_map(buffer, &map_, GST_MAP_READ))
  {
  }
  ~MappedBytes()
  {
    if (is_mapped_)
      gst_buffer_unmap(buffer_, &map_);
  }
  MappedBytes(const MappedBytes &) = delete;
  MappedBytes &operator=(const MappedBytes &) = delete;
  explicit operator bool() const { return is_mapped_; }
  std::span<const std::uint8_t> bytes() const { return {map_.data, map_.size}; }

private:
  GstBuffer *buffer_;
  GstMapInfo map_{};
  bool is_mapped_;
};

// What is shown along one side of the frame, and by how many pixels. Bounds that are whole pixels
// but for a rounding error are whole pixels.
struct Side {
  double begin = 0;
  double end = 1;
  int pixels = 1;
  bool is_mirrored = false;

  Side(double from, double share, int side, int sent, bool mirrors)
      : begin(bound(from, side)), end(bound(from + share, side)), pixels(sent), is_mirrored(mirrors)
  {
    if (!(end > begin)) { // at least something
      begin = std::clamp(std::floor(begin), 0.0, side - 1.0);
      end = begin + 1;
    }
  }

  // Of a component with `n` samples there. `every`: how many pixels a sample of the picture is for.
  Axis axis(double scale, double shift, std::size_t n, int every) const
  {
    const int samples = (pixels + every - 1) / every;
    // An odd number of pixels has room for half a sample at its end, as the picture is seen.
    const double length = (end - begin) / pixels * every * samples;
    const double from = is_mirrored ? end - length : begin;
    const auto low = std::min(static_cast<std::size_t>(begin * scale), n - 1);
    const auto high = std::clamp(static_cast<std::size_t>(std::ceil(end * scale)), low + 1, n);
    return Axis{{.begin = from * scale + shift,
                 .end = (from + length) * scale + shift,
                 .low = low,
                 .high = high},
                samples,
                is_mirrored};
  }

private:
  static double bound(double share, int side)
  {
    constexpr double kNothing = 1e-6;
    const double at = std::fmin(std::fmax(share, 0), 1) * side;
    return std::fabs(at - std::round(at)) < kNothing ? std::round(at) : at;
  }
};

// Planes with room for an even number of columns and rows.
class Canvas {
public:
  Planes420 resize(int width, int height)
  {
    const auto even = [](int side) { return (static_cast<std::size_t>(side) + 1) / 2 * 2; };
    const std::size_t stride = even(width);
    const std::size_t luma = stride * even(height);
    bytes_.resize(luma + luma / 2);
    return {.y = bytes_.data(),
            .cb = bytes_.data() + luma,
            .cr = bytes_.data() + luma + luma / 4,
            .y_stride = stride,
            .cb_stride = stride / 2,
            .cr_stride = stride / 2,
            .width = static_cast<std::size_t>(width),
            .height = static_cast<std::size_t>(height)};
  }

private:
  std::vector<std::uint8_t> bytes_;
};

// In blocks, so that neither side has to be fetched again for each byte.
void transpose(const std::uint8_t *from, std::size_t from_stride, std::size_t width,
               std::size_t height, std::uint8_t *to, std::size_t to_stride)
{
  constexpr std::size_t kBlock = 16;
  for (std::size_t top = 0; top < height; top += kBlock)
    for (std::size_t left = 0; left < width; left += kBlock)
      for (std::size_t x = left; x < std::min(left + kBlock, width); ++x)
        for (std::size_t y = top; y < std::min(top + kBlock, height); ++y)
          to[x * to_stride + y] = from[y * from_stride + x];
}

void transpose(const Planes420 &from, const Planes420 &to)
{
  const std::size_t width = (from.width + 1) / 2;
  const std::size_t height = (from.height + 1) / 2;
  transpose(from.y, from.y_stride, from.width, from.height, to.y, to.y_stride);
  transpose(from.cb, from.cb_stride, width, height, to.cb, to.cb_stride);
  transpose(from.cr, from.cr_stride, width, height, to.cr, to.cr_stride);
}

bool is_whole(const Rect &part)
{
  return part.x <= 0 && part.y <= 0 && part.right() >= 1 && part.bottom() >= 1;
}

// Where the frame that its caps tell of lies in memory, which may hold more: what upstream has cut
// off without moving a byte, or padding that counts as picture.
Rect shown_in(const GstVideoFrame &mapped, const GstVideoInfo &info)
{
  const double width = GST_VIDEO_FRAME_WIDTH(&mapped);
  const double height = GST_VIDEO_FRAME_HEIGHT(&mapped);
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta(mapped.buffer);
  if (!crop)
    return {0, 0, GST_VIDEO_INFO_WIDTH(&info) / width, GST_VIDEO_INFO_HEIGHT(&info) / height};
  return {crop->x / width, crop->y / height, crop->width / width, crop->height / height};
}

// From coordinates of `whole` (0..1) to those that `whole` is told in.
Rect placed(const Rect &part, const Rect &whole)
{
  return to_frame(View{.part = whole}, part);
}

constexpr int kMostDivided = 8; // as small as a JPEG can be decoded

// At what part of its size a JPEG may be decoded for this view. Pixels that are decoded at a
// smaller size have something of all those around them: not where some of them must not be seen.
int divisor_for(const GstVideoInfo &info, const View &view, const EncoderSettings &settings)
{
  int divisor = 1;
  if (!settings.blackouts.empty())
    return divisor;
  const SentSize full = sent_size(info, {.part = view.part}, 0);
  const SentSize sent = sent_size(info, {.part = view.part}, settings.max_size); // as it lies
  while (divisor < kMostDivided && full.width >= 2 * divisor * sent.width &&
         full.height >= 2 * divisor * sent.height)
    divisor *= 2;
  return divisor;
}

double pixel_aspect(const GstVideoInfo &info)
{
  const double aspect = static_cast<double>(GST_VIDEO_INFO_PAR_N(&info)) /
                        static_cast<double>(GST_VIDEO_INFO_PAR_D(&info));
  return aspect > 0 && std::isfinite(aspect) ? aspect : 1;
}

} // namespace

using Encoded = Result<std::vector<EncodedFrame>, Failure>;

struct FrameEncoder::Work {
  Unpacker unpacker;
  JpegDecoder decoder;
  JpegEncoder encoder;
  PlaneScaler scaler;
  Canvas stored; // as the frame lies
  Canvas upright;
  std::vector<std::uint8_t> rgb;

  void scale(const Component &component, std::span<const PixelRect> blackouts, const Side &across,
             const Side &down, int every, std::uint8_t *out, std::size_t stride);
  void draw(const FramePlanes &planes, std::span<const Rect> blackouts, const Side &across,
            const Side &down, const Planes420 &out);
  Result<EncodedFrame, Failure> encode(const FramePlanes &planes, const View &view, SentSize size,
                                       const EncoderSettings &settings);
  Encoded encode_raw(GstVideoFrame &mapped, const GstVideoInfo &info, EncoderSettings settings,
                     std::span<const View> views);
  Encoded encode_jpeg(std::span<const std::uint8_t> jpeg, GstVideoInfo info,
                      const EncoderSettings &settings, std::span<const View> views);
};

void FrameEncoder::Work::scale(const Component &component, std::span<const PixelRect> blackouts,
                               const Side &across, const Side &down, int every, std::uint8_t *out,
                               std::size_t stride)
{
  const Axis columns = across.axis(component.x_scale, component.x_shift, component.width, every);
  const Axis rows = down.axis(component.y_scale, component.y_shift, component.height, every);
  ComponentRows source{component, blackouts, columns.low(), columns.high(), rows.taps()};
  scaler.scale([&source](std::size_t number) { return source.row(number); }, columns, rows, out,
               stride);
}

void FrameEncoder::Work::draw(const FramePlanes &planes, std::span<const Rect> blackouts,
                              const Side &across, const Side &down, const Planes420 &out)
{
  const std::vector<PixelRect> black = touched_pixels(blackouts, planes);
  const auto &components = planes.components;
  if (planes.model == ColourModel::rgb) {
    const std::size_t size = out.width * out.height;
    rgb.resize(3 * size);
    for (std::size_t i = 0; i < 3; ++i)
      scale(components[i], black, across, down, 1, &rgb[i * size], out.width);
    const bool is_limited = planes.colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235;
    rgb_to_jpeg_colours(
        {.r = rgb.data(), .g = rgb.data() + size, .b = rgb.data() + 2 * size, .stride = out.width},
        is_limited, out);
    return;
  }
  scale(components[0], black, across, down, 1, out.y, out.y_stride);
  if (planes.model == ColourModel::gray) {
    const std::size_t size = out.cb_stride * ((out.height + 1) / 2);
    std::fill_n(out.cb, size, std::uint8_t{128});
    std::fill_n(out.cr, size, std::uint8_t{128});
  } else {
    scale(components[1], black, across, down, 2, out.cb, out.cb_stride);
    scale(components[2], black, across, down, 2, out.cr, out.cr_stride);
  }
  if (!is_jpeg_colour(planes.colorimetry))
    to_jpeg_colours(out, planes.colorimetry);
}

Result<EncodedFrame, Failure> FrameEncoder::Work::encode(const FramePlanes &planes,
                                                         const View &view, SentSize size,
                                                         const EncoderSettings &settings)
{
  const Rect &part = view.part;
  const Turn turn = turn_of(view.orientation);
  const SentSize lying = turn.swaps ? SentSize{size.height, size.width} : size;
  const Side across{part.x, part.w, planes.width, lying.width, turn.mirrors_x};
  const Side down{part.y, part.h, planes.height, lying.height, turn.mirrors_y};
  Planes420 picture = stored.resize(lying.width, lying.height);
  draw(planes, settings.blackouts, across, down, picture);
  if (turn.swaps) {
    const Planes420 turned = upright.resize(size.width, size.height);
    transpose(picture, turned);
    picture = turned;
  }
  auto jpeg = encoder.encode(picture, settings.quality);
  if (!jpeg)
    return frame_failure(std::move(jpeg.error()));
  return EncodedFrame{.jpeg = std::move(*jpeg), .width = size.width, .height = size.height};
}

Encoded FrameEncoder::Work::encode_raw(GstVideoFrame &mapped, const GstVideoInfo &info,
                                       EncoderSettings settings, std::span<const View> views)
{
  const auto planes = unpacker.planes_of(mapped);
  if (!planes)
    return frame_failure(planes.error());
  const Rect shown = shown_in(mapped, info);
  const bool is_all_shown = is_whole(shown);
  if (!is_all_shown)
    for (Rect &blackout : settings.blackouts)
      blackout = placed(blackout, shown);
  std::vector<EncodedFrame> pictures;
  for (View view : views) {
    const SentSize size = sent_size(info, view, settings.max_size);
    if (!is_all_shown)
      view.part = placed(view.part, shown);
    auto picture = encode(*planes, view, size, settings);
    if (!picture)
      return std::move(picture.error());
    pictures.push_back(std::move(*picture));
  }
  return pictures;
}

Encoded FrameEncoder::Work::encode_jpeg(std::span<const std::uint8_t> jpeg, GstVideoInfo info,
                                        const EncoderSettings &settings,
                                        std::span<const View> views)
{
  const auto head = decoder.read_head(jpeg);
  if (!head)
    return frame_failure(head.error());
  auto clean = without_metadata(jpeg);
  if (!clean)
    return frame_failure(std::move(clean.error()));
  // Caps may be wrong, the picture is what it is.
  info.width = head->width;
  info.height = head->height;
  const auto goes_as_it_is = [&](const View &view, SentSize size) {
    return clean->is_common && head->colours == JpegHead::Colours::ycbcr && is_whole(view.part) &&
           view.orientation == Orientation::identity && settings.blackouts.empty() &&
           size.width == head->width && size.height == head->height;
  };
  int divisor = kMostDivided;
  for (const View &view : views)
    divisor = std::min(divisor, divisor_for(info, view, settings));
  std::optional<FramePlanes> planes;
  std::vector<EncodedFrame> pictures;
  for (const View &view : views) {
    const SentSize size = sent_size(info, view, settings.max_size);
    if (goes_as_it_is(view, size)) {
      pictures.push_back({.jpeg = clean->bytes, .width = size.width, .height = size.height});
      continue;
    }
    if (!planes) {
      auto decoded = decoder.decode(jpeg, *head, divisor);
      if (!decoded)
        return frame_failure(std::move(decoded.error()));
      planes = *decoded;
    }
    auto picture = encode(*planes, view, size, settings);
    if (!picture)
      return std::move(picture.error());
    pictures.push_back(std::move(*picture));
  }
  return pictures;
}

SentSize sent_size(const GstVideoInfo &info, const View &view, unsigned max_size)
{
  const auto pixels = [](double share, int side) {
    return std::fmin(std::fmax(share, 0), 1) * side;
  };
  const double width = pixels(view.part.w, GST_VIDEO_INFO_WIDTH(&info));
  const double height = pixels(view.part.h, GST_VIDEO_INFO_HEIGHT(&info));
  const double aspect = pixel_aspect(info);
  double longer = std::round(std::max(width, height));
  if (max_size != 0)
    longer = std::min<double>(longer, max_size);
  const double scale = longer / std::max(width * aspect, height);
  const auto scaled = [scale](double side) {
    return std::max(1, static_cast<int>(std::lround(std::fmax(side * scale, 1))));
  };
  const SentSize size{scaled(width * aspect), scaled(height)};
  return swaps_sides(view.orientation) ? SentSize{size.height, size.width} : size;
}

FrameEncoder::FrameEncoder() : work_(std::make_unique<Work>()) {}
FrameEncoder::~FrameEncoder() = default;

Result<EncodedFrame, Failure> FrameEncoder::encode(GstBuffer *buffer, const GstVideoInfo &info,
                                                   const EncoderSettings &settings)
{
  auto pictures = encode(buffer, info, settings, {&settings.view, 1});
  if (!pictures)
    return std::move(pictures.error());
  return std::move(pictures->front());
}

Encoded FrameEncoder::encode(GstBuffer *buffer, const GstVideoInfo &info,
                             const EncoderSettings &settings, std::span<const View> views)
{
  if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_ENCODED) {
    const MappedBytes jpeg{buffer};
    if (!jpeg)
      return frame_failure("The frame's memory could not be mapped for reading");
    return work_->encode_jpeg(jpeg.bytes(), info, settings, views);
  }
  MappedFrame source{info, buffer, GST_MAP_READ};
  if (!source)
    return frame_failure("The frame's memory could not be mapped for reading");
  return work_->encode_raw(source.frame(), info, settings, views);
}

} // namespace gemini::vision
