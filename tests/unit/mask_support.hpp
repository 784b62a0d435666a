// SPDX-License-Identifier: LGPL-2.1-or-later
// Shapes to draw and compare masks with, and what maps become, each pixel computed for itself.
// Include before gstcheck.h.
#pragma once

#include "core/mask.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace gemini::test {

// Whether a point of the unit square is of the shape.
using Shape = std::function<bool(double x, double y)>;

inline bool in_ellipse(double x, double y)
{
  return (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) <= 0.25;
}

inline bool in_triangle(double x, double y)
{
  return y >= 2 * std::fabs(x - 0.5);
}

inline bool in_rectangle(double x, double y)
{
  return x >= 0.1 && x < 0.9 && y >= 0.2 && y < 0.7;
}

// A map of 0 and 255, as models write them.
inline std::vector<std::uint8_t> map_of(const Shape &shape, int width, int height)
{
  std::vector<std::uint8_t> map;
  map.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      map.push_back(shape((x + 0.5) / width, (y + 0.5) / height) ? 255 : 0);
  }
  return map;
}

// Along one side by the textbook, in whatever precision there is: between the two nearest centres
// where the map becomes larger, the mean of what lies under the cell where it becomes smaller.
inline double sample(const std::vector<double> &values, int cell, int count)
{
  const auto from = static_cast<double>(values.size());
  const auto at = [&values](double i) {
    return values[static_cast<std::size_t>(
        std::min(std::max(i, 0.0), static_cast<double>(values.size()) - 1))];
  };
  const double step = from / count;
  if (step <= 1) {
    const double place = (cell + 0.5) * step - 0.5;
    const double left = std::floor(place);
    return at(left) * (1 - (place - left)) + at(left + 1) * (place - left);
  }
  double sum = 0;
  for (double i = std::floor(cell * step); i < std::min((cell + 1) * step, from); ++i) {
    const double overlap = std::min((cell + 1) * step, i + 1) - std::max(cell * step, i);
    sum += std::max(overlap, 0.0) * at(i);
  }
  return sum / step;
}

// What a map becomes, whose values above the threshold count.
inline std::vector<std::uint8_t> reference_mask(const std::vector<std::uint8_t> &map, GridSize from,
                                                GridSize to, unsigned threshold)
{
  std::vector<std::vector<double>> columns(static_cast<std::size_t>(to.width));
  for (int y = 0; y < from.height; ++y) {
    const auto begin = map.begin() + static_cast<std::ptrdiff_t>(y) * from.width;
    const std::vector<double> row(begin, begin + from.width);
    for (int x = 0; x < to.width; ++x)
      columns[static_cast<std::size_t>(x)].push_back(sample(row, x, to.width));
  }
  std::vector<std::uint8_t> out;
  for (int y = 0; y < to.height; ++y) {
    for (const std::vector<double> &column : columns)
      out.push_back(sample(column, y, to.height) > threshold ? 255 : 0);
  }
  return out;
}

inline double area_of(std::span<const std::uint8_t> coverage)
{
  return std::accumulate(coverage.begin(), coverage.end(), 0.0) / 255;
}

// Of the shape over the whole grid with the mask, cell by cell.
inline double iou_with(const Shape &shape, const Mask &mask)
{
  const std::vector<std::uint8_t> should = map_of(shape, mask.width, mask.height);
  double common = 0;
  double all = 0;
  for (std::size_t i = 0; i < should.size(); ++i) {
    common += std::min(should[i], mask.coverage[i]);
    all += std::max(should[i], mask.coverage[i]);
  }
  return all > 0 ? common / all : 0;
}

inline std::string to_text(const Mask &mask)
{
  std::string text;
  for (std::size_t i = 0; i < mask.coverage.size(); ++i) {
    if (i > 0 && i % static_cast<std::size_t>(mask.width) == 0)
      text += '/';
    text += mask.coverage[i] == 0 ? '.' : mask.coverage[i] == 255 ? '#' : '+';
  }
  return text;
}

} // namespace gemini::test
