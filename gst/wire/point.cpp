// SPDX-License-Identifier: LGPL-2.1-or-later
// Points in all the ways that models write them.
#include "wire/point.hpp"

#include "wire/box.hpp"
#include "wire/model_text.hpp"
#include "wire/numbers.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gemini::wire {
namespace {

// In order of preference, as is_name() takes them. The vague ones may also stand for words, for a
// place in space or for a box: they are points where their values are.
constexpr std::array<std::string_view, 4> kPointNames = {"point", "point2d", "points", "points2d"};
constexpr std::array<std::string_view, 14> kVagueNames = {
    "center",   "centre",   "centerpoint", "keypoint", "coordinates", "coordinate", "coords",
    "position", "location", "trajectory",  "path",     "waypoints",   "keypoints",  "positions",
};

struct NamedSpot {
  Json y;
  Json x;
};

// The members x and y; absent where one of them is.
NamedSpot named_spot(Json object)
{
  const NamedSpot named{member_named(object, "y"), member_named(object, "x")};
  return named.y && named.x ? named : NamedSpot{};
}

bool is_spot(Json value)
{
  return read_spot(is_list_of_points(value) ? value.front() : value).has_value();
}

// Objects with more to tell than where they are, such as a label, are items of their own.
bool holds_items(Json value)
{
  if (!value.is_array())
    return false;
  return any_telling(value, [](Json child) {
    return child.is_object() && (child.size() != 2 || !named_spot(child).y);
  });
}

} // namespace

bool Spot::fits_unit() const
{
  const auto [low, high] = std::minmax(y, x);
  return wire::fits_unit(low, high);
}

bool holds_point(Json object)
{
  return bool{point_of(object)};
}

Json point_of(Json object)
{
  const Json point = member_named_any(object, kPointNames, [](Json value) {
    return value.kind() != Json::Kind::null && !holds_items(value);
  });
  if (point)
    return point;
  const Json vague = member_named_any(
      object, kVagueNames, [](Json value) { return !holds_items(value) && is_spot(value); });
  if (vague)
    return vague;
  return named_spot(object).y && !holds_box(object) ? object : Json{};
}

ReadSpot read_spot(Json point)
{
  Numbers numbers;
  if (point.is_object()) {
    const NamedSpot named = named_spot(point);
    if (!named.y)
      return "the point lacks x or y";
    numbers.add(named.y);
    numbers.add(named.x);
  } else {
    numbers.add(point);
  }
  if (numbers.has_other())
    return "the point holds something that is no number";
  if (numbers.count() != 2)
    return numbers.count() == 0 ? "the point is empty" : "the point does not have two numbers";
  return Spot{numbers[0], numbers[1], numbers.has_fraction()};
}

bool is_list_of_points(Json point)
{
  if (!point.is_array() || point.size() == 0)
    return false;
  return std::all_of(point.begin(), point.end(), [](Json child) {
    return child.is_object() || child.is_array() || (child.is_string() && !child.number());
  });
}

std::optional<Point> to_point(const Spot &spot, Unit unit)
{
  const Point point{spot.x / span_of(unit), spot.y / span_of(unit)};
  const auto [low, high] = std::minmax(point.x, point.y);
  if (!wire::fits_unit(low, high))
    return std::nullopt;
  return Point{std::clamp(point.x, 0.0, 1.0), std::clamp(point.y, 0.0, 1.0)};
}

bool is_outside(const Spot &spot, Unit unit)
{
  const auto [low, high] = std::minmax(spot.y, spot.x);
  const double slack = kRoundingSlack * span_of(unit);
  return low < -slack || high > span_of(unit) + slack;
}

} // namespace gemini::wire
