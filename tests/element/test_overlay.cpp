// SPDX-License-Identifier: LGPL-2.1-or-later
// What the overlay lets pass, what it copies, and how it follows properties and the stream.

#include "overlay_fixture.hpp"
#include "unmappable_memory.hpp"

#include <gst/controller/gstdirectcontrolbinding.h>
#include <gst/controller/gsttriggercontrolsource.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

constexpr Rect kBox{0.25, 0.25, 0.5, 0.5};

Ref<GstBuffer> frame_with_person()
{
  auto frame = make_frame({});
  add_scene(frame, {make_object("person", kBox)});
  return frame;
}

// One of each kind, none of which touches another.
const std::vector<Object> kEverything{
    {.id = 1, .label = "", .box = Rect{0.05, 0.05, 0.2, 0.2}},
    {.id = 2,
     .label = "",
     .mask = std::make_shared<const Mask>(Mask{{0.3, 0.05, 0.2, 0.2}, 1, 1, {255}})},
    {.id = 3, .label = "", .point = Point{0.6, 0.2}},
    {.id = 4, .label = "", .box_3d = Box3d{{0.5, 3, 0.5}, {0.3, 0.3, 0.3}, {}}},
    {.id = 5, .label = "a class"},
};

Ref<GstBuffer> frame_with(const std::vector<Object> &objects, const char *text = nullptr)
{
  auto analysis = std::make_shared<Analysis>();
  if (text)
    analysis->text = text;
  auto frame = make_frame({});
  add_scene(frame, objects, std::move(analysis));
  return frame;
}

void show(const Overlay &overlay, const char *what)
{
  gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", what);
}

int n_warnings(GstBus *bus)
{
  int n = 0;
  while (GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_WARNING)) {
    ++n;
    gst_message_unref(message);
  }
  return n;
}

} // namespace

GST_START_TEST(frames_with_nothing_to_draw_pass_as_the_same_buffer)
{
  const Overlay overlay;
  const auto plain = make_frame({});
  const auto empty = make_frame({});
  add_scene(empty, {});
  const auto nameless = make_frame({});
  add_scene(nameless, {Object{.id = 1, .label = " "}});
  const auto elsewhere = make_frame({});
  add_scene(elsewhere, {make_object("person", {3, 3, 1, 1})});
  const auto gap = make_frame({});
  GST_BUFFER_FLAG_SET(gap.get(), GST_BUFFER_FLAG_GAP);
  for (const auto &frame : {plain, empty, nameless, elsewhere, gap}) {
    // Ours is a second reference, so a buffer that is written to would have to be another one.
    fail_unless(overlay.run(frame).get() == frame.get());
    fail_unless(is_untouched(frame));
  }
  fail_unless(GST_BUFFER_FLAG_IS_SET(gap.get(), GST_BUFFER_FLAG_GAP));
}
GST_END_TEST

GST_START_TEST(memory_that_cannot_be_mapped_passes_when_there_is_nothing_to_draw)
{
  const Overlay overlay;
  g_autoptr(GstBus) bus = gst_bus_new();
  gst_element_set_bus(overlay.element(), bus);
  const auto frame = unmappable_frame(info_of({}).size);
  fail_unless(overlay.run(frame).get() == frame.get());
  fail_unless_equals_int(n_warnings(bus), 0);
  gst_element_set_bus(overlay.element(), nullptr);
}
GST_END_TEST

GST_START_TEST(memory_that_cannot_be_mapped_passes_with_one_warning)
{
  const Overlay overlay;
  g_autoptr(GstBus) bus = gst_bus_new();
  gst_element_set_bus(overlay.element(), bus);
  for (int i = 0; i < 3; ++i) {
    auto frame = unmappable_frame(info_of({}).size);
    add_scene(frame, {make_object("person", kBox)});
    const GstBuffer *address = frame.get();
    fail_unless(overlay.run(std::move(frame)).get() == address);
  }
  fail_unless_equals_int(n_warnings(bus), 1);
  gst_element_set_bus(overlay.element(), nullptr);
}
GST_END_TEST

GST_START_TEST(writable_frames_are_drawn_in_place)
{
  const Overlay overlay;
  auto frame = frame_with_person();
  const GstBuffer *address = frame.get();
  const auto out = overlay.run(std::move(frame));
  fail_unless(out.get() == address);
  fail_if(is_untouched(out));
}
GST_END_TEST

GST_START_TEST(frames_that_others_hold_are_not_written_to)
{
  const Overlay overlay;
  const auto frame = frame_with_person();
  const auto out = overlay.run(frame);
  fail_unless(out.get() != frame.get());
  fail_unless(is_untouched(frame));
  fail_if(is_untouched(out));
  fail_unless(gst_gemini_meta_get(out.get()) != nullptr);
}
GST_END_TEST

