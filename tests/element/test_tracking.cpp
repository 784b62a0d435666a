// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects are followed from answer to answer: what frames carry, live and accurate.
#include "sampled.hpp"
#include "static_plugin.hpp"
#include "support/manual_clock.hpp"
#include "vision/follower.hpp"

#include <cmath>
#include <mutex>
#include <optional>
#include <sstream>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;

struct Box {
  double x = 0, y = 0, w = 0, h = 0;
};

double iou(const Box &a, const Box &b)
{
  const double w = std::min(a.x + a.w, b.x + b.w) - std::max(a.x, b.x);
  const double h = std::min(a.y + a.h, b.y + b.h) - std::max(a.y, b.y);
  if (w <= 0 || h <= 0)
    return 0;
  return w * h / (a.w * a.h + b.w * b.h - w * h);
}

// A shade that is always the same for a place, and different from its neighbours'.
double grain(int x, int y)
{
  std::uint32_t hash = static_cast<std::uint32_t>(x / 4) * 2654435761U ^
                       static_cast<std::uint32_t>(y / 4) * 2246822519U;
  hash ^= hash >> 15;
  hash *= 2246822519U;
  hash ^= hash >> 13;
  return hash % 160;
}

// A parcel with print on it goes to the right over a pavement, 5 pixels a frame.
Box parcel(int frame)
{
  return {20.0 + 5 * frame, 80, 64, 64};
}

GstBuffer *street(int frame)
{
  const Box box = parcel(frame);
  return painted(
      [&](int x, int y) {
        if (x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h)
          return 60 + grain(x - static_cast<int>(box.x), y - static_cast<int>(box.y) + 1000);
        return 100 + grain(x + 5000, y) / 6;
      },
      static_cast<GstClockTime>(frame) * kFrame);
}

// The same of one shade, as the emulator's eyes know things.
GstBuffer *plain(int frame)
{
  const Box box = parcel(frame);
  return painted(
      [&](int x, int y) {
        return x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h ? 60 : 200;
      },
      static_cast<GstClockTime>(frame) * kFrame);
}

// What the model says of a frame on which it sees things in these boxes.
std::string saw(const std::vector<Box> &boxes)
{
  std::ostringstream text;
  text << "[";
  for (const Box &box : boxes)
    text << (&box == boxes.data() ? "" : ",") << R"({"box_2d":[)" << std::lround(box.y / 240 * 1000)
         << "," << std::lround(box.x / 320 * 1000) << ","
         << std::lround((box.y + box.h) / 240 * 1000) << ","
         << std::lround((box.x + box.w) / 320 * 1000) << R"(],"label":"parcel"})";
  text << "]";
  return text.str();
}

// One answer a second about the street, each where the parcel is on its frame.
std::string answers(int n)
{
  std::string script;
  for (int i = 0; i < n; ++i)
    script += says(static_cast<unsigned>(i) + 1, saw({parcel(10 * i)}));
  return script;
}

struct Seen {
  GstClockTime pts = 0;
  GstGeminiSceneStatus status = GST_GEMINI_SCENE_STATUS_PENDING;
  guint64 request = 0;
  guint64 id = 0; // 0: there is no object
  Box box;
  GstGeminiObjectState state = GST_GEMINI_OBJECT_STATE_NEW;
  GstClockTime age = 0;
  double confidence = 0; // of its place
};

// The one object on a frame.
Seen seen_on(GstBuffer *frame)
{
  Seen seen{.pts = GST_BUFFER_PTS(frame),
            .status = scene_status(frame),
            .request = scene_request(frame),
            .box = {}};
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  const guint n = gst_gemini_scene_get_n_objects(scene);
  fail_unless(n <= 1, "%u objects at %u ms", n, static_cast<guint>(seen.pts / GST_MSECOND));
  if (n == 0)
    return seen;
  g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, 0);
  seen.id = gst_gemini_object_get_id(object);
  seen.state = gst_gemini_object_get_state(object);
  seen.age = gst_gemini_object_get_age(object);
  seen.confidence = gst_gemini_object_get_track_confidence(object);
  fail_unless(gst_gemini_object_get_box(object, 320, 240, &seen.box.x, &seen.box.y, &seen.box.w,
                                        &seen.box.h));
  return seen;
}

