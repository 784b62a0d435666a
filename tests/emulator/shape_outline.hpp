// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a region's edge runs, to a fraction of a pixel.
#pragma once

#include "eyes.hpp"
#include "shape_regions.hpp"

#include <array>
#include <optional>
#include <vector>

namespace gemini::emulator {

// Each edge lies where the colour is half way between the inside and the outside. Coordinates count
// from the left or top edge of the first pixel.
struct Outline {
  int first_row = 0;
  int first_column = 0;
  std::vector<double> left; // one for each row of the region
  std::vector<double> right;
  std::vector<double> top; // one for each column
  std::vector<double> bottom;
};

Outline trace(const Regions &all, int number);

enum class Form { rectangle, ellipse, triangle, other };
const char *to_string(Form form);

struct Shape {
  Form form = Form::other;
  Box box;
  Ring ring;
};

Shape measure(const Regions &all, const Outline &outline);

using Corners = std::array<Spot, 3>;
// The triangle whose sides fit the outline best; nothing where it is no triangle.
std::optional<Corners> fit_triangle(const Outline &outline);

// The corners of `exact`, or the outline row by row where it is something else: a shape that is
// partly covered or cut off, or turned.
Ring ring_along(const Outline &outline, const Box &box, const Ring &exact);
Ring ellipse_in(const Box &box);

} // namespace gemini::emulator
