// SPDX-License-Identifier: LGPL-2.1-or-later
// What a buffer says that is to be drawn on it.
#pragma once

#include "plugin/object_look.hpp"
#include "render/scene_renderer.hpp"

#include <gst/gst.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace gemini {

struct Notes {
  std::vector<Annotation> annotations;
  std::string text;   // the model's words about the whole picture; may be empty
  std::string status; // about the answer itself; empty where there is no scene
};

// What is known of a frame, of which nothing is drawn yet.
struct Knowledge {
  std::shared_ptr<const Scene> scene; // of the GstGeminiMeta; null: there is none
  // What others have found, and the scene does not tell: GstAnalytics (where built with it) and
  // regions of interest. Without a scene it is drawn.
  std::vector<Object> found;
};

// Any thread, as the others. Where there is a scene, others are asked only if `wants_all`.
Knowledge known_on(GstBuffer *buffer, PixelSize picture, bool wants_all);
// All, whoever tells of it. What others call their objects is no id: it may be another's on the
// next frame.
std::vector<Object> to_be_covered(const Knowledge &known);
// `running_time` is the frame's; negative: unknown.
Notes notes_of(const Knowledge &known, const ObjectLook &look,
               std::chrono::nanoseconds running_time);
// There is an answer that says where objects are, and it is whole and not older than `max_age` (0:
// however old).
bool is_certain(const Knowledge &known, std::chrono::nanoseconds running_time,
                std::chrono::milliseconds max_age);

} // namespace gemini
