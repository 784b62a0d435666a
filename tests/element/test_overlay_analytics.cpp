// SPDX-License-Identifier: LGPL-2.1-or-later
// What detectors upstream have found is drawn as if a model had.
#include "overlay_fixture.hpp"

#include <gst/analytics/analytics.h>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

// As a detector does it: half of a 640x480 frame, in its middle.
Ref<GstBuffer> detected(const char *label, float confidence)
{
  auto frame = make_frame({});
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta(frame.get());
  GstAnalyticsODMtd found{};
  fail_unless(gst_analytics_relation_meta_add_od_mtd(meta, g_quark_from_string(label), 160, 120,
                                                     320, 240, confidence, &found));
  return frame;
}

Ref<GstBuffer> seen(const char *label)
{
  auto frame = make_frame({});
  add_scene(frame, {make_object(label, {0.25, 0.25, 0.5, 0.5})});
  return frame;
}

} // namespace

GST_START_TEST(detections_are_drawn_where_there_is_no_scene)
{
  const Overlay overlay;
  fail_unless(bytes_of(overlay.run(detected("person", 0.8F))) ==
              bytes_of(overlay.run(seen("person"))));
  auto with_both = detected("person", 0.8F);
  add_scene(with_both, {});
  fail_unless(is_untouched(overlay.run(std::move(with_both))));
}
GST_END_TEST

GST_START_TEST(a_detection_has_its_class_its_track_and_its_confidence)
{
  const Overlay overlay;
  auto frame = detected("", 0.8F);
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta(frame.get());
  GstAnalyticsMtd found{};
  gpointer state = nullptr;
  fail_unless(gst_analytics_relation_meta_iterate(meta, &state, gst_analytics_od_mtd_get_mtd_type(),
                                                  &found));
  GQuark classes[] = {g_quark_from_string("cat"), g_quark_from_string("dog")};
  float levels[] = {0.2F, 0.7F};
  GstAnalyticsClsMtd classified{};
  GstAnalyticsTrackingMtd track{};
  fail_unless(gst_analytics_relation_meta_add_cls_mtd(meta, 2, levels, classes, &classified) &&
              gst_analytics_relation_meta_add_tracking_mtd(meta, 7, 0, &track) &&
              gst_analytics_relation_meta_set_relation(meta, GST_ANALYTICS_REL_TYPE_RELATE_TO,
                                                       found.id, classified.id) &&
              gst_analytics_relation_meta_set_relation(meta, GST_ANALYTICS_REL_TYPE_RELATE_TO,
                                                       found.id, track.id));
  g_object_set(overlay.element(), "label-format", "{label} #{id} {confidence}", nullptr);
  const Bytes drawn = bytes_of(overlay.run(std::move(frame)));
  g_object_set(overlay.element(), "label-format", "dog #7 80%", nullptr);
  fail_unless(drawn == bytes_of(overlay.run(seen("dog"))));
}
GST_END_TEST

GST_START_TEST(doubtful_detections_can_be_left_out)
{
  const Overlay overlay;
  g_object_set(overlay.element(), "min-confidence", 0.5, nullptr);
  fail_unless(is_untouched(overlay.run(detected("person", 0.4F))));
  fail_if(is_untouched(overlay.run(detected("person", 0.6F))));
}
GST_END_TEST

static Suite *overlay_analytics_suite()
{
  Suite *suite = suite_create("overlay_analytics");
  TCase *tcase = tcase_create("detections");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, detections_are_drawn_where_there_is_no_scene);
  tcase_add_test(tcase, a_detection_has_its_class_its_track_and_its_confidence);
  tcase_add_test(tcase, doubtful_detections_can_be_left_out);
  return suite;
}

GST_CHECK_MAIN(overlay_analytics)
