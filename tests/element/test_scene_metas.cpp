// SPDX-License-Identifier: LGPL-2.1-or-later
// The metadata that a scene becomes on a frame: ours, and regions of interest for everybody else.

#include "gemini/gstgemini-private.hpp"
#include "glib/gst_ref.hpp"
#include "plugin/scene_metas.hpp"

#include <gst/video/gstvideometa.h>

#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

Ref<GstBuffer> make_frame()
{
  return Ref<GstBuffer>::adopt(gst_buffer_new());
}

void attach(const Ref<GstBuffer> &frame, std::vector<Object> objects, int width, int height,
            std::shared_ptr<const Analysis> analysis = nullptr)
{
  auto value = std::make_shared<Scene>();
  value->status = Scene::Status::ok;
  value->objects = std::move(objects);
  value->analysis = std::move(analysis);
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_new_private(std::move(value));
  attach_scene(frame.get(), scene, width, height);
}

std::vector<const GstVideoRegionOfInterestMeta *> regions_of(const Ref<GstBuffer> &frame)
{
  std::vector<const GstVideoRegionOfInterestMeta *> regions;
  gpointer state = nullptr;
  while (const GstMeta *meta = gst_buffer_iterate_meta_filtered(
             frame.get(), &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))
    regions.push_back(reinterpret_cast<const GstVideoRegionOfInterestMeta *>(meta));
  return regions;
}

const GstStructure *params_of(const GstVideoRegionOfInterestMeta *region)
{
  fail_unless_equals_int(static_cast<int>(g_list_length(region->params)), 1);
  const auto *params = static_cast<const GstStructure *>(region->params->data);
  assert_equals_string(gst_structure_get_name(params), "geminianalyzer");
  return params;
}

const char *type_of(const Ref<GstBuffer> &frame, std::size_t index)
{
  return g_quark_to_string(regions_of(frame).at(index)->roi_type);
}

} // namespace

GST_START_TEST(frame_carries_the_scene_itself)
{
  const auto frame = make_frame();
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_new_private(std::make_shared<const Scene>());
  attach_scene(frame.get(), scene, 640, 480);
  g_autoptr(GstGeminiScene) found = gst_gemini_scene_from_buffer(frame.get());
  fail_unless(found == scene);
  fail_unless(regions_of(frame).empty());
}
GST_END_TEST

GST_START_TEST(boxes_become_whole_pixels_of_the_frame)
{
  struct Case {
    const char *what;
    Rect box;
    int width, height;
    guint x, y, w, h;
  };
  for (const Case &c : {
           Case{"quarters", {0.25, 0.5, 0.5, 0.25}, 640, 480, 160, 240, 320, 120},
           Case{"rounded to the nearest", {0.1, 0.1, 0.5, 0.5}, 333, 217, 33, 22, 167, 108},
           Case{"the whole frame", {0, 0, 1, 1}, 1920, 1080, 0, 0, 1920, 1080},
           Case{"reaching outside", {-0.5, 0.75, 1, 1}, 640, 480, 0, 360, 320, 120},
           Case{"far too large", {-9, -9, 99, 99}, 640, 480, 0, 0, 640, 480},
           Case{"thinner than a pixel", {0.5, 0.5, 0.0001, 0.0001}, 640, 480, 320, 240, 1, 1},
           Case{"in the last pixel", {0.9999, 0.9999, 0.0001, 0.0001}, 640, 480, 639, 479, 1, 1},
       }) {
    const auto frame = make_frame();
    attach(frame, {{.id = 1, .label = "cat", .box = c.box}}, c.width, c.height);
    const auto regions = regions_of(frame);
    fail_unless(regions.size() == 1, "%s", c.what);
    fail_unless(regions[0]->x == c.x && regions[0]->y == c.y && regions[0]->w == c.w &&
                    regions[0]->h == c.h,
                "%s: %u %u %u %u", c.what, regions[0]->x, regions[0]->y, regions[0]->w,
                regions[0]->h);
  }
}
GST_END_TEST

