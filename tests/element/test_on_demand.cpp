// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that are asked for by hand: the signal analyze-now and the event gemini-analyze.
#include "analyzer_bus.hpp"
#include "sampled.hpp"

#include <atomic>
#include <thread>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;

guint demand(GstElement *element, const char *prompt = nullptr)
{
  guint id = 0;
  g_signal_emit_by_name(element, "analyze-now", prompt, &id);
  return id;
}

guint demand(Analyzer &analyzer, const char *prompt = nullptr)
{
  return demand(analyzer.element(), prompt);
}

GstEvent *demand_event(const char *prompt = nullptr)
{
  GstStructure *structure = gst_structure_new_empty("gemini-analyze");
  if (prompt)
    gst_structure_set(structure, "prompt", G_TYPE_STRING, prompt, nullptr);
  return gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, structure);
}

// Sends it and reads the message about it.
guint64 send(Analyzer &analyzer, GstEvent *event)
{
  const guint32 seqnum = gst_event_get_seqnum(event);
  fail_unless(gst_harness_push_event(analyzer.harness(), event));
  for (;;) {
    g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr, "no message told of the event");
    const GstStructure *structure = gst_message_get_structure(message);
    if (!gst_structure_has_name(structure, "gemini-analyze"))
      continue;
    guint64 id = 0;
    guint number = 0;
    fail_unless(gst_structure_get_uint64(structure, "request-id", &id));
    fail_unless(gst_structure_get_uint(structure, "seqnum", &number));
    fail_unless_equals_int(static_cast<int>(number), static_cast<int>(seqnum));
    fail_unless_equals_int(static_cast<int>(gst_message_get_seqnum(message)),
                           static_cast<int>(seqnum));
    fail_unless(!gst_structure_has_field(structure, "prompt"));
    return id;
  }
}

void expect_id(const std::string &line, guint64 id)
{
  expect(line, "\"request_id\":" + std::to_string(id) + ",");
}

std::string warning_of(Analyzer &analyzer)
{
  g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_WARNING);
  fail_unless(message != nullptr, "there was no warning");
  g_autoptr(GError) error = nullptr;
  gst_message_parse_warning(message, &error, nullptr);
  return error->message;
}

// On demand only.
constexpr const char *kOnDemand = "mode=live analysis-rate=0/1 ";

} // namespace

GST_START_TEST(there_is_no_demand_before_the_element_is_paused)
{
  g_autoptr(GstElement) element = gst_element_factory_make("geminianalyzer", nullptr);
  gst_object_ref_sink(element);
  fail_unless_equals_int(static_cast<int>(demand(element)), 0);
  gst_element_set_state(element, GST_STATE_READY);
  fail_unless_equals_int(static_cast<int>(demand(element)), 0);
  gst_element_set_state(element, GST_STATE_NULL);
}
GST_END_TEST

GST_START_TEST(the_next_frame_is_asked_about_with_the_id_that_was_returned)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kOnDemand} + "prompt=cats"};
  gst_buffer_unref(analyzer.pass(0));
  const guint id = demand(analyzer, "how many dogs?");
  fail_unless(id > 0);
  gst_buffer_unref(analyzer.pass(kFrame));
  gst_buffer_unref(analyzer.pass(2 * kFrame));
  const std::string line = analyzer.wait_for_analysis();
  expect_id(line, id);
  fail_unless_equals_uint64(pts_of(line), kFrame);
  fail_unless_equals_uint64(analyzer.stat("samples"), 1);
  const std::string body = emulator.requests()[0].body;
  expect(body, "how many dogs?");
  fail_unless(!has(body, "cats"));
}
GST_END_TEST

GST_START_TEST(without_a_prompt_the_property_is_asked)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kOnDemand} + "prompt=cats"};
  fail_unless(demand(analyzer) > 0);
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  expect(emulator.requests()[0].body, "cats");
}
GST_END_TEST

