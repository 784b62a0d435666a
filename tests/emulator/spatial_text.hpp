// SPDX-License-Identifier: LGPL-2.1-or-later
// Places as the models write them: whole numbers, 0..1000 over the picture.
#pragma once

#include "eyes.hpp"

#include <string>

namespace gemini::emulator {

long scaled(double value, int size);

// [ymin, xmin, ymax, xmax]
std::string box_2d(const Box &box, const Picture &picture);
// What box_2d() says, back in pixels.
Box rounded(const Box &box, const Picture &picture);

// A spot inside the thing: of its outline where it has one, else the middle of its box.
Spot point_in(const Sight &sight);
enum class Axes { xy, yx };
std::string pair(const Spot &spot, const Picture &picture, Axes axes);

} // namespace gemini::emulator
