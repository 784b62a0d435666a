// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps sprites so that each is drawn once and not on every frame.
#include "render/sprite_cache.hpp"

#include <cstdint>

namespace gemini {
namespace {

// All four channels, as alpha is multiplied in.
void fade(Sprite &sprite, int strength)
{
  const auto share = static_cast<std::uint32_t>(strength);
  constexpr std::uint32_t kHalf = kFullStrength / 2;
  for (std::uint32_t &pixel : sprite.pixels) {
    std::uint32_t faded = 0;
    for (const int shift : {0, 8, 16, 24})
      faded |= ((pixel >> shift & 0xff) * share + kHalf) / kFullStrength << shift;
    pixel = faded;
  }
}

} // namespace

std::shared_ptr<const Sprite> SpriteCache::get(const Primitive &primitive, int strength)
{
  const Key key{primitive, strength};
  if (const auto *sprite = sprites_.find(key))
    return *sprite;

  Sprite drawn = draw_(primitive);
  if (strength < kFullStrength)
    fade(drawn, strength);
  auto sprite = std::make_shared<const Sprite>(std::move(drawn));
  const std::size_t bytes = sprite->bytes() + bytes_held_by(primitive);
  if (bytes > max_bytes_)
    return sprite;
  sprites_.shrink_to(max_bytes_ - bytes);
  return sprites_.add(key, std::move(sprite), bytes);
}

} // namespace gemini
