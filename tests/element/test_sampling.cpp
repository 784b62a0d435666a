// SPDX-License-Identifier: LGPL-2.1-or-later
// Which frames are asked about: by running time whatever the stream does, by change, and by
// sharpness.
#include "sampled.hpp"

#include <algorithm>
#include <cmath>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;
// Every due frame is asked about.
constexpr const char *kAll = "mode=live max-in-flight=64 ";

// Frames of 10 a second of stream time, from `from` to before `to` in milliseconds.
void pass(Analyzer &analyzer, unsigned from, unsigned to)
{
  for (unsigned time = from; time < to; time += 100)
    gst_buffer_unref(analyzer.pass(time * GST_MSECOND));
}

void wait_for_answers(Analyzer &analyzer, std::size_t n)
{
  for (std::size_t i = 0; i < n; ++i)
    analyzer.wait_for_analysis();
}

} // namespace

GST_START_TEST(samples_are_counted_by_running_time_where_no_frame_rate_is_known)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "analysis-rate=2/1",
                    "video/x-raw,format=I420,width=320,height=240,framerate=0/1"};
  for (const unsigned time : {0U, 30U, 70U, 480U, 520U, 900U, 1010U, 1490U, 1700U})
    gst_buffer_unref(analyzer.pass(time * GST_MSECOND));
  expect_sampled(analyzer, {0, 520, 1010, 1700});
}
GST_END_TEST

GST_START_TEST(rate_zero_samples_nothing)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "analysis-rate=0/1"};
  pass(analyzer, 0, 3000);
  fail_unless_equals_uint64(analyzer.stat("samples"), 0);
}
GST_END_TEST

GST_START_TEST(a_gap_makes_no_burst)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  pass(analyzer, 0, 1500);
  fail_unless(gst_harness_push_event(analyzer.harness(),
                                     gst_event_new_gap(1500 * GST_MSECOND, 6 * GST_SECOND)));
  pass(analyzer, 7500, 9200);
  expect_sampled(analyzer, {0, 1000, 7500, 8000, 9000});
}
GST_END_TEST

GST_START_TEST(the_first_frame_after_a_flushing_seek_is_due)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  pass(analyzer, 0, 500);
  wait_for_answers(analyzer, 1);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE)));
  GstSegment segment = time_segment();
  segment.start = segment.time = segment.position = 20300 * GST_MSECOND;
  new_segment(analyzer, segment);
  pass(analyzer, 20300, 21800); // running time 0 to 1500
  fail_unless_equals_uint64(analyzer.stat("samples"), 3);
  fail_unless((told(analyzer, 2) == Times{20300 * GST_MSECOND, 21300 * GST_MSECOND}));
}
GST_END_TEST

GST_START_TEST(the_first_frame_after_a_seek_without_flush_is_due)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  pass(analyzer, 0, 500);
  wait_for_answers(analyzer, 1);
  GstSegment segment = time_segment();
  segment.start = segment.time = segment.position = 20300 * GST_MSECOND;
  segment.base = 500 * GST_MSECOND;
  new_segment(analyzer, segment);
  pass(analyzer, 20300, 22000); // running time 500 to 2200
  fail_unless_equals_uint64(analyzer.stat("samples"), 4);
  fail_unless(
      (told(analyzer, 3) == Times{20300 * GST_MSECOND, 20800 * GST_MSECOND, 21800 * GST_MSECOND}));
}
GST_END_TEST

GST_START_TEST(an_update_of_the_segment_makes_no_sample)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  pass(analyzer, 0, 500);
  GstSegment segment = time_segment();
  segment.stop = 60 * GST_SECOND;
  new_segment(analyzer, segment);
  pass(analyzer, 500, 700);
  // The same, told from where the stream is.
  segment.start = segment.time = segment.base = segment.position = 600 * GST_MSECOND;
  new_segment(analyzer, segment);
  pass(analyzer, 700, 1500);
  expect_sampled(analyzer, {0, 1000});
}
GST_END_TEST

