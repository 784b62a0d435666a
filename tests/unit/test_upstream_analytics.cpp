// SPDX-License-Identifier: LGPL-2.1-or-later
// Detections that GstAnalytics tells of. Built where there is GstAnalytics.
#include "plugin/upstream_objects.hpp"

#include <gst/analytics/analytics.h>

#include <cmath>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 240;

GstAnalyticsMtd add_object(GstAnalyticsRelationMeta *meta, const char *type, gint x, gint y, gint w,
                           gint h)
{
  GstAnalyticsMtd object{};
  fail_unless(gst_analytics_relation_meta_add_od_mtd(meta, type ? g_quark_from_string(type) : 0, x,
                                                     y, w, h, 0.5F, &object));
  return object;
}

void relate(GstAnalyticsRelationMeta *meta, const GstAnalyticsMtd &from, const GstAnalyticsMtd &to)
{
  fail_unless(gst_analytics_relation_meta_set_relation(meta, GST_ANALYTICS_REL_TYPE_RELATE_TO,
                                                       from.id, to.id));
}

} // namespace

GST_START_TEST(detections_have_the_ids_of_their_tracks)
{
  g_autoptr(GstBuffer) frame = gst_buffer_new();
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta(frame);
  const GstAnalyticsMtd car = add_object(meta, "car", 32, 24, 64, 48);
  const GstAnalyticsMtd man = add_object(meta, "man", 160, 24, 32, 48);
  add_object(meta, "dog", 200, 100, 40, 40);
  // In either direction.
  GstAnalyticsMtd track{};
  fail_unless(gst_analytics_relation_meta_add_tracking_mtd(meta, 77, 0, &track));
  relate(meta, car, track);
  fail_unless(gst_analytics_relation_meta_add_tracking_mtd(meta, 78, 0, &track));
  relate(meta, track, man);

  const auto objects = upstream_objects(frame, kWidth, kHeight).objects;
  fail_unless_equals_uint64(objects.size(), 3);
  fail_unless(objects[0].label == "car" && objects[0].id == 77);
  fail_unless(objects[1].label == "man" && objects[1].id == 78);
  fail_unless(objects[2].label == "dog" && !objects[2].id);
  const Rect box = objects[0].box.value_or(Rect{});
  fail_unless(std::lround(box.x * kWidth) == 32 && std::lround(box.y * kHeight) == 24 &&
              std::lround(box.w * kWidth) == 64 && std::lround(box.h * kHeight) == 48);
}
GST_END_TEST

GST_START_TEST(a_detection_without_a_type_is_called_by_its_likeliest_class)
{
  g_autoptr(GstBuffer) frame = gst_buffer_new();
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta(frame);
  const GstAnalyticsMtd thing = add_object(meta, nullptr, 32, 24, 64, 48);
  gfloat levels[] = {0.1F, 0.7F, 0.2F};
  GQuark names[] = {g_quark_from_string("cat"), g_quark_from_string("fox"),
                    g_quark_from_string("dog")};
  GstAnalyticsMtd classes{};
  fail_unless(gst_analytics_relation_meta_add_cls_mtd(meta, 3, levels, names, &classes));
  relate(meta, thing, classes);
  const auto objects = upstream_objects(frame, kWidth, kHeight).objects;
  fail_unless_equals_uint64(objects.size(), 1);
  fail_unless(objects[0].label == "fox", "%s", objects[0].label.c_str());
}
GST_END_TEST

// A pool keeps the meta on its buffers and only empties it.
GST_START_TEST(an_empty_meta_is_nothing)
{
  g_autoptr(GstBuffer) frame = gst_buffer_new();
  gst_buffer_add_analytics_relation_meta(frame);
  const UpstreamObjects found = upstream_objects(frame, kWidth, kHeight);
  fail_unless(found.objects.empty() && found.is_whole);
}
GST_END_TEST

#if GST_CHECK_VERSION(1, 26, 0)
GST_START_TEST(a_turned_detection_is_the_box_around_it)
{
  g_autoptr(GstBuffer) frame = gst_buffer_new();
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta(frame);
  GstAnalyticsMtd object{};
  // 80 wide and 40 high, by a quarter.
  fail_unless(gst_analytics_relation_meta_add_oriented_od_mtd(
      meta, g_quark_from_string("car"), 100, 100, 80, 40, static_cast<gfloat>(G_PI_2), 0.5F,
      &object));
  const auto objects = upstream_objects(frame, kWidth, kHeight).objects;
  fail_unless_equals_uint64(objects.size(), 1);
  const Rect box = objects[0].box.value_or(Rect{});
  fail_unless(std::abs(box.w * kWidth - 40) <= 2 && std::abs(box.h * kHeight - 80) <= 2, "%gx%g",
              box.w * kWidth, box.h * kHeight);
}
GST_END_TEST
#endif

static Suite *upstream_analytics_suite()
{
  Suite *suite = suite_create("upstream_analytics");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, detections_have_the_ids_of_their_tracks);
  tcase_add_test(tcase, a_detection_without_a_type_is_called_by_its_likeliest_class);
  tcase_add_test(tcase, an_empty_meta_is_nothing);
#if GST_CHECK_VERSION(1, 26, 0)
  tcase_add_test(tcase, a_turned_detection_is_the_box_around_it);
#endif
  return suite;
}

GST_CHECK_MAIN(upstream_analytics)
