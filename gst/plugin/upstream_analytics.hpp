// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects that GstAnalytics tells of.
#pragma once

#include "plugin/upstream_objects.hpp"

#include <vector>

namespace gemini {

// Adds those on `buffer`, a frame of that size. Does nothing where built without GstAnalytics.
void add_analytics_objects(GstBuffer *buffer, int width, int height,
                           std::vector<UpstreamObject> &objects);

} // namespace gemini
