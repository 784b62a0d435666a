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

struct PlacedSprite {
  std::shared_ptr<const Sprite> sprite;
  PixelPoint at; // of the sprite's upper left corner
};

// In the order of drawing: later ones lie on top. Every sprite is wholly inside the picture.
using Drawing = std::vector<PlacedSprite>;

} // namespace gemini
