// SPDX-License-Identifier: LGPL-2.1-or-later
// Accurate mode: every frame leaves, in order, with the answer of its own sample, within bounds of
// memory and time.
#include "support.hpp"

#include <algorithm>
#include <thread>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;
constexpr unsigned kFrameBytes = 320 * 240 * 3 / 2;

// A file of `n` frames, 10 a second.
std::string film(unsigned n)
{
  return "videotestsrc num-buffers=" + std::to_string(n) + " ! " + kCaps +
         " ! {} ! fakesink sync=false";
}

void check_order(const std::vector<Pipeline::Frame> &frames, std::size_t n)
{
  fail_unless_equals_int(static_cast<int>(frames.size()), static_cast<int>(n));
  for (std::size_t i = 0; i < n; ++i)
    fail_unless_equals_uint64(frames[i].pts, i * kFrame);
}

} // namespace

GST_START_TEST(each_frame_carries_the_answer_of_its_own_sample)
{
  Emulator emulator{{.latency_ms = 200, .jitter_ms = 150}};
  // Under a sanitizer following the objects takes longer than the answers.
  Pipeline pipeline{film(200), emulator.url(), "max-in-flight=4 tracking=none"};
  const auto took = time_of([&] { fail_unless(pipeline.run()); });

  const auto frames = pipeline.frames();
  check_order(frames, 200);
  for (const auto &frame : frames) {
    fail_unless_equals_int(frame.status, GST_GEMINI_SCENE_STATUS_OK);
    fail_unless_equals_uint64(frame.request, frame.pts / GST_SECOND + 1);
  }
  fail_unless_equals_uint64(pipeline.stat("answers"), 20);
  // Against one request at a time, which takes the sum of their latencies.
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
  gdouble mean = 0;
  fail_unless(gst_structure_get_double(stats, "latency-mean", &mean));
  fail_unless(mean >= 200);
  fail_unless(static_cast<double>(took.count()) < 0.4 * mean * 20, "took %d ms of %.0f",
              static_cast<int>(took.count()), mean * 20);
}
GST_END_TEST

GST_START_TEST(analyses_are_told_in_the_order_of_the_frames)
{
  // The first answers overtake each other.
  Emulator emulator{{.faults = "1 slow 400\n2 slow 200\n3 slow 100"}};
  Pipeline pipeline{film(60), emulator.url()};
  fail_unless(pipeline.run());
  fail_unless_equals_int(static_cast<int>(pipeline.lines().size()), 6);
  for (std::size_t i = 0; i < 6; ++i)
    fail_unless(pipeline.lines()[i].find("\"request_id\":" + std::to_string(i + 1) + ",") !=
                    std::string::npos,
                "line %d is %s", static_cast<int>(i), pipeline.lines()[i].c_str());
}
GST_END_TEST

GST_START_TEST(a_failed_sample_says_so_on_its_own_frames_only)
{
  Emulator emulator{{.faults = "2 status 503"}};
  // One at a time, so that the second request is the second sample's.
  Pipeline pipeline{film(30), emulator.url(), "max-in-flight=1 retries=0"};
  fail_unless(pipeline.run());
  const auto frames = pipeline.frames();
  check_order(frames, 30);
  for (const auto &frame : frames)
    fail_unless_equals_int(frame.status, frame.pts / GST_SECOND == 1
                                             ? GST_GEMINI_SCENE_STATUS_FAILED
                                             : GST_GEMINI_SCENE_STATUS_OK);
}
GST_END_TEST

GST_START_TEST(eos_waits_for_answers_no_longer_than_its_timeout)
{
  Emulator emulator{{.faults = "2 silence"}};
  // Long enough for the other two samples on a slow machine.
  Pipeline pipeline{film(30), emulator.url(), "eos-timeout=2000"};
  const auto took = time_of([&] { fail_unless(pipeline.run()); });
  fail_unless(took.count() >= 2000 && took.count() < kSlowness * 15000, "took %d ms",
              static_cast<int>(took.count()));
  const auto frames = pipeline.frames();
  check_order(frames, 30);
  for (const std::size_t sample : {0U, 1U, 2U})
    fail_unless_equals_int(frames[10 * sample].status, frames[10 * sample + 9].status);
  const auto pending = std::count_if(frames.begin(), frames.end(), [](const auto &frame) {
    return frame.status == GST_GEMINI_SCENE_STATUS_PENDING;
  });
  fail_unless_equals_int(static_cast<int>(pending), 10);
  fail_unless_equals_uint64(pipeline.stat("released-early"), 10);
}
GST_END_TEST

