// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding the list of items in what a model wrote: fenced or bare, with prose around it, under any
// root.
#pragma once

#include "wire/json.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace gemini::wire {

struct ModelItem {
  Json value; // an object, or what stood where one should
  // The name under which it stood; where that only means "list", the label of what holds the list.
  // May be empty.
  std::string_view group;
};

// Views into a document that must outlive it.
struct ModelItems {
  std::vector<ModelItem> items; // in the order of the text
  bool has_list = false;        // there was a list, if an empty one
  bool is_cut = false;          // the text ended inside the list; the last item may not be whole
  bool is_damaged = false;      // something in the list was skipped
  bool is_full = false;         // there were more than kMaxItems, the rest was not looked at
};

// What an object says of where something is.
enum class Claim {
  none,
  unusable, // a member is named like a shape, but holds none: it may be anything
  usable,
};
using ClaimOf = Claim (*)(Json object);

// Prose may hold brackets and a model may write several lists: what counts are the values that hold
// shapes; where none does, those that hold other objects; else an empty list.
ModelItems find_items(const JsonDocument &document, ClaimOf claim_of);

// What a model may write before nothing further is looked at: no picture holds as much.
inline constexpr std::size_t kMaxItems = 10'000;

// Whether a name is `plain` apart from case, spaces, dashes and underscores: "box_2d" and "Box2D"
// are "box2d".
bool is_name(std::string_view name, std::string_view plain);

// Of an object with more members only the first are looked at.
inline constexpr std::size_t kMaxMembers = 256;

// The first member that is_name() takes for `plain`; absent where there is none.
Json member_named(Json object, std::string_view plain);

// What stands in a fence (``` or ~~~, closed or not) where the text is nothing else; else the text.
// Trimmed.
std::string_view unfenced(std::string_view text);

} // namespace gemini::wire
