// SPDX-License-Identifier: LGPL-2.1-or-later
// The clock that waits go by, and the one that tests put in its place.
#include "glib/clock.hpp"
#include "glib/clock_source.hpp"
#include "glib/main_context_thread.hpp"
#include "support/manual_clock.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;
using gemini::test::ManualClock;

namespace {

bool never()
{
  return false;
}

// Waits on nothing until `until`, in a thread of its own.
std::future<void> wait_until(Clock::TimePoint until)
{
  return std::async(std::launch::async, [until] {
    std::mutex guard; // guards nothing: there is nothing to change
    std::condition_variable changed;
    std::unique_lock lock{guard};
    Clock::current().wait(lock, changed, until, never);
  });
}

} // namespace

GST_START_TEST(the_steady_clock_is_the_machines)
{
  Clock &clock = Clock::current();
  const auto before = std::chrono::steady_clock::now();
  const auto now = clock.now();
  fail_unless(before <= now && now <= std::chrono::steady_clock::now());
  const auto off = std::chrono::system_clock::now() - clock.wall();
  fail_unless(off >= 0s && off < 10s);
}
GST_END_TEST

GST_START_TEST(a_sleep_is_never_too_short)
{
  Clock &clock = Clock::current();
  assert_equals_int(clock.sleep_ms(clock.now() - 1s), 0);
  assert_equals_int(clock.sleep_ms(clock.now()), 0);
  const int some = clock.sleep_ms(clock.now() + 1s);
  fail_unless(some > 900 && some <= 1000, "%d ms", some);
  assert_equals_int(clock.sleep_ms(clock.now() + 900us) <= 1, true);
  fail_unless(clock.sleep_ms(Clock::TimePoint::max()) > 0);
}
GST_END_TEST

GST_START_TEST(a_wait_ends_when_its_time_has_come)
{
  std::mutex guard; // guards nothing
  std::condition_variable changed;
  std::unique_lock lock{guard};
  const auto until = Clock::current().now() + 5ms;
  Clock::current().wait(lock, changed, until, never);
  fail_unless(Clock::current().now() >= until);
}
GST_END_TEST

GST_START_TEST(a_wait_ends_when_it_is_done)
{
  for (const bool has_end : {false, true}) {
    std::mutex guard; // guards is_done
    std::condition_variable changed;
    bool is_done = false;
    std::thread other{[&] {
      const std::lock_guard lock{guard};
      is_done = true;
      changed.notify_one();
    }};
    {
      std::unique_lock lock{guard};
      const auto until = Clock::current().now() + 1h;
      Clock::current().wait(lock, changed, has_end ? std::optional{until} : std::nullopt,
                            [&] { return is_done; });
      fail_unless(is_done);
    }
    other.join();
  }
}
GST_END_TEST

GST_START_TEST(the_manual_clock_stands_until_it_is_moved)
{
  ManualClock clock;
  fail_unless(&Clock::current() == &clock);
  const auto now = clock.now();
  const auto wall = clock.wall();
  fail_unless(clock.now() == now && clock.wall() == wall);
  fail_unless(wall == std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h);
  clock.advance(90s);
  fail_unless(clock.now() == now + 90s && clock.wall() == wall + 90s);
  clock.set(now + 1h);
  fail_unless(clock.now() == now + 1h && clock.wall() == wall + 1h);
}
GST_END_TEST

GST_START_TEST(the_steady_clock_comes_back)
{
  auto clock = std::make_unique<ManualClock>();
  fail_unless(&Clock::current() == clock.get());
  clock.reset();
  fail_unless(Clock::current().now() - std::chrono::steady_clock::now() < 10s);
}
GST_END_TEST

GST_START_TEST(a_wait_of_an_hour_takes_as_long_as_the_manual_clock_says)
{
  ManualClock clock;
  std::future<void> waiting = wait_until(clock.now() + 1h);
  fail_unless(clock.wait_for_sleeper(1h));
  clock.advance(59min);
  fail_unless(clock.wait_for_sleeper(1min)); // still there
  clock.advance(1min);
  fail_unless(waiting.wait_for(20s) == std::future_status::ready);
}
GST_END_TEST

GST_START_TEST(a_sleeper_of_an_unknown_time_is_found)
{
  ManualClock clock;
  std::future<void> one = wait_until(clock.now() + 700ms);
  std::future<void> other = wait_until(clock.now() + 60s);
  const auto found = clock.wait_for_sleeper(500ms, 1s);
  fail_unless(found && *found == 700ms);
  clock.advance(1min);
  fail_unless(one.wait_for(20s) == std::future_status::ready);
  fail_unless(other.wait_for(20s) == std::future_status::ready);
}
GST_END_TEST

GST_START_TEST(a_timer_of_a_main_context_goes_by_the_clock)
{
  ManualClock clock;
  MainContextThread thread{"timer"};
  std::promise<void> came;
  std::atomic<bool> has_come = false;
  thread.post([&] {
    const auto source = clock_source(clock.now() + 30s, [&] {
      has_come = true;
      came.set_value();
    });
    g_source_attach(source.get(), thread.context());
  });
  fail_unless(clock.wait_for_sleeper(30s));
  clock.advance(29s);
  fail_unless(clock.wait_for_sleeper(1s));
  fail_unless(!has_come);
  clock.advance(1s);
  fail_unless(came.get_future().wait_for(20s) == std::future_status::ready);
}
GST_END_TEST

GST_START_TEST(a_timer_goes_by_the_machines_clock_otherwise)
{
  MainContextThread thread{"timer"};
  std::promise<Clock::TimePoint> came;
  const auto due = Clock::current().now() + 5ms;
  thread.post([&] {
    const auto source = clock_source(due, [&] { came.set_value(Clock::current().now()); });
    g_source_attach(source.get(), thread.context());
  });
  fail_unless(came.get_future().get() >= due);
}
GST_END_TEST

GST_START_TEST(a_timer_that_is_destroyed_lets_go_of_its_job)
{
  ManualClock clock;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  auto source = clock_source(clock.now() + 1s, [held = std::move(held)] { fail("it came"); });
  const auto context = Ref<GMainContext>::adopt(g_main_context_new());
  g_source_attach(source.get(), context.get());
  g_source_destroy(source.get());
  fail_unless(watch.expired());
  clock.advance(2s);
  fail_unless(!g_main_context_iteration(context.get(), FALSE));
}
GST_END_TEST

static Suite *clock_suite()
{
  Suite *suite = suite_create("clock");
  TCase *tcase = tcase_create("clock");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, the_steady_clock_is_the_machines);
  tcase_add_test(tcase, a_sleep_is_never_too_short);
  tcase_add_test(tcase, a_wait_ends_when_its_time_has_come);
  tcase_add_test(tcase, a_wait_ends_when_it_is_done);
  tcase_add_test(tcase, the_manual_clock_stands_until_it_is_moved);
  tcase_add_test(tcase, the_steady_clock_comes_back);
  tcase_add_test(tcase, a_wait_of_an_hour_takes_as_long_as_the_manual_clock_says);
  tcase_add_test(tcase, a_sleeper_of_an_unknown_time_is_found);
  tcase_add_test(tcase, a_timer_of_a_main_context_goes_by_the_clock);
  tcase_add_test(tcase, a_timer_goes_by_the_machines_clock_otherwise);
  tcase_add_test(tcase, a_timer_that_is_destroyed_lets_go_of_its_job);
  return suite;
}
GST_CHECK_MAIN(clock)
