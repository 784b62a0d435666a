// SPDX-License-Identifier: LGPL-2.1-or-later
// GstGeminiMeta through GStreamer's own elements: what they keep is right, and what would be wrong
// they drop.

#include "values.hpp"

#include <gst/video/video.h>

#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string>

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>

using namespace gemini;
using namespace gemini::test;

namespace {

const Rect kBox{0.25, 0.5, 0.5, 0.25};

// One frame with a scene through a piece of pipeline.
struct Passed {
  Ref<GstGeminiScene> sent;
  Ref<GstGeminiScene> arrived; // null: dropped on the way
  GstVideoInfo info{};         // of the frame that came out
};

bool has_elements(std::initializer_list<const char *> names)
{
  for (const char *name : names) {
    g_autoptr(GstElementFactory) factory = gst_element_factory_find(name);
    if (!factory) {
      std::printf("SKIPPED: GStreamer's element %s is not installed\n", name);
      return false;
    }
  }
  return true;
}

std::string caps_of(int width, int height, const char *format = "I420")
{
  return std::string{"video/x-raw,format="} + format + ",width=" + std::to_string(width) +
         ",height=" + std::to_string(height) + ",framerate=10/1,pixel-aspect-ratio=1/1";
}

std::string filter(int width, int height, const char *format = "I420")
{
  return "capsfilter caps=" + caps_of(width, height, format);
}

Passed pass(const std::string &launch, const std::string &in_caps)
{
  GstHarness *harness = gst_harness_new_parse(launch.c_str());
  gst_harness_set_src_caps_str(harness, in_caps.c_str());
  g_autoptr(GstCaps) caps = gst_caps_from_string(in_caps.c_str());
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, caps));

  Passed passed;
  passed.sent = make_scene({{
      .id = 1,
      .label = "cat",
      .box = kBox,
      .mask = std::make_shared<const Mask>(Mask{kBox, 2, 1, {255, 0}}),
      .polygon = {{{0.25, 0.5}, {0.75, 0.75}}},
      .point = Point{0.5, 0.625},
  }});
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  gst_buffer_memset(buffer, 0, 0x80, info.size);
  GST_BUFFER_PTS(buffer) = 0;
  gst_gemini_meta_add(buffer, passed.sent.get());
  fail_unless_equals_int(gst_harness_push(harness, buffer), GST_FLOW_OK);

  const auto out = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  fail_unless(out.get() != nullptr, "%s", launch.c_str());
  passed.arrived = scene_of(out.get());
  g_autoptr(GstCaps) out_caps = gst_pad_get_current_caps(harness->sinkpad);
  fail_unless(gst_video_info_from_caps(&passed.info, out_caps));
  gst_harness_teardown(harness);
  return passed;
}

void expect_box(const Passed &passed, double x, double y, double w, double h)
{
  double box[4]{};
  fail_unless(gst_gemini_object_get_box(
      object_of(passed.arrived, 0).get(), static_cast<guint>(passed.info.width),
      static_cast<guint>(passed.info.height), &box[0], &box[1], &box[2], &box[3]));
  assert_equals_float(box[0], x);
  assert_equals_float(box[1], y);
  assert_equals_float(box[2], w);
  assert_equals_float(box[3], h);
}

} // namespace

GST_START_TEST(videoscale_keeps_the_scene_and_boxes_are_right_in_the_new_size)
{
  if (!has_elements({"videoscale"}))
    return;
  const Passed passed = pass("videoscale ! " + filter(320, 240), caps_of(640, 480));
  fail_unless(passed.arrived.get() == passed.sent.get());
  fail_unless_equals_int(passed.info.width, 320);
  expect_box(passed, 80, 120, 160, 60);
}
GST_END_TEST

GST_START_TEST(masks_outlines_and_points_are_right_in_the_new_size)
{
  if (!has_elements({"videoscale"}))
    return;
  const Passed passed = pass("videoscale ! " + filter(640, 360), caps_of(1280, 720));
  const auto cat = object_of(passed.arrived, 0);
  double x = 0;
  double y = 0;
  double w = 0;
  double h = 0;
  fail_unless(gst_gemini_object_get_point(cat.get(), 640, 360, &x, &y));
  assert_equals_float(x, 320);
  assert_equals_float(y, 225);
  guint columns = 0;
  g_autoptr(GBytes) mask =
      gst_gemini_object_get_mask(cat.get(), 640, 360, &x, &y, &w, &h, &columns, nullptr);
  fail_unless_equals_uint64(g_bytes_get_size(mask), 2);
  fail_unless_equals_uint64(columns, 2);
  assert_equals_float(x, 160);
  assert_equals_float(y, 180);
  assert_equals_float(w, 320);
  assert_equals_float(h, 90);
  gsize n_values = 0;
  g_autofree gdouble *ring = gst_gemini_object_get_ring(cat.get(), 0, 640, 360, &n_values);
  fail_unless_equals_uint64(n_values, 4);
  assert_equals_float(ring[2], 480);
  assert_equals_float(ring[3], 270);
}
GST_END_TEST

GST_START_TEST(videoscale_with_borders_drops_the_scene)
{
  if (!has_elements({"videoscale"}))
    return;
  const Passed passed =
      pass("videoscale add-borders=true ! " + filter(640, 360), caps_of(640, 480));
  fail_unless_equals_int(passed.info.height, 360);
  fail_unless(passed.arrived.get() == nullptr);
}
GST_END_TEST