GST_START_TEST(a_demand_comes_through_whatever_is_skipped)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live change-threshold=1 sharpest-window=5000"};
  push(analyzer, painted(yard, 0));
  guint last = 0;
  // In the window, and then of a picture on which nothing has changed.
  for (const unsigned time : {300U, 1300U, 1400U}) {
    const guint id = demand(analyzer);
    fail_unless(id > last);
    last = id;
    push(analyzer, painted(yard, time * GST_MSECOND));
    const std::string line = analyzer.wait_for_analysis();
    expect_id(line, id);
    fail_unless_equals_uint64(pts_of(line), time * GST_MSECOND);
  }
  // The first one satisfied the sample that the window was about.
  fail_unless_equals_uint64(analyzer.stat("samples"), 3);
}
GST_END_TEST

GST_START_TEST(several_demands_on_a_frame_are_several_requests)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kOnDemand} + "frames-per-request=4"};
  const guint first = demand(analyzer, "cats");
  const guint second = demand(analyzer, "dogs");
  const guint third = demand(analyzer, "dogs");
  fail_unless(first < second && second < third);
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(3));
  expect_sampled(analyzer, {0, 0, 0});
}
GST_END_TEST

GST_START_TEST(a_demand_for_the_same_serves_as_the_sample_that_is_due)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live prompt=cats"};
  demand(analyzer);
  gst_buffer_unref(analyzer.pass(0));
  demand(analyzer, "cats");
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  demand(analyzer, "dogs"); // something else: both are asked
  gst_buffer_unref(analyzer.pass(2 * GST_SECOND));
  expect_sampled(analyzer, {0, 1000, 2000, 2000});
}
GST_END_TEST

GST_START_TEST(a_demand_waits_for_a_place)
{
  Emulator emulator{{.faults = "1-3 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live max-in-flight=1"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(1));
  const guint first = demand(analyzer, "one");
  gst_buffer_unref(analyzer.pass(kFrame));
  const guint second = demand(analyzer, "two");
  gst_buffer_unref(analyzer.pass(2 * kFrame));
  gst_buffer_unref(analyzer.pass(GST_SECOND)); // finds no place, as ever
  fail_unless_equals_uint64(analyzer.stat("skipped-in-flight"), 1);
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 1);
  for (const guint64 id : {guint64{1}, guint64{first}, guint64{second}}) {
    fail_unless(emulator.wait_for_requests(id));
    emulator.release();
    expect_id(analyzer.wait_for_analysis(), id);
  }
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 3);
}
GST_END_TEST

GST_START_TEST(a_demand_goes_before_a_batch_that_is_not_full)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live max-in-flight=1 frames-per-request=3"};
  gst_buffer_unref(analyzer.pass(0));
  const guint id = demand(analyzer, "dogs");
  gst_buffer_unref(analyzer.pass(kFrame));
  expect_id(analyzer.wait_for_analysis(), 1);
  expect_id(analyzer.wait_for_analysis(), id);
}
GST_END_TEST

GST_START_TEST(a_demand_gives_its_place_to_no_newer_frame)
{
  // Asked again after a second; due frames come all the time.
  Emulator emulator{{.faults = "1 status 503-retry 1"}};
  Analyzer analyzer{emulator.url(), "mode=live max-in-flight=1 analysis-rate=10/1"};
  const guint id = demand(analyzer, "dogs");
  GstClockTime time = 0;
  for (; emulator.n_requests() < 2; time += kFrame)
    gst_buffer_unref(analyzer.pass(time));
  const std::string line = analyzer.wait_for_analysis();
  expect_id(line, id);
  expect(line, "\"status\":\"ok\"");
  fail_unless_equals_uint64(analyzer.stat("superseded"), 0);
}
GST_END_TEST

GST_START_TEST(more_than_64_demands_are_refused)
{
  Emulator emulator{{.faults = "* hold"}};
  Analyzer analyzer{emulator.url(), std::string{kOnDemand} + "max-in-flight=1"};
  for (guint i = 1; i <= 64; ++i)
    fail_unless_equals_int(static_cast<int>(demand(analyzer)), static_cast<int>(i));
  fail_unless_equals_int(static_cast<int>(demand(analyzer)), 0);
  gst_buffer_unref(analyzer.pass(0));
  fail_unless_equals_int(static_cast<int>(demand(analyzer)), 0);
  fail_unless(emulator.wait_for_requests(1));
  emulator.release();
  analyzer.wait_for_analysis();
  fail_unless_equals_int(static_cast<int>(demand(analyzer)), 65);
}
GST_END_TEST

