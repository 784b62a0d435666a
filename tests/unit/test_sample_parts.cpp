// SPDX-License-Identifier: LGPL-2.1-or-later
// Which parts of a frame are asked about, and which are hidden.
#include "gemini/gstgemini-private.hpp"
#include "plugin/gemini_ref.hpp"
#include "plugin/sample_parts.hpp"

#include <gst/video/gstvideometa.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 240;

// A box in pixels.
Rect pixels(double x, double y, double w, double h)
{
  return {x / kWidth, y / kHeight, w / kWidth, h / kHeight};
}

std::string text_of(const Rect &rect)
{
  return std::to_string(std::lround(rect.x * kWidth)) + "," +
         std::to_string(std::lround(rect.y * kHeight)) + " " +
         std::to_string(std::lround(rect.w * kWidth)) + "x" +
         std::to_string(std::lround(rect.h * kHeight));
}

void check_rect(const Rect &rect, const std::string &expected)
{
  fail_unless(text_of(rect) == expected, "%s instead of %s", text_of(rect).c_str(),
              expected.c_str());
}

// The labels of the parents, one after the other.
std::string parents_of(const Choice &choice)
{
  std::string all;
  for (const Sample::Part &part : choice.parts)
    all += (all.empty() ? "" : " ") + (part.parent ? part.parent->label : "-");
  return all;
}

void check_parents(const Choice &choice, const std::string &expected)
{
  fail_unless(parents_of(choice) == expected, "%s", parents_of(choice).c_str());
}

ResolvedSettings detections()
{
  ResolvedSettings settings;
  settings.regions = Regions::detections;
  return settings;
}

Choice choose(const ResolvedSettings &settings, std::vector<UpstreamObject> objects,
              bool is_whole = true)
{
  return choose_parts(settings, {.objects = std::move(objects), .is_whole = is_whole}, kWidth,
                      kHeight, [](std::uint64_t) { return false; });
}

UpstreamObject thing(const std::string &label, const Rect &box)
{
  return {.id = std::nullopt, .label = label, .box = box};
}

Ref<GstBuffer> empty_frame()
{
  return Ref<GstBuffer>::adopt(gst_buffer_new());
}

GstVideoRegionOfInterestMeta *add_region(const Ref<GstBuffer> &frame, const char *label, int id,
                                         guint x, guint y, guint w, guint h)
{
  auto *region = gst_buffer_add_video_region_of_interest_meta(frame.get(), label, x, y, w, h);
  region->id = id;
  return region;
}

void add_scene(const Ref<GstBuffer> &frame, std::vector<Object> objects,
               Scene::Status status = Scene::Status::ok)
{
  Scene scene;
  scene.status = status;
  scene.objects = std::move(objects);
  g_autoptr(GstGeminiScene) wrapped =
      gst_gemini_scene_new_private(std::make_shared<const Scene>(std::move(scene)));
  gst_gemini_meta_add(frame.get(), wrapped);
}

UpstreamObjects look(const Ref<GstBuffer> &frame)
{
  return upstream_objects(frame.get(), kWidth, kHeight);
}

Sample sample_of(const Ref<GstBuffer> &frame, const ResolvedSettings &settings)
{
  Sample sample;
  sample.buffer = Ref<GstBuffer>::share(frame.get());
  gst_video_info_set_format(&sample.info, GST_VIDEO_FORMAT_I420, kWidth, kHeight);
  sample.settings = std::make_shared<const ResolvedSettings>(settings);
  return sample;
}

} // namespace

GST_START_TEST(without_regions_the_frame_is_one_part)
{
  const Choice choice = choose({}, {thing("person", pixels(10, 10, 50, 50))});
  fail_unless(choice.verdict == Sample::Sendable::yes);
  fail_unless_equals_uint64(choice.parts.size(), 1);
  fail_unless(choice.parts[0].view == View{} && !choice.parts[0].parent);
  fail_unless(choice.blackouts.empty());
}
GST_END_TEST

GST_START_TEST(a_region_is_one_part_of_whole_pixels)
{
  ResolvedSettings settings;
  settings.parts.region = {0.1, 0.1, 0.51, 0.5};
  const Choice choice = choose(settings, {});
  fail_unless_equals_uint64(choice.parts.size(), 1);
  check_rect(choice.parts[0].view.part, "32,24 164x120");
  fail_unless(!choice.parts[0].parent);
}
GST_END_TEST

