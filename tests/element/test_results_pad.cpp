// SPDX-License-Identifier: LGPL-2.1-or-later
// The request pad `results`: every line, in order, with an end, and never in the way of the video.
#include "support.hpp"

#include <algorithm>
#include <condition_variable>
#include <future>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

std::string film(const std::string &source, const std::string &results)
{
  return source + " ! " + kCaps + " ! {} ! fakesink sync=false  gemini.results ! " + results;
}

// What arrives at the element named "lines".
class Lines {
public:
  explicit Lines(const Pipeline &pipeline)
  {
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "lines");
    g_autoptr(GstPad) pad = gst_element_get_static_pad(sink, "sink");
    watch(pad);
  }
  explicit Lines(GstPad *pad) { watch(pad); }
  ~Lines()
  {
    gst_pad_remove_probe(pad_, probe_);
    gst_object_unref(pad_);
    // The pad's thread may still be in the probe.
    gone_.get_future().wait();
  }
  Lines(const Lines &) = delete;
  Lines &operator=(const Lines &) = delete;

  // Lines as they are, events by their type's name; gaps are counted only.
  std::vector<std::string> seen()
  {
    const std::lock_guard lock{mutex_};
    return seen_;
  }
  std::vector<GstClockTime> times()
  {
    const std::lock_guard lock{mutex_};
    return times_;
  }
  unsigned n_gaps()
  {
    const std::lock_guard lock{mutex_};
    return n_gaps_;
  }

private:
  void watch(GstPad *pad)
  {
    // The pad's thread may run already, and ThreadSanitizer sees no lock but ours.
    const std::lock_guard lock{mutex_};
    pad_ = GST_PAD(gst_object_ref(pad));
    probe_ = gst_pad_add_probe(
        pad_,
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                     GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                                     GST_PAD_PROBE_TYPE_EVENT_FLUSH),
        [](GstPad *, GstPadProbeInfo *info, gpointer self) {
          static_cast<Lines *>(self)->see(info);
          return GST_PAD_PROBE_OK;
        },
        this, [](gpointer self) { static_cast<Lines *>(self)->gone_.set_value(); });
  }
  void see(GstPadProbeInfo *info)
  {
    const std::lock_guard lock{mutex_};
    if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
      GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
      std::string line(gst_buffer_get_size(buffer), '\0');
      gst_buffer_extract(buffer, 0, line.data(), line.size());
      seen_.push_back(line);
      times_.push_back(GST_BUFFER_PTS(buffer));
    } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_GAP) {
      ++n_gaps_;
    } else {
      seen_.emplace_back(GST_EVENT_TYPE_NAME(GST_PAD_PROBE_INFO_EVENT(info)));
    }
  }

  GstPad *pad_ = nullptr;
  gulong probe_ = 0;
  std::promise<void> gone_;
  std::mutex mutex_; // guards all below
  std::vector<std::string> seen_;
  std::vector<GstClockTime> times_;
  unsigned n_gaps_ = 0;
};

} // namespace

GST_START_TEST(accurate_lines_come_in_order_of_pts_and_end_with_eos)
{
  Emulator emulator{{.faults = "1 slow 300"}};
  Pipeline pipeline{film("videotestsrc num-buffers=50", "fakesink name=lines async=true"),
                    emulator.url()};
  Lines lines{pipeline};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const auto seen = lines.seen();
  fail_unless_equals_int(static_cast<int>(seen.size()), 3 + 5 + 1);
  fail_unless_equals_string(seen[0].c_str(), "stream-start");
  fail_unless_equals_string(seen[1].c_str(), "caps");
  fail_unless_equals_string(seen[2].c_str(), "segment");
  fail_unless_equals_string(seen[8].c_str(), "eos");
  for (std::size_t i = 0; i < 5; ++i) {
    fail_unless_equals_uint64(lines.times()[i], i * GST_SECOND);
    const std::string &line = seen[3 + i];
    fail_unless(line.starts_with("{\"schema\":\"gst-gemini/1\",\"source\":\"gemini\","), "%s",
                line.c_str());
    fail_unless(line.ends_with("}\n"));
    fail_unless(line == pipeline.lines().at(i) + "\n", "%s", line.c_str());
  }
}
GST_END_TEST

