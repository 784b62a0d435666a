/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gemini/gstgeminiprelude.h>

G_BEGIN_DECLS

#define GST_TYPE_GEMINI_OBJECT (gst_gemini_object_get_type())
#define GST_TYPE_GEMINI_OBJECT_STATE (gst_gemini_object_state_get_type())

/**
 * GstGeminiObjectState:
 * @GST_GEMINI_OBJECT_STATE_NEW: one answer so far has named it
 * @GST_GEMINI_OBJECT_STATE_KEPT: more than one answer has named it
 * @GST_GEMINI_OBJECT_STATE_LOST: it cannot be seen now, or the newest answer does not name it
 * @GST_GEMINI_OBJECT_STATE_LEFT: it has left the picture
 *
 * What has become of an object since the model saw it first.
 *
 * Since: 0.1
 */
typedef enum {
  GST_GEMINI_OBJECT_STATE_NEW,
  GST_GEMINI_OBJECT_STATE_KEPT,
  GST_GEMINI_OBJECT_STATE_LOST,
  GST_GEMINI_OBJECT_STATE_LEFT,
} GstGeminiObjectState;

typedef struct _GstGeminiObject GstGeminiObject;

GST_GEMINI_API GType gst_gemini_object_state_get_type(void);
GST_GEMINI_API GType gst_gemini_object_get_type(void);
GST_GEMINI_API GstGeminiObject *gst_gemini_object_ref(GstGeminiObject *self);
GST_GEMINI_API void gst_gemini_object_unref(GstGeminiObject *self);
GST_GEMINI_API guint64 gst_gemini_object_get_id(const GstGeminiObject *self);
GST_GEMINI_API const gchar *gst_gemini_object_get_label(const GstGeminiObject *self);
GST_GEMINI_API const gchar *gst_gemini_object_get_text(const GstGeminiObject *self);
GST_GEMINI_API gboolean gst_gemini_object_get_parent_id(const GstGeminiObject *self, guint64 *id);
GST_GEMINI_API const gchar *gst_gemini_object_get_parent_label(const GstGeminiObject *self);
GST_GEMINI_API gboolean gst_gemini_object_get_confidence(const GstGeminiObject *self,
                                                         gdouble *confidence);
GST_GEMINI_API GstGeminiObjectState gst_gemini_object_get_state(const GstGeminiObject *self);
GST_GEMINI_API GstClockTime gst_gemini_object_get_age(const GstGeminiObject *self);
GST_GEMINI_API gdouble gst_gemini_object_get_track_confidence(const GstGeminiObject *self);
GST_GEMINI_API gboolean gst_gemini_object_get_box(const GstGeminiObject *self, guint width,
                                                  guint height, gdouble *x, gdouble *y, gdouble *w,
                                                  gdouble *h);
GST_GEMINI_API gboolean gst_gemini_object_get_point(const GstGeminiObject *self, guint width,
                                                    guint height, gdouble *x, gdouble *y);
GST_GEMINI_API GBytes *gst_gemini_object_get_mask(const GstGeminiObject *self, guint width,
                                                  guint height, gdouble *x, gdouble *y, gdouble *w,
                                                  gdouble *h, guint *mask_width,
                                                  guint *mask_height);
GST_GEMINI_API guint gst_gemini_object_get_n_rings(const GstGeminiObject *self);
GST_GEMINI_API gdouble *gst_gemini_object_get_ring(const GstGeminiObject *self, guint index,
                                                   guint width, guint height, gsize *n_values);
GST_GEMINI_API gboolean gst_gemini_object_get_box_3d(const GstGeminiObject *self, gdouble *x,
                                                     gdouble *y, gdouble *z, gdouble *size_x,
                                                     gdouble *size_y, gdouble *size_z,
                                                     gdouble *roll, gdouble *pitch, gdouble *yaw);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GstGeminiObject, gst_gemini_object_unref)

G_END_DECLS
