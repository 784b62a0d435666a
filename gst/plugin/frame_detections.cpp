// SPDX-License-Identifier: LGPL-2.1-or-later
// Detections and tracks of GstAnalytics, one of each for an object.
#include "plugin/frame_detections.hpp"

#include <gst/analytics/analytics.h>

namespace gemini {

namespace {

// Readers ask for a track from its detection; some ask the other way round.
void relate(GstAnalyticsRelationMeta *meta, const GstAnalyticsMtd &a, const GstAnalyticsMtd &b)
{
  gst_analytics_relation_meta_set_relation(meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, a.id, b.id);
  gst_analytics_relation_meta_set_relation(meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, b.id, a.id);
}

void add(GstAnalyticsRelationMeta *meta, const FrameDetection &detection)
{
  GstAnalyticsODMtd box{};
  GstAnalyticsTrackingMtd track{};
  if (!gst_analytics_relation_meta_add_od_mtd(meta, detection.type, detection.x, detection.y,
                                              detection.width, detection.height,
                                              static_cast<gfloat>(detection.confidence), &box) ||
      detection.id == 0 ||
      !gst_analytics_relation_meta_add_tracking_mtd(meta, detection.id, detection.first_seen,
                                                    &track))
    return;
  gst_analytics_tracking_mtd_update_last_seen(&track, detection.last_seen);
  if (detection.is_lost)
    gst_analytics_tracking_mtd_set_lost(&track);
  relate(meta, box, track);
}

} // namespace

void add_detections(GstBuffer *buffer, std::span<const FrameDetection> detections)
{
  if (detections.empty())
    return;
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta(buffer);
  if (!meta) {
    // By as much as it is made for it grows later, and copies all relations then.
    const gsize n = 2 * detections.size();
    GstAnalyticsRelationMetaInitParams size{.initial_relation_order = n,
                                            .initial_buf_size = n * 64};
    meta = gst_buffer_add_analytics_relation_meta_full(buffer, &size);
  }
  for (const FrameDetection &detection : detections)
    add(meta, detection);
}

} // namespace gemini