// As pictures of multifilesrc.
GST_START_TEST(frames_without_a_time_have_lines_too)
{
  for (const char *mode : {"mode=accurate", "mode=live"}) {
    Emulator emulator;
    Pipeline pipeline{
        film("fakesrc format=bytes sizetype=fixed sizemax=115200 filltype=zero num-buffers=3",
             "fakesink name=lines async=true"),
        emulator.url(), std::string{"analysis-rate=10/1 "} + mode};
    Lines lines{pipeline};
    fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    fail_unless_equals_uint64(pipeline.stat("answers"), 3);
    fail_unless_equals_int(static_cast<int>(lines.seen().size()), 3 + 3 + 1);
    for (const GstClockTime time : lines.times())
      fail_unless(!GST_CLOCK_TIME_IS_VALID(time));
  }
}
GST_END_TEST

GST_START_TEST(live_eos_of_the_results_waits_for_the_answers)
{
  Emulator emulator{{.faults = "* hold"}};
  Pipeline pipeline{film("videotestsrc num-buffers=5", "fakesink name=lines async=false"),
                    emulator.url(), "mode=live"};
  Lines lines{pipeline};
  g_autoptr(GstPad) src = gst_element_get_static_pad(pipeline.analyzer(), "src");
  struct Seen {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_eos = false;
  } video;
  gst_pad_add_probe(
      src, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      [](GstPad *, GstPadProbeInfo *info, gpointer data) {
        auto *to = static_cast<Seen *>(data);
        if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS) {
          const std::lock_guard lock{to->mutex};
          to->is_eos = true;
          to->changed.notify_one();
        }
        return GST_PAD_PROBE_OK;
      },
      &video, nullptr);
  pipeline.play();
  fail_unless(emulator.wait_for_requests(1));
  {
    std::unique_lock lock{video.mutex};
    fail_unless(
        video.changed.wait_for(lock, std::chrono::seconds{20}, [&] { return video.is_eos; }),
        "the video's EOS waited for the network");
  }
  emulator.release();
  g_autoptr(GstMessage) eos = pipeline.wait_for(GST_MESSAGE_EOS);
  fail_unless(eos != nullptr);
  const auto seen = lines.seen();
  fail_unless(seen[seen.size() - 2].starts_with("{\"schema\""), "%s",
              seen[seen.size() - 2].c_str());
  fail_unless_equals_string(seen.back().c_str(), "eos");
}
GST_END_TEST

GST_START_TEST(eos_of_the_results_comes_after_its_timeout_in_any_case)
{
  Emulator emulator{{.faults = "* silence"}};
  Pipeline pipeline{film("videotestsrc num-buffers=5", "fakesink name=lines async=false"),
                    emulator.url(), "mode=live eos-timeout=200"};
  const auto took = time_of([&] { fail_unless(pipeline.run()); });
  fail_unless(took.count() < kSlowness * 5000);
}
GST_END_TEST

GST_START_TEST(a_sink_prerolls_while_nothing_is_said)
{
  Emulator emulator{{.faults = "* silence"}};
  Pipeline pipeline{film("videotestsrc is-live=true", "fakesink name=lines async=true sync=false"),
                    emulator.url()};
  Lines lines{pipeline};
  pipeline.play();
  for (;;) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ASYNC_DONE);
    fail_unless(message != nullptr, "the results' sink never prerolled");
    if (GST_MESSAGE_SRC(message) == GST_OBJECT_CAST(pipeline.pipeline()))
      break;
  }
  fail_unless(lines.n_gaps() > 0);
}
GST_END_TEST

GST_START_TEST(a_sink_that_is_paused_between_two_lines_prerolls)
{
  Emulator emulator;
  Pipeline pipeline{film("videotestsrc", "fakesink name=lines async=true"), emulator.url(),
                    "mode=live analysis-rate=1/100"};
  pipeline.play();
  while (pipeline.lines().empty()) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr, "there was no line");
  }
  // A GstBin that is told to pause on its way to PLAYING may stay where it is.
  fail_unless_equals_int(
      gst_element_get_state(pipeline.pipeline(), nullptr, nullptr, 5 * GST_SECOND),
      GST_STATE_CHANGE_SUCCESS);
  for (int i = 0; i < 3; ++i) {
    gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
    fail_unless_equals_int(
        gst_element_get_state(pipeline.pipeline(), nullptr, nullptr, 5 * GST_SECOND),
        GST_STATE_CHANGE_SUCCESS);
    pipeline.play();
    fail_unless_equals_int(
        gst_element_get_state(pipeline.pipeline(), nullptr, nullptr, 5 * GST_SECOND),
        GST_STATE_CHANGE_SUCCESS);
  }
}
GST_END_TEST

