// SPDX-License-Identifier: LGPL-2.1-or-later
// GstGeminiObject: one thing that the model found.

#include "gemini/counted.hpp"
#include "gemini/gstgemini-internal.hpp"

#include <array>
#include <chrono>
#include <memory>

struct _GstGeminiObject : gemini::Counted<gemini::Object> {
  using Counted::Counted;
};

namespace {

// `rect` in pixels, to whoever asks for it.
void put(const gemini::Rect &rect, guint width, guint height, gdouble *x, gdouble *y, gdouble *w,
         gdouble *h)
{
  if (x)
    *x = rect.x * width;
  if (y)
    *y = rect.y * height;
  if (w)
    *w = rect.w * width;
  if (h)
    *h = rect.h * height;
}

void put(const std::array<double, 3> &values, gdouble *x, gdouble *y, gdouble *z)
{
  if (x)
    *x = values[0];
  if (y)
    *y = values[1];
  if (z)
    *z = values[2];
}

GBytes *share_bytes(const std::shared_ptr<const gemini::Mask> &mask)
{
  using Share = std::shared_ptr<const gemini::Mask>;
  return g_bytes_new_with_free_func(
      mask->coverage.data(), mask->coverage.size(),
      [](gpointer share) { delete static_cast<Share *>(share); }, new Share(mask));
}

} // namespace

G_DEFINE_ENUM_TYPE(GstGeminiObjectState, gst_gemini_object_state,
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_OBJECT_STATE_NEW, "new"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_OBJECT_STATE_KEPT, "kept"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_OBJECT_STATE_LOST, "lost"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_OBJECT_STATE_LEFT, "left"))

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
 * and begin with 1. An object that is followed keeps its id from frame to frame and from answer to
 * answer, also where the model calls it something else; no other object gets it.
 *
 * In accurate mode objects that are followed get their ids in the order of the frames. Where one is
 * told before its turn, on a frame of a live source that could not wait for the answer before its
 * own, it has none yet.
 *
 * Returns: the id; 0: it has none yet
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
 * gst_gemini_object_get_text:
 * @self: a #GstGeminiObject
 *
 * What the model said about the object in words, or as one line of JSON where it was asked for
 * that. There is such a text where captions or answers were asked for about pictures of single
 * objects (geminianalyzer with `regions=detections`); about whole frames it is
 * gst_gemini_analysis_get_text(). This is text from outside: never treat it as markup, a file name
 * or a command.
 *
 * Returns: (transfer none) (nullable): the text in UTF-8, valid as long as @self; %NULL where there
 * is none
 *
 * Since: 0.1
 */
const gchar *gst_gemini_object_get_text(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->text ? self->value->text->c_str() : nullptr;
}

/**
 * gst_gemini_object_get_parent_id:
 * @self: a #GstGeminiObject
 * @id: (out) (optional): the id of the parent; 0 when it has none
 *
 * The object of another element, upstream of the analyzer, whose picture the model saw this object
 * on, as that element calls it. A parent may have no id: whether there is one at all is told by
 * gst_gemini_object_get_parent_label().
 *
 * Returns: %TRUE if the object has a parent with an id
 *
 * Since: 0.1
 */
gboolean gst_gemini_object_get_parent_id(const GstGeminiObject *self, guint64 *id)
{
  g_return_val_if_fail(self != nullptr, FALSE);
  const auto &parent = self->value->parent;
  const bool has_id = parent && parent->id;
  if (id)
    *id = has_id ? *parent->id : 0;
  return has_id;
}

/**
 * gst_gemini_object_get_parent_label:
 * @self: a #GstGeminiObject
 *
 * What the element upstream calls the parent, see gst_gemini_object_get_parent_id().
 *
 * Returns: (transfer none) (nullable): the label in UTF-8, valid as long as @self; empty where the
 * parent has none; %NULL where there is no parent: the model saw the object on the frame
 *
 * Since: 0.1
 */
