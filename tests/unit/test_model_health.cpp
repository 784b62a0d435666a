// SPDX-License-Identifier: LGPL-2.1-or-later

// When a model is asked, when it is left alone, and when another one is asked instead.
#include "core/model_health.hpp"

#include <algorithm>
#include <chrono>

#include <gst/check/gstcheck.h>

using gemini::FailureKind;
using gemini::ModelHealth;
using namespace std::chrono_literals;

namespace {

// 12:00 UTC on 23 November 2026: 20 hours before midnight in California.
constexpr std::chrono::sys_seconds kNoon =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12};

// A model and the time that passes for it.
struct Patient {
  ModelHealth health;
  ModelHealth::TimePoint now{1h};

  void suffer(FailureKind kind, unsigned times = 1)
  {
    for (unsigned i = 0; i < times; ++i)
      health.failed({.kind = kind, .message = "No."}, now, kNoon);
  }
  void suffer_wishing(FailureKind kind, std::chrono::nanoseconds wait)
  {
    health.failed({.kind = kind, .message = "No.", .retry_after = wait}, now, kNoon);
  }
  bool asks()
  {
    const auto gate = health.enter(now);
    return gate.is_open && !gate.is_probe;
  }
  bool probes() { return health.enter(now).is_probe; }
  bool is_closed_for(std::chrono::nanoseconds wait, FailureKind why) const
  {
    const auto gate = health.look(now);
    return !gate.is_open && gate.until == now + wait && gate.why == why;
  }
  bool is_avoided() const { return health.is_avoided(now); }
};

constexpr auto kAiling = {FailureKind::unreachable, FailureKind::timeout,
                          FailureKind::quota,       FailureKind::server_error,
                          FailureKind::overloaded,  FailureKind::bad_reply};

} // namespace

GST_START_TEST(a_healthy_model_is_asked)
{
  Patient model;
  fail_unless(model.asks());
  model.health.succeeded();
  fail_unless(model.asks());
  fail_unless(!model.is_avoided());
}
GST_END_TEST

GST_START_TEST(five_failures_in_a_row_open_the_breaker)
{
  for (const FailureKind kind : kAiling) {
    Patient model;
    model.suffer(kind, ModelHealth::kFailuresToOpen - 1);
    fail_unless(model.asks());
    model.suffer(kind);
    fail_unless(model.is_closed_for(ModelHealth::kFirstPause, kind));
    fail_unless(!model.asks() && !model.probes());
  }
}
GST_END_TEST

GST_START_TEST(a_success_in_between_keeps_the_breaker_closed)
{
  Patient model;
  for (int i = 0; i < 10; ++i) {
    model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen - 1);
    fail_unless(model.asks());
    model.health.succeeded();
  }
  fail_unless(model.asks());
}
GST_END_TEST

GST_START_TEST(what_says_nothing_of_the_service_does_not_open_the_breaker)
{
  for (const FailureKind kind :
       {FailureKind::bad_key, FailureKind::no_permission, FailureKind::invalid_request,
        FailureKind::blocked, FailureKind::file_gone, FailureKind::frame, FailureKind::too_late,
        FailureKind::budget, FailureKind::not_recorded}) {
    Patient model;
    model.suffer(kind, 100);
    fail_unless(model.asks(), "%s", to_string(kind));
    fail_unless(!model.is_avoided());
  }
}
GST_END_TEST

GST_START_TEST(a_refusal_is_an_answer_and_what_was_never_sent_is_none)
{
  Patient model;
  model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen - 1);
  model.suffer(FailureKind::too_late);
  model.suffer(FailureKind::server_error);
  fail_unless(!model.asks());

  Patient other;
  other.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen - 1);
  other.suffer(FailureKind::blocked);
  other.suffer(FailureKind::server_error);
  fail_unless(other.asks());
}
GST_END_TEST

GST_START_TEST(one_caller_probes_after_the_pause_and_the_others_wait)
{
  Patient model;
  model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen);
  model.now += ModelHealth::kFirstPause - 1ns;
  fail_unless(!model.probes());
  model.now += 1ns;
  // Looking takes nothing.
  fail_unless(model.health.look(model.now).is_probe && model.health.look(model.now).is_open);
  fail_unless(model.probes());
  fail_unless(model.is_closed_for(ModelHealth::kLookAgain, FailureKind::server_error));
  fail_unless(!model.asks() && !model.probes());
}
GST_END_TEST

