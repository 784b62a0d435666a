// SPDX-License-Identifier: LGPL-2.1-or-later
// GstGeminiMeta: how a scene travels with its frame, and which changes of the frame it survives.

#include "core/view.hpp"
#include "gemini/gstgemini-internal.hpp"
#include "gemini/gstgemini-private.hpp"

#include <gst/video/gstvideometa.h>
#include <gst/video/video.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#if GST_CHECK_VERSION(1, 28, 0)
using namespace gemini;
#endif

namespace {

// A frame may be this much wider or higher than the picture in it and still count as filled by it:
// sizes are whole pixels, so scalers round by up to that, and centred it moves no box by more than
// one pixel.
constexpr double kRounding = 2;

bool is_filled(double picture_width, double picture_height, int width, int height)
{
  return std::abs(width - picture_width) <= kRounding &&
         std::abs(height - picture_height) <= kRounding;
}

// Whether a scaler that keeps the display aspect ratio fills the whole of `out` with `in`. Before
// GStreamer 1.28 nothing else tells a stretched frame from one between borders, so a frame of
// another aspect counts as bordered.
bool keeps_aspect(const GstVideoInfo &in, const GstVideoInfo &out)
{
  if (in.width <= 0 || in.height <= 0 || in.par_n <= 0 || in.par_d <= 0 || out.width <= 0 ||
      out.height <= 0 || out.par_n <= 0 || out.par_d <= 0)
    return false;
  const double in_aspect = static_cast<double>(in.width) * in.par_n / in.height / in.par_d;
  // Aspect of the picture in pixels of `out`.
  const double aspect = in_aspect * out.par_d / out.par_n;
  // Of the two ways to fit it in, the one that leaves borders, if any.
  return out.height * aspect <= out.width
             ? is_filled(out.height * aspect, out.height, out.width, out.height)
             : is_filled(out.width, out.width / aspect, out.width, out.height);
}

#if GST_CHECK_VERSION(1, 28, 0)
bool is_whole(const GstVideoRectangle &rectangle, const GstVideoInfo &info)
{
  return std::abs(rectangle.x) <= kRounding / 2 && std::abs(rectangle.y) <= kRounding / 2 &&
         is_filled(rectangle.w, rectangle.h, info.width, info.height);
}

// How the transform turns or mirrors the whole frame into a whole frame of whatever size, as by an
// Orientation; nothing where it does anything else: crop, borders, shear.
std::optional<Orientation> orientation_of(const GstVideoMetaTransformMatrix &transform)
{
  if (!transform.in_info || !transform.out_info ||
      !is_whole(transform.in_rectangle, *transform.in_info) ||
      !is_whole(transform.out_rectangle, *transform.out_info))
    return std::nullopt;
  const auto &m = transform.matrix;
  const auto is_zero = [](float value) { return std::abs(value) < 1e-6F; };
  if (!is_zero(m[2][0]) || !is_zero(m[2][1]) || is_zero(m[2][2]))
    return std::nullopt;
  // Each axis of the picture goes along one axis of the frame, either way.
  const bool swaps = is_zero(m[0][0]) && is_zero(m[1][1]);
  if (!swaps && !(is_zero(m[0][1]) && is_zero(m[1][0])))
    return std::nullopt;
  const double x_scale = static_cast<double>(m[0][swaps ? 1 : 0]) / m[2][2];
  const double y_scale = static_cast<double>(m[1][swaps ? 0 : 1]) / m[2][2];
  const GstVideoRectangle &in = transform.in_rectangle;
  const GstVideoRectangle &out = transform.out_rectangle;
  if (!is_filled(std::abs(x_scale) * (swaps ? in.h : in.w),
                 std::abs(y_scale) * (swaps ? in.w : in.h), out.w, out.h))
    return std::nullopt;
  // What is mirrored begins at the other end: at its last pixel, or behind it.
  const double x_from = static_cast<double>(m[0][2]) / m[2][2] - (x_scale < 0 ? out.w : 0);
  const double y_from = static_cast<double>(m[1][2]) / m[2][2] - (y_scale < 0 ? out.h : 0);
  if (std::abs(x_from) > kRounding || std::abs(y_from) > kRounding)
    return std::nullopt;
  if (swaps && x_scale < 0)
    return y_scale < 0 ? Orientation::anti_transpose : Orientation::rotate_90;
  if (swaps)
    return y_scale < 0 ? Orientation::rotate_270 : Orientation::transpose;
  if (x_scale < 0)
    return y_scale < 0 ? Orientation::rotate_180 : Orientation::flip_horizontal;
  return y_scale < 0 ? Orientation::flip_vertical : Orientation::identity;
}

// The scene on the frame that comes of turning its frame. The analysis stays, as it is about the
// frame that was sampled.
GstGeminiScene *turned(const GstGeminiScene *scene, Orientation orientation,
                       const GstVideoInfo &frame)
{
  // The other way round: the frame before was a picture of this one.
  const View view{.orientation = undo(orientation)};
  const double aspect = static_cast<double>(frame.width) * std::max(1, frame.par_n) /
                        (static_cast<double>(frame.height) * std::max(1, frame.par_d));
  auto value = std::make_shared<Scene>(*gst_gemini_scene_peek_private(scene));
  for (Object &object : value->objects)
    object = to_frame(view, std::move(object), aspect);
  return gst_gemini_scene_new_private(std::move(value));
}
#endif

// Whether normalised coordinates are as true after the transform as they were before it.
bool survives(GQuark type, gconstpointer data)
{
  // Also when a part of the memory is copied: bytes are not pixels, it is the same frame less its
  // padding or planes. Those who crop pixels use other transforms, or none.
  if (GST_META_TRANSFORM_IS_COPY(type))
    return true;
  if (GST_VIDEO_META_TRANSFORM_IS_SCALE(type)) {
    const auto *scale = static_cast<const GstVideoMetaTransform *>(data);
    return keeps_aspect(*scale->in_info, *scale->out_info);
  }
  return false;
}

// Puts `scene` (transfer full) in place of what was there, and returns that (transfer full).
GstGeminiScene *exchange_scene(GstMeta *meta, GstGeminiScene *scene)
{
  std::atomic_ref<GstGeminiScene *> place{reinterpret_cast<GstGeminiMeta *>(meta)->scene};
  return place.exchange(scene, std::memory_order_acq_rel);
}

gboolean gst_gemini_meta_init(GstMeta *meta, gpointer, GstBuffer *)
{
  exchange_scene(meta, nullptr); // the memory is not zeroed
  return TRUE;
}

void gst_gemini_meta_free(GstMeta *meta, GstBuffer *)
{
  if (GstGeminiScene *scene = exchange_scene(meta, nullptr))
    gst_gemini_scene_unref(scene);
}

gboolean gst_gemini_meta_transform(GstBuffer *transbuf, GstMeta *meta, GstBuffer *, GQuark type,
                                   gpointer data)
{
  GstGeminiScene *scene =
      gst_gemini_meta_scene_internal(reinterpret_cast<const GstGeminiMeta *>(meta));
  if (!scene)
    return FALSE;
#if GST_CHECK_VERSION(1, 28, 0)
  if (GST_VIDEO_META_TRANSFORM_IS_MATRIX(type)) {
    const auto &transform = *static_cast<const GstVideoMetaTransformMatrix *>(data);
    const auto orientation = orientation_of(transform);
    if (!orientation)
      return FALSE;
    if (*orientation == Orientation::identity)
      return gst_gemini_meta_add(transbuf, scene) != nullptr;
    g_autoptr(GstGeminiScene) there = turned(scene, *orientation, *transform.out_info);
    return gst_gemini_meta_add(transbuf, there) != nullptr;
  }
#endif
  return survives(type, data) && gst_gemini_meta_add(transbuf, scene);
}

} // namespace

