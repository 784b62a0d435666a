// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that say how their frames have to be turned: what is sent is upright, and what comes back
// lies where it is on the frame.
#include "emulator/base64.hpp"
#include "json_text.hpp"
#include "support.hpp"
#include "vision/jpeg_decoder.hpp"

#include <cmath>
#include <optional>
#include <string>

using namespace gemini::test;
using gemini::emulator::Emulator;
using gemini::emulator::RecordedRequest;
using gemini::vision::JpegHead;

namespace {

// As image-orientation tags say it, in the order of GstVideoOrientationMethod.
constexpr const char *kOrientations[] = {"rotate-0",        "rotate-90",     "rotate-180",
                                         "rotate-270",      "flip-rotate-0", "flip-rotate-180",
                                         "flip-rotate-270", "flip-rotate-90"};

// A tall rectangle near the upper left corner of the frame as it is stored.
constexpr Shape kShape{40, 30, 50, 120, 200, 30, 30};

GstEvent *tags_event(const char *orientation, GstTagScope scope = GST_TAG_SCOPE_STREAM)
{
  GstTagList *tags = orientation ? gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, orientation, nullptr)
                                 : gst_tag_list_new(GST_TAG_TITLE, "a film", nullptr);
  gst_tag_list_set_scope(tags, scope);
  return gst_event_new_tag(tags);
}

void tell(const Analyzer &analyzer, GstEvent *event)
{
  fail_unless(gst_harness_push_event(analyzer.harness(), event));
}

// The size of the picture in a request.
JpegHead sent_size(const RecordedRequest &request)
{
  const std::string data = json_at(request.body, "$.contents[0].parts[0].inlineData.data");
  const auto jpeg = gemini::emulator::decode_base64(data);
  fail_unless(jpeg.has_value());
  const auto head = gemini::vision::JpegDecoder{}.read_head(*jpeg);
  fail_unless(head.has_value());
  return *head;
}

// Pushes a frame with the shape, and looks for it on the one that comes out.
void check_seen(const Analyzer &analyzer, GstClockTime pts)
{
  GstVideoInfo info;
  g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
  fail_unless(gst_video_info_from_caps(&info, caps));
  GstBuffer *frame = draw(info, {kShape});
  GST_BUFFER_PTS(frame) = pts;
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(out);
  fail_unless_equals_int(static_cast<int>(gst_gemini_scene_get_n_objects(scene)), 1);
  g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, 0);
  double x = 0;
  double y = 0;
  double w = 0;
  double h = 0;
  fail_unless(gst_gemini_object_get_box(object, 320, 240, &x, &y, &w, &h));
  fail_unless(std::abs(x - kShape.x) <= 2 && std::abs(y - kShape.y) <= 2 &&
                  std::abs(w - kShape.w) <= 3 && std::abs(h - kShape.h) <= 3,
              "%.1f,%.1f %.1fx%.1f", x, y, w, h);
}

// Whether the n-th request's picture was turned from 320x240 to 240x320.
bool was_turned(const Emulator &emulator, std::size_t n)
{
  const auto size = sent_size(emulator.requests().at(n));
  fail_unless_equals_int(std::min(size.width, size.height), 240);
  fail_unless_equals_int(std::max(size.width, size.height), 320);
  return size.height > size.width;
}

// A bin that says of itself that it turns frames, as glvideoflip does, and has the means in it.
struct TurningBin {
  GstBin parent;
};
struct TurningBinClass {
  GstBinClass parent;
};
GType turning_bin_get_type();
G_DEFINE_TYPE_WITH_CODE(TurningBin, turning_bin, GST_TYPE_BIN,
                        G_IMPLEMENT_INTERFACE(GST_TYPE_VIDEO_DIRECTION, nullptr))

void turning_bin_init(TurningBin *self)
{
  GstElement *identity = gst_element_factory_make("identity", nullptr);
  gst_bin_add(GST_BIN(self), identity);
  for (const char *name : {"sink", "src"}) {
    g_autoptr(GstPad) pad = gst_element_get_static_pad(identity, name);
    gst_element_add_pad(GST_ELEMENT_CAST(self), gst_ghost_pad_new(name, pad));
  }
}

void turning_bin_class_init(TurningBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  object_class->get_property = [](GObject *, guint, GValue *value, GParamSpec *) {
    g_value_set_enum(value, GST_VIDEO_ORIENTATION_90R);
  };
  object_class->set_property = [](GObject *, guint, const GValue *, GParamSpec *) {};
  g_object_class_override_property(object_class, 1, "video-direction");
}

} // namespace

