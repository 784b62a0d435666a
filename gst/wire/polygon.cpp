// SPDX-License-Identifier: LGPL-2.1-or-later
// Outlines in all the ways that models write them: in which order their numbers are, in which unit,
// and what of them is within the picture.
#include "wire/polygon.hpp"

#include "wire/polygon_numbers.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gemini::wire {
namespace {

constexpr std::size_t kMinPoints = 3;
constexpr double kThousand = 1000;
// How far out of its box, as a part of the picture, an outline may lie.
constexpr double kBoxSlack = 0.02;
// An outline may go so far out of the picture without a word about it.
constexpr double kRounding = 0.005;
// Points so far out that where exactly makes no difference.
constexpr double kFar = 1000;

double distance(const Point &a, const Point &b)
{
  return std::hypot(a.x - b.x, a.y - b.y);
}

// Rows of numbers are rings, or one ring in pieces. In pieces the end of one is near the beginning
// of the next; a ring ends near its own beginning, and has three points at least.
bool is_in_pieces(const std::vector<Ring> &rings)
{
  if (std::any_of(rings.begin(), rings.end(),
                  [](const Ring &ring) { return ring.size() < kMinPoints; }))
    return true;
  double to_next = 0;
  double to_own = 0;
  for (std::size_t i = 0; i < rings.size(); ++i) {
    to_next += distance(rings[i].back(), rings[(i + 1) % rings.size()].front());
    to_own += distance(rings[i].back(), rings[i].front());
  }
  return to_next < to_own;
}

void join(std::vector<Ring> &rings)
{
  Ring all;
  for (const Ring &ring : rings)
    all.insert(all.end(), ring.begin(), ring.end());
  rings.clear();
  rings.push_back(std::move(all));
}

template <typename Change> void change_points(std::vector<Ring> &rings, Change change)
{
  for (Ring &ring : rings) {
    for (Point &point : ring)
      change(point);
  }
}

bool is_within(const std::vector<Ring> &rings, double low, double high)
{
  return std::all_of(rings.begin(), rings.end(), [low, high](const Ring &ring) {
    return std::all_of(ring.begin(), ring.end(), [low, high](const Point &point) {
      const auto [least, most] = std::minmax(point.x, point.y);
      return least >= low && most <= high;
    });
  });
}

// Rows of 0 and 1, or of 0 and 255: no outline has so many points that are all corners.
bool is_bitmap(const std::vector<Ring> &rings)
{
  constexpr std::size_t kMostCorners = 5; // of a rectangle that is closed
  std::size_t points = 0;
  double one = 0;
  for (const Ring &ring : rings) {
    points += ring.size();
    for (const Point &point : ring)
      one = std::max({one, point.x, point.y});
  }
  const auto is_digit = [one](double number) { return number == 0 || number == one; };
  return points > kMostCorners &&
         std::all_of(rings.begin(), rings.end(), [is_digit](const Ring &ring) {
           return std::all_of(ring.begin(), ring.end(), [is_digit](const Point &point) {
             return is_digit(point.x) && is_digit(point.y);
           });
         });
}

// Fractions of the picture rather than thousandths. Without a decimal point 0 and 1 can be both;
// a box that is no speck says that they are corners.
bool is_in_fractions(const PolygonNumbers &numbers, const std::optional<Rect> &box, Unit likely)
{
  constexpr double kSpeck = 0.01;
  return is_within(numbers.rings, -kUnitSlack, 1 + kUnitSlack) &&
         (numbers.has_fraction || likely == Unit::fractions ||
          (box && std::max(box->w, box->h) > kSpeck));
}

void scale_to_picture(PolygonNumbers &numbers, const std::optional<Rect> &box, Unit likely)
{
  const double scale = is_in_fractions(numbers, box, likely) ? 1 : kThousand;
  change_points(numbers.rings, [scale](Point &point) {
    point = {std::clamp(point.x / scale, -kFar, kFar), std::clamp(point.y / scale, -kFar, kFar)};
  });
}

// How well the points fit the box, read in the order as written and in the other.
struct Fit {
  std::size_t count = 0;
  std::size_t points = 0;
  double overlap = 0; // of the rectangle round the points with the box

