// SPDX-License-Identifier: LGPL-2.1-or-later
// The detections and tracks that a scene becomes on a frame. Built where there is GstAnalytics.
#include "gemini/gstgemini-private.hpp"
#include "glib/gst_ref.hpp"
#include "plugin/scene_metas.hpp"

#include <gst/analytics/analytics.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;
const Rect kBox{0.25, 0.5, 0.5, 0.25};

struct Frame {
  Frame() : buffer(Ref<GstBuffer>::adopt(gst_buffer_new()))
  {
    GST_BUFFER_PTS(buffer.get()) = 10 * GST_SECOND;
  }
  void attach(std::vector<Object> objects)
  {
    auto value = std::make_shared<Scene>();
    value->objects = std::move(objects);
    g_autoptr(GstGeminiScene) scene = gst_gemini_scene_new_private(std::move(value));
    attach_scene(buffer.get(), scene, kWidth, kHeight);
  }
  GstAnalyticsRelationMeta *meta() { return gst_buffer_get_analytics_relation_meta(buffer.get()); }
  std::vector<GstAnalyticsMtd> detections()
  {
    std::vector<GstAnalyticsMtd> found;
    gpointer state = nullptr;
    GstAnalyticsMtd one{};
    while (meta() && gst_analytics_relation_meta_iterate(meta(), &state,
                                                         gst_analytics_od_mtd_get_mtd_type(), &one))
      found.push_back(one);
    return found;
  }

  Ref<GstBuffer> buffer;
};

struct TrackInfo {
  guint64 id = 0;
  GstClockTime first_seen = 0;
  GstClockTime last_seen = 0;
  gboolean is_lost = FALSE;
};

// As others ask for it: what the detection relates to.
TrackInfo track_of(GstAnalyticsRelationMeta *meta, const GstAnalyticsMtd &detection)
{
  gpointer state = nullptr;
  GstAnalyticsMtd track{};
  fail_unless(gst_analytics_relation_meta_get_direct_related(
      meta, detection.id, GST_ANALYTICS_REL_TYPE_RELATE_TO,
      gst_analytics_tracking_mtd_get_mtd_type(), &state, &track));
  fail_unless(gst_analytics_relation_meta_get_relation(meta, track.id, detection.id) ==
              GST_ANALYTICS_REL_TYPE_RELATE_TO);
  TrackInfo info;
  fail_unless(gst_analytics_tracking_mtd_get_info(&track, &info.id, &info.first_seen,
                                                  &info.last_seen, &info.is_lost));
  GstAnalyticsMtd other{};
  fail_if(gst_analytics_relation_meta_get_direct_related(
      meta, detection.id, GST_ANALYTICS_REL_TYPE_RELATE_TO,
      gst_analytics_tracking_mtd_get_mtd_type(), &state, &other));
  return info;
}

} // namespace

