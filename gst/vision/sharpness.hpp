// SPDX-License-Identifier: LGPL-2.1-or-later
// How sharp a picture is, next to others of the same scene.
#pragma once

#include "vision/luma_grid.hpp"

namespace gemini::vision {

inline constexpr LumaGridSize kSharpnessGrid{.longer_side = 320, .lines = 2};

// Variance of the Laplacian: large where edges are steep. 0 for a picture without any.
double sharpness(const LumaGrid &picture);

} // namespace gemini::vision
