// SPDX-License-Identifier: LGPL-2.1-or-later
// Live mode: no frame waits, and what each frame carries.
#include "support.hpp"

#include <gst/check/gsttestclock.h>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;

// 300 frames of 10 a second; each is out when its push returns.
void pass_300(Analyzer &analyzer)
{
  for (guint i = 0; i < 300; ++i)
    gst_buffer_unref(analyzer.pass(i * kFrame));
  fail_unless_equals_uint64(analyzer.stat("frames"), 300);
  fail_unless_equals_uint64(analyzer.stat("samples") + analyzer.stat("skipped-in-flight"), 30);
}

} // namespace

GST_START_TEST(live_frames_pass_while_the_service_takes_3_s)
{
  Emulator emulator{{.latency_ms = 3000}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  pass_300(analyzer);
}
GST_END_TEST

GST_START_TEST(live_frames_pass_while_the_service_is_silent)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  pass_300(analyzer);
  // Four were under way all the time; the rest was not queued up behind them.
  fail_unless_equals_uint64(analyzer.stat("samples"), 4);
}
GST_END_TEST

GST_START_TEST(auto_mode_is_live_on_a_live_source)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url()};
  gst_buffer_unref(analyzer.pass(0));
}
GST_END_TEST

GST_START_TEST(a_frame_before_the_first_answer_says_that_nothing_is_known)
{
  Emulator emulator{{.faults = "* hold"}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  g_autoptr(GstBuffer) out = analyzer.pass(0);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_PENDING);
  fail_unless_equals_int(static_cast<int>(n_objects(out)), 0);
}
GST_END_TEST

GST_START_TEST(the_newest_answer_stays_until_the_next)
{
  Emulator script{{.faults = says(1, one_object("a")) +
                             says(2, R"([{"box_2d":[1,1,9,9],"label":"b"},)"
                                     R"({"box_2d":[10,1,19,9],"label":"c"}])") +
                             "3- silence"}};
  Analyzer analyzer{script.url(), "mode=live result-ttl=0"};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  for (guint i = 1; i < 10; ++i) {
    g_autoptr(GstBuffer) out = analyzer.pass(i * kFrame);
    fail_unless_equals_int(static_cast<int>(n_objects(out)), 1);
    fail_unless_equals_uint64(scene_request(out), 1);
  }
  gst_buffer_unref(analyzer.pass(10 * kFrame)); // the next sample
  analyzer.wait_for_analysis();
  g_autoptr(GstBuffer) out = analyzer.pass(11 * kFrame);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_OK);
  fail_unless_equals_int(static_cast<int>(n_objects(out)), 2);
  // And stays, for ever where result-ttl is 0.
  g_autoptr(GstBuffer) late = analyzer.pass(3600 * GST_SECOND);
  fail_unless_equals_int(static_cast<int>(n_objects(late)), 2);
}
GST_END_TEST

GST_START_TEST(an_answer_is_gone_after_its_time_to_live)
{
  Emulator script{{.faults = "1 hold\n" + says(1, one_object("a")) + "2- silence"}};
  Analyzer analyzer{script.url(), "mode=live result-ttl=2000"};
  gst_buffer_unref(analyzer.pass(0)); // too early to carry it
  fail_unless(script.wait_for_requests(1));
  script.release();
  analyzer.wait_for_analysis();
  // The time begins with the first frame that carries it.
  g_autoptr(GstBuffer) early = analyzer.pass(5 * kFrame);
  g_autoptr(GstBuffer) last = analyzer.pass(25 * kFrame);
  g_autoptr(GstBuffer) after = analyzer.pass(26 * kFrame);
  fail_unless_equals_int(static_cast<int>(n_objects(early)), 1);
  fail_unless_equals_int(static_cast<int>(n_objects(last)), 1);
  fail_unless_equals_int(static_cast<int>(n_objects(after)), 0);
  fail_unless_equals_int(scene_status(after), GST_GEMINI_SCENE_STATUS_PENDING);
}
GST_END_TEST

GST_START_TEST(a_failure_keeps_the_last_objects_and_says_that_it_failed)
{
  Emulator script{{.faults = says(1, one_object("a")) + "2 status 503"}};
  Analyzer analyzer{script.url(), "mode=live retries=0"};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  gst_buffer_unref(analyzer.pass(10 * kFrame));
  analyzer.wait_for_analysis();
  g_autoptr(GstBuffer) out = analyzer.pass(11 * kFrame);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_FAILED);
  fail_unless_equals_int(static_cast<int>(n_objects(out)), 1);
}
GST_END_TEST

GST_START_TEST(an_answer_from_before_a_flush_is_discarded)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(1));
  const auto took = time_of([&] {
    fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start()));
    fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE)));
  });
  fail_unless(took.count() < kSlowness * 1000, "the flush took %d ms",
              static_cast<int>(took.count()));
  emulator.release();
  fail_unless_equals_uint64(analyzer.stat("discarded"), 1);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
  // The first frame after the flush is due again; its answer is the only one to come.
  g_autoptr(GstBuffer) out = analyzer.pass(0);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_PENDING);
  const std::string json = analyzer.wait_for_analysis();
  fail_unless(json.find("\"request_id\":2") != std::string::npos, "got %s", json.c_str());
}
GST_END_TEST

GST_START_TEST(an_answer_about_other_caps_is_discarded)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(1));
  g_autoptr(GstCaps) caps =
      gst_caps_from_string("video/x-raw,format=I420,width=160,height=120,framerate=10/1");
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps)));
  fail_unless_equals_uint64(analyzer.stat("discarded"), 1);
  emulator.release();
}
GST_END_TEST

