// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects that GstAnalytics tells of: detections, with the classes and tracks related to them.
#include "plugin/upstream_analytics.hpp"

#include <gst/analytics/analytics.h>

namespace gemini {

namespace {

// Whoever relates two of them does it in either direction.
bool are_related(GstAnalyticsRelationMeta *meta, const GstAnalyticsMtd &a, const GstAnalyticsMtd &b)
{
  return gst_analytics_relation_meta_get_relation(meta, a.id, b.id) !=
             GST_ANALYTICS_REL_TYPE_NONE ||
         gst_analytics_relation_meta_get_relation(meta, b.id, a.id) != GST_ANALYTICS_REL_TYPE_NONE;
}

std::optional<std::uint64_t> track_of(GstAnalyticsRelationMeta *meta, const GstAnalyticsMtd &object)
{
  gpointer state = nullptr;
  GstAnalyticsMtd track{};
  while (gst_analytics_relation_meta_iterate(meta, &state,
                                             gst_analytics_tracking_mtd_get_mtd_type(), &track)) {
    guint64 id = 0;
    GstClockTime first = 0;
    GstClockTime last = 0;
    gboolean is_lost = FALSE;
    if (are_related(meta, object, track) &&
        gst_analytics_tracking_mtd_get_info(&track, &id, &first, &last, &is_lost))
      return id;
  }
  return std::nullopt;
}

std::string text_of(GQuark quark)
{
  const char *text = quark != 0 ? g_quark_to_string(quark) : nullptr;
  return text ? text : "";
}

// The likeliest.
std::string class_of(GstAnalyticsRelationMeta *meta, const GstAnalyticsMtd &object)
{
  gpointer state = nullptr;
  GstAnalyticsMtd classes{};
  std::string best;
  float best_level = 0;
  while (gst_analytics_relation_meta_iterate(meta, &state, gst_analytics_cls_mtd_get_mtd_type(),
                                             &classes)) {
    if (!are_related(meta, object, classes))
      continue;
    const gsize n = gst_analytics_cls_mtd_get_length(&classes);
    for (gsize i = 0; i < n; ++i) {
      const float level = gst_analytics_cls_mtd_get_level(&classes, i);
      std::string name = text_of(gst_analytics_cls_mtd_get_quark(&classes, i));
      if (!name.empty() && (best.empty() || level > best_level)) {
        best = std::move(name);
        best_level = level;
      }
    }
  }
  return best;
}

} // namespace

void add_analytics_objects(GstBuffer *buffer, int width, int height,
                           std::vector<UpstreamObject> &objects)
{
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta(buffer);
  if (!meta)
    return;
  gpointer state = nullptr;
  GstAnalyticsMtd found{};
  while (gst_analytics_relation_meta_iterate(meta, &state, gst_analytics_od_mtd_get_mtd_type(),
                                             &found)) {
    gint x = 0;
    gint y = 0;
    gint w = 0;
    gint h = 0;
    gfloat confidence = 0;
    UpstreamObject object;
    // Of one that is turned it is the box around it.
    if (gst_analytics_od_mtd_get_location(&found, &x, &y, &w, &h, &confidence) && w > 0 && h > 0)
      object.box = Rect{static_cast<double>(x) / width, static_cast<double>(y) / height,
                        static_cast<double>(w) / width, static_cast<double>(h) / height};
    object.confidence = confidence;
    object.label = text_of(gst_analytics_od_mtd_get_obj_type(&found));
    if (object.label.empty())
      object.label = class_of(meta, found);
    object.id = track_of(meta, found);
    objects.push_back(std::move(object));
  }
}

} // namespace gemini
