// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/camera_motion.hpp"

#include "vision/point_choice.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gemini::vision {

namespace {

constexpr std::size_t kPoints = 24;
constexpr double kMargin = 4; // round an object, pixels

} // namespace

std::optional<Similarity> camera_motion(const FlowPyramid &before, const FlowPyramid &now,
                                        std::span<const PixelBox> objects)
{
  const auto is_background = [&](const Point &at) {
    return std::none_of(objects.begin(), objects.end(), [&](const PixelBox &box) {
      return std::abs(at.x - box.centre.x) <= box.width / 2 + kMargin &&
             std::abs(at.y - box.centre.y) <= box.height / 2 + kMargin;
    });
  };
  const Rect all{0, 0, static_cast<double>(before.width()), static_cast<double>(before.height())};
  const std::vector<Point> points = choose_points(before, all, kPoints, is_background);
  const auto seen = follow(before, now, points, points, false);
  std::vector<Moved> moved;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (seen[i])
      moved.push_back({points[i], *seen[i]});
  return fit_similarity(moved);
}

} // namespace gemini::vision
