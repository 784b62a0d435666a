// SPDX-License-Identifier: LGPL-2.1-or-later
// From pixels to metadata and back: the boxes of known shapes, found by the emulator in what was
// really sent.
#include "support.hpp"

#include <json-glib/json-glib.h>

#include <cmath>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

struct Size {
  int width, height;
};
constexpr Size kSizes[] = {{1920, 1080}, {640, 480}, {333, 217}, {720, 1280}};
constexpr const char *kFormats[] = {"I420", "NV12", "BGRx", "YUY2"};

std::vector<Shape> shapes_for(Size size)
{
  const double w = size.width;
  const double h = size.height;
  const auto at = [](double value) { return std::floor(value); };
  return {{at(0.1 * w), at(0.15 * h), at(0.25 * w), at(0.3 * h), 200, 30, 30},
          {at(0.6 * w), at(0.5 * h), at(0.3 * w), at(0.4 * h), 30, 60, 200}};
}

struct Box {
  double x, y, w, h;
};

void check_near(const std::vector<Box> &boxes, const std::vector<Shape> &shapes, const char *where)
{
  fail_unless_equals_int(static_cast<int>(boxes.size()), static_cast<int>(shapes.size()));
  for (const Shape &shape : shapes) {
    bool is_found = false;
    for (const Box &box : boxes)
      is_found = is_found || (std::abs(box.x - shape.x) <= 2 && std::abs(box.y - shape.y) <= 2 &&
                              std::abs(box.x + box.w - shape.x - shape.w) <= 2 &&
                              std::abs(box.y + box.h - shape.y - shape.h) <= 2);
    fail_unless(
        is_found,
        "%s has no box at %.0f,%.0f %.0fx%.0f but %.1f,%.1f %.1fx%.1f and %.1f,%.1f %.1fx%.1f",
        where, shape.x, shape.y, shape.w, shape.h, boxes[0].x, boxes[0].y, boxes[0].w, boxes[0].h,
        boxes[1].x, boxes[1].y, boxes[1].w, boxes[1].h);
  }
}

std::vector<Box> boxes_in(const std::string &json)
{
  g_autoptr(JsonNode) root = json_from_string(json.c_str(), nullptr);
  fail_unless(root != nullptr, "%s", json.c_str());
  JsonArray *objects = json_object_get_array_member(json_node_get_object(root), "objects");
  std::vector<Box> boxes;
  for (guint i = 0; i < json_array_get_length(objects); ++i) {
    JsonArray *box = json_object_get_array_member(json_array_get_object_element(objects, i), "box");
    boxes.push_back({json_array_get_double_element(box, 0), json_array_get_double_element(box, 1),
                     json_array_get_double_element(box, 2), json_array_get_double_element(box, 3)});
  }
  return boxes;
}

std::vector<Box> boxes_on(GstBuffer *frame, Size size)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  std::vector<Box> boxes;
  for (guint i = 0; i < gst_gemini_scene_get_n_objects(scene); ++i) {
    g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, i);
    Box box{};
    fail_unless(gst_gemini_object_get_box(object, static_cast<guint>(size.width),
                                          static_cast<guint>(size.height), &box.x, &box.y, &box.w,
                                          &box.h));
    boxes.push_back(box);
  }
  return boxes;
}

std::vector<Box> regions_on(GstBuffer *frame)
{
  std::vector<Box> boxes;
  gpointer state = nullptr;
  while (GstMeta *meta = gst_buffer_iterate_meta_filtered(
             frame, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    const auto *roi = reinterpret_cast<GstVideoRegionOfInterestMeta *>(meta);
    boxes.push_back({double(roi->x), double(roi->y), double(roi->w), double(roi->h)});
  }
  return boxes;
}

} // namespace

GST_START_TEST(boxes_lie_within_two_pixels_of_the_truth)
{
  const Size size = kSizes[__i__];
  const auto shapes = shapes_for(size);
  Emulator emulator;
  for (const char *format : kFormats)
    for (const guint padding : {0U, 48U}) {
      const std::string caps = std::string{"video/x-raw,framerate=1/1,format="} + format +
                               ",width=" + std::to_string(size.width) +
                               ",height=" + std::to_string(size.height);
      const std::string where = caps + (padding > 0 ? " with padded rows" : "");
      Analyzer analyzer{emulator.url(), "mode=accurate", caps};
      GstVideoInfo info;
      g_autoptr(GstCaps) parsed = gst_caps_from_string(caps.c_str());
      fail_unless(gst_video_info_from_caps(&info, parsed));
      GstBuffer *frame = draw(info, shapes, padding);
      GST_BUFFER_PTS(frame) = 0;
      fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
      g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
      fail_unless(out != nullptr);
      check_near(boxes_on(out, size), shapes, where.c_str());
      check_near(regions_on(out), shapes, where.c_str());
      check_near(boxes_in(analyzer.wait_for_analysis()), shapes, where.c_str());
    }
}
GST_END_TEST

static Suite *analyzer_shapes_suite()
{
  Suite *suite = suite_create("analyzer_shapes");
  TCase *tcase = tcase_create("shapes");
  tcase_add_loop_test(tcase, boxes_lie_within_two_pixels_of_the_truth, 0, G_N_ELEMENTS(kSizes));
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_shapes)
