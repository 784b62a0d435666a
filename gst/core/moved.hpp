// SPDX-License-Identifier: LGPL-2.1-or-later
// An object that the model saw in one place, in another. `aspect` is the frame's width by its
// height as seen; boxes in space are projected with a horizontal field of view of 60 degrees.
#pragma once

#include "core/analysis.hpp"

namespace gemini {

// The rectangle by which an object is followed: its box, else what is round its polygon or mask,
// else a small square round its point or what is round its box in space as it is seen. None: it has
// no place on the picture, as a class has.
std::optional<Rect> place_of(const Object &object, double aspect);

// `object` as it is when what was in `from` is in `to`: box, mask, polygon and point are shifted
// and scaled with it (a mask shares its cells), the centre of a box in space so that it is seen
// where `to` is, nearer by as much as `to` is larger. A side of `from` that is no length shifts
// only. May reach beyond the picture.
Object moved(const Object &object, const Rect &from, const Rect &to, double aspect);

} // namespace gemini
