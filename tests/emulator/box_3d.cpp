// SPDX-License-Identifier: LGPL-2.1-or-later
// The estimate, and the usual heights.
#include "box_3d.hpp"

#include "json.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace gemini::emulator {
namespace {

constexpr double kFieldOfView = 60; // degrees, horizontal

// Metres, roughly; what is not listed is taken for half a metre. Shapes have no size of their own.
struct Height {
  std::string_view label;
  double metres;
};
constexpr Height kHeights[] = {
    {"person", 1.7},
    {"bicycle", 1.1},
    {"car", 1.5},
    {"motorcycle", 1.2},
    {"airplane", 12},
    {"bus", 3},
    {"train", 3.8},
    {"truck", 3},
    {"boat", 2},
    {"traffic light", 0.9},
    {"fire hydrant", 0.8},
    {"stop sign", 0.8},
    {"parking meter", 1.3},
    {"bench", 0.9},
    {"bird", 0.2},
    {"cat", 0.3},
    {"horse", 1.6},
    {"sheep", 0.9},
    {"cow", 1.5},
    {"elephant", 3},
    {"bear", 1.2},
    {"zebra", 1.4},
    {"giraffe", 4.5},
    {"umbrella", 0.8},
    {"handbag", 0.3},
    {"tie", 0.5},
    {"frisbee", 0.05},
    {"skis", 0.1},
    {"snowboard", 0.3},
    {"sports ball", 0.22},
    {"baseball glove", 0.25},
    {"skateboard", 0.12},
    {"surfboard", 0.5},
    {"bottle", 0.25},
    {"wine glass", 0.2},
    {"cup", 0.1},
    {"fork", 0.03},
    {"knife", 0.03},
    {"spoon", 0.03},
    {"bowl", 0.08},
    {"banana", 0.05},
    {"apple", 0.08},
    {"sandwich", 0.06},
    {"orange", 0.08},
    {"broccoli", 0.12},
    {"carrot", 0.04},
    {"hot dog", 0.05},
    {"pizza", 0.04},
    {"donut", 0.04},
    {"cake", 0.12},
    {"chair", 0.9},
    {"couch", 0.85},
    {"dining table", 0.75},
    {"toilet", 0.75},
    {"laptop", 0.25},
    {"mouse", 0.04},
    {"remote", 0.03},
    {"keyboard", 0.03},
    {"cell phone", 0.15},
    {"microwave", 0.3},
    {"toaster", 0.2},
    {"sink", 0.2},
    {"refrigerator", 1.8},
    {"book", 0.22},
    {"clock", 0.3},
    {"vase", 0.3},
    {"scissors", 0.05},
    {"teddy bear", 0.3},
    {"hair drier", 0.2},
    {"toothbrush", 0.03},
};

double usual_height(const std::string &label)
{
  const auto at = std::ranges::find(kHeights, label, &Height::label);
  if (at != std::end(kHeights))
    return at->metres;
  // "red rectangle" and its like
  const bool is_shape = label.ends_with("rectangle") || label.ends_with("ellipse") ||
                        label.ends_with("triangle") || label.ends_with("shape");
  return is_shape ? 1 : 0.5;
}

// One side's end in metres, for a place `offset` pixels from the middle of the picture: the front
// of the box shows where it is on the outer side of the middle, else the back does.
struct Depths {
  double front;
  double back;
};
double low_end(double offset, const Depths &depths, double focal)
{
  return offset * (offset < 0 ? depths.front : depths.back) / focal;
}
double high_end(double offset, const Depths &depths, double focal)
{
  return offset * (offset > 0 ? depths.front : depths.back) / focal;
}

// How much farther than the front the back may be so that a box between these offsets, which is
// narrower at the back, still has a width.
double deepest(double low, double high)
{
  constexpr double kNoLimit = 100;
  if (low > 0)
    return high / low;
  return high < 0 ? low / high : kNoLimit;
}

} // namespace

std::string box_3d(const Sight &sight, const Picture &picture)
{
  const double focal = picture.width / (2 * std::tan(kFieldOfView / 2 * std::numbers::pi / 180));
  const double left = sight.box.left - picture.width / 2.0;
  const double right = sight.box.right - picture.width / 2.0;
  const double low = picture.height / 2.0 - sight.box.bottom;
  const double high = picture.height / 2.0 - sight.box.top;
  const double front = focal * usual_height(sight.label) / std::max(high - low, 1.0);
  // As deep as it is wide or high, whichever is less, where perspective leaves room for that.
  const double size = std::min(right - left, high - low) * front / focal;
  const double limit = std::min(deepest(left, right), deepest(low, high));
  const double depth = std::min(size, front * (limit - 1) / 2);
  const Depths depths{front, front + depth};
  const double x0 = low_end(left, depths, focal);
  const double x1 = high_end(right, depths, focal);
  const double z0 = low_end(low, depths, focal);
  const double z1 = high_end(high, depths, focal);
  const auto metres = [](double v) { return json::decimal(v, 3); };
  return "[" + metres((x0 + x1) / 2) + ", " + metres(front + depth / 2) + ", " +
         metres((z0 + z1) / 2) + ", " + metres(x1 - x0) + ", " + metres(depth) + ", " +
         metres(z1 - z0) + ", 0, 0, 0]";
}

} // namespace gemini::emulator
