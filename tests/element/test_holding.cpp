// SPDX-License-Identifier: LGPL-2.1-or-later
// What holding frames does to the elements around: their pools, their clock, their links and their
// states.
#include "analyzer_bus.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"

#include <future>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;

std::string film(unsigned n, const std::string &sink)
{
  return "videotestsrc num-buffers=" + std::to_string(n) + " ! " + kCaps + " ! {} ! " + sink;
}

std::string shown(unsigned n)
{
  return film(n, "fakesink name=sink sync=true qos=true max-lateness=50000000");
}

void wait_for_preroll(Pipeline &pipeline)
{
  for (;;) {
    g_autoptr(GstMessage) message =
        pipeline.wait_for(static_cast<GstMessageType>(GST_MESSAGE_ASYNC_DONE | GST_MESSAGE_ERROR));
    fail_unless(message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ASYNC_DONE,
                "there was no preroll: %s", pipeline.error().c_str());
    if (GST_MESSAGE_SRC(message) == GST_OBJECT_CAST(pipeline.pipeline()))
      return;
  }
}

int percent_of(GstMessage *message)
{
  gint percent = -1;
  gst_message_parse_buffering(message, &percent);
  return percent;
}

int next_percent(Pipeline &pipeline)
{
  g_autoptr(GstMessage) message = pipeline.wait_for(
      static_cast<GstMessageType>(GST_MESSAGE_BUFFERING | GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  fail_unless(message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_BUFFERING,
              "no BUFFERING was posted");
  return percent_of(message);
}

// As gst-launch-1.0 does, where `obeys`. The percentages that were told until the end.
std::vector<int> watch(Pipeline &pipeline, bool obeys)
{
  std::vector<int> told;
  pipeline.play();
  for (;;) {
    g_autoptr(GstMessage) message = pipeline.wait_for(
        static_cast<GstMessageType>(GST_MESSAGE_BUFFERING | GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    fail_unless(message != nullptr, "the pipeline got stuck after %d messages", count(told.size()));
    fail_unless(GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR, "%s", pipeline.error().c_str());
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
      return told;
    told.push_back(percent_of(message));
    if (obeys)
      gst_element_set_state(pipeline.pipeline(),
                            told.back() < 100 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
  }
}

// Each pause ends.
void check_pairs(const std::vector<int> &told)
{
  fail_unless(told.size() % 2 == 0, "%d messages", count(told.size()));
  for (std::size_t i = 0; i < told.size(); ++i)
    fail_unless_equals_int(told[i], i % 2 == 0 ? 0 : 100);
}

// The sink's own count begins anew with each pause.
class Rendered {
public:
  explicit Rendered(Pipeline &pipeline)
  {
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "sink");
    g_object_set(sink, "signal-handoffs", TRUE, nullptr);
    g_signal_connect(sink, "handoff", G_CALLBACK(+[](GstElement *, GstBuffer *, GstPad *, gint *n) {
                       g_atomic_int_inc(n);
                     }),
                     &n_);
  }
  int count() { return g_atomic_int_get(&n_); }

private:
  gint n_ = 0;
};

} // namespace

GST_START_TEST(a_film_pauses_while_answers_are_awaited_and_drops_nothing)
{
  Emulator emulator{{.latency_ms = 1600}};
  Pipeline pipeline{shown(50), emulator.url(), "max-in-flight=1"};
  Rendered rendered{pipeline};
  const auto told = watch(pipeline, true);
  fail_unless(told.size() >= 4, "%d messages", count(told.size()));
  check_pairs(told);
  fail_unless_equals_int(rendered.count(), 50);
  fail_unless_equals_uint64(pipeline.stat("skipped-late"), 0);
  for (const auto &frame : pipeline.frames())
    fail_unless_equals_int(frame.status, GST_GEMINI_SCENE_STATUS_OK);
}
GST_END_TEST

GST_START_TEST(who_does_not_listen_to_buffering_plays_on)
{
  Emulator emulator{{.latency_ms = 1600}};
  Pipeline pipeline{shown(30), emulator.url(), "max-in-flight=1"};
  check_pairs(watch(pipeline, false));
  fail_unless_equals_int(count(pipeline.frames().size()), 30);
  fail_unless_equals_uint64(pipeline.stat("skipped-late"), 0);
}
GST_END_TEST

GST_START_TEST(what_is_not_shown_never_pauses)
{
  Emulator emulator{{.latency_ms = 200}};
  Pipeline pipeline{film(50, "fakesink sync=false"), emulator.url(), "max-in-flight=1"};
  fail_unless(watch(pipeline, true).empty());
}
GST_END_TEST

GST_START_TEST(quick_answers_never_pause)
{
  Emulator emulator;
  Pipeline pipeline{shown(15), emulator.url()};
  fail_unless(watch(pipeline, true).empty());
}
GST_END_TEST

GST_START_TEST(a_pause_for_answers_ends_with_a_seek)
{
  Emulator emulator{{.faults = "3 silence"}};
  Pipeline pipeline{shown(1000), emulator.url(), "max-in-flight=1"};
  pipeline.play();
  fail_unless_equals_int(next_percent(pipeline), 0);
  fail_unless(emulator.wait_for_requests(3));
  gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
  const auto took = time_of([&] {
    fail_unless(
        gst_element_seek_simple(pipeline.pipeline(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  });
  fail_unless(took.count() < kSlowness * 1000, "the seek took %d ms",
              static_cast<int>(took.count()));
  fail_unless_equals_int(next_percent(pipeline), 100);
  wait_for_preroll(pipeline); // later requests are answered
}
GST_END_TEST

// Until the first frame is there, the time of before the seek goes on.
GST_START_TEST(a_seek_while_playing_needs_no_pause_for_quick_answers)
{
  Emulator emulator{{.latency_ms = 150}};
  Pipeline pipeline{std::string{"videotestsrc ! "} + kCaps +
                        " ! {} ! fakesink name=sink sync=true qos=true",
                    emulator.url(), "max-in-flight=1 max-held-bytes=20000000 tracking=none"};
  Rendered rendered{pipeline};
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline.pipeline());
  const auto play_until = [&](int n_rendered) {
    for (int i = 0; i < 1000 && rendered.count() < n_rendered; ++i) {
      g_autoptr(GstMessage) message =
          gst_bus_timed_pop_filtered(bus, 20 * GST_MSECOND, GST_MESSAGE_BUFFERING);
      fail_unless(message == nullptr, "BUFFERING %d %%", percent_of(message));
    }
    fail_unless(rendered.count() >= n_rendered, "%d of %d", rendered.count(), n_rendered);
  };
  pipeline.play();
  play_until(15);
  fail_unless(
      gst_element_seek_simple(pipeline.pipeline(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  play_until(30);
}
GST_END_TEST

GST_START_TEST(a_pause_for_answers_ends_with_the_stream)
{
  Emulator emulator{{.faults = "3 silence"}};
  Pipeline pipeline{shown(1000), emulator.url(), "max-in-flight=1"};
  pipeline.play();
  fail_unless_equals_int(next_percent(pipeline), 0);
  gst_element_set_state(pipeline.pipeline(), GST_STATE_READY);
  fail_unless_equals_int(next_percent(pipeline), 100);
}
GST_END_TEST

GST_START_TEST(a_pause_for_answers_ends_with_the_timeout_of_eos)
{
  Emulator emulator{{.faults = "3 silence"}};
  Pipeline pipeline{shown(30), emulator.url(), "max-in-flight=1 eos-timeout=1500"};
  check_pairs(watch(pipeline, true));
  fail_unless_equals_int(count(pipeline.frames().size()), 30);
  fail_unless_equals_uint64(pipeline.stat("released-early"), 10);
}
GST_END_TEST

namespace {

std::string teed(const std::string &sink)
{
  return std::string{"videotestsrc ! "} + kCaps + " ! tee name=t  t. ! {} ! " + sink + "  t. ! " +
         sink;
}

} // namespace

// The other branch's sink holds up the streaming thread, so that no second frame ever comes. (In
// live mode, where frames pass in that thread, this needs queues as it does with any element.)
GST_START_TEST(a_tee_without_queues_prerolls_and_plays)
{
  for (const char *properties : {"mode=accurate", "mode=accurate frames-per-request=4",
                                 "mode=accurate sharpest-window=1000"}) {
    Emulator emulator{{.latency_ms = 100}};
    Pipeline pipeline{teed("fakesink sync=true"), emulator.url(), properties};
    gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
    const auto took = time_of([&] { wait_for_preroll(pipeline); });
    fail_unless(took.count() < kSlowness * 1500, "the preroll took %d ms",
                static_cast<int>(took.count()));
    pipeline.play();
    for (int i = 0; i < 2000 && pipeline.frames().size() < 3; ++i)
      g_usleep(5000);
    fail_unless(pipeline.frames().size() >= 3);
    const auto stop = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
    fail_unless(stop.count() < kSlowness * 1000, "the stop took %d ms",
                static_cast<int>(stop.count()));
  }
}
GST_END_TEST

namespace {

// Buffers of a pool that has no more than so many.
class SmallPool {
public:
  SmallPool(const Analyzer &analyzer, guint n) : pool_(gst_buffer_pool_new())
  {
    GstBuffer *frame = analyzer.frame(0);
    GstStructure *config = gst_buffer_pool_get_config(pool_);
    gst_buffer_pool_config_set_params(config, nullptr,
                                      static_cast<guint>(gst_buffer_get_size(frame)), n, n);
    gst_buffer_unref(frame);
    fail_unless(gst_buffer_pool_set_config(pool_, config));
    fail_unless(gst_buffer_pool_set_active(pool_, TRUE));
  }
  ~SmallPool()
  {
    gst_buffer_pool_set_active(pool_, FALSE);
    gst_object_unref(pool_);
  }
  SmallPool(const SmallPool &) = delete;
  SmallPool &operator=(const SmallPool &) = delete;

  GstBuffer *frame(GstClockTime pts)
  {
    GstBufferPoolAcquireParams params{};
    params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
    GstBuffer *buffer = nullptr;
    fail_unless_equals_int(gst_buffer_pool_acquire_buffer(pool_, &buffer, &params), GST_FLOW_OK);
    GST_BUFFER_PTS(buffer) = pts;
    return buffer;
  }

private:
  GstBufferPool *pool_;
};

} // namespace

GST_START_TEST(a_pool_that_cannot_grow_is_left_half)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  SmallPool pool{analyzer, 4};
  for (unsigned i = 0; i < 8; ++i) {
    GstBuffer *frame = pool.frame(i * kFrame);
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
  }
  fail_unless_equals_uint64(analyzer.stat("copied"), 6);
}
GST_END_TEST

GST_START_TEST(copies_keep_time_and_metadata)
{
  Emulator emulator{{.faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  SmallPool pool{analyzer, 1}; // of which nothing can be spared
  GstBuffer *frame = pool.frame(5 * kFrame);
  gst_buffer_add_video_region_of_interest_meta(frame, "box", 1, 2, 3, 4);
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
  gst_buffer_unref(pool.frame(0)); // it is back
  fail_unless(emulator.wait_for_requests(1));
  emulator.release();
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless_equals_uint64(GST_BUFFER_PTS(out), 5 * kFrame);
  fail_unless(gst_buffer_get_video_region_of_interest_meta_id(out, 0) != nullptr);
  fail_unless_equals_uint64(analyzer.stat("copied"), 1);
}
GST_END_TEST

GST_START_TEST(a_pool_that_grows_is_used_as_it_is)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  SmallPool pool{analyzer, 0};
  for (unsigned i = 0; i < 8; ++i)
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), pool.frame(i * kFrame)),
                           GST_FLOW_OK);
  fail_unless_equals_uint64(analyzer.stat("copied"), 0);
}
GST_END_TEST

GST_START_TEST(upstream_is_asked_for_the_buffers_that_are_held)
{
  struct {
    const char *properties;
    guint min;
  } cases[] = {{"mode=accurate", 16}, {"mode=accurate max-held-bytes=1000000", 8}};
  for (const auto &c : cases) {
    Emulator emulator;
    Analyzer analyzer{emulator.url(), c.properties};
    g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
    g_autoptr(GstQuery) query = gst_query_new_allocation(caps, TRUE);
    fail_unless(gst_pad_peer_query(analyzer.harness()->srcpad, query));
    fail_unless(gst_query_get_n_allocation_pools(query) > 0);
    guint min = 0;
    guint max = 0;
    gst_query_parse_nth_allocation_pool(query, 0, nullptr, nullptr, &min, &max);
    fail_unless_equals_int(static_cast<int>(min), static_cast<int>(c.min));
    fail_unless_equals_int(static_cast<int>(max), 0);
  }
}
GST_END_TEST

// Which would be for as long as what is held waits.
GST_START_TEST(a_live_source_that_asks_for_buffers_is_not_held_up)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000"};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
  g_autoptr(GstQuery) query = gst_query_new_allocation(caps, TRUE);
  const auto took =
      time_of([&] { fail_unless(gst_pad_peer_query(analyzer.harness()->srcpad, query)); });
  fail_unless(took.count() < kSlowness * 1000);
}
GST_END_TEST

GST_START_TEST(an_overload_costs_samples_first_then_the_wait_and_never_frames)
{
  constexpr unsigned kInFlight = 4; // the default of max-in-flight
  ManualClock clock;
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=10000 timeout=3600000"};
  for (unsigned second = 0; second < 9; ++second) {
    fail_unless_equals_int(
        gst_harness_push(analyzer.harness(), analyzer.frame(second * GST_SECOND)), GST_FLOW_OK);
    if (second < kInFlight) // which is not given up for being late before it is sent
      fail_unless(emulator.wait_for_requests(second + 1));
    clock.advance(1s);
  }
  fail_unless_equals_uint64(analyzer.stat("samples"), 6);
  fail_unless_equals_uint64(analyzer.stat("skipped-overload"), 3);
  fail_unless_equals_uint64(analyzer.stat("released-early"), 0);
  clock.advance(1s); // ten seconds after the first
  gst_buffer_unref(gst_harness_pull(analyzer.harness()));
  clock.advance(10s);
  for (unsigned i = 1; i < 9; ++i) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless_equals_uint64(GST_BUFFER_PTS(out), i * GST_SECOND);
  }
  // Those that were asked about; what waited for its turn is known to have failed.
  fail_unless(analyzer.stat("released-early") >= kInFlight);
  // Beside warnings of the answers that did not come.
  std::vector<std::string> told;
  while (GstMessage *message =
             gst_bus_pop_filtered(GST_ELEMENT_BUS(analyzer.element()), GST_MESSAGE_WARNING)) {
    g_autoptr(GError) error = nullptr;
    gst_message_parse_warning(message, &error, nullptr);
    gst_message_unref(message);
    if (has(error->message, "Answers take"))
      told.emplace_back(error->message);
  }
  fail_unless_equals_int(count(told.size()), 2);
  expect(told[0], "left out");
  expect(told[1], "leave without");
}
GST_END_TEST

GST_START_TEST(the_latency_is_told_once)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=700"};
  for (unsigned i = 0; i < 30; ++i)
    gst_harness_push(analyzer.harness(), analyzer.frame(i * kFrame));
  for (unsigned i = 0; i < 30; ++i)
    gst_buffer_unref(gst_harness_pull(analyzer.harness()));
  g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_LATENCY);
  fail_unless(message != nullptr);
  fail_unless(gst_bus_pop_filtered(GST_ELEMENT_BUS(analyzer.element()), GST_MESSAGE_LATENCY) ==
              nullptr);
}
GST_END_TEST

namespace {

void push_caps(Analyzer &analyzer, const char *text)
{
  g_autoptr(GstCaps) caps = gst_caps_from_string(text);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_caps(caps)));
}

