// SPDX-License-Identifier: LGPL-2.1-or-later
// Turned and mirrored within the part first, then placed on the frame.
#include "core/view.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>

namespace gemini {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>; // by rows

constexpr double kDegree = 3.14159265358979323846 / 180;

Matrix operator*(const Matrix &a, const Matrix &b)
{
  Matrix product{};
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 3; ++column)
      for (std::size_t i = 0; i < 3; ++i)
        product[row][column] += a[row][i] * b[i][column];
  return product;
}

Vector operator*(const Matrix &a, const Vector &v)
{
  Vector product{};
  for (std::size_t row = 0; row < 3; ++row)
    product[row] = a[row][0] * v[0] + a[row][1] * v[1] + a[row][2] * v[2];
  return product;
}

Vector cross(const Vector &a, const Vector &b)
{
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vector unit(const Vector &v)
{
  const double length = std::hypot(v[0], v[1], v[2]);
  return {v[0] / length, v[1] / length, v[2] / length};
}

// Roll, pitch and yaw, as of Box3d.
Matrix rotation_of(const Vector &degrees)
{
  const auto turn = [&degrees](std::size_t axis) {
    const double sine = std::sin(degrees[axis] * kDegree);
    const double cosine = std::cos(degrees[axis] * kDegree);
    const std::size_t next = (axis + 1) % 3;
    const std::size_t last = (axis + 2) % 3;
    Matrix matrix{};
    matrix[axis][axis] = 1;
    matrix[next][next] = matrix[last][last] = cosine;
    matrix[next][last] = -sine;
    matrix[last][next] = sine;
    return matrix;
  };
  return turn(2) * turn(1) * turn(0);
}

Vector degrees_of(const Matrix &rotation)
{
  const double pitch = std::asin(std::clamp(-rotation[2][0], -1.0, 1.0));
  double roll = 0; // where roll and yaw turn about the same axis, one of them does
  double yaw = std::atan2(-rotation[0][1], rotation[1][1]);
  if (std::cos(pitch) > 1e-9) {
    roll = std::atan2(rotation[2][1], rotation[2][2]);
    yaw = std::atan2(rotation[1][0], rotation[0][0]);
  }
  return {roll / kDegree, pitch / kDegree, yaw / kDegree};
}

// The shortest turn from one direction to another, neither of which points backwards from the
// other (Rodrigues' formula).
Matrix turn_between(const Vector &from, const Vector &to)
{
  const Vector axis = cross(from, to); // as long as the sine of the angle
  const double cosine = from[0] * to[0] + from[1] * to[1] + from[2] * to[2];
  const Matrix skew{{{0, -axis[2], axis[1]}, {axis[2], 0, -axis[0]}, {-axis[1], axis[0], 0}}};
  const Matrix twice = skew * skew;
  Matrix turn{};
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 3; ++column)
      turn[row][column] =
          (row == column ? 1 : 0) + skew[row][column] + twice[row][column] / (1 + cosine);
  return turn;
}

// From the picture's right, forward and up to the frame's.
Matrix axes_to_frame(const Turn &turn)
{
  Matrix axes{};
  const double x = turn.mirrors_x ? -1 : 1;
  const double y = turn.mirrors_y ? -1 : 1;
  axes[1][1] = 1;
  if (turn.swaps) { // what goes right on the picture goes down on the frame
    axes[0][2] = -x;
    axes[2][0] = -y;
  } else {
    axes[0][0] = x;
    axes[2][2] = y;
  }
  return axes;
}

