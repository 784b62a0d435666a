// SPDX-License-Identifier: LGPL-2.1-or-later
// GstGeminiAnalysis: one answer about one frame.

#include "gemini/counted.hpp"
#include "gemini/gstgemini-internal.hpp"
#include "wire/ndjson.hpp"

#include <chrono>
#include <optional>
#include <string>

struct _GstGeminiAnalysis : gemini::Counted<gemini::Analysis> {
  using Counted::Counted;
};

namespace {

GstClockTime to_clock_time(std::chrono::nanoseconds time)
{
  return time.count() < 0 ? GST_CLOCK_TIME_NONE : static_cast<GstClockTime>(time.count());
}

// Text that may be missing.
const gchar *or_null(const std::string &text)
{
  return text.empty() ? nullptr : text.c_str();
}

const gchar *or_null(const std::optional<std::string> &text)
{
  return text ? text->c_str() : nullptr;
}

} // namespace

G_DEFINE_ENUM_TYPE(GstGeminiAnalysisStatus, gst_gemini_analysis_status,
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_ANALYSIS_STATUS_OK, "ok"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_ANALYSIS_STATUS_PARTIAL, "partial"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_ANALYSIS_STATUS_BLOCKED, "blocked"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_ANALYSIS_STATUS_FAILED, "failed"))

G_DEFINE_ENUM_TYPE(GstGeminiTask, gst_gemini_task,
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_TASK_DETECT, "detect"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_TASK_SEGMENT, "segment"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_TASK_POINT, "point"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_TASK_BOXES_3D, "boxes-3d"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_TASK_CAPTION, "caption"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_TASK_CLASSIFY, "classify"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_TASK_ASK, "ask"))

/**
 * GstGeminiAnalysis:
 *
 * One answer of the model about one sampled frame, or the reason why there is none.
 *
 * Analyses are immutable and reference-counted and may be used from any thread. A failure never
 * looks like an answer without objects: see gst_gemini_analysis_get_status().
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE(GstGeminiAnalysis, gst_gemini_analysis, gst_gemini_analysis_ref,
                    gst_gemini_analysis_unref)

GstGeminiAnalysis *gst_gemini_analysis_new_private(std::shared_ptr<const gemini::Analysis> analysis)
{
  g_return_val_if_fail(analysis != nullptr, nullptr);
  return new GstGeminiAnalysis(std::move(analysis));
}

/**
 * gst_gemini_analysis_ref:
 * @self: a #GstGeminiAnalysis
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GstGeminiAnalysis *gst_gemini_analysis_ref(GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return gemini::counted_ref(self);
}

/**
 * gst_gemini_analysis_unref:
 * @self: (transfer full): a #GstGeminiAnalysis
 *
 * Drops a reference; the last one frees the analysis. Any thread.
 *
 * Since: 0.1
 */
void gst_gemini_analysis_unref(GstGeminiAnalysis *self)
{
  g_return_if_fail(self != nullptr);
  gemini::counted_unref(self);
}

/**
 * gst_gemini_analysis_get_status:
 * @self: a #GstGeminiAnalysis
 *
 * How the request ended. No objects and %GST_GEMINI_ANALYSIS_STATUS_OK means that the model saw
 * nothing of what it was asked for.
 *
 * Returns: the status
 *
 * Since: 0.1
 */
GstGeminiAnalysisStatus gst_gemini_analysis_get_status(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, GST_GEMINI_ANALYSIS_STATUS_FAILED);
  switch (self->value->status) {
  case gemini::AnalysisStatus::ok:
    return GST_GEMINI_ANALYSIS_STATUS_OK;
  case gemini::AnalysisStatus::partial:
    return GST_GEMINI_ANALYSIS_STATUS_PARTIAL;
  case gemini::AnalysisStatus::blocked:
    return GST_GEMINI_ANALYSIS_STATUS_BLOCKED;
  case gemini::AnalysisStatus::failed:
    break;
  }
  return GST_GEMINI_ANALYSIS_STATUS_FAILED;
}

/**
 * gst_gemini_analysis_get_task:
 * @self: a #GstGeminiAnalysis
 *
 * What the model was asked for, which tells what an answer may hold.
 *
 * Returns: the task
 *
 * Since: 0.1
 */
GstGeminiTask gst_gemini_analysis_get_task(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, GST_GEMINI_TASK_DETECT);
  switch (self->value->task) {
  case gemini::Task::detect:
    return GST_GEMINI_TASK_DETECT;
  case gemini::Task::segment:
    return GST_GEMINI_TASK_SEGMENT;
  case gemini::Task::point:
    return GST_GEMINI_TASK_POINT;
  case gemini::Task::boxes_3d:
    return GST_GEMINI_TASK_BOXES_3D;
  case gemini::Task::caption:
    return GST_GEMINI_TASK_CAPTION;
  case gemini::Task::classify:
    return GST_GEMINI_TASK_CLASSIFY;
  case gemini::Task::ask:
    break;
  }
  return GST_GEMINI_TASK_ASK;
}

