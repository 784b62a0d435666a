// SPDX-License-Identifier: LGPL-2.1-or-later

// The cost governor: no limit is passed, whatever comes back.
#include "core/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::BudgetAlarm;
using gemini::Ledger;
using gemini::LimitKind;
using gemini::Limits;
using gemini::Price;
using gemini::project;
using gemini::Projection;
using gemini::Usage;
using namespace std::chrono_literals;
using Kind = Ledger::Verdict::Kind;

namespace {

constexpr Ledger::TimePoint kStart{1h};

Usage usage(std::int64_t prompt, std::int64_t output, std::int64_t thoughts = 0)
{
  return {.prompt = prompt,
          .output = output,
          .thoughts = thoughts,
          .total = prompt + output + thoughts};
}

// Of 100 tokens, or 105 with the margin, and at most so many of output.
Ledger::Cost cost(std::int64_t output_limit)
{
  return {.input = 100, .output_limit = output_limit};
}

Ledger::Reservation granted(Ledger &ledger, const Limits &limits, const Ledger::Cost &cost,
                            Ledger::TimePoint now = kStart)
{
  const auto verdict = ledger.reserve(limits, cost, now);
  fail_unless(verdict.kind == Kind::granted && verdict.reservation.id != 0);
  ledger.sent(verdict.reservation, now);
  return verdict.reservation;
}

bool is_near(double is, double should)
{
  return std::abs(is - should) <= 1e-9 * std::max(1.0, std::abs(should));
}

// "max-requests 50% 5/10", several separated by ", ".
std::string told(const std::vector<BudgetAlarm::Alarm> &alarms)
{
  std::string text;
  for (const auto &alarm : alarms) {
    if (!text.empty())
      text += ", ";
    text += std::string{to_string(alarm.limit)} + " " + std::to_string(alarm.percent) + "% " +
            std::to_string(alarm.used) + "/" + std::to_string(alarm.of);
  }
  return text;
}

} // namespace

