// SPDX-License-Identifier: LGPL-2.1-or-later
// The numbers of an outline, in whatever JSON or text they stand.
#include "wire/polygon_numbers.hpp"

#include "wire/model_text.hpp"
#include "wire/polygon.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace gemini::wire {
namespace {

// How deep lists may stand in lists: polygons of rings of points, and one to spare.
constexpr int kMaxLevels = 5;

constexpr std::array<std::string_view, 13> kPointNames = {
    "polygon",  "polygons", "points", "coordinates", "coords",   "vertices", "contour",
    "contours", "rings",    "mask",   "outline",     "outlines", "exterior",
};

constexpr std::string_view kSeparators = " \t\r\n,;[](){}";

Json member_called(Json object, std::string_view plain)
{
  for (const Json child : object) {
    if (is_name(child.key(), plain))
      return child;
  }
  return {};
}

// Takes the next number off the beginning of `text`, which becomes empty at its end. None where
// something else stands.
std::optional<double> take_number(std::string_view &text, bool &has_fraction)
{
  text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
  const std::string_view piece = text.substr(0, text.find_first_of(kSeparators));
  text.remove_prefix(piece.size());
  text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
  const auto number = parse_number(piece);
  if (!number || !std::isfinite(*number))
    return std::nullopt;
  has_fraction = has_fraction || piece.find_first_of(".eE") != std::string_view::npos;
  return number;
}

bool has_two_numbers(std::string_view text)
{
  bool ignored = false;
  const bool has_one = take_number(text, ignored).has_value();
  return has_one && take_number(text, ignored) && text.empty();
}

// {"point": [y, x]}, as models write points.
Json own_point(Json value)
{
  return value.is_object() ? member_called(value, "point") : Json{};
}

bool is_point(Json value)
{
  if (const Json point = own_point(value))
    return !point.is_object() && is_point(point);
  if (value.is_array())
    return value.size() == 2 && std::all_of(value.begin(), value.end(),
                                            [](Json child) { return child.number().has_value(); });
  if (value.is_object())
    return member_called(value, "x").number() && member_called(value, "y").number();
  return value.is_string() && has_two_numbers(value.text());
}

// A point with one number too many.
bool is_long_point(Json value)
{
  return value.is_array() && value.size() == 3 &&
         std::all_of(value.begin(), value.end(),
                     [](Json child) { return child.number().has_value(); });
}

class Gatherer {
public:
  void add(Json value, int level = 0)
  {
    if (value.is_string())
      add_text(value.text(), level);
    else if (value.is_object())
      add_object(value, level);
    else if (value.is_array() && level < kMaxLevels)
      add_array(value, level);
    else
      gathered_.has_other = true;
  }
  void add_holes(Json holes, int level = 0)
  {
    if (holes)
      add(holes, level);
  }
  PolygonNumbers take() { return std::move(gathered_); }

private:
  void add_text(std::string_view text, int level)
  {
    text = trimmed(text);
    // Written as JSON once more: only so it is seen what stands in pairs.
    if (level == 0 && text.find_first_of("[{") == 0) {
      const JsonDocument document = JsonDocument::scattered(text);
      for (const JsonDocument::Root &root : document.roots())
        add(document.value(root), level + 1);
      gathered_.is_thinned = gathered_.is_thinned || document.is_full();
      return;
    }
    begin_row();
    while (!text.empty()) {
      if (const auto number = take_number(text, gathered_.has_fraction))
        push(*number);
      else
        gathered_.has_other = true;
    }
    end_ring();
  }

  void add_object(Json object, int level)
  {
    for (const std::string_view name : kPointNames) {
      const Json points = member_called(object, name);
      if (points && level < kMaxLevels) {
        add(points, level + 1);
        return add_holes(holes_of(object), level + 1);
      }
    }
    gathered_.has_other = true;
  }

