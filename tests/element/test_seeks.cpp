// SPDX-License-Identifier: LGPL-2.1-or-later
// A film that is sought back and forth at random, and taken through states at random. Each of its
// pictures has a bar at a place of its own, so that the objects on a frame say which picture they
// are from: none may be from before a seek, and in accurate mode none from another second.
#include "support.hpp"
#include "support/temporary_folder.hpp"

#include <optional>
#include <random>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr int kMostMs = kSlowness * 1000; // that a seek, a change of state or a preroll may take
constexpr unsigned kFrames = 200;         // 10 a second
constexpr GstClockTime kFrame = GST_SECOND / 10;
constexpr int kHeight = 120;
constexpr int kWidth = 640;
// A bar of its own for each second and a place on it for each tenth.
constexpr double kColumn = 30;
constexpr double kRow = 11;

// How often, from the environment: GEMINI_SEEKS.
int n_times()
{
  const char *text = g_getenv("GEMINI_SEEKS");
  return text ? std::max(1, atoi(text)) : 40;
}

Shape mark(unsigned frame)
{
  return {kColumn * (frame / 10) + 6, kRow * (frame % 10) + 4, 14, 8, 200, 30, 30};
}

// As Motion JPEG in AVI, of which every picture is a place to seek to.
std::string make_film(const TemporaryFolder &folder)
{
  const std::string path = folder.path("film.avi");
  const std::string launch =
      "appsrc name=in format=time caps=\"video/x-raw,format=I420,width=" + std::to_string(kWidth) +
      ",height=" + std::to_string(kHeight) +
      ",framerate=10/1\" ! jpegenc quality=95 ! avimux ! filesink location=" + path;
  g_autoptr(GstElement) pipeline = gst_parse_launch(launch.c_str(), nullptr);
  fail_unless(pipeline != nullptr, "cannot make %s", launch.c_str());
  g_autoptr(GstElement) in = gst_bin_get_by_name(GST_BIN(pipeline), "in");
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, kWidth, kHeight);
  for (unsigned i = 0; i < kFrames; ++i) {
    GstBuffer *frame = draw(info, {mark(i)});
    GST_BUFFER_PTS(frame) = i * kFrame;
    GST_BUFFER_DURATION(frame) = kFrame;
    GstFlowReturn flow = GST_FLOW_OK;
    g_signal_emit_by_name(in, "push-buffer", frame, &flow);
    gst_buffer_unref(frame);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }
  GstFlowReturn flow = GST_FLOW_OK;
  g_signal_emit_by_name(in, "end-of-stream", &flow);
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) end = gst_bus_timed_pop_filtered(
      bus, 20 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  fail_unless(end != nullptr && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  return path;
}

// The picture that the frame's objects are from.
std::optional<unsigned> picture_seen_on(GstBuffer *frame)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  fail_unless(scene != nullptr, "a frame carries no scene");
  if (gst_gemini_scene_get_n_objects(scene) == 0)
    return std::nullopt;
  g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, 0);
  double x = 0;
  double y = 0;
  double w = 0;
  double h = 0;
  fail_unless(gst_gemini_object_get_box(object, kWidth, kHeight, &x, &y, &w, &h));
  return static_cast<unsigned>(x / kColumn) * 10 + static_cast<unsigned>(y / kRow);
}

// Looks at each frame that leaves the analyzer.
class Watch {
public:
  Watch(Pipeline &pipeline, bool is_accurate) : is_accurate_(is_accurate)
  {
    for (const char *name : {"sink", "src"}) {
      g_autoptr(GstPad) pad = gst_element_get_static_pad(pipeline.analyzer(), name);
      gst_pad_add_probe(
          pad,
          static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                       GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
          [](GstPad *seen, GstPadProbeInfo *info, gpointer self) {
            if (GST_PAD_IS_SRC(seen))
              static_cast<Watch *>(self)->see(info);
            return GST_PAD_PROBE_OK;
          },
          this, nullptr);
    }
  }
  Watch(const Watch &) = delete;
  Watch &operator=(const Watch &) = delete;

