// SPDX-License-Identifier: LGPL-2.1-or-later
// What a JPEG is by its header, and the samples of a frame from it.
#pragma once

#include "core/result.hpp"
#include "vision/frame_planes.hpp"

#include <cstdint>
#include <optional>
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
  bool comes_in_one_scan = false;
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
  // The brightness alone, faster and less exactly.
  Result<FramePlanes, std::string> decode_gray(std::span<const std::uint8_t> jpeg,
                                               const JpegHead &head, int divisor);

private:
  // What is wrong with what was decoded, if anything.
  std::optional<std::string> problem(bool is_decoded) const;
  bool decode_planes(std::span<const std::uint8_t> jpeg, const JpegHead &head, int divisor,
                     FramePlanes &planes);
  bool decode_pixels(std::span<const std::uint8_t> jpeg, const JpegHead &head, int divisor,
                     FramePlanes &planes);

  void *handle_; // of TurboJPEG
  std::vector<std::uint8_t> buffer_;
};

} // namespace gemini::vision
