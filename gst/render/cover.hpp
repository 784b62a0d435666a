// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes parts of a frame unrecognisable, in its own samples.
#pragma once

#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "render/frame_layout.hpp"
#include "render/pixels.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gemini {

// What of a frame is to be covered, in cells of 8x8 pixels: whole samples of every format, of both
// fields.
class CoverMap {
public:
  static constexpr int kCell = 8;

  explicit CoverMap(PixelSize frame);

  // All cells that it touches when it is larger by `margin`, in pixels, on each side. What is not
  // finite covers everything.
  void add(const Rect &rect, double margin);
  // The same of the cells of the mask that have any coverage.
  void add(const Mask &mask, double margin);
  void add_all();
  // Cells are counted row by row.
  void add_cell(std::size_t cell);

  bool empty() const { return n_covered_ == 0; }
  int columns() const { return columns_; }
  int rows() const { return rows_; }
  bool at(int column, int row) const { return cells_[index(column, row)] != 0; }
  // The same in rectangles, in pixels of the frame, which do not overlap.
  std::vector<PixelRect> rects() const;

private:
  std::size_t index(int column, int row) const
  {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
           static_cast<std::size_t>(column);
  }
  // In pixels, from the frame's upper left corner.
  void add(double left, double top, double right, double bottom);

  PixelSize frame_;
  int columns_;
  int rows_;
  std::size_t n_covered_ = 0;
  std::vector<std::uint8_t> cells_;
};

enum class Cover {
  blur,     // no detail is left that is smaller than a twentieth of the picture's height or so
  pixelate, // the same in squares of one colour
  solid,    // black
};

// Changes nothing but the samples of the covered cells; alpha stays. `memory` is of a frame of the
// size that the map is for.
void cover(const CoverMap &map, Cover how, const FrameLayout &layout, const FrameMemory &memory);

} // namespace gemini
