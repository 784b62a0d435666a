// SPDX-License-Identifier: LGPL-2.1-or-later
// Points in all the ways that models write them.
#pragma once

#include "core/geometry.hpp"
#include "core/result.hpp"
#include "wire/json.hpp"
#include "wire/unit.hpp"

#include <optional>

namespace gemini::wire {

// As written, in the units of the model.
struct Spot {
  double y = 0;
  double x = 0;
  bool has_fraction = false; // one of them was written with a decimal point

  // 0..1, with a little room for a model that overshoots.
  bool fits_unit() const;
};

// Where one point is; the text says what is wrong with the value otherwise.
using ReadSpot = Result<Spot, const char *>;

// Whether an object has a member that is a point, or several, by its name, or x and y as members.
bool holds_point(Json object);

// The value of an object that is its point, or a list of them; the object itself where it has x and
// y as members.
Json point_of(Json object);

// [y, x] as numbers, as text or in a list; an object of named coordinates.
ReadSpot read_spot(Json point);

// Whether `point` is a list of several points, each for read_spot().
bool is_list_of_points(Json point);

// What is a little outside the picture is moved to its edge. None where it is far away.
std::optional<Point> to_point(const Spot &spot, Unit unit);

// Whether it is outside by more than rounding makes.
bool is_outside(const Spot &spot, Unit unit);

} // namespace gemini::wire