GST_START_TEST(every_round_of_a_loop_is_sampled)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  for (unsigned round = 0; round < 3; ++round) {
    GstSegment segment = time_segment();
    segment.stop = 1500 * GST_MSECOND;
    segment.base = round * 1500 * GST_MSECOND;
    new_segment(analyzer, segment);
    pass(analyzer, 0, 1500);
    // At 0 and 1000 of running time, 1500 (again the first frame) and 2000, 3000 and 4000.
    const GstClockTime second = round == 1 ? 500 * GST_MSECOND : GST_SECOND;
    fail_unless((told(analyzer, 2) == Times{0, second}));
  }
  fail_unless_equals_uint64(analyzer.stat("samples"), 6);
}
GST_END_TEST

GST_START_TEST(samples_follow_the_rate_of_playing)
{
  for (const double rate : {0.5, 2.0}) {
    Emulator emulator;
    Analyzer analyzer{emulator.url(), kAll};
    GstSegment segment = time_segment();
    segment.rate = rate;
    new_segment(analyzer, segment);
    pass(analyzer, 0, 4500);
    if (rate < 1)
      expect_sampled(analyzer, {0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000});
    else
      expect_sampled(analyzer, {0, 2000, 4000});
  }
}
GST_END_TEST

GST_START_TEST(a_stream_that_plays_backwards_is_sampled)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  GstSegment segment = time_segment();
  segment.rate = -1;
  segment.stop = 3 * GST_SECOND;
  segment.position = segment.stop;
  new_segment(analyzer, segment);
  for (unsigned time = 3000; time > 0; time -= 100)
    gst_buffer_unref(analyzer.pass(time * GST_MSECOND));
  expect_sampled(analyzer, {3000, 2000, 1000});
}
GST_END_TEST

GST_START_TEST(frames_outside_of_the_segment_are_no_samples)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  GstSegment segment = time_segment();
  segment.start = segment.time = segment.position = 5 * GST_SECOND;
  segment.stop = 6 * GST_SECOND;
  new_segment(analyzer, segment);
  pass(analyzer, 4000, 7000);
  expect_sampled(analyzer, {5000, 6000});
}
GST_END_TEST

GST_START_TEST(frames_without_a_time_are_counted_on)
{
  Emulator emulator;
  // By the frame rate, or by how long they last.
  for (const bool has_rate : {true, false}) {
    Analyzer analyzer{emulator.url(), kAll,
                      has_rate ? kCaps
                               : "video/x-raw,format=I420,width=320,height=240,framerate=0/1"};
    for (unsigned i = 0; i < 25; ++i) {
      GstBuffer *frame = analyzer.frame(GST_CLOCK_TIME_NONE);
      if (!has_rate)
        GST_BUFFER_DURATION(frame) = kFrame;
      gst_buffer_unref(gemini::test::pass(analyzer, frame));
    }
    fail_unless_equals_uint64(analyzer.stat("samples"), 3);
    wait_for_answers(analyzer, 3);
  }
}
GST_END_TEST

GST_START_TEST(frames_out_of_order_make_no_further_samples)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  for (const unsigned time : {0U, 300U, 100U, 200U, 600U, 400U, 500U, 900U, 700U, 800U, 1200U,
                              1000U, 1100U, 1300U, 1900U, 2000U, 1800U, 2100U})
    gst_buffer_unref(analyzer.pass(time * GST_MSECOND));
  expect_sampled(analyzer, {0, 1200, 2000});
}
GST_END_TEST

GST_START_TEST(the_first_frame_of_new_caps_is_due)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  pass(analyzer, 0, 400);
  wait_for_answers(analyzer, 1);
  g_autoptr(GstCaps) caps =
      gst_caps_from_string("video/x-raw,format=GRAY8,width=64,height=64,framerate=10/1");
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps)));
  for (unsigned time = 400; time < 1300; time += 100) {
    GstBuffer *frame = gst_buffer_new_allocate(nullptr, 64 * 64, nullptr);
    gst_buffer_memset(frame, 0, 50, 64 * 64);
    GST_BUFFER_PTS(frame) = time * GST_MSECOND;
    gst_buffer_unref(gemini::test::pass(analyzer, frame));
  }
  fail_unless_equals_uint64(analyzer.stat("samples"), 3);
  fail_unless((told(analyzer, 2) == Times{400 * GST_MSECOND, GST_SECOND}));
}
GST_END_TEST

