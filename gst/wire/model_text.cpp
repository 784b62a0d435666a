// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding the list of items in what a model wrote.
#include "wire/model_text.hpp"

#include <glib.h>

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
constexpr std::array<std::string_view, 20> kListNames = {
    "answer",   "annotations", "boundingboxes", "box2ds",   "boxes",  "boxes2d", "data",
    "detected", "detections",  "elements",      "entries",  "items",  "list",    "masks",
    "objects",  "output",      "predictions",   "response", "result", "results",
};

bool is_list_name(std::string_view name)
{
  return std::any_of(kListNames.begin(), kListNames.end(),
                     [name](std::string_view plain) { return is_name(name, plain); });
}

bool holds_object(Json array)
{
  return std::any_of(array.begin(), array.end(), [](Json child) { return child.is_object(); });
}

// How sure it is that a value of the text is the answer.
enum class Worth { nothing, empty_list, objects, shapes };

class Collector {
public:
  explicit Collector(HoldsShape holds_shape) : holds_shape_(holds_shape) {}

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
      if (child.is_object())
        collect_object(child, group, level + 1);
      else if (child.is_array() && holds_object(child) && level < kMaxLevels)
        collect_array(child, group, level + 1);
      else
        items_.push_back({child, group});
    }
  }

  void collect_object(Json object, std::string_view group, int level)
  {
    const bool has_shape = holds_shape_(object);
    if (has_shape || level >= kMaxLevels || !collect_members(object, level)) {
      if (has_shape)
        raise(Worth::shapes);
      else if (object.size() > 0)
        raise(Worth::objects);
      items_.push_back({object, group});
    }
  }

  // Unwraps {"boxes": […]}, {"dog": {…}} and the like. Whether there was anything to unwrap.
  bool collect_members(Json object, int level)
  {
    bool has_any = false;
    for (const Json child : object) {
      const std::string_view group = is_list_name(child.key()) ? std::string_view{} : child.key();
      if (child.is_array() && (child.size() == 0 || holds_object(child)))
        collect_array(child, group, level + 1);
      else if (child.is_object())
        collect_object(child, group, level + 1);
      else
        continue;
      has_any = true;
    }
    return has_any;
  }

  void raise(Worth worth) { worth_ = std::max(worth_, worth); }

  HoldsShape holds_shape_;
  std::vector<ModelItem> items_;
  Worth worth_ = Worth::nothing;
};

} // namespace

ModelItems find_items(const JsonDocument &document, HoldsShape holds_shape)
{
  ModelItems found;
  Worth best = Worth::nothing;
  for (const JsonDocument::Root &root : document.roots()) {
    Collector collector{holds_shape};
    collector.collect(document.value(root));
    const Worth worth = collector.worth();
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
  return found;
}

bool is_name(std::string_view name, std::string_view plain)
{
  std::size_t at = 0;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ')
      continue;
    if (at >= plain.size() || g_ascii_tolower(c) != plain[at])
      return false;
    ++at;
  }
  return at == plain.size();
}

} // namespace gemini::wire