GST_START_TEST(a_full_line_holds_a_file_back)
{
  Emulator emulator{{.faults = "1 slow 300"}};
  Pipeline pipeline{film(60), emulator.url(), "max-held-bytes=" + std::to_string(5 * kFrameBytes)};
  fail_unless(pipeline.run());
  check_order(pipeline.frames(), 60);
  // Five in line, one at the door, one on its way out.
  fail_unless(pipeline.max_held() <= 7, "%u were held", pipeline.max_held());
  fail_unless_equals_uint64(pipeline.stat("released-early"), 0);
}
GST_END_TEST

GST_START_TEST(a_frame_larger_than_the_bound_still_passes)
{
  Emulator emulator;
  Pipeline pipeline{film(12), emulator.url(), "max-held-bytes=0"};
  fail_unless(pipeline.run());
  check_order(pipeline.frames(), 12);
}
GST_END_TEST

GST_START_TEST(a_live_source_is_held_for_max_latency_at_most)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=200"};
  GstBuffer *frame = analyzer.frame(0);
  GstBuffer *out = nullptr;
  const auto took = time_of([&] {
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
    out = gst_harness_pull(analyzer.harness());
  });
  fail_unless(out != nullptr);
  fail_unless(took.count() >= 200 && took.count() < kSlowness * 5000, "took %d ms",
              static_cast<int>(took.count()));
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_PENDING);
  fail_unless_equals_uint64(analyzer.stat("released-early"), 1);
  gst_buffer_unref(out);
}
GST_END_TEST

GST_START_TEST(a_sample_that_waited_too_long_is_not_sent)
{
  Emulator emulator{{.faults = "1 silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=300 max-in-flight=1"};
  for (guint i = 0; i < 2; ++i)
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(i * GST_SECOND)),
                           GST_FLOW_OK);
  for (guint i = 0; i < 2; ++i) // each leaves after 300 ms, without an answer
    gst_buffer_unref(gst_harness_pull(analyzer.harness()));
  // The second sample is given up, though the first is still under way.
  for (int i = 0; i < 1'000'000 && failures_of(analyzer.element(), "too-late") == 0; ++i)
    g_thread_yield();
  fail_unless(failures_of(analyzer.element(), "too-late") >= 1);
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 1);
}
GST_END_TEST

GST_START_TEST(the_latency_of_a_live_source_grows_by_max_latency)
{
  Emulator emulator{{.faults = "* hold"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=700"};
  gst_harness_set_upstream_latency(analyzer.harness(), 20 * GST_MSECOND);
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  fail_unless_equals_uint64(gst_harness_query_latency(analyzer.harness()), 720 * GST_MSECOND);
  g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_LATENCY);
  fail_unless(message != nullptr, "the pipeline was not told that the latency has changed");
  emulator.release();
}
GST_END_TEST

GST_START_TEST(live_mode_adds_no_latency)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless_equals_uint64(gst_harness_query_latency(analyzer.harness()), 0);
}
GST_END_TEST

GST_START_TEST(a_full_line_lets_the_oldest_live_frames_go)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000 max-held-bytes=" +
                                        std::to_string(3 * kFrameBytes)};
  for (guint i = 0; i < 5; ++i)
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(i * kFrame)),
                           GST_FLOW_OK);
  for (guint i = 0; i < 2; ++i) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr);
    fail_unless_equals_uint64(GST_BUFFER_PTS(out), i * kFrame);
  }
  fail_unless(gst_harness_try_pull(analyzer.harness()) == nullptr);
  fail_unless_equals_uint64(analyzer.stat("released-early"), 2);
}
GST_END_TEST