Seen take(GstBuffer *frame)
{
  const Seen seen = seen_on(frame);
  gst_buffer_unref(frame);
  return seen;
}

Seen show(Analyzer &analyzer, int frame)
{
  return take(pass(analyzer, street(frame)));
}

// That the next frame is asked about; the id of the request.
guint64 demand(GstElement *analyzer)
{
  guint64 id = 0;
  g_signal_emit_by_name(analyzer, "analyze-now", nullptr, &id);
  return id;
}

// What is said of that frame.
std::string ask(Analyzer &analyzer, int frame)
{
  demand(analyzer.element());
  show(analyzer, frame);
  return analyzer.wait_for_analysis();
}

// The first answer is held back until frame `last` has passed.
void answer_late(Emulator &emulator, Analyzer &analyzer, int last)
{
  for (int i = 0; i <= last; ++i)
    show(analyzer, i);
  fail_unless(emulator.wait_for_requests(1));
  emulator.release();
  analyzer.wait_for_analysis();
}

double overlap_of(const Seen &seen, const Box &truth)
{
  return seen.id == 0 ? 0 : iou(seen.box, truth);
}

void check_place(const Seen &seen, const Box &truth, double least)
{
  const double overlap = overlap_of(seen, truth);
  fail_unless(overlap >= least,
              "at %u ms: IoU %.3f of %.0f,%.0f %.0fx%.0f with the truth %.0f,%.0f %.0fx%.0f",
              static_cast<guint>(seen.pts / GST_MSECOND), overlap, seen.box.x, seen.box.y,
              seen.box.w, seen.box.h, truth.x, truth.y, truth.w, truth.h);
}

void check_text(const std::string &line, const char *path, const std::string &should)
{
  const std::string is = json_at(line, path);
  fail_unless(is == should, "%s is %s instead of %s", path, is.c_str(), should.c_str());
}

// Shows frames of the street no faster than the worker looks at them.
class Pace {
public:
  explicit Pace(Analyzer &analyzer) : analyzer_(analyzer) {}

  // An answer has come since that frame.
  void answered(int frame) { confidence_ = ::show(analyzer_, frame).confidence; }
  // The frame as it passes first. The same one again carries what is known by then, which is less
  // sure with every picture.
  Seen show(int frame)
  {
    const Seen first = ::show(analyzer_, frame);
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    const double before = confidence_;
    for (confidence_ = first.confidence; confidence_ >= before;
         confidence_ = ::show(analyzer_, frame).confidence)
      fail_unless(std::chrono::steady_clock::now() < deadline, "frame %d was not looked at", frame);
    return first;
  }

private:
  Analyzer &analyzer_;
  double confidence_ = 0;
};

// A file that comes as fast as it is taken.
class File {
public:
  File(const std::string &url, const std::string &properties)
      : pipeline_{std::string{"appsrc name=src format=time caps="} + kCaps +
                      " ! {} ! appsink name=out sync=false wait-on-eos=false",
                  url, "mode=accurate " + properties},
        source_(gst_bin_get_by_name(GST_BIN(pipeline_.pipeline()), "src"))
  {
    g_autoptr(GstPad) pad = gst_element_get_static_pad(source_, "src");
    gst_pad_add_probe(
        pad, GST_PAD_PROBE_TYPE_BUFFER,
        +[](GstPad *, GstPadProbeInfo *, gpointer mutex) {
          const std::lock_guard lock{*static_cast<std::mutex *>(mutex)};
          return GST_PAD_PROBE_OK;
        },
        &handing_over_, nullptr);
  }
  ~File() { gst_object_unref(source_); }
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  Pipeline &pipeline() { return pipeline_; }
  void add(GstBuffer *frame)
  {
    const std::lock_guard lock{handing_over_};
    GstFlowReturn flow = GST_FLOW_ERROR;
    g_signal_emit_by_name(source_, "push-buffer", frame, &flow);
    gst_buffer_unref(frame);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }
  void set_caps(const char *text)
  {
    g_autoptr(GstCaps) caps = gst_caps_from_string(text);
    g_object_set(source_, "caps", caps, nullptr);
  }
  void end()
  {
    GstFlowReturn flow = GST_FLOW_ERROR;
    g_signal_emit_by_name(source_, "end-of-stream", &flow);
  }
  // The next frames that come out.
  std::vector<Seen> take(std::size_t n)
  {
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline_.pipeline()), "out");
    std::vector<Seen> seen;
    while (seen.size() < n) {
      g_autoptr(GstSample) sample = nullptr;
      g_signal_emit_by_name(sink, "try-pull-sample", 20 * GST_SECOND, &sample);
      fail_unless(sample != nullptr, "only %u frames came out", static_cast<guint>(seen.size()));
      seen.push_back(seen_on(gst_sample_get_buffer(sample)));
    }
    return seen;
  }
  // Plays all that was added.
  std::vector<Seen> play()
  {
    end();
    fail_unless(pipeline_.run(), "%s", pipeline_.error().c_str());
    return take(pipeline_.frames().size());
  }