GST_START_TEST(a_demand_beyond_the_budget_is_answered_with_that)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kOnDemand} + "max-requests=1"};
  demand(analyzer);
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  const guint id = demand(analyzer);
  gst_buffer_unref(analyzer.pass(kFrame));
  const std::string line = analyzer.wait_for_analysis();
  expect_id(line, id);
  expect(line, "\"status\":\"failed\"");
  expect(line, "\"kind\":\"budget\"");
}
GST_END_TEST

GST_START_TEST(a_demand_during_a_pause_is_answered_with_the_reason)
{
  Emulator emulator{{.faults = "2- status 400-key\nmodels 2- status 400-key"}};
  Analyzer analyzer{emulator.url(), std::string{kOnDemand} + "retries=0"};
  for (guint i = 0; i < 4; ++i) {
    const guint id = demand(analyzer);
    gst_buffer_unref(analyzer.pass(i * kFrame));
    const std::string line = analyzer.wait_for_analysis();
    expect_id(line, id);
    if (i > 0)
      expect(line, "\"kind\":\"bad-key\"");
  }
}
GST_END_TEST

GST_START_TEST(a_flush_drops_demands)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kOnDemand};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(demand(analyzer) > 0);
  fail_unless(demand(analyzer) > 0);
  flush(analyzer);
  fail_unless_equals_uint64(analyzer.stat("discarded"), 2);
  gst_buffer_unref(analyzer.pass(0));
  fail_unless_equals_uint64(analyzer.stat("samples"), 0);
  // And leaves room for others.
  fail_unless(demand(analyzer) > 0);
  gst_buffer_unref(analyzer.pass(kFrame));
  analyzer.wait_for_analysis();
}
GST_END_TEST

GST_START_TEST(a_demand_waits_for_its_frame_over_new_caps_and_segments)
{
  Emulator emulator;
  for (const char *mode : {"mode=live", "mode=accurate"}) {
    Analyzer analyzer{emulator.url(), std::string{mode} + " analysis-rate=0/1"};
    push(analyzer, analyzer.frame(0));
    const guint first = demand(analyzer, "dogs");
    g_autoptr(GstCaps) caps =
        gst_caps_from_string("video/x-raw,format=I420,width=640,height=120,framerate=10/1");
    fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps)));
    push(analyzer, analyzer.frame(kFrame));
    expect_id(analyzer.wait_for_analysis(), first);
    const guint64 second = send(analyzer, demand_event("dogs"));
    GstSegment segment = time_segment();
    segment.start = segment.time = segment.position = 20 * GST_SECOND;
    new_segment(analyzer, segment);
    push(analyzer, analyzer.frame(20 * GST_SECOND));
    expect_id(analyzer.wait_for_analysis(), second);
    fail_unless_equals_uint64(analyzer.stat("discarded"), 0);
  }
}
GST_END_TEST

GST_START_TEST(demands_without_a_frame_are_counted_at_the_end)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kOnDemand};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(demand(analyzer) > 0);
  gst_element_set_state(analyzer.element(), GST_STATE_READY);
  fail_unless_equals_uint64(analyzer.stat("discarded"), 1);
  fail_unless_equals_int(static_cast<int>(demand(analyzer)), 0);
}
GST_END_TEST

GST_START_TEST(after_the_end_of_the_stream_nothing_can_be_demanded)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kOnDemand};
  gst_buffer_unref(analyzer.pass(0));
  gst_harness_push_event(analyzer.harness(), gst_event_new_eos());
  fail_unless_equals_int(static_cast<int>(demand(analyzer)), 0);
  flush(analyzer);
  fail_unless(demand(analyzer) > 0);
}
GST_END_TEST