GST_START_TEST(a_blocked_sink_of_results_never_holds_the_video)
{
  Emulator emulator;
  Pipeline pipeline{film("videotestsrc num-buffers=100", "fakesink name=lines async=false"),
                    emulator.url()};
  g_autoptr(GstPad) results = gst_element_get_static_pad(pipeline.analyzer(), "results");
  gst_pad_add_probe(
      results, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER),
      [](GstPad *, GstPadProbeInfo *, gpointer) { return GST_PAD_PROBE_OK; }, nullptr, nullptr);
  pipeline.play();
  std::size_t n = 0;
  while (n < 10) { // all ten answers come in, so all the video has gone by but the last second
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr, "the video stopped after %d answers", static_cast<int>(n));
    n = pipeline.lines().size();
  }
  // And a stop does not wait for it either.
  const auto took = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
  fail_unless(took.count() < kSlowness * 1000, "the stop took %d ms",
              static_cast<int>(took.count()));
}
GST_END_TEST

GST_START_TEST(the_pad_may_be_requested_and_released_while_playing)
{
  Emulator emulator;
  Pipeline pipeline{std::string{"videotestsrc is-live=true ! "} + kCaps +
                        " ! {} ! fakesink sync=false",
                    emulator.url(), "analysis-rate=20/1"};
  pipeline.play();
  for (int i = 0; i < 3; ++i) {
    GstElement *sink = gst_element_factory_make("fakesink", "lines");
    g_object_set(sink, "async", FALSE, "sync", FALSE, nullptr);
    gst_bin_add(GST_BIN(pipeline.pipeline()), sink);
    Lines lines{pipeline};
    gst_element_sync_state_with_parent(sink);
    g_autoptr(GstPad) to = gst_element_get_static_pad(sink, "sink");
    GstPad *results = gst_element_request_pad_simple(pipeline.analyzer(), "results");
    fail_unless(results != nullptr);
    fail_unless_equals_int(gst_pad_link(results, to), GST_PAD_LINK_OK);
    // A line comes, behind what a stream begins with.
    for (;;) {
      g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
      fail_unless(message != nullptr);
      if (!lines.times().empty())
        break;
    }
    const auto seen = lines.seen();
    fail_unless_equals_string(seen[0].c_str(), "stream-start");
    fail_unless_equals_string(seen[1].c_str(), "caps");
    fail_unless_equals_string(seen[2].c_str(), "segment");
    gst_element_release_request_pad(pipeline.analyzer(), results);
    gst_object_unref(results);
    gst_element_set_state(sink, GST_STATE_NULL);
    gst_bin_remove(GST_BIN(pipeline.pipeline()), sink);
  }
}
GST_END_TEST

GST_START_TEST(an_end_that_was_flushed_away_ends_nothing)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live"};
  GstHarness *results = gst_harness_new_with_element(analyzer.element(), nullptr, "results");
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(1));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_eos()));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
  gst_buffer_unref(analyzer.pass(0));
  GstBuffer *line = gst_harness_pull(results);
  fail_unless(line != nullptr);
  gst_buffer_unref(line);
  while (GstEvent *event = gst_harness_try_pull_event(results)) {
    fail_unless(GST_EVENT_TYPE(event) != GST_EVENT_EOS);
    gst_event_unref(event);
  }
  gst_harness_teardown(results);
}
GST_END_TEST

