// SPDX-License-Identifier: LGPL-2.1-or-later
// How the camera has moved between two pictures.
#pragma once

#include "vision/appearance.hpp"
#include "vision/motion_fit.hpp"
#include "vision/picture_flow.hpp"

#include <optional>
#include <span>

namespace gemini::vision {

// By points that are outside of all `objects`, which are as they are on `before`. None where too
// few of them agree.
std::optional<Similarity> camera_motion(const FlowPyramid &before, const FlowPyramid &now,
                                        std::span<const PixelBox> objects);

} // namespace gemini::vision
