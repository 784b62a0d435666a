// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that can happen to a stream, in both modes, before a service that is silent, slow or
// fast: what leaves, in which order, when it is shown, and which picture its objects are from.
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"

#include <array>
#include <condition_variable>
#include <optional>
#include <sstream>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kHalf = GST_SECOND / 2;
constexpr GstClockTime kLast = 8 * GST_SECOND / 10;
constexpr double kStep = 12; // from the bar of one picture to that of the next

// Each picture has a bar at a place of its own, so that whoever finds the bar knows the picture.
std::vector<Shape> bar(unsigned picture)
{
  return {{kStep * picture + 4, 40, 8, 60, 200, 30, 30}};
}

// The picture that the objects on the frame are from, as a letter; '-': there are none.
char seen_on(GstBuffer *frame)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  fail_unless(scene != nullptr, "a frame carries no scene");
  if (gst_gemini_scene_get_n_objects(scene) == 0)
    return '-';
  g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, 0);
  double x = 0;
  double y = 0;
  double w = 0;
  double h = 0;
  const guint width = gst_buffer_get_size(frame) > 100'000 ? 320 : 240; // see the row "caps"
  fail_unless(gst_gemini_object_get_box(object, width, 120, &x, &y, &w, &h));
  return static_cast<char>('A' + static_cast<int>(x / kStep));
}

// What leaves the element: "A:B" is frame A with objects of frame B, and events by their names.
class Out {
public:
  explicit Out(const Analyzer &analyzer)
      : pad_(gst_element_get_static_pad(analyzer.element(), "src"))
  {
    gst_pad_add_probe(
        pad_,
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                     GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                                     GST_PAD_PROBE_TYPE_EVENT_FLUSH),
        [](GstPad *, GstPadProbeInfo *info, gpointer self) {
          static_cast<Out *>(self)->see(info);
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
  }
  ~Out() { gst_object_unref(pad_); }
  Out(const Out &) = delete;
  Out &operator=(const Out &) = delete;

  // Of the frame with this letter.
  void expect_pts(GstClockTime pts)
  {
    const std::lock_guard lock{mutex_};
    pts_.push_back(pts);
  }
  std::size_t size()
  {
    const std::lock_guard lock{mutex_};
    return tokens_.size();
  }
  bool wait_for(std::size_t n)
  {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 20s, [&] { return tokens_.size() >= n; });
  }
  std::string text()
  {
    const std::lock_guard lock{mutex_};
    std::string all;
    for (const std::string &token : tokens_)
      all += (all.empty() ? "" : " ") + token;
    return all;
  }

private:
  void see(GstPadProbeInfo *info)
  {
    std::string token;
    const std::lock_guard lock{mutex_};
    if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
      GstBuffer *frame = GST_PAD_PROBE_INFO_BUFFER(info);
      const auto number = GST_BUFFER_OFFSET(frame);
      fail_unless(number < pts_.size());
      fail_unless_equals_uint64(GST_BUFFER_PTS(frame), pts_[number]);
      token = std::string{static_cast<char>('A' + number)} + ':' + seen_on(frame);
    } else {
      token = GST_EVENT_TYPE_NAME(GST_PAD_PROBE_INFO_EVENT(info));
    }
    tokens_.push_back(token);
    changed_.notify_all();
  }

  GstPad *pad_;
  std::mutex mutex_; // guards all below
  std::condition_variable changed_;
  std::vector<std::string> tokens_;
  std::vector<GstClockTime> pts_;
};

enum Server { silent, slow, fast, n_servers };
constexpr std::array<const char *, n_servers> kFaults{"* silence", "* hold", ""};

struct Stage {
  Stage(bool live, Server what)
      : is_live(live), server(what), emulator({.faults = kFaults[what]}),
        analyzer(emulator.url(), live ? "mode=live" : "mode=accurate")
  {
    for (int i = 0; i < 3; ++i) // how a stream begins is not what is looked at
      gst_event_unref(gst_harness_pull_event(analyzer.harness()));
    out.emplace(analyzer);
    set_caps("320");
  }

