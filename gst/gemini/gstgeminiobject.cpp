// SPDX-License-Identifier: LGPL-2.1-or-later
// GstGeminiObject: one thing that the model found.

#include "gemini/counted.hpp"
#include "gemini/gstgemini-internal.hpp"

struct _GstGeminiObject : gemini::Counted<gemini::Object> {
  using Counted::Counted;
};

/**
 * GstGeminiObject:
 *
 * One thing that the model found in a frame: what it is and where.
 *
 * Objects are immutable and reference-counted. They stay valid after the scene or the analysis that
 * they were read from is gone, and may be used from any thread.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE(GstGeminiObject, gst_gemini_object, gst_gemini_object_ref,
                    gst_gemini_object_unref)

GstGeminiObject *gst_gemini_object_new_internal(std::shared_ptr<const gemini::Object> object)
{
  return new GstGeminiObject(std::move(object));
}

/**
 * gst_gemini_object_ref:
 * @self: a #GstGeminiObject
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GstGeminiObject *gst_gemini_object_ref(GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return gemini::counted_ref(self);
}

/**
 * gst_gemini_object_unref:
 * @self: (transfer full): a #GstGeminiObject
 *
 * Drops a reference; the last one frees the object. Any thread.
 *
 * Since: 0.1
 */
void gst_gemini_object_unref(GstGeminiObject *self)
{
  g_return_if_fail(self != nullptr);
  gemini::counted_unref(self);
}

/**
 * gst_gemini_object_get_id:
 * @self: a #GstGeminiObject
 *
 * Tells objects apart. Ids are unique within one run of the analyzer, from its start to its stop,
 * and begin with 1.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64 gst_gemini_object_get_id(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return self->value->id;
}

/**
 * gst_gemini_object_get_label:
 * @self: a #GstGeminiObject
 *
 * What the object is, in the model's own words. This is text from outside: never treat it as
 * markup, a file name or a command.
 *
 * Returns: (transfer none): the label in UTF-8, valid as long as @self; empty where the model gave
 * none
 *
 * Since: 0.1
 */
const gchar *gst_gemini_object_get_label(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->label.c_str();
}

/**
 * gst_gemini_object_get_confidence:
 * @self: a #GstGeminiObject
 * @confidence: (out) (optional): how sure the model is, from 0 to 1; 0 when it did not say
 *
 * How sure the model says it is. Most answers carry no confidence, and one that does is the model's
 * opinion, not a measured probability.
 *
 * Returns: %TRUE where the model said
 *
 * Since: 0.1
 */
gboolean gst_gemini_object_get_confidence(const GstGeminiObject *self, gdouble *confidence)
{
  g_return_val_if_fail(self != nullptr, FALSE);
  if (confidence)
    *confidence = self->value->confidence.value_or(0);
  return self->value->confidence.has_value();
}

/**
 * gst_gemini_object_get_box:
 * @self: a #GstGeminiObject
 * @width: width of the frame in pixels, at least 1
 * @height: height of the frame in pixels, at least 1
 * @x: (out) (optional): left edge in pixels from the left of the frame
 * @y: (out) (optional): top edge in pixels from the top of the frame
 * @w: (out) (optional): width in pixels
 * @h: (out) (optional): height in pixels
 *
 * Where the object is on a frame of @width x @height pixels. Give the size of the frame at hand,
 * which may have been scaled since it was analysed; for the frame that the model saw it is
 * gst_gemini_analysis_get_size(). The numbers are not rounded. Without a box all four are set to 0.
 *
 * Returns: %TRUE if the object has a box
 *
 * Since: 0.1
 */
gboolean gst_gemini_object_get_box(const GstGeminiObject *self, guint width, guint height,
                                   gdouble *x, gdouble *y, gdouble *w, gdouble *h)
{
  g_return_val_if_fail(self != nullptr, FALSE);
  g_return_val_if_fail(width > 0 && height > 0, FALSE);

  const gemini::Rect box = self->value->box.value_or(gemini::Rect{});
  if (x)
    *x = box.x * width;
  if (y)
    *y = box.y * height;
  if (w)
    *w = box.w * width;
  if (h)
    *h = box.h * height;
  return self->value->box.has_value();
}