GST_START_TEST(a_new_segment_comes_behind_the_lines_of_the_old)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live"};
  GstHarness *results = gst_harness_new_with_element(analyzer.element(), nullptr, "results");
  for (const char *type : {"stream-start", "caps", "segment", "gap"}) {
    g_autoptr(GstEvent) event = gst_harness_pull_event(results);
    fail_unless_equals_string(GST_EVENT_TYPE_NAME(event), type);
  }
  Lines lines{results->sinkpad};
  // A sink that is slow: lines and segment meet in the queue.
  g_autoptr(GstPad) pad = gst_element_get_static_pad(analyzer.element(), "results");
  const gulong block = gst_pad_add_probe(
      pad,
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER |
                                   GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      [](GstPad *, GstPadProbeInfo *, gpointer) { return GST_PAD_PROBE_OK; }, nullptr, nullptr);
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.base = 10 * GST_SECOND;
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  analyzer.wait_for_analysis();
  gst_pad_remove_probe(pad, block);
  gst_buffer_unref(gst_harness_pull(results));
  gst_buffer_unref(gst_harness_pull(results));
  const auto seen = lines.seen();
  fail_unless_equals_int(static_cast<int>(seen.size()), 3);
  fail_unless(seen[0].find("\"request_id\":1,") != std::string::npos);
  fail_unless_equals_string(seen[1].c_str(), "segment");
  fail_unless(seen[2].find("\"request_id\":2,") != std::string::npos);
  gst_harness_teardown(results);
}
GST_END_TEST

// A short file is through before an application has linked anything.
GST_START_TEST(a_sink_that_comes_after_the_end_gets_the_end)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live"};
  GstPad *pad = gst_element_request_pad_simple(analyzer.element(), "results");
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_eos()));
  GstPad *sink = gst_pad_new("sink", GST_PAD_SINK);
  std::promise<void> ended;
  GstClockTime longest_gap = 0; // the pad's thread's own until the end
  auto see = [&](GstEvent *event) {
    GstClockTime duration = 0;
    if (GST_EVENT_TYPE(event) == GST_EVENT_GAP)
      gst_event_parse_gap(event, nullptr, &duration);
    longest_gap = std::max(longest_gap, duration);
    if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
      ended.set_value();
  };
  using See = decltype(see);
  gst_pad_set_element_private(sink, &see);
  gst_pad_set_event_function(sink, [](GstPad *self, GstObject *, GstEvent *event) -> gboolean {
    (*static_cast<See *>(gst_pad_get_element_private(self)))(event);
    gst_event_unref(event);
    return TRUE;
  });
  // A line that was on its way when the sink came.
  gst_pad_set_chain_function(sink, [](GstPad *, GstObject *, GstBuffer *line) -> GstFlowReturn {
    gst_buffer_unref(line);
    return GST_FLOW_OK;
  });
  gst_pad_set_active(sink, TRUE);
  fail_unless_equals_int(gst_pad_link(pad, sink), GST_PAD_LINK_OK);
  fail_unless(ended.get_future().wait_for(std::chrono::seconds{20}) == std::future_status::ready,
              "there was no end");
  fail_unless(longest_gap <= GST_SECOND, "a GAP of %" GST_TIME_FORMAT, GST_TIME_ARGS(longest_gap));
  gst_element_release_request_pad(analyzer.element(), pad);
  gst_pad_set_active(sink, FALSE);
  gst_object_unref(sink);
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(there_is_one_results_pad_at_a_time)
{
  g_autoptr(GstElement) element = gst_element_factory_make("geminianalyzer", nullptr);
  GstPad *pad = gst_element_request_pad_simple(element, "results");
  fail_unless(pad != nullptr);
  GstPadTemplate *templ =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(element), "results");
  fail_unless(gst_element_request_pad(element, templ, nullptr, nullptr) == nullptr);
  gst_element_release_request_pad(element, pad);
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(a_flushing_seek_starts_the_lines_anew)
{
  Emulator emulator;
  Pipeline pipeline{
      film("videotestsrc num-buffers=1000000", "fakesink name=lines async=false sync=false"),
      emulator.url(), "max-held-bytes=2000000"};
  Lines lines{pipeline};
  pipeline.play();
  while (pipeline.lines().size() < 3) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
  }
  const auto took = time_of([&] {
    fail_unless(gst_element_seek_simple(
        pipeline.pipeline(), GST_FORMAT_TIME,
        static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE), 500 * GST_SECOND));
  });
  fail_unless(took.count() < kSlowness * 1000, "the seek took %d ms",
              static_cast<int>(took.count()));
  for (;;) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
    if (!lines.times().empty() && lines.times().back() >= 500 * GST_SECOND)
      break;
  }
}
GST_END_TEST