GST_START_TEST(a_flush_empties_the_line_at_once)
{
  Emulator emulator{{.faults = "1 silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000"};
  for (guint i = 0; i < 3; ++i)
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(i * kFrame)),
                           GST_FLOW_OK);
  fail_unless(emulator.wait_for_requests(1));
  const auto took = time_of([&] {
    fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start()));
    fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE)));
  });
  fail_unless(took.count() < kSlowness * 1000, "the flush took %d ms",
              static_cast<int>(took.count()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(5 * kFrame)),
                         GST_FLOW_OK);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(out != nullptr);
  fail_unless_equals_uint64(GST_BUFFER_PTS(out), 5 * kFrame); // none of before
  fail_unless_equals_uint64(scene_request(out), 2);
}
GST_END_TEST

GST_START_TEST(a_query_behind_held_frames_ends_with_a_flush)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000"};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  std::thread asking{[&] {
    g_autoptr(GstQuery) query = gst_query_new_drain();
    gst_pad_peer_query(analyzer.harness()->srcpad, query);
  }};
  const auto took = time_of([&] {
    gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start());
    asking.join();
  });
  fail_unless(took.count() < kSlowness * 1000);
}
GST_END_TEST

GST_START_TEST(events_keep_their_place_between_held_frames)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000"};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  for (const char *type : {"stream-start", "caps", "segment"}) {
    g_autoptr(GstEvent) event = gst_harness_pull_event(analyzer.harness());
    fail_unless_equals_string(GST_EVENT_TYPE_NAME(event), type);
  }
  g_autoptr(GstCaps) caps =
      gst_caps_from_string("video/x-raw,format=I420,width=64,height=48,framerate=10/1");
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps)));
  fail_unless(emulator.wait_for_requests(1));
  fail_unless(gst_harness_try_pull_event(analyzer.harness()) == nullptr);
  emulator.release();
  gst_buffer_unref(gst_harness_pull(analyzer.harness()));
  g_autoptr(GstEvent) event = gst_harness_pull_event(analyzer.harness());
  fail_unless_equals_string(GST_EVENT_TYPE_NAME(event), "caps");
}
GST_END_TEST

GST_START_TEST(a_stop_with_a_full_line_takes_less_than_a_second)
{
  Emulator emulator{{.faults = "* silence"}};
  Pipeline pipeline{film(1000), emulator.url(),
                    "max-held-bytes=" + std::to_string(5 * kFrameBytes)};
  pipeline.play();
  fail_unless(emulator.wait_for_requests(1));
  const auto took = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
  fail_unless(took.count() < kSlowness * 1000, "the stop took %d ms",
              static_cast<int>(took.count()));
}
GST_END_TEST

static Suite *analyzer_accurate_suite()
{
  Suite *suite = suite_create("analyzer_accurate");
  TCase *tcase = tcase_create("accurate");
  tcase_add_test(tcase, each_frame_carries_the_answer_of_its_own_sample);
  tcase_add_test(tcase, analyses_are_told_in_the_order_of_the_frames);
  tcase_add_test(tcase, a_failed_sample_says_so_on_its_own_frames_only);
  tcase_add_test(tcase, eos_waits_for_answers_no_longer_than_its_timeout);
  tcase_add_test(tcase, a_full_line_holds_a_file_back);
  tcase_add_test(tcase, a_frame_larger_than_the_bound_still_passes);
  tcase_add_test(tcase, a_live_source_is_held_for_max_latency_at_most);
  tcase_add_test(tcase, a_sample_that_waited_too_long_is_not_sent);
  tcase_add_test(tcase, the_latency_of_a_live_source_grows_by_max_latency);
  tcase_add_test(tcase, live_mode_adds_no_latency);
  tcase_add_test(tcase, a_full_line_lets_the_oldest_live_frames_go);
  tcase_add_test(tcase, a_flush_empties_the_line_at_once);
  tcase_add_test(tcase, a_query_behind_held_frames_ends_with_a_flush);
  tcase_add_test(tcase, events_keep_their_place_between_held_frames);
  tcase_add_test(tcase, a_stop_with_a_full_line_takes_less_than_a_second);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_accurate)