private:
  // A frame was made before the streaming thread has it; that GLib sees to it sanitizers do not
  // see.
  std::mutex handing_over_;
  Pipeline pipeline_;
  GstElement *source_;
};

// What is the same whenever the same film is analysed.
std::string untimed(std::string line)
{
  for (const char *key : {"\"latency_ms\":", "\"captured_at\":"})
    if (const auto at = line.find(key); at != std::string::npos)
      line.erase(at, line.find(',', at) - at);
  return line;
}

// The street as a file.
std::vector<Seen> film(const std::string &properties, const std::string &faults,
                       GstBuffer *(*frame)(int), std::vector<std::string> *lines = nullptr)
{
  Emulator emulator{{.faults = faults}};
  File file{emulator.url(), properties};
  for (int i = 0; i < 45; ++i)
    file.add(frame(i));
  auto all = file.play();
  fail_unless_equals_int(static_cast<int>(all.size()), 45);
  for (const std::string &line : file.pipeline().lines())
    if (lines)
      lines->push_back(untimed(line));
  return all;
}

void check_same(const std::vector<Seen> &a, const std::vector<Seen> &b)
{
  fail_unless_equals_int(static_cast<int>(a.size()), static_cast<int>(b.size()));
  for (std::size_t i = 0; i < a.size(); ++i)
    fail_unless(a[i].pts == b[i].pts && a[i].status == b[i].status && a[i].id == b[i].id &&
                    a[i].box.x == b[i].box.x && a[i].box.w == b[i].box.w && a[i].age == b[i].age &&
                    a[i].confidence == b[i].confidence,
                "frame %u: %.3f and %.3f, as sure as %.4f and %.4f, objects %u and %u",
                static_cast<guint>(i), a[i].box.x, b[i].box.x, a[i].confidence, b[i].confidence,
                static_cast<guint>(a[i].id), static_cast<guint>(b[i].id));
}

} // namespace

GST_START_TEST(live_boxes_are_where_objects_are_now)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  Emulator emulator{{.faults = "1 hold\n" + answers(1)}};
  Analyzer analyzer{emulator.url(), "mode=live analysis-rate=1/60 tracking=auto"};
  answer_late(emulator, analyzer, 10);
  Pace pace{analyzer};
  pace.answered(10);
  // The answer is a second old, and the model saw the parcel a whole parcel farther left.
  for (int i = 11; i <= 24; ++i) {
    const Seen seen = pace.show(i);
    check_place(seen, parcel(i), 0.9);
    fail_unless_equals_uint64(seen.age, static_cast<GstClockTime>(i) * kFrame);
  }
}
GST_END_TEST

GST_START_TEST(without_tracking_live_boxes_stay_where_the_answer_put_them)
{
  Emulator emulator{{.faults = "1 hold\n" + answers(1)}};
  Analyzer analyzer{emulator.url(), "mode=live analysis-rate=1/60 tracking=none"};
  answer_late(emulator, analyzer, 10);
  for (int i = 11; i <= 24; ++i)
    check_place(show(analyzer, i), parcel(0), 0.97);
}
GST_END_TEST

