/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gemini/gstgeminiscene.h>

G_BEGIN_DECLS

typedef struct _GstGeminiMeta GstGeminiMeta;

/**
 * GstGeminiMeta:
 * @meta: the parent
 * @scene: what is known about the frame; owned by the metadata
 *
 * Carries a #GstGeminiScene on a buffer. Coordinates in it are normalised, so it stays true when
 * the frame is scaled; it is dropped where it cannot (crop, flip, rotation, letterbox).
 *
 * Since: 0.1
 */
struct _GstGeminiMeta {
  GstMeta meta;
  GstGeminiScene *scene;
};

#define GST_GEMINI_META_API_TYPE (gst_gemini_meta_api_get_type())
#define GST_GEMINI_META_INFO (gst_gemini_meta_get_info())

GST_GEMINI_API GType gst_gemini_meta_api_get_type(void);
GST_GEMINI_API const GstMetaInfo *gst_gemini_meta_get_info(void);
GST_GEMINI_API GstGeminiMeta *gst_gemini_meta_add(GstBuffer *buffer, GstGeminiScene *scene);
GST_GEMINI_API GstGeminiMeta *gst_gemini_meta_get(GstBuffer *buffer);

G_END_DECLS
