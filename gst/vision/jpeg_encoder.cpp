// SPDX-License-Identifier: LGPL-2.1-or-later
// TurboJPEG, from planes: it needs no colours changed and nothing subsampled.
#include "vision/jpeg_encoder.hpp"

#include <algorithm>
#include <array>

#include <turbojpeg.h>

namespace gemini::vision {
namespace {

// TurboJPEG reads luma in pairs of columns and rows.
void extend_to_even(const Planes420 &planes)
{
  if (planes.width % 2 != 0)
    for (std::size_t row = 0; row < planes.height; ++row)
      planes.y[row * planes.y_stride + planes.width] =
          planes.y[row * planes.y_stride + planes.width - 1];
  if (planes.height % 2 != 0)
    std::copy_n(planes.y + (planes.height - 1) * planes.y_stride, planes.y_stride,
                planes.y + planes.height * planes.y_stride);
}

} // namespace

JpegEncoder::JpegEncoder() : handle_(tjInitCompress()) {}

JpegEncoder::~JpegEncoder()
{
  if (handle_)
    tjDestroy(handle_);
}

Result<std::vector<std::uint8_t>, std::string> JpegEncoder::encode(const Planes420 &planes,
                                                                   int quality)
{
  extend_to_even(planes);
  std::array<const unsigned char *, 3> data{planes.y, planes.cb, planes.cr};
  const std::array<int, 3> strides{static_cast<int>(planes.y_stride),
                                   static_cast<int>(planes.cb_stride),
                                   static_cast<int>(planes.cr_stride)};
  const int width = static_cast<int>(planes.width);
  const int height = static_cast<int>(planes.height);
  // Room for the worst case, so that the library never has to replace it.
  const std::size_t room = tjBufSize(width, height, TJSAMP_420);
  if (buffer_.size() < room)
    buffer_.resize(room);
  unsigned char *out = buffer_.data();
  unsigned long size = buffer_.size();
  if (!handle_ ||
      tjCompressFromYUVPlanes(handle_, data.data(), width, strides.data(), height, TJSAMP_420, &out,
                              &size, quality, TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT) != 0)
    return std::string{"The JPEG encoder failed: "} + tjGetErrorStr2(handle_);
  return std::vector<std::uint8_t>(out, out + size);
}

} // namespace gemini::vision
