// SPDX-License-Identifier: LGPL-2.1-or-later
// Collects sprites that may be as large as the picture each.
#pragma once

#include "render/sprite.hpp"

#include <cstddef>
#include <optional>

namespace gemini {

// Sprites that together take more pixels than the picture twice are put together into one of its
// size: that bounds the memory, and the time to blend them, whatever the number of objects.
class Layer {
public:
  explicit Layer(PixelSize picture) : picture_(picture) {}

  // There is so much of it that nobody could tell more apart, and that drawing it holds up the
  // stream.
  bool is_full() const;
  void add(PlacedSprite placed);
  // From the lowest to the highest; nothing stays.
  Drawing take();

private:
  PixelSize picture_;
  std::size_t n_pixels_ = 0; // of all that was added
  Drawing sprites_;
  std::optional<Sprite> whole_; // in their place, once they are too many
};

} // namespace gemini
