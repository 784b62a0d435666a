// SPDX-License-Identifier: LGPL-2.1-or-later
// Bounding boxes in all the ways that models write them.
#include "wire/box.hpp"

#include "wire/label.hpp"
#include "wire/model_text.hpp"
#include "wire/numbers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace gemini::wire {
namespace {

// In order of preference, as is_name() takes them.
constexpr std::array<std::string_view, 10> kBoxNames = {
    "box2d", "boundingbox2d", "bbox2d",      "boundingbox", "bbox",
    "box",   "boundingpoly",  "coordinates", "coords",      "rect",
};

// What the four edges may be called, in the order of Edges. In the last three rows the last pair
// are sizes.
using EdgeNames = std::array<std::string_view, 4>;
constexpr std::size_t kSizeRows = 3;
constexpr std::array<EdgeNames, 8> kEdgeNames = {{
    {"ymin", "xmin", "ymax", "xmax"},
    {"top", "left", "bottom", "right"},
    {"miny", "minx", "maxy", "maxx"},
    {"y0", "x0", "y1", "x1"},
    {"y1", "x1", "y2", "x2"},
    {"top", "left", "height", "width"},
    {"y", "x", "height", "width"},
    {"y", "x", "h", "w"},
}};

// The four members of `object` that are named like edges, and the row of their names; absent where
// there are none.
std::pair<std::array<Json, 4>, std::size_t> named_edges(Json object)
{
  if (!object.is_object() || object.size() < 4)
    return {};
  std::size_t row = 0;
  for (const EdgeNames &names : kEdgeNames) {
    std::array<Json, 4> found;
    std::size_t n = 0;
    while (n < names.size() && (found[n] = member_named(object, names[n])))
      ++n;
    if (n == names.size())
      return {found, row};
    ++row;
  }
  return {};
}

// Objects with a label, or with boxes of their own, are items and no boxes.
bool holds_items(Json value)
{
  if (!value.is_array())
    return false;
  return any_telling(value, [](Json child) {
    return child.is_object() && (label_of(child) || member_named_any(child, kBoxNames));
  });
}

} // namespace

bool Edges::fits_unit() const
{
  const auto [low, high] = std::minmax({ymin, xmin, ymax, xmax});
  return wire::fits_unit(low, high);
}

bool holds_box(Json object)
{
  return bool{box_of(object)};
}

Json box_of(Json object)
{
  const Json box = member_named_any(object, kBoxNames, [](Json value) {
    return value.kind() != Json::Kind::null && !holds_items(value);
  });
  if (box)
    return box;
  return named_edges(object).first[0] ? object : Json{};
}

ReadEdges read_edges(Json box)
{
  const auto [edges, row] = named_edges(box);
  Numbers numbers;
  if (!box.is_object())
    numbers.add(box);
  else if (!edges[0])
    return "the box lacks an edge";
  for (const Json edge : edges) {
    if (edge)
      numbers.add(edge);
  }
  if (numbers.has_other())
    return "the box holds something that is no number";
  if (numbers.count() != 4)
    return numbers.count() == 0 ? "the box is empty" : "the box does not have four numbers";
  Edges read{numbers[0], numbers[1], numbers[2], numbers[3], numbers.has_fraction()};
  if (row + kSizeRows >= kEdgeNames.size()) {
    read.ymax += read.ymin;
    read.xmax += read.xmin;
  }
  return read;
}

bool is_list_of_boxes(Json box)
{
  if (!box.is_array() || box.size() == 0)
    return false;
  const bool is_nested = std::all_of(box.begin(), box.end(), [](Json child) {
    return child.is_object() || (child.is_array() && child.size() >= 4);
  });
  return is_nested;
}

std::optional<Rect> to_rect(const Edges &edges, Unit unit)
{
  const double scale = span_of(unit);
  const auto clamped = [scale](double value) { return std::clamp(value, 0.0, scale); };
  const auto [top, bottom] = std::minmax({clamped(edges.ymin), clamped(edges.ymax)});
  const auto [left, right] = std::minmax({clamped(edges.xmin), clamped(edges.xmax)});
  const Rect rect{left / scale, top / scale, (right - left) / scale, (bottom - top) / scale};
  if (rect.w <= 0 || rect.h <= 0)
    return std::nullopt;
  return rect;
}

bool is_outside(const Edges &edges, Unit unit)
{
  const double scale = span_of(unit);
  const auto [low, high] = std::minmax({edges.ymin, edges.xmin, edges.ymax, edges.xmax});
  const double slack = kRoundingSlack * scale;
  return low < -slack || high > scale + slack;
}

} // namespace gemini::wire
