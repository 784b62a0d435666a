// SPDX-License-Identifier: LGPL-2.1-or-later
// Cutting a picture into regions of one colour.
#pragma once

#include "picture.hpp"

#include <vector>

namespace gemini::emulator {

// Full-range YCbCr, in which the noise of a JPEG is about the same in all directions.
struct Colour {
  float y = 0;
  float cb = 0;
  float cr = 0;
};

// The largest difference of a component. Colours nearer than kSameColour are taken for one and the
// same.
float distance(const Colour &a, const Colour &b);
inline constexpr float kSameColour = 18;

// Pixels of one colour that hang together.
struct Region {
  Colour colour; // of its inside, away from the edges
  int n_pixels = 0;
  int n_inside = 0; // pixels whose eight neighbours are of the region too
  bool is_background = false;
  int left = 0; // first and last column and row, inclusive
  int top = 0;
  int right = 0;
  int bottom = 0;

  // Not just the fringe of blended colours between two others.
  bool is_solid() const { return n_inside > 0 && 7 * n_inside >= n_pixels; }
};

struct Regions {
  int width = 0;
  int height = 0;
  std::vector<Colour> pixels;
  std::vector<int> region_of; // of each pixel, an index of `regions`; -1: a rare colour
  std::vector<Region> regions;

  std::size_t index(int x, int y) const
  {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
  bool contains(int x, int y) const { return x >= 0 && y >= 0 && x < width && y < height; }
};

Regions find_regions(const Picture &picture);

} // namespace gemini::emulator
