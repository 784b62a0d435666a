// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a region's edge runs, to a fraction of a pixel.
#pragma once

#include "eyes.hpp"
#include "shape_regions.hpp"

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
};

Shape measure(const Regions &all, const Outline &outline);

// The box around the triangle whose sides fit the outline best; nothing where it is no triangle.
std::optional<Box> fit_triangle(const Outline &outline);

} // namespace gemini::emulator