GST_START_TEST(memory_that_others_hold_is_not_written_to)
{
  const Overlay overlay;
  const auto frame = frame_with_person();
  auto header = Ref<GstBuffer>::adopt(gst_buffer_copy(frame.get()));
  const auto out = overlay.run(std::move(header));
  fail_unless(is_untouched(frame));
  fail_if(is_untouched(out));
}
GST_END_TEST

GST_START_TEST(drawing_on_a_gap_makes_it_content)
{
  const Overlay overlay;
  auto frame = frame_with_person();
  GST_BUFFER_FLAG_SET(frame.get(), GST_BUFFER_FLAG_GAP);
  const auto out = overlay.run(std::move(frame));
  fail_if(GST_BUFFER_FLAG_IS_SET(out.get(), GST_BUFFER_FLAG_GAP));
}
GST_END_TEST

GST_START_TEST(regions_of_interest_are_drawn_where_there_is_no_scene)
{
  const Overlay overlay;
  auto with_region = make_frame({});
  gst_buffer_add_video_region_of_interest_meta(with_region.get(), "person", 160, 120, 320, 240);
  fail_unless(bytes_of(overlay.run(std::move(with_region))) ==
              bytes_of(overlay.run(frame_with_person())));

  auto with_both = make_frame({});
  gst_buffer_add_video_region_of_interest_meta(with_both.get(), "person", 160, 120, 320, 240);
  add_scene(with_both, {});
  fail_unless(is_untouched(overlay.run(std::move(with_both))));
}
GST_END_TEST

GST_START_TEST(region_of_interest_may_be_larger_than_the_frame)
{
  const Overlay overlay;
  auto frame = make_frame({});
  gst_buffer_add_video_region_of_interest_meta(frame.get(), "", 0, 0, G_MAXUINT, G_MAXUINT);
  gst_buffer_add_video_region_of_interest_meta(frame.get(), "far", G_MAXUINT, G_MAXUINT, 10, 10);
  fail_if(is_untouched(overlay.run(std::move(frame))));
}
GST_END_TEST

GST_START_TEST(properties_take_effect_while_playing)
{
  const Overlay overlay;
  const auto drawn = [&] { return n_changed(overlay.run(frame_with_person())); };
  const std::size_t all = drawn();
  gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "boxes");
  const std::size_t boxes = drawn();
  g_object_set(overlay.element(), "line-width", 8, nullptr);
  const std::size_t thick = drawn();
  gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "labels");
  const std::size_t label = drawn();
  g_object_set(overlay.element(), "font-size", 60, nullptr);
  const std::size_t large = drawn();
  g_object_set(overlay.element(), "font", "Serif Bold", nullptr);
  const std::size_t serif = drawn();
  fail_unless(boxes > 0 && boxes < all);
  fail_unless(thick > 2 * boxes);
  fail_unless(label > 0 && label < all);
  fail_unless(large > 4 * label);
  fail_unless(serif != large && serif > label);
  gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "0");
  const auto frame = frame_with_person();
  fail_unless(overlay.run(frame).get() == frame.get());
}
GST_END_TEST

GST_START_TEST(properties_read_back)
{
  const Overlay overlay;
  g_object_set(overlay.element(), "line-width", 7, "font-size", 33, "font", "Mono", "mask-opacity",
               0.25, "camera-fov", 75.5, nullptr);
  guint line_width = 0;
  guint font_size = 0;
  double mask_opacity = 0;
  double camera_fov = 0;
  g_autofree gchar *font = nullptr;
  g_object_get(overlay.element(), "line-width", &line_width, "font-size", &font_size, "font", &font,
               "mask-opacity", &mask_opacity, "camera-fov", &camera_fov, nullptr);
  assert_equals_float(mask_opacity, 0.25);
  assert_equals_float(camera_fov, 75.5);
  fail_unless_equals_uint64(line_width, 7);
  fail_unless_equals_uint64(font_size, 33);
  fail_unless_equals_string(font, "Mono");
}
GST_END_TEST

namespace {

// What the element has posted of that type, or nothing.
std::string posted(GstBus *bus, GstMessageType type)
{
  g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus, type);
  if (!message)
    return "";
  g_autoptr(GError) error = nullptr;
  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error(message, &error, nullptr);
  else
    gst_message_parse_warning(message, &error, nullptr);
  fail_unless(g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS));
  return error->message;
}

} // namespace