GST_START_TEST(live_objects_keep_their_ids_and_tell_their_state_and_age)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  Emulator emulator{{.faults = answers(3)}};
  Analyzer analyzer{emulator.url(), "mode=live analysis-rate=1/1 max-in-flight=1 tracking=auto"};
  Pace pace{analyzer};
  guint64 id = 0;
  for (int i = 0; i < 30; ++i) {
    const int since = i % 10;
    if (since == 0) {
      show(analyzer, i); // asked about now
      const std::string line = analyzer.wait_for_analysis();
      check_text(line, "$.objects[0].state", i == 0 ? "new" : "kept");
      if (i > 0)
        check_text(line, "$.objects[0].id", std::to_string(id));
      pace.answered(i);
      continue;
    }
    const Seen seen = pace.show(i);
    id = id ? id : seen.id;
    fail_unless(id != 0);
    fail_unless_equals_uint64(seen.id, id);
    fail_unless_equals_uint64(seen.age, static_cast<GstClockTime>(since) * kFrame);
    fail_unless_equals_int(seen.state,
                           i < 10 ? GST_GEMINI_OBJECT_STATE_NEW : GST_GEMINI_OBJECT_STATE_KEPT);
    check_place(seen, parcel(i), i == 1 ? 0.8 : 0.9); // nothing has moved yet on the first
  }
}
GST_END_TEST

GST_START_TEST(an_object_that_has_left_is_told_once)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  // From frame 60 on nothing of it is on the picture.
  Emulator emulator{{.faults = says(1, saw({parcel(30)})) + says(2, "[]") + says(3, "[]")}};
  Analyzer analyzer{emulator.url(), "mode=live analysis-rate=0/1 max-in-flight=1 tracking=auto"};
  ask(analyzer, 30);
  fail_unless(show(analyzer, 31).id != 0);
  for (int i = 32; i < 66; ++i)
    show(analyzer, i);
  // The worker may be some frames behind.
  const std::string line = ask(analyzer, 66);
  fail_unless_equals_int(json_count(line, "$.gone[*]"), 1);
  check_text(line, "$.gone[0].state", "left");
  check_text(line, "$.gone[0].label", "parcel");
  fail_unless(show(analyzer, 67).id == 0);
  fail_unless_equals_int(json_count(ask(analyzer, 68), "$.gone[*]"), 0);
}
GST_END_TEST

GST_START_TEST(an_older_answer_counts_where_the_newer_request_has_failed)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  Emulator emulator{{.faults = "1 hold\n" + answers(1) + "2 status 503\n"}};
  Analyzer analyzer{emulator.url(), "mode=live analysis-rate=0/1 retries=0 tracking=auto"};
  demand(analyzer.element());
  show(analyzer, 0);
  fail_unless(emulator.wait_for_requests(1));
  check_text(ask(analyzer, 1), "$.status", "failed");
  emulator.release();
  check_text(analyzer.wait_for_analysis(), "$.status", "ok");
  Pace pace{analyzer};
  pace.answered(2);
  for (int i = 3; i <= 20; ++i) {
    const Seen seen = pace.show(i);
    check_place(seen, parcel(i), 0.85);
    fail_unless_equals_int(seen.status, GST_GEMINI_SCENE_STATUS_FAILED); // of the newest
  }
}
GST_END_TEST

GST_START_TEST(what_was_followed_before_tracking_was_off_is_not_known_any_more)
{
  Emulator emulator{{.faults = says(1, saw({parcel(0)})) + says(2, saw({parcel(1)}))}};
  Analyzer analyzer{emulator.url(), "mode=live analysis-rate=0/1 tracking=auto"};
  const std::string before = json_at(ask(analyzer, 0), "$.objects[0].id");
  gst_util_set_object_arg(G_OBJECT(analyzer.element()), "tracking", "none");
  show(analyzer, 1);
  gst_util_set_object_arg(G_OBJECT(analyzer.element()), "tracking", "auto");
  const std::string after = ask(analyzer, 2);
  fail_unless(json_at(after, "$.objects[0].id") != before, "%s", after.c_str());
  check_text(after, "$.objects[0].state", "new");
  fail_unless_equals_int(json_count(after, "$.gone[*]"), 0);
}
GST_END_TEST