void push_segment(Analyzer &analyzer)
{
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
}

constexpr const char *kSmall = "video/x-raw,format=I420,width=64,height=48,framerate=10/1";

void check_small(Analyzer &analyzer)
{
  g_autoptr(GstPad) src = gst_element_get_static_pad(analyzer.element(), "src");
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps(src);
  g_autoptr(GstCaps) small = gst_caps_from_string(kSmall);
  fail_unless(caps != nullptr && gst_caps_can_intersect(caps, small));
}

} // namespace

GST_START_TEST(caps_in_line_survive_a_flush)
{
  Emulator emulator{{.faults = "1 silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=60000"};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  fail_unless(emulator.wait_for_requests(1));
  push_caps(analyzer, kSmall);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE)));
  push_segment(analyzer);
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(out != nullptr);
  check_small(analyzer);
}
GST_END_TEST

GST_START_TEST(who_is_linked_again_gets_frames_and_all_that_was_said)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  g_autoptr(GstPad) src = gst_element_get_static_pad(analyzer.element(), "src");
  fail_unless(gst_pad_unlink(src, analyzer.harness()->sinkpad));
  // The loss is found out with a frame that leaves.
  for (unsigned i = 0;
       gst_harness_push(analyzer.harness(), analyzer.frame(i * kFrame)) != GST_FLOW_NOT_LINKED; ++i)
    fail_unless(i < 1000'000);
  g_autoptr(GstCaps) small = gst_caps_from_string(kSmall);
  gst_harness_push_event(analyzer.harness(), gst_event_new_caps(small)); // refused, not forgotten
  fail_unless_equals_int(gst_pad_link(src, analyzer.harness()->sinkpad), GST_PAD_LINK_OK);
  gst_pad_send_event(src, gst_event_new_reconfigure());
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(out != nullptr);
  check_small(analyzer);
}
GST_END_TEST