GstGeminiScene *gst_gemini_meta_scene_internal(const GstGeminiMeta *meta)
{
  // Nothing is written; an atomic_ref to const has to wait for C++26.
  return std::atomic_ref<GstGeminiScene *>{const_cast<GstGeminiMeta *>(meta)->scene}.load(
      std::memory_order_acquire);
}

/**
 * gst_gemini_meta_api_get_type:
 *
 * The type of the metadata's API, tagged `video`, `size` and `orientation`.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
GType gst_gemini_meta_api_get_type(void)
{
  static const GType type = [] {
    const gchar *tags[] = {GST_META_TAG_VIDEO_STR, GST_META_TAG_VIDEO_SIZE_STR,
                           GST_META_TAG_VIDEO_ORIENTATION_STR, nullptr};
    return gst_meta_api_type_register("GstGeminiMetaAPI", tags);
  }();
  return type;
}

/**
 * gst_gemini_meta_get_info: (skip)
 *
 * What GStreamer needs to know about the metadata.
 *
 * Returns: (transfer none): the info
 *
 * Since: 0.1
 */
const GstMetaInfo *gst_gemini_meta_get_info(void)
{
  static const GstMetaInfo *const info =
      gst_meta_register(gst_gemini_meta_api_get_type(), "GstGeminiMeta", sizeof(GstGeminiMeta),
                        gst_gemini_meta_init, gst_gemini_meta_free, gst_gemini_meta_transform);
  return info;
}

/**
 * gst_gemini_meta_add: (skip)
 * @buffer: a writable #GstBuffer
 * @scene: (transfer none): what is known about the frame in @buffer
 *
 * Puts @scene on @buffer. A buffer carries one scene: if it has one already, @scene takes its place
 * and the metadata stays the same. So of several analyzers in a row the last one wins.
 *
 * Returns: (transfer none) (nullable): the metadata, owned by @buffer; %NULL where @buffer is not
 * writable
 *
 * Since: 0.1
 */
GstGeminiMeta *gst_gemini_meta_add(GstBuffer *buffer, GstGeminiScene *scene)
{
  g_return_val_if_fail(GST_IS_BUFFER(buffer), nullptr);
  g_return_val_if_fail(gst_buffer_is_writable(buffer), nullptr);
  g_return_val_if_fail(scene != nullptr, nullptr);

  GstGeminiMeta *meta = gst_gemini_meta_get(buffer);
  if (!meta)
    meta = reinterpret_cast<GstGeminiMeta *>(
        gst_buffer_add_meta(buffer, gst_gemini_meta_get_info(), nullptr));
  g_return_val_if_fail(meta != nullptr, nullptr);

  // The new reference first, because the old scene may be the same one.
  if (GstGeminiScene *old = exchange_scene(&meta->meta, gst_gemini_scene_ref(scene)))
    gst_gemini_scene_unref(old);
  return meta;
}

/**
 * gst_gemini_meta_get: (skip)
 * @buffer: a #GstBuffer
 *
 * The metadata on @buffer. To read it, gst_gemini_scene_from_buffer() is shorter and works in all
 * languages.
 *
 * Returns: (transfer none) (nullable): the metadata, owned by @buffer, or %NULL where it has none
 *
 * Since: 0.1
 */
GstGeminiMeta *gst_gemini_meta_get(GstBuffer *buffer)
{
  g_return_val_if_fail(GST_IS_BUFFER(buffer), nullptr);
  return reinterpret_cast<GstGeminiMeta *>(
      gst_buffer_get_meta(buffer, gst_gemini_meta_api_get_type()));
}