GST_START_TEST(an_empty_question_is_refused_by_name)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kOnDemand} + "task=ask prompt=why"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless_equals_int(static_cast<int>(demand(analyzer, "  ")), 0);
  const std::string warning = warning_of(analyzer);
  expect(warning, "analyze-now");
  expect(warning, "prompt");
  fail_unless_equals_uint64(send(analyzer, demand_event("")), 0);
  fail_unless(demand(analyzer) > 0);
}
GST_END_TEST

GST_START_TEST(a_prompt_that_is_no_string_is_refused_by_name)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kOnDemand};
  gst_buffer_unref(analyzer.pass(0));
  GstEvent *event =
      gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                           gst_structure_new("gemini-analyze", "prompt", G_TYPE_INT, 7, nullptr));
  fail_unless(gst_harness_push_event(analyzer.harness(), event));
  expect(warning_of(analyzer), "prompt");
  gst_buffer_unref(analyzer.pass(kFrame));
  fail_unless_equals_uint64(analyzer.stat("samples"), 0);
}
GST_END_TEST

GST_START_TEST(the_frame_after_the_event_is_asked_about)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kOnDemand};
  gst_buffer_unref(analyzer.pass(0));
  const guint64 id = send(analyzer, demand_event("how many dogs?"));
  fail_unless(id > 0);
  gst_buffer_unref(analyzer.pass(kFrame));
  const std::string line = analyzer.wait_for_analysis();
  expect_id(line, id);
  fail_unless_equals_uint64(pts_of(line), kFrame);
  expect(emulator.requests()[0].body, "how many dogs?");
}
GST_END_TEST

GST_START_TEST(the_event_goes_on_to_other_elements)
{
  Emulator emulator;
  for (const char *mode : {"mode=live", "mode=accurate"}) {
    Analyzer analyzer{emulator.url(), mode};
    push(analyzer, analyzer.frame(0));
    send(analyzer, demand_event());
    gst_buffer_unref(gst_harness_pull(analyzer.harness()));
    for (;;) {
      g_autoptr(GstEvent) event = gst_harness_pull_event(analyzer.harness());
      fail_unless(event != nullptr, "%s: it did not come out", mode);
      if (gst_event_has_name(event, "gemini-analyze"))
        break;
    }
  }
}
GST_END_TEST

GST_START_TEST(a_held_frame_waits_for_the_answer_that_was_demanded)
{
  Emulator emulator{{.faults = "* slow 30"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000"};
  std::vector<guint64> expected;
  for (guint i = 0; i < 30; ++i) {
    guint64 own = 0;
    // Also on a frame that is due anyway, where both are asked.
    if (i == 5 || i == 10 || i == 20)
      own = send(analyzer, demand_event("dogs"));
    const guint64 before = analyzer.stat("samples");
    push(analyzer, analyzer.frame(i * kFrame));
    const guint64 newest = analyzer.stat("samples");
    if (i == 10 || i == 20)
      fail_unless_equals_uint64(newest, before + 2);
    expected.push_back(own > 0 ? own : newest);
  }
  for (guint i = 0; i < 30; ++i) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr);
    fail_unless_equals_uint64(GST_BUFFER_PTS(out), i * kFrame);
    fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_OK);
    fail_unless_equals_uint64(scene_request(out), expected[i]);
  }
}
GST_END_TEST

GST_START_TEST(a_demand_in_a_window_keeps_the_order_of_held_frames)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000 sharpest-window=800"};
  // Something else is demanded in the midst of a window. By the signal first: the window goes on
  // with that frame; by the event: it ends before it.
  for (guint i = 0; i < 30; ++i) {
    if (i == 3)
      fail_unless(demand(analyzer, "dogs") > 0);
    if (i == 13)
      fail_unless(send(analyzer, demand_event("dogs")) > 0);
    push(analyzer, painted(yard, i * kFrame));
  }
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_eos()));
  guint64 newest = 0;
  for (guint i = 0; i < 30; ++i) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr);
    fail_unless_equals_uint64(GST_BUFFER_PTS(out), i * kFrame);
    fail_unless(scene_request(out) >= newest);
    newest = scene_request(out);
  }
  // The demands, and the samples of three windows.
  fail_unless_equals_uint64(analyzer.stat("samples"), 5);
  fail_unless_equals_uint64(analyzer.stat("released-early"), 0);
}
GST_END_TEST

