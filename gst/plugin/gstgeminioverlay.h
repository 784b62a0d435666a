/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_GEMINI_OVERLAY (gst_gemini_overlay_get_type())
G_DECLARE_FINAL_TYPE(GstGeminiOverlay, gst_gemini_overlay, GST, GEMINI_OVERLAY, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(geminioverlay)

G_END_DECLS
