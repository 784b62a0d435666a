// SPDX-License-Identifier: LGPL-2.1-or-later
// A primitive as pixels, and a drawing as sprites in their places. Sprites never change once made
// and are shared between frames, the cache and whoever blends them.
#pragma once

#include "render/pixels.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gemini {

struct Sprite {
  PixelSize size;
  // ARGB32 with premultiplied alpha, in native byte order; rows follow each other without padding.
  std::vector<std::uint32_t> pixels;

  std::size_t bytes() const { return pixels.size() * sizeof(std::uint32_t); }
};

constexpr std::uint32_t argb(Color color, std::uint8_t alpha = 255)
{
  const auto part = [alpha](std::uint8_t channel) {
    return (static_cast<std::uint32_t>(channel) * alpha + 127) / 255;
  };
  return static_cast<std::uint32_t>(alpha) << 24 | part(color.red) << 16 | part(color.green) << 8 |
         part(color.blue);
}

// All of its pixels are `pixel`.
inline Sprite make_sprite(PixelSize size, std::uint32_t pixel = 0)
{
  const auto n_pixels =
      static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  return {size, std::vector<std::uint32_t>(n_pixels, pixel)};
}

struct PlacedSprite {
  std::shared_ptr<const Sprite> sprite;
  PixelPoint at; // of the sprite's upper left corner
};

// In the order of drawing: later ones lie on top. Every sprite is wholly inside the picture.
using Drawing = std::vector<PlacedSprite>;

} // namespace gemini