  // Empty: all is well.
  std::string problem()
  {
    const std::lock_guard lock{mutex_};
    return problem_;
  }
  unsigned n_known()
  {
    const std::lock_guard lock{mutex_};
    return n_known_;
  }

private:
  void see(GstPadProbeInfo *info)
  {
    const std::lock_guard lock{mutex_};
    if (!(info->type & GST_PAD_PROBE_TYPE_BUFFER)) {
      if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_SEGMENT)
        first_.reset();
      return;
    }
    GstBuffer *frame = GST_PAD_PROBE_INFO_BUFFER(info);
    // The first one begins where was sought to, within the picture's time.
    const auto number = static_cast<unsigned>((GST_BUFFER_PTS(frame) + GST_USECOND) / kFrame);
    if (!first_)
      first_ = number;
    if (number < *first_)
      say(number, "came before the first one of its segment", *first_);
    const auto picture = picture_seen_on(frame);
    if (!picture)
      return;
    ++n_known_;
    if (*picture > number)
      say(number, "has objects of a later picture:", *picture);
    else if (*picture < *first_)
      say(number, "has objects from before the seek, of picture", *picture);
    else if (is_accurate_ && number - *picture >= 11)
      say(number, "has objects of another second, of picture", *picture);
  }
  void say(unsigned number, const char *what, unsigned picture)
  {
    if (problem_.empty())
      problem_ = "frame " + std::to_string(number) + " " + what + " " + std::to_string(picture);
  }

  const bool is_accurate_;
  std::mutex mutex_; // guards all below
  std::string problem_;
  std::optional<unsigned> first_; // of the segment
  unsigned n_known_ = 0;
};

// Whether each element is where the pipeline is to go.
bool have_all_arrived(const Pipeline &pipeline)
{
  const GstState target = GST_STATE_TARGET(pipeline.pipeline());
  bool have_arrived = true;
  for (const GList *at = GST_BIN_CHILDREN(pipeline.pipeline()); at; at = at->next) {
    GstState state = GST_STATE_VOID_PENDING;
    const auto result = gst_element_get_state(GST_ELEMENT(at->data), &state, nullptr, 0);
    have_arrived = have_arrived && result == GST_STATE_CHANGE_SUCCESS && state == target;
  }
  return have_arrived;
}

// Waits for a change of state to be done, which takes a moment.
void check_settled(const Pipeline &pipeline, const std::string &what)
{
  GstStateChangeReturn result = GST_STATE_CHANGE_ASYNC;
  const auto took = time_of([&] {
    result = gst_element_get_state(pipeline.pipeline(), nullptr, nullptr, 5 * GST_SECOND);
  });
  // A GstBin that is told to pause in the moment in which it goes on to PLAYING does neither and
  // says ever after that it is about to. Its elements have done their part.
  if (result == GST_STATE_CHANGE_ASYNC && have_all_arrived(pipeline)) {
    gst_element_set_state(pipeline.pipeline(), GST_STATE_READY);
    return;
  }
  g_autofree char *name = g_enum_to_string(GST_TYPE_STATE_CHANGE_RETURN, result);
  fail_unless(result == GST_STATE_CHANGE_SUCCESS || result == GST_STATE_CHANGE_NO_PREROLL,
              "%s did not end: %s", what.c_str(), name);
  fail_unless(took.count() < kMostMs, "%s took %d ms", what.c_str(),
              static_cast<int>(took.count()));
}

struct Way {
  const char *name;
  const char *launch; // behind the decoder
  const char *properties;
  bool is_accurate;
};
constexpr Way kWays[] = {
    {"live", " ! {} ! geminioverlay ! fakesink sync=true qos=true", "mode=live", false},
    {"accurate", " ! {} ! geminioverlay ! fakesink sync=true qos=true", "mode=accurate", true},
    {"accurate with results",
     " ! {} ! geminioverlay ! fakesink sync=true  gemini.results ! fakesink sync=true",
     "mode=accurate", true},
    // Without queues: the other branch is always there first.
    {"accurate behind a tee",
     " ! tee name=t  t. ! {} ! fakesink sync=true  t. ! fakesink sync=true",
     "mode=accurate frames-per-request=2", true},
};

std::string launch_of(const Way &way, const std::string &film)
{
  return "filesrc location=" + film + " ! avidemux name=demux  jpegdec name=decoder" +
         " ! video/x-raw,format=I420" + way.launch;
}

// A demuxer has new pads after each READY.
void keep_linked(const Pipeline &pipeline)
{
  g_autoptr(GstElement) demux = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "demux");
  g_autoptr(GstElement) decoder = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "decoder");
  g_signal_connect(demux, "pad-added", G_CALLBACK(+[](GstElement *, GstPad *pad, GstElement *to) {
                     g_autoptr(GstPad) sink = gst_element_get_static_pad(to, "sink");
                     fail_unless_equals_int(gst_pad_link(pad, sink), GST_PAD_LINK_OK);
                   }),
                   decoder);
}

