// SPDX-License-Identifier: LGPL-2.1-or-later
// An object that the model saw in one place, in another: one linear map across and one down.
#include "core/moved.hpp"

#include <algorithm>
#include <cmath>

namespace gemini {
namespace {

constexpr double kFov = 60; // degrees, as of the service's examples
constexpr double kDegree = 3.14159265358979323846 / 180;
// Of the picture's shorter side; wide enough to have something in it that can be followed.
constexpr double kPointSide = 0.1;

// What happens to lengths and positions along one axis.
class Axis {
public:
  Axis(double from, double from_length, double to, double to_length)
      : scale_(from_length > 0 && std::isfinite(to_length / from_length) ? to_length / from_length
                                                                         : 1),
        from_(from + from_length / 2), to_(to + to_length / 2)
  {
  }
  double scale() const { return scale_; }
  double operator()(double position) const { return to_ + (position - from_) * scale_; }

private:
  double scale_;
  double from_; // the middle, which is there wherever a length is none
  double to_;
};

class Move {
public:
  Move(const Rect &from, const Rect &to)
      : from_(from), to_(to), across_(from.x, from.w, to.x, to.w), down_(from.y, from.h, to.y, to.h)
  {
  }
  Point operator()(const Point &p) const { return {across_(p.x), down_(p.y)}; }
  Rect operator()(const Rect &r) const
  {
    if (r == from_) // without what the arithmetic adds
      return to_;
    return {across_(r.x), down_(r.y), r.w * across_.scale(), r.h * down_.scale()};
  }
  double growth() const { return std::sqrt(across_.scale() * down_.scale()); }

private:
  Rect from_;
  Rect to_;
  Axis across_;
  Axis down_;
};

// With f in widths of the picture, a point is seen at u = 1/2 + f x/y, v = 1/2 - f aspect z/y.
Box3d moved(Box3d box, const Move &move, double aspect)
{
  auto &[x, y, z] = box.center;
  const double growth = move.growth();
  if (!(y > 0) || !(growth > 0) || !(aspect > 0)) // behind the camera, or gone from sight
    return box;
  const double focal = 0.5 / std::tan(kFov / 2 * kDegree);
  const Point seen = move(Point{0.5 + focal * x / y, 0.5 - focal * aspect * z / y});
  y /= growth;
  x = (seen.x - 0.5) * y / focal;
  z = (0.5 - seen.y) * y / (focal * aspect);
  return box;
}

Rect square_round(const Point &point, double aspect)
{
  const double width = kPointSide * std::min(1.0, 1 / aspect);
  const double height = kPointSide * std::min(1.0, aspect);
  return {point.x - width / 2, point.y - height / 2, width, height};
}

std::optional<Rect> seen(const Box3d &box, double aspect)
{
  Ring ends;
  for (const Line &edge : project(box, kFov, aspect).edges) {
    ends.push_back(edge.from);
    ends.push_back(edge.to);
  }
  const Rect bounds = bounds_of({&ends, 1});
  return bounds.area() > 0 ? std::optional{bounds} : std::nullopt;
}

} // namespace

std::optional<Rect> place_of(const Object &object, double aspect)
{
  if (object.box)
    return object.box;
  if (!object.polygon.empty())
    return bounds_of(object.polygon);
  if (object.mask)
    return object.mask->rect;
  if (object.point)
    return square_round(*object.point, aspect);
  if (object.box_3d)
    return seen(*object.box_3d, aspect);
  return std::nullopt;
}

Object moved(const Object &object, const Rect &from, const Rect &to, double aspect)
{
  Object result = object;
  if (from == to)
    return result;
  const Move move{from, to};
  if (result.box)
    result.box = move(*result.box);
  if (result.mask) {
    Mask mask = *result.mask;
    mask.rect = move(mask.rect);
    result.mask = std::make_shared<const Mask>(std::move(mask));
  }
  for (Ring &ring : result.polygon)
    for (Point &point : ring)
      point = move(point);
  if (result.point)
    result.point = move(*result.point);
  if (result.box_3d)
    result.box_3d = moved(*result.box_3d, move, aspect);
  return result;
}

} // namespace gemini