  void set_caps(const std::string &width)
  {
    g_autoptr(GstCaps) caps = gst_caps_from_string(
        ("video/x-raw,format=I420,height=240,framerate=10/1,width=" + width).c_str());
    fail_unless(gst_video_info_from_caps(&info, caps));
  }
  bool push(GstEvent *event) { return gst_harness_push_event(analyzer.harness(), event); }
  void segment(GstClockTime start, GstClockTime base = 0, GstClockTime stop = GST_CLOCK_TIME_NONE)
  {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.start = segment.time = segment.position = start;
    segment.base = base;
    segment.stop = stop;
    fail_unless(push(gst_event_new_segment(&segment)));
  }
  void frame(GstClockTime pts, bool is_discont = false)
  {
    GstBuffer *buffer = draw(info, bar(n_frames));
    GST_BUFFER_PTS(buffer) = pts;
    GST_BUFFER_OFFSET(buffer) = n_frames++;
    if (is_discont)
      GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
    out->expect_pts(pts);
    const std::uint64_t before = analyzer.stat("samples");
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), buffer), GST_FLOW_OK);
    n_asked += analyzer.stat("samples") - before;
    // The next one comes when the answer is there.
    if (is_live && server == fast && analyzer.stat("samples") > before)
      analyzer.wait_for_analysis();
  }

  ManualClock clock;
  const bool is_live;
  const Server server;
  Emulator emulator;
  Analyzer analyzer;
  std::optional<Out> out;
  GstVideoInfo info{};
  unsigned n_frames = 0;
  std::size_t n_asked = 0;
  GstClockTime next = GST_SECOND; // when the first frame after the event is shown
  bool is_over = false;           // no frame comes after the event
};

// Frames A and B come half a second apart, then the event, then C, D and E; one sample a second. A
// service that is slow answers when all have come, but for E in live mode, which comes then.
struct Row {
  const char *name;
  void (*happen)(Stage &);
  std::array<const char *, n_servers> live;
  std::array<const char *, n_servers> accurate;
};

void flush(Stage &stage)
{
  fail_unless(stage.push(gst_event_new_flush_start()));
  fail_unless(stage.push(gst_event_new_flush_stop(TRUE)));
  stage.segment(0);
  stage.next = 0;
}

