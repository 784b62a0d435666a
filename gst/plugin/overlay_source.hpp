// SPDX-License-Identifier: LGPL-2.1-or-later
// What a buffer says that is to be drawn on it.
#pragma once

#include "render/scene_renderer.hpp"

#include <gst/gst.h>

#include <string>
#include <vector>

namespace gemini {

struct Notes {
  std::vector<Annotation> annotations;
  std::string text; // the model's words about the whole picture; may be empty
};

// From the scene of the GstGeminiMeta; from the GstVideoRegionOfInterestMetas where there is no
// scene. Any thread.
Notes notes_on(GstBuffer *buffer, PixelSize picture);

} // namespace gemini
