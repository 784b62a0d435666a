// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts sprites over each other, pixel by pixel.
#include "render/layer.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace gemini {
namespace {

constexpr std::size_t kMaxPictures = 2;

// Two channels at once, each a byte in the lower half of 16 bits: rounded share of 255.
constexpr std::uint32_t scale(std::uint32_t channels, std::uint32_t share)
{
  const std::uint32_t product = channels * share + 0x00800080u;
  return (product + (product >> 8 & 0x00ff00ffu)) >> 8 & 0x00ff00ffu;
}

// Premultiplied alpha.
constexpr std::uint32_t over(std::uint32_t top, std::uint32_t below)
{
  const std::uint32_t share = 255 - (top >> 24);
  return top + (scale(below >> 8 & 0x00ff00ffu, share) << 8 | scale(below & 0x00ff00ffu, share));
}

} // namespace

void Layer::add(PlacedSprite placed)
{
  pixels_ += placed.sprite->pixels.size();
  sprites_.push_back(std::move(placed));
  const std::size_t whole =
      static_cast<std::size_t>(picture_.width) * static_cast<std::size_t>(picture_.height);
  if (sprites_.size() > 1 && pixels_ > kMaxPictures * whole)
    flatten();
}

void Layer::flatten()
{
  const auto width = static_cast<std::size_t>(picture_.width);
  Sprite all = make_sprite(picture_);
  for (const auto &[sprite, at] : sprites_) {
    const std::uint32_t *from = sprite->pixels.data();
    for (int y = 0; y < sprite->size.height; ++y) {
      std::uint32_t *to = all.pixels.data() + static_cast<std::size_t>(at.y + y) * width +
                          static_cast<std::size_t>(at.x);
      for (int x = 0; x < sprite->size.width; ++x, ++to, ++from)
        *to = over(*from, *to);
    }
  }
  pixels_ = all.pixels.size();
  sprites_ = {{std::make_shared<const Sprite>(std::move(all)), {0, 0}}};
}

} // namespace gemini