GST_START_TEST(a_probe_that_succeeds_closes_the_breaker)
{
  for (const bool is_refused : {false, true}) {
    Patient model;
    model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen);
    model.now += ModelHealth::kFirstPause;
    fail_unless(model.probes());
    if (is_refused)
      model.suffer(FailureKind::invalid_request);
    else
      model.health.succeeded();
    fail_unless(model.asks() && model.asks());
    // And failures are counted anew, from the first pause.
    model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen - 1);
    fail_unless(model.asks());
    model.suffer(FailureKind::server_error);
    fail_unless(model.is_closed_for(ModelHealth::kFirstPause, FailureKind::server_error));
  }
}
GST_END_TEST

GST_START_TEST(a_probe_that_fails_doubles_the_pause_up_to_a_minute)
{
  Patient model;
  model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen);
  std::chrono::seconds pause = ModelHealth::kFirstPause;
  for (const auto next : {10s, 20s, 40s, 60s, 60s}) {
    model.now += pause;
    fail_unless(model.probes());
    model.now += 3s;
    model.suffer(FailureKind::timeout);
    fail_unless(model.is_closed_for(next, FailureKind::timeout));
    pause = next;
  }
}
GST_END_TEST

GST_START_TEST(a_probe_that_is_dropped_leaves_it_to_the_next_one)
{
  Patient model;
  model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen);
  model.now += ModelHealth::kFirstPause;
  fail_unless(model.probes());
  model.health.dropped();
  fail_unless(model.probes());
  model.suffer(FailureKind::budget); // which kept it from being sent
  fail_unless(model.probes());
}
GST_END_TEST

// Requests that were under way when the breaker opened fail later.
GST_START_TEST(latecomers_do_not_lengthen_the_pause)
{
  Patient model;
  model.suffer(FailureKind::server_error, ModelHealth::kFailuresToOpen);
  model.now += 2s;
  model.suffer(FailureKind::server_error, 10);
  fail_unless(model.is_closed_for(ModelHealth::kFirstPause - 2s, FailureKind::server_error));
}
GST_END_TEST

