// SPDX-License-Identifier: LGPL-2.1-or-later
// The brightness of a frame as a small picture, in which objects are followed.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"

#include <gst/video/video.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace gemini::vision {

// One byte a pixel, rows without padding. Made once, then shared as std::shared_ptr<const
// LumaImage>.
struct LumaImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;
};

// About how many pixels the longer side has: the frame's, divided by a whole number.
inline constexpr int kTrackedSide = 480;

// Fast enough for the streaming thread: 0.1 ms for 1080p. Keeps its buffers between frames. One
// thread at a time.
class LumaShrinker {
public:
  LumaShrinker();
  ~LumaShrinker();
  LumaShrinker(const LumaShrinker &) = delete;
  LumaShrinker &operator=(const LumaShrinker &) = delete;

  // As LumaReader::read(): the same formats, JPEG among them, and the same failures. Maps `buffer`
  // for reading only while it runs.
  Result<LumaImage, Failure> read(GstBuffer *buffer, const GstVideoInfo &info);

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace gemini::vision
