// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the metadata of a buffer.
#include "plugin/overlay_source.hpp"

#include "gemini/gstgemini-private.hpp"

#include <gst/video/gstvideometa.h>

#include <memory>

namespace gemini {
namespace {

Notes notes_of(const Scene &scene)
{
  Notes notes;
  notes.annotations.reserve(scene.objects.size());
  for (const Object &object : scene.objects)
    notes.annotations.push_back({object.label, object.box, object.mask, object.point, object.box_3d,
                                 object.text.value_or("")});
  if (scene.analysis && scene.analysis->text)
    notes.text = *scene.analysis->text;
  return notes;
}

Notes regions_of(GstBuffer *buffer, PixelSize picture)
{
  Notes notes;
  gpointer state = nullptr;
  while (const GstMeta *meta = gst_buffer_iterate_meta_filtered(
             buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    const auto *region = reinterpret_cast<const GstVideoRegionOfInterestMeta *>(meta);
    const gchar *label = g_quark_to_string(region->roi_type);
    notes.annotations.push_back(
        {label ? label : "", Rect{static_cast<double>(region->x) / picture.width,
                                  static_cast<double>(region->y) / picture.height,
                                  static_cast<double>(region->w) / picture.width,
                                  static_cast<double>(region->h) / picture.height}});
  }
  return notes;
}

} // namespace

Notes notes_on(GstBuffer *buffer, PixelSize picture)
{
  if (const GstGeminiMeta *meta = gst_gemini_meta_get(buffer)) {
    const std::shared_ptr<const Scene> scene = gst_gemini_scene_peek_private(meta->scene);
    return scene ? notes_of(*scene) : Notes{};
  }
  return regions_of(buffer, picture);
}

} // namespace gemini
