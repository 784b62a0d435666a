// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps sprites so that each is drawn once and not on every frame. Bounded by bytes; what was not
// used for longest goes first.
#pragma once

#include "render/primitive.hpp"
#include "render/sprite.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>

namespace gemini {

class SpriteCache {
public:
  using Draw = std::function<Sprite(const Primitive &)>;

  SpriteCache(std::size_t max_bytes, Draw draw) : max_bytes_(max_bytes), draw_(std::move(draw)) {}

  // The sprite of `primitive`, drawn if it is not there. One too large to keep is drawn all the
  // same.
  std::shared_ptr<const Sprite> get(const Primitive &primitive);
  void clear();
  std::size_t bytes() const { return bytes_; }

private:
  struct Entry {
    Primitive primitive;
    std::shared_ptr<const Sprite> sprite;
    std::size_t bytes; // of both
  };
  using Entries = std::list<Entry>;

  void drop_oldest();

  std::size_t max_bytes_;
  Draw draw_;
  std::size_t bytes_ = 0;
  Entries entries_; // the last used first
  std::unordered_map<Primitive, Entries::iterator, PrimitiveHash> index_;
};

} // namespace gemini