// Lengths on the picture and on the frame are in heights of the frame; W_p and W_F are the widths
// of the picture (across as the model saw it) and of the frame, c is from the frame's middle to the
// picture's, right and up, M the axes, f the focal length in widths: the same for both, since both
// are said to have the same field of view.
//   seen on the picture at   (u, v)   = f W_p (x, z) / y       from its middle,
//   that is on the frame at  (u', v') = M (u, v) + c           from its middle,
//   where it is seen if      (x', z') = (u', v') y' / (f W_F).
// With y' = y W_F / W_p a step to the side is as long on both, so that the size stays; and
// (x', z') = M (x, z) + c y' / (f W_F). The box is turned as the line of sight is, from M (x, y, z)
// to (x', y', z'), so that the same sides of it are seen. That is exact for the middle of the box,
// and for the rest of it as far as it is small beside its distance.
Box3d box_to_frame(const View &view, const Box3d &box, double aspect, double fov_degrees)
{
  const Turn turn = turn_of(view.orientation);
  const double focal = 0.5 / std::tan(fov_degrees / 2 * kDegree);
  const double picture = turn.swaps ? view.part.h : view.part.w * aspect;
  const double right = (view.part.x + view.part.w / 2 - 0.5) * aspect;
  const double up = 0.5 - (view.part.y + view.part.h / 2);

  Matrix axes = axes_to_frame(turn);
  const Vector before = axes * box.center;
  const double depth = box.center[1] * aspect / picture;
  const double side = depth / (focal * aspect);
  Box3d moved = box;
  moved.center = {before[0] + right * side, depth, before[2] + up * side};

  // A mirror image of a box is a box: with its own x axis the other way round it is turned again.
  Matrix rotation = axes * rotation_of(box.rotation);
  if (turn.mirrors_x != (turn.mirrors_y != turn.swaps))
    for (Vector &row : rotation)
      row[0] = -row[0];
  if (box.center[1] > 0)
    rotation = turn_between(unit(before), unit(moved.center)) * rotation;
  moved.rotation = degrees_of(rotation);
  return moved;
}

Mask mask_to_frame(const View &view, const Mask &mask)
{
  const Turn turn = turn_of(view.orientation);
  Mask turned{.rect = to_frame(view, mask.rect),
              .width = turn.swaps ? mask.height : mask.width,
              .height = turn.swaps ? mask.width : mask.height,
              .coverage = mask.coverage};
  if (view.orientation == Orientation::identity)
    return turned;
  std::vector<std::uint8_t> coverage(mask.coverage.size());
  std::uint8_t *out = coverage.data();
  for (int row = 0; row < turned.height; ++row) {
    for (int column = 0; column < turned.width; ++column) {
      const int x = turn.mirrors_x ? turned.width - 1 - column : column;
      const int y = turn.mirrors_y ? turned.height - 1 - row : row;
      const auto from =
          static_cast<std::size_t>(turn.swaps ? x : y) * static_cast<std::size_t>(mask.width) +
          static_cast<std::size_t>(turn.swaps ? y : x);
      *out++ = mask.coverage[from];
    }
  }
  turned.coverage = std::move(coverage);
  return turned;
}

} // namespace

Point to_frame(const View &view, const Point &point)
{
  const Turn turn = turn_of(view.orientation);
  Point at = turn.swaps ? Point{point.y, point.x} : point;
  if (turn.mirrors_x)
    at.x = 1 - at.x;
  if (turn.mirrors_y)
    at.y = 1 - at.y;
  return {view.part.x + at.x * view.part.w, view.part.y + at.y * view.part.h};
}

Rect to_frame(const View &view, const Rect &rect)
{
  const Turn turn = turn_of(view.orientation);
  Rect at = turn.swaps ? Rect{rect.y, rect.x, rect.h, rect.w} : rect;
  if (turn.mirrors_x)
    at.x = 1 - at.right();
  if (turn.mirrors_y)
    at.y = 1 - at.bottom();
  return {view.part.x + at.x * view.part.w, view.part.y + at.y * view.part.h, at.w * view.part.w,
          at.h * view.part.h};
}

Rect to_picture(const View &view, const Rect &rect)
{
  const Turn turn = turn_of(view.orientation);
  Rect at{(rect.x - view.part.x) / view.part.w, (rect.y - view.part.y) / view.part.h,
          rect.w / view.part.w, rect.h / view.part.h};
  if (turn.mirrors_x)
    at.x = 1 - at.right();
  if (turn.mirrors_y)
    at.y = 1 - at.bottom();
  return turn.swaps ? Rect{at.y, at.x, at.h, at.w} : at;
}

Object to_frame(const View &view, Object object, double aspect, double fov_degrees)
{
  if (view == View{})
    return object;
  if (object.box)
    object.box = to_frame(view, *object.box);
  if (object.mask)
    object.mask = std::make_shared<const Mask>(mask_to_frame(view, *object.mask));
  for (Ring &ring : object.polygon)
    for (Point &point : ring)
      point = to_frame(view, point);
  if (object.point)
    object.point = to_frame(view, *object.point);
  if (object.box_3d)
    object.box_3d = box_to_frame(view, *object.box_3d, aspect, fov_degrees);
  return object;
}

} // namespace gemini
