// SPDX-License-Identifier: LGPL-2.1-or-later
// Pairs that together are worth the most.
#include "core/assignment.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <gst/check/gstcheck.h>

using gemini::Affinities;
using gemini::assign;

namespace {

double worth(const Affinities &affinities, const std::vector<std::optional<std::size_t>> &columns)
{
  double sum = 0;
  for (std::size_t row = 0; row < columns.size(); ++row)
    if (columns[row])
      sum += affinities.at(row, *columns[row]);
  return sum;
}

// By trying all.
double best_worth(const Affinities &affinities, std::size_t row, std::vector<bool> &is_taken)
{
  if (row == affinities.n_rows())
    return 0;
  double best = best_worth(affinities, row + 1, is_taken);
  for (std::size_t column = 0; column < affinities.n_columns(); ++column) {
    if (is_taken[column])
      continue;
    is_taken[column] = true;
    best = std::max(best, affinities.at(row, column) + best_worth(affinities, row + 1, is_taken));
    is_taken[column] = false;
  }
  return best;
}

} // namespace

GST_START_TEST(all_together_fit_best_not_each_by_itself)
{
  Affinities affinities{2, 2};
  affinities.at(0, 0) = 0.9; // the best pair of all leaves the other row nothing
  affinities.at(0, 1) = 0.8;
  affinities.at(1, 0) = 0.7;
  const auto columns = assign(affinities);
  fail_unless(columns[0] == 1U && columns[1] == 0U);
}
GST_END_TEST

GST_START_TEST(pairs_that_may_not_be_are_none)
{
  Affinities affinities{3, 2};
  affinities.at(1, 1) = 0.5;
  const auto columns = assign(affinities);
  fail_unless(!columns[0] && columns[1] == 1U && !columns[2]);
}
GST_END_TEST

GST_START_TEST(nobody_and_nothing_are_fine)
{
  fail_unless(assign(Affinities{0, 0}).empty());
  fail_unless(assign(Affinities{0, 3}).empty());
  const auto columns = assign(Affinities{3, 0});
  fail_unless(columns.size() == 3 && !columns[0] && !columns[1] && !columns[2]);
}
GST_END_TEST

GST_START_TEST(random_ones_are_worth_as_much_as_the_best_of_all_ways)
{
  std::mt19937 random{7};
  for (int i = 0; i < 400; ++i) {
    Affinities affinities{random() % 6, random() % 6};
    for (std::size_t row = 0; row < affinities.n_rows(); ++row)
      for (std::size_t column = 0; column < affinities.n_columns(); ++column)
        affinities.at(row, column) =
            random() % 3 == 0 ? 0 : static_cast<double>(random() % 100) / 100;
    const auto columns = assign(affinities);
    fail_unless(columns.size() == affinities.n_rows());
    std::vector<bool> is_taken(affinities.n_columns());
    for (std::size_t row = 0; row < columns.size(); ++row) {
      if (!columns[row])
        continue;
      fail_if(is_taken[*columns[row]], "a column has two rows");
      is_taken[*columns[row]] = true;
      fail_unless(affinities.at(row, *columns[row]) > 0);
    }
    std::fill(is_taken.begin(), is_taken.end(), false);
    fail_unless(std::fabs(worth(affinities, columns) - best_worth(affinities, 0, is_taken)) < 1e-9);
  }
}
GST_END_TEST

static Suite *assignment_suite()
{
  Suite *suite = suite_create("assignment");
  TCase *tc = tcase_create("assignment");
  tcase_add_test(tc, all_together_fit_best_not_each_by_itself);
  tcase_add_test(tc, pairs_that_may_not_be_are_none);
  tcase_add_test(tc, nobody_and_nothing_are_fine);
  tcase_add_test(tc, random_ones_are_worth_as_much_as_the_best_of_all_ways);
  suite_add_tcase(suite, tc);
  return suite;
}

GST_CHECK_MAIN(assignment)