GST_START_TEST(without_limits_everything_is_granted_and_counted)
{
  Ledger ledger;
  for (int i = 0; i < 100; ++i) {
    const auto reservation = granted(ledger, {}, {.input = 1'000'000});
    fail_unless(!reservation.output_limit);
    ledger.settle(reservation, usage(1'000'000, 65'000, 536));
  }
  fail_unless(ledger.totals().requests == 100);
  fail_unless(ledger.totals().usage.prompt == 100'000'000);
  fail_unless(ledger.totals().usage.output == 6'500'000);
  fail_unless(ledger.totals().usage.thoughts == 53'600);
  fail_unless(ledger.totals().tokens() == 106'553'600);
  fail_unless(ledger.totals().reserved == 0 && ledger.totals().unknown == 0);
  fail_unless(is_near(ledger.mean_output(), 65'536));
}
GST_END_TEST

GST_START_TEST(the_minute_lets_as_many_through_as_were_set)
{
  Ledger ledger;
  const Limits limits{.requests_per_minute = 3};
  for (const auto at : {0s, 10s, 20s})
    granted(ledger, limits, cost(10), kStart + at);
  for (const auto at : {20s, 59s, 60s}) {
    const auto verdict = ledger.reserve(limits, cost(10), kStart + at);
    fail_unless(verdict.kind == Kind::later);
    fail_unless(verdict.limit == LimitKind::requests_per_minute);
    fail_unless(verdict.when == kStart + Ledger::kWindow);
    fail_unless(verdict.reservation.id == 0);
  }
  fail_unless_equals_int(static_cast<int>(ledger.requests_in_window(kStart + 60s)), 3);
  granted(ledger, limits, cost(10), kStart + Ledger::kWindow);
  fail_unless(ledger.look(limits, cost(10), kStart + Ledger::kWindow).when ==
              kStart + 10s + Ledger::kWindow);
  fail_unless(ledger.totals().requests == 4);
}
GST_END_TEST

GST_START_TEST(refused_and_unanswered_requests_stay_in_the_minute_but_unsent_ones_do_not)
{
  Ledger ledger;
  const Limits limits{.requests_per_minute = 2};
  ledger.refund(granted(ledger, limits, cost(10)));
  ledger.write_off(granted(ledger, limits, cost(10)));
  fail_unless(ledger.reserve(limits, cost(10), kStart + 60s).kind == Kind::later);

  Ledger other;
  const auto unsent = granted(other, limits, cost(10), kStart);
  granted(other, limits, cost(10), kStart + 1s);
  other.cancel(unsent);
  fail_unless(other.totals().requests == 1);
  granted(other, limits, cost(10), kStart + 2s);
  fail_unless(other.look(limits, cost(10), kStart + 3s).when == kStart + 1s + Ledger::kWindow);
}
GST_END_TEST

GST_START_TEST(elements_have_each_their_own_thresholds_on_one_count)
{
  Ledger ledger;
  const Limits strict{.requests_per_minute = 2, .max_requests = 4};
  const Limits loose{.requests_per_minute = 5, .max_requests = 6};
  granted(ledger, strict, cost(10));
  granted(ledger, loose, cost(10), kStart + 1s);
  // The strict one waits for what the loose one has used, the loose one goes on.
  fail_unless(ledger.look(strict, cost(10), kStart + 2s).when == kStart + Ledger::kWindow);
  granted(ledger, loose, cost(10), kStart + 2s);
  granted(ledger, loose, cost(10), kStart + 3s);
  // Two must leave for the strict one: none of the newest two may still count.
  const auto verdict = ledger.look({.requests_per_minute = 2}, cost(10), kStart + 4s);
  fail_unless(verdict.when == kStart + 2s + Ledger::kWindow);
  const auto never = ledger.look(strict, cost(10), kStart + 1h);
  fail_unless(never.kind == Kind::never && never.limit == LimitKind::max_requests);
  granted(ledger, loose, cost(10), kStart + 1h);
  granted(ledger, loose, cost(10), kStart + 1h);
  fail_unless(ledger.reserve(loose, cost(10), kStart + 2h).kind == Kind::never);
}
GST_END_TEST

GST_START_TEST(requests_that_cost_nothing_count_as_requests)
{
  Ledger ledger;
  const Limits limits{.max_requests = 2, .max_tokens = 10'000};
  ledger.refund(granted(ledger, limits, cost(1000)));
  fail_unless(ledger.totals().tokens() == 0);
  ledger.refund(granted(ledger, limits, cost(1000)));
  fail_unless(ledger.reserve(limits, cost(1000), kStart).kind == Kind::never);
}
GST_END_TEST

GST_START_TEST(requests_that_were_never_sent_count_for_nothing)
{
  Ledger ledger;
  const Limits limits{.requests_per_minute = 1, .max_requests = 1, .max_tokens = 1200};
  for (int i = 0; i < 3; ++i)
    ledger.cancel(granted(ledger, limits, cost(1000)));
  fail_unless(ledger.totals().requests == 0 && ledger.totals().tokens() == 0);
  fail_unless(ledger.requests_in_window(kStart) == 0);
}
GST_END_TEST

GST_START_TEST(an_answer_costs_what_the_service_says)
{
  Ledger ledger;
  const Limits limits{.max_tokens = 10'000};
  const auto reservation = granted(ledger, limits, cost(5000));
  fail_unless(ledger.totals().reserved == 5105);
  fail_unless(ledger.totals().tokens() == 5105 && ledger.totals().spent() == 0);
  ledger.settle(reservation, usage(98, 40, 12));
  fail_unless(ledger.totals().reserved == 0);
  fail_unless(ledger.totals().tokens() == 150);
  fail_unless(is_near(ledger.mean_output(), 52));
}
GST_END_TEST

GST_START_TEST(a_total_that_is_missing_is_the_sum_of_its_parts)
{
  Ledger ledger;
  ledger.settle(granted(ledger, {}, cost(10)), {.prompt = 100, .output = 20, .thoughts = 3});
  fail_unless(ledger.totals().tokens() == 123);
  // Tools have tokens of their own, which only the total tells.
  ledger.settle(granted(ledger, {}, cost(10)), {.prompt = 100, .output = 20, .total = 500});
  fail_unless(ledger.totals().tokens() == 623);
}
GST_END_TEST

GST_START_TEST(what_nobody_knows_the_cost_of_stays_reserved)
{
  Ledger ledger;
  ledger.write_off(granted(ledger, {}, cost(1000)));
  fail_unless(ledger.totals().unknown == 1105 && ledger.totals().reserved == 0);
  fail_unless(ledger.totals().tokens() == 1105);
  // An answer without any count is no cheaper.
  ledger.settle(granted(ledger, {}, cost(1000)), Usage{});
  fail_unless(ledger.totals().unknown == 2210);
  fail_unless(is_near(ledger.mean_output(), 0));
}
GST_END_TEST

GST_START_TEST(a_reservation_ends_once)
{
  Ledger ledger;
  const auto reservation = granted(ledger, {}, cost(1000));
  ledger.settle(reservation, usage(100, 10));
  ledger.settle(reservation, usage(100, 10));
  ledger.cancel(reservation);
  ledger.write_off(reservation);
  ledger.refund({});
  ledger.cancel({});
  fail_unless(ledger.totals().requests == 1);
  fail_unless(ledger.totals().tokens() == 110);
}
GST_END_TEST

GST_START_TEST(what_is_left_shortens_the_answer_and_is_told)
{
  Ledger ledger;
  const Limits limits{.max_tokens = 5000};
  // The user set no output limit, so the model's would hold.
  const auto reservation = granted(ledger, limits, {.input = 100});
  fail_unless(reservation.output_limit == 5000 - 105);
  fail_unless(ledger.totals().reserved == 5000);
  ledger.settle(reservation, usage(100, 1900));
  // The user set one, which is kept where there is room.
  const auto own = granted(ledger, limits, cost(1500));
  fail_unless(!own.output_limit);
  // And is shortened where there is not: 3000 - 1605 is left.
  const auto shorter = granted(ledger, limits, cost(1500));
  fail_unless(shorter.output_limit == 3000 - 1605 - 105);
  fail_unless(ledger.totals().tokens() == 5000);
}
GST_END_TEST

GST_START_TEST(an_answer_is_not_shortened_to_nothing)
{
  const std::uint64_t least = 105 + Ledger::kLeastOutput;
  struct Case {
    std::uint64_t max_tokens;
    std::optional<std::int64_t> output_limit;
    Kind kind;
    std::optional<std::int64_t> shortened;
  };
  for (const Case &c : {
           Case{least - 1, std::nullopt, Kind::never, std::nullopt},
           Case{least, std::nullopt, Kind::granted, Ledger::kLeastOutput},
           Case{least, 5000, Kind::granted, Ledger::kLeastOutput},
           Case{least, Ledger::kLeastOutput, Kind::granted, std::nullopt},
           Case{205, 100, Kind::granted, std::nullopt}, // the user is content with little
           Case{204, 100, Kind::never, std::nullopt},
           Case{1, std::nullopt, Kind::never, std::nullopt},
           Case{105 + 65'536, std::nullopt, Kind::granted, std::nullopt},
           Case{104 + 65'536, std::nullopt, Kind::granted, 65'535},
           Case{std::numeric_limits<std::uint64_t>::max(), std::nullopt, Kind::granted,
                std::nullopt},
       }) {
    Ledger ledger;
    const auto verdict = ledger.reserve({.max_tokens = c.max_tokens},
                                        {.input = 100, .output_limit = c.output_limit}, kStart);
    fail_unless(verdict.kind == c.kind);
    fail_unless(verdict.reservation.output_limit == c.shortened);
    fail_unless(verdict.kind == Kind::granted || verdict.limit == LimitKind::max_tokens);
  }
}
GST_END_TEST

GST_START_TEST(what_is_reserved_by_others_may_come_back)
{
  Ledger ledger;
  const Limits limits{.max_tokens = 5000};
  const auto first = granted(ledger, limits, cost(4000)); // 895 are left
  const auto verdict = ledger.reserve(limits, cost(4000), kStart);
  fail_unless(verdict.kind == Kind::later && verdict.limit == LimitKind::max_tokens);
  fail_unless(!verdict.when);
  fail_unless(ledger.look(limits, cost(790), kStart).kind == Kind::granted);
  fail_unless(ledger.look(limits, cost(791), kStart).kind == Kind::later);
  ledger.settle(first, usage(100, 400));
  const auto second = granted(ledger, limits, cost(4000));
  fail_unless(!second.output_limit);
  ledger.write_off(second);
  // Nothing is under way any more that could give something back.
  fail_unless(ledger.reserve(limits, cost(4000), kStart).kind == Kind::never);
}
GST_END_TEST

GST_START_TEST(nobody_waits_for_others_where_that_cannot_help)
{
  Ledger ledger;
  const Limits limits{.max_tokens = 5000};
  ledger.settle(granted(ledger, limits, cost(4000)), usage(100, 3900));
  granted(ledger, limits, cost(100));
  fail_unless(ledger.reserve(limits, cost(4000), kStart).kind == Kind::never);
}
GST_END_TEST

GST_START_TEST(limits_may_change_while_requests_are_under_way)
{
  Ledger ledger;
  const auto open = granted(ledger, {}, cost(4000));
  fail_unless(ledger.look({.max_tokens = 4000}, cost(1000), kStart).kind == Kind::later);
  fail_unless(ledger.look({.max_tokens = 1}, cost(1000), kStart).kind == Kind::never);
  fail_unless(ledger.look({.max_requests = 1}, cost(1000), kStart).kind == Kind::never);
  fail_unless(ledger.look({.max_requests = 2}, cost(1000), kStart).kind == Kind::granted);
  ledger.settle(open, usage(100, 10));
  fail_unless(ledger.look({.max_tokens = 4000}, cost(1000), kStart).kind == Kind::granted);
}
GST_END_TEST

GST_START_TEST(estimates_that_were_too_low_are_corrected)
{
  Ledger ledger;
  ledger.settle(granted(ledger, {}, cost(1000)), usage(150, 10));
  const auto reservation = granted(ledger, {}, {.input = 200, .output_limit = 1000});
  fail_unless(ledger.totals().reserved == 300 + 1000);
  // The worst counts, not the last; and too high an estimate teaches nothing.
  ledger.settle(reservation, usage(10, 10));
  granted(ledger, {}, cost(1000));
  fail_unless(ledger.totals().reserved == 150 + 1000);
}
GST_END_TEST

GST_START_TEST(absurd_numbers_of_a_service_do_no_harm)
{
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  Ledger ledger;
  for (int i = 0; i < 1000; ++i)
    ledger.settle(granted(ledger, {}, {.input = 1, .output_limit = kMost}),
                  {.prompt = kMost, .output = kMost, .thoughts = kMost, .total = kMost});
  fail_unless(ledger.totals().tokens() > 0);
  fail_unless(ledger.look({.max_tokens = 1'000'000}, cost(10), kStart).kind == Kind::never);

  Ledger other;
  other.settle(granted(other, {}, {.input = -5, .output_limit = -5}),
               {.prompt = -5, .output = 7, .thoughts = -9, .total = -100});
  fail_unless(other.totals().tokens() == 7);
}
GST_END_TEST

// Many steps at random, of requests that cost as much as they may.
// Who knows how long it takes to get there.
GST_START_TEST(a_request_counts_until_a_minute_after_it_was_sent)
{
  Ledger ledger;
  const Limits limits{.requests_per_minute = 1};
  const auto slow = ledger.reserve(limits, cost(10), kStart);
  fail_unless(ledger.look(limits, cost(10), kStart + 1s).when == kStart + Ledger::kWindow);
  const auto later = ledger.look(limits, cost(10), kStart + 90s);
  fail_unless(later.kind == Kind::later && !later.when);
  ledger.sent(slow.reservation, kStart + 100s);
  ledger.refund(slow.reservation);
  fail_unless(ledger.look(limits, cost(10), kStart + 101s).when == kStart + 100s + Ledger::kWindow);
  fail_unless(ledger.look(limits, cost(10), kStart + 100s + Ledger::kWindow).kind == Kind::granted);
}
GST_END_TEST

GST_START_TEST(no_limit_is_passed_whatever_happens)
{
  struct UnderWay {
    Ledger::Reservation reservation;
    Ledger::Cost cost;
  };
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random{seed};
    const auto pick = [&random](std::int64_t least, std::int64_t most) {
      return std::uniform_int_distribution<std::int64_t>{least, most}(random);
    };
    const Limits limits{.requests_per_minute = static_cast<unsigned>(pick(1, 12)),
                        .max_requests = static_cast<std::uint64_t>(pick(1, 400)),
                        .max_tokens = static_cast<std::uint64_t>(pick(1, 400'000))};
    Ledger ledger;
    std::vector<UnderWay> open;
    std::map<std::uint64_t, Ledger::TimePoint> sent;
    Ledger::TimePoint now = kStart;
    int n_granted = 0;
    for (int step = 0; step < 2000; ++step) {
      now += std::chrono::milliseconds{pick(0, 9) == 0 ? pick(0, 70'000) : pick(0, 500)};
      if (open.empty() || pick(0, 1) == 0) {
        Ledger::Cost wish{.input = pick(0, 4000)};
        if (pick(0, 1) == 0)
          wish.output_limit = pick(1, 8000);
        const auto looked = ledger.look(limits, wish, now);
        const auto before = ledger.totals();
        const auto verdict = ledger.reserve(limits, wish, now);
        fail_unless(looked.kind == verdict.kind && looked.when == verdict.when);
        fail_unless(looked.reservation.output_limit == verdict.reservation.output_limit);
        fail_unless(looked.reservation.id == 0);
        if (verdict.kind != Kind::granted) {
          fail_unless(looked.limit == verdict.limit && verdict.reservation.id == 0);
          fail_unless(ledger.totals().requests == before.requests);
          fail_unless(ledger.totals().tokens() == before.tokens());
          // Who waits as long as told is not told to wait for the same any more.
          if (verdict.when) {
            fail_unless(*verdict.when > now);
            fail_unless(ledger.look(limits, wish, *verdict.when - 1ns).kind == Kind::later);
            // Those that are still on their way may be in its way then, too.
            if (open.empty())
              fail_unless(ledger.look(limits, wish, *verdict.when).kind == Kind::granted);
          }
          continue;
        }
        ++n_granted;
        if (verdict.reservation.output_limit)
          wish.output_limit = verdict.reservation.output_limit;
        open.push_back({verdict.reservation, wish});
      } else {
        const auto at = static_cast<std::size_t>(pick(0, std::ssize(open) - 1));
        const UnderWay ends = open[at];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
        // The service may have seen it as late as now.
        ledger.sent(ends.reservation, now);
        sent.emplace(ends.reservation.id, now);
        const std::int64_t most = ends.cost.output_limit.value_or(ends.cost.model_output_limit);
        switch (pick(0, 5)) {
        case 0:
          ledger.refund(ends.reservation);
          break;
        case 1:
          ledger.cancel(ends.reservation);
          sent.erase(ends.reservation.id);
          break;
        case 2:
          ledger.write_off(ends.reservation);
          break;
        default: {
          const std::int64_t output = pick(0, std::min<std::int64_t>(most, 3000));
          const std::int64_t thoughts = pick(0, 3) == 0 ? most - output : 0;
          ledger.settle(ends.reservation, usage(pick(0, ends.cost.input), output, thoughts));
        }
        }
      }
      fail_unless(ledger.totals().requests <= limits.max_requests);
      fail_unless(ledger.totals().tokens() <= static_cast<std::int64_t>(limits.max_tokens));
      fail_unless(ledger.totals().tokens() >= 0 && ledger.totals().reserved >= 0);
      const auto in_minute = std::count_if(
          sent.begin(), sent.end(), [now](const auto &one) { return now - one.second < 60s; });
      fail_unless(in_minute <= limits.requests_per_minute, "seed %u, step %d", seed, step);
    }
    fail_unless(n_granted > 0 || limits.max_tokens < 10'000, "seed %u", seed);
  }
}
GST_END_TEST

GST_START_TEST(alarms_are_told_once_and_only_the_highest)
{
  BudgetAlarm alarm;
  const Limits limits{.requests_per_minute = 1, .max_requests = 10, .max_tokens = 1000};
  Ledger::Totals totals;
  const auto check = [&] { return told(alarm.check(limits, totals)); };
  fail_unless(check().empty());
  totals.requests = 4;
  totals.usage.total = 499;
  fail_unless(check().empty());
  totals.requests = 5;
  fail_unless(check() == "max-requests 50% 5/10");
  fail_unless(check().empty());
  totals.requests = 7;
  totals.usage.total = 700;
  totals.unknown = 100;
  fail_unless(check() == "max-tokens 80% 800/1000");
  totals.requests = 10;
  totals.unknown = 300;
  fail_unless(check() == "max-requests 100% 10/10, max-tokens 100% 1000/1000");
  totals.requests = 11;
  fail_unless(check().empty());
}
GST_END_TEST

GST_START_TEST(tokens_that_are_only_reserved_raise_no_alarm)
{
  BudgetAlarm alarm;
  Ledger::Totals totals;
  totals.reserved = 1000;
  fail_unless(alarm.check({.max_tokens = 1000}, totals).empty());
}
GST_END_TEST

GST_START_TEST(a_rest_that_is_too_small_for_a_request_is_at_100_percent)
{
  BudgetAlarm alarm;
  const Limits limits{.requests_per_minute = 5, .max_requests = 100, .max_tokens = 1000};
  Ledger::Totals totals;
  totals.usage.total = 900;
  fail_unless(told(alarm.check(limits, totals)) == "max-tokens 80% 900/1000");
  fail_unless(alarm.check(limits, totals, LimitKind::requests_per_minute).empty());
  fail_unless(told(alarm.check(limits, totals, LimitKind::max_tokens)) ==
              "max-tokens 100% 900/1000");
  fail_unless(alarm.check(limits, totals, LimitKind::max_tokens).empty());
}
GST_END_TEST

GST_START_TEST(a_limit_that_changes_is_told_of_anew)
{
  BudgetAlarm alarm;
  Ledger::Totals totals;
  totals.requests = 6;
  totals.usage.total = 900;
  Limits limits{.max_requests = 10, .max_tokens = 1000};
  fail_unless(told(alarm.check(limits, totals)) ==
              "max-requests 50% 6/10, max-tokens 80% 900/1000");
  limits.requests_per_minute = 7;
  fail_unless(alarm.check(limits, totals).empty());
  limits.max_requests = 12;
  fail_unless(told(alarm.check(limits, totals)) == "max-requests 50% 6/12");
  limits.max_tokens = 1100;
  fail_unless(told(alarm.check(limits, totals)) == "max-tokens 80% 900/1100");
  limits.max_requests = 0;
  fail_unless(alarm.check(limits, totals).empty());
  limits.max_requests = 3;
  fail_unless(told(alarm.check(limits, totals)) == "max-requests 100% 6/3");
}
GST_END_TEST

GST_START_TEST(prices_are_per_million_tokens_and_thoughts_are_output)
{
  const Price price{.input = 0.3, .output = 2.5};
  fail_unless(is_near(cost_of(usage(1'000'000, 0), price), 0.3));
  fail_unless(is_near(cost_of(usage(0, 600'000, 400'000), price), 2.5));
  fail_unless(is_near(cost_of(usage(1290, 210), Price{}), 0));
}
GST_END_TEST

GST_START_TEST(a_day_is_projected_from_the_settings)
{
  struct Case {
    double samples_per_second;
    unsigned frames_per_request;
    unsigned requests_per_minute;
    double requests;
  };
  for (const Case &c : {Case{1, 1, 0, 86'400}, Case{0.5, 1, 0, 43'200}, Case{0, 1, 10, 0},
                        Case{30, 1, 0, 2'592'000}, Case{1, 4, 0, 21'600}, Case{1, 0, 0, 86'400},
                        Case{1, 1, 10, 14'400}, Case{0.1, 1, 10, 8'640}, Case{1, 10, 10, 8'640}}) {
    const Projection day = project(c.samples_per_second, c.frames_per_request,
                                   {.requests_per_minute = c.requests_per_minute}, {}, 1290, 210);
    fail_unless(is_near(day.requests, c.requests), "%g", day.requests);
    fail_unless(is_near(day.tokens, c.requests * 1500), "%g", day.tokens);
    fail_unless(!day.cost);
  }
}
GST_END_TEST

GST_START_TEST(a_day_costs_something_where_there_is_a_price)
{
  const auto day = project(1, 1, {}, {.input = 0.3, .output = 2.5}, 1000, 200);
  fail_unless(day.cost && is_near(*day.cost, 86'400 * (1000 * 0.3 + 200 * 2.5) / 1e6));
  fail_unless(
      is_near(project(1, 1, {}, {.output = 2}, 1000, 200).cost.value_or(0), 86'400 * 400 / 1e6));
  fail_unless(
      is_near(project(1, 1, {}, {.input = 2}, 1000, 0).cost.value_or(0), 86'400 * 2000 / 1e6));
}
GST_END_TEST

static Suite *ledger_suite()
{
  Suite *suite = suite_create("ledger");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, without_limits_everything_is_granted_and_counted);
  tcase_add_test(tcase, the_minute_lets_as_many_through_as_were_set);
  tcase_add_test(tcase, refused_and_unanswered_requests_stay_in_the_minute_but_unsent_ones_do_not);
  tcase_add_test(tcase, elements_have_each_their_own_thresholds_on_one_count);
  tcase_add_test(tcase, requests_that_cost_nothing_count_as_requests);
  tcase_add_test(tcase, requests_that_were_never_sent_count_for_nothing);
  tcase_add_test(tcase, an_answer_costs_what_the_service_says);
  tcase_add_test(tcase, a_total_that_is_missing_is_the_sum_of_its_parts);
  tcase_add_test(tcase, what_nobody_knows_the_cost_of_stays_reserved);
  tcase_add_test(tcase, a_reservation_ends_once);
  tcase_add_test(tcase, what_is_left_shortens_the_answer_and_is_told);
  tcase_add_test(tcase, an_answer_is_not_shortened_to_nothing);
  tcase_add_test(tcase, what_is_reserved_by_others_may_come_back);
  tcase_add_test(tcase, nobody_waits_for_others_where_that_cannot_help);
  tcase_add_test(tcase, limits_may_change_while_requests_are_under_way);
  tcase_add_test(tcase, estimates_that_were_too_low_are_corrected);
  tcase_add_test(tcase, absurd_numbers_of_a_service_do_no_harm);
  tcase_add_test(tcase, a_request_counts_until_a_minute_after_it_was_sent);
  tcase_add_test(tcase, no_limit_is_passed_whatever_happens);
  tcase_add_test(tcase, alarms_are_told_once_and_only_the_highest);
  tcase_add_test(tcase, tokens_that_are_only_reserved_raise_no_alarm);
  tcase_add_test(tcase, a_rest_that_is_too_small_for_a_request_is_at_100_percent);
  tcase_add_test(tcase, a_limit_that_changes_is_told_of_anew);
  tcase_add_test(tcase, prices_are_per_million_tokens_and_thoughts_are_output);
  tcase_add_test(tcase, a_day_is_projected_from_the_settings);
  tcase_add_test(tcase, a_day_costs_something_where_there_is_a_price);
  return suite;
}

GST_CHECK_MAIN(ledger)