GST_START_TEST(looks_take_effect_while_playing)
{
  const Overlay overlay;
  const auto drawn = [&] { return n_changed(overlay.run(frame_with_person())); };
  GObject *element = G_OBJECT(overlay.element());
  const Bytes plain = bytes_of(overlay.run(frame_with_person()));
  g_object_set(element, "colors", "person=lime", nullptr);
  fail_if(bytes_of(overlay.run(frame_with_person())) == plain);
  g_object_set(element, "colors", nullptr, nullptr);
  fail_unless(bytes_of(overlay.run(frame_with_person())) == plain);

  gst_util_set_object_arg(element, "show", "labels");
  const std::size_t label = drawn();
  g_object_set(element, "label-format", "{label}, who has nothing else to say", nullptr);
  fail_unless(drawn() > 2 * label);
  gst_util_set_object_arg(element, "show", "boxes");
  const std::size_t outline = drawn();
  gst_util_set_object_arg(element, "box-style", "corners");
  fail_unless(drawn() < outline);
  gst_util_set_object_arg(element, "box-style", "filled");
  fail_unless(drawn() > 10 * outline);
  g_object_set(element, "only-labels", "cat, dog", nullptr);
  fail_unless_equals_uint64(drawn(), 0);
  g_object_set(element, "only-labels", "Person", nullptr);
  fail_if(drawn() == 0);

  show(overlay, "text");
  const Bytes below = bytes_of(overlay.run(frame_with({}, "A cat")));
  gst_util_set_object_arg(element, "text-position", "top-left");
  fail_if(bytes_of(overlay.run(frame_with({}, "A cat"))) == below);
}
GST_END_TEST

GST_START_TEST(old_and_doubtful_objects_are_drawn_as_is_wanted)
{
  const Overlay overlay;
  show(overlay, "boxes");
  const auto drawn = [&](std::optional<double> confidence, std::chrono::milliseconds age) {
    Object object = make_object("person", {0.25, 0.25, 0.5, 0.5});
    object.confidence = confidence;
    object.track.age = age;
    return bytes_of(overlay.run(frame_with({object})));
  };
  const Bytes plain = drawn(0.4, std::chrono::seconds{9});
  const Bytes empty = bytes_of(make_frame({}));
  fail_if(plain == empty);
  g_object_set(overlay.element(), "min-confidence", 0.5, "max-age", 10000, nullptr);
  fail_unless(drawn(0.4, {}) == empty);
  fail_unless(drawn(0.5, {}) == plain);
  const Bytes faded = drawn({}, std::chrono::seconds{9});
  fail_if(faded == plain || faded == empty);
  fail_unless(drawn({}, std::chrono::seconds{10}) == empty);
}
GST_END_TEST

GST_START_TEST(the_status_says_how_old_the_answer_is_and_what_it_took)
{
  const Overlay overlay;
  auto analysis = std::make_shared<Analysis>();
  analysis->status = AnalysisStatus::ok;
  analysis->running_time = std::chrono::nanoseconds{0};
  analysis->spent = Spent{.requests = 3, .tokens = 4321, .cost = 0.25};
  const auto drawn = [&](GstClockTime pts) {
    auto frame = make_frame({});
    add_scene(frame, {}, analysis);
    GST_BUFFER_PTS(frame.get()) = pts;
    return bytes_of(overlay.run(std::move(frame)));
  };
  const Bytes empty = bytes_of(make_frame({}));
  fail_unless(drawn(GST_SECOND) == empty); // unless it is asked for
  show(overlay, "status");
  const Bytes second = drawn(GST_SECOND);
  fail_if(second == empty);
  fail_unless(drawn(GST_SECOND + 50 * GST_MSECOND) == second);
  fail_if(drawn(2 * GST_SECOND) == second);
  analysis->spent->tokens = 4322;
  fail_if(drawn(GST_SECOND) == second);
  auto pending = make_frame({});
  g_autoptr(GstGeminiScene) nothing_yet =
      gst_gemini_scene_new_private(std::make_shared<const Scene>());
  gst_gemini_meta_add(pending.get(), nothing_yet);
  fail_if(is_untouched(overlay.run(std::move(pending))));
}
GST_END_TEST