GST_START_TEST(frames_that_nothing_is_followed_to_have_the_age_of_their_answer)
{
  Emulator emulator{{.faults = answers(1)}};
  Analyzer analyzer{emulator.url(), "mode=accurate analysis-rate=1/60 tracking=none"};
  for (int i = 0; i < 10; ++i) {
    // Objects are followed from the next sample on.
    if (i == 5)
      gst_util_set_object_arg(G_OBJECT(analyzer.element()), "tracking", "auto");
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), street(i)), GST_FLOW_OK);
    const Seen seen = take(gst_harness_pull(analyzer.harness()));
    check_place(seen, parcel(0), 0.97);
    fail_unless_equals_uint64(seen.age, static_cast<GstClockTime>(i) * kFrame);
    fail_unless_equals_int(seen.status, GST_GEMINI_SCENE_STATUS_OK);
  }
}
GST_END_TEST

GST_START_TEST(frames_between_two_answers_are_right_in_accurate_mode)
{
  const auto all = film("max-in-flight=1", answers(5), street);
  for (int i = 0; i < 45; ++i) {
    const Seen &seen = all[static_cast<std::size_t>(i)];
    fail_unless_equals_uint64(seen.pts, static_cast<GstClockTime>(i) * kFrame);
    fail_unless_equals_int(seen.status, GST_GEMINI_SCENE_STATUS_OK);
    fail_unless_equals_uint64(seen.id, all[0].id);
    check_place(seen, parcel(i), i % 10 == 0 ? 0.95 : 0.9);
  }
}
GST_END_TEST

GST_START_TEST(a_failed_answer_leaves_its_frames_what_is_followed)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  const std::string script =
      says(1, saw({parcel(0)})) + "2 status 503\n" + says(3, saw({parcel(20)}));
  Emulator emulator{{.faults = script}};
  File file{emulator.url(), "max-in-flight=1 retries=0"};
  for (int i = 0; i < 30; ++i)
    file.add(street(i));
  for (const Seen &seen : file.play()) {
    const int i = static_cast<int>(seen.pts / kFrame);
    fail_unless_equals_int(seen.status, i / 10 == 1 ? GST_GEMINI_SCENE_STATUS_FAILED
                                                    : GST_GEMINI_SCENE_STATUS_OK);
    check_place(seen, parcel(i), 0.9);
  }
}
GST_END_TEST

GST_START_TEST(frames_before_a_change_of_caps_leave_with_what_is_followed)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  Emulator emulator{{.faults = answers(1) + says(2, "[]")}};
  File file{emulator.url(), "max-in-flight=1 analysis-rate=1/60"};
  for (int i = 0; i < 8; ++i)
    file.add(street(i));
  file.set_caps("video/x-raw,format=I420,width=320,height=240,framerate=20/1");
  for (int i = 8; i < 12; ++i)
    file.add(street(i));
  for (const Seen &seen : file.play()) {
    const int i = static_cast<int>(seen.pts / kFrame);
    if (i < 8)
      check_place(seen, parcel(i), 0.9);
    else
      fail_unless(seen.id == 0 && seen.request == 2, "request %u at frame %d",
                  static_cast<guint>(seen.request), i);
  }
}
GST_END_TEST

GST_START_TEST(a_line_that_is_full_now_and_then_changes_nothing)
{
  const auto all = film("max-in-flight=1", answers(5), street);
  // Room for a second and a half: what waits for the next answer is not let go before it is there.
  const std::string limit =
      "max-in-flight=1 max-held-bytes=" + std::to_string(15 * 320 * 240 * 3 / 2);
  for (const char *fault : {"", "3 slow 1500\n"})
    check_same(film(limit, fault + answers(5), street), all);
}
GST_END_TEST

GST_START_TEST(a_line_that_holds_less_than_an_interval_lets_frames_go_as_they_are_followed)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  Emulator emulator{
      {.faults = answers(1) + "2 slow 1500\n2 status 503\n" + says(3, saw({parcel(20)}))}};
  File file{emulator.url(),
            "max-in-flight=1 retries=0 max-held-bytes=" + std::to_string(5 * 320 * 240 * 3 / 2)};
  for (int i = 0; i < 25; ++i)
    file.add(street(i));
  const auto all = file.play();
  fail_unless_equals_int(static_cast<int>(all.size()), 25);
  for (const Seen &seen : all)
    check_place(seen, parcel(static_cast<int>(seen.pts / kFrame)), 0.85);
}
GST_END_TEST

