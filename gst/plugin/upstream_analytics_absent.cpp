// SPDX-License-Identifier: LGPL-2.1-or-later
// Built where there is no GstAnalytics (before GStreamer 1.24).
#include "plugin/upstream_analytics.hpp"

namespace gemini {

void add_analytics_objects(GstBuffer *, int, int, std::vector<UpstreamObject> &) {}

} // namespace gemini