// As encoders with a property snapshot, and sinks at the end of a segment.
GST_START_TEST(who_has_had_enough_is_told_the_end)
{
  for (const bool is_end_held : {true, false}) {
    Emulator emulator{{.faults = "* hold"}};
    Analyzer analyzer{emulator.url(), "mode=accurate"};
    GstHarness *harness = analyzer.harness();
    std::promise<void> enough;
    gst_pad_add_probe(
        harness->sinkpad, GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad *, GstPadProbeInfo *info, gpointer told) {
          gst_buffer_unref(GST_PAD_PROBE_INFO_BUFFER(info));
          GST_PAD_PROBE_INFO_FLOW_RETURN(info) = GST_FLOW_EOS;
          static_cast<std::promise<void> *>(told)->set_value();
          return GST_PAD_PROBE_HANDLED;
        },
        &enough, nullptr);
    fail_unless_equals_int(gst_harness_push(harness, analyzer.frame(0)), GST_FLOW_OK);
    if (is_end_held)
      fail_unless(gst_harness_push_event(harness, gst_event_new_eos()));
    fail_unless(emulator.wait_for_requests(1));
    emulator.release();
    enough.get_future().wait();
    if (!is_end_held) {
      while (gst_harness_push(harness, analyzer.frame(kFrame)) != GST_FLOW_EOS)
        g_usleep(1000);
      fail_unless(gst_harness_push_event(harness, gst_event_new_eos()));
    }
    for (bool is_told = false; !is_told;) {
      g_autoptr(GstEvent) event = gst_harness_pull_event(harness);
      fail_unless(event != nullptr, "it was not told the end, which was %s",
                  is_end_held ? "held" : "to come");
      is_told = GST_EVENT_TYPE(event) == GST_EVENT_EOS;
    }
  }
}
GST_END_TEST

