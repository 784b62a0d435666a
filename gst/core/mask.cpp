// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks from maps of probabilities. The map is resized across, one row of it at a time, then down,
// in loops that compilers turn into vector instructions.
#include "core/mask.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gemini {
namespace {

// What the weights of one cell add up to. A value of the map weighted twice fits 31 bits.
constexpr unsigned kOneBits = 15;
constexpr double kOne = 1U << kOneBits;
// Rows that were resized across keep this many bits behind the point.
constexpr unsigned kRowBits = 8;

// How the cells along one side of the grid follow from those of the map.
class Axis {
public:
  // The weights belong to the map's cells from `begin` on.
  struct Cell {
    std::size_t begin = 0;
    std::size_t count = 0;
    std::size_t weights = 0;
  };

  Axis(int from, int to) : is_pairs_(from > 1 && to >= from)
  {
    cells_.reserve(static_cast<std::size_t>(to));
    const double step = static_cast<double>(from) / to;
    for (int i = 0; i < to; ++i) {
      if (is_pairs_)
        add_pair(from, (i + 0.5) * step - 0.5);
      else
        add_area(from, i * step, (i + 1) * step);
    }
  }

  const std::vector<Cell> &cells() const { return cells_; }
  const std::uint16_t *weights(const Cell &cell) const { return weights_.data() + cell.weights; }
  // Each cell is between two of the map: the common case, with loops of its own.
  bool is_pairs() const { return is_pairs_; }

private:
  void add_pair(int from, double at)
  {
    const int left = std::clamp(static_cast<int>(std::floor(at)), 0, from - 2);
    const double right = std::round(std::clamp(at - left, 0.0, 1.0) * kOne);
    open(left);
    append(kOne - right);
    append(right);
  }
  void add_area(int from, double left, double right)
  {
    const int begin = std::min(static_cast<int>(left), from - 1);
    const int end = std::clamp(static_cast<int>(std::ceil(right)), begin + 1, from);
    open(begin);
    double before = 0;
    for (int i = begin; i < end; ++i) {
      // Sums are rounded, not weights, so that they add up.
      const double share = i + 1 < end ? (i + 1 - left) / (right - left) : 1;
      const double sum = std::round(share * kOne);
      append(sum - before);
      before = sum;
    }
  }
  void open(int begin)
  {
    cells_.push_back({.begin = static_cast<std::size_t>(begin), .weights = weights_.size()});
  }
  void append(double weight)
  {
    weights_.push_back(static_cast<std::uint16_t>(weight));
    ++cells_.back().count;
  }

  bool is_pairs_;
  std::vector<Cell> cells_;
  std::vector<std::uint16_t> weights_;
};

// The rows of a map, each resized across when it is first asked for. They are asked for from top to
// bottom and never more than two apart, so that two have to be kept.
class Rows {
public:
  Rows(std::span<const std::uint8_t> map, GridSize map_size, int width)
      : map_(map), map_width_(static_cast<std::size_t>(map_size.width)),
        axis_(map_size.width, width)
  {
    for (Row &row : rows_)
      row.values.resize(static_cast<std::size_t>(width));
  }

  const std::uint16_t *at(std::size_t number)
  {
    Row &row = rows_[number % rows_.size()];
    if (row.number != number + 1) {
      row.number = number + 1;
      const std::uint8_t *from = map_.data() + number * map_width_;
      if (axis_.is_pairs())
        resize_pairs(from, row.values.data());
      else
        resize_areas(from, row.values.data());
    }
    return row.values.data();
  }

private:
  struct Row {
    std::size_t number = 0; // in the map, from 1; 0: none
    std::vector<std::uint16_t> values;
  };

  void resize_pairs(const std::uint8_t *from, std::uint16_t *to) const
  {
    for (const Axis::Cell &cell : axis_.cells()) {
      const std::uint16_t *weights = axis_.weights(cell);
      const unsigned sum =
          from[cell.begin] * unsigned{weights[0]} + from[cell.begin + 1] * unsigned{weights[1]};
      *to++ = static_cast<std::uint16_t>(sum >> (kOneBits - kRowBits));
    }
  }
  void resize_areas(const std::uint8_t *from, std::uint16_t *to) const
  {
    for (const Axis::Cell &cell : axis_.cells()) {
      const std::uint16_t *weights = axis_.weights(cell);
      unsigned sum = 0;
      for (std::size_t i = 0; i < cell.count; ++i)
        sum += from[cell.begin + i] * unsigned{weights[i]};
      *to++ = static_cast<std::uint16_t>(sum >> (kOneBits - kRowBits));
    }
  }

