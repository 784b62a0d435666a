// SPDX-License-Identifier: LGPL-2.1-or-later

// Which failures are worth another try, and when.
#include "core/backoff.hpp"

#include <chrono>
#include <string>

#include <gst/check/gstcheck.h>

using gemini::backoff;
using gemini::Failure;
using gemini::FailureKind;
using gemini::is_transient;
using gemini::next_pacific_midnight;
using namespace std::chrono_literals;

namespace {

Failure failure(FailureKind kind, int http_status = 0)
{
  return {.kind = kind, .message = "No.", .http_status = http_status};
}

Failure wishing(std::chrono::nanoseconds wait)
{
  Failure failed = failure(FailureKind::quota, 429);
  failed.retry_after = wait;
  return failed;
}

std::string written(std::chrono::sys_seconds time)
{
  return std::to_string(time.time_since_epoch().count());
}

} // namespace

GST_START_TEST(what_may_heal_by_itself_is_worth_another_try)
{
  struct Case {
    FailureKind kind;
    int http_status;
    bool is_transient;
  };
  for (const Case &c : {
           Case{FailureKind::unreachable, 0, true},
           Case{FailureKind::timeout, 0, true},
           Case{FailureKind::timeout, 408, true},
           Case{FailureKind::quota, 429, true},
           Case{FailureKind::server_error, 500, true},
           Case{FailureKind::server_error, 502, true},
           Case{FailureKind::overloaded, 503, true},
           Case{FailureKind::timeout, 504, true},
           // A stream that began well may carry them, too.
           Case{FailureKind::unreachable, 200, true},
           Case{FailureKind::server_error, 499, false},
           Case{FailureKind::server_error, 501, false},
           Case{FailureKind::server_error, 505, false},
           Case{FailureKind::frame, 0, false},
           Case{FailureKind::bad_key, 401, false},
           Case{FailureKind::no_permission, 403, false},
           Case{FailureKind::unknown_model, 404, false},
           Case{FailureKind::invalid_request, 400, false},
           Case{FailureKind::invalid_request, 413, false},
           Case{FailureKind::bad_reply, 200, false},
           Case{FailureKind::too_late, 0, false},
           Case{FailureKind::blocked, 200, false},
           Case{FailureKind::file_gone, 403, false},
           Case{FailureKind::budget, 0, false},
           Case{FailureKind::not_recorded, 0, false},
       })
    fail_unless_equals_int(is_transient(failure(c.kind, c.http_status)), c.is_transient);
}
GST_END_TEST

GST_START_TEST(a_daily_quota_is_not_worth_another_try)
{
  Failure daily = failure(FailureKind::quota, 429);
  daily.is_daily = true;
  fail_unless(!is_transient(daily));
}
GST_END_TEST

GST_START_TEST(waits_are_drawn_from_a_range_that_doubles_up_to_a_minute)
{
  struct Case {
    unsigned n_failures;
    std::chrono::nanoseconds longest;
  };
  const Failure failed = failure(FailureKind::overloaded, 503);
  for (const Case &c : {Case{1, 1s}, Case{2, 2s}, Case{3, 4s}, Case{4, 8s}, Case{6, 32s},
                        Case{7, 60s}, Case{8, 60s}, Case{1000, 60s}, Case{0, 1s}}) {
    fail_unless(backoff(failed, c.n_failures, 0) == 0ns);
    fail_unless(backoff(failed, c.n_failures, 0.5) == c.longest / 2);
    fail_unless(backoff(failed, c.n_failures, 0.999) < c.longest);
    fail_unless(backoff(failed, c.n_failures, 0.999) > c.longest * 9 / 10);
  }
}
GST_END_TEST

GST_START_TEST(the_wish_of_the_service_is_kept_and_passed_by_a_tenth_at_most)
{
  for (const auto wish : {std::chrono::nanoseconds{410ms}, std::chrono::nanoseconds{26s},
                          std::chrono::nanoseconds{300s}}) {
    for (const unsigned n_failures : {1U, 9U}) {
      fail_unless(backoff(wishing(wish), n_failures, 0) == wish);
      fail_unless(backoff(wishing(wish), n_failures, 0.5) > wish);
      fail_unless(backoff(wishing(wish), n_failures, 0.999) <= wish + wish / 10);
    }
  }
}
GST_END_TEST

