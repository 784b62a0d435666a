// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model wrote about what it sees, as objects.
#include "wire/objects.hpp"

#include "wire/box.hpp"
#include "wire/box_3d_value.hpp"
#include "wire/label.hpp"
#include "wire/mask.hpp"
#include "wire/model_text.hpp"
#include "wire/point.hpp"
#include "wire/polygon_numbers.hpp"
#include "wire/shapes.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace gemini::wire {
namespace {

// Single items that lack their main shape are named up to here, more are counted.
constexpr std::size_t kMaxNamedLacks = 3;

// What becomes one object, before it is known in which unit the answer counts.
struct Found {
  std::size_t number = 0; // of the item
  ModelItem item;
  std::optional<Edges> edges = std::nullopt;
  std::optional<Spot> spot = std::nullopt;
  std::size_t place = 0; // of the point among those of the item
  std::optional<Box3d> box_3d = std::nullopt;
  Json mask = {};
  Json confidence = {};
  PolygonSigns signs = {};       // of the mask, where it is a polygon
  bool lacks_main_shape = false; // the item does not even claim to have it

  // Where there is a box, a polygon may count in another unit.
  bool fits_unit() const
  {
    return edges || spot ? (!edges || edges->fits_unit()) && (!spot || spot->fits_unit())
                         : signs.fits_unit;
  }
  bool has_fraction() const
  {
    return (edges && edges->has_fraction) || (spot && spot->has_fraction) || signs.has_fraction;
  }
  // By itself. A corner as [1.0, 0.0] may be of either unit.
  bool is_fraction() const
  {
    const bool is_corner =
        !edges && spot && std::floor(spot->y) == spot->y && std::floor(spot->x) == spot->x;
    return has_fraction() && !is_corner;
  }
};

// What the objects of an item are called.
struct Name {
  std::size_t number = 0; // of the item
  std::string label = {};
  bool is_allowed = true;
};

// Two objects are the same when these bytes are.
class Key {
public:
  void add(double number)
  {
    const auto *bytes = reinterpret_cast<const char *>(&number);
    bytes_.append(bytes, sizeof number);
  }
  void add(std::string_view text) { bytes_ += text; }
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

// The same for equal values.
std::size_t hash_of(Json value)
{
  std::size_t hash = std::hash<std::string_view>{}(value.text());
  for (const Json child : value)
    hash = hash * 31 + hash_of(child);
  return hash;
}

std::string key_of(const Found &found, const Object &object)
{
  Key key;
  if (object.box) {
    for (const double edge : {object.box->x, object.box->y, object.box->w, object.box->h})
      key.add(edge);
  }
  key.add("b");
  if (object.point) {
    key.add(object.point->x);
    key.add(object.point->y);
  }
  // A way may come back to where it was.
  key.add("p" + std::to_string(object.box ? 0 : found.place) + ",");
  if (found.mask && found.edges)
    key.add(std::to_string(hash_of(found.mask)));
  key.add("m");
  if (object.box_3d) {
    for (const auto &part : {object.box_3d->center, object.box_3d->size, object.box_3d->rotation})
      std::for_each(part.begin(), part.end(), [&key](double number) { key.add(number); });
  }
  key.add(object.label);
  return key.take();
}

// The box with what of it is outside the picture; none where nothing is.
std::optional<Rect> whole_box(const Found &found, Unit unit)
{
  if (!found.edges || !is_outside(*found.edges, unit))
    return std::nullopt;
  static constexpr double kFar = 1000;
  const auto placed = [unit](double edge) { return std::clamp(edge / span_of(unit), -kFar, kFar); };
  const auto [top, bottom] = std::minmax({placed(found.edges->ymin), placed(found.edges->ymax)});
  const auto [left, right] = std::minmax({placed(found.edges->xmin), placed(found.edges->xmax)});
  return Rect{left, top, right - left, bottom - top};
}

class ObjectReader {
public:
  ObjectReader(const ReadOptions &options, Problems &problems)
      : options_(options), problems_(problems),
        // The user's own schema may call things what it likes.
        vocabulary_(options.task == Task::ask ? std::vector<std::string>{} : options.labels),
        mask_options_{.picture_width = options.width,
                      .picture_height = options.height,
                      .threshold = options.mask_threshold,
                      .max_cells = max_mask_cells(options.max_objects * options.n_sharing)}
  {
  }