const gchar *gst_gemini_object_get_parent_label(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->parent ? self->value->parent->label.c_str() : nullptr;
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
 * gst_gemini_object_get_state:
 * @self: a #GstGeminiObject
 *
 * Whether other answers named the object, too, and whether it can still be seen. Where objects are
 * not followed all of them are %GST_GEMINI_OBJECT_STATE_NEW.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
GstGeminiObjectState gst_gemini_object_get_state(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, GST_GEMINI_OBJECT_STATE_NEW);
  switch (self->value->track.state) {
  case gemini::TrackState::fresh:
    return GST_GEMINI_OBJECT_STATE_NEW;
  case gemini::TrackState::kept:
    return GST_GEMINI_OBJECT_STATE_KEPT;
  case gemini::TrackState::lost:
    return GST_GEMINI_OBJECT_STATE_LOST;
  case gemini::TrackState::left:
    break;
  }
  return GST_GEMINI_OBJECT_STATE_LEFT;
}

/**
 * gst_gemini_object_get_age:
 * @self: a #GstGeminiObject
 *
 * How long ago the model saw the object last: the time of the stream, in nanoseconds, from the last
 * frame on which it named the object to this one. The time that an answer takes counts. Between
 * two samples in accurate mode it is the time to the nearer of them, which may be the later one.
 *
 * Returns: the age; 0 for the model's own word about this frame
 *
 * Since: 0.1
 */
GstClockTime gst_gemini_object_get_age(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  const std::chrono::nanoseconds age = self->value->track.age;
  return age.count() > 0 ? static_cast<GstClockTime>(age.count()) : 0;
}

/**
 * gst_gemini_object_get_track_confidence:
 * @self: a #GstGeminiObject
 *
 * How sure it is that the object is where it is said to be, as far as motion can tell. Whether it
 * is what it is said to be is another question: see gst_gemini_object_get_confidence().
 *
 * Returns: from 0 to 1, which is the model's own word about this frame
 *
 * Since: 0.1
 */
gdouble gst_gemini_object_get_track_confidence(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return self->value->track.confidence;
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
 * gst_gemini_analysis_get_size(). The numbers are not rounded, and the box of an object that has
 * moved may reach beyond the frame. Without a box all four are set to 0.
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

  put(self->value->box.value_or(gemini::Rect{}), width, height, x, y, w, h);
  return self->value->box.has_value();
}

/**
 * gst_gemini_object_get_point:
 * @self: a #GstGeminiObject
 * @width: width of the frame in pixels, at least 1
 * @height: height of the frame in pixels, at least 1
 * @x: (out) (optional): pixels from the left of the frame
 * @y: (out) (optional): pixels from the top of the frame
 *
 * The point that stands for the object on a frame of @width x @height pixels, see
 * gst_gemini_object_get_box(). The numbers are not rounded. Without a point both are set to 0.
 *
 * Returns: %TRUE if the object has a point
 *
 * Since: 0.1
 */
gboolean gst_gemini_object_get_point(const GstGeminiObject *self, guint width, guint height,
                                     gdouble *x, gdouble *y)
{
  g_return_val_if_fail(self != nullptr, FALSE);
  g_return_val_if_fail(width > 0 && height > 0, FALSE);

  const gemini::Point point = self->value->point.value_or(gemini::Point{});
  if (x)
    *x = point.x * width;
  if (y)
    *y = point.y * height;
  return self->value->point.has_value();
}

/**
 * gst_gemini_object_get_mask:
 * @self: a #GstGeminiObject
 * @width: width of the frame in pixels, at least 1
 * @height: height of the frame in pixels, at least 1
 * @x: (out) (optional): left edge of the mask in pixels from the left of the frame
 * @y: (out) (optional): top edge of the mask in pixels from the top of the frame
 * @w: (out) (optional): width of the mask in pixels of the frame
 * @h: (out) (optional): height of the mask in pixels of the frame
 * @mask_width: (out) (optional): number of cells in a row of the mask
 * @mask_height: (out) (optional): number of rows of the mask
 *
 * Which pixels are of the object: a grid of @mask_width x @mask_height cells, laid over the
 * rectangle @x, @y, @w, @h of a frame of @width x @height pixels. A cell is one byte: 255 is of the
 * object, 0 is not, and what is between is an edge. Rows follow each other from top to bottom
 * without padding. As a rule a cell is a pixel of the frame that was analysed; on a frame of
 * another size, and for an object that has moved, stretch the grid over the rectangle. The
 * rectangle is not rounded. Without a mask all numbers are set to 0.
 *
 * Returns: (transfer full) (nullable): @mask_width x @mask_height bytes, shared and not copied, or
 * %NULL if the object has no mask
 *
 * Since: 0.1
 */
