// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes in space, estimated from boxes in the picture: a level camera with a field of view of 60
// degrees sees a thing that is as high as its kind usually is. Only the distance depends on that
// height; seen from the camera, the box always covers what was found.
#pragma once

#include "eyes.hpp"

#include <string>

namespace gemini::emulator {

// The centre, the size (both in metres: x to the right, y away from the camera, z up) and the
// angles of roll, pitch and yaw, which are 0.
std::string box_3d(const Sight &sight, const Picture &picture);

} // namespace gemini::emulator