  void add_array(Json array, int level)
  {
    std::size_t numbers = 0;
    std::size_t points = 0;
    std::size_t lists = 0; // of more than a point
    std::size_t slips = 0;
    for (const Json child : array) {
      if (child.number())
        ++numbers;
      else if (is_point(child))
        ++points;
      else if (is_long_point(child))
        ++slips;
      else if (child.size() > 2 || child.is_string())
        ++lists;
    }
    if (points > 2 * slips && lists == 0)
      add_points(array);
    else if (numbers > 0 && points + lists + slips == 0)
      add_row(array);
    else
      add_lists(array, level);
  }

  void add_points(Json array)
  {
    begin_ring();
    for (const Json child : array) {
      const bool is_long = is_long_point(child);
      gathered_.has_other = gathered_.has_other || is_long || !is_point(child);
      if (is_long || is_point(child))
        add_point(child);
    }
    end_ring();
  }

  void add_point(Json point)
  {
    if (const Json own = own_point(point))
      return add_pair(own);
    gathered_.has_pairs = true;
    if (point.is_object()) {
      gathered_.has_names = true;
      add_number(member_called(point, "x"));
      add_number(member_called(point, "y"));
    } else {
      add_pair(point);
    }
  }

  void add_pair(Json point)
  {
    if (point.is_array()) {
      std::size_t count = 0;
      for (const Json number : point) {
        if (count++ < 2)
          add_number(number);
      }
    } else {
      std::string_view text = point.text();
      while (!text.empty())
        push(take_number(text, gathered_.has_fraction).value_or(0));
    }
  }

  void add_row(Json array)
  {
    begin_row();
    for (const Json child : array)
      add_number(child);
    end_ring();
  }

  void add_lists(Json array, int level)
  {
    for (const Json child : array)
      add(child, level + 1);
  }

  void add_number(Json value)
  {
    const auto number = value.number();
    if (!number) {
      gathered_.has_other = true;
      return;
    }
    gathered_.has_fraction =
        gathered_.has_fraction || value.text().find_first_of(".eE") != std::string_view::npos;
    push(*number);
  }

  void begin_row()
  {
    gathered_.has_rows = gathered_.has_rows || !gathered_.rings.empty();
    begin_ring();
  }
  void begin_ring()
  {
    gathered_.rings.emplace_back();
    pending_.reset();
    passed_ = 0;
  }
  void end_ring()
  {
    gathered_.has_half = gathered_.has_half || pending_.has_value();
    // Or else a million empty lists would each leave something behind.
    if (gathered_.rings.back().empty())
      gathered_.rings.pop_back();
  }

  void push(double number)
  {
    if (!pending_) {
      pending_ = number;
      return;
    }
    const Point point{*std::exchange(pending_, std::nullopt), number};
    if (is_full_ || passed_++ % stride_ != 0)
      return;
    gathered_.rings.back().push_back(point);
    if (++count_ > kMaxPolygonPoints)
      thin_out();
  }

  void thin_out()
  {
    gathered_.is_thinned = true;
    stride_ *= 2;
    count_ = 0;
    for (Ring &ring : gathered_.rings) {
      std::size_t kept = 0;
      for (std::size_t i = 0; i < ring.size(); i += 2)
        ring[kept++] = ring[i];
      ring.resize(kept);
      count_ += kept;
    }
    // Rings of a point or two do not become fewer by this.
    is_full_ = count_ > kMaxPolygonPoints / 4 * 3;
  }

  PolygonNumbers gathered_;
  std::optional<double> pending_; // the first number of a point
  std::size_t stride_ = 1;        // of so many points one is kept
  std::size_t passed_ = 0;        // points of this ring
  std::size_t count_ = 0;         // points kept, of all rings
  bool is_full_ = false;          // none is kept any more
};

} // namespace

Json holes_of(Json object)
{
  for (const std::string_view name : {"holes", "hole", "interiors", "interior", "innerrings"}) {
    const Json holes = member_called(object, name);
    if (holes.is_array() && holes.size() > 0)
      return holes;
  }
  return {};
}

PolygonNumbers read_polygon_numbers(Json polygon, Json holes)
{
  Gatherer gatherer;
  gatherer.add(polygon);
  gatherer.add_holes(holes);
  return gatherer.take();
}

} // namespace gemini::wire