GST_START_TEST(settings_that_make_no_sense_are_told_and_change_nothing)
{
  g_autoptr(GstBus) bus = gst_bus_new();
  {
    g_autoptr(GstElement) element =
        GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("geminioverlay", nullptr)));
    gst_element_set_bus(element, bus);
    g_object_set(element, "label-format", "{lable}", nullptr);
    fail_unless_equals_int(gst_element_set_state(element, GST_STATE_PAUSED),
                           GST_STATE_CHANGE_FAILURE);
    const std::string said = posted(bus, GST_MESSAGE_ERROR);
    fail_unless(said.find("label-format") != std::string::npos, "%s", said.c_str());
    g_object_set(element, "label-format", "{label}", nullptr);
    fail_unless(gst_element_set_state(element, GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE);
    gst_element_set_state(element, GST_STATE_NULL);
    gst_element_set_bus(element, nullptr);
  }
  const Overlay overlay;
  gst_element_set_bus(overlay.element(), bus);
  g_object_set(overlay.element(), "colors", "person=lime", nullptr);
  const Bytes lime = bytes_of(overlay.run(frame_with_person()));
  g_object_set(overlay.element(), "colors", "person=limes", nullptr);
  const std::string said = posted(bus, GST_MESSAGE_WARNING);
  fail_unless(said.find("\"limes\"") != std::string::npos, "%s", said.c_str());
  fail_unless(bytes_of(overlay.run(frame_with_person())) == lime);
  g_object_set(overlay.element(), "line-width", 0, nullptr); // says it no more
  fail_unless(posted(bus, GST_MESSAGE_WARNING).empty());
  gst_element_set_bus(overlay.element(), nullptr);
}
GST_END_TEST

GST_START_TEST(properties_can_be_controlled)
{
  const Overlay overlay;
  show(overlay, "boxes");
  GstControlSource *source = gst_trigger_control_source_new();
  auto *values = GST_TIMED_VALUE_CONTROL_SOURCE(source);
  gst_timed_value_control_source_set(values, 0, 2 / 256.0);
  gst_timed_value_control_source_set(values, GST_SECOND, 16 / 256.0);
  fail_unless(gst_object_add_control_binding(
      GST_OBJECT(overlay.element()),
      gst_direct_control_binding_new(GST_OBJECT(overlay.element()), "line-width", source)));
  gst_object_unref(source);
  const auto drawn = [&](GstClockTime pts) {
    auto frame = frame_with_person();
    GST_BUFFER_PTS(frame.get()) = pts;
    return n_changed(overlay.run(std::move(frame)));
  };
  const std::size_t thin = drawn(0);
  fail_unless(thin > 0 && drawn(GST_SECOND) > 4 * thin);
}
GST_END_TEST

GST_START_TEST(each_kind_is_shown_by_its_flag)
{
  const Overlay overlay;
  const auto drawn = [&](const char *what) {
    show(overlay, what);
    return n_changed(overlay.run(frame_with(kEverything)));
  };
  std::size_t sum = 0;
  for (const char *kind : {"boxes", "masks", "points", "boxes-3d", "text"}) {
    const std::size_t n = drawn(kind);
    fail_unless(n > 100, "%s changed %zu bytes", kind, n);
    sum += n;
  }
  fail_unless_equals_uint64(drawn("labels"), 0); // those with a shape have no name here
  fail_unless_equals_uint64(drawn("boxes+labels+masks+points+boxes-3d+text"), sum);
  const Overlay fresh;
  fail_unless_equals_uint64(n_changed(fresh.run(frame_with(kEverything))), sum);
}
GST_END_TEST

GST_START_TEST(words_of_the_answer_are_drawn)
{
  const Overlay overlay;
  const std::size_t words = n_changed(overlay.run(frame_with({}, "A cat & a dog <b>")));
  fail_unless(words > 1000);
  fail_unless(n_changed(overlay.run(frame_with({}, "A cat & a dog <b>\nand more"))) > words);
  show(overlay, "boxes+labels");
  const auto frame = frame_with({}, "A cat");
  fail_unless(overlay.run(frame).get() == frame.get());
}
GST_END_TEST

GST_START_TEST(mask_opacity_takes_effect_while_playing)
{
  const Overlay overlay;
  show(overlay, "masks");
  const auto deepest = [&](double opacity) {
    g_object_set(overlay.element(), "mask-opacity", opacity, nullptr);
    const Bytes bytes = bytes_of(overlay.run(frame_with(kEverything)));
    return *std::max_element(bytes.begin(), bytes.end());
  };
  const auto light = deepest(0.2);
  const auto strong = deepest(0.9);
  fail_unless(light > kFill && strong > light + 20, "%d %d", light, strong);
  fail_unless_equals_int(deepest(0), kFill);
}
GST_END_TEST

