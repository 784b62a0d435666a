/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_GEMINI_ANALYZER (gst_gemini_analyzer_get_type())
G_DECLARE_FINAL_TYPE(GstGeminiAnalyzer, gst_gemini_analyzer, GST, GEMINI_ANALYZER, GstElement)

GST_ELEMENT_REGISTER_DECLARE(geminianalyzer)

G_END_DECLS
