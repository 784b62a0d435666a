// SPDX-License-Identifier: LGPL-2.1-or-later
// What the names of properties in a response schema stand for.
#pragma once

#include <string>
#include <string_view>

namespace gemini::emulator {

enum class Meaning {
  unknown,
  box,
  mask,
  point,
  box_3d,
  label,
  confidence,
  colour,
  count,
  index,
  share, // of the picture's area
  x,     // of the thing's point
  y,
  left, // of its box
  top,
  right,
  bottom,
};

// Of one thing ("box_2d"), and of a list of them ("boxes").
Meaning meaning_of(std::string_view name);
Meaning meaning_of_many(std::string_view name);

// "hasRedCar" and "has_red_car" → "has red car", fit for find_kinds().
std::string spelled_out(std::string_view name);
// Whether one of the words says that something is not there: "empty", "no_people".
bool is_negated(std::string_view spelled_out_name);

} // namespace gemini::emulator