/**
 * gst_gemini_analysis_get_source:
 * @self: a #GstGeminiAnalysis
 *
 * Which analyzer asked.
 *
 * Returns: (transfer none): the name of the element, valid as long as @self
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_source(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->source.c_str();
}

/**
 * gst_gemini_analysis_get_request_id:
 * @self: a #GstGeminiAnalysis
 *
 * The number of the request, unique within one run of the analyzer, the same as in its bus
 * messages.
 *
 * Returns: the request id
 *
 * Since: 0.1
 */
guint64 gst_gemini_analysis_get_request_id(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return self->value->request_id;
}

/**
 * gst_gemini_analysis_get_pts:
 * @self: a #GstGeminiAnalysis
 *
 * Presentation time of the frame that was analysed.
 *
 * Returns: nanoseconds, or %GST_CLOCK_TIME_NONE where the frame had none
 *
 * Since: 0.1
 */
GstClockTime gst_gemini_analysis_get_pts(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, GST_CLOCK_TIME_NONE);
  return to_clock_time(self->value->pts);
}

/**
 * gst_gemini_analysis_get_running_time:
 * @self: a #GstGeminiAnalysis
 *
 * Running time of the frame that was analysed.
 *
 * Returns: nanoseconds, or %GST_CLOCK_TIME_NONE where it is unknown
 *
 * Since: 0.1
 */
GstClockTime gst_gemini_analysis_get_running_time(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, GST_CLOCK_TIME_NONE);
  return to_clock_time(self->value->running_time);
}

/**
 * gst_gemini_analysis_get_captured_at:
 * @self: a #GstGeminiAnalysis
 *
 * When the frame was captured, by the wall clock.
 *
 * Returns: (transfer full) (nullable): the time in UTC, or %NULL where it is unknown
 *
 * Since: 0.1
 */
GDateTime *gst_gemini_analysis_get_captured_at(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  if (!self->value->captured_at)
    return nullptr;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*self->value->captured_at);
  g_autoptr(GDateTime) whole = g_date_time_new_from_unix_utc(seconds.count());
  return whole ? g_date_time_add(whole, (*self->value->captured_at - seconds).count()) : nullptr;
}

/**
 * gst_gemini_analysis_get_latency:
 * @self: a #GstGeminiAnalysis
 *
 * How long the answer took, from sending the request until the whole answer was there, retries
 * included.
 *
 * Returns: nanoseconds
 *
 * Since: 0.1
 */
GstClockTime gst_gemini_analysis_get_latency(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, GST_CLOCK_TIME_NONE);
  return to_clock_time(self->value->latency);
}

/**
 * gst_gemini_analysis_get_size:
 * @self: a #GstGeminiAnalysis
 * @width: (out) (optional): width in pixels
 * @height: (out) (optional): height in pixels
 *
 * Size of the frame as it was when it was sampled, not of the picture that was sent.
 *
 * Since: 0.1
 */
void gst_gemini_analysis_get_size(const GstGeminiAnalysis *self, guint *width, guint *height)
{
  g_return_if_fail(self != nullptr);
  if (width)
    *width = static_cast<guint>(self->value->width);
  if (height)
    *height = static_cast<guint>(self->value->height);
}

/**
 * gst_gemini_analysis_get_model:
 * @self: a #GstGeminiAnalysis
 *
 * Which model was asked, by the name that the analyzer was given.
 *
 * Returns: (transfer none): the name, valid as long as @self
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_model(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->model.c_str();
}

/**
 * gst_gemini_analysis_get_model_version:
 * @self: a #GstGeminiAnalysis
 *
 * Which model answered, as the service names it.
 *
 * Returns: (transfer none) (nullable): the version, valid as long as @self, or %NULL where the
 * service did not say
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_model_version(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return or_null(self->value->model_version);
}

/**
 * gst_gemini_analysis_get_usage:
 * @self: a #GstGeminiAnalysis
 * @prompt: (out) (optional): tokens of the question, the picture included
 * @output: (out) (optional): tokens of the answer
 * @thoughts: (out) (optional): tokens that the model thought with
 * @cached: (out) (optional): tokens of @prompt that were cached
 * @total: (out) (optional): all tokens
 *
 * What the request cost in tokens, as the service counted; 0 where it did not say.
 *
 * Since: 0.1
 */
void gst_gemini_analysis_get_usage(const GstGeminiAnalysis *self, gint64 *prompt, gint64 *output,
                                   gint64 *thoughts, gint64 *cached, gint64 *total)
{
  g_return_if_fail(self != nullptr);
  const gemini::Usage &usage = self->value->usage;
  if (prompt)
    *prompt = usage.prompt;
  if (output)
    *output = usage.output;
  if (thoughts)
    *thoughts = usage.thoughts;
  if (cached)
    *cached = usage.cached;
  if (total)
    *total = usage.total;
}

