// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that will be turned when they are shown: what is seen then is what would have been drawn
// on the picture as it is shown.
#include "core/view.hpp"
#include "overlay_fixture.hpp"

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

// Tag, and video-direction of videoflip, in the order of Orientation.
constexpr struct {
  const char *tag;
  const char *direction;
} kTurns[] = {
    {"rotate-0", "identity"},     {"rotate-90", "90r"},        {"rotate-180", "180"},
    {"rotate-270", "90l"},        {"flip-rotate-0", "horiz"},  {"flip-rotate-180", "vert"},
    {"flip-rotate-270", "ul-lr"}, {"flip-rotate-90", "ur-ll"},
};

constexpr double kAspect = 640.0 / 480;

std::vector<Object> objects_on_shown(double aspect)
{
  // Edges lie between pixels, where no rounding on the way there and back matters.
  constexpr Rect kThing{0.1011, 0.2017, 0.3017, 0.2519};
  Object thing = make_object("a sleepy cat", kThing);
  thing.mask = std::make_shared<const Mask>(Mask{kThing, 3, 2, {255, 0, 128, 255, 255, 0}});
  Object point;
  point.label = "a door";
  point.point = Point{0.7013, 0.7517};
  Object box = make_object("", {0.6011, 0.1017, 0.2013 / aspect, 0.2011});
  return {thing, point, box};
}

GstHarness *overlay_for(const Layout &layout, const std::string &launch, const char *tag)
{
  GstHarness *harness = gst_harness_new_parse(launch.c_str());
  GstVideoInfo info = info_of(layout);
  gst_harness_set_src_caps(harness, gst_video_info_to_caps(&info));
  if (tag)
    gst_harness_push_event(
        harness, gst_event_new_tag(gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, tag, nullptr)));
  return harness;
}

// What comes out of `launch` for a frame with these objects.
Bytes drawn(const Layout &layout, const std::string &launch, const char *tag,
            std::vector<Object> objects)
{
  GstHarness *harness = overlay_for(layout, launch, tag);
  const auto frame = make_frame(layout);
  auto analysis = std::make_shared<Analysis>();
  analysis->text = "Two things and a box.";
  add_scene(frame, std::move(objects), std::move(analysis));
  fail_unless_equals_int(gst_harness_push(harness, gst_buffer_ref(frame.get())), GST_FLOW_OK);
  const auto out = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  fail_unless(out.get() != nullptr);
  const Bytes bytes = bytes_of(out);
  gst_harness_teardown(harness);
  return bytes;
}

} // namespace

GST_START_TEST(what_is_shown_is_drawn_for_the_picture_as_it_is_shown)
{
  const auto orientation = static_cast<Orientation>(__i__);
  const auto &turn = kTurns[__i__];
  const Layout shown{GST_VIDEO_FORMAT_BGRx, 640, 480};
  const Layout stored = swaps_sides(orientation) ? Layout{GST_VIDEO_FORMAT_BGRx, 480, 640} : shown;
  const auto objects = objects_on_shown(kAspect);

  const Bytes truth = drawn(shown, "geminioverlay", nullptr, objects);
  std::vector<Object> on_frame;
  for (const Object &object : objects)
    on_frame.push_back(to_frame({.orientation = orientation}, object, 1 / kAspect));
  // The turning is videoflip's own, that knows nothing of ours.
  const Bytes seen =
      drawn(stored, std::string{"geminioverlay ! videoflip video-direction="} + turn.direction,
            turn.tag, on_frame);
  fail_unless(seen.size() == truth.size());
  std::size_t n_same = 0;
  for (std::size_t i = 0; i < truth.size(); ++i)
    n_same += seen[i] == truth[i] ? 1U : 0U;
  fail_unless(n_same == truth.size(), "%s: %zu of %zu bytes differ", turn.tag,
              truth.size() - n_same, truth.size());
}
GST_END_TEST

GST_START_TEST(the_same_notes_are_turned_once)
{
  const Layout layout{GST_VIDEO_FORMAT_BGRx, 480, 640};
  GstHarness *harness = overlay_for(layout, "geminioverlay", "rotate-90");
  const auto first = make_frame(layout);
  add_scene(first, {make_object("cat", {0.2, 0.2, 0.5, 0.5})});
  const auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy_deep(first.get()));
  gst_harness_push(harness, gst_buffer_ref(first.get()));
  gst_harness_push(harness, gst_buffer_ref(copy.get()));
  const auto a = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  const auto b = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  fail_unless(n_changed(a) > 0);
  fail_unless(bytes_of(a) == bytes_of(b));
  gst_harness_teardown(harness);
}
GST_END_TEST

GST_START_TEST(a_new_stream_is_not_turned_any_more)
{
  const Layout layout{GST_VIDEO_FORMAT_BGRx, 640, 480};
  const auto objects = objects_on_shown(kAspect);
  const Bytes truth = drawn(layout, "geminioverlay", nullptr, objects);
  GstHarness *harness = overlay_for(layout, "geminioverlay", "rotate-180");
  gst_harness_push_event(harness, gst_event_new_stream_start("another"));
  GstVideoInfo info = info_of(layout);
  g_autoptr(GstCaps) caps = gst_video_info_to_caps(&info);
  gst_harness_push_event(harness, gst_event_new_caps(caps));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness, gst_event_new_segment(&segment));
  const auto frame = make_frame(layout);
  auto analysis = std::make_shared<Analysis>();
  analysis->text = "Two things and a box.";
  add_scene(frame, objects, std::move(analysis));
  gst_harness_push(harness, gst_buffer_ref(frame.get()));
  const auto out = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  fail_unless(bytes_of(out) == truth);
  gst_harness_teardown(harness);
}
GST_END_TEST

static Suite *overlay_orientation_suite()
{
  Suite *suite = suite_create("overlay_orientation");
  TCase *tcase = tcase_create("orientation");
  tcase_add_loop_test(tcase, what_is_shown_is_drawn_for_the_picture_as_it_is_shown, 0,
                      G_N_ELEMENTS(kTurns));
  tcase_add_test(tcase, the_same_notes_are_turned_once);
  tcase_add_test(tcase, a_new_stream_is_not_turned_any_more);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(overlay_orientation)
