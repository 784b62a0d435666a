// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding the list of items in what a model wrote.
#include "wire/model_text.hpp"

#include "wire/label.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace gemini::wire {
namespace {

// How deep lists may stand in lists and objects.
constexpr int kMaxLevels = 4;

// Names that say no more than that a list follows.
constexpr std::array<std::string_view, 39> kListNames = {
    "answer",
    "annotations",
    "bbox",
    "boundingbox",
    "boundingboxes",
    "box2d",
    "box2ds",
    "box3d",
    "boxes",
    "boxes2d",
    "boxes3d",
    "coordinates",
    "data",
    "detected",
    "detections",
    "elements",
    "entries",
    "image",
    "instances",
    "items",
    "list",
    "masks",
    "objects",
    "occurrences",
    "output",
    "outlines",
    "points",
    "points2d",
    "polygons",
    "positions",
    "predictions",
    "regions",
    "response",
    "result",
    "results",
    "segmentation",
    "segmentationmasks",
    "segments",
    "trajectory",
};

// Names are compared very often.
constexpr char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_list_name(std::string_view name)
{
  return std::any_of(kListNames.begin(), kListNames.end(),
                     [name](std::string_view plain) { return is_name(name, plain); });
}

// What the items under a member are called that have no label of their own.
std::string_view group_of(Json member, std::string_view outer)
{
  return is_list_name(member.key()) ? outer : member.key();
}

bool holds_object(Json array)
{
  return std::any_of(array.begin(), array.end(), [](Json child) { return child.is_object(); });
}

// How many characters the fence at the beginning of `text` has; 0: there is none.
std::size_t fence_width(std::string_view text)
{
  if (!text.starts_with("```") && !text.starts_with("~~~"))
    return 0;
  return std::min(text.find_first_not_of(text.front()), text.size());
}

// The content of a fence without the word behind its opening. JSON may follow it on the same line.
std::string_view without_language(std::string_view inside)
{
  const std::size_t end =
      std::min(inside.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789+-_."),
               inside.size());
  const std::string_view rest = inside.substr(end);
  const bool is_language = rest.find_first_not_of(" \t\r") == rest.find('\n') ||
                           rest.starts_with('{') || rest.starts_with('[');
  return is_language ? rest : inside;
}

// How sure it is that a value of the text is the answer.
enum class Worth { nothing, empty_list, objects, claims, shapes };

class Collector {
  // What a member of an object gave.
  struct Part {
    std::size_t end = 0; // of its items
    Worth worth = Worth::nothing;
    bool is_list = false;
  };

public:
  // Every value that is looked at takes one off `left`.
  Collector(ClaimOf claim_of, std::size_t &left) : claim_of_(claim_of), left_(left) {}

  void collect(Json value)
  {
    if (value.is_array())
      collect_array(value, {}, 0);
    else
      collect_object(value, {}, 0);
  }
  Worth worth() const { return worth_; }
  std::vector<ModelItem> take() { return std::move(items_); }

private:
  void collect_array(Json array, std::string_view group, int level)
  {
    if (array.size() == 0)
      raise(Worth::empty_list);
    for (const Json child : array) {
      if (left_ == 0)
        return;
      if (child.is_object())
        collect_object(child, group, level + 1);
      else if (child.is_array() && holds_object(child) && level < kMaxLevels)
        collect_array(child, group, level + 1);
      else
        add({child, group});
    }
  }

  void collect_object(Json object, std::string_view group, int level)
  {
    const std::size_t left = left_;
    const Claim claim = claim_of_(object);
    if (claim == Claim::usable)
      raise(Worth::shapes);
    else if (level < kMaxLevels && unwrap(object, group, claim, level)) {
      if (left_ == left)
        take_one(); // or else objects of empty lists would never come to an end
      return;
    } else if (claim == Claim::unusable)
      raise(Worth::claims);
    else if (object.size() > 0)
      raise(Worth::objects);
    add({object, group, claim});
  }

  // Takes the items of {"boxes": […]}, {"dog": {…}} and the like. Whether there were any to take.
  bool unwrap(Json object, std::string_view group, Claim claim, int level)
  {
    const std::size_t size = items_.size();
    const Worth outer = std::exchange(worth_, Worth::nothing);
    const std::string_view label = group_label_of(object);
    const bool has_any = collect_members(object, label.empty() ? group : label, level);
    const Worth inner = std::exchange(worth_, outer);
    // A name of shapes may hold a remark or an empty list: the items then stand beside it.
    const bool is_root = inner == Worth::shapes || (inner == Worth::empty_list && label.empty());
    if (!has_any || (claim == Claim::unusable && !is_root)) {
      items_.resize(size);
      return false;
    }
    raise(inner);
    return true;
  }

