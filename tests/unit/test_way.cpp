// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/way.hpp"

#include <cmath>

#include <gst/check/gstcheck.h>

using namespace gemini::vision;
using namespace std::chrono_literals;

namespace {

Followed at(double x, double confidence = 1)
{
  return {.place = {x, 0.2, 0.1, 0.1}, .velocity = {}, .confidence = confidence};
}

bool is_about(double a, double b)
{
  return std::abs(a - b) < 1e-9;
}

} // namespace

GST_START_TEST(between_two_pictures_it_is_in_between)
{
  Way way;
  fail_unless(way.empty());
  way.add(1s, at(0.1, 1));
  way.add(2s, at(0.3, 0.5));
  fail_unless(is_about(way.at(1500ms).place.x, 0.2) && is_about(way.at(1500ms).confidence, 0.75));
  fail_unless(is_about(way.at(0s).place.x, 0.1) && is_about(way.at(9s).place.x, 0.3));
  fail_unless(is_about(way.at(2s).place.x, 0.3));
}
GST_END_TEST

GST_START_TEST(it_goes_back_in_time_too)
{
  Way way;
  for (int n = 9; n >= 1; --n)
    way.add(n * 1s, at(n));
  fail_unless(is_about(way.at(4500ms).place.x, 4.5));
  way.forget_before(4500ms);
  fail_unless(way.size() == 6 && is_about(way.at(4500ms).place.x, 4.5));
  way.forget_before(100s);
  fail_unless(way.size() == 1 && is_about(way.at(0s).place.x, 9));
}
GST_END_TEST

GST_START_TEST(a_time_that_repeats_does_no_harm)
{
  Way way;
  way.add(1s, at(0.1));
  way.add(1s, at(0.2));
  way.add(2s, at(0.3));
  for (const auto time : {0ms, 1000ms, 1500ms, 2000ms})
    fail_unless(std::isfinite(way.at(time).place.x));
}
GST_END_TEST

GST_START_TEST(it_stays_short)
{
  for (const int direction : {1, -1}) {
    Way way;
    for (int n = 1; n <= 10000; ++n)
      way.add(direction * n * 40ms, at(n));
    fail_unless(way.size() == Way::kMost);
    for (int n = 1; n <= 10000; n += 7)
      fail_unless(is_about(way.at(direction * n * 40ms).place.x, n));
  }
}
GST_END_TEST

GST_START_TEST(what_was_followed_too_far_is_forgotten)
{
  Way way;
  for (int n = 1; n <= 9; ++n)
    way.add(n * 40ms, at(n));
  way.forget_after(200ms);
  fail_unless(way.size() == 5);
  way.add(240ms, at(20));
  fail_unless(is_about(way.at(220ms).place.x, 12.5) && is_about(way.at(80ms).place.x, 2));
  way.forget_after(0ms);
  fail_unless(way.size() == 1 && is_about(way.at(400ms).place.x, 1));
}
GST_END_TEST

static Suite *way_suite()
{
  Suite *suite = suite_create("way");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, between_two_pictures_it_is_in_between);
  tcase_add_test(tcase, it_goes_back_in_time_too);
  tcase_add_test(tcase, a_time_that_repeats_does_no_harm);
  tcase_add_test(tcase, it_stays_short);
  tcase_add_test(tcase, what_was_followed_too_far_is_forgotten);
  return suite;
}

GST_CHECK_MAIN(way)
