// SPDX-License-Identifier: LGPL-2.1-or-later
// What a buffer says that is to be drawn on it.
#pragma once

#include "render/scene_renderer.hpp"

#include <gst/gst.h>

#include <vector>

namespace gemini {

// From the scene of the GstGeminiMeta; from the GstVideoRegionOfInterestMetas where there is no
// scene. Any thread.
std::vector<Annotation> annotations_on(GstBuffer *buffer, PixelSize picture);

} // namespace gemini
