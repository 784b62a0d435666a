// SPDX-License-Identifier: LGPL-2.1-or-later
// The outline of an object, pixel by pixel: one form for all that models write.
#pragma once

#include "core/cells.hpp"
#include "core/geometry.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gemini {

// A grid of cells laid over `rect`. Built once, then shared as std::shared_ptr<const Mask>; a copy
// that lies elsewhere shares the cells.
struct Mask {
  Rect rect;     // where it lies; normalised, so it holds for a frame of any size
  int width = 0; // of the grid, in cells; as a rule pixels of the sampled frame
  int height = 0;
  // Rows from top to bottom without padding. 255: of the object, 0: not, between: an edge.
  Cells coverage;
  bool operator==(const Mask &) const = default;
};

// An outline, closed by itself; normalised. Several rings are filled by the even-odd rule, so that
// one inside another is a hole.
using Ring = std::vector<Point>;

// How many cells the mask of one object may have, so that those of a whole answer stay within
// kMaxMaskBytes whatever it claims.
inline constexpr std::size_t kMaxMaskBytes = std::size_t{16} << 20;
constexpr std::size_t max_mask_cells(std::size_t max_objects)
{
  constexpr std::size_t kMost = std::size_t{1} << 20;
  const std::size_t share = kMaxMaskBytes / (max_objects > 0 ? max_objects : 1);
  return share < kMost ? share : kMost;
}

// The number of cells across and down.
struct GridSize {
  int width = 0;
  int height = 0;
  bool operator==(const GridSize &) const = default;
};

// The pixels that `rect` covers on a picture of that size, at least 1x1, made smaller in the same
// proportion where there would be more than `max_cells`.
GridSize grid_size(const Rect &rect, int picture_width, int picture_height, std::size_t max_cells);

// A map of probabilities (0..255, rows without padding) over `rect`, resized bilinearly as OpenCV
// and Pillow do (sample points at cell centres, edges repeated; by the area where it is made
// smaller), then cut: what is above `threshold` becomes 255, the rest 0.
Mask mask_from_map(std::span<const std::uint8_t> map, GridSize map_size, const Rect &rect,
                   GridSize size, unsigned threshold);

// The inside of `rings` by the even-odd rule over `rect`, with antialiased edges. What is outside
// of `rect` is cut off.
Mask mask_from_rings(std::span<const Ring> rings, const Rect &rect, GridSize size);

// The smallest rectangle round all points, cut to the picture.
Rect bounds_of(std::span<const Ring> rings);

} // namespace gemini