// Events of a clip: what is seen from which millisecond on.
GST_START_TEST(only_what_has_changed_is_sent)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "analysis-rate=10/1 change-threshold=0.05"};
  const auto clip = [](unsigned time, int x, int y) {
    // Someone small comes at 2000, goes one step at 4000, and leaves at 6000.
    const int left = time < 4000 ? 200 : 212;
    if (time >= 2000 && time < 6000 && x >= left && x < left + 14 && y >= 120 && y < 150)
      return 40.0;
    // From 7000 to 9500 it slowly gets darker; at 10000 another scene follows.
    if (time >= 10000)
      return x < 160 ? 60.0 : 150.0;
    const double light = time < 7000 ? 1 : 1 - (std::min(time, 9500U) - 7000) / 20000.0;
    return yard(x, y) * light;
  };
  for (unsigned time = 0; time < 12000; time += 100)
    gst_buffer_unref(gemini::test::pass(
        analyzer, painted([&](int x, int y) { return clip(time, x, y); }, time * GST_MSECOND, 5)));
  expect_sampled(analyzer, {0, 2000, 4000, 6000, 10000});
  fail_unless_equals_uint64(analyzer.stat("skipped-unchanged"), 115);
  fail_unless_equals_uint64(analyzer.stat("requests"), 5);
}
GST_END_TEST

GST_START_TEST(without_a_threshold_all_is_sent)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kAll};
  pass(analyzer, 0, 3000);
  expect_sampled(analyzer, {0, 1000, 2000});
}
GST_END_TEST

GST_START_TEST(silence_is_broken_after_its_time)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "change-threshold=0.05 max-silence=2500"};
  pass(analyzer, 0, 7500);
  expect_sampled(analyzer, {0, 3000, 6000});
  fail_unless_equals_uint64(analyzer.stat("skipped-unchanged"), 5);
}
GST_END_TEST

GST_START_TEST(a_failed_request_is_made_again_though_nothing_has_changed)
{
  Emulator emulator{{.faults = "1-2 status 500"}};
  Analyzer analyzer{emulator.url(), std::string{kAll} + "change-threshold=0.05 retries=0"};
  for (unsigned second = 0; second < 5; ++second) {
    gst_buffer_unref(analyzer.pass(second * GST_SECOND));
    if (second < 3)
      analyzer.wait_for_analysis();
  }
  fail_unless_equals_uint64(analyzer.stat("samples"), 3);
  fail_unless_equals_uint64(analyzer.stat("skipped-unchanged"), 2);
}
GST_END_TEST

GST_START_TEST(new_settings_caps_and_a_flush_are_always_followed_by_a_sample)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "change-threshold=0.05"};
  pass(analyzer, 0, 2500);
  fail_unless_equals_uint64(analyzer.stat("samples"), 1);
  g_object_set(analyzer.element(), "prompt", "cats", nullptr);
  pass(analyzer, 2500, 4500);
  fail_unless_equals_uint64(analyzer.stat("samples"), 2);
  wait_for_answers(analyzer, 2);
  flush(analyzer);
  pass(analyzer, 0, 1500);
  fail_unless_equals_uint64(analyzer.stat("samples"), 3);
  wait_for_answers(analyzer, 1);
  // The same pixels, but shown otherwise.
  g_autoptr(GstCaps) caps = gst_caps_from_string(
      "video/x-raw,format=I420,width=320,height=240,framerate=10/1,pixel-aspect-ratio=2/1");
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps)));
  pass(analyzer, 1500, 3500);
  fail_unless_equals_uint64(analyzer.stat("samples"), 4);
}
GST_END_TEST