  // Whether there was anything to unwrap.
  bool collect_members(Json object, std::string_view group, int level)
  {
    const std::size_t size = items_.size();
    std::vector<Part> parts;
    for (const Json child : object) {
      if (left_ == 0)
        break;
      const bool is_list = child.is_array() && (child.size() == 0 || holds_object(child));
      if (!is_list && !child.is_object())
        continue;
      const Worth others = std::exchange(worth_, Worth::nothing);
      if (is_list)
        collect_array(child, group_of(child, group), level + 1);
      else
        collect_object(child, group_of(child, group), level + 1);
      parts.push_back({items_.size(), std::exchange(worth_, others), is_list});
    }
    keep_best(parts, size);
    return !parts.empty();
  }

  // Of the items behind the first `begin`. Beside a list that has shapes nothing is an item that
  // has none, and beside an empty list no object that describes the picture is one.
  void keep_best(const std::vector<Part> &parts, std::size_t begin)
  {
    const auto has = [&parts](Worth worth) {
      return std::any_of(parts.begin(), parts.end(),
                         [worth](const Part &part) { return part.worth == worth; });
    };
    const bool has_shapes = has(Worth::shapes);
    const bool has_empty_list = has(Worth::empty_list);
    std::vector<ModelItem> kept;
    std::size_t from = begin;
    for (const Part &part : parts) {
      const bool is_aside =
          part.worth < Worth::claims && (has_shapes || (has_empty_list && !part.is_list));
      if (!is_aside || part.worth == Worth::empty_list) {
        raise(part.worth);
        for (std::size_t i = from; i < part.end; ++i)
          kept.push_back(items_[i]);
      }
      from = part.end;
    }
    items_.resize(begin);
    items_.insert(items_.end(), kept.begin(), kept.end());
  }

  void add(ModelItem item)
  {
    items_.push_back(item);
    take_one();
  }
  void take_one()
  {
    if (left_ > 0)
      --left_;
  }
  void raise(Worth worth) { worth_ = std::max(worth_, worth); }

  ClaimOf claim_of_;
  std::size_t &left_;
  std::vector<ModelItem> items_;
  Worth worth_ = Worth::nothing;
};

} // namespace

ModelItems find_items(const JsonDocument &document, ClaimOf claim_of)
{
  ModelItems found;
  Worth best = Worth::nothing;
  std::size_t left = kMaxItems;
  bool is_full = false;
  for (const JsonDocument::Root &root : document.roots()) {
    if (left == 0)
      break;
    Collector collector{claim_of, left};
    collector.collect(document.value(root));
    is_full = is_full || left == 0;
    Worth worth = collector.worth();
    // An example in prose, {"box_2d": [ymin, …]}, is no list; a bad item alone still is an answer.
    if (worth == Worth::claims && !root.is_damaged)
      worth = Worth::shapes;
    // A list that was cut before its first item is no prose either.
    const bool is_candidate = worth != Worth::nothing || root.is_cut;
    if (!is_candidate || worth < best)
      continue;
    if (worth > best)
      found = {};
    best = worth;
    found.has_list = found.has_list || worth != Worth::nothing;
    found.is_cut = found.is_cut || root.is_cut;
    found.is_damaged = found.is_damaged || root.is_damaged;
    std::vector<ModelItem> items = collector.take();
    found.items.insert(found.items.end(), items.begin(), items.end());
  }
  found.is_full = is_full;
  return found;
}

bool is_name_to_its_end(std::string_view name, std::string_view plain)
{
  std::size_t at = 0;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ')
      continue;
    if (at >= plain.size() || lower(c) != plain[at])
      return false;
    ++at;
  }
  return at == plain.size();
}

Json member_named(Json object, std::string_view plain)
{
  std::size_t looked_at = 0;
  for (const Json child : object) {
    if (is_name(child.key(), plain))
      return child;
    if (++looked_at == kMaxMembers)
      break;
  }
  return {};
}

std::string_view unfenced(std::string_view text)
{
  text = trimmed(text);
  const std::size_t width = fence_width(text);
  if (width == 0)
    return text;
  std::string_view inside = text.substr(width);
  const std::size_t close = inside.find(text.substr(0, width));
  if (close != std::string_view::npos) {
    if (!trimmed(inside.substr(close + width)).empty())
      return text;
    inside = inside.substr(0, close);
  }
  return trimmed(without_language(inside));
}

} // namespace gemini::wire
