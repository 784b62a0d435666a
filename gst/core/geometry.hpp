// SPDX-License-Identifier: LGPL-2.1-or-later
// Points and rectangles in normalised coordinates: 0..1 over the frame, x right, y down, so that
// they hold for a frame of any size.
#pragma once

#include <algorithm>

namespace gemini {

struct Point {
  double x = 0;
  double y = 0;
  bool operator==(const Point &) const = default;
};

struct Rect {
  double x = 0; // left
  double y = 0; // top
  double w = 0;
  double h = 0;
  bool operator==(const Rect &) const = default;

  double right() const { return x + w; }
  double bottom() const { return y + h; }
  double area() const { return w * h; }
};

// Normalised lengths a second.
struct Velocity {
  double x = 0;
  double y = 0;
  bool operator==(const Velocity &) const = default;
};

inline Rect intersect(const Rect &a, const Rect &b)
{
  const double x = std::max(a.x, b.x);
  const double y = std::max(a.y, b.y);
  return {x, y, std::max(0.0, std::min(a.right(), b.right()) - x),
          std::max(0.0, std::min(a.bottom(), b.bottom()) - y)};
}

// Intersection over union: 1 for equal boxes, 0 where they do not touch or both are empty.
inline double iou(const Rect &a, const Rect &b)
{
  const double common = intersect(a, b).area();
  const double all = a.area() + b.area() - common;
  return all > 0 ? common / all : 0;
}

} // namespace gemini
