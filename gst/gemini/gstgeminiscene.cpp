// SPDX-License-Identifier: LGPL-2.1-or-later
// GstGeminiScene: what is known about the frame at hand.

#include "gemini/counted.hpp"
#include "gemini/gstgemini-internal.hpp"

struct _GstGeminiScene : gemini::Counted<gemini::Scene> {
  using Counted::Counted;
};

G_DEFINE_ENUM_TYPE(GstGeminiSceneStatus, gst_gemini_scene_status,
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_SCENE_STATUS_PENDING, "pending"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_SCENE_STATUS_OK, "ok"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_SCENE_STATUS_PARTIAL, "partial"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_SCENE_STATUS_BLOCKED, "blocked"),
                   G_DEFINE_ENUM_VALUE(GST_GEMINI_SCENE_STATUS_FAILED, "failed"))

/**
 * GstGeminiScene:
 *
 * What is known about one frame: the objects, where they are on this frame, and the analysis that
 * they come from.
 *
 * Every frame that leaves the analyzer carries a scene, also when nothing is known yet or the last
 * request failed, so that whoever must fail closed can tell. Scenes are immutable and
 * reference-counted and may be used from any thread.
 *
 * |[<!-- language="C" -->
 * g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(buffer);
 * for (guint i = 0; scene && i < gst_gemini_scene_get_n_objects(scene); i++) {
 *   g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, i);
 *   gdouble x, y, w, h;
 *   if (gst_gemini_object_get_box(object, 1920, 1080, &x, &y, &w, &h))
 *     g_print("%s at %g,%g\n", gst_gemini_object_get_label(object), x, y);
 * }
 * ]|
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE(GstGeminiScene, gst_gemini_scene, gst_gemini_scene_ref, gst_gemini_scene_unref)

GstGeminiScene *gst_gemini_scene_new_private(std::shared_ptr<const gemini::Scene> scene)
{
  g_return_val_if_fail(scene != nullptr, nullptr);
  return new GstGeminiScene(std::move(scene));
}

std::shared_ptr<const gemini::Scene> gst_gemini_scene_peek_private(const GstGeminiScene *scene)
{
  g_return_val_if_fail(scene != nullptr, nullptr);
  return scene->value;
}

/**
 * gst_gemini_scene_from_buffer:
 * @buffer: a #GstBuffer with a video frame
 *
 * What is known about the frame in @buffer. Any thread, as long as nobody writes to @buffer
 * meanwhile.
 *
 * Returns: (transfer full) (nullable): the scene, or %NULL where no analyzer attached one, or where
 * it was dropped on the way because the frame was cropped, turned or put between borders
 *
 * Since: 0.1
 */
GstGeminiScene *gst_gemini_scene_from_buffer(GstBuffer *buffer)
{
  g_return_val_if_fail(GST_IS_BUFFER(buffer), nullptr);
  const GstGeminiMeta *meta = gst_gemini_meta_get(buffer);
  GstGeminiScene *scene = meta ? gst_gemini_meta_scene_internal(meta) : nullptr;
  return scene ? gemini::counted_ref(scene) : nullptr;
}

/**
 * gst_gemini_scene_ref:
 * @self: a #GstGeminiScene
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GstGeminiScene *gst_gemini_scene_ref(GstGeminiScene *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return gemini::counted_ref(self);
}

/**
 * gst_gemini_scene_unref:
 * @self: (transfer full): a #GstGeminiScene
 *
 * Drops a reference; the last one frees the scene. Any thread.
 *
 * Since: 0.1
 */
void gst_gemini_scene_unref(GstGeminiScene *self)
{
  g_return_if_fail(self != nullptr);
  gemini::counted_unref(self);
}

/**
 * gst_gemini_scene_get_status:
 * @self: a #GstGeminiScene
 *
 * How the newest request that ended did end. The objects may come from an older one: see
 * gst_gemini_scene_get_analysis().
 *
 * Returns: the status
 *
 * Since: 0.1
 */
GstGeminiSceneStatus gst_gemini_scene_get_status(const GstGeminiScene *self)
{
  g_return_val_if_fail(self != nullptr, GST_GEMINI_SCENE_STATUS_PENDING);
  switch (self->value->status) {
  case gemini::Scene::Status::pending:
    return GST_GEMINI_SCENE_STATUS_PENDING;
  case gemini::Scene::Status::ok:
    return GST_GEMINI_SCENE_STATUS_OK;
  case gemini::Scene::Status::partial:
    return GST_GEMINI_SCENE_STATUS_PARTIAL;
  case gemini::Scene::Status::blocked:
    return GST_GEMINI_SCENE_STATUS_BLOCKED;
  case gemini::Scene::Status::failed:
    break;
  }
  return GST_GEMINI_SCENE_STATUS_FAILED;
}

/**
 * gst_gemini_scene_get_n_objects:
 * @self: a #GstGeminiScene
 *
 * How many objects are known on this frame. None and %GST_GEMINI_SCENE_STATUS_OK means that there
 * is nothing to see; none and any other status means that it is not known.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint gst_gemini_scene_get_n_objects(const GstGeminiScene *self)
{
  g_return_val_if_fail(self != nullptr, 0);
  return static_cast<guint>(self->value->objects.size());
}

/**
 * gst_gemini_scene_get_object:
 * @self: a #GstGeminiScene
 * @index: from 0, below gst_gemini_scene_get_n_objects()
 *
 * One of the objects, where it is on this frame.
 *
 * Returns: (transfer full) (nullable): the object; %NULL for a wrong @index
 *
 * Since: 0.1
 */
GstGeminiObject *gst_gemini_scene_get_object(const GstGeminiScene *self, guint index)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  g_return_val_if_fail(index < self->value->objects.size(), nullptr);
  return gst_gemini_object_new_internal({self->value, &self->value->objects[index]});
}

/**
 * gst_gemini_scene_get_analysis:
 * @self: a #GstGeminiScene
 *
 * The answer that the objects come from.
 *
 * Returns: (transfer full) (nullable): the analysis, or %NULL where there is none yet
 *
 * Since: 0.1
 */
GstGeminiAnalysis *gst_gemini_scene_get_analysis(const GstGeminiScene *self)
{
  g_return_val_if_fail(self != nullptr, nullptr);
  return self->value->analysis ? gst_gemini_analysis_new_private(self->value->analysis) : nullptr;
}
