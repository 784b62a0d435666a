// SPDX-License-Identifier: LGPL-2.1-or-later
// Normalised coordinates written as pixels, such that they can be read back without loss: what was
// drawn at the edge of a pixel is drawn there again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gemini::wire {

// `part` of a side of so many pixels, with as few decimals as it takes for read_pixels() to return
// the same double. What models say in thousandths needs three.
void append_pixels(std::string &out, double part, int side);

// The part of the side that is so many pixels; 0 where there is no side. None for what is no
// number.
std::optional<double> read_pixels(std::string_view pixels, int side);

} // namespace gemini::wire
