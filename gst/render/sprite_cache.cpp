// SPDX-License-Identifier: LGPL-2.1-or-later
// A map into a list that is kept in order of use.
#include "render/sprite_cache.hpp"

#include <utility>

namespace gemini {

std::shared_ptr<const Sprite> SpriteCache::get(const Primitive &primitive)
{
  if (const auto found = index_.find(primitive); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().sprite;
  }

  auto sprite = std::make_shared<const Sprite>(draw_(primitive));
  const std::size_t bytes = sprite->bytes() + bytes_held_by(primitive);
  if (bytes > max_bytes_)
    return sprite;
  while (bytes_ + bytes > max_bytes_)
    drop_oldest();
  entries_.push_front({primitive, sprite, bytes});
  index_.emplace(primitive, entries_.begin());
  bytes_ += bytes;
  return sprite;
}

void SpriteCache::drop_oldest()
{
  bytes_ -= entries_.back().bytes;
  index_.erase(entries_.back().primitive);
  entries_.pop_back();
}

void SpriteCache::clear()
{
  index_.clear();
  entries_.clear();
  bytes_ = 0;
}

} // namespace gemini