GST_START_TEST(each_box_of_a_wanted_label_is_a_part)
{
  ResolvedSettings settings = detections();
  const std::vector<UpstreamObject> objects{
      thing("Car", pixels(10, 20, 40, 50)), thing("person", pixels(100, 20, 40, 50)),
      thing("STRASSE", pixels(200, 20, 40, 50)), thing("", pixels(200, 100, 40, 50))};
  const Choice all = choose(settings, objects);
  fail_unless_equals_uint64(all.parts.size(), 4);
  check_rect(all.parts[0].view.part, "10,20 40x50");
  check_rect(all.parts[3].view.part, "200,100 40x50");
  settings.parts.region_labels = {"car", "stra\xc3\x9f"
                                         "e"};
  check_parents(choose(settings, objects), "Car STRASSE");
  settings.parts.region_labels = {"bicycle"};
  fail_unless(choose(settings, objects).verdict == Sample::Sendable::nothing_to_ask);
  fail_unless(choose(settings, {}).verdict == Sample::Sendable::nothing_to_ask);
}
GST_END_TEST

GST_START_TEST(boxes_are_cut_to_the_frame_before_they_are_measured)
{
  const ResolvedSettings settings = detections();
  const Choice choice = choose(settings, {thing("a", pixels(-20, -30, 60, 70)),
                                          thing("b", pixels(300, 10, 60, 60)),
                                          thing("c", pixels(10, 10, 31, 200)),
                                          thing("d", pixels(288, 208, 99, 99)),
                                          thing("e", pixels(500, 10, 60, 60)),
                                          thing("f", pixels(-200, -200, 999, 999)),
                                          {.id = std::nullopt, .label = "g", .box = std::nullopt}});
  check_parents(choice, "a d f");
  check_rect(choice.parts[0].view.part, "0,0 40x40");
  check_rect(choice.parts[1].view.part, "288,208 32x32");
  fail_unless(choice.parts[2].view == View{});
}
GST_END_TEST

GST_START_TEST(the_largest_stay_in_their_order)
{
  ResolvedSettings settings = detections();
  settings.max_regions = 3;
  const std::vector<UpstreamObject> objects{
      thing("a", pixels(0, 0, 40, 40)), thing("b", pixels(0, 0, 90, 40)),
      thing("c", pixels(50, 0, 40, 40)), thing("d", pixels(0, 0, 50, 40)),
      thing("e", pixels(90, 0, 40, 40))};
  const Choice choice = choose(settings, objects);
  check_parents(choice, "a b d"); // of those of the same size the first
  fail_unless_equals_uint64(choice.n_left_out, 2);
}
GST_END_TEST

GST_START_TEST(nothing_outside_of_the_region_is_cropped)
{
  ResolvedSettings settings = detections();
  settings.parts.region = {0.5, 0, 0.5, 1};
  const Choice choice = choose(settings, {thing("left", pixels(10, 10, 100, 100)),
                                          thing("both", pixels(100, 10, 100, 100))});
  check_parents(choice, "both");
  check_rect(choice.parts[0].view.part, "160,10 40x100");
}
GST_END_TEST

GST_START_TEST(what_is_private_is_hidden_in_whole_pixels)
{
  ResolvedSettings settings;
  settings.parts.privacy_regions = {{0.001, 0.001, 0.1, 0.1}};
  settings.parts.privacy_labels = {"PERSON"};
  const std::vector<UpstreamObject> objects{
      thing("person", pixels(10.2, 20.9, 30.5, 40)), thing("car", pixels(0, 0, 50, 50)),
      thing("Person", pixels(-10, 230, 20, 20)), thing("person", pixels(400, 230, 20, 20))};
  for (const Regions regions : {Regions::frame, Regions::detections}) {
    settings.regions = regions;
    const Choice choice = choose(settings, objects);
    fail_unless(choice.verdict == Sample::Sendable::yes);
    fail_unless_equals_uint64(choice.blackouts.size(), 3);
    check_rect(choice.blackouts[0], "0,0 33x25");
    check_rect(choice.blackouts[1], "10,20 31x41");
    check_rect(choice.blackouts[2], "0,230 10x10");
  }
  settings.regions = Regions::frame;
  settings.parts.privacy_labels.clear();
  fail_unless_equals_uint64(choose(settings, objects).blackouts.size(), 1);
}
GST_END_TEST

GST_START_TEST(what_is_private_is_hidden_on_a_frame_of_no_known_size)
{
  ResolvedSettings settings;
  settings.parts.privacy_regions = {{0.25, 0.25, 0.5, 0.5}};
  const Choice choice = choose_parts(settings, {}, 0, 0, [](std::uint64_t) { return false; });
  fail_unless_equals_uint64(choice.blackouts.size(), 1);
  fail_unless(choice.blackouts.front() == settings.parts.privacy_regions.front());
}
GST_END_TEST

