// SPDX-License-Identifier: LGPL-2.1-or-later
// Points that can be followed well.
#pragma once

#include "core/geometry.hpp"
#include "vision/picture_flow.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace gemini::vision {

// Of each cell of a grid of about `count` cells over `region` (in pixels) the point with the most
// texture, if it has enough and `may_be` agrees; those with the most first.
std::vector<Point> choose_points(const FlowPyramid &picture, const Rect &region, std::size_t count,
                                 const std::function<bool(const Point &)> &may_be);

} // namespace gemini::vision
