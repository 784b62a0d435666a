// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding uniformly coloured shapes, labelled like "red rectangle" or "blue ellipse".
#pragma once

#include "eyes.hpp"

#include <array>
#include <string_view>

namespace gemini::emulator {

inline constexpr std::array<std::string_view, 12> kColourNames = {
    "red",    "orange", "yellow", "green", "cyan", "blue",
    "purple", "pink",   "brown",  "black", "gray", "white"};
inline constexpr std::array<std::string_view, 3> kFormNames = {"rectangle", "ellipse", "triangle"};

// Largest first. Boxes end at the true edges within half a pixel, also where these are antialiased
// or went through a JPEG. A shape must be 4 pixels wide and high and differ from what is around it
// by 20 levels or so, or by 50 where it is cut off by the picture's border.
std::vector<Sight> find_shapes(const Picture &picture);

} // namespace gemini::emulator