GST_START_TEST(an_element_is_taken_out_of_a_playing_pipeline)
{
  for (const char *mode : {"mode=accurate", "mode=live"}) {
    Emulator emulator{{.faults = "* silence"}};
    Pipeline pipeline{std::string{"videotestsrc is-live=true ! "} + kCaps +
                          " ! tee name=t allow-not-linked=true  t. ! {} ! fakesink sync=false "
                          "async=false  t. ! fakesink name=other sync=false async=false",
                      emulator.url(), mode};
    pipeline.play();
    fail_unless(emulator.wait_for_requests(1));
    GstElement *analyzer = pipeline.analyzer();
    g_autoptr(GstPad) sink = gst_element_get_static_pad(analyzer, "sink");
    g_autoptr(GstPad) tee = gst_pad_get_peer(sink);
    // As the application has to: between two frames.
    struct Unlinked {
      std::mutex mutex; // hands it to the thread of the probe, in a way that a sanitizer sees
      std::promise<void> promise;
    } unlinked;
    unlinked.mutex.lock();
    unlinked.mutex.unlock();
    gst_pad_add_probe(
        tee, GST_PAD_PROBE_TYPE_IDLE,
        [](GstPad *pad, GstPadProbeInfo *, gpointer data) {
          g_autoptr(GstPad) peer = gst_pad_get_peer(pad);
          fail_unless(gst_pad_unlink(pad, peer));
          auto &done = *static_cast<Unlinked *>(data);
          const std::lock_guard lock{done.mutex};
          done.promise.set_value();
          return GST_PAD_PROBE_REMOVE;
        },
        &unlinked, nullptr);
    const auto took = time_of([&] {
      unlinked.promise.get_future().wait();
      fail_unless(gst_bin_remove(GST_BIN(pipeline.pipeline()), analyzer));
      gst_element_set_state(analyzer, GST_STATE_NULL);
    });
    fail_unless(took.count() < kSlowness * 1000, "it took %d ms", static_cast<int>(took.count()));
    // The other branch plays on.
    g_autoptr(GstElement) other = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "other");
    const auto n_rendered = [&] {
      g_autoptr(GstStructure) stats = nullptr;
      g_object_get(other, "stats", &stats, nullptr);
      guint64 n = 0;
      gst_structure_get_uint64(stats, "rendered", &n);
      return n;
    };
    const auto until = n_rendered() + 3;
    for (int i = 0; i < 2000 && n_rendered() < until; ++i)
      g_usleep(5000);
    fail_unless(n_rendered() >= until);
    fail_unless(pipeline.error().empty());
  }
}
GST_END_TEST

