// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts sprites over each other, pixel by pixel.
#include "render/layer.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace gemini {
namespace {

constexpr std::size_t kMaxPicturesApart = 2;
// What one answer may make a frame wait: about a quarter of a second.
constexpr std::size_t kMaxPixels = std::size_t{32} << 20;

std::size_t n_pixels(PixelSize size)
{
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

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

void put(const PlacedSprite &placed, Sprite &whole)
{
  const auto &[sprite, at] = placed;
  const auto width = static_cast<std::size_t>(whole.size.width);
  const std::uint32_t *from = sprite->pixels.data();
  for (int y = 0; y < sprite->size.height; ++y) {
    std::uint32_t *to = whole.pixels.data() + static_cast<std::size_t>(at.y + y) * width +
                        static_cast<std::size_t>(at.x);
    for (int x = 0; x < sprite->size.width; ++x, ++to, ++from)
      *to = over(*from, *to);
  }
}

} // namespace

bool Layer::is_full() const
{
  return n_pixels_ > kMaxPixels;
}

void Layer::add(PlacedSprite placed)
{
  n_pixels_ += placed.sprite->pixels.size();
  if (whole_) {
    put(placed, *whole_);
    return;
  }
  sprites_.push_back(std::move(placed));
  if (n_pixels_ <= kMaxPicturesApart * n_pixels(picture_))
    return;
  whole_ = make_sprite(picture_);
  for (const PlacedSprite &sprite : sprites_)
    put(sprite, *whole_);
  sprites_.clear();
}

Drawing Layer::take()
{
  n_pixels_ = 0;
  if (!whole_)
    return std::exchange(sprites_, {});
  Drawing drawing{{std::make_shared<const Sprite>(std::move(*whole_)), {0, 0}}};
  whole_.reset();
  return drawing;
}

} // namespace gemini
