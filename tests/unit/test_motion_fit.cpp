// SPDX-License-Identifier: LGPL-2.1-or-later
// Motions that most of a number of points agree on.
#include "vision/motion_fit.hpp"

#include <cmath>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::vision;

namespace {

bool is_near(double a, double b, double most)
{
  return std::abs(a - b) <= most;
}

// A grid of points over a picture of 480x270, taken by `motion`; every `stray`th goes elsewhere.
std::vector<Moved> grid(const Similarity &motion, int stray)
{
  std::vector<Moved> points;
  int n = 0;
  for (int y = 30; y < 270; y += 60)
    for (int x = 40; x < 480; x += 80) {
      const Point from{static_cast<double>(x), static_cast<double>(y)};
      Point to = motion(from);
      if (++n % stray == 0)
        to = {to.x + 9 + n, to.y - 7};
      points.push_back({from, to});
    }
  return points;
}

// Points of an object of that half size, whose centre and scale are now so.
std::vector<Anchored> object(double half, const Point &centre, double scale)
{
  std::vector<Anchored> points;
  for (int i = -2; i <= 2; ++i)
    for (int j = -1; j <= 1; ++j) {
      const Point offset{i * half / 2, j * half};
      points.push_back({offset, {centre.x + offset.x * scale, centre.y + offset.y * scale}});
    }
  return points;
}

} // namespace

GST_START_TEST(what_most_points_do_is_what_the_camera_does)
{
  for (const Similarity &motion :
       {Similarity{}, Similarity{.x = 12, .y = -5}, Similarity{.a = 1.05, .x = -10, .y = -6},
        Similarity{.a = std::cos(0.03), .b = std::sin(0.03), .x = 4}}) {
    const auto fitted = fit_similarity(grid(motion, 3));
    fail_unless(fitted.has_value());
    fail_unless(is_near(fitted->a, motion.a, 1e-6) && is_near(fitted->b, motion.b, 1e-6));
    fail_unless(is_near(fitted->x, motion.x, 1e-3) && is_near(fitted->y, motion.y, 1e-3));
  }
}
GST_END_TEST

GST_START_TEST(a_camera_that_stands_still_does_not_creep)
{
  std::vector<Moved> points = grid({}, 5);
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i].to.x += 0.05 * std::sin(static_cast<double>(i));
  const auto fitted = fit_similarity(points);
  fail_unless(fitted && fitted->a >= 1 && fitted->a <= 1 && is_near(fitted->x, 0, 0));
}
GST_END_TEST

GST_START_TEST(points_that_do_not_agree_tell_nothing)
{
  std::vector<Moved> points = grid({}, 1);
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i].to = {37.0 * static_cast<double>(i * i % 11), 29.0 * static_cast<double>(i * i % 7)};
  fail_unless(!fit_similarity(points));
  fail_unless(!fit_similarity({}));
  fail_unless(!fit_similarity(std::vector<Moved>{{{1, 1}, {2, 2}}}));
}
GST_END_TEST

GST_START_TEST(points_tell_where_a_box_is_and_how_large)
{
  const BoxFit fit = fit_box(object(40, {100, 80}, 1.2), 1.1, true);
  fail_unless(is_near(fit.centre.x, 100, 0.1) && is_near(fit.centre.y, 80, 0.1));
  fail_unless(is_near(fit.scale, 1.2, 0.01), "%.3f", fit.scale);
  fail_unless(is_near(fit_box(object(40, {100, 80}, 1.2), 1.1, false).scale, 1.1, 0));
}
GST_END_TEST

GST_START_TEST(what_slips_off_shows_and_does_not_count)
{
  std::vector<Anchored> points = object(40, {100, 80}, 1);
  points[3].at.x += 12;
  points[7].at.y -= 9;
  const BoxFit fit = fit_box(points, 1, true);
  fail_unless(is_near(fit.centre.x, 100, 0.1) && is_near(fit.centre.y, 80, 0.1));
  fail_unless(fit.distance[3] > 11 && fit.distance[7] > 8 && fit.distance[0] < 0.5);
}
GST_END_TEST

GST_START_TEST(points_close_together_do_not_tell_a_size)
{
  const BoxFit fit = fit_box(object(5, {100, 80}, 1.1), 1, true);
  fail_unless(is_near(fit.scale, 1, 0.01), "%.3f", fit.scale);
}
GST_END_TEST

GST_START_TEST(one_point_is_enough_for_a_place)
{
  const BoxFit fit = fit_box(std::vector<Anchored>{{{5, -5}, {50, 60}}}, 2, true);
  fail_unless(is_near(fit.centre.x, 40, 1e-9) && is_near(fit.centre.y, 70, 1e-9));
}
GST_END_TEST

static Suite *motion_fit_suite()
{
  Suite *suite = suite_create("motion fit");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, what_most_points_do_is_what_the_camera_does);
  tcase_add_test(tcase, a_camera_that_stands_still_does_not_creep);
  tcase_add_test(tcase, points_that_do_not_agree_tell_nothing);
  tcase_add_test(tcase, points_tell_where_a_box_is_and_how_large);
  tcase_add_test(tcase, what_slips_off_shows_and_does_not_count);
  tcase_add_test(tcase, points_close_together_do_not_tell_a_size);
  tcase_add_test(tcase, one_point_is_enough_for_a_place);
  return suite;
}

GST_CHECK_MAIN(motion_fit)
