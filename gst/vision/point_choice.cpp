// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/point_choice.hpp"

#include <algorithm>
#include <cmath>

namespace gemini::vision {

namespace {

constexpr double kLeastTexture = 1.5;
constexpr double kTriesAcross = 4; // of a cell
constexpr double kMargin = 2;      // of the picture

struct Candidate {
  double texture = kLeastTexture;
  Point at = {};
};

} // namespace

std::vector<Point> choose_points(const FlowPyramid &picture, const Rect &region, std::size_t count,
                                 const std::function<bool(const Point &)> &may_be)
{
  const Rect inside = intersect(
      region, {kMargin, kMargin, picture.width() - 2 * kMargin, picture.height() - 2 * kMargin});
  if (inside.area() <= 0 || count == 0)
    return {};
  const auto cells = static_cast<double>(count);
  const double across = std::clamp(std::round(std::sqrt(cells * inside.w / inside.h)), 1.0, cells);
  const double down = std::max(1.0, std::round(cells / across));
  const double width = inside.w / across;
  const double height = inside.h / down;
  const double step_x = std::max(1.0, width / kTriesAcross);
  const double step_y = std::max(1.0, height / kTriesAcross);
  std::vector<Candidate> candidates;
  for (double top = inside.y; top + height / 2 < inside.bottom(); top += height)
    for (double left = inside.x; left + width / 2 < inside.right(); left += width) {
      Candidate best;
      bool is_any = false;
      for (double y = top + step_y / 2; y < top + height; y += step_y)
        for (double x = left + step_x / 2; x < left + width; x += step_x) {
          const Point at{std::floor(x), std::floor(y)};
          const double texture = picture.texture(static_cast<int>(x), static_cast<int>(y));
          if (texture > best.texture && may_be(at)) {
            best = {texture, at};
            is_any = true;
          }
        }
      if (is_any)
        candidates.push_back(best);
    }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate &a, const Candidate &b) { return a.texture > b.texture; });
  std::vector<Point> points;
  for (const Candidate &candidate : candidates)
    points.push_back(candidate.at);
  return points;
}

} // namespace gemini::vision
