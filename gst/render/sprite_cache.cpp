// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps sprites so that each is drawn once and not on every frame.
#include "render/sprite_cache.hpp"

namespace gemini {

std::shared_ptr<const Sprite> SpriteCache::get(const Primitive &primitive)
{
  if (const auto *sprite = sprites_.find(primitive))
    return *sprite;

  auto sprite = std::make_shared<const Sprite>(draw_(primitive));
  const std::size_t bytes = sprite->bytes() + bytes_held_by(primitive);
  if (bytes > max_bytes_)
    return sprite;
  sprites_.shrink_to(max_bytes_ - bytes);
  return sprites_.add(primitive, std::move(sprite), bytes);
}

} // namespace gemini