GST_START_TEST(an_answer_stays_while_the_picture_does)
{
  Emulator emulator{{.faults = says(1, one_object("a")) + "2- silence"}};
  Analyzer analyzer{emulator.url(), "mode=live result-ttl=1500 change-threshold=0.05"};
  const auto objects_at = [&](unsigned time, bool is_changed = false) {
    g_autoptr(GstBuffer) out = gemini::test::pass(
        analyzer, painted([&](int x, int y) { return is_changed && x < 40 ? 20 : yard(x, y); },
                          time * GST_MSECOND));
    return static_cast<int>(n_objects(out));
  };
  objects_at(0);
  analyzer.wait_for_analysis();
  for (unsigned time = 100; time < 20000; time += 100)
    fail_unless_equals_int(objects_at(time), 1);
  // From the change on it counts as old.
  for (unsigned time = 20000; time <= 21500; time += 100)
    fail_unless_equals_int(objects_at(time, true), 1);
  for (unsigned time = 21600; time < 23000; time += 100)
    fail_unless_equals_int(objects_at(time, true), 0);
}
GST_END_TEST

GST_START_TEST(an_answer_comes_back_with_the_next_look_at_a_picture_that_stayed)
{
  Emulator emulator{{.faults = says(1, one_object("a")) + "2- silence"}};
  Analyzer analyzer{emulator.url(),
                    "mode=live result-ttl=1500 change-threshold=0.05 analysis-rate=1/5"};
  const auto objects_at = [&](unsigned time) {
    g_autoptr(GstBuffer) out = analyzer.pass(time * GST_MSECOND);
    return static_cast<int>(n_objects(out));
  };
  objects_at(0);
  analyzer.wait_for_analysis();
  fail_unless_equals_int(objects_at(100), 1);
  fail_unless_equals_int(objects_at(2000), 0);
  fail_unless_equals_int(objects_at(5000), 1);
  fail_unless_equals_int(objects_at(9000), 1);
}
GST_END_TEST

GST_START_TEST(an_older_answer_does_not_stay_with_a_new_picture)
{
  // The second picture is asked about, but not answered.
  Emulator emulator{{.faults = says(1, one_object("a")) + "2- silence"}};
  Analyzer analyzer{emulator.url(), "mode=live result-ttl=1500 change-threshold=0.05"};
  const auto objects_at = [&](unsigned time) {
    g_autoptr(GstBuffer) out = gemini::test::pass(
        analyzer, painted([&](int x, int y) { return time > 0 && x < 40 ? 20 : yard(x, y); },
                          time * GST_MSECOND));
    return static_cast<int>(n_objects(out));
  };
  objects_at(0);
  analyzer.wait_for_analysis();
  fail_unless_equals_int(objects_at(500), 1);
  fail_unless_equals_int(objects_at(1000), 1);
  fail_unless_equals_int(objects_at(2000), 1);
  fail_unless_equals_int(objects_at(3000), 0);
  fail_unless_equals_uint64(analyzer.stat("skipped-unchanged"), 2);
}
GST_END_TEST

GST_START_TEST(held_frames_take_the_scene_of_the_last_sample)
{
  Emulator emulator;
  Pipeline pipeline{std::string{"videotestsrc pattern=blue num-buffers=40 ! "} + kCaps +
                        " ! {} ! fakesink sync=false",
                    emulator.url(), "change-threshold=0.05"};
  fail_unless(pipeline.run());
  const auto frames = pipeline.frames();
  fail_unless_equals_int(static_cast<int>(frames.size()), 40);
  for (const auto &frame : frames) {
    fail_unless_equals_int(frame.status, GST_GEMINI_SCENE_STATUS_OK);
    fail_unless_equals_uint64(frame.request, 1);
  }
  fail_unless_equals_uint64(pipeline.stat("skipped-unchanged"), 3);
}
GST_END_TEST

GST_START_TEST(change_is_looked_for_in_jpegs_as_they_are)
{
  Emulator emulator;
  const auto run = [&](const std::string &pattern) {
    Pipeline pipeline{"videotestsrc num-buffers=10 pattern=" + pattern + " ! " + kCaps +
                          " ! jpegenc ! {} ! fakesink sync=false",
                      emulator.url(),
                      "change-threshold=0.05 analysis-rate=10/1 sharpest-window=50"};
    fail_unless(pipeline.run());
    fail_unless_equals_uint64(pipeline.stat("samples") + pipeline.stat("skipped-unchanged"), 10);
    return static_cast<int>(pipeline.stat("samples"));
  };
  fail_unless_equals_int(run("smpte75"), 1);
  fail_unless_equals_int(run("blink"), 10);
}
GST_END_TEST

