/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gemini/gstgeminianalysis.h>

G_BEGIN_DECLS

#define GST_TYPE_GEMINI_SCENE (gst_gemini_scene_get_type())
#define GST_TYPE_GEMINI_SCENE_STATUS (gst_gemini_scene_status_get_type())

/**
 * GstGeminiSceneStatus:
 * @GST_GEMINI_SCENE_STATUS_PENDING: there is no answer yet, or the last one is older than its time
 * to live
 * @GST_GEMINI_SCENE_STATUS_OK: the newest request was answered in full
 * @GST_GEMINI_SCENE_STATUS_PARTIAL: some of the newest answer was unusable or cut
 * @GST_GEMINI_SCENE_STATUS_BLOCKED: the service refused to answer the newest request
 * @GST_GEMINI_SCENE_STATUS_FAILED: the newest request failed
 *
 * What is known about a frame. Anything but %GST_GEMINI_SCENE_STATUS_OK means that objects may be
 * missing.
 *
 * Since: 0.1
 */
typedef enum {
  GST_GEMINI_SCENE_STATUS_PENDING,
  GST_GEMINI_SCENE_STATUS_OK,
  GST_GEMINI_SCENE_STATUS_PARTIAL,
  GST_GEMINI_SCENE_STATUS_BLOCKED,
  GST_GEMINI_SCENE_STATUS_FAILED,
} GstGeminiSceneStatus;

typedef struct _GstGeminiScene GstGeminiScene;

GST_GEMINI_API GType gst_gemini_scene_status_get_type(void);
GST_GEMINI_API GType gst_gemini_scene_get_type(void);
GST_GEMINI_API GstGeminiScene *gst_gemini_scene_from_buffer(GstBuffer *buffer);
GST_GEMINI_API GstGeminiScene *gst_gemini_scene_ref(GstGeminiScene *self);
GST_GEMINI_API void gst_gemini_scene_unref(GstGeminiScene *self);
GST_GEMINI_API GstGeminiSceneStatus gst_gemini_scene_get_status(const GstGeminiScene *self);
GST_GEMINI_API guint gst_gemini_scene_get_n_objects(const GstGeminiScene *self);
GST_GEMINI_API GstGeminiObject *gst_gemini_scene_get_object(const GstGeminiScene *self,
                                                            guint index);
GST_GEMINI_API GstGeminiAnalysis *gst_gemini_scene_get_analysis(const GstGeminiScene *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GstGeminiScene, gst_gemini_scene_unref)

G_END_DECLS