GST_START_TEST(answers_to_one_film_come_before_the_beginning_of_the_next)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000"};
  GstHarness *results = gst_harness_new_with_element(analyzer.element(), nullptr, "results");
  for (const char *type : {"stream-start", "caps", "segment", "gap"}) {
    g_autoptr(GstEvent) event = gst_harness_pull_event(results);
    fail_unless_equals_string(GST_EVENT_TYPE_NAME(event), type);
  }
  Lines lines{results->sinkpad};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  fail_unless(emulator.wait_for_requests(1));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_stream_start("next")));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.base = GST_SECOND;
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  fail_unless(emulator.wait_for_requests(2));
  emulator.release();
  gst_buffer_unref(gst_harness_pull(results));
  gst_buffer_unref(gst_harness_pull(results));
  const auto seen = lines.seen();
  fail_unless_equals_int(static_cast<int>(seen.size()), 5);
  fail_unless(seen[0].find("\"request_id\":1,") != std::string::npos);
  fail_unless_equals_string(seen[1].c_str(), "stream-start");
  fail_unless_equals_string(seen[2].c_str(), "caps");
  fail_unless_equals_string(seen[3].c_str(), "segment");
  fail_unless(seen[4].find("\"request_id\":2,") != std::string::npos);
  gst_harness_teardown(results);
}
GST_END_TEST

GST_START_TEST(the_results_keep_up_with_a_gap_of_the_video)
{
  for (const char *mode : {"mode=live", "mode=accurate"}) {
    Emulator emulator;
    Analyzer analyzer{emulator.url(), mode};
    GstHarness *results = gst_harness_new_with_element(analyzer.element(), nullptr, "results");
    fail_unless(gst_harness_push_event(analyzer.harness(),
                                       gst_event_new_gap(2 * GST_SECOND, 5 * GST_SECOND)));
    GstClockTime reached = 0;
    while (reached < 7 * GST_SECOND) {
      g_autoptr(GstEvent) event = gst_harness_pull_event(results);
      fail_unless(event != nullptr, "%s: the results stay at %" GST_TIME_FORMAT, mode,
                  GST_TIME_ARGS(reached));
      GstClockTime begin = 0;
      GstClockTime duration = 0;
      if (GST_EVENT_TYPE(event) != GST_EVENT_GAP)
        continue;
      gst_event_parse_gap(event, &begin, &duration);
      reached = begin + duration;
    }
    fail_unless_equals_uint64(reached, 7 * GST_SECOND);
    gst_harness_teardown(results);
  }
}
GST_END_TEST

static Suite *results_pad_suite()
{
  Suite *suite = suite_create("results_pad");
  TCase *tcase = tcase_create("results");
  tcase_add_test(tcase, accurate_lines_come_in_order_of_pts_and_end_with_eos);
  tcase_add_test(tcase, frames_without_a_time_have_lines_too);
  tcase_add_test(tcase, live_eos_of_the_results_waits_for_the_answers);
  tcase_add_test(tcase, eos_of_the_results_comes_after_its_timeout_in_any_case);
  tcase_add_test(tcase, a_sink_prerolls_while_nothing_is_said);
  tcase_add_test(tcase, a_sink_that_is_paused_between_two_lines_prerolls);
  tcase_add_test(tcase, a_blocked_sink_of_results_never_holds_the_video);
  tcase_add_test(tcase, the_pad_may_be_requested_and_released_while_playing);
  tcase_add_test(tcase, an_end_that_was_flushed_away_ends_nothing);
  tcase_add_test(tcase, a_new_segment_comes_behind_the_lines_of_the_old);
  tcase_add_test(tcase, answers_to_one_film_come_before_the_beginning_of_the_next);
  tcase_add_test(tcase, the_results_keep_up_with_a_gap_of_the_video);
  tcase_add_test(tcase, a_sink_that_comes_after_the_end_gets_the_end);
  tcase_add_test(tcase, there_is_one_results_pad_at_a_time);
  tcase_add_test(tcase, a_flushing_seek_starts_the_lines_anew);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(results_pad)
