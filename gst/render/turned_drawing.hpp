// SPDX-License-Identifier: LGPL-2.1-or-later
// A drawing for those who look at the picture turned.
#pragma once

#include "core/view.hpp"
#include "render/sprite.hpp"

namespace gemini {

// What becomes of the drawing on a `picture` when the picture is turned as `orientation` says.
Drawing turned(const Drawing &drawing, PixelSize picture, Orientation orientation);

} // namespace gemini