GST_START_TEST(videoconvert_keeps_the_scene)
{
  if (!has_elements({"videoconvert"}))
    return;
  const Passed passed =
      pass("videoconvert ! " + filter(640, 480, "BGRx"), caps_of(640, 480, "I420"));
  fail_unless(passed.arrived.get() == passed.sent.get());
  expect_box(passed, 160, 240, 320, 120);
}
GST_END_TEST

GST_START_TEST(videoconvertscale_keeps_the_scene)
{
  if (!has_elements({"videoconvertscale"}))
    return;
  const Passed passed =
      pass("videoconvertscale ! " + filter(1280, 960, "NV12"), caps_of(640, 480, "I420"));
  fail_unless(passed.arrived.get() == passed.sent.get());
  expect_box(passed, 320, 480, 640, 240);
}
GST_END_TEST

GST_START_TEST(queue_tee_and_identity_keep_the_scene)
{
  if (!has_elements({"queue", "tee", "identity"}))
    return;
  for (const char *launch : {"queue", "tee ! queue", "identity", "tee name=t ! queue ! identity"}) {
    const Passed passed = pass(launch, caps_of(640, 480));
    fail_unless(passed.arrived.get() == passed.sent.get(), "%s", launch);
  }
}
GST_END_TEST

GST_START_TEST(in_place_filters_behind_a_tee_keep_the_scene)
{
  // The other branch holds the buffer, so that the filter has to write on a copy of it.
  if (!has_elements({"tee", "queue", "fakesink", "videobalance"}))
    return;
  const Passed passed = pass("tee name=t ! queue ! videobalance brightness=0.1 "
                             "t. ! queue ! fakesink async=false enable-last-sample=true",
                             caps_of(640, 480));
  fail_unless(passed.arrived.get() == passed.sent.get());
}
GST_END_TEST

GST_START_TEST(videocrop_drops_the_scene)
{
  if (!has_elements({"videocrop"}))
    return;
  const Passed passed = pass("videocrop left=160 bottom=120", caps_of(640, 480));
  fail_unless_equals_int(passed.info.width, 480);
  fail_unless(passed.arrived.get() == nullptr);
}
GST_END_TEST

GST_START_TEST(videoflip_turns_the_scene_or_drops_it)
{
  if (!has_elements({"videoflip"}))
    return;
  // Where box and first point of the outline are after it, in pixels.
  constexpr struct {
    const char *direction;
    double x, y, w, h;
    double point_x, point_y;
  } kFlips[] = {
      {"90r", 120, 160, 120, 320, 240, 160},   {"180", 160, 120, 320, 120, 480, 240},
      {"90l", 240, 160, 120, 320, 240, 480},   {"horiz", 160, 240, 320, 120, 480, 240},
      {"vert", 160, 120, 320, 120, 160, 240},  {"ul-lr", 240, 160, 120, 320, 240, 160},
      {"ur-ll", 120, 160, 120, 320, 240, 480},
  };
  for (const auto &flip : kFlips) {
    const Passed passed =
        pass(std::string{"videoflip video-direction="} + flip.direction, caps_of(640, 480));
    // Before 1.28 nobody is told what it does.
    if (!GST_CHECK_VERSION(1, 28, 0)) {
      fail_unless(passed.arrived.get() == nullptr, "%s", flip.direction);
      continue;
    }
    fail_unless(passed.arrived.get() != nullptr, "%s", flip.direction);
    expect_box(passed, flip.x, flip.y, flip.w, flip.h);
    gsize n_values = 0;
    g_autofree gdouble *ring = gst_gemini_object_get_ring(
        object_of(passed.arrived, 0).get(), 0, static_cast<guint>(passed.info.width),
        static_cast<guint>(passed.info.height), &n_values);
    fail_unless_equals_uint64(n_values, 4);
    assert_equals_float(ring[0], flip.point_x);
    assert_equals_float(ring[1], flip.point_y);
  }
}
GST_END_TEST

GST_START_TEST(videobox_drops_the_scene)
{
  if (!has_elements({"videobox"}))
    return;
  const Passed passed = pass("videobox left=-64 right=-64", caps_of(640, 480));
  fail_unless_equals_int(passed.info.width, 768);
  fail_unless(passed.arrived.get() == nullptr);
}
GST_END_TEST

static Suite *meta_elements_suite(void)
{
  Suite *suite = suite_create("meta_elements");
  TCase *cases = tcase_create("meta_elements");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, videoscale_keeps_the_scene_and_boxes_are_right_in_the_new_size);
  tcase_add_test(cases, masks_outlines_and_points_are_right_in_the_new_size);
  tcase_add_test(cases, videoscale_with_borders_drops_the_scene);
  tcase_add_test(cases, videoconvert_keeps_the_scene);
  tcase_add_test(cases, videoconvertscale_keeps_the_scene);
  tcase_add_test(cases, queue_tee_and_identity_keep_the_scene);
  tcase_add_test(cases, in_place_filters_behind_a_tee_keep_the_scene);
  tcase_add_test(cases, videocrop_drops_the_scene);
  tcase_add_test(cases, videoflip_turns_the_scene_or_drops_it);
  tcase_add_test(cases, videobox_drops_the_scene);
  return suite;
}

GST_CHECK_MAIN(meta_elements)