// The application hears of answers and buffering, and does not heed them.
void drain(Pipeline &pipeline)
{
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline.pipeline());
  while (GstMessage *message = gst_bus_pop(bus)) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
      g_autoptr(GError) error = nullptr;
      g_autofree char *debug = nullptr;
      gst_message_parse_error(message, &error, &debug);
      fail_unless(false, "%s %s", error->message, debug);
    }
    gst_message_unref(message);
  }
}

} // namespace

GST_START_TEST(a_film_is_sought_at_random)
{
  const Way &way = kWays[__i__];
  const TemporaryFolder folder;
  Emulator emulator{{.latency_ms = 20, .jitter_ms = 100}};
  Pipeline pipeline{launch_of(way, make_film(folder)), emulator.url(), way.properties};
  keep_linked(pipeline);
  Watch watch{pipeline, way.is_accurate};
  gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
  check_settled(pipeline, "the preroll");
  pipeline.play();
  std::mt19937 random{static_cast<unsigned>(__i__) + 1};
  std::uniform_int_distribution<GstClockTime> position{0, kFrames * kFrame - 2 * GST_SECOND};
  std::uniform_int_distribution<gulong> pause_us{0, 60'000};
  const int n = n_times();
  for (int i = 0; i < n; ++i) {
    const GstClockTime to = position(random);
    const std::string what = std::string{way.name} + ": seek " + std::to_string(i) + " to " +
                             std::to_string(to / GST_MSECOND) + " ms";
    const auto took = time_of([&] {
      fail_unless(gst_element_seek_simple(
          pipeline.pipeline(), GST_FORMAT_TIME,
          static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE),
          static_cast<gint64>(to)));
    });
    fail_unless(took.count() < kMostMs, "%s took %d ms", what.c_str(),
                static_cast<int>(took.count()));
    // Half of them come before the last one is over.
    if (i % 2 == 0)
      check_settled(pipeline, what);
    g_usleep(pause_us(random)); // the film plays meanwhile
    drain(pipeline);
    fail_unless(watch.problem().empty(), "%s: %s", what.c_str(), watch.problem().c_str());
  }
  const auto stop = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
  fail_unless(stop.count() < kMostMs, "the stop took %d ms", static_cast<int>(stop.count()));
  fail_unless(!way.is_accurate || watch.n_known() > 0, "no frame ever carried an object");
  fail_unless_equals_uint64(pipeline.stat("samples"), pipeline.stat("answers") +
                                                          pipeline.stat("failed") +
                                                          pipeline.stat("discarded"));
}
GST_END_TEST

GST_START_TEST(a_film_is_taken_through_states_at_random)
{
  const Way &way = kWays[__i__];
  const TemporaryFolder folder;
  Emulator emulator{{.latency_ms = 20, .jitter_ms = 100}};
  Pipeline pipeline{launch_of(way, make_film(folder)), emulator.url(), way.properties};
  keep_linked(pipeline);
  Watch watch{pipeline, way.is_accurate};
  std::mt19937 random{static_cast<unsigned>(__i__) + 1};
  std::uniform_int_distribution<int> state{GST_STATE_NULL, GST_STATE_PLAYING};
  std::uniform_int_distribution<gulong> pause_us{0, 40'000};
  const int n = n_times();
  for (int i = 0; i < n; ++i) {
    const auto to = static_cast<GstState>(state(random));
    g_autofree char *name = g_enum_to_string(GST_TYPE_STATE, to);
    const std::string what =
        std::string{way.name} + ": change " + std::to_string(i) + " to " + name;
    const auto took = time_of([&] {
      fail_unless(gst_element_set_state(pipeline.pipeline(), to) != GST_STATE_CHANGE_FAILURE, "%s",
                  what.c_str());
    });
    fail_unless(took.count() < kMostMs, "%s took %d ms", what.c_str(),
                static_cast<int>(took.count()));
    if (i % 2 == 0)
      check_settled(pipeline, what);
    g_usleep(pause_us(random));
    drain(pipeline);
    fail_unless(watch.problem().empty(), "%s: %s", what.c_str(), watch.problem().c_str());
  }
  const auto stop = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
  fail_unless(stop.count() < kMostMs, "the stop took %d ms", static_cast<int>(stop.count()));
}
GST_END_TEST

static Suite *seeks_suite()
{
  Suite *suite = suite_create("seeks");
  TCase *tcase = tcase_create("seeks");
  tcase_set_timeout(tcase, 600);
  tcase_add_loop_test(tcase, a_film_is_sought_at_random, 0, G_N_ELEMENTS(kWays));
  tcase_add_loop_test(tcase, a_film_is_taken_through_states_at_random, 0, G_N_ELEMENTS(kWays));
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(seeks)
