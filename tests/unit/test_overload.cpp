// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether one more sample would be answered in time.
#include "core/overload.hpp"

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;

namespace {

constexpr Overload::TimePoint kBegin{1h};
constexpr Overload::Terms kTerms{.places = 4, .patience = 10s};

} // namespace

GST_START_TEST(nothing_is_late_before_anything_is_known)
{
  const Overload overload;
  fail_unless(!overload.would_be_late(kBegin, kTerms));
}
GST_END_TEST

GST_START_TEST(a_silent_service_is_asked_less_and_less)
{
  Overload overload;
  unsigned n = 0;
  for (unsigned second = 0; second < 60; ++second)
    if (!overload.would_be_late(kBegin + second * 1s, kTerms))
      overload.submitted(++n, kBegin + second * 1s);
  fail_unless_equals_int(static_cast<int>(n), 6);
}
GST_END_TEST

GST_START_TEST(a_quick_service_takes_all)
{
  Overload overload;
  for (unsigned second = 0; second < 60; ++second) {
    fail_unless(!overload.would_be_late(kBegin + second * 1s, kTerms));
    overload.submitted(second + 1, kBegin + second * 1s);
    if (second >= 2) // each takes 2 s
      overload.answered(second - 1, 2000ms);
  }
}
GST_END_TEST

GST_START_TEST(with_all_places_taken_a_sample_waits_for_two_answers)
{
  Overload overload;
  overload.answered(1, 6000ms);
  for (unsigned i = 2; i < 5; ++i)
    overload.submitted(i, kBegin);
  fail_unless(!overload.would_be_late(kBegin, kTerms));
  overload.submitted(5, kBegin);
  fail_unless(overload.would_be_late(kBegin, kTerms));
  overload.forget(6); // a flush
  fail_unless(!overload.would_be_late(kBegin, kTerms));
}
GST_END_TEST

GST_START_TEST(who_waits_for_others_of_its_request_tells_no_latency)
{
  Overload overload;
  overload.submitted(1, kBegin);
  for (unsigned i = 2; i < 6; ++i)
    overload.submitted(i, kBegin + 5s);
  fail_unless(overload.would_be_late(kBegin + 6s, kTerms));
  fail_unless(!overload.would_be_late(kBegin + 6s, {.places = 4, .patience = 10s, .gathers = 5s}));
}
GST_END_TEST

GST_START_TEST(failures_at_once_do_not_make_it_quick)
{
  Overload overload;
  overload.answered(1, 8000ms);
  for (unsigned i = 2; i < 6; ++i)
    overload.submitted(i, kBegin);
  overload.answered(9, std::nullopt);
  fail_unless(overload.would_be_late(kBegin, kTerms));
}
GST_END_TEST

static Suite *overload_suite()
{
  Suite *suite = suite_create("overload");
  TCase *tcase = tcase_create("overload");
  tcase_add_test(tcase, nothing_is_late_before_anything_is_known);
  tcase_add_test(tcase, a_silent_service_is_asked_less_and_less);
  tcase_add_test(tcase, a_quick_service_takes_all);
  tcase_add_test(tcase, with_all_places_taken_a_sample_waits_for_two_answers);
  tcase_add_test(tcase, who_waits_for_others_of_its_request_tells_no_latency);
  tcase_add_test(tcase, failures_at_once_do_not_make_it_quick);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(overload)
