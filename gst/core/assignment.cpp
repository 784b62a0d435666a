// SPDX-License-Identifier: LGPL-2.1-or-later
// Who belongs to whom, so that all together fit best.
#include "core/assignment.hpp"

#include <limits>

namespace gemini {

namespace {

// The rows one after the other are given a column each: the cheapest path of changes to the pairs
// so far that ends at a free column. Row and column 0 stand for nobody.
class Solver {
public:
  // With a column of its own for each row that is better left alone.
  explicit Solver(const Affinities &affinities)
      : affinities_(affinities), n_(affinities.n_rows()), m_(affinities.n_columns() + n_),
        row_potential_(n_ + 1), column_potential_(m_ + 1), row_of_(m_ + 1), way_(m_ + 1)
  {
  }

  std::vector<std::optional<std::size_t>> solve()
  {
    for (std::size_t row = 1; row <= n_; ++row)
      place(row);
    std::vector<std::optional<std::size_t>> columns(n_);
    for (std::size_t column = 1; column <= affinities_.n_columns(); ++column)
      if (const std::size_t row = row_of_[column];
          row != 0 && affinities_.at(row - 1, column - 1) > 0)
        columns[row - 1] = column - 1;
    return columns;
  }

private:
  double cost(std::size_t row, std::size_t column) const
  {
    return column <= affinities_.n_columns() ? -affinities_.at(row - 1, column - 1) : 0;
  }

  void place(std::size_t row)
  {
    constexpr double kFar = std::numeric_limits<double>::infinity();
    std::vector<double> distance(m_ + 1, kFar);
    std::vector<bool> is_done(m_ + 1);
    row_of_[0] = row;
    std::size_t column = 0;
    while (row_of_[column] != 0) {
      is_done[column] = true;
      const std::size_t at = row_of_[column];
      double nearest = kFar;
      std::size_t next = 0;
      for (std::size_t to = 1; to <= m_; ++to) {
        if (is_done[to])
          continue;
        const double reduced = cost(at, to) - row_potential_[at] - column_potential_[to];
        if (reduced < distance[to]) {
          distance[to] = reduced;
          way_[to] = column;
        }
        if (distance[to] < nearest) {
          nearest = distance[to];
          next = to;
        }
      }
      for (std::size_t to = 0; to <= m_; ++to) {
        if (is_done[to]) {
          row_potential_[row_of_[to]] += nearest;
          column_potential_[to] -= nearest;
        } else {
          distance[to] -= nearest;
        }
      }
      column = next;
    }
    for (; column != 0; column = way_[column])
      row_of_[column] = row_of_[way_[column]];
  }

  const Affinities &affinities_;
  const std::size_t n_;
  const std::size_t m_;
  std::vector<double> row_potential_;
  std::vector<double> column_potential_;
  std::vector<std::size_t> row_of_; // by column; 0: none
  std::vector<std::size_t> way_;    // to each column, the one before it
};

} // namespace

std::vector<std::optional<std::size_t>> assign(const Affinities &affinities)
{
  return Solver{affinities}.solve();
}

} // namespace gemini