// A film of a street, and its first picture as a camera that looks at nothing happening sees it.
GST_START_TEST(calls_are_saved_on_a_street_and_on_a_still_scene)
{
  const char *media = g_getenv("GST_GEMINI_MEDIA");
  const std::string film = std::string{media ? media : ""} + "/vtest.avi";
  if (!g_file_test(film.c_str(), G_FILE_TEST_EXISTS)) {
    g_print("SKIPPED: there is no vtest.avi in GST_GEMINI_MEDIA\n");
    return;
  }
  Emulator emulator{{.vision = gemini::emulator::Vision::none}};
  const std::string head = "filesrc location=" + film + " ! decodebin ! videoconvert ! ";
  Pipeline street{head + "identity eos-after=301 ! {} ! fakesink sync=false", emulator.url(),
                  "change-threshold=0.05 analysis-rate=2/1 post-messages=false"};
  fail_unless(street.run());
  Pipeline still{head + "imagefreeze num-buffers=300 ! video/x-raw,framerate=10/1 ! {} ! fakesink "
                        "sync=false",
                 emulator.url(), "change-threshold=0.05 analysis-rate=2/1 post-messages=false"};
  fail_unless(still.run());
  const auto report = [](const char *what, const Pipeline &pipeline) {
    g_print("%s: %u of %u calls were saved\n", what,
            static_cast<unsigned>(pipeline.stat("skipped-unchanged")),
            static_cast<unsigned>(pipeline.stat("skipped-unchanged") + pipeline.stat("samples")));
  };
  report("street", street);
  report("still scene", still);
  fail_unless(street.stat("samples") + street.stat("skipped-unchanged") >= 58);
  // People walk all the time.
  fail_unless(street.stat("samples") > 40);
  fail_unless_equals_uint64(still.stat("samples"), 1);
  fail_unless_equals_uint64(still.stat("skipped-unchanged"), 59);
}
GST_END_TEST

namespace {

// The wall, smeared by so many pixels.
GstBuffer *smeared(unsigned time, int pixels)
{
  return painted(
      [pixels](int x, int y) {
        double sum = 0;
        for (int i = 0; i < pixels; ++i)
          sum += yard(x + i, y);
        return sum / pixels;
      },
      time * GST_MSECOND);
}

// The sharpest of each second is at 300 after it.
int smear_at(unsigned time)
{
  const int from_best = std::abs(static_cast<int>(time % 1000) - 300);
  return 1 + from_best / 50;
}

} // namespace

GST_START_TEST(the_sharpest_frame_of_the_window_is_sent)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "sharpest-window=500"};
  for (unsigned time = 0; time < 2600; time += 100)
    gst_buffer_unref(gemini::test::pass(analyzer, smeared(time, smear_at(time))));
  expect_sampled(analyzer, {300, 1300, 2300});
}
GST_END_TEST

GST_START_TEST(a_window_ends_with_its_time)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "sharpest-window=300"};
  for (const auto &[time, smear] : {std::pair{0U, 5}, {100U, 4}, {200U, 6}, {300U, 1}, {400U, 1}})
    gst_buffer_unref(gemini::test::pass(analyzer, smeared(time, smear)));
  expect_sampled(analyzer, {100});
}
GST_END_TEST

GST_START_TEST(a_window_never_takes_the_next_sample)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kAll} + "sharpest-window=5000"};
  for (unsigned time = 0; time < 3000; time += 100)
    gst_buffer_unref(gemini::test::pass(analyzer, smeared(time, smear_at(time))));
  gst_harness_push_event(analyzer.harness(), gst_event_new_eos());
  expect_sampled(analyzer, {300, 1300, 2300});
}
GST_END_TEST

GST_START_TEST(held_frames_before_the_sharpest_belong_to_the_sample_before)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000 sharpest-window=600"};
  for (unsigned time = 0; time < 3000; time += 100)
    push(analyzer, smeared(time, smear_at(time)));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_eos()));
  for (unsigned time = 0; time < 3000; time += 100) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr);
    fail_unless_equals_uint64(GST_BUFFER_PTS(out), time * GST_MSECOND);
    fail_unless(scene_request(out) == (time + 700) / 1000, "%u ms carries %u", time,
                static_cast<unsigned>(scene_request(out)));
  }
  expect_sampled(analyzer, {300, 1300, 2300});
}
GST_END_TEST

