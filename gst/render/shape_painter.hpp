// SPDX-License-Identifier: LGPL-2.1-or-later
// Draws what is neither bar nor text.
#pragma once

#include "render/primitive.hpp"
#include "render/sprite.hpp"

namespace gemini {

Sprite paint(const Tint &tint);
Sprite paint(const Dot &dot);
Sprite paint(const Strokes &strokes);

} // namespace gemini