GST_START_TEST(boxes_in_space_follow_the_camera_and_the_shape_of_pixels)
{
  Overlay overlay;
  show(overlay, "boxes-3d");
  const std::vector<Object> box{{.id = 1, .label = "", .box_3d = Box3d{{0, 3, 0}, {1, 1, 1}, {}}}};
  const auto drawn = [&] { return bytes_of(overlay.run(frame_with(box))); };
  const Bytes by_default = drawn();
  g_object_set(overlay.element(), "camera-fov", 60.0, nullptr);
  fail_unless(drawn() == by_default);
  g_object_set(overlay.element(), "camera-fov", 90.0, nullptr);
  const Bytes wide = drawn();
  fail_if(wide == by_default);
  gst_harness_set_src_caps_str(overlay.harness(),
                               "video/x-raw,format=I420,width=640,height=480,framerate=25/1,"
                               "pixel-aspect-ratio=2/1");
  fail_if(drawn() == wide);
}
GST_END_TEST

GST_START_TEST(drawing_goes_on_after_a_flush)
{
  const Overlay overlay;
  const Bytes before = bytes_of(overlay.run(frame_with_person()));
  fail_unless(gst_harness_push_event(overlay.harness(), gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(overlay.harness(), gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(gst_harness_push_event(overlay.harness(), gst_event_new_segment(&segment)));
  fail_unless(bytes_of(overlay.run(frame_with_person())) == before);
}
GST_END_TEST

GST_START_TEST(drawing_follows_new_caps)
{
  Overlay overlay;
  const std::size_t small = n_changed(overlay.run(frame_with_person()));
  const Layout large{GST_VIDEO_FORMAT_BGRx, 1280, 720};
  overlay.set_caps(large);
  auto frame = make_frame(large);
  add_scene(frame, {make_object("person", kBox)});
  fail_unless(n_changed(overlay.run(std::move(frame))) > small);
}
GST_END_TEST

GST_START_TEST(same_scene_looks_the_same_in_every_run)
{
  Bytes first;
  for (int i = 0; i < 3; ++i) {
    const Overlay overlay;
    const Bytes bytes = bytes_of(overlay.run(frame_with_person()));
    fail_unless(i == 0 || bytes == first);
    first = bytes;
  }
}
GST_END_TEST

GST_START_TEST(pipeline_plays_more_than_once)
{
  g_autoptr(GstElement) pipeline = gst_parse_launch(
      "videotestsrc num-buffers=3 ! video/x-raw,format=NV12,width=333,height=217 ! geminioverlay "
      "! fakesink",
      nullptr);
  fail_unless(pipeline != nullptr);
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  for (int i = 0; i < 3; ++i) {
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
        bus, 10 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    fail_unless(message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS);
    gst_element_set_state(pipeline, GST_STATE_NULL);
  }
}
GST_END_TEST

static Suite *overlay_suite(void)
{
  Suite *suite = suite_create("overlay");
  TCase *cases = tcase_create("overlay");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, frames_with_nothing_to_draw_pass_as_the_same_buffer);
  tcase_add_test(cases, memory_that_cannot_be_mapped_passes_when_there_is_nothing_to_draw);
  tcase_add_test(cases, memory_that_cannot_be_mapped_passes_with_one_warning);
  tcase_add_test(cases, writable_frames_are_drawn_in_place);
  tcase_add_test(cases, frames_that_others_hold_are_not_written_to);
  tcase_add_test(cases, memory_that_others_hold_is_not_written_to);
  tcase_add_test(cases, drawing_on_a_gap_makes_it_content);
  tcase_add_test(cases, regions_of_interest_are_drawn_where_there_is_no_scene);
  tcase_add_test(cases, region_of_interest_may_be_larger_than_the_frame);
  tcase_add_test(cases, properties_take_effect_while_playing);
  tcase_add_test(cases, properties_read_back);
  tcase_add_test(cases, looks_take_effect_while_playing);
  tcase_add_test(cases, old_and_doubtful_objects_are_drawn_as_is_wanted);
  tcase_add_test(cases, the_status_says_how_old_the_answer_is_and_what_it_took);
  tcase_add_test(cases, settings_that_make_no_sense_are_told_and_change_nothing);
  tcase_add_test(cases, properties_can_be_controlled);
  tcase_add_test(cases, each_kind_is_shown_by_its_flag);
  tcase_add_test(cases, words_of_the_answer_are_drawn);
  tcase_add_test(cases, mask_opacity_takes_effect_while_playing);
  tcase_add_test(cases, boxes_in_space_follow_the_camera_and_the_shape_of_pixels);
  tcase_add_test(cases, drawing_goes_on_after_a_flush);
  tcase_add_test(cases, drawing_follows_new_caps);
  tcase_add_test(cases, same_scene_looks_the_same_in_every_run);
  tcase_add_test(cases, pipeline_plays_more_than_once);
  return suite;
}

GST_CHECK_MAIN(overlay)
