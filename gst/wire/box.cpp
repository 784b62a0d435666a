// SPDX-License-Identifier: LGPL-2.1-or-later
// Bounding boxes in all the ways that models write them.
#include "wire/box.hpp"

#include "wire/model_text.hpp"
#include "wire/text.hpp"

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

// What the four edges may be called, in the order of Edges. In the last two rows the last pair are
// sizes.
using EdgeNames = std::array<std::string_view, 4>;
constexpr std::size_t kSizeRows = 2;
constexpr std::array<EdgeNames, 7> kEdgeNames = {{
    {"ymin", "xmin", "ymax", "xmax"},
    {"top", "left", "bottom", "right"},
    {"miny", "minx", "maxy", "maxx"},
    {"y0", "x0", "y1", "x1"},
    {"y1", "x1", "y2", "x2"},
    {"y", "x", "height", "width"},
    {"y", "x", "h", "w"},
}};

constexpr double kThousand = 1000;
constexpr double kUnitSlack = 0.05;

Json member_called(Json object, std::string_view plain)
{
  for (const Json child : object) {
    if (is_name(child.key(), plain))
      return child;
  }
  return {};
}

// The four members of `object` that are named like edges, and the row of their names; absent where
// there are none.
std::pair<std::array<Json, 4>, std::size_t> named_edges(Json object)
{
  if (object.size() < 4)
    return {};
  std::size_t row = 0;
  for (const EdgeNames &names : kEdgeNames) {
    std::array<Json, 4> found;
    std::transform(names.begin(), names.end(), found.begin(),
                   [object](std::string_view name) { return member_called(object, name); });
    if (std::all_of(found.begin(), found.end(), [](Json edge) { return bool{edge}; }))
      return {found, row};
    ++row;
  }
  return {};
}

// Gathers numbers until there are more than a box can have.
class FourNumbers {
public:
  void add(Json value)
  {
    if (value.is_array()) {
      for (const Json child : value)
        add(child);
    } else if (const auto number = value.number()) {
      push(*number, value.text());
    } else if (value.is_string()) {
      add_list(value.text());
    } else {
      has_other_ = true;
    }
  }
  ReadEdges result() const
  {
    if (has_other_)
      return "the box holds something that is no number";
    if (count_ != 4)
      return count_ == 0 ? "the box is empty" : "the box does not have four numbers";
    return Edges{values_[0], values_[1], values_[2], values_[3], has_fraction_};
  }

private:
  void push(double number, std::string_view text)
  {
    if (count_ < values_.size())
      values_[count_] = number;
    ++count_;
    has_fraction_ = has_fraction_ || text.find_first_of(".eE") != std::string_view::npos;
  }
  // "[1, 2, 3, 4]", "1 2 3 4" and the like.
  void add_list(std::string_view text)
  {
    constexpr std::string_view kSeparators = " \t\r\n,;[](){}";
    while (count_ <= values_.size() && !has_other_) {
      text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
      if (text.empty())
        return;
      const std::string_view piece = text.substr(0, text.find_first_of(kSeparators));
      text.remove_prefix(piece.size());
      const auto number = parse_number(piece);
      if (number && *number - *number == 0) // finite
        push(*number, piece);
      else
        has_other_ = true;
    }
  }

  std::array<double, 4> values_{};
  std::size_t count_ = 0;
  bool has_fraction_ = false;
  bool has_other_ = false;
};

} // namespace

bool Edges::fits_unit() const
{
  const auto [low, high] = std::minmax({ymin, xmin, ymax, xmax});
  return low >= -kUnitSlack && high <= 1 + kUnitSlack;
}

bool holds_box(Json object)
{
  return bool{box_of(object)};
}

Json box_of(Json object)
{
  for (const std::string_view name : kBoxNames) {
    if (const Json box = member_called(object, name))
      return box;
  }
  return named_edges(object).first[0] ? object : Json{};
}

ReadEdges read_edges(Json box)
{
  FourNumbers numbers;
  if (!box.is_object()) {
    numbers.add(box);
    return numbers.result();
  }
  const auto [edges, row] = named_edges(box);
  if (!edges[0])
    return "the box lacks an edge";
  for (const Json edge : edges)
    numbers.add(edge);
  ReadEdges read = numbers.result();
  if (read && row + kSizeRows >= kEdgeNames.size()) {
    read->ymax += read->ymin;
    read->xmax += read->xmin;
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
  const double scale = unit == Unit::fractions ? 1 : kThousand;
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
  const double scale = unit == Unit::fractions ? 1 : kThousand;
  const auto [low, high] = std::minmax({edges.ymin, edges.xmin, edges.ymax, edges.xmax});
  return low < 0 || high > scale;
}

} // namespace gemini::wire