GST_START_TEST(any_thread_may_demand_while_frames_pass)
{
  Emulator emulator;
  Pipeline pipeline{std::string{"videotestsrc num-buffers=400 ! "} + kCaps +
                        " ! {} ! fakesink sync=false",
                    emulator.url(), "max-in-flight=8 sharpest-window=200 eos-timeout=120000"};
  std::vector<std::thread> threads;
  pipeline.play();
  std::atomic<unsigned> n_demanded{0};
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 40; ++n)
        if (demand(pipeline.analyzer(), n % 2 == 0 ? "dogs" : nullptr) > 0)
          ++n_demanded;
    });
  for (std::thread &thread : threads)
    thread.join();
  g_autoptr(GstMessage) end =
      pipeline.wait_for(static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  fail_unless(end && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS);
  fail_unless(n_demanded > 0);
  const auto frames = pipeline.frames();
  fail_unless_equals_int(static_cast<int>(frames.size()), 400);
  // Not by the ids: what is demanded while a frame is looked at, which is asked about as well, has
  // the older id, but the newer frame.
  GstClockTime newest = 0;
  for (const auto &frame : frames) {
    fail_unless(GST_CLOCK_TIME_IS_VALID(frame.sample) && frame.sample >= newest);
    newest = frame.sample;
  }
  fail_unless_equals_uint64(pipeline.stat("released-early"), 0);
  fail_unless_equals_uint64(pipeline.stat("answers"), pipeline.stat("samples"));
}
GST_END_TEST

static Suite *on_demand_suite()
{
  Suite *suite = suite_create("on_demand");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, there_is_no_demand_before_the_element_is_paused);
  tcase_add_test(tcase, the_next_frame_is_asked_about_with_the_id_that_was_returned);
  tcase_add_test(tcase, without_a_prompt_the_property_is_asked);
  tcase_add_test(tcase, a_demand_comes_through_whatever_is_skipped);
  tcase_add_test(tcase, several_demands_on_a_frame_are_several_requests);
  tcase_add_test(tcase, a_demand_for_the_same_serves_as_the_sample_that_is_due);
  tcase_add_test(tcase, a_demand_waits_for_a_place);
  tcase_add_test(tcase, a_demand_goes_before_a_batch_that_is_not_full);
  tcase_add_test(tcase, a_demand_gives_its_place_to_no_newer_frame);
  tcase_add_test(tcase, more_than_64_demands_are_refused);
  tcase_add_test(tcase, a_demand_beyond_the_budget_is_answered_with_that);
  tcase_add_test(tcase, a_demand_during_a_pause_is_answered_with_the_reason);
  tcase_add_test(tcase, a_flush_drops_demands);
  tcase_add_test(tcase, a_demand_waits_for_its_frame_over_new_caps_and_segments);
  tcase_add_test(tcase, demands_without_a_frame_are_counted_at_the_end);
  tcase_add_test(tcase, after_the_end_of_the_stream_nothing_can_be_demanded);
  tcase_add_test(tcase, an_empty_question_is_refused_by_name);
  tcase_add_test(tcase, a_prompt_that_is_no_string_is_refused_by_name);
  tcase_add_test(tcase, the_frame_after_the_event_is_asked_about);
  tcase_add_test(tcase, the_event_goes_on_to_other_elements);
  tcase_add_test(tcase, a_held_frame_waits_for_the_answer_that_was_demanded);
  tcase_add_test(tcase, a_demand_in_a_window_keeps_the_order_of_held_frames);
  tcase_add_test(tcase, any_thread_may_demand_while_frames_pass);
  return suite;
}

GST_CHECK_MAIN(on_demand)
