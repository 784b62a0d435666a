// SPDX-License-Identifier: LGPL-2.1-or-later
// What the library's own files share and nobody else sees.
#pragma once

#include "gemini/gstgemini-private.hpp"

// Transfer full. `object` points into its scene or analysis and keeps that alive (aliasing share).
GstGeminiObject *gst_gemini_object_new_internal(std::shared_ptr<const gemini::Object> object);

// The scene of `meta` (transfer none), with all that its maker wrote. GStreamer hands buffers from
// thread to thread under locks that ThreadSanitizer cannot see, so the pointer itself is written
// and read atomically.
GstGeminiScene *gst_gemini_meta_scene_internal(const GstGeminiMeta *meta);
