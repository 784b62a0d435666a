// SPDX-License-Identifier: LGPL-2.1-or-later
// Outlines in all the ways that models write them: first the bare numbers are gathered in rings,
// then it is told in which order and unit they are.
#include "wire/polygon.hpp"

#include "wire/model_text.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gemini::wire {
namespace {

// How deep lists may stand in lists: polygons of rings of points, and one to spare.
constexpr int kMaxLevels = 5;
constexpr std::size_t kMinPoints = 3;
constexpr double kThousand = 1000;
constexpr double kUnitSlack = 0.05;
// How far out of its box, as a part of the picture, an outline may lie.
constexpr double kBoxSlack = 0.02;
// Points so far out that where exactly makes no difference.
constexpr double kFar = 1000;

constexpr std::array<std::string_view, 12> kPointNames = {
    "polygon", "polygons", "points", "coordinates", "coords",   "vertices",
    "contour", "contours", "rings",  "outline",     "outlines", "exterior",
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

bool is_point(Json value)
{
  if (value.is_array())
    return value.size() == 2 && std::all_of(value.begin(), value.end(),
                                            [](Json child) { return child.number().has_value(); });
  if (value.is_object())
    return member_called(value, "x").number() && member_called(value, "y").number();
  return value.is_string() && has_two_numbers(value.text());
}

// The numbers of a polygon as they were written.
struct Gathered {
  std::vector<Ring> rings;   // of points whose x is the number that came first
  bool has_pairs = false;    // the numbers stood in pairs
  bool has_names = false;    // ... that were named, so that x is x
  bool has_rows = false;     // several rings were rows of numbers
  bool has_fraction = false; // one number was written with a decimal point
  bool has_other = false;    // something else than numbers was skipped
  bool has_half = false;     // a point lacked its second number
  bool is_thinned = false;   // there were more than kMaxPolygonPoints
};

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
  Gathered take() { return std::move(gathered_); }

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
      if (points && level < kMaxLevels)
        return add(points, level + 1);
    }
    gathered_.has_other = true;
  }

  void add_array(Json array, int level)
  {
    std::size_t numbers = 0;
    std::size_t points = 0;
    std::size_t lists = 0; // of more than a point
    for (const Json child : array) {
      if (child.number())
        ++numbers;
      else if (is_point(child))
        ++points;
      else if (child.size() > 2 || child.is_string())
        ++lists;
    }
    if (points > 0 && lists == 0)
      add_points(array);
    else if (numbers > 0 && points + lists == 0)
      add_row(array);
    else
      add_lists(array, level);
  }

  void add_points(Json array)
  {
    gathered_.has_pairs = true;
    begin_ring();
    for (const Json child : array) {
      if (is_point(child))
        add_point(child);
      else
        gathered_.has_other = true;
    }
    end_ring();
  }

  void add_point(Json point)
  {
    if (point.is_object()) {
      gathered_.has_names = true;
      add_number(member_called(point, "x"));
      add_number(member_called(point, "y"));
    } else if (point.is_array()) {
      for (const Json number : point)
        add_number(number);
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

  Gathered gathered_;
  std::optional<double> pending_; // the first number of a point
  std::size_t stride_ = 1;        // of so many points one is kept
  std::size_t passed_ = 0;        // points of this ring
  std::size_t count_ = 0;         // points kept, of all rings
  bool is_full_ = false;          // none is kept any more
};

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
  rings.assign(1, std::move(all));
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

// Fractions of the picture rather than thousandths. Without a decimal point 0 and 1 can be both;
// a box that is no speck says that they are corners.
bool is_in_fractions(const Gathered &gathered, const std::optional<Rect> &box)
{
  constexpr double kSpeck = 0.01;
  return is_within(gathered.rings, -kUnitSlack, 1 + kUnitSlack) &&
         (gathered.has_fraction || (box && std::max(box->w, box->h) > kSpeck));
}

// How well the points fit the box, read in the order as written and in the other.
struct Fit {
  std::size_t count = 0;
  double overlap = 0;
  bool operator>(const Fit &other) const
  {
    constexpr double kClearly = 0.02;
    return count != other.count ? count > other.count : overlap > other.overlap + kClearly;
  }
};

Fit fit_of(const std::vector<Ring> &rings, const Rect &box)
{
  Fit fit;
  const auto is_inside = [&box](const Point &p) {
    return p.x >= box.x - kBoxSlack && p.x <= box.right() + kBoxSlack && p.y >= box.y - kBoxSlack &&
           p.y <= box.bottom() + kBoxSlack;
  };
  for (const Ring &ring : rings)
    fit.count += static_cast<std::size_t>(std::count_if(ring.begin(), ring.end(), is_inside));
  fit.overlap = iou(bounds_of(rings), box);
  return fit;
}

void swap_axes(std::vector<Ring> &rings)
{
  change_points(rings, [](Point &point) { std::swap(point.x, point.y); });
}

// Makes x of what is x. Undecided pairs are [x, y], as the service documents polygons; rows of
// numbers [y, x], like all else that models write.
void put_in_order(Gathered &gathered, const std::optional<Rect> &box)
{
  if (gathered.has_names)
    return;
  if (!gathered.has_pairs)
    swap_axes(gathered.rings);
  if (!box)
    return;
  const Fit likely = fit_of(gathered.rings, *box);
  swap_axes(gathered.rings);
  if (!(fit_of(gathered.rings, *box) > likely))
    swap_axes(gathered.rings);
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

std::string remark_on(const Gathered &gathered, bool is_cropped, std::size_t dropped)
{
  std::string remark;
  const auto note = [&remark](bool applies, std::string_view what) {
    if (applies)
      (remark += remark.empty() ? "the polygon " : ", ") += what;
  };
  note(gathered.has_other, "holds something that is no point");
  note(gathered.has_half, "ends in half a point");
  note(dropped > 0, "has a part of fewer than three points");
  note(gathered.is_thinned, "has too many points, not all were kept");
  note(is_cropped, "was cropped to the picture");
  return remark;
}

} // namespace

Result<ReadPolygon, std::string> read_polygon(Json polygon, const std::optional<Rect> &box)
{
  Gatherer gatherer;
  gatherer.add(polygon);
  Gathered gathered = gatherer.take();
  std::vector<Ring> &rings = gathered.rings;
  if (rings.empty())
    return std::string{gathered.has_other ? "the polygon holds no points" : "the polygon is empty"};
  if (gathered.has_rows && !gathered.has_pairs && is_in_pieces(rings))
    join(rings);
  std::size_t dropped = drop_small(rings);
  if (rings.empty())
    return std::string{"the polygon has fewer than three points"};

  const double scale = is_in_fractions(gathered, box) ? 1 : kThousand;
  change_points(rings, [scale](Point &point) {
    point = {std::clamp(point.x / scale, -kFar, kFar), std::clamp(point.y / scale, -kFar, kFar)};
  });
  put_in_order(gathered, box);
  const bool is_cropped = !is_within(rings, 0, 1);
  if (is_cropped) {
    crop(rings);
    drop_small(rings);
    if (rings.empty())
      return std::string{"the polygon is outside the picture"};
  }
  if (bounds_of(rings).area() <= 0)
    return std::string{"the polygon has no area"};
  return ReadPolygon{std::move(rings), remark_on(gathered, is_cropped, dropped)};
}

bool begins_polygon(std::string_view text)
{
  constexpr std::string_view kBeginnings = "[({-+.0123456789";
  text = trimmed(text);
  return !text.empty() && kBeginnings.find(text.front()) != std::string_view::npos;
}

} // namespace gemini::wire