GBytes *gst_gemini_object_get_mask(const GstGeminiObject *self, guint width, guint height,
                                   gdouble *x, gdouble *y, gdouble *w, gdouble *h,
                                   guint *mask_width, guint *mask_height)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  g_return_val_if_fail(width > 0 && height > 0, nullptr);

  const std::shared_ptr<const gemini::Mask> &mask = self->value->mask;
  put(mask ? mask->rect : gemini::Rect{}, width, height, x, y, w, h);
  if (mask_width)
    *mask_width = mask ? static_cast<guint>(mask->width) : 0;
  if (mask_height)
    *mask_height = mask ? static_cast<guint>(mask->height) : 0;
  return mask ? share_bytes(mask) : nullptr;
}

/**
 * gst_gemini_object_get_n_rings:
 * @self: a #GstGeminiObject
 *
 * How many rings the outline of the object has. Together they are filled by the even-odd rule, so
 * that a ring within another is a hole. Only models that draw outlines give any; a mask there may
 * be all the same, see gst_gemini_object_get_mask().
 *
 * Returns: the number; 0 where the object has no outline
 *
 * Since: 0.1
 */
guint gst_gemini_object_get_n_rings(const GstGeminiObject *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return static_cast<guint>(self->value->polygon.size());
}

/**
 * gst_gemini_object_get_ring:
 * @self: a #GstGeminiObject
 * @index: from 0, below gst_gemini_object_get_n_rings()
 * @width: width of the frame in pixels, at least 1
 * @height: height of the frame in pixels, at least 1
 * @n_values: (out): number of values, which is twice the number of points
 *
 * One ring of the outline on a frame of @width x @height pixels, see gst_gemini_object_get_box():
 * x and y of its first point, x and y of the next and so on, in pixels from the upper left corner
 * of the frame. The last point is joined to the first. The numbers are not rounded.
 *
 * Returns: (transfer full) (array length=n_values) (nullable): the values, to be freed with
 * g_free(); %NULL for a wrong @index or a ring without points
 *
 * Since: 0.1
 */
gdouble *gst_gemini_object_get_ring(const GstGeminiObject *self, guint index, guint width,
                                    guint height, gsize *n_values)
{
  g_return_val_if_fail(n_values != nullptr, nullptr);
  *n_values = 0;
  g_return_val_if_fail(self != nullptr, nullptr);
  g_return_val_if_fail(index < self->value->polygon.size(), nullptr);
  g_return_val_if_fail(width > 0 && height > 0, nullptr);

  const gemini::Ring &ring = self->value->polygon[index];
  *n_values = 2 * ring.size();
  gdouble *values = g_new(gdouble, *n_values);
  gdouble *next = values;
  for (const gemini::Point &point : ring) {
    *next++ = point.x * width;
    *next++ = point.y * height;
  }
  return values;
}

/**
 * gst_gemini_object_get_box_3d:
 * @self: a #GstGeminiObject
 * @x: (out) (optional): metres from the camera to the right, to the middle of the box
 * @y: (out) (optional): metres forward from the camera
 * @z: (out) (optional): metres up from the camera
 * @size_x: (out) (optional): metres along the box's own x
 * @size_y: (out) (optional): metres along the box's own y
 * @size_z: (out) (optional): metres along the box's own z
 * @roll: (out) (optional): degrees that the box is turned about x, first
 * @pitch: (out) (optional): degrees that it is turned about y, then
 * @yaw: (out) (optional): degrees that it is turned about z, last
 *
 * The box round the object in space, as the model estimates it. Without such a box all numbers are
 * set to 0.
 *
 * Returns: %TRUE if the object has a box in space
 *
 * Since: 0.1
 */
gboolean gst_gemini_object_get_box_3d(const GstGeminiObject *self, gdouble *x, gdouble *y,
                                      gdouble *z, gdouble *size_x, gdouble *size_y, gdouble *size_z,
                                      gdouble *roll, gdouble *pitch, gdouble *yaw)
{
  g_return_val_if_fail(self != nullptr, FALSE);

  // Numbers one by one, because arrays that the caller allocates leak in Python (PyGObject 3.42).
  const gemini::Box3d box = self->value->box_3d.value_or(gemini::Box3d{});
  put(box.center, x, y, z);
  put(box.size, size_x, size_y, size_z);
  put(box.rotation, roll, pitch, yaw);
  return self->value->box_3d.has_value();
}