/**
 * gst_gemini_analysis_get_error_kind:
 * @self: a #GstGeminiAnalysis
 *
 * Why there is no answer, as one hyphenated word for programs: `timeout`, `quota`, `bad-key` and so
 * on. More words may come in later versions.
 *
 * Returns: (transfer none) (nullable): the word, valid for ever, or %NULL where nothing failed
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_error_kind(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->failure ? gemini::to_string(self->value->failure->kind) : nullptr;
}

/**
 * gst_gemini_analysis_get_error_message:
 * @self: a #GstGeminiAnalysis
 *
 * Why there is no answer, as one sentence for people.
 *
 * Returns: (transfer none) (nullable): the sentence, valid as long as @self, or %NULL where nothing
 * failed
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_error_message(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->failure ? self->value->failure->message.c_str() : nullptr;
}

/**
 * gst_gemini_analysis_get_n_problems:
 * @self: a #GstGeminiAnalysis
 *
 * How many parts of the answer could not be used.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint gst_gemini_analysis_get_n_problems(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return static_cast<guint>(self->value->problems.size());
}

/**
 * gst_gemini_analysis_get_problem:
 * @self: a #GstGeminiAnalysis
 * @index: from 0, below gst_gemini_analysis_get_n_problems()
 *
 * What of the answer could not be used, and why.
 *
 * Returns: (transfer none) (nullable): a sentence, valid as long as @self; %NULL for a wrong @index
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_problem(const GstGeminiAnalysis *self, guint index)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  g_return_val_if_fail(index < self->value->problems.size(), nullptr);
  return self->value->problems[index].c_str();
}

/**
 * gst_gemini_analysis_get_n_objects:
 * @self: a #GstGeminiAnalysis
 *
 * How many objects the model found.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint gst_gemini_analysis_get_n_objects(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return static_cast<guint>(self->value->objects.size());
}

/**
 * gst_gemini_analysis_get_object:
 * @self: a #GstGeminiAnalysis
 * @index: from 0, below gst_gemini_analysis_get_n_objects()
 *
 * One of the objects, where it was on the frame that was analysed. Where it is on the frame at hand
 * is in its #GstGeminiScene.
 *
 * Returns: (transfer full) (nullable): the object; %NULL for a wrong @index
 *
 * Since: 0.1
 */
GstGeminiObject *gst_gemini_analysis_get_object(const GstGeminiAnalysis *self, guint index)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  g_return_val_if_fail(index < self->value->objects.size(), nullptr);
  return gst_gemini_object_new_internal({self->value, &self->value->objects[index]});
}

/**
 * gst_gemini_analysis_get_n_gone:
 * @self: a #GstGeminiAnalysis
 *
 * How many objects of earlier answers are gone with this one: they have left the picture, or cannot
 * be found any more.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint gst_gemini_analysis_get_n_gone(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return static_cast<guint>(self->value->gone.size());
}

/**
 * gst_gemini_analysis_get_gone:
 * @self: a #GstGeminiAnalysis
 * @index: from 0, below gst_gemini_analysis_get_n_gone()
 *
 * One of the objects that are gone, where it would be on the frame that was analysed, which may be
 * beyond its edges. Each is told once. What has become of it is told by
 * gst_gemini_object_get_state(): %GST_GEMINI_OBJECT_STATE_LEFT or %GST_GEMINI_OBJECT_STATE_LOST.
 * The model may name one that is lost again later, by the same id.
 *
 * Returns: (transfer full) (nullable): the object; %NULL for a wrong @index
 *
 * Since: 0.1
 */
GstGeminiObject *gst_gemini_analysis_get_gone(const GstGeminiAnalysis *self, guint index)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  g_return_val_if_fail(index < self->value->gone.size(), nullptr);
  return gst_gemini_object_new_internal({self->value, &self->value->gone[index]});
}

/**
 * gst_gemini_analysis_get_text:
 * @self: a #GstGeminiAnalysis
 *
 * What the model answered in words: a caption, or the answer to a question. This is text from
 * outside: never treat it as markup, a file name or a command.
 *
 * Returns: (transfer none) (nullable): the text in UTF-8, valid as long as @self, or %NULL where
 * the answer is of another kind
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_text(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return or_null(self->value->text);
}

/**
 * gst_gemini_analysis_get_json:
 * @self: a #GstGeminiAnalysis
 *
 * What the model answered by the schema that the analyzer was given.
 *
 * Returns: (transfer none) (nullable): one line of JSON, valid as long as @self, or %NULL where no
 * schema was given or the answer is no JSON
 *
 * Since: 0.1
 */
const gchar *gst_gemini_analysis_get_json(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return or_null(self->value->json);
}

/**
 * gst_gemini_analysis_to_ndjson:
 * @self: a #GstGeminiAnalysis
 *
 * The analysis as one line of JSON, schema `gst-gemini/1`, the same that the analyzer's bus
 * messages and its `results` pad carry. Coordinates are pixels of the frame that was analysed.
 *
 * Returns: (transfer full): the line, without a line break at its end; free it with g_free()
 *
 * Since: 0.1
 */
gchar *gst_gemini_analysis_to_ndjson(const GstGeminiAnalysis *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  const std::string line = gemini::or_abort([&] { return gemini::wire::to_ndjson(*self->value); });
  return g_strndup(line.data(), line.size());
}