GST_START_TEST(objects_without_a_visible_box_get_no_region)
{
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  const auto frame = make_frame();
  attach(frame,
         {
             {.id = 1, .label = "no box"},
             {.id = 2, .label = "left of it", .box = Rect{-0.5, 0, 0.5, 1}},
             {.id = 3, .label = "below it", .box = Rect{0, 1, 1, 0.5}},
             {.id = 4, .label = "not a number", .box = Rect{kNan, 0, 1, 1}},
             {.id = 5, .label = "endless", .box = Rect{0, 0, kEndless, 1}},
             {.id = 6, .label = "inside out", .box = Rect{0.5, 0.5, -0.1, 0.1}},
             {.id = 7, .label = "seen", .box = Rect{0, 0, 1, 1}},
         },
         640, 480);
  fail_unless_equals_int(static_cast<int>(regions_of(frame).size()), 1);
  fail_unless_equals_int(regions_of(frame)[0]->id, 7);
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame.get());
  fail_unless_equals_int(static_cast<int>(gst_gemini_scene_get_n_objects(scene)), 7);
}
GST_END_TEST

GST_START_TEST(only_boxes_become_regions)
{
  const Rect box{0.25, 0.25, 0.5, 0.5};
  const auto mask = std::make_shared<const Mask>(Mask{box, 1, 1, {255}});
  const auto frame = make_frame();
  attach(frame,
         {{.id = 1, .label = "a class"},
          {.id = 2, .label = "mask", .mask = mask},
          {.id = 3, .label = "point", .point = Point{0.5, 0.5}},
          {.id = 4, .label = "in space", .box_3d = Box3d{{0, 2, 0}, {1, 1, 1}, {}}},
          {.id = 5, .label = "segment", .box = box, .mask = mask}},
         640, 480);
  const auto regions = regions_of(frame);
  fail_unless_equals_uint64(regions.size(), 1);
  fail_unless_equals_int(regions.front()->id, 5);
  fail_unless_equals_int(static_cast<int>(regions.front()->x), 160);
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame.get());
  fail_unless_equals_int(static_cast<int>(gst_gemini_scene_get_n_objects(scene)), 5);
}
GST_END_TEST

GST_START_TEST(region_tells_label_confidence_and_request)
{
  auto analysis = std::make_shared<Analysis>();
  analysis->request_id = 12;
  const auto frame = make_frame();
  attach(frame,
         {{.id = 1, .label = "grüne Tür <b>&", .confidence = 0.5, .box = Rect{0, 0, 1, 1}},
          {.id = 2, .label = "cat", .box = Rect{0, 0, 1, 1}}},
         640, 480, std::move(analysis));

  const auto regions = regions_of(frame);
  const GstStructure *sure = params_of(regions.at(0));
  double confidence = 0;
  guint64 request_id = 0;
  assert_equals_string(g_quark_to_string(regions[0]->roi_type), "grüne Tür <b>&");
  assert_equals_string(gst_structure_get_string(sure, "label"), "grüne Tür <b>&");
  fail_unless(gst_structure_get_double(sure, "confidence", &confidence));
  assert_equals_float(confidence, 0.5);
  fail_unless(gst_structure_get_uint64(sure, "request-id", &request_id));
  fail_unless_equals_uint64(request_id, 12);
  fail_if(gst_structure_has_field(params_of(regions.at(1)), "confidence"));
}
GST_END_TEST

GST_START_TEST(ids_stay_positive)
{
  constexpr std::uint64_t kMax = std::numeric_limits<int>::max();
  const auto frame = make_frame();
  const Rect all{0, 0, 1, 1};
  attach(frame,
         {{.id = kMax, .label = "", .box = all},
          {.id = kMax + 1, .label = "", .box = all},
          {.id = std::numeric_limits<std::uint64_t>::max(), .label = "", .box = all}},
         640, 480);
  const auto regions = regions_of(frame);
  fail_unless_equals_int(regions.at(0)->id, std::numeric_limits<int>::max());
  fail_unless_equals_int(regions.at(1)->id, 1);
  fail_unless(regions.at(2)->id > 0);
}
GST_END_TEST

