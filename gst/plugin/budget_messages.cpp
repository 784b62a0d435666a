// SPDX-License-Identifier: LGPL-2.1-or-later

// What the cost governor has to say on the bus.
#include "plugin/budget_messages.hpp"

namespace gemini {
namespace {

constexpr const char *kName = "gemini-budget";

void post(GstElement *element, GstStructure *structure)
{
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT_CAST(element), structure));
}

} // namespace

void post_alarm(GstElement *element, const BudgetAlarm::Alarm &alarm)
{
  post(element, gst_structure_new(kName, "event", G_TYPE_STRING, "threshold", "limit",
                                  G_TYPE_STRING, to_string(alarm.limit), "percent", G_TYPE_UINT,
                                  alarm.percent, "used", G_TYPE_UINT64, guint64{alarm.used}, "of",
                                  G_TYPE_UINT64, guint64{alarm.of}, nullptr));
}

void post_projection(GstElement *element, const Projection &projection,
                     const ProjectionBasis &basis)
{
  const Rate &rate = basis.analysis_rate;
  GstStructure *structure =
      gst_structure_new(kName, "event", G_TYPE_STRING, "projection", "requests-per-day",
                        G_TYPE_DOUBLE, projection.requests, "tokens-per-day", G_TYPE_DOUBLE,
                        projection.tokens, "analysis-rate", GST_TYPE_FRACTION, rate.numerator,
                        rate.denominator, "model", G_TYPE_STRING, basis.model.c_str(), nullptr);
  if (projection.cost)
    gst_structure_set(structure, "cost-per-day", G_TYPE_DOUBLE, *projection.cost, nullptr);
  post(element, structure);
}

} // namespace gemini
