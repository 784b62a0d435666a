// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes and points.
#include "spatial_text.hpp"

#include <algorithm>
#include <cmath>

namespace gemini::emulator {

long scaled(double value, int size)
{
  return std::clamp(std::lround(value / size * 1000), 0L, 1000L);
}

std::string box_2d(const Box &box, const Picture &picture)
{
  return "[" + std::to_string(scaled(box.top, picture.height)) + ", " +
         std::to_string(scaled(box.left, picture.width)) + ", " +
         std::to_string(scaled(box.bottom, picture.height)) + ", " +
         std::to_string(scaled(box.right, picture.width)) + "]";
}

Box rounded(const Box &box, const Picture &picture)
{
  const auto back = [](double value, int size) {
    return static_cast<double>(scaled(value, size)) * size / 1000;
  };
  return {back(box.left, picture.width), back(box.top, picture.height),
          back(box.right, picture.width), back(box.bottom, picture.height)};
}

Spot point_in(const Sight &sight)
{
  if (sight.map)
    return interior_point(*sight.map);
  return {(sight.box.left + sight.box.right) / 2, (sight.box.top + sight.box.bottom) / 2};
}

std::string pair(const Spot &spot, const Picture &picture, Axes axes)
{
  const std::string x = std::to_string(scaled(spot.x, picture.width));
  const std::string y = std::to_string(scaled(spot.y, picture.height));
  return axes == Axes::xy ? "[" + x + ", " + y + "]" : "[" + y + ", " + x + "]";
}

} // namespace gemini::emulator
