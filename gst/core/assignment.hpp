// SPDX-License-Identifier: LGPL-2.1-or-later
// Who belongs to whom, so that all together fit best.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace gemini {

// What it is worth to put row and column together; 0: they may not be.
class Affinities {
public:
  Affinities(std::size_t n_rows, std::size_t n_columns)
      : n_rows_(n_rows), n_columns_(n_columns), values_(n_rows * n_columns)
  {
  }
  std::size_t n_rows() const { return n_rows_; }
  std::size_t n_columns() const { return n_columns_; }
  double &at(std::size_t row, std::size_t column) { return values_[row * n_columns_ + column]; }
  double at(std::size_t row, std::size_t column) const
  {
    return values_[row * n_columns_ + column];
  }

private:
  std::size_t n_rows_;
  std::size_t n_columns_;
  std::vector<double> values_; // row by row, not negative
};

// For each row its column, if it has one, so that the sum of all affinities is the greatest; none
// of 0. The same values give the same pairs. Time: rows² × columns at most, by shortest augmenting
// paths (Kuhn 1955, Munkres 1957; the potentials as in Jonker and Volgenant 1987).
std::vector<std::optional<std::size_t>> assign(const Affinities &affinities);

} // namespace gemini
