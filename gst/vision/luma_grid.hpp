// SPDX-License-Identifier: LGPL-2.1-or-later
// The brightness of a frame of any format as a small grid of means: for looking at pictures, not
// for showing them.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"
#include "vision/luma_access.hpp"

#include <gst/video/video.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace gemini::vision {

struct LumaGrid {
  int columns = 0;
  int rows = 0;
  std::vector<float> means; // 0..255, row by row
};

// How fine a grid is. Its cells are about square in pixels.
struct LumaGridSize {
  int longer_side = 64; // cells; never more than the frame has pixels
  int lines = 4;        // lines of pixels that are read for each row of cells: the cost
};

// Keeps its buffers between frames. One thread at a time.
class LumaReader {
public:
  LumaReader();
  ~LumaReader();
  LumaReader(const LumaReader &) = delete;
  LumaReader &operator=(const LumaReader &) = delete;

  // What LumaAccess::open() takes. Maps `buffer` for reading only while it runs. What cannot be
  // read is a Failure of kind `frame`.
  Result<LumaGrid, Failure> read(GstBuffer *buffer, const GstVideoInfo &info,
                                 const LumaGridSize &size);

private:
  struct Summer; // from lines of pixels to cells
  std::unique_ptr<Summer> summer_;
  LumaAccess access_;
};

} // namespace gemini::vision
