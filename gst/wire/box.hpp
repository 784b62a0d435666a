// SPDX-License-Identifier: LGPL-2.1-or-later
// Bounding boxes in all the ways that models write them.
#pragma once

#include "core/geometry.hpp"
#include "core/result.hpp"
#include "wire/json.hpp"
#include "wire/unit.hpp"

#include <optional>

namespace gemini::wire {

// The edges as written, in the units of the model: thousandths of the picture, or fractions of it.
struct Edges {
  double ymin = 0;
  double xmin = 0;
  double ymax = 0;
  double xmax = 0;
  bool has_fraction = false; // one of them was written with a decimal point

  // 0..1, with a little room for a model that overshoots.
  bool fits_unit() const;
};

// Where one object is; the text says what is wrong with the value otherwise.
using ReadEdges = Result<Edges, const char *>;

// Whether an object has a member that is a box by its name, or the four edges as members.
bool holds_box(Json object);

// The value of an object that is its box; the object itself where it has the four edges as members.
Json box_of(Json object);

// [ymin, xmin, ymax, xmax] as numbers, as text or in pairs; an object of named edges.
ReadEdges read_edges(Json box);

// Whether `box` is a list of several boxes, each for read_edges().
bool is_list_of_boxes(Json box);

// Corners in any order; what is outside the picture is cut off. None when nothing is left.
std::optional<Rect> to_rect(const Edges &edges, Unit unit);

// Whether more of the box is outside the picture than rounding makes.
bool is_outside(const Edges &edges, Unit unit);

} // namespace gemini::wire
