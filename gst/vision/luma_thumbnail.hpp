// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether anything has changed between two pictures, told by small grids of their brightness.
#pragma once

#include "vision/luma_grid.hpp"

namespace gemini::vision {

inline constexpr LumaGridSize kThumbnail{.longer_side = 64, .lines = 3};

// How much the spot that has changed most has changed, 0..1 of the range from black to white. A
// spot is two by two cells of the thumbnail: 1/32 of the picture's longer side. So a small thing
// that comes, moves or goes counts as much as a large one, and sensor noise, which a spot averages,
// hardly counts. A change of light on the whole picture is taken out first, up to a tenth of the
// range and a fifth of the contrast; what is beyond that is a change of the picture. 1 where the
// two are not of the same size.
double difference(const LumaGrid &before, const LumaGrid &now);

} // namespace gemini::vision
