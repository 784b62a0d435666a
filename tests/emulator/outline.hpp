// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a thing is in a picture: its box, its outline as rings, and its pixels. Everything is in
// pixels of the picture and counts from the left or top edge of its first pixel.
#pragma once

#include <cstdint>
#include <vector>

namespace gemini::emulator {

struct Spot {
  double x = 0;
  double y = 0;
};

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

// Closed by itself. Of several, one inside another is a hole.
using Ring = std::vector<Spot>;

// How likely each pixel is of the thing, 0..255, for a part of the picture.
struct PixelMap {
  int left = 0; // of the part
  int top = 0;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> values; // rows without padding

  std::uint8_t at(int x, int y) const
  {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
  bool is_inside(int x, int y) const
  {
    return x >= 0 && y >= 0 && x < width && y < height && at(x, y) > 127;
  }
};

// Positive where the ring runs clockwise as seen in the picture.
double signed_area(const Ring &ring);

// The pixels inside the rings, antialiased, for the whole pixels that `box` touches.
PixelMap filled(const std::vector<Ring> &rings, const Box &box);

// The edges of what is inside, along the pixels: outer rings clockwise, holes the other way.
std::vector<Ring> rings_of(const PixelMap &map);

// The map stretched over `box`, which need not end between pixels, at another size.
std::vector<std::uint8_t> resampled(const PixelMap &map, const Box &box, int width, int height);

// The middle of the pixel that is farthest from the edge; the middle of the map where nothing is
// inside.
Spot interior_point(const PixelMap &map);

// The same ring with fewer corners: none that is left out is more than `tolerance` pixels off.
Ring simplified(const Ring &ring, double tolerance);

} // namespace gemini::emulator
