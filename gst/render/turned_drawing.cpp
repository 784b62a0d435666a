// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns sprites pixel by pixel.
#include "render/turned_drawing.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace gemini {
namespace {

Sprite turned(const Sprite &sprite, const Turn &turn)
{
  const PixelSize from = sprite.size;
  Sprite result = make_sprite(turn.swaps ? PixelSize{from.height, from.width} : PixelSize{from});
  std::uint32_t *out = result.pixels.data();
  for (int row = 0; row < result.size.height; ++row)
    for (int column = 0; column < result.size.width; ++column) {
      const int x = turn.swaps ? row : column;
      const int y = turn.swaps ? column : row;
      const int from_x = turn.mirrors_x ? from.width - 1 - x : x;
      const int from_y = turn.mirrors_y ? from.height - 1 - y : y;
      *out++ =
          sprite.pixels[static_cast<std::size_t>(from_y) * static_cast<std::size_t>(from.width) +
                        static_cast<std::size_t>(from_x)];
    }
  return result;
}

} // namespace

Drawing turned(const Drawing &drawing, PixelSize picture, Orientation orientation)
{
  const Turn turn = turn_of(orientation);
  Drawing result;
  result.reserve(drawing.size());
  for (const PlacedSprite &placed : drawing) {
    const PixelSize size = placed.sprite->size;
    PixelPoint at = placed.at;
    if (turn.mirrors_x)
      at.x = picture.width - size.width - at.x;
    if (turn.mirrors_y)
      at.y = picture.height - size.height - at.y;
    if (turn.swaps)
      std::swap(at.x, at.y);
    result.push_back({std::make_shared<const Sprite>(turned(*placed.sprite, turn)), at});
  }
  return result;
}

} // namespace gemini
