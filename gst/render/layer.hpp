// SPDX-License-Identifier: LGPL-2.1-or-later
// Collects sprites that may be as large as the picture each.
#pragma once

#include "render/sprite.hpp"

#include <cstddef>

namespace gemini {

// Sprites that together take more pixels than twice the picture are put together into one of its
// size, whatever the number of objects: that bounds the memory, and the time to blend them.
class Layer {
public:
  explicit Layer(PixelSize picture) : picture_(picture) {}

  void add(PlacedSprite placed);
  // From the lowest to the highest.
  const Drawing &sprites() const { return sprites_; }

private:
  void flatten();

  PixelSize picture_;
  std::size_t pixels_ = 0; // of all sprites_
  Drawing sprites_;
};

} // namespace gemini
