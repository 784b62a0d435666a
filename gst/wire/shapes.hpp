// SPDX-License-Identifier: LGPL-2.1-or-later
// Which members of an item say where something is.
#pragma once

#include "core/analysis.hpp"
#include "wire/json.hpp"
#include "wire/model_text.hpp"

namespace gemini::wire {

// The values of an item that are shapes by their names; absent where there is none.
struct Shapes {
  Json box;
  Json mask;
  Json point;
  Json box_3d;
};

// A name may stand for a box as for a point: the task decides.
Shapes shapes_of(Json item, Task task);

// Whether an item has any of the shapes.
Claim shape_claim(Json item);

// Whether it has one by a name that means nothing else. Coordinates of a chart are no point.
Claim clear_shape_claim(Json item);

// The shape that an answer to a task must give, if any, and what is said where it does not.
const char *lack_of_main_shape(Task task);
Json main_shape(const Shapes &shapes, Task task);
bool has_main_shape(const Object &object, Task task);

} // namespace gemini::wire
