// SPDX-License-Identifier: LGPL-2.1-or-later
// Colours, sizes and places in whole pixels of the picture that is drawn on.
#pragma once

#include <algorithm>
#include <cstdint>

namespace gemini {

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  bool operator==(const Color &) const = default;
};

struct PixelSize {
  int width = 0;
  int height = 0;
  bool operator==(const PixelSize &) const = default;
};

struct PixelPoint {
  int x = 0; // to the right
  int y = 0; // down
  bool operator==(const PixelPoint &) const = default;
};

struct PixelRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  bool operator==(const PixelRect &) const = default;

  int right() const { return x + width; }
  int bottom() const { return y + height; }
};

inline PixelRect intersect(const PixelRect &a, const PixelRect &b)
{
  const int x = std::max(a.x, b.x);
  const int y = std::max(a.y, b.y);
  return {x, y, std::max(0, std::min(a.right(), b.right()) - x),
          std::max(0, std::min(a.bottom(), b.bottom()) - y)};
}

// Sprites of even size in even places cover whole chroma samples of the subsampled formats.
constexpr int round_up_to_even(int n)
{
  return (n + 1) & ~1;
}
constexpr int round_down_to_even(int n)
{
  return n & ~1;
}

// The number of pixels that both cover.
inline std::int64_t overlap(const PixelRect &a, const PixelRect &b)
{
  const std::int64_t width = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const std::int64_t height = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

} // namespace gemini
