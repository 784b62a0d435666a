// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps sprites so that each is drawn once and not on every frame. Bounded by bytes; what was not
// used for longest goes first.
#pragma once

#include "render/primitive.hpp"
#include "render/recently_used.hpp"
#include "render/sprite.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace gemini {

// How strongly something is drawn, in steps: each is a sprite of its own.
inline constexpr int kFullStrength = 8;

class SpriteCache {
public:
  using Draw = std::function<Sprite(const Primitive &)>;

  SpriteCache(std::size_t max_bytes, Draw draw) : max_bytes_(max_bytes), draw_(std::move(draw)) {}

  // The sprite of `primitive`, drawn if it is not there. One too large to keep is drawn all the
  // same. `strength` is 1 to kFullStrength: what is weaker lets more of the picture through.
  std::shared_ptr<const Sprite> get(const Primitive &primitive, int strength = kFullStrength);
  void clear() { sprites_.clear(); }
  std::size_t bytes() const { return sprites_.bytes(); }

private:
  struct Key {
    Primitive primitive;
    int strength;
    bool operator==(const Key &) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key &key) const
    {
      return PrimitiveHash{}(key.primitive) + static_cast<std::size_t>(key.strength);
    }
  };

  std::size_t max_bytes_; // of sprites and of what they are of
  Draw draw_;
  RecentlyUsed<Key, std::shared_ptr<const Sprite>, KeyHash> sprites_;
};

} // namespace gemini