  bool operator>(const Fit &other) const
  {
    constexpr double kClearly = 0.02;
    constexpr std::size_t kFewest = 1;
    // Points that overshoot a little say less than where all of them are together.
    const std::size_t more = std::max(count, other.count) - std::min(count, other.count);
    const bool is_overlap_clear = std::abs(overlap - other.overlap) > kClearly;
    if (is_overlap_clear && more <= std::max(points / 10, kFewest))
      return overlap > other.overlap;
    return count > other.count;
  }
};

Fit fit_of(const std::vector<Ring> &rings, const Rect &box)
{
  Fit fit;
  const auto is_inside = [&box](const Point &p) {
    return p.x >= box.x - kBoxSlack && p.x <= box.right() + kBoxSlack && p.y >= box.y - kBoxSlack &&
           p.y <= box.bottom() + kBoxSlack;
  };
  for (const Ring &ring : rings) {
    fit.count += static_cast<std::size_t>(std::count_if(ring.begin(), ring.end(), is_inside));
    fit.points += ring.size();
  }
  fit.overlap = iou(bounds_of(rings), box);
  return fit;
}

void swap_axes(std::vector<Ring> &rings)
{
  change_points(rings, [](Point &point) { std::swap(point.x, point.y); });
}

// The order in which the points fit the box clearly better.
AxisOrder order_shown(std::vector<Ring> &rings, const Rect &box)
{
  const Fit written = fit_of(rings, box);
  swap_axes(rings);
  const Fit swapped = fit_of(rings, box);
  swap_axes(rings);
  if (written > swapped)
    return AxisOrder::x_first;
  return swapped > written ? AxisOrder::y_first : AxisOrder::unknown;
}

// Makes x of what is x. What its box does not decide is as `usual`; or else pairs are [x, y], as
// the service documents polygons, and rows of numbers [y, x], like all else that models write.
void put_in_order(PolygonNumbers &numbers, const std::optional<Rect> &box, AxisOrder usual)
{
  if (numbers.has_names)
    return;
  AxisOrder order = box ? order_shown(numbers.rings, *box) : AxisOrder::unknown;
  if (order == AxisOrder::unknown)
    order = usual;
  if (order == AxisOrder::unknown)
    order = numbers.has_pairs ? AxisOrder::x_first : AxisOrder::y_first;
  if (order == AxisOrder::y_first)
    swap_axes(numbers.rings);
}

// Much larger on all sides: it may be the box that is wrong, or the polygon counts in thousandths
// of the box.
bool surrounds(const Rect &bounds, const Rect &box)
{
  constexpr double kClearly = 0.25; // of the box
  const double x = kBoxSlack + kClearly * box.w;
  const double y = kBoxSlack + kClearly * box.h;
  return bounds.x < box.x - x && bounds.right() > box.right() + x && bounds.y < box.y - y &&
         bounds.bottom() > box.bottom() + y;
}

// A part of a thing lies in the box of the thing; what hardly meets it belongs to something else,
// or counts from the corner of the box.
bool is_elsewhere(const std::vector<Ring> &rings, const Rect &box)
{
  constexpr double kHardly = 0.1;
  const Fit fit = fit_of(rings, box);
  return fit.overlap < kHardly && fit.count * 2 < fit.points;
}

// The part of a ring on one side of a line: where `depth` of a point is not negative. It is linear.
template <typename Depth> Ring cut(const Ring &ring, Depth depth)
{
  Ring inside;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point &from = ring[i];
    const Point &to = ring[(i + 1) % ring.size()];
    const double from_depth = depth(from);
    const double to_depth = depth(to);
    if (from_depth >= 0)
      inside.push_back(from);
    if ((from_depth >= 0) != (to_depth >= 0)) {
      const double at = from_depth / (from_depth - to_depth);
      inside.push_back({from.x + at * (to.x - from.x), from.y + at * (to.y - from.y)});
    }
  }
  return inside;
}