GST_START_TEST(what_may_be_anywhere_keeps_the_frame_here)
{
  ResolvedSettings settings;
  const UpstreamObject placeless{.id = 1, .label = "person", .box = std::nullopt};
  fail_unless(choose(settings, {placeless}, false).verdict == Sample::Sendable::yes);
  settings.parts.privacy_labels = {"person"};
  fail_unless(choose(settings, {placeless}).verdict == Sample::Sendable::hidden);
  fail_unless(choose(settings, {}, false).verdict == Sample::Sendable::hidden);
  fail_unless(choose(settings, {}).verdict == Sample::Sendable::yes);
}
GST_END_TEST

GST_START_TEST(regions_of_interest_are_upstream_objects)
{
  const auto frame = empty_frame();
  add_region(frame, "car", 7, 32, 24, 64, 48);
  add_region(frame, "plate", 0, 40, 30, 10, 5)->parent_id = 7;
  add_region(frame, "nothing", -1, 5, 5, 0, 9);
  const UpstreamObjects found = look(frame);
  fail_unless(found.is_whole);
  fail_unless_equals_uint64(found.objects.size(), 3);
  fail_unless(found.objects[0].id == 7 && found.objects[0].label == "car");
  check_rect(*found.objects[0].box, "32,24 64x48");
  fail_unless(!found.objects[1].id && found.objects[1].label == "plate");
  fail_unless(!found.objects[2].id && !found.objects[2].box);
  fail_unless(look(empty_frame()).objects.empty());
}
GST_END_TEST

GST_START_TEST(another_analyzers_scene_and_regions_are_one)
{
  const auto frame = empty_frame();
  add_scene(frame, {{.id = 3, .label = "cup", .box = pixels(10.4, 20, 50, 60)},
                    {.id = 4, .label = "ring", .polygon = {{{0.5, 0.5}, {0.75, 0.5}, {0.5, 1}}}},
                    {.id = 5, .label = "indoors"}});
  GstVideoRegionOfInterestMeta *own = add_region(frame, "object", 3, 10, 20, 50, 60);
  gst_video_region_of_interest_meta_add_param(
      own, gst_structure_new("geminianalyzer", "label", G_TYPE_STRING, "cup", nullptr));
  add_region(frame, "cup", 9, 100, 20, 50, 60);
  const UpstreamObjects found = look(frame);
  fail_unless(found.is_whole);
  fail_unless_equals_uint64(found.objects.size(), 4);
  fail_unless(found.objects[0].id == 3 && found.objects[0].label == "cup");
  fail_unless(found.objects[1].id == 4);
  check_rect(*found.objects[1].box, "160,120 80x120");
  fail_unless(found.objects[2].id == 5 && !found.objects[2].box);
  fail_unless(found.objects[3].id == 9);
}
GST_END_TEST

// A label that was too long for a type, after a scaler dropped what else the region told.
GST_START_TEST(a_region_without_a_name_is_the_object_with_its_id)
{
  const auto frame = empty_frame();
  const std::string label(200, 'a');
  add_scene(frame, {{.id = 7, .label = label, .box = Rect{0.1, 0.1, 0.2, 0.2}},
                    {.id = 8, .label = "face", .box = Rect{0.5, 0.5, 0.2, 0.2}}});
  add_region(frame, "object", 7, 32, 24, 64, 48);
  add_region(frame, "person", 8, 160, 120, 64, 48); // of a name of its own
  const auto objects = look(frame).objects;
  fail_unless_equals_uint64(objects.size(), 3);
  fail_unless(objects[0].label == label && objects[0].id == 7);
  fail_unless(objects[1].label == "face" && objects[2].label == "person");
}
GST_END_TEST

GST_START_TEST(the_same_of_two_elements_takes_the_id_of_either)
{
  const auto frame = empty_frame();
  add_region(frame, "car", 0, 10, 20, 50, 60);
  add_region(frame, "Car", 8, 11, 20, 50, 60);
  add_region(frame, "car", 9, 11, 20, 50, 60); // another one, as its id says
  const UpstreamObjects found = look(frame);
  fail_unless_equals_uint64(found.objects.size(), 2);
  fail_unless(found.objects[0].id == 8 && found.objects[1].id == 9);
}
GST_END_TEST

GST_START_TEST(a_scene_without_a_whole_answer_is_not_whole)
{
  for (const Scene::Status status : {Scene::Status::pending, Scene::Status::partial,
                                     Scene::Status::blocked, Scene::Status::failed}) {
    const auto frame = empty_frame();
    add_scene(frame, {}, status);
    fail_unless(!look(frame).is_whole, "%s", to_string(status));
  }
}
GST_END_TEST

GST_START_TEST(what_begins_before_the_frame_is_hidden_as_far_as_it_is_seen)
{
  const auto frame = empty_frame();
  add_region(frame, "face", 1, static_cast<guint>(-10), static_cast<guint>(-20), 40, 50);
  ResolvedSettings settings;
  settings.parts.privacy_labels = {"face"};
  const Choice choice = choose(settings, look(frame).objects);
  fail_unless_equals_uint64(choice.blackouts.size(), 1);
  check_rect(choice.blackouts.front(), "0,0 30x30");
}
GST_END_TEST