// As where a seek and a stop meet: the pads go down one after the other.
GST_START_TEST(a_flush_that_ends_while_the_pads_go_down_starts_nothing)
{
  Emulator emulator{{.faults = "* silence"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-held-bytes=1"};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  g_autoptr(GstPad) src = gst_element_get_static_pad(analyzer.element(), "src");
  fail_unless(gst_pad_set_active(src, FALSE));
  const auto push = [&](GstEvent *event) {
    return gst_harness_push_event(analyzer.harness(), event);
  };
  push(gst_event_new_flush_start());
  push(gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  push(gst_event_new_segment(&segment));
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)),
                         GST_FLOW_FLUSHING);
  gst_element_set_state(analyzer.element(), GST_STATE_NULL);
  fail_unless(GST_PAD_TASK(src) == nullptr, "a task goes on");
}
GST_END_TEST

GST_START_TEST(null_during_an_upload_takes_no_time)
{
  for (const char *mode : {"mode=accurate", "mode=live"}) {
    Emulator emulator{{.faults = "files.upload * silence"}};
    Pipeline pipeline{film(30, "fakesink sync=false"), emulator.url(),
                      std::string{"upload=files "} + mode};
    pipeline.play();
    fail_unless(emulator.wait_for_calls("files.upload", 1));
    const auto took = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
    fail_unless(took.count() < kSlowness * 1000, "it took %d ms", static_cast<int>(took.count()));
  }
}
GST_END_TEST

