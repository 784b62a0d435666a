// SPDX-License-Identifier: LGPL-2.1-or-later
// In which unit a model counts: thousandths of the picture as it is taught, or fractions of it.
#pragma once

namespace gemini::wire {

enum class Unit { thousandths, fractions };

// How many units the picture is wide and high.
constexpr double span_of(Unit unit)
{
  return unit == Unit::fractions ? 1 : 1000;
}

// How far a model overshoots that means to stay within the picture, as a part of the picture.
inline constexpr double kUnitSlack = 0.05;

// Up to there it is rounding, and not worth a word.
inline constexpr double kRoundingSlack = 0.005;

// Whether numbers from `low` to `high` can be fractions. As thousandths they would be a speck.
constexpr bool fits_unit(double low, double high)
{
  return low >= -kUnitSlack && high <= 1 + kUnitSlack;
}

} // namespace gemini::wire