GST_START_TEST(boxes_that_are_no_numbers_are_nowhere)
{
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const auto frame = empty_frame();
  add_scene(frame, {{.id = 1, .label = "a", .box = Rect{nan, 0, 1, 1}},
                    {.id = 2, .label = "b", .box = Rect{0, 0, infinite, 1}},
                    {.id = 3, .label = "c", .box = Rect{0, 0, 0, 1}}});
  for (const UpstreamObject &object : look(frame).objects)
    fail_unless(!object.box, "%s", object.label.c_str());
}
GST_END_TEST

GST_START_TEST(each_id_is_asked_about_once)
{
  ResolvedSettings settings = detections();
  settings.once_per_object = true;
  settings.max_regions = 1;
  const auto frame = empty_frame();
  add_region(frame, "large", 1, 0, 0, 100, 100);
  add_region(frame, "small", 2, 100, 0, 50, 50);
  SampleParts parts;
  std::uint64_t id = 0;
  const auto next = [&] {
    Sample sample = sample_of(frame, settings);
    Choice choice = parts.choose(sample);
    if (choice.verdict != Sample::Sendable::yes)
      return std::string{"none"};
    sample.id = ++id;
    sample.parts = choice.parts;
    parts.asked(sample);
    return parents_of(choice);
  };
  fail_unless(next() == "large");
  fail_unless(next() == "small");
  fail_unless(next() == "none");
  // What was not answered is asked about again.
  parts.failed(1);
  fail_unless(next() == "large");
  fail_unless(next() == "none");
  parts.failed(1); // long over
  fail_unless(next() == "none");
  parts.forget();
  fail_unless(next() == "large");
  // An object without an id may be another one every time.
  add_region(frame, "nameless", 0, 0, 0, 200, 200);
  fail_unless(next() == "nameless");
  fail_unless(next() == "nameless");
  settings.once_per_object = false;
  settings.max_regions = 9;
  fail_unless(next() == "large small nameless");
}
GST_END_TEST

GST_START_TEST(only_so_many_ids_are_remembered)
{
  ResolvedSettings settings = detections();
  settings.once_per_object = true;
  SampleParts parts;
  const auto ask = [&](int id) {
    const auto frame = empty_frame();
    add_region(frame, "thing", id, 0, 0, 100, 100);
    Sample sample = sample_of(frame, settings);
    Choice choice = parts.choose(sample);
    sample.id = static_cast<std::uint64_t>(id);
    sample.parts = std::move(choice.parts);
    if (choice.verdict == Sample::Sendable::yes)
      parts.asked(sample);
    return choice.verdict == Sample::Sendable::yes;
  };
  for (int id = 1; id <= 5000; ++id)
    fail_unless(ask(id));
  fail_unless(!ask(5000));
  fail_unless(!ask(1000));
  fail_unless(ask(1));
}
GST_END_TEST

static Suite *sample_parts_suite()
{
  Suite *suite = suite_create("sample_parts");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, without_regions_the_frame_is_one_part);
  tcase_add_test(tcase, a_region_is_one_part_of_whole_pixels);
  tcase_add_test(tcase, each_box_of_a_wanted_label_is_a_part);
  tcase_add_test(tcase, boxes_are_cut_to_the_frame_before_they_are_measured);
  tcase_add_test(tcase, the_largest_stay_in_their_order);
  tcase_add_test(tcase, nothing_outside_of_the_region_is_cropped);
  tcase_add_test(tcase, what_is_private_is_hidden_in_whole_pixels);
  tcase_add_test(tcase, what_is_private_is_hidden_on_a_frame_of_no_known_size);
  tcase_add_test(tcase, what_may_be_anywhere_keeps_the_frame_here);
  tcase_add_test(tcase, regions_of_interest_are_upstream_objects);
  tcase_add_test(tcase, another_analyzers_scene_and_regions_are_one);
  tcase_add_test(tcase, a_region_without_a_name_is_the_object_with_its_id);
  tcase_add_test(tcase, the_same_of_two_elements_takes_the_id_of_either);
  tcase_add_test(tcase, a_scene_without_a_whole_answer_is_not_whole);
  tcase_add_test(tcase, what_begins_before_the_frame_is_hidden_as_far_as_it_is_seen);
  tcase_add_test(tcase, boxes_that_are_no_numbers_are_nowhere);
  tcase_add_test(tcase, each_id_is_asked_about_once);
  tcase_add_test(tcase, only_so_many_ids_are_remembered);
  return suite;
}

GST_CHECK_MAIN(sample_parts)
