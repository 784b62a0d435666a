/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gemini/gstgeminiprelude.h>

G_BEGIN_DECLS

#define GST_TYPE_GEMINI_OBJECT (gst_gemini_object_get_type())

typedef struct _GstGeminiObject GstGeminiObject;

GST_GEMINI_API GType gst_gemini_object_get_type(void);
GST_GEMINI_API GstGeminiObject *gst_gemini_object_ref(GstGeminiObject *self);
GST_GEMINI_API void gst_gemini_object_unref(GstGeminiObject *self);
GST_GEMINI_API guint64 gst_gemini_object_get_id(const GstGeminiObject *self);
GST_GEMINI_API const gchar *gst_gemini_object_get_label(const GstGeminiObject *self);
GST_GEMINI_API gboolean gst_gemini_object_get_confidence(const GstGeminiObject *self,
                                                         gdouble *confidence);
GST_GEMINI_API gboolean gst_gemini_object_get_box(const GstGeminiObject *self, guint width,
                                                  guint height, gdouble *x, gdouble *y, gdouble *w,
                                                  gdouble *h);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GstGeminiObject, gst_gemini_object_unref)

G_END_DECLS
