// SPDX-License-Identifier: LGPL-2.1-or-later
// A drawing as one picture, to look at its pixels.
#pragma once

#include "core/mask.hpp"
#include "render/palette.hpp"
#include "render/scene_renderer.hpp"
#include "render/sprite.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini::test {

// Transparent where nothing is drawn. Blends one pixel after the other, by the book.
class Canvas {
public:
  Canvas(PixelSize size, const Drawing &drawing)
      : size_(size),
        pixels_(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height))
  {
    for (const auto &[sprite, at] : drawing) {
      auto from = sprite->pixels.begin();
      for (int y = 0; y < sprite->size.height; ++y) {
        for (int x = 0; x < sprite->size.width; ++x)
          blend(*from++, pixels_.at(index(at.x + x, at.y + y)));
      }
    }
  }

  std::uint32_t at(int x, int y) const { return pixels_.at(index(x, y)); }

private:
  std::size_t index(int x, int y) const
  {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) +
           static_cast<std::size_t>(x);
  }

  static void blend(std::uint32_t top, std::uint32_t &below)
  {
    std::uint32_t sum = 0;
    for (const int shift : {0, 8, 16, 24}) {
      const double left = (below >> shift & 0xff) * (255 - (top >> 24)) / 255.0;
      sum |= static_cast<std::uint32_t>((top >> shift & 0xff) + left + 0.5) << shift;
    }
    below = sum;
  }

  PixelSize size_;
  std::vector<std::uint32_t> pixels_;
};

inline std::uint32_t color_pixel(std::string_view label)
{
  return argb(color_of(label));
}

inline std::shared_ptr<const Mask> make_mask(Rect rect, int width, int height,
                                             std::vector<std::uint8_t> coverage)
{
  return std::make_shared<const Mask>(Mask{rect, width, height, std::move(coverage)});
}

// All of it is of the object.
inline std::shared_ptr<const Mask> full_mask(Rect rect, int width, int height)
{
  const auto n_cells = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  return make_mask(rect, width, height, std::vector<std::uint8_t>(n_cells, 255));
}

inline bool is_inside(const Drawing &drawing, PixelSize picture)
{
  for (const auto &[sprite, at] : drawing) {
    if (sprite->size.width <= 0 || sprite->size.height <= 0 || at.x < 0 || at.y < 0 ||
        at.x + sprite->size.width > picture.width || at.y + sprite->size.height > picture.height)
      return false;
  }
  return true;
}

} // namespace gemini::test
