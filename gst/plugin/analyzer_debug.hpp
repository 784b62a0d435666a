// SPDX-License-Identifier: LGPL-2.1-or-later
// The debug category that all of geminianalyzer's files log to.
#pragma once

#include <gst/gst.h>

GST_DEBUG_CATEGORY_EXTERN(gst_gemini_analyzer_debug);
#define GST_CAT_DEFAULT gst_gemini_analyzer_debug
