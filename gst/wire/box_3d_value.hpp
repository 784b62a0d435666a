// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes in space in all the ways that models write them.
#pragma once

#include "core/box_3d.hpp"
#include "core/result.hpp"
#include "wire/json.hpp"

namespace gemini::wire {

// The box; the text says what is wrong with the value otherwise.
using ReadBox3d = Result<Box3d, const char *>;

// Whether an object has a member that is a box in space by its name, or centre and size as members.
bool holds_box_3d(Json object);

// The value of an object that is its box in space; the object itself where it has centre and size
// as members.
Json box_3d_of(Json object);

// Metres and degrees: [x, y, z, size x, size y, size z, roll, pitch, yaw] as numbers, as text or in
// lists, or with the yaw alone or none; an object of named parts. One of the sizes may be 0.
ReadBox3d read_box_3d(Json box);

} // namespace gemini::wire