  std::vector<Object> read(const ModelItems &list)
  {
    std::size_t number = 0;
    for (const ModelItem &item : list.items)
      find_shapes(item, ++number);
    // [0, 0, 1, 1] says by itself not whether it is the whole picture or a speck; its company does.
    const bool is_all_unit = std::all_of(found_.begin(), found_.end(),
                                         [](const Found &found) { return found.fits_unit(); });
    const bool has_fraction = std::any_of(found_.begin(), found_.end(),
                                          [](const Found &found) { return found.has_fraction(); });
    usual_order_ = usual_order();
    for (const Found &found : found_) {
      const bool is_unit =
          found.fits_unit() && (found.is_fraction() || (is_all_unit && has_fraction));
      keep(found, is_unit ? Unit::fractions : Unit::thousandths);
    }
    summarise();
    return std::move(objects_);
  }

private:
  void complain(std::size_t number, std::string_view problem)
  {
    if (options_.task != Task::ask)
      problems_.add_item(number, problem);
  }

  void find_shapes(const ModelItem &item, std::size_t number)
  {
    if (!item.value.is_object()) {
      complain(number, "not an object");
      return;
    }
    if (!item.value.is_whole())
      return; // the cut is named once, for the whole list
    const Shapes shapes = shapes_of(item.value, options_.task);
    const Json confidence = unless_null(confidence_of(item.value));
    const std::optional<Certainty> certainty = read_certainty(confidence.text());
    is_hundred_ = is_hundred_ || (certainty && certainty->counts_to_hundred());
    const std::vector<Edges> boxes = read_boxes(shapes.box, number);
    std::vector<Spot> spots = read_spots(shapes.point, number);
    if (boxes.empty())
      drop_halts(spots);
    // The joints of a person are no persons, unless points are what was asked for.
    if (options_.task != Task::point && !boxes.empty() && spots.size() > boxes.size())
      spots.clear();
    const std::optional<Box3d> box_3d = read_space(shapes.box_3d, number);
    const bool lacks_main_shape = !main_shape(shapes, options_.task);
    const bool has_single = box_3d || shapes.mask;
    const std::size_t count =
        std::max({boxes.size(), spots.size(), std::size_t{has_single ? 1U : 0U}});
    if (count == 0 && lacks_main_shape)
      complain(number, lack_of_main_shape(options_.task));
    for (std::size_t i = 0; i < count; ++i) {
      if (found_.size() >= kMaxItems) {
        is_full_ = true;
        return;
      }
      Found &found =
          found_.emplace_back(Found{.number = number, .item = item, .confidence = confidence});
      if (i < boxes.size())
        found.edges = boxes[i];
      if (i < spots.size()) {
        found.spot = spots[i];
        found.place = i;
      }
      if (i > 0)
        continue;
      found.box_3d = box_3d;
      found.mask = shapes.mask;
      if (const Json polygon = polygon_of(shapes.mask))
        found.signs = signs_of_polygon(polygon, likely_box(found));
      found.lacks_main_shape = lacks_main_shape;
    }
  }

  // Before the unit of the answer is known.
  static std::optional<Rect> likely_box(const Found &found)
  {
    if (!found.edges)
      return std::nullopt;
    const bool is_unit = found.edges->fits_unit() && found.edges->has_fraction;
    return to_rect(*found.edges, is_unit ? Unit::fractions : Unit::thousandths);
  }

  // A model keeps to one order in one answer: that of most polygons whose boxes show it.
  AxisOrder usual_order() const
  {
    const auto count = [this](AxisOrder order) {
      return std::count_if(found_.begin(), found_.end(),
                           [order](const Found &found) { return found.signs.order == order; });
    };
    const auto x_first = count(AxisOrder::x_first);
    const auto y_first = count(AxisOrder::y_first);
    if (x_first == y_first)
      return AxisOrder::unknown;
    return x_first > y_first ? AxisOrder::x_first : AxisOrder::y_first;
  }

  std::vector<Edges> read_boxes(Json box, std::size_t number)
  {
    std::vector<Edges> boxes;
    const auto read = [&](Json one) {
      const ReadEdges edges = read_edges(one);
      if (edges)
        boxes.push_back(*edges);
      else
        complain(number, edges.error());
    };
    for_each(box, is_list_of_boxes(box), read);
    return boxes;
  }

  std::vector<Spot> read_spots(Json point, std::size_t number)
  {
    std::vector<Spot> spots;
    const auto read = [&](Json one) {
      const ReadSpot spot = read_spot(one);
      if (spot)
        spots.push_back(*spot);
      else
        complain(number, spot.error());
    };
    for_each(point, is_list_of_points(point), read);
    return spots;
  }