  std::span<const std::uint8_t> map_;
  std::size_t map_width_;
  Axis axis_;
  std::array<Row, 2> rows_;
};

// Sums stay below 2^31, so that they compare as signed numbers, which is what SSE2 can do.
void cut_pairs(const std::uint16_t *upper, const std::uint16_t *lower, const std::uint16_t *weights,
               std::int32_t limit, std::span<std::uint8_t> out)
{
  const std::uint16_t upper_weight = weights[0];
  const std::uint16_t lower_weight = weights[1];
  for (std::size_t x = 0; x < out.size(); ++x) {
    const std::uint32_t sum =
        std::uint32_t{upper[x]} * upper_weight + std::uint32_t{lower[x]} * lower_weight;
    out[x] = static_cast<std::int32_t>(sum) > limit ? 255 : 0;
  }
}

void add_weighted(const std::uint16_t *row, std::uint16_t weight, std::span<std::uint32_t> sums)
{
  for (std::size_t x = 0; x < sums.size(); ++x)
    sums[x] += std::uint32_t{row[x]} * weight;
}

void cut_sums(std::span<const std::uint32_t> sums, std::int32_t limit, std::uint8_t *out)
{
  for (std::size_t x = 0; x < sums.size(); ++x)
    out[x] = static_cast<std::int32_t>(sums[x]) > limit ? 255 : 0;
}

std::size_t cell_count(GridSize size)
{
  return size.width > 0 && size.height > 0
             ? static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height)
             : 0;
}

// Within `low`..`high`, whatever the value is; a NaN becomes `low`.
double bounded(double value, double low, double high)
{
  return std::fmin(std::fmax(value, low), high);
}

} // namespace

GridSize grid_size(const Rect &rect, int picture_width, int picture_height, std::size_t max_cells)
{
  const auto pixels = [](double share, int side) {
    return bounded(std::round(share * side), 1, std::max(side, 1));
  };
  double width = pixels(rect.w, picture_width);
  double height = pixels(rect.h, picture_height);
  const double most = static_cast<double>(std::max<std::size_t>(max_cells, 1));
  if (width * height > most) {
    const double scale = std::sqrt(most / (width * height));
    // The longer side follows from the other, which may not have become as small as it should.
    if (width < height) {
      width = std::max(1.0, std::floor(width * scale));
      height = std::min(std::floor(most / width), std::ceil(height * scale));
    } else {
      height = std::max(1.0, std::floor(height * scale));
      width = std::min(std::floor(most / height), std::ceil(width * scale));
    }
  }
  return {static_cast<int>(width), static_cast<int>(height)};
}

Mask mask_from_map(std::span<const std::uint8_t> map, GridSize map_size, const Rect &rect,
                   GridSize size, unsigned threshold)
{
  std::vector<std::uint8_t> coverage(cell_count(size));
  if (coverage.empty() || map.empty() || map.size() < cell_count(map_size))
    return {rect, size.width, size.height, std::move(coverage)};
  const auto width = static_cast<std::size_t>(size.width);
  const std::int32_t limit = static_cast<std::int32_t>(std::min(threshold, 255U))
                             << (kRowBits + kOneBits);
  Rows rows{map, map_size, size.width};
  const Axis down{map_size.height, size.height};
  std::vector<std::uint32_t> sums;
  std::uint8_t *out = coverage.data();
  for (const Axis::Cell &cell : down.cells()) {
    const std::uint16_t *weights = down.weights(cell);
    if (down.is_pairs()) {
      const std::uint16_t *upper = rows.at(cell.begin);
      cut_pairs(upper, rows.at(cell.begin + 1), weights, limit, {out, width});
    } else {
      sums.assign(width, 0);
      for (std::size_t i = 0; i < cell.count; ++i)
        add_weighted(rows.at(cell.begin + i), weights[i], sums);
      cut_sums(sums, limit, out);
    }
    out += width;
  }
  return {rect, size.width, size.height, std::move(coverage)};
}

Rect bounds_of(std::span<const Ring> rings)
{
  double left = 1;
  double top = 1;
  double right = 0;
  double bottom = 0;
  for (const Ring &ring : rings) {
    for (const Point &point : ring) {
      left = std::fmin(left, point.x);
      top = std::fmin(top, point.y);
      right = std::fmax(right, point.x);
      bottom = std::fmax(bottom, point.y);
    }
  }
  left = std::max(left, 0.0);
  top = std::max(top, 0.0);
  return {left, top, std::max(0.0, std::min(right, 1.0) - left),
          std::max(0.0, std::min(bottom, 1.0) - top)};
}

} // namespace gemini
