// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding the list of items in what a model wrote: fenced or bare, with prose around it, under any
// root.
#pragma once

#include "wire/json.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace gemini::wire {

// What an object says of where something is.
enum class Claim {
  none,
  unusable, // a member is named like a shape, but holds none: it may be anything
  usable,
};
using ClaimOf = Claim (*)(Json object);

struct ModelItem {
  Json value; // an object, or what stood where one should
  // The name under which it stood; where that only means "list", the label of what holds the list.
  // May be empty.
  std::string_view group;
  Claim claim = Claim::none; // of an object
};

// Views into a document that must outlive it.
struct ModelItems {
  std::vector<ModelItem> items; // in the order of the text
  bool has_list = false;        // there was a list, if an empty one
  bool is_cut = false;          // the text ended inside the list; the last item may not be whole
  bool is_damaged = false;      // something in the list was skipped
  bool is_full = false;         // there were more than kMaxItems, the rest was not looked at
};

// Prose may hold brackets and a model may write several lists: what counts are the values that hold
// shapes; where none does, those that hold other objects; else an empty list.
ModelItems find_items(const JsonDocument &document, ClaimOf claim_of);

// What a model may write before nothing further is looked at: no picture holds as much.
inline constexpr std::size_t kMaxItems = 10'000;

// As is_name(), which see.
bool is_name_to_its_end(std::string_view name, std::string_view plain);

// Whether a name is `plain` apart from case, spaces, dashes and underscores: "box_2d" and "Box2D"
// are "box2d".
inline bool is_name(std::string_view name, std::string_view plain)
{
  // Nearly all differ in their first letter, whose case is one bit.
  const bool is_other = !name.empty() && !plain.empty() && name.front() != '_' &&
                        name.front() != '-' && name.front() != ' ' &&
                        (name.front() | 0x20) != plain.front();
  return !is_other && is_name_to_its_end(name, plain);
}

// Of an object with more members only the first are looked at.
inline constexpr std::size_t kMaxMembers = 256;

// Of the members that have one of these names and of which `fits` holds, the one with the first
// name; absent where there is none.
template <typename Names, typename Fits>
Json member_named_any(Json object, const Names &names, Fits fits)
{
  Json found;
  auto better = names.end();
  std::size_t looked_at = 0;
  for (const Json child : object) {
    const std::string_view key = child.key();
    const auto name = std::find_if(names.begin(), better,
                                   [key](std::string_view plain) { return is_name(key, plain); });
    if (name != better && fits(child)) {
      found = child;
      better = name;
    }
    if (++looked_at == kMaxMembers)
      break;
  }
  return found;
}

template <typename Names> Json member_named_any(Json object, const Names &names)
{
  return member_named_any(object, names, [](Json) { return true; });
}

// What a list is of is told by its first children: items do not begin behind a hundred corners.
inline constexpr std::size_t kMaxTelling = 64;

// Whether one of them is.
template <typename Is> bool any_telling(Json list, Is is)
{
  std::size_t looked_at = 0;
  for (const Json child : list) {
    if (is(child))
      return true;
    if (++looked_at == kMaxTelling)
      break;
  }
  return false;
}

// The first member that is_name() takes for `plain`; absent where there is none.
Json member_named(Json object, std::string_view plain);

// What stands in a fence (``` or ~~~, closed or not) where the text is nothing else; else the text.
// Trimmed.
std::string_view unfenced(std::string_view text);

} // namespace gemini::wire
