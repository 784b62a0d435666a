// SPDX-License-Identifier: LGPL-2.1-or-later
// How much of a place is on the picture.
#pragma once

#include "core/geometry.hpp"

#include <algorithm>

namespace gemini::vision {

// Of one that has no width or height, whether it is there.
inline double share_on_picture(const Rect &place)
{
  const auto share = [](double from, double length) {
    if (length <= 0)
      return from >= 0 && from <= 1 ? 1.0 : 0.0;
    return std::max(0.0, std::min(from + length, 1.0) - std::max(from, 0.0)) / length;
  };
  return share(place.x, place.w) * share(place.y, place.h);
}

// An object of which less is on the picture has left it.
inline constexpr double kLeastOnPicture = 0.1;

} // namespace gemini::vision