const Row kRows[] = {
    {"nothing",
     [](Stage &) {},
     {"A:- B:- C:- D:- E:-", "A:- B:- C:- D:- E:C", "A:- B:A C:A D:C E:C"},
     {"A:- B:- C:- D:- E:-", "A:A B:A C:C D:C E:C", "A:A B:A C:C D:C E:C"}},
    {"a flushing seek",
     flush,
     {"A:- B:- flush-start flush-stop segment C:- D:- E:-",
      "A:- B:- flush-start flush-stop segment C:- D:- E:C",
      "A:- B:A flush-start flush-stop segment C:- D:C E:C"},
     {"flush-start flush-stop segment C:- D:- E:-", "flush-start flush-stop segment C:C D:C E:C",
      "A:A B:A flush-start flush-stop segment C:C D:C E:C"}},
    {"a flush that keeps the time",
     [](Stage &stage) {
       fail_unless(stage.push(gst_event_new_flush_start()));
       fail_unless(stage.push(gst_event_new_flush_stop(FALSE)));
       stage.segment(0);
     },
     {"A:- B:- flush-start flush-stop segment C:- D:- E:-",
      "A:- B:- flush-start flush-stop segment C:- D:- E:C",
      "A:- B:A flush-start flush-stop segment C:- D:C E:C"},
     {"flush-start flush-stop segment C:- D:- E:-", "flush-start flush-stop segment C:C D:C E:C",
      "A:A B:A flush-start flush-stop segment C:C D:C E:C"}},
    // In the same second of running time as A: it is another picture all the same.
    {"a seek without a flush",
     [](Stage &stage) {
       stage.segment(100 * GST_SECOND, 7 * GST_SECOND / 10);
       stage.next = 100 * GST_SECOND;
     },
     {"A:- B:- segment C:- D:- E:-", "A:- B:- segment C:- D:- E:D", "A:- B:A segment C:- D:C E:D"},
     {"A:- B:- segment C:- D:- E:-", "A:A B:A segment C:C D:D E:D", "A:A B:A segment C:C D:D E:D"}},
    {"an update of the segment",
     [](Stage &stage) { stage.segment(0, 0, 50 * GST_SECOND); },
     {"A:- B:- segment C:- D:- E:-", "A:- B:- segment C:- D:- E:C", "A:- B:A segment C:A D:C E:C"},
     {"A:- B:- segment C:- D:- E:-", "A:A B:A segment C:C D:C E:C", "A:A B:A segment C:C D:C E:C"}},
    // Where the pictures before it have been shown already.
    {"an update of the segment's start",
     [](Stage &stage) { stage.segment(GST_SECOND, GST_SECOND); },
     {"A:- B:- segment C:- D:- E:-", "A:- B:- segment C:- D:- E:C", "A:- B:A segment C:A D:C E:C"},
     {"A:- B:- segment C:- D:- E:-", "A:A B:A segment C:C D:C E:C", "A:A B:A segment C:C D:C E:C"}},
    {"other caps",
     [](Stage &stage) {
       stage.set_caps("240");
       g_autoptr(GstCaps) caps = gst_video_info_to_caps(&stage.info);
       fail_unless(stage.push(gst_event_new_caps(caps)));
     },
     {"A:- B:- caps C:- D:- E:-", "A:- B:- caps C:- D:- E:C", "A:- B:A caps C:- D:C E:C"},
     {"A:- B:- caps C:- D:- E:-", "A:A B:A caps C:C D:C E:C", "A:A B:A caps C:C D:C E:C"}},
    {"a gap",
     [](Stage &stage) {
       fail_unless(stage.push(gst_event_new_gap(GST_SECOND, 2 * GST_SECOND)));
       stage.next = 3 * GST_SECOND;
     },
     {"A:- B:- gap C:- D:- E:-", "A:- B:- gap C:- D:- E:C", "A:- B:A gap C:A D:C E:C"},
     {"A:- B:- gap C:- D:- E:-", "A:A B:A gap C:C D:C E:C", "A:A B:A gap C:C D:C E:C"}},
    {"tags",
     [](Stage &stage) {
       fail_unless(
           stage.push(gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "a title", nullptr))));
     },
     {"A:- B:- tag C:- D:- E:-", "A:- B:- tag C:- D:- E:C", "A:- B:A tag C:A D:C E:C"},
     {"A:- B:- tag C:- D:- E:-", "A:A B:A tag C:C D:C E:C", "A:A B:A tag C:C D:C E:C"}},
    {"the next film",
     [](Stage &stage) {
       GstEvent *start = gst_event_new_stream_start("next");
       gst_event_set_group_id(start, gst_util_group_id_next());
       fail_unless(stage.push(start));
       stage.segment(0, GST_SECOND);
       stage.next = 0;
     },
     {"A:- B:- stream-start segment C:- D:- E:-", "A:- B:- stream-start segment C:- D:- E:C",
      "A:- B:A stream-start segment C:- D:C E:C"},
     {"A:- B:- stream-start segment C:- D:- E:-", "A:A B:A stream-start segment C:C D:C E:C",
      "A:A B:A stream-start segment C:C D:C E:C"}},
    {"the end",
     [](Stage &stage) {
       fail_unless(stage.push(gst_event_new_eos()));
       fail_unless(!stage.push(gst_event_new_eos())); // a second one
       stage.is_over = true;
     },
     {"A:- B:- eos", "A:- B:- eos", "A:- B:A eos"},
     {"A:- B:- eos", "A:A B:A eos", "A:A B:A eos"}},
    {"the end and a flush",
     [](Stage &stage) {
       fail_unless(stage.push(gst_event_new_eos()));
       if (!stage.is_live && stage.server == fast)
         fail_unless(stage.out->wait_for(3));
       flush(stage);
     },
     {"A:- B:- eos flush-start flush-stop segment C:- D:- E:-",
      "A:- B:- eos flush-start flush-stop segment C:- D:- E:C",
      "A:- B:A eos flush-start flush-stop segment C:- D:C E:C"},
     {"flush-start flush-stop segment C:- D:- E:-", "flush-start flush-stop segment C:C D:C E:C",
      "A:A B:A eos flush-start flush-stop segment C:C D:C E:C"}},
    {"the end and another film",
     [](Stage &stage) {
       fail_unless(stage.push(gst_event_new_eos()));
       fail_unless(stage.push(gst_event_new_stream_start("next")));
       stage.segment(0, GST_SECOND);
       stage.next = 0;
     },
     {"A:- B:- eos stream-start segment C:- D:- E:-",
      "A:- B:- eos stream-start segment C:- D:- E:C",
      "A:- B:A eos stream-start segment C:- D:C E:C"},
     {"A:- B:- eos stream-start segment C:- D:- E:-",
      "A:A B:A eos stream-start segment C:C D:C E:C",
      "A:A B:A eos stream-start segment C:C D:C E:C"}},
    // C comes too late for the screen, and D is in time.
    {"lateness",
     [](Stage &stage) {
       fail_unless(gst_harness_push_upstream_event(
           stage.analyzer.harness(),
           gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 1.5, 200 * GST_MSECOND, GST_SECOND)));
     },
     {"A:- B:- C:- D:- E:-", "A:- B:- C:- D:- E:D", "A:- B:A C:A D:A E:D"},
     {"A:- B:- C:- D:- E:-", "A:A B:A C:A D:D E:D", "A:A B:A C:A D:D E:D"}},
    {"a pause",
     [](Stage &stage) {
       gst_element_set_state(stage.analyzer.element(), GST_STATE_PAUSED);
       gst_element_set_state(stage.analyzer.element(), GST_STATE_PLAYING);
     },
     {"A:- B:- C:- D:- E:-", "A:- B:- C:- D:- E:C", "A:- B:A C:A D:C E:C"},
     {"A:- B:- C:- D:- E:-", "A:A B:A C:C D:C E:C", "A:A B:A C:C D:C E:C"}},
    {"READY and back",
     [](Stage &stage) {
       gst_element_set_state(stage.analyzer.element(), GST_STATE_READY);
       gst_element_set_state(stage.analyzer.element(), GST_STATE_PLAYING);
       fail_unless(stage.push(gst_event_new_stream_start("again")));
       g_autoptr(GstCaps) caps = gst_video_info_to_caps(&stage.info);
       fail_unless(stage.push(gst_event_new_caps(caps)));
       stage.segment(0);
     },
     {"A:- B:- stream-start caps segment C:- D:- E:-",
      "A:- B:- stream-start caps segment C:- D:- E:C",
      "A:- B:A stream-start caps segment C:- D:C E:C"},
     {"stream-start caps segment C:- D:- E:-", "stream-start caps segment C:C D:C E:C",
      "A:A B:A stream-start caps segment C:C D:C E:C"}},
};

