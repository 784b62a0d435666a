// SPDX-License-Identifier: LGPL-2.1-or-later
// The brightness of a frame of any format, where it stands in memory.
#pragma once

#include "core/failure.hpp"
#include "core/mask.hpp"
#include "core/result.hpp"

#include <gst/video/video.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace gemini::vision {

// Lines of pixels.
struct LumaLines {
  enum class Kind { bytes, words, rgb } kind = Kind::bytes;
  int width = 0;
  int height = 0;
  std::array<const std::uint8_t *, 3> data{}; // the first pixel's Y, or its R, G and B
  std::array<std::ptrdiff_t, 3> stride{};
  int pixel_stride = 1; // in bytes
  int shift = 0;        // words: what is below the upper eight bits

  const std::uint8_t *line(std::size_t component, int y) const
  {
    return data[component] + stride[component] * y;
  }
};

// Keeps its buffers between frames. One thread at a time.
class LumaAccess {
public:
  LumaAccess();
  ~LumaAccess();
  LumaAccess(const LumaAccess &) = delete;
  LumaAccess &operator=(const LumaAccess &) = delete;

  // `info` of the format GST_VIDEO_FORMAT_ENCODED: the buffer is a JPEG of that size. 8-bit formats
  // and those of 16-bit words in planes are read where they are; a JPEG is decoded at the smallest
  // size that has the pixels that are `wanted`, and other formats are converted to just those. What
  // cannot be read is a Failure of kind `frame`. `buffer` stays mapped until close().
  Result<LumaLines, Failure> open(GstBuffer *buffer, const GstVideoInfo &info,
                                  const GridSize &wanted);
  void close();

private:
  struct Converter; // to gray
  struct Jpeg;      // decoder

  Result<LumaLines, Failure> open_jpeg(GstBuffer *buffer, const GridSize &wanted);

  GstVideoFrame frame_{};
  bool is_mapped_ = false;
  std::unique_ptr<Converter> converter_;
  std::unique_ptr<Jpeg> jpeg_;
};

} // namespace gemini::vision
