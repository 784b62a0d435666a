// SPDX-License-Identifier: LGPL-2.1-or-later
// The numbers of an outline, in whatever JSON or text they stand, before it is known what they
// mean.
#pragma once

#include "core/mask.hpp"
#include "wire/json.hpp"

#include <vector>

namespace gemini::wire {

// The numbers of a polygon as they were written.
struct PolygonNumbers {
  std::vector<Ring> rings;   // of points whose x is the number that came first
  bool has_pairs = false;    // the numbers stood in pairs
  bool has_names = false;    // ... that were named, so that x is x
  bool has_rows = false;     // several rings were rows of numbers
  bool has_fraction = false; // one number was written with a decimal point
  bool has_other = false;    // something else than numbers was skipped
  bool has_half = false;     // a point lacked its second number
  bool is_thinned = false;   // there were more than kMaxPolygonPoints
};

// The member of an object that is what is cut out of its polygon; absent where nothing is.
Json holes_of(Json object);

// Never more than kMaxPolygonPoints, whatever `polygon` is. `holes` are further rings, if present.
PolygonNumbers read_polygon_numbers(Json polygon, Json holes);

} // namespace gemini::wire