GST_START_TEST(pictures_are_sent_upright_and_boxes_lie_on_the_frame)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  tell(analyzer, tags_event(kOrientations[__i__]));
  check_seen(analyzer, 0);
  const bool swaps = __i__ == 1 || __i__ == 3 || __i__ == 6 || __i__ == 7;
  fail_unless(was_turned(emulator, 0) == swaps, "%s", kOrientations[__i__]);
  const std::string line = analyzer.wait_for_analysis();
  fail_unless(json_at(line, "$.width") == "320");
}
GST_END_TEST

GST_START_TEST(the_newest_tag_of_any_scope_holds)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  tell(analyzer, tags_event("rotate-90", GST_TAG_SCOPE_GLOBAL));
  check_seen(analyzer, 0);
  fail_unless(was_turned(emulator, 0));
  // Tags that do not speak of it change nothing.
  tell(analyzer, tags_event(nullptr));
  check_seen(analyzer, 1 * GST_SECOND);
  fail_unless(was_turned(emulator, 1));
  tell(analyzer, tags_event("rotate-0"));
  check_seen(analyzer, 2 * GST_SECOND);
  fail_if(was_turned(emulator, 2));
  tell(analyzer, tags_event("rotate-270"));
  check_seen(analyzer, 3 * GST_SECOND);
  fail_unless(was_turned(emulator, 3));
}
GST_END_TEST

GST_START_TEST(a_flush_forgets_no_tag_and_a_new_stream_does)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  tell(analyzer, tags_event("rotate-90"));
  check_seen(analyzer, 0);
  fail_unless(was_turned(emulator, 0));

  tell(analyzer, gst_event_new_flush_start());
  tell(analyzer, gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  tell(analyzer, gst_event_new_segment(&segment));
  check_seen(analyzer, 0);
  fail_unless(was_turned(emulator, 1));

  tell(analyzer, gst_event_new_stream_start("another"));
  g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
  tell(analyzer, gst_event_new_caps(caps));
  tell(analyzer, gst_event_new_segment(&segment));
  check_seen(analyzer, 10 * GST_SECOND);
  fail_if(was_turned(emulator, 2));
}
GST_END_TEST

GST_START_TEST(frames_that_were_turned_upstream_are_not_turned_again)
{
  // The tag stays on the stream all the same. The second: not visible to a look at the neighbour.
  const char *const kFlips[] = {"videoflip video-direction=auto",
                                "videoflip video-direction=90r ! queue ! identity",
                                "( videoflip video-direction=auto ! identity ) ! videoconvert",
                                "( videoflip video-direction=auto ) ! ( identity ! identity )"};
  Emulator emulator;
  Pipeline pipeline{"videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=320,height=240,"
                    "framerate=1/1 ! taginject tags=\"image-orientation=rotate-90\" ! " +
                        std::string{kFlips[__i__]} + " ! {} ! fakesink",
                    emulator.url(), "mode=accurate"};
  fail_unless(pipeline.run());
  // The first ones leave videoflip before it has turned round.
  const std::string last = pipeline.lines().at(4);
  fail_unless(last.find("\"width\":240,\"height\":320") != std::string::npos, "%s", last.c_str());
  fail_unless(was_turned(emulator, 4));
}
GST_END_TEST

GST_START_TEST(a_bin_that_turns_frames_is_believed)
{
  fail_unless(gst_element_register(nullptr, "turningbin", GST_RANK_NONE, turning_bin_get_type()));
  Emulator emulator;
  Pipeline pipeline{"videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=240,height=320,"
                    "framerate=1/1 ! taginject tags=\"image-orientation=rotate-90\" ! "
                    "turningbin ! queue ! {} ! fakesink",
                    emulator.url(), "mode=accurate"};
  fail_unless(pipeline.run());
  fail_unless(was_turned(emulator, 0)); // once: 240x320 as it came
}
GST_END_TEST

static Suite *analyzer_orientation_suite()
{
  Suite *suite = suite_create("analyzer_orientation");
  TCase *tcase = tcase_create("orientation");
  tcase_add_loop_test(tcase, pictures_are_sent_upright_and_boxes_lie_on_the_frame, 0,
                      G_N_ELEMENTS(kOrientations));
  tcase_add_test(tcase, the_newest_tag_of_any_scope_holds);
  tcase_add_test(tcase, a_flush_forgets_no_tag_and_a_new_stream_does);
  tcase_add_loop_test(tcase, frames_that_were_turned_upstream_are_not_turned_again, 0, 4);
  tcase_add_test(tcase, a_bin_that_turns_frames_is_believed);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_orientation)
