/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gemini/gstgeminiobject.h>

G_BEGIN_DECLS

#define GST_TYPE_GEMINI_ANALYSIS (gst_gemini_analysis_get_type())
#define GST_TYPE_GEMINI_ANALYSIS_STATUS (gst_gemini_analysis_status_get_type())
#define GST_TYPE_GEMINI_TASK (gst_gemini_task_get_type())

/**
 * GstGeminiAnalysisStatus:
 * @GST_GEMINI_ANALYSIS_STATUS_OK: all of the answer was usable; no objects means that the model saw
 * none
 * @GST_GEMINI_ANALYSIS_STATUS_PARTIAL: some of the answer was unusable or cut
 * @GST_GEMINI_ANALYSIS_STATUS_BLOCKED: the service refused to answer for safety's sake
 * @GST_GEMINI_ANALYSIS_STATUS_FAILED: there is no answer
 *
 * How the request of an analysis ended.
 *
 * Since: 0.1
 */
typedef enum {
  GST_GEMINI_ANALYSIS_STATUS_OK,
  GST_GEMINI_ANALYSIS_STATUS_PARTIAL,
  GST_GEMINI_ANALYSIS_STATUS_BLOCKED,
  GST_GEMINI_ANALYSIS_STATUS_FAILED,
} GstGeminiAnalysisStatus;

/**
 * GstGeminiTask:
 * @GST_GEMINI_TASK_DETECT: boxes and labels
 * @GST_GEMINI_TASK_SEGMENT: boxes, labels and masks
 * @GST_GEMINI_TASK_POINT: points and labels
 * @GST_GEMINI_TASK_BOXES_3D: boxes in space and labels
 * @GST_GEMINI_TASK_CAPTION: a text
 * @GST_GEMINI_TASK_CLASSIFY: labels of the whole picture
 * @GST_GEMINI_TASK_ASK: a text, or JSON by the user's schema
 *
 * What the model was asked for.
 *
 * Since: 0.1
 */
typedef enum {
  GST_GEMINI_TASK_DETECT,
  GST_GEMINI_TASK_SEGMENT,
  GST_GEMINI_TASK_POINT,
  GST_GEMINI_TASK_BOXES_3D,
  GST_GEMINI_TASK_CAPTION,
  GST_GEMINI_TASK_CLASSIFY,
  GST_GEMINI_TASK_ASK,
} GstGeminiTask;

typedef struct _GstGeminiAnalysis GstGeminiAnalysis;

GST_GEMINI_API GType gst_gemini_analysis_status_get_type(void);
GST_GEMINI_API GType gst_gemini_task_get_type(void);
GST_GEMINI_API GType gst_gemini_analysis_get_type(void);
GST_GEMINI_API GstGeminiAnalysis *gst_gemini_analysis_ref(GstGeminiAnalysis *self);
GST_GEMINI_API void gst_gemini_analysis_unref(GstGeminiAnalysis *self);
GST_GEMINI_API GstGeminiAnalysisStatus
gst_gemini_analysis_get_status(const GstGeminiAnalysis *self);
GST_GEMINI_API GstGeminiTask gst_gemini_analysis_get_task(const GstGeminiAnalysis *self);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_source(const GstGeminiAnalysis *self);
GST_GEMINI_API guint64 gst_gemini_analysis_get_request_id(const GstGeminiAnalysis *self);
GST_GEMINI_API GstClockTime gst_gemini_analysis_get_pts(const GstGeminiAnalysis *self);
GST_GEMINI_API GstClockTime gst_gemini_analysis_get_running_time(const GstGeminiAnalysis *self);
GST_GEMINI_API GDateTime *gst_gemini_analysis_get_captured_at(const GstGeminiAnalysis *self);
GST_GEMINI_API GstClockTime gst_gemini_analysis_get_latency(const GstGeminiAnalysis *self);
GST_GEMINI_API void gst_gemini_analysis_get_size(const GstGeminiAnalysis *self, guint *width,
                                                 guint *height);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_model(const GstGeminiAnalysis *self);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_model_version(const GstGeminiAnalysis *self);
GST_GEMINI_API void gst_gemini_analysis_get_usage(const GstGeminiAnalysis *self, gint64 *prompt,
                                                  gint64 *output, gint64 *thoughts, gint64 *cached,
                                                  gint64 *total);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_error_kind(const GstGeminiAnalysis *self);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_error_message(const GstGeminiAnalysis *self);
GST_GEMINI_API guint gst_gemini_analysis_get_n_problems(const GstGeminiAnalysis *self);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_problem(const GstGeminiAnalysis *self,
                                                            guint index);
GST_GEMINI_API guint gst_gemini_analysis_get_n_objects(const GstGeminiAnalysis *self);
GST_GEMINI_API GstGeminiObject *gst_gemini_analysis_get_object(const GstGeminiAnalysis *self,
                                                               guint index);
GST_GEMINI_API guint gst_gemini_analysis_get_n_gone(const GstGeminiAnalysis *self);
GST_GEMINI_API GstGeminiObject *gst_gemini_analysis_get_gone(const GstGeminiAnalysis *self,
                                                             guint index);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_text(const GstGeminiAnalysis *self);
GST_GEMINI_API const gchar *gst_gemini_analysis_get_json(const GstGeminiAnalysis *self);
GST_GEMINI_API gchar *gst_gemini_analysis_to_ndjson(const GstGeminiAnalysis *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GstGeminiAnalysis, gst_gemini_analysis_unref)

G_END_DECLS