GST_START_TEST(what_follows_an_event_ends_the_window)
{
  const auto segment = time_segment();
  g_autoptr(GstCaps) caps =
      gst_caps_from_string("video/x-raw,format=I420,width=240,height=320,framerate=10/1");
  const std::vector<std::function<void(Analyzer &)>> ends = {
      [](Analyzer &analyzer) { gst_harness_push_event(analyzer.harness(), gst_event_new_eos()); },
      [&](Analyzer &analyzer) {
        gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps));
      },
      [&](Analyzer &analyzer) { new_segment(analyzer, segment); },
      [](Analyzer &analyzer) {
        gst_harness_push_event(analyzer.harness(),
                               gst_event_new_gap(300 * GST_MSECOND, GST_SECOND));
      },
      [](Analyzer &analyzer) {
        g_autoptr(GstQuery) query = gst_query_new_drain();
        gst_pad_peer_query(analyzer.harness()->srcpad, query);
      },
      [](Analyzer &analyzer) {
        g_object_set(analyzer.element(), "jpeg-quality", 50U, nullptr);
        push(analyzer, smeared(300, 1));
      },
  };
  for (std::size_t i = 0; i < ends.size(); ++i) {
    Emulator emulator;
    Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000 sharpest-window=5000"};
    for (const auto &[time, smear] : {std::pair{0U, 5}, {100U, 2}, {200U, 6}})
      push(analyzer, smeared(time, smear));
    fail_unless_equals_uint64(analyzer.stat("samples"), 0);
    ends[i](analyzer);
    fail_unless(analyzer.stat("samples") == 1, "end %d", static_cast<int>(i));
    fail_unless((told(analyzer, 1) == Times{100 * GST_MSECOND}));
    for (const guint64 request : {0UL, 1UL, 1UL}) {
      g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
      fail_unless_equals_uint64(scene_request(out), request);
    }
  }
}
GST_END_TEST

GST_START_TEST(a_flush_drops_the_window)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000 sharpest-window=500"};
  push(analyzer, smeared(0, 2));
  flush(analyzer);
  for (unsigned time = 5000; time < 5800; time += 100)
    push(analyzer, smeared(time, smear_at(time)));
  expect_sampled(analyzer, {5300});
}
GST_END_TEST

GST_START_TEST(a_full_line_ends_the_window)
{
  Emulator emulator;
  // Room for four frames, in a window of ten.
  Pipeline pipeline{std::string{"videotestsrc num-buffers=30 ! "} + kCaps +
                        " ! {} ! fakesink sync=false",
                    emulator.url(), "sharpest-window=1000 max-held-bytes=460800"};
  fail_unless(pipeline.run());
  const auto frames = pipeline.frames();
  fail_unless_equals_int(static_cast<int>(frames.size()), 30);
  fail_unless_equals_uint64(pipeline.stat("samples"), 3);
  fail_unless_equals_uint64(pipeline.stat("released-early"), 0);
}
GST_END_TEST

// A query waits until all in front of it has left, which is what upstream waits for then.
GST_START_TEST(a_query_ends_the_window)
{
  for (const GstQueryType type : {GST_QUERY_ALLOCATION, GST_QUERY_DRAIN}) {
    Emulator emulator;
    Pipeline pipeline{std::string{"videotestsrc num-buffers=30 ! "} + kCaps +
                          " ! {} ! fakesink sync=false",
                      emulator.url(), "sharpest-window=900"};
    struct Asker {
      GstQueryType type;
      unsigned n_frames = 0;
      static GstPadProbeReturn ask(GstPad *pad, GstPadProbeInfo *, gpointer data)
      {
        auto *self = static_cast<Asker *>(data);
        if (++self->n_frames != 15)
          return GST_PAD_PROBE_OK;
        g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
        g_autoptr(GstQuery) query = self->type == GST_QUERY_ALLOCATION
                                        ? gst_query_new_allocation(caps, TRUE)
                                        : gst_query_new_drain();
        gst_pad_query(pad, query);
        return GST_PAD_PROBE_OK;
      }
    } asker{type};
    g_autoptr(GstPad) sink = gst_element_get_static_pad(pipeline.analyzer(), "sink");
    gst_pad_add_probe(sink, GST_PAD_PROBE_TYPE_BUFFER, Asker::ask, &asker, nullptr);
    fail_unless(pipeline.run());
    fail_unless_equals_int(static_cast<int>(pipeline.frames().size()), 30);
    fail_unless_equals_uint64(pipeline.stat("samples"), 3);
  }
}
GST_END_TEST

