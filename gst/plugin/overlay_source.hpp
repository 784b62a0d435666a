// SPDX-License-Identifier: LGPL-2.1-or-later
// What a buffer says that is to be drawn on it.
#pragma once

#include "plugin/object_look.hpp"
#include "render/scene_renderer.hpp"

#include <gst/gst.h>

#include <chrono>
#include <string>
#include <vector>

namespace gemini {

struct Notes {
  std::vector<Annotation> annotations;
  std::string text;   // the model's words about the whole picture; may be empty
  std::string status; // about the answer itself; empty where there is no scene
};

// From the scene of the GstGeminiMeta; where there is none, from what others have found:
// GstAnalytics (where built with it) and regions of interest. `running_time` is the frame's;
// negative: unknown. Any thread.
Notes notes_on(GstBuffer *buffer, PixelSize picture, const ObjectLook &look,
               std::chrono::nanoseconds running_time);

} // namespace gemini