  // Calls `read` for a value, or for the values in it.
  template <typename Read> static void for_each(Json value, bool is_list, Read read)
  {
    if (!value)
      return;
    if (!is_list) {
      read(value);
      return;
    }
    std::size_t count = 0;
    for (const Json one : value) {
      read(one);
      if (++count == kMaxItems)
        break;
    }
  }

  // A model in a loop says the same point again and again.
  void drop_halts(std::vector<Spot> &spots)
  {
    const auto end = std::unique(spots.begin(), spots.end(), [](const Spot &a, const Spot &b) {
      return a.y == b.y && a.x == b.x;
    });
    repeated_ += static_cast<std::size_t>(spots.end() - end);
    spots.erase(end, spots.end());
  }

  std::optional<Box3d> read_space(Json box, std::size_t number)
  {
    if (!box)
      return std::nullopt;
    const ReadBox3d read = read_box_3d(box);
    if (read)
      return *read;
    complain(number, read.error());
    return std::nullopt;
  }

  void keep(const Found &found, Unit unit)
  {
    Object object;
    object.box_3d = found.box_3d;
    place_box(found, unit, object);
    place_point(found, unit, object);
    const bool is_placed = object.box || object.point || object.box_3d;
    if ((!is_placed && !found.mask) || !name(found, object))
      return;
    // Masks cost: those of repeated and surplus objects are not read.
    if (is_placed && !seen_.insert(key_of(found, object)).second) {
      ++repeated_;
      return;
    }
    if (objects_.size() >= options_.max_objects) {
      ++surplus_;
      return;
    }
    note_moves(found, unit, object);
    place_mask(found, unit, object);
    if (!is_placed && !object.box) {
      if (found.lacks_main_shape)
        complain(found.number, lack_of_main_shape(options_.task));
      return;
    }
    if (!is_placed && !seen_.insert(key_of(found, object)).second) {
      ++repeated_;
      return;
    }
    if (!object.polygon.empty())
      object.mask = fill_rings(object.polygon, mask_options_);
    if (found.lacks_main_shape && !has_main_shape(object, options_.task))
      lacking_.push_back(found.number);
    object.confidence = confidence(found);
    objects_.push_back(std::move(object));
  }

  void place_box(const Found &found, Unit unit, Object &object)
  {
    if (!found.edges)
      return;
    object.box = to_rect(*found.edges, unit);
    if (!object.box)
      complain(found.number, is_outside(*found.edges, unit) ? "the box is outside the picture"
                                                            : "the box has no area");
  }

  void place_point(const Found &found, Unit unit, Object &object)
  {
    if (!found.spot)
      return;
    object.point = to_point(*found.spot, unit);
    if (!object.point)
      complain(found.number, "the point is outside the picture");
  }

  void note_moves(const Found &found, Unit unit, const Object &object)
  {
    if (object.box && found.edges && is_outside(*found.edges, unit))
      complain(found.number, "the box was cropped to the picture");
    if (object.point && is_outside(*found.spot, unit))
      complain(found.number, "the point was moved to the edge of the picture");
  }

  // A placeholder may hide what is of use; what is wrong with the first is what counts.
  Result<ReadMask, std::string> read_any_mask(const Found &found, Unit unit,
                                              const std::optional<Rect> &box)
  {
    const MaskHints hints{
        .whole_box = whole_box(found, unit),
        .polygon = {.holes = holes_of(found.item.value), .unit = unit, .order = usual_order_}};
    Result<ReadMask, std::string> read = trace_mask(found.mask, box, mask_options_, hints);
    if (read)
      return read;
    for (const Json other : other_masks_of(found.item.value, found.mask)) {
      if (options_.task != Task::segment && other == point_of(found.item.value))
        continue;
      Result<ReadMask, std::string> next = trace_mask(other, box, mask_options_, hints);
      if (next)
        return next;
    }
    return read;
  }

  void place_mask(const Found &found, Unit unit, Object &object)
  {
    if (!found.mask)
      return;
    Result<ReadMask, std::string> read = read_any_mask(found, unit, object.box);
    if (!read) {
      // Without its box no mask can be used: one problem is enough.
      if (object.box || !found.lacks_main_shape)
        complain(found.number, read.error());
      return;
    }
    if (!read->remark.empty())
      complain(found.number, read->remark);
    object.mask = std::move(read->mask);
    object.polygon = std::move(read->rings);
    if (object.box)
      return;
    const Rect bounds = bounds_of(object.polygon); // a PNG needs its box
    if (bounds.area() > 0)
      object.box = bounds;
  }

