// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model wrote about what it sees, as objects.
#include "wire/detections.hpp"

#include "wire/box.hpp"
#include "wire/model_text.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <tuple>

namespace gemini::wire {
namespace {

constexpr std::size_t kMaxLabelBytes = 1000;

constexpr std::array<std::string_view, 8> kLabelNames = {
    "label", "name", "class", "classname", "category", "object", "text", "description",
};
constexpr std::array<std::string_view, 4> kConfidenceNames = {"confidence", "score", "probability",
                                                              "conf"};

// The first member of one of these names, the names in order of preference.
template <typename Names> Json member_called(Json object, const Names &names)
{
  for (const std::string_view name : names) {
    for (const Json child : object) {
      if (is_name(child.key(), name))
        return child;
    }
  }
  return {};
}

// One box of an item, before it is known in which unit the answer counts.
struct Found {
  std::size_t number = 0; // of the item
  ModelItem item;
  Edges edges;
};

class DetectionReader {
public:
  DetectionReader(std::size_t max_objects, Problems &problems)
      : max_objects_(max_objects), problems_(problems)
  {
  }

  std::vector<Object> read(const ModelItems &list)
  {
    std::size_t number = 0;
    for (const ModelItem &item : list.items)
      find_boxes(item, ++number);
    // [0, 0, 1, 1] says by itself not whether it is the whole picture or a speck; its company does.
    const bool is_all_unit = std::all_of(found_.begin(), found_.end(),
                                         [](const Found &f) { return f.edges.fits_unit(); });
    const bool has_fraction = std::any_of(found_.begin(), found_.end(),
                                          [](const Found &f) { return f.edges.has_fraction; });
    for (const Found &found : found_) {
      const bool is_unit =
          found.edges.fits_unit() && (found.edges.has_fraction || (is_all_unit && has_fraction));
      keep(found, is_unit ? Unit::fractions : Unit::thousandths);
    }
    if (repeated_ > 0)
      problems_.add(std::to_string(repeated_) + " repeated items dropped");
    if (surplus_ > 0)
      problems_.add("only the first " + std::to_string(max_objects_) + " of " +
                    std::to_string(max_objects_ + surplus_) + " objects kept");
    return std::move(objects_);
  }

private:
  void find_boxes(const ModelItem &item, std::size_t number)
  {
    if (!item.value.is_object()) {
      problems_.add_item(number, "not an object");
      return;
    }
    if (!item.value.is_whole())
      return; // the cut is named once, for the whole list
    const Json box = box_of(item.value);
    if (!box || box.kind() == Json::Kind::null) {
      problems_.add_item(number, "no box");
    } else if (is_list_of_boxes(box)) {
      for (const Json one : box)
        find_box(item, number, one);
    } else {
      find_box(item, number, box);
    }
  }

  void find_box(const ModelItem &item, std::size_t number, Json box)
  {
    const ReadEdges edges = read_edges(box);
    if (edges)
      found_.push_back({number, item, *edges});
    else
      problems_.add_item(number, edges.error());
  }

  void keep(const Found &found, Unit unit)
  {
    const std::optional<Rect> rect = to_rect(found.edges, unit);
    const bool is_cropped = is_outside(found.edges, unit);
    if (!rect) {
      problems_.add_item(found.number,
                         is_cropped ? "the box is outside the picture" : "the box has no area");
      return;
    }
    std::string label = read_label(found);
    if (!seen_.emplace(rect->x, rect->y, rect->w, rect->h, label).second) {
      ++repeated_;
      return;
    }
    if (objects_.size() >= max_objects_) {
      ++surplus_;
      return;
    }
    if (is_cropped)
      problems_.add_item(found.number, "the box was cropped to the picture");
    objects_.push_back(
        {.label = std::move(label), .confidence = read_confidence(found), .box = *rect});
  }

  std::string read_label(const Found &found)
  {
    const Json label = member_called(found.item.value, kLabelNames);
    const std::string_view text = label ? label.text() : found.item.group;
    if (label.kind() == Json::Kind::null)
      return {};
    if (label.is_array() || label.is_object())
      problems_.add_item(found.number, "the label is no text");
    if (text.size() > kMaxLabelBytes)
      problems_.add_item(found.number, "the label was cut");
    return one_line(text, kMaxLabelBytes);
  }

  std::optional<double> read_confidence(const Found &found)
  {
    const Json confidence = member_called(found.item.value, kConfidenceNames);
    if (!confidence || confidence.kind() == Json::Kind::null)
      return std::nullopt;
    const auto value = confidence.number();
    if (value && *value >= 0 && *value <= 1)
      return value;
    problems_.add_item(found.number, "the confidence is not between 0 and 1");
    return std::nullopt;
  }

  std::size_t max_objects_;
  Problems &problems_;
  std::vector<Found> found_;
  std::vector<Object> objects_;
  std::set<std::tuple<double, double, double, double, std::string>> seen_;
  std::size_t repeated_ = 0;
  std::size_t surplus_ = 0;
};

} // namespace

std::vector<Object> read_detections(std::string_view text, std::size_t max_objects,
                                    Problems &problems)
{
  const JsonDocument document = JsonDocument::scattered(text);
  const ModelItems list = find_items(document, holds_box);
  DetectionReader reader{max_objects, problems};
  std::vector<Object> objects = reader.read(list);
  if (document.is_full())
    problems.add("the answer is too long, its end was not read");
  else if (list.is_cut)
    problems.add("the list ends in the middle");
  if (list.is_damaged)
    problems.add("some of the list is no JSON and was skipped");
  if (!list.has_list && !list.is_cut)
    problems.add("no list in the answer: " + safe_line(text, 80));
  return objects;
}

} // namespace gemini::wire