void crop(std::vector<Ring> &rings)
{
  for (Ring &ring : rings) {
    ring = cut(ring, [](const Point &p) { return p.x; });
    ring = cut(ring, [](const Point &p) { return 1 - p.x; });
    ring = cut(ring, [](const Point &p) { return p.y; });
    ring = cut(ring, [](const Point &p) { return 1 - p.y; });
  }
  // Crossings with the edges are rounded.
  change_points(rings, [](Point &point) {
    point = {std::clamp(point.x, 0.0, 1.0), std::clamp(point.y, 0.0, 1.0)};
  });
}

std::size_t drop_small(std::vector<Ring> &rings)
{
  return std::erase_if(rings, [](const Ring &ring) { return ring.size() < kMinPoints; });
}

std::string remark_on(const PolygonNumbers &numbers, bool is_cropped, bool is_larger,
                      std::size_t dropped)
{
  std::string remark;
  const auto note = [&remark](bool applies, std::string_view what) {
    if (applies)
      (remark += remark.empty() ? "the polygon " : ", ") += what;
  };
  note(numbers.has_other, "holds something that is no point");
  note(numbers.has_half, "ends in half a point");
  note(dropped > 0, "has a part of fewer than three points");
  note(numbers.is_thinned, "has too many points, not all were kept");
  note(is_cropped, "was cropped to the picture");
  note(is_larger, "is much larger than its box");
  return remark;
}

} // namespace

PolygonSigns signs_of_polygon(Json polygon, const std::optional<Rect> &box)
{
  PolygonNumbers numbers = read_polygon_numbers(polygon, {});
  if (numbers.rings.empty() || is_bitmap(numbers.rings))
    return {};
  PolygonSigns signs;
  signs.fits_unit = is_within(numbers.rings, -kUnitSlack, 1 + kUnitSlack);
  signs.has_fraction = signs.fits_unit && numbers.has_fraction;
  if (box && !numbers.has_names) {
    scale_to_picture(numbers, box, Unit::thousandths);
    signs.order = order_shown(numbers.rings, *box);
  }
  return signs;
}

Result<ReadPolygon, std::string> read_polygon(Json polygon, const std::optional<Rect> &box,
                                              const PolygonHints &hints)
{
  PolygonNumbers numbers = read_polygon_numbers(polygon, hints.holes);
  std::vector<Ring> &rings = numbers.rings;
  if (rings.empty())
    return std::string{numbers.has_other ? "the polygon holds no points" : "the polygon is empty"};
  if (is_bitmap(rings))
    return std::string{"the mask is a bitmap, which is not read"};
  if (numbers.has_rows && !numbers.has_pairs && is_in_pieces(rings))
    join(rings);
  std::size_t dropped = drop_small(rings);
  if (rings.empty())
    return std::string{"the polygon has fewer than three points"};

  scale_to_picture(numbers, box, hints.unit);
  put_in_order(numbers, box, hints.order);
  const bool is_cropped = !is_within(rings, -kRounding, 1 + kRounding);
  if (!is_within(rings, 0, 1)) {
    crop(rings);
    drop_small(rings);
    if (rings.empty())
      return std::string{"the polygon is outside the picture"};
  }
  const Rect bounds = bounds_of(rings);
  if (bounds.area() <= 0)
    return std::string{"the polygon has no area"};
  if (box && is_elsewhere(rings, *box))
    return std::string{"the polygon does not fit its box"};
  const bool is_larger = box && surrounds(bounds, *box);
  return ReadPolygon{std::move(rings), remark_on(numbers, is_cropped, is_larger, dropped)};
}

bool begins_polygon(std::string_view text)
{
  constexpr std::string_view kBeginnings = "[({-+.0123456789";
  text = trimmed(text);
  return !text.empty() && kBeginnings.find(text.front()) != std::string_view::npos;
}

} // namespace gemini::wire
