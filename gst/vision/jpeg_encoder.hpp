// SPDX-License-Identifier: LGPL-2.1-or-later
// From planes to a JPEG.
#pragma once

#include "core/result.hpp"
#include "vision/jpeg_colours.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gemini::vision {

// Keeps its memory between pictures. One thread at a time.
class JpegEncoder {
public:
  JpegEncoder();
  ~JpegEncoder();
  JpegEncoder(const JpegEncoder &) = delete;
  JpegEncoder &operator=(const JpegEncoder &) = delete;

  // Planes in JPEG's colours, luma with room for an even number of columns and rows, which are
  // filled. The error is a sentence.
  Result<std::vector<std::uint8_t>, std::string> encode(const Planes420 &planes, int quality);

private:
  void *handle_; // of TurboJPEG
  std::vector<std::uint8_t> buffer_;
};

} // namespace gemini::vision
