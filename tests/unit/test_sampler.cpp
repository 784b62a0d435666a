// SPDX-License-Identifier: LGPL-2.1-or-later
// Sampling by running time.
#include "core/sampler.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Rate;
using gemini::Sampler;
using namespace std::chrono_literals;

namespace {

using Times = std::vector<std::chrono::nanoseconds>;

// The running times of `count` frames at numerator/denominator frames a second, rounded down as
// GStreamer does.
Times frames(std::int64_t numerator, std::int64_t denominator, std::int64_t count)
{
  Times times;
  for (std::int64_t i = 0; i < count; ++i)
    times.emplace_back(i * denominator * 1'000'000'000 / numerator);
  return times;
}

Times due(Sampler &sampler, const Times &times)
{
  Times result;
  for (const auto time : times) {
    if (sampler.is_due(time))
      result.push_back(time);
  }
  return result;
}

Times due(Rate rate, const Times &times)
{
  Sampler sampler{rate};
  return due(sampler, times);
}

} // namespace

GST_START_TEST(sampler_takes_the_first_frame_of_each_slot)
{
  const Times samples = due({1, 1}, frames(25, 1, 250));
  fail_unless_equals_int(static_cast<int>(samples.size()), 10);
  for (std::size_t i = 0; i < samples.size(); ++i)
    fail_unless(samples[i] == std::chrono::seconds{i});
}
GST_END_TEST

GST_START_TEST(sampler_keeps_any_rate)
{
  struct Case {
    Rate rate;
    std::size_t samples; // of 60 s of 30 frames a second
  };
  for (const Case &c : {Case{{1, 1}, 60}, Case{{2, 1}, 120}, Case{{1, 2}, 30}, Case{{1, 60}, 1},
                        Case{{1, 3600}, 1}, Case{{3, 7}, 26}, Case{{15, 1}, 900}}) {
    const std::size_t samples = due(c.rate, frames(30, 1, 1800)).size();
    fail_unless(samples == c.samples, "%d/%d: %zu", c.rate.numerator, c.rate.denominator, samples);
  }
}
GST_END_TEST

GST_START_TEST(sampler_never_samples_at_rate_zero)
{
  const Times times = frames(30, 1, 300);
  fail_unless(due({0, 1}, times).empty());
  fail_unless(due({1, 0}, times).empty());
  fail_unless(due({-1, 1}, times).empty());
}
GST_END_TEST

GST_START_TEST(sampler_takes_every_frame_when_asked_for_more_than_there_are)
{
  constexpr int kMost = std::numeric_limits<int>::max();
  fail_unless(due({kMost, 1}, frames(60, 1, 6000)).size() == 6000);
  fail_unless(due({1000, 1}, frames(60, 1, 6000)).size() == 6000);
  fail_unless(due({kMost, kMost}, frames(25, 1, 250)).size() == 10);
  // A day into the stream, nanoseconds times the numerator do not fit 64 bits.
  Sampler sampler{{kMost, 1}};
  fail_unless(sampler.is_due(24h));
  fail_unless(!sampler.is_due(24h));
  fail_unless(sampler.is_due(24h + 1ms));
}
GST_END_TEST

// Timestamps are rounded down to a nanosecond, in some containers to a millisecond; no frame is
// lost by that.
GST_START_TEST(sampler_takes_every_frame_at_the_rate_of_the_video)
{
  for (const Rate rate : {Rate{30, 1}, Rate{30000, 1001}, Rate{24000, 1001}, Rate{25, 1},
                          Rate{10, 1}, Rate{60000, 1001}}) {
    Times times = frames(rate.numerator, rate.denominator, 1000);
    fail_unless(due(rate, times).size() == 1000, "%d/%d", rate.numerator, rate.denominator);
    for (auto &time : times)
      time = std::chrono::floor<std::chrono::milliseconds>(time);
    fail_unless(due(rate, times).size() == 1000, "%d/%d in milliseconds", rate.numerator,
                rate.denominator);
  }
  fail_unless(due({3000, 1}, frames(3000, 1, 9000)).size() == 9000);
}
GST_END_TEST

GST_START_TEST(sampler_does_not_drift_with_an_uneven_frame_rate)
{
  const Times samples = due({1, 1}, frames(30000, 1001, 108'000)); // an hour
  fail_unless_equals_int(static_cast<int>(samples.size()), 3604);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto late = samples[i] - std::chrono::seconds{i};
    fail_unless(late >= -1ms && late < 34ms, "sample %zu", i);
  }
}
GST_END_TEST

GST_START_TEST(sampler_takes_one_a_slot_whatever_the_jitter)
{
  std::minstd_rand random{1};
  Times times = frames(30, 1, 3000);
  for (auto &time : times)
    time += std::chrono::microseconds{random() % 20'000};
  const Times samples = due({1, 1}, times);
  fail_unless_equals_int(static_cast<int>(samples.size()), 100);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto late = samples[i] - std::chrono::seconds{i};
    fail_unless(late >= -1ms && late < 54ms, "sample %zu", i);
  }
}
GST_END_TEST

GST_START_TEST(sampler_makes_no_burst_after_a_gap)
{
  Sampler sampler{{1, 1}};
  fail_unless(sampler.is_due(0s));
  fail_unless(sampler.is_due(10s + 900ms)); // ten slots late
  fail_unless(!sampler.is_due(10s + 940ms));
  fail_unless(sampler.is_due(11s)); // and at once back in step
  fail_unless(!sampler.is_due(11s + 40ms));
}
GST_END_TEST

GST_START_TEST(sampler_starts_where_the_stream_starts)
{
  Sampler sampler{{1, 10}};
  fail_unless(sampler.is_due(1234567ms));
  fail_unless(!sampler.is_due(1234568ms));
}
GST_END_TEST

GST_START_TEST(sampler_ignores_frames_before_the_segment)
{
  Sampler sampler{{1, 1}};
  fail_unless(!sampler.is_due(-1ns));
  fail_unless(!sampler.is_due(std::chrono::nanoseconds::min()));
  fail_unless(sampler.is_due(0ns));
}
GST_END_TEST

GST_START_TEST(sampler_takes_up_a_new_rate_with_the_next_frame)
{
  Sampler sampler{{1, 10}};
  fail_unless(sampler.is_due(0s));
  fail_unless(!sampler.is_due(1s));
  sampler.set_rate({2, 1});
  fail_unless(sampler.is_due(1s + 100ms));
  fail_unless(!sampler.is_due(1s + 400ms));
  fail_unless(sampler.is_due(1s + 500ms));
  sampler.set_rate({0, 1});
  fail_unless(!sampler.is_due(100s));
  sampler.set_rate({1, 10});
  fail_unless(sampler.is_due(101s));
}
GST_END_TEST

GST_START_TEST(sampler_is_not_disturbed_by_setting_the_same_rate)
{
  Sampler sampler{{1, 10}};
  fail_unless(sampler.is_due(0s));
  sampler.set_rate({1, 10});
  fail_unless(!sampler.is_due(1s));
}
GST_END_TEST

GST_START_TEST(sampler_takes_the_next_frame_after_a_reset)
{
  Sampler sampler{{1, 10}};
  fail_unless(sampler.is_due(3s));
  fail_unless(!sampler.is_due(4s));
  sampler.reset();
  fail_unless(sampler.is_due(3s)); // a seek may go back
  fail_unless(!sampler.is_due(4s));
}
GST_END_TEST

GST_START_TEST(sampler_takes_one_a_slot_of_frames_out_of_order)
{
  // As a decoder that does not reorder gives them: 0 3 1 2 6 4 5.
  Times times;
  for (const auto time : frames(30, 1, 297)) {
    const auto i = static_cast<std::int64_t>(times.size());
    const std::int64_t shift = i % 3 == 1 ? 2 : -1;
    times.push_back(std::max(0ns, time + std::chrono::nanoseconds{shift * 1'000'000'000 / 30}));
  }
  fail_unless_equals_int(static_cast<int>(due({5, 1}, times).size()), 50);
  fail_unless_equals_int(static_cast<int>(due({1, 1}, times).size()), 10);
}
GST_END_TEST

GST_START_TEST(sampler_goes_on_where_time_went_back)
{
  Sampler sampler{{1, 1}};
  fail_unless(sampler.is_due(100s));
  fail_unless(!sampler.is_due(99s + 500ms));
  fail_unless(sampler.is_due(20s)); // a stream that began again, and did not say so
  fail_unless(!sampler.is_due(20s + 40ms));
  fail_unless(sampler.is_due(21s));
}
GST_END_TEST

static Suite *sampler_suite()
{
  Suite *suite = suite_create("sampler");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, sampler_takes_the_first_frame_of_each_slot);
  tcase_add_test(tcase, sampler_keeps_any_rate);
  tcase_add_test(tcase, sampler_never_samples_at_rate_zero);
  tcase_add_test(tcase, sampler_takes_every_frame_when_asked_for_more_than_there_are);
  tcase_add_test(tcase, sampler_takes_every_frame_at_the_rate_of_the_video);
  tcase_add_test(tcase, sampler_does_not_drift_with_an_uneven_frame_rate);
  tcase_add_test(tcase, sampler_takes_one_a_slot_whatever_the_jitter);
  tcase_add_test(tcase, sampler_makes_no_burst_after_a_gap);
  tcase_add_test(tcase, sampler_starts_where_the_stream_starts);
  tcase_add_test(tcase, sampler_ignores_frames_before_the_segment);
  tcase_add_test(tcase, sampler_takes_up_a_new_rate_with_the_next_frame);
  tcase_add_test(tcase, sampler_is_not_disturbed_by_setting_the_same_rate);
  tcase_add_test(tcase, sampler_takes_the_next_frame_after_a_reset);
  tcase_add_test(tcase, sampler_takes_one_a_slot_of_frames_out_of_order);
  tcase_add_test(tcase, sampler_goes_on_where_time_went_back);
  return suite;
}

GST_CHECK_MAIN(sampler)