GST_START_TEST(the_same_caps_again_discard_nothing)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(1));
  g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps)));
  emulator.release();
  analyzer.wait_for_analysis();
  fail_unless_equals_uint64(analyzer.stat("discarded"), 0);
}
GST_END_TEST

GST_START_TEST(live_eos_passes_at_once_and_late_answers_are_still_told)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(1));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_eos()));
  bool has_eos = false;
  while (GstEvent *event = gst_harness_try_pull_event(analyzer.harness())) {
    has_eos = has_eos || GST_EVENT_TYPE(event) == GST_EVENT_EOS;
    gst_event_unref(event);
  }
  fail_unless(has_eos);
  emulator.release();
  analyzer.wait_for_analysis();
}
GST_END_TEST

GST_START_TEST(sampling_follows_running_time_and_the_rate)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live analysis-rate=2/1 max-in-flight=64"};
  for (guint i = 0; i < 31; ++i) // 3 s at 10 fps
    gst_buffer_unref(analyzer.pass(i * kFrame));
  fail_unless_equals_uint64(analyzer.stat("samples"), 7);
  g_object_set(analyzer.element(), "analysis-rate", 0, 1, nullptr);
  for (guint i = 31; i < 100; ++i)
    gst_buffer_unref(analyzer.pass(i * kFrame));
  fail_unless_equals_uint64(analyzer.stat("samples"), 7);
}
GST_END_TEST

GST_START_TEST(frames_without_a_time_pass)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live"};
  GstBuffer *frame = analyzer.frame(GST_CLOCK_TIME_NONE);
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
  g_autoptr(GstBuffer) out = gst_harness_try_pull(analyzer.harness());
  fail_unless(out != nullptr);
  const std::string json = analyzer.wait_for_analysis();
  fail_unless(json.find("\"pts\":null") != std::string::npos, "got %s", json.c_str());
}
GST_END_TEST

GST_START_TEST(a_changed_prompt_goes_with_the_next_sample)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live prompt=\"green kites\""};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  g_object_set(analyzer.element(), "prompt", "blue \"boats\" & <ships>", nullptr);
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  analyzer.wait_for_analysis();
  const auto requests = emulator.requests();
  fail_unless(requests.at(0).body.find("green kites") != std::string::npos);
  fail_unless(requests.at(1).body.find("blue \\\"boats\\\" & <ships>") != std::string::npos);
  // The image part comes before the text part.
  fail_unless(requests.at(0).body.find("inlineData") < requests.at(0).body.find("green kites"));
}
GST_END_TEST

// A live camera of 10 fps before a sink that keeps time, on a clock that we turn: no frame comes
// late, whatever the network does.
GST_START_TEST(no_frame_of_a_live_pipeline_is_late)
{
  Emulator emulator{{.faults = "* silence"}};
  const std::string launch = "videotestsrc is-live=true num-buffers=50 ! " + std::string{kCaps} +
                             " ! geminianalyzer api-key=emulator-key base-url=" + emulator.url() +
                             " ! fakesink name=sink sync=true qos=true max-lateness=0 async=false";
  g_autoptr(GstElement) pipeline = gst_parse_launch(launch.c_str(), nullptr);
  fail_unless(pipeline != nullptr);
  GstClock *clock = gst_test_clock_new();
  gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message = nullptr;
  while (!message) {
    // Source and sink wait in one thread: the clock moves on whenever it waits.
    if (gst_test_clock_peek_next_pending_id(GST_TEST_CLOCK(clock), nullptr))
      gst_test_clock_crank(GST_TEST_CLOCK(clock));
    message = gst_bus_timed_pop_filtered(
        bus, GST_MSECOND,
        static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_QOS));
  }
  fail_unless_equals_string(GST_MESSAGE_TYPE_NAME(message), "eos");
  g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(sink, "stats", &stats, nullptr);
  guint64 rendered = 0;
  guint64 dropped = 0;
  gst_structure_get(stats, "rendered", G_TYPE_UINT64, &rendered, "dropped", G_TYPE_UINT64, &dropped,
                    nullptr);
  fail_unless_equals_uint64(rendered, 50);
  fail_unless_equals_uint64(dropped, 0);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(clock);
}
GST_END_TEST

static Suite *analyzer_live_suite()
{
  Suite *suite = suite_create("analyzer_live");
  TCase *tcase = tcase_create("live");
  tcase_add_test(tcase, live_frames_pass_while_the_service_takes_3_s);
  tcase_add_test(tcase, live_frames_pass_while_the_service_is_silent);
  tcase_add_test(tcase, auto_mode_is_live_on_a_live_source);
  tcase_add_test(tcase, a_frame_before_the_first_answer_says_that_nothing_is_known);
  tcase_add_test(tcase, the_newest_answer_stays_until_the_next);
  tcase_add_test(tcase, an_answer_is_gone_after_its_time_to_live);
  tcase_add_test(tcase, a_failure_keeps_the_last_objects_and_says_that_it_failed);
  tcase_add_test(tcase, an_answer_from_before_a_flush_is_discarded);
  tcase_add_test(tcase, an_answer_about_other_caps_is_discarded);
  tcase_add_test(tcase, the_same_caps_again_discard_nothing);
  tcase_add_test(tcase, live_eos_passes_at_once_and_late_answers_are_still_told);
  tcase_add_test(tcase, sampling_follows_running_time_and_the_rate);
  tcase_add_test(tcase, frames_without_a_time_pass);
  tcase_add_test(tcase, a_changed_prompt_goes_with_the_next_sample);
  tcase_add_test(tcase, no_frame_of_a_live_pipeline_is_late);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_live)