GST_START_TEST(newer_scene_replaces_ours_and_leaves_regions_of_others)
{
  const auto frame = make_frame();
  gst_buffer_add_video_region_of_interest_meta(frame.get(), "face", 1, 2, 3, 4);
  attach(frame, {{.id = 1, .label = "cat", .box = Rect{0, 0, 1, 1}}}, 640, 480);
  attach(frame, {{.id = 2, .label = "dog", .box = Rect{0, 0, 1, 1}}}, 640, 480);
  assert_equals_string(type_of(frame, 0), "face");
  fail_unless_equals_int(
      static_cast<int>(gst_buffer_get_n_meta(frame.get(), GST_GEMINI_META_API_TYPE)), 1);
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame.get());
  g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, 0);
  assert_equals_string(gst_gemini_object_get_label(object), "dog");
}
GST_END_TEST

GST_START_TEST(empty_and_endless_labels_are_plain_objects)
{
  const std::string endless(static_cast<std::size_t>(kMaxLabelQuarkBytes) + 1, 'x');
  const auto frame = make_frame();
  attach(frame,
         {{.id = 1, .label = "", .box = Rect{0, 0, 1, 1}},
          {.id = 2, .label = endless, .box = Rect{0, 0, 1, 1}}},
         640, 480);
  assert_equals_string(type_of(frame, 0), kUnnamedRegion);
  assert_equals_string(type_of(frame, 1), kUnnamedRegion);
  assert_equals_string(gst_structure_get_string(params_of(regions_of(frame)[1]), "label"),
                       endless.c_str());
  fail_unless(g_quark_try_string(endless.c_str()) == 0);
}
GST_END_TEST

// Last, because it uses up what the process may have; with forked cases it would not matter.
GST_START_TEST(labels_without_end_do_not_become_quarks_without_end)
{
  constexpr int kThreads = 4;
  constexpr int kLabels = kMaxLabelQuarks; // of each thread
  const auto label_of = [](int thread, int number) {
    return "label " + std::to_string(thread) + "/" + std::to_string(number);
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([thread, label_of] {
      for (int number = 0; number < kLabels; ++number)
        attach(make_frame(),
               {{.id = 1, .label = label_of(thread, number), .box = Rect{0, 0, 1, 1}}}, 640, 480);
    });
  }
  for (std::thread &thread : threads)
    thread.join();

  int quarks = 0;
  for (int thread = 0; thread < kThreads; ++thread) {
    for (int number = 0; number < kLabels; ++number)
      quarks += g_quark_try_string(label_of(thread, number).c_str()) != 0;
  }
  fail_unless(quarks > kMaxLabelQuarks / 2, "%d", quarks);
  fail_unless(quarks <= kMaxLabelQuarks, "%d", quarks);

  // What came too late keeps its label in the params; what is a quark already still gets its type.
  g_quark_from_static_string("a quark of somebody else");
  const auto frame = make_frame();
  attach(frame,
         {{.id = 1, .label = "one label more", .box = Rect{0, 0, 1, 1}},
          {.id = 2, .label = "a quark of somebody else", .box = Rect{0, 0, 1, 1}}},
         640, 480);
  assert_equals_string(type_of(frame, 0), kUnnamedRegion);
  assert_equals_string(gst_structure_get_string(params_of(regions_of(frame)[0]), "label"),
                       "one label more");
  assert_equals_string(type_of(frame, 1), "a quark of somebody else");
}
GST_END_TEST

static Suite *scene_metas_suite(void)
{
  Suite *suite = suite_create("scene_metas");
  TCase *cases = tcase_create("scene_metas");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, frame_carries_the_scene_itself);
  tcase_add_test(cases, boxes_become_whole_pixels_of_the_frame);
  tcase_add_test(cases, objects_without_a_visible_box_get_no_region);
  tcase_add_test(cases, only_boxes_become_regions);
  tcase_add_test(cases, region_tells_label_confidence_and_request);
  tcase_add_test(cases, ids_stay_positive);
  tcase_add_test(cases, newer_scene_replaces_ours_and_leaves_regions_of_others);
  tcase_add_test(cases, empty_and_endless_labels_are_plain_objects);
  tcase_add_test(cases, labels_without_end_do_not_become_quarks_without_end);
  return suite;
}

GST_CHECK_MAIN(scene_metas)