GST_START_TEST(a_service_that_wishes_no_wait_is_not_asked_in_a_tight_loop)
{
  fail_unless(backoff(wishing(0s), 3, 0.5) == 2s);
  fail_unless(backoff(wishing(-1s), 3, 0.5) == 2s);
}
GST_END_TEST

GST_START_TEST(the_day_ends_at_midnight_in_california)
{
  using namespace std::chrono;
  struct Case {
    sys_seconds now;
    sys_seconds midnight;
  };
  const auto at = [](year_month_day day, seconds time) { return sys_days{day} + time; };
  for (const Case &c : {
           // Winter: eight hours behind.
           Case{at(2026y / November / 22, 12h), at(2026y / November / 23, 8h)},
           Case{at(2026y / November / 23, 8h - 1s), at(2026y / November / 23, 8h)},
           Case{at(2026y / November / 23, 8h), at(2026y / November / 24, 8h)},
           Case{at(2026y / December / 31, 9h), at(2027y / January / 1, 8h)},
           // Summer: seven.
           Case{at(2026y / July / 1, 0h), at(2026y / July / 1, 7h)},
           Case{at(2026y / July / 1, 7h), at(2026y / July / 2, 7h)},
           Case{at(2028y / February / 28, 8h), at(2028y / February / 29, 8h)},
           // Summer time begins on 8 March 2026 after that day's midnight, a day of 23 hours.
           Case{at(2026y / March / 8, 7h + 30min), at(2026y / March / 8, 8h)},
           Case{at(2026y / March / 8, 8h), at(2026y / March / 9, 7h)},
           Case{at(2026y / March / 8, 12h), at(2026y / March / 9, 7h)},
           // It ends on 1 November 2026 after midnight, a day of 25 hours.
           Case{at(2026y / November / 1, 6h), at(2026y / November / 1, 7h)},
           Case{at(2026y / November / 1, 7h), at(2026y / November / 2, 8h)},
           Case{at(2026y / November / 2, 7h + 30min), at(2026y / November / 2, 8h)},
           // The earliest and the latest days that the rule can name.
           Case{at(2027y / March / 14, 9h), at(2027y / March / 15, 7h)},
           Case{at(2026y / March / 14, 8h), at(2026y / March / 15, 7h)},
           Case{at(2027y / November / 7, 8h), at(2027y / November / 8, 8h)},
       }) {
    const sys_seconds midnight = next_pacific_midnight(c.now);
    fail_unless(midnight == c.midnight, "%s s instead of %s s after %s s",
                written(midnight).c_str(), written(c.midnight).c_str(), written(c.now).c_str());
  }
}
GST_END_TEST

GST_START_TEST(the_next_midnight_is_always_ahead_and_within_a_day)
{
  using namespace std::chrono;
  for (sys_seconds now = sys_days{2026y / January / 1}; now < sys_days{2029y / January / 1};
       now += 17min) {
    const auto wait = next_pacific_midnight(now) - now;
    fail_unless(wait > 0s && wait <= 25h);
  }
}
GST_END_TEST

static Suite *backoff_suite()
{
  Suite *suite = suite_create("backoff");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, what_may_heal_by_itself_is_worth_another_try);
  tcase_add_test(tcase, a_daily_quota_is_not_worth_another_try);
  tcase_add_test(tcase, waits_are_drawn_from_a_range_that_doubles_up_to_a_minute);
  tcase_add_test(tcase, the_wish_of_the_service_is_kept_and_passed_by_a_tenth_at_most);
  tcase_add_test(tcase, a_service_that_wishes_no_wait_is_not_asked_in_a_tight_loop);
  tcase_add_test(tcase, the_day_ends_at_midnight_in_california);
  tcase_add_test(tcase, the_next_midnight_is_always_ahead_and_within_a_day);
  return suite;
}

GST_CHECK_MAIN(backoff)
