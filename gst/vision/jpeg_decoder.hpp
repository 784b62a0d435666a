// SPDX-License-Identifier: LGPL-2.1-or-later
// From a JPEG to the samples of a frame.
#pragma once

#include "core/result.hpp"
#include "vision/frame_planes.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gemini::vision {

struct JpegHead {
  enum class Colours : std::uint8_t { ycbcr, cmyk, other }; // the first has a known subsampling
  int width = 0;
  int height = 0;
  Colours colours = Colours::other;
  int subsampling = 0; // TurboJPEG's number
};

// Keeps its memory between pictures. One thread at a time. Errors are sentences.
class JpegDecoder {
public:
  JpegDecoder();
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder &) = delete;
  JpegDecoder &operator=(const JpegDecoder &) = delete;

  Result<JpegHead, std::string> read_head(std::span<const std::uint8_t> jpeg);

  // At 1/`divisor` of its size: 1, 2, 4 or 8. The size of the result is still that of the head. Its
  // samples are valid until the next call.
  Result<FramePlanes, std::string> decode(std::span<const std::uint8_t> jpeg, const JpegHead &head,
                                          int divisor);

private:
  bool decode_planes(std::span<const std::uint8_t> jpeg, const JpegHead &head, int divisor,
                     FramePlanes &planes);
  bool decode_pixels(std::span<const std::uint8_t> jpeg, const JpegHead &head, int divisor,
                     FramePlanes &planes);

  void *handle_; // of TurboJPEG
  std::vector<std::uint8_t> buffer_;
};

} // namespace gemini::vision