GST_START_TEST(change_is_looked_for_when_the_window_would_begin)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(),
                    std::string{kAll} + "sharpest-window=300 change-threshold=0.05"};
  for (unsigned time = 0; time < 4000; time += 100) {
    // Something comes at 1500 and is seen with the next sample.
    const auto painter = [time](int x, int y) {
      return time >= 1500 && x > 200 && y > 150 ? 20.0 : yard(x, y);
    };
    gst_buffer_unref(gemini::test::pass(analyzer, painted(painter, time * GST_MSECOND)));
  }
  expect_sampled(analyzer, {0, 2000});
  fail_unless_equals_uint64(analyzer.stat("skipped-unchanged"), 2);
}
GST_END_TEST

static Suite *sampling_suite()
{
  Suite *suite = suite_create("sampling");
  TCase *time = tcase_create("time");
  suite_add_tcase(suite, time);
  tcase_add_test(time, samples_are_counted_by_running_time_where_no_frame_rate_is_known);
  tcase_add_test(time, rate_zero_samples_nothing);
  tcase_add_test(time, a_gap_makes_no_burst);
  tcase_add_test(time, the_first_frame_after_a_flushing_seek_is_due);
  tcase_add_test(time, the_first_frame_after_a_seek_without_flush_is_due);
  tcase_add_test(time, an_update_of_the_segment_makes_no_sample);
  tcase_add_test(time, every_round_of_a_loop_is_sampled);
  tcase_add_test(time, samples_follow_the_rate_of_playing);
  tcase_add_test(time, a_stream_that_plays_backwards_is_sampled);
  tcase_add_test(time, frames_outside_of_the_segment_are_no_samples);
  tcase_add_test(time, frames_without_a_time_are_counted_on);
  tcase_add_test(time, frames_out_of_order_make_no_further_samples);
  tcase_add_test(time, the_first_frame_of_new_caps_is_due);
  TCase *change = tcase_create("change");
  suite_add_tcase(suite, change);
  tcase_add_test(change, only_what_has_changed_is_sent);
  tcase_add_test(change, without_a_threshold_all_is_sent);
  tcase_add_test(change, silence_is_broken_after_its_time);
  tcase_add_test(change, a_failed_request_is_made_again_though_nothing_has_changed);
  tcase_add_test(change, new_settings_caps_and_a_flush_are_always_followed_by_a_sample);
  tcase_add_test(change, an_answer_stays_while_the_picture_does);
  tcase_add_test(change, an_answer_comes_back_with_the_next_look_at_a_picture_that_stayed);
  tcase_add_test(change, an_older_answer_does_not_stay_with_a_new_picture);
  tcase_add_test(change, held_frames_take_the_scene_of_the_last_sample);
  tcase_add_test(change, change_is_looked_for_in_jpegs_as_they_are);
  tcase_add_test(change, calls_are_saved_on_a_street_and_on_a_still_scene);
  TCase *window = tcase_create("window");
  suite_add_tcase(suite, window);
  tcase_add_test(window, the_sharpest_frame_of_the_window_is_sent);
  tcase_add_test(window, a_window_ends_with_its_time);
  tcase_add_test(window, a_window_never_takes_the_next_sample);
  tcase_add_test(window, held_frames_before_the_sharpest_belong_to_the_sample_before);
  tcase_add_test(window, what_follows_an_event_ends_the_window);
  tcase_add_test(window, a_flush_drops_the_window);
  tcase_add_test(window, a_full_line_ends_the_window);
  tcase_add_test(window, a_query_ends_the_window);
  tcase_add_test(window, change_is_looked_for_when_the_window_would_begin);
  return suite;
}

GST_CHECK_MAIN(sampling)
