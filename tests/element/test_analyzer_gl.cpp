// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that lie in textures: they pass as textures, and are downloaded for samples only. Needs
// GStreamer's GL plugin and a GL that software can do; status 77 where there is none.
#include "support.hpp"

#include <cmath>
#include <cstdio>

#include <sys/wait.h>
#include <unistd.h>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr const char *kRgba = "video/x-raw,format=RGBA,width=320,height=240,framerate=1/1";
const std::vector<Shape> kShapes = {{30, 40, 90, 60, 200, 30, 30},
                                    {180, 120, 100, 80, 30, 60, 200}};

bool has_gl()
{
  g_autoptr(GError) error = nullptr;
  GstElement *pipeline = gst_parse_launch(
      "gltestsrc num-buffers=1 ! video/x-raw(memory:GLMemory),width=16,height=16 ! gldownload ! "
      "fakesink",
      &error);
  if (!pipeline || error) {
    gst_clear_object(&pipeline);
    return false;
  }
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstMessage) end = gst_bus_timed_pop_filtered(
      bus, 20 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return end && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS;
}

// In a process of its own: the tests are forked from this one, which GL's threads do not survive.
bool has_gl_in_child()
{
  const pid_t child = fork();
  if (child == 0)
    _exit(has_gl() ? 0 : 1);
  int status = 1;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool is_at_a_shape(GstGeminiObject *object)
{
  double x = 0;
  double y = 0;
  double w = 0;
  double h = 0;
  if (!gst_gemini_object_get_box(object, 320, 240, &x, &y, &w, &h))
    return false;
  for (const Shape &shape : kShapes)
    if (std::abs(x - shape.x) <= 2 && std::abs(y - shape.y) <= 2 &&
        std::abs(x + w - shape.x - shape.w) <= 2 && std::abs(y + h - shape.y - shape.h) <= 2)
      return true;
  return false;
}

// Formats of one texture and of several, and both targets that can be read.
constexpr const char *kTextures[] = {
    "format=RGBA,texture-target=2D", "format=RGBA,texture-target=rectangle",
    "format=NV12,texture-target=2D", "format=I420,texture-target=2D"};

GstHarness *make_harness(const Emulator &emulator, const std::string &mode,
                         const std::string &textures)
{
  const std::string launch = "glupload ! glcolorconvert ! video/x-raw(memory:GLMemory)," +
                             textures +
                             " ! geminianalyzer "
                             "name=gemini api-key=emulator-key base-url=" +
                             emulator.url() + " mode=" + mode;
  GstHarness *harness = gst_harness_new_parse(launch.c_str());
  gst_harness_set_src_caps_str(harness, kRgba);
  return harness;
}

GstBuffer *frame_at(GstClockTime pts)
{
  GstVideoInfo info;
  g_autoptr(GstCaps) caps = gst_caps_from_string(kRgba);
  fail_unless(gst_video_info_from_caps(&info, caps));
  GstBuffer *frame = draw(info, kShapes);
  GST_BUFFER_PTS(frame) = pts;
  return frame;
}

} // namespace

GST_START_TEST(textures_pass_as_textures_and_are_looked_at)
{
  Emulator emulator;
  GstHarness *harness = make_harness(emulator, "accurate", kTextures[__i__]);
  for (guint i = 0; i < 3; ++i) {
    fail_unless_equals_int(gst_harness_push(harness, frame_at(i * GST_SECOND)), GST_FLOW_OK);
    g_autoptr(GstBuffer) out = gst_harness_pull(harness);
    fail_unless(out != nullptr);
    g_autoptr(GstCaps) caps = gst_pad_get_current_caps(harness->sinkpad);
    fail_unless(gst_caps_features_contains(gst_caps_get_features(caps, 0), "memory:GLMemory"));
    fail_unless(gst_memory_is_type(gst_buffer_peek_memory(out, 0), "GLMemory") ||
                gst_memory_is_type(gst_buffer_peek_memory(out, 0), "GLMemoryPBO"));
    g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(out);
    fail_unless_equals_int(static_cast<int>(gst_gemini_scene_get_n_objects(scene)), 2);
    for (guint k = 0; k < 2; ++k) {
      g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, k);
      fail_unless(is_at_a_shape(object));
    }
  }
  gst_harness_teardown(harness);
}
GST_END_TEST

GST_START_TEST(live_textures_are_not_waited_for)
{
  Emulator emulator{{.latency_ms = 5000}};
  GstHarness *harness = make_harness(emulator, "live", kTextures[0]);
  for (guint i = 0; i < 20; ++i) {
    fail_unless_equals_int(gst_harness_push(harness, frame_at(i * GST_SECOND / 10)), GST_FLOW_OK);
    g_autoptr(GstBuffer) out = gst_harness_pull(harness);
    fail_unless(out != nullptr);
  }
  gst_harness_teardown(harness);
}
GST_END_TEST

int main(int argc, char **argv)
{
  gst_check_init(&argc, &argv);
  if (!has_gl_in_child()) {
    std::puts("SKIPPED: no GL here (Debian: gstreamer1.0-gl)");
    return 77;
  }
  Suite *suite = suite_create("analyzer_gl");
  TCase *tcase = tcase_create("gl");
  tcase_add_loop_test(tcase, textures_pass_as_textures_and_are_looked_at, 0,
                      G_N_ELEMENTS(kTextures));
  tcase_add_test(tcase, live_textures_are_not_waited_for);
  suite_add_tcase(suite, tcase);
  return gst_check_run_suite(suite, "analyzer_gl", __FILE__);
}