std::size_t n_tokens(const std::string &text)
{
  std::istringstream words{text};
  std::string word;
  std::size_t n = 0;
  while (words >> word)
    ++n;
  return n;
}

void play(const Row &row, bool is_live, Server server)
{
  Stage stage{is_live, server};
  const char *expected = (is_live ? row.live : row.accurate)[server];
  stage.frame(0);
  stage.frame(kHalf);
  if (!is_live && server == fast)
    fail_unless(stage.out->wait_for(2));
  if (server != fast)
    fail_unless(stage.emulator.wait_for_requests(1));
  row.happen(stage);
  if (!stage.is_over) {
    stage.frame(stage.next);
    stage.frame(stage.next + kHalf);
    if (!is_live)
      stage.frame(stage.next + kLast);
  }
  if (server == slow) {
    fail_unless(stage.emulator.wait_for_requests(stage.n_asked));
    stage.emulator.release();
  }
  if (!is_live && server == silent)
    stage.clock.advance(10s);
  if (is_live && !stage.is_over) {
    if (server == slow)
      for (auto n = stage.analyzer.stat("samples") - stage.analyzer.stat("discarded"); n > 0; --n)
        stage.analyzer.wait_for_analysis();
    stage.frame(stage.next + kLast);
  }
  fail_unless(stage.out->wait_for(n_tokens(expected)), "%s, %s, %s: only %s", row.name,
              is_live ? "live" : "accurate", kFaults[server], stage.out->text().c_str());
  fail_unless(stage.out->text() == expected, "%s, %s, \"%s\": %s instead of %s", row.name,
              is_live ? "live" : "accurate", kFaults[server], stage.out->text().c_str(), expected);
}

} // namespace

