// SPDX-License-Identifier: LGPL-2.1-or-later
// The bridge between our C++ values and the public C types. Not installed: the plugin makes results
// through it, applications only read.
#pragma once

#include "core/analysis.hpp"

#include <gst/gemini/gemini.h>

#include <memory>

// All: transfer full; the value is shared, not copied. Any thread.
GST_GEMINI_API GstGeminiScene *
gst_gemini_scene_new_private(std::shared_ptr<const gemini::Scene> scene);
GST_GEMINI_API GstGeminiAnalysis *
gst_gemini_analysis_new_private(std::shared_ptr<const gemini::Analysis> analysis);
// The value behind a scene; valid as long as the returned pointer is held.
GST_GEMINI_API std::shared_ptr<const gemini::Scene>
gst_gemini_scene_peek_private(const GstGeminiScene *scene);