GST_START_TEST(an_error_of_another_element_ends_with_a_stop_in_time)
{
  Emulator emulator{{.faults = "* silence"}};
  Pipeline pipeline{std::string{"videotestsrc ! identity error-after=25 ! "} + kCaps +
                        " ! {} ! fakesink sync=false",
                    emulator.url(), "mode=accurate"};
  fail_unless(!pipeline.run());
  fail_unless(pipeline.frames().empty()); // they are held
  const auto took = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
  fail_unless(took.count() < kSlowness * 1000, "it took %d ms", static_cast<int>(took.count()));
}
GST_END_TEST

GST_START_TEST(answers_that_come_in_a_pause_are_there_afterwards)
{
  Emulator emulator{{.faults = "* hold"}};
  Pipeline pipeline{shown(12), emulator.url(), "mode=accurate"};
  gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
  fail_unless(emulator.wait_for_requests(2));
  emulator.release();
  while (pipeline.lines().size() < 2) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
  }
  fail_unless(watch(pipeline, true).empty());
  const auto frames = pipeline.frames();
  fail_unless_equals_int(count(frames.size()), 12);
  for (const auto &frame : frames)
    fail_unless_equals_uint64(frame.request, frame.pts / GST_SECOND + 1);
}
GST_END_TEST

static Suite *holding_suite()
{
  register_gemini();
  Suite *suite = suite_create("holding");
  TCase *tcase = tcase_create("holding");
  tcase_add_test(tcase, a_film_pauses_while_answers_are_awaited_and_drops_nothing);
  tcase_add_test(tcase, who_does_not_listen_to_buffering_plays_on);
  tcase_add_test(tcase, what_is_not_shown_never_pauses);
  tcase_add_test(tcase, quick_answers_never_pause);
  tcase_add_test(tcase, a_pause_for_answers_ends_with_a_seek);
  tcase_add_test(tcase, a_seek_while_playing_needs_no_pause_for_quick_answers);
  tcase_add_test(tcase, a_pause_for_answers_ends_with_the_stream);
  tcase_add_test(tcase, a_pause_for_answers_ends_with_the_timeout_of_eos);
  tcase_add_test(tcase, a_tee_without_queues_prerolls_and_plays);
  tcase_add_test(tcase, a_pool_that_cannot_grow_is_left_half);
  tcase_add_test(tcase, copies_keep_time_and_metadata);
  tcase_add_test(tcase, a_pool_that_grows_is_used_as_it_is);
  tcase_add_test(tcase, upstream_is_asked_for_the_buffers_that_are_held);
  tcase_add_test(tcase, a_live_source_that_asks_for_buffers_is_not_held_up);
  tcase_add_test(tcase, an_overload_costs_samples_first_then_the_wait_and_never_frames);
  tcase_add_test(tcase, the_latency_is_told_once);
  tcase_add_test(tcase, caps_in_line_survive_a_flush);
  tcase_add_test(tcase, who_is_linked_again_gets_frames_and_all_that_was_said);
  tcase_add_test(tcase, who_has_had_enough_is_told_the_end);
  tcase_add_test(tcase, an_element_is_taken_out_of_a_playing_pipeline);
  tcase_add_test(tcase, a_flush_that_ends_while_the_pads_go_down_starts_nothing);
  tcase_add_test(tcase, null_during_an_upload_takes_no_time);
  tcase_add_test(tcase, an_error_of_another_element_ends_with_a_stop_in_time);
  tcase_add_test(tcase, answers_that_come_in_a_pause_are_there_afterwards);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(holding)