GST_START_TEST(object_is_a_detection_with_its_track)
{
  Frame frame;
  frame.attach({{.id = 3,
                 .label = "cat",
                 .confidence = 0.5,
                 .box = kBox,
                 .track = {.state = TrackState::kept, .age = 2s, .known = 7s}},
                {.id = 5'000'000'000, .label = "dog", .box = kBox}});
  const auto detections = frame.detections();
  fail_unless_equals_uint64(detections.size(), 2);
  gint x = 0;
  gint y = 0;
  gint w = 0;
  gint h = 0;
  gfloat confidence = 0;
  GstAnalyticsMtd cat = detections[0];
  fail_unless(gst_analytics_od_mtd_get_location(&cat, &x, &y, &w, &h, &confidence));
  fail_unless(x == 160 && y == 240 && w == 320 && h == 120);
  assert_equals_float(confidence, 0.5F);
  assert_equals_string(g_quark_to_string(gst_analytics_od_mtd_get_obj_type(&cat)), "cat");

  const TrackInfo kept = track_of(frame.meta(), detections[0]);
  fail_unless_equals_uint64(kept.id, 3);
  fail_unless_equals_uint64(kept.first_seen, 3 * GST_SECOND);
  fail_unless_equals_uint64(kept.last_seen, 8 * GST_SECOND);
  fail_if(kept.is_lost);
  const TrackInfo fresh = track_of(frame.meta(), detections[1]);
  fail_unless_equals_uint64(fresh.id, 5'000'000'000);
  fail_unless_equals_uint64(fresh.first_seen, 10 * GST_SECOND);
  fail_unless_equals_uint64(fresh.last_seen, 10 * GST_SECOND);
}
GST_END_TEST

GST_START_TEST(what_is_lost_says_so)
{
  Frame frame;
  frame.attach({{.id = 1, .label = "a", .box = kBox, .track = {.state = TrackState::lost}},
                {.id = 2, .label = "b", .box = kBox, .track = {.state = TrackState::left}}});
  for (const GstAnalyticsMtd &detection : frame.detections())
    fail_unless(track_of(frame.meta(), detection).is_lost);
}
GST_END_TEST

GST_START_TEST(times_before_the_stream_are_its_beginning)
{
  Frame frame;
  frame.attach({{.id = 1, .label = "a", .box = kBox, .track = {.age = 11s, .known = 12s}}});
  const TrackInfo info = track_of(frame.meta(), frame.detections().at(0));
  fail_unless(info.first_seen == 0 && info.last_seen == 0);

  // In accurate mode an object may be named by a later frame only.
  Frame early;
  early.attach({{.id = 1, .label = "a", .box = kBox, .track = {.age = 2s, .known = -2s}}});
  fail_unless_equals_uint64(track_of(early.meta(), early.detections().at(0)).first_seen,
                            12 * GST_SECOND);

  Frame timeless;
  GST_BUFFER_PTS(timeless.buffer.get()) = GST_CLOCK_TIME_NONE;
  timeless.attach({{.id = 1, .label = "a", .box = kBox, .track = {.age = 11s}}});
  const TrackInfo unknown = track_of(timeless.meta(), timeless.detections().at(0));
  fail_if(GST_CLOCK_TIME_IS_VALID(unknown.first_seen));
  fail_if(GST_CLOCK_TIME_IS_VALID(unknown.last_seen));
}
GST_END_TEST

GST_START_TEST(detections_of_others_stay)
{
  Frame frame;
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta(frame.buffer.get());
  GstAnalyticsMtd other{};
  fail_unless(gst_analytics_relation_meta_add_od_mtd(meta, g_quark_from_string("car"), 1, 2, 3, 4,
                                                     0.5F, &other));
  std::vector<Object> many(25, {.id = 1, .label = "a", .box = kBox});
  frame.attach(many);
  fail_unless(frame.meta() == meta);
  const auto detections = frame.detections();
  fail_unless_equals_uint64(detections.size(), 26);
  assert_equals_string(g_quark_to_string(gst_analytics_od_mtd_get_obj_type(&detections[0])), "car");
  for (std::size_t i = 1; i < detections.size(); ++i)
    fail_unless_equals_uint64(track_of(meta, detections[i]).id, 1);
}
GST_END_TEST

GST_START_TEST(frame_without_boxes_gets_no_meta)
{
  Frame frame;
  frame.attach({{.id = 1, .label = "indoor"},
                {.id = 2, .label = "left of it", .box = Rect{-0.5, 0, 0.5, 1}}});
  fail_unless(frame.meta() == nullptr);
}
GST_END_TEST

static Suite *frame_detections_suite()
{
  Suite *suite = suite_create("frame_detections");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, object_is_a_detection_with_its_track);
  tcase_add_test(tcase, what_is_lost_says_so);
  tcase_add_test(tcase, times_before_the_stream_are_its_beginning);
  tcase_add_test(tcase, detections_of_others_stay);
  tcase_add_test(tcase, frame_without_boxes_gets_no_meta);
  return suite;
}

GST_CHECK_MAIN(frame_detections)
