// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/pictures.hpp"

#include <gst/check/gstcheck.h>

using namespace gemini::vision;
using namespace std::chrono_literals;

GST_START_TEST(the_nearest_is_found)
{
  Pictures pictures;
  for (const auto time : {100ms, 200ms, 400ms})
    pictures.add({.time = time, .image = nullptr});
  fail_unless(pictures.nearest(0ms) == 0 && pictures.nearest(100ms) == 0);
  fail_unless(pictures.nearest(149ms) == 0 && pictures.nearest(151ms) == 1);
  fail_unless(pictures.nearest(299ms) == 1 && pictures.nearest(301ms) == 2);
  fail_unless(pictures.nearest(10s) == 2);
  pictures.forget_before(210ms);
  fail_unless(pictures.size() == 2 && pictures.at(0).time == 200ms);
  pictures.clear();
  pictures.forget_before(1s);
  fail_unless(pictures.empty());
}
GST_END_TEST

GST_START_TEST(they_stay_few_and_the_newest_stay_dense)
{
  Pictures pictures;
  for (int n = 0; n < 5000; ++n) {
    pictures.add({.time = n * 66ms, .image = nullptr, .is_asked_about = n % 500 == 3});
    fail_unless(pictures.size() <= Pictures::kMost);
  }
  fail_unless(pictures.newest().time == 4999 * 66ms);
  for (std::size_t i = pictures.size() / 2 + 1; i < pictures.size(); ++i)
    fail_unless(pictures.at(i).time - pictures.at(i - 1).time == 66ms);
  for (std::size_t i = 1; i < pictures.size(); ++i)
    fail_unless(pictures.at(i).time > pictures.at(i - 1).time);
  // What answers will be about is there.
  for (int n = 3; n < 5000; n += 500)
    fail_unless(pictures.at(pictures.nearest(n * 66ms)).time == n * 66ms, "%d", n);
}
GST_END_TEST

GST_START_TEST(they_stay_few_where_all_are_asked_about)
{
  Pictures pictures;
  for (int n = 0; n < 1000; ++n)
    pictures.add({.time = n * 66ms, .image = nullptr, .is_asked_about = true});
  fail_unless(pictures.size() == Pictures::kMost);
  fail_unless(pictures.at(0).time == (1000 - int(Pictures::kMost)) * 66ms);
}
GST_END_TEST

static Suite *pictures_suite()
{
  Suite *suite = suite_create("pictures");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, the_nearest_is_found);
  tcase_add_test(tcase, they_stay_few_and_the_newest_stay_dense);
  tcase_add_test(tcase, they_stay_few_where_all_are_asked_about);
  return suite;
}

GST_CHECK_MAIN(pictures)
