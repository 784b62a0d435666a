// SPDX-License-Identifier: LGPL-2.1-or-later
// Corners, turned and moved, then projected edge by edge.
#include "core/box_3d.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace gemini {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>; // by rows

constexpr double kNear = 0.05; // metres in front of the camera
constexpr double kDegree = 3.14159265358979323846 / 180;

bool is_finite(const Vector &v)
{
  return std::isfinite(v[0]) && std::isfinite(v[1]) && std::isfinite(v[2]);
}

// Rz(yaw) * Ry(pitch) * Rx(roll).
Matrix rotation_of(const Vector &degrees)
{
  const double sr = std::sin(degrees[0] * kDegree);
  const double cr = std::cos(degrees[0] * kDegree);
  const double sp = std::sin(degrees[1] * kDegree);
  const double cp = std::cos(degrees[1] * kDegree);
  const double sy = std::sin(degrees[2] * kDegree);
  const double cy = std::cos(degrees[2] * kDegree);
  return {{
      {cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr},
      {sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr},
      {-sp, cp * sr, cp * cr},
  }};
}

// Bit 0 of a corner's number says on which side in x it is, bit 1 in y, bit 2 in z; 0 is the
// negative side.
std::array<Vector, 8> corners_of(const Box3d &box)
{
  const Matrix rotation = rotation_of(box.rotation);
  std::array<Vector, 8> corners{};
  for (std::size_t corner = 0; corner < corners.size(); ++corner) {
    Vector own{};
    for (std::size_t axis = 0; axis < own.size(); ++axis)
      own[axis] = (corner >> axis & 1 ? 0.5 : -0.5) * box.size[axis];
    for (std::size_t axis = 0; axis < own.size(); ++axis) {
      const Vector &row = rotation[axis];
      corners[corner][axis] =
          box.center[axis] + row[0] * own[0] + row[1] * own[1] + row[2] * own[2];
    }
  }
  return corners;
}

// What of the edge lies in front of the near plane.
std::optional<std::pair<Vector, Vector>> clip(Vector from, Vector to)
{
  if (from[1] < kNear && to[1] < kNear)
    return std::nullopt;
  if (from[1] >= kNear && to[1] >= kNear)
    return std::pair{from, to};
  Vector &behind = from[1] < kNear ? from : to;
  const Vector &before = from[1] < kNear ? to : from;
  const double share = (kNear - before[1]) / (behind[1] - before[1]);
  behind = {before[0] + share * (behind[0] - before[0]), kNear,
            before[2] + share * (behind[2] - before[2])};
  return std::pair{from, to};
}

} // namespace

Wireframe project(const Box3d &box, double fov_degrees, double aspect)
{
  Wireframe wireframe;
  if (!is_finite(box.center) || !is_finite(box.size) || !is_finite(box.rotation) ||
      !(fov_degrees > 0 && fov_degrees < 180) || !(aspect > 0) || !std::isfinite(aspect))
    return wireframe;
  const std::array<Vector, 8> corners = corners_of(box);
  if (!std::all_of(corners.begin(), corners.end(), is_finite)) // of astronomic numbers
    return wireframe;

  const double focal = 0.5 / std::tan(fov_degrees / 2 * kDegree); // in widths of the picture
  const auto seen = [&](const Vector &p) {
    return Point{0.5 + focal * p[0] / p[1], 0.5 - focal * aspect * p[2] / p[1]};
  };
  for (std::size_t corner = 0; corner < corners.size(); ++corner) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (corner >> axis & 1)
        continue;
      const auto edge = clip(corners[corner], corners[corner | std::size_t{1} << axis]);
      if (!edge)
        continue;
      const Line line{seen(edge->first), seen(edge->second)};
      if (!std::isfinite(line.from.x) || !std::isfinite(line.from.y) || !std::isfinite(line.to.x) ||
          !std::isfinite(line.to.y))
        continue;
      wireframe.edges.push_back(line);
      const bool is_front = axis != 1 && (corner & 2) == 0;
      if (is_front)
        wireframe.front.push_back(line);
    }
  }
  return wireframe;
}

} // namespace gemini
