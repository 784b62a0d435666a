// SPDX-License-Identifier: LGPL-2.1-or-later
// How sharp a picture is.
#include "vision/sharpness.hpp"

#include <cstddef>

namespace gemini::vision {

double sharpness(const LumaGrid &picture)
{
  if (picture.columns < 3 || picture.rows < 3)
    return 0;
  const auto columns = static_cast<std::size_t>(picture.columns);
  const auto rows = static_cast<std::size_t>(picture.rows);
  double sum = 0;
  double squares = 0;
  for (std::size_t y = 1; y + 1 < rows; ++y) {
    const float *line = picture.means.data() + y * columns;
    // Of one line in floats, which vector instructions add up; of all in doubles.
    float line_sum = 0;
    float line_squares = 0;
    for (std::size_t x = 1; x + 1 < columns; ++x) {
      const float laplacian =
          4 * line[x] - line[x - 1] - line[x + 1] - line[x - columns] - line[x + columns];
      line_sum += laplacian;
      line_squares += laplacian * laplacian;
    }
    sum += static_cast<double>(line_sum);
    squares += static_cast<double>(line_squares);
  }
  const auto n = static_cast<double>((columns - 2) * (rows - 2));
  return squares / n - sum / n * (sum / n);
}

} // namespace gemini::vision
