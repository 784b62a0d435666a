// SPDX-License-Identifier: LGPL-2.1-or-later
// Outlines in all the ways that models write them.
#pragma once

#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "core/result.hpp"
#include "wire/json.hpp"
#include "wire/unit.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

// Of one object, all rings together. Of more every second one is left out, as often as it takes.
inline constexpr std::size_t kMaxPolygonPoints = 20'000;

struct ReadPolygon {
  std::vector<Ring> rings; // within the picture, each of three points at least
  std::string remark;      // what had to be put right; empty where nothing was
};

// Which number of a point comes first.
enum class AxisOrder { unknown, x_first, y_first };

// What is known of a polygon from what stands beside it.
struct PolygonHints {
  Json holes = {};                      // as holes_of() found them
  Unit unit = Unit::thousandths;        // of what can be either: 0 and 1 as whole numbers
  AxisOrder order = AxisOrder::unknown; // of the answer's other polygons
};

// What a polygon tells of what stands beside it.
struct PolygonSigns {
  bool fits_unit = true;
  bool has_fraction = false;            // it fits the unit and was written with a decimal point
  AxisOrder order = AxisOrder::unknown; // as the box shows it
};

PolygonSigns signs_of_polygon(Json polygon, const std::optional<Rect> &box);

// Points as pairs, as objects of x and y, or in one row of numbers; as JSON or as text; one ring or
// several. Where the box of the object is known, it tells which axis comes first.
Result<ReadPolygon, std::string> read_polygon(Json polygon, const std::optional<Rect> &box,
                                              const PolygonHints &hints = {});

// Whether a text can be a polygon by its first character.
bool begins_polygon(std::string_view text);

} // namespace gemini::wire