  // Whether the object may be called what it is called. An item may be many objects.
  bool name(const Found &found, Object &object)
  {
    if (name_.number != found.number)
      name_ = read_name(found);
    object.label = name_.label;
    return name_.is_allowed;
  }

  Name read_name(const Found &found)
  {
    const Json member = label_of(found.item.value);
    if (member.is_array() || member.is_object())
      complain(found.number, "the label is no text");
    Label label = make_label(member ? unless_null(member).text() : label_without_member(found));
    if (label.problem)
      complain(found.number, label.problem);
    Name name{.number = found.number, .label = std::move(label.text)};
    if (vocabulary_.is_open())
      return name;
    if (name.label.empty()) {
      complain(found.number, "no label");
      return name;
    }
    const std::string *allowed = vocabulary_.find(name.label);
    name.is_allowed = allowed;
    if (allowed)
      name.label = *allowed;
    else
      complain(found.number, "\"" + safe_line(name.label, 60) + "\" is none of the labels");
    return name;
  }

  std::string_view label_without_member(const Found &found) const
  {
    const std::string_view vague = vague_label_of(found.item.value);
    const bool is_label =
        !vague.empty() && (vocabulary_.is_open() || vocabulary_.find(make_label(vague).text));
    return is_label ? vague : found.item.group;
  }

  std::optional<double> confidence(const Found &found)
  {
    if (!found.confidence)
      return std::nullopt;
    const std::optional<Certainty> certainty = read_certainty(found.confidence.text());
    const std::optional<double> value =
        certainty ? certainty->confidence(is_hundred_) : std::nullopt;
    if (!value)
      complain(found.number, "the confidence is not between 0 and 1");
    return value;
  }

  void summarise()
  {
    const char *lack = lack_of_main_shape(options_.task);
    if (lacking_.size() > kMaxNamedLacks)
      problems_.add(std::to_string(lacking_.size()) + " items: " + lack);
    else
      std::for_each(lacking_.begin(), lacking_.end(),
                    [&](std::size_t number) { complain(number, lack); });
    if (repeated_ > 0 && options_.task != Task::ask)
      problems_.add(std::to_string(repeated_) + " repeated items dropped");
    if (is_full_)
      problems_.add("only the first " + std::to_string(kMaxItems) + " shapes were looked at");
    if (surplus_ > 0)
      problems_.add("only the first " + std::to_string(options_.max_objects) + " of " +
                    std::to_string(options_.max_objects + surplus_) + " objects kept");
  }

  const ReadOptions &options_;
  Problems &problems_;
  Vocabulary vocabulary_;
  MaskOptions mask_options_;
  std::vector<Found> found_;
  std::vector<Object> objects_;
  std::unordered_set<std::string> seen_; // as key_of() makes them
  std::vector<std::size_t> lacking_;     // items without their main shape, kept for another
  AxisOrder usual_order_ = AxisOrder::unknown;
  std::size_t repeated_ = 0;
  std::size_t surplus_ = 0;
  Name name_;               // of the item that was looked at last
  bool is_hundred_ = false; // the answer counts its confidence to a hundred
  bool is_full_ = false;    // further shapes were left out
};

void note_gaps(const JsonDocument &document, const ModelItems &list, Problems &problems)
{
  if (document.is_full())
    problems.add("the answer is too long, its end was not read");
  else if (list.is_full)
    problems.add("only the first " + std::to_string(kMaxItems) + " items were looked at");
  else if (list.is_cut)
    problems.add("the list ends in the middle");
  if (list.is_damaged)
    problems.add("some of the list is no JSON and was skipped");
}

} // namespace

std::vector<Object> read_objects(std::string_view text, const ReadOptions &options,
                                 Problems &problems)
{
  // In JSON mode a model that sees nothing may say so without a list.
  if (unfenced(text) == "null" || is_name(unfenced(text), "{}"))
    return {};
  const JsonDocument document = JsonDocument::scattered(text);
  const ModelItems list = find_items(document, shape_claim);
  std::vector<Object> objects = ObjectReader{options, problems}.read(list);
  note_gaps(document, list, problems);
  if (!list.has_list && !list.is_cut)
    problems.add("no list in the answer: " + safe_line(text, 80));
  return objects;
}

std::vector<Object> read_objects_by_the_way(const JsonDocument &document,
                                            const ReadOptions &options, Problems &problems)
{
  ModelItems list = find_items(document, clear_shape_claim);
  std::erase_if(list.items, [](const ModelItem &item) { return item.claim == Claim::none; });
  return ObjectReader{options, problems}.read(list);
}

} // namespace gemini::wire