GST_START_TEST(the_pause_that_the_service_asks_for_is_kept)
{
  Patient model;
  model.suffer_wishing(FailureKind::quota, 26'500ms);
  fail_unless(model.is_closed_for(26'500ms, FailureKind::quota));
  // A shorter wish of another request does not shorten it, nor does an answer that was under way.
  model.suffer_wishing(FailureKind::quota, 1s);
  model.health.succeeded();
  fail_unless(model.is_closed_for(26'500ms, FailureKind::quota));
  fail_unless(model.is_avoided());
  model.suffer_wishing(FailureKind::overloaded, 40s);
  fail_unless(model.is_closed_for(40s, FailureKind::overloaded));
  // After it all may ask.
  model.now += 40s;
  fail_unless(model.asks() && model.asks());
}
GST_END_TEST

GST_START_TEST(a_probe_waits_for_the_longer_of_two_pauses)
{
  Patient model;
  model.suffer(FailureKind::overloaded, ModelHealth::kFailuresToOpen - 1);
  model.suffer_wishing(FailureKind::overloaded, 20s);
  fail_unless(model.is_closed_for(20s, FailureKind::overloaded));
  model.now += 20s;
  fail_unless(model.probes());
  model.suffer_wishing(FailureKind::overloaded, 1s);
  fail_unless(model.is_closed_for(10s, FailureKind::overloaded));
}
GST_END_TEST

GST_START_TEST(a_model_that_is_gone_is_probed_after_ten_minutes)
{
  Patient model;
  model.suffer(FailureKind::unknown_model);
  fail_unless(model.is_closed_for(10min, FailureKind::unknown_model));
  fail_unless(model.is_avoided());
  model.now += 10min;
  fail_unless(!model.is_avoided());
  fail_unless(model.probes());
  fail_unless(model.is_avoided()); // by the others
  model.suffer(FailureKind::unknown_model);
  fail_unless(model.is_closed_for(10min, FailureKind::unknown_model));
  model.now += 10min;
  fail_unless(model.probes());
  model.health.succeeded();
  fail_unless(model.asks() && !model.is_avoided());
}
GST_END_TEST

GST_START_TEST(a_daily_quota_closes_the_model_until_midnight_in_california)
{
  Patient model;
  model.health.failed(
      {.kind = FailureKind::quota, .message = "No.", .retry_after = 26s, .is_daily = true},
      model.now, kNoon);
  fail_unless(model.is_closed_for(20h, FailureKind::quota));
  model.health.succeeded();
  model.now += 20h - 1ns;
  fail_unless(!model.asks() && model.is_avoided());
  model.now += 1ns;
  fail_unless(model.asks() && !model.is_avoided());
}
GST_END_TEST

GST_START_TEST(another_model_is_asked_from_the_first_failure_on)
{
  for (const FailureKind kind : {FailureKind::overloaded, FailureKind::quota}) {
    Patient model;
    model.suffer(kind);
    fail_unless(model.asks()); // who has no other model
    fail_unless(model.is_avoided());
    model.now += ModelHealth::kAvoidOverloaded - 1ns;
    fail_unless(model.is_avoided());
    model.now += 1ns;
    fail_unless(!model.is_avoided());

    model.suffer(kind);
    model.health.succeeded();
    fail_unless(!model.is_avoided());
  }
}
GST_END_TEST

GST_START_TEST(another_model_does_not_help_where_the_service_is_away)
{
  for (const FailureKind kind : {FailureKind::unreachable, FailureKind::timeout,
                                 FailureKind::server_error, FailureKind::bad_reply}) {
    Patient model;
    model.suffer(kind, ModelHealth::kFailuresToOpen);
    fail_unless(!model.is_avoided(), "%s", to_string(kind));
  }
}
GST_END_TEST

GST_START_TEST(another_model_is_asked_while_an_overloaded_one_is_probed)
{
  Patient model;
  model.suffer(FailureKind::overloaded, ModelHealth::kFailuresToOpen);
  model.now += ModelHealth::kAvoidOverloaded;
  fail_unless(!model.is_avoided());
  fail_unless(model.probes());
  fail_unless(model.is_avoided());
  model.health.succeeded();
  fail_unless(!model.is_avoided());
}
GST_END_TEST

GST_START_TEST(an_overloaded_model_is_avoided_for_as_long_as_it_is_left_alone)
{
  Patient model;
  model.suffer(FailureKind::overloaded, ModelHealth::kFailuresToOpen);
  std::chrono::seconds pause = ModelHealth::kFirstPause;
  for (; pause < ModelHealth::kLongestPause;
       pause = std::min(pause * 2, ModelHealth::kLongestPause)) {
    model.now += pause;
    fail_unless(model.probes());
    model.suffer(FailureKind::overloaded);
  }
  fail_unless(ModelHealth::kLongestPause > ModelHealth::kAvoidOverloaded);
  model.now += ModelHealth::kLongestPause - 1ns;
  fail_unless(model.is_avoided());
  model.now += 1ns;
  fail_unless(!model.is_avoided());
}
GST_END_TEST

static Suite *model_health_suite()
{
  Suite *suite = suite_create("model_health");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_healthy_model_is_asked);
  tcase_add_test(tcase, five_failures_in_a_row_open_the_breaker);
  tcase_add_test(tcase, a_success_in_between_keeps_the_breaker_closed);
  tcase_add_test(tcase, what_says_nothing_of_the_service_does_not_open_the_breaker);
  tcase_add_test(tcase, a_refusal_is_an_answer_and_what_was_never_sent_is_none);
  tcase_add_test(tcase, one_caller_probes_after_the_pause_and_the_others_wait);
  tcase_add_test(tcase, a_probe_that_succeeds_closes_the_breaker);
  tcase_add_test(tcase, a_probe_that_fails_doubles_the_pause_up_to_a_minute);
  tcase_add_test(tcase, a_probe_that_is_dropped_leaves_it_to_the_next_one);
  tcase_add_test(tcase, latecomers_do_not_lengthen_the_pause);
  tcase_add_test(tcase, the_pause_that_the_service_asks_for_is_kept);
  tcase_add_test(tcase, a_probe_waits_for_the_longer_of_two_pauses);
  tcase_add_test(tcase, a_model_that_is_gone_is_probed_after_ten_minutes);
  tcase_add_test(tcase, a_daily_quota_closes_the_model_until_midnight_in_california);
  tcase_add_test(tcase, another_model_is_asked_from_the_first_failure_on);
  tcase_add_test(tcase, another_model_does_not_help_where_the_service_is_away);
  tcase_add_test(tcase, another_model_is_asked_while_an_overloaded_one_is_probed);
  tcase_add_test(tcase, an_overloaded_model_is_avoided_for_as_long_as_it_is_left_alone);
  return suite;
}

GST_CHECK_MAIN(model_health)