GST_START_TEST(whatever_happens_each_frame_leaves_in_order_with_what_is_true_of_it)
{
  const Row &row = kRows[__i__];
  for (const bool is_live : {true, false})
    for (const Server server : {silent, slow, fast})
      play(row, is_live, server);
}
GST_END_TEST

// Whatever it draws on, the overlay keeps the order and the times, and holds nothing.
GST_START_TEST(the_overlay_passes_all_in_order_and_at_once)
{
  GstHarness *harness = gst_harness_new("geminioverlay");
  std::string seen;
  g_autoptr(GstPad) src = gst_element_get_static_pad(harness->element, "src");
  gst_pad_add_probe(
      src,
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                                   GST_PAD_PROBE_TYPE_EVENT_FLUSH),
      [](GstPad *, GstPadProbeInfo *info, gpointer text) {
        std::string &all = *static_cast<std::string *>(text);
        if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
          all += std::to_string(GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info)) / GST_SECOND);
        else
          all += GST_EVENT_TYPE_NAME(GST_PAD_PROBE_INFO_EVENT(info));
        all += ' ';
        return GST_PAD_PROBE_OK;
      },
      &seen, nullptr);
  GstVideoInfo info;
  const auto caps = [&](guint width) {
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, width, 48);
    return gst_video_info_to_caps(&info);
  };
  const auto push = [&](GstClockTime second) {
    GstBuffer *frame = draw(info, {});
    GST_BUFFER_PTS(frame) = second * GST_SECOND;
    gst_buffer_add_video_region_of_interest_meta(frame, "box", 4, 4, 20, 20);
    fail_unless_equals_int(gst_harness_push(harness, frame), GST_FLOW_OK);
  };
  const auto segment = [&](GstClockTime start) {
    GstSegment now;
    gst_segment_init(&now, GST_FORMAT_TIME);
    now.start = now.time = start;
    fail_unless(gst_harness_push_event(harness, gst_event_new_segment(&now)));
  };
  gst_harness_set_src_caps(harness, caps(64));
  push(0);
  g_autoptr(GstCaps) wider = caps(80);
  fail_unless(gst_harness_push_event(harness, gst_event_new_caps(wider)));
  push(1);
  fail_unless(gst_harness_push_event(harness, gst_event_new_gap(2 * GST_SECOND, GST_SECOND)));
  push(3);
  segment(50 * GST_SECOND);
  push(50);
  // Late ones, too: nobody else would show what they carry.
  gst_harness_push_upstream_event(
      harness, gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2, GST_SECOND, 60 * GST_SECOND));
  push(51);
  fail_unless(gst_harness_push_event(harness, gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(harness, gst_event_new_flush_stop(TRUE)));
  segment(0);
  push(7);
  gst_element_set_state(harness->element, GST_STATE_PAUSED);
  gst_element_set_state(harness->element, GST_STATE_PLAYING);
  push(8);
  fail_unless(gst_harness_push_event(harness, gst_event_new_eos()));
  fail_unless_equals_string(seen.c_str(),
                            "stream-start caps segment 0 caps 1 gap 3 segment 50 51 flush-start "
                            "flush-stop segment 7 8 eos ");
  gst_harness_teardown(harness);
}
GST_END_TEST

static Suite *events_suite()
{
  register_gemini();
  Suite *suite = suite_create("events");
  TCase *tcase = tcase_create("events");
  tcase_add_loop_test(tcase, whatever_happens_each_frame_leaves_in_order_with_what_is_true_of_it, 0,
                      G_N_ELEMENTS(kRows));
  tcase_add_test(tcase, the_overlay_passes_all_in_order_and_at_once);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(events)