GST_START_TEST(one_demanded_frame_is_followed_where_the_line_is_full)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  Emulator emulator{{.faults = answers(1)}};
  File file{emulator.url(),
            "analysis-rate=0/1 max-held-bytes=" + std::to_string(5 * 320 * 240 * 3 / 2)};
  file.pipeline().play();
  fail_unless_equals_uint64(demand(file.pipeline().analyzer()), 1);
  for (int i = 0; i < 30; ++i)
    file.add(street(i));
  // Nobody says that the film ends.
  for (const Seen &seen : file.take(24))
    check_place(seen, parcel(static_cast<int>(seen.pts / kFrame)), 0.85);
  file.end();
  fail_unless_equals_int(static_cast<int>(file.take(6).size()), 6);
}
GST_END_TEST

GST_START_TEST(frames_go_when_the_source_stalls)
{
  if (!gemini::vision::sees_motion())
    return; // built without OpenCV
  Emulator emulator{{.faults = answers(1)}};
  File file{emulator.url(), "analysis-rate=1/60"};
  file.pipeline().play();
  for (int i = 0; i < 8; ++i)
    file.add(street(i));
  for (const Seen &seen : file.take(8))
    check_place(seen, parcel(static_cast<int>(seen.pts / kFrame)), 0.9);
}
GST_END_TEST

GST_START_TEST(a_film_that_comes_at_once_is_followed_frame_by_frame)
{
  // More pictures than the worker may be behind of a live source.
  Emulator emulator{{.faults = "1 slow 300\n" + answers(1)}};
  File file{emulator.url(), "analysis-rate=1/60"};
  for (int i = 0; i < 200; ++i)
    file.add(street(i % 40 < 20 ? i % 40 : 40 - i % 40));
  file.play();
  fail_unless_equals_uint64(file.pipeline().stat("pictures-skipped"), 0);
}
GST_END_TEST

GST_START_TEST(the_same_film_gives_the_same_results_whatever_the_order_of_answers)
{
  // Several are under way: they overtake each other.
  std::vector<std::string> lines;
  const auto first = film("", "", plain, &lines);
  fail_unless_equals_int(static_cast<int>(lines.size()), 5);
  for (const char *fault : {"1 slow 300\n", "2 slow 200\n3 slow 400\n"}) {
    std::vector<std::string> again;
    check_same(film("", fault, plain, &again), first);
    fail_unless_equals_int(static_cast<int>(again.size()), static_cast<int>(lines.size()));
    for (std::size_t i = 0; i < lines.size(); ++i)
      fail_unless_equals_string(again[i].c_str(), lines[i].c_str());
  }
}
GST_END_TEST

static Suite *tracking_suite()
{
  register_gemini();
  Suite *suite = suite_create("tracking");
  TCase *live = tcase_create("live");
  tcase_add_test(live, live_boxes_are_where_objects_are_now);
  tcase_add_test(live, without_tracking_live_boxes_stay_where_the_answer_put_them);
  tcase_add_test(live, live_objects_keep_their_ids_and_tell_their_state_and_age);
  tcase_add_test(live, an_object_that_has_left_is_told_once);
  tcase_add_test(live, an_older_answer_counts_where_the_newer_request_has_failed);
  tcase_add_test(live, what_was_followed_before_tracking_was_off_is_not_known_any_more);
  suite_add_tcase(suite, live);
  TCase *accurate = tcase_create("accurate");
  tcase_add_test(accurate, frames_that_nothing_is_followed_to_have_the_age_of_their_answer);
  tcase_add_test(accurate, frames_between_two_answers_are_right_in_accurate_mode);
  tcase_add_test(accurate, a_failed_answer_leaves_its_frames_what_is_followed);
  tcase_add_test(accurate, frames_before_a_change_of_caps_leave_with_what_is_followed);
  tcase_add_test(accurate, a_line_that_is_full_now_and_then_changes_nothing);
  tcase_add_test(accurate,
                 a_line_that_holds_less_than_an_interval_lets_frames_go_as_they_are_followed);
  tcase_add_test(accurate, one_demanded_frame_is_followed_where_the_line_is_full);
  tcase_add_test(accurate, frames_go_when_the_source_stalls);
  tcase_add_test(accurate, a_film_that_comes_at_once_is_followed_frame_by_frame);
  tcase_add_test(accurate, the_same_film_gives_the_same_results_whatever_the_order_of_answers);
  suite_add_tcase(suite, accurate);
  return suite;
}
GST_CHECK_MAIN(tracking)
