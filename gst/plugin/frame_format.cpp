// SPDX-License-Identifier: LGPL-2.1-or-later
// Which video frames can be looked at.
#include "plugin/frame_format.hpp"

#include "vision/jpeg_decoder.hpp"

#include <string>
#include <string_view>

namespace gemini {

namespace {

// Calls `keeps` with each string of a field that holds one or a list of them, and leaves those that
// it wants. False where none is left; a field that is absent or something else stays as it is.
template <typename Keeps> bool keep_strings(GstStructure *structure, const char *field, Keeps keeps)
{
  const GValue *value = gst_structure_get_value(structure, field);
  if (value && G_VALUE_HOLDS_STRING(value))
    return keeps(g_value_get_string(value));
  if (!value || !GST_VALUE_HOLDS_LIST(value))
    return true;
  GValue kept = G_VALUE_INIT;
  g_value_init(&kept, GST_TYPE_LIST);
  for (guint i = 0; i < gst_value_list_get_size(value); ++i) {
    const GValue *one = gst_value_list_get_value(value, i);
    if (G_VALUE_HOLDS_STRING(one) && keeps(g_value_get_string(one)))
      gst_value_list_append_value(&kept, one);
  }
  const bool is_any_left = gst_value_list_get_size(&kept) > 0;
  if (is_any_left)
    gst_structure_take_value(structure, field, &kept);
  else
    g_value_unset(&kept);
  return is_any_left;
}

bool is_readable_target(std::string_view target)
{
  return target != "external-oes";
}

bool is_dma_drm(const GstStructure *structure)
{
  return g_strcmp0(gst_structure_get_string(structure, "format"), "DMA_DRM") == 0;
}

#if GST_CHECK_VERSION(1, 24, 0)
// "NV12" or "NV12:0x0000000000000000": pixels lie row by row.
bool is_linear(std::string_view drm_format)
{
  const auto colon = drm_format.find(':');
  return colon == std::string_view::npos ||
         drm_format.substr(colon + 1).find_first_not_of("0xX") == std::string_view::npos;
}
#endif

bool keep_readable(GstStructure *structure)
{
  if (!keep_strings(structure, "texture-target", is_readable_target))
    return false;
#if GST_CHECK_VERSION(1, 24, 0)
  return keep_strings(structure, "drm-format", is_linear);
#else
  // Nobody tells the layout.
  return !is_dma_drm(structure);
#endif
}

gboolean keep_readable(GstCapsFeatures *, GstStructure *structure, gpointer)
{
  return keep_readable(structure);
}

std::optional<GstVideoInfo> jpeg_info(const GstStructure *structure)
{
  GstVideoInfo info;
  // Not from the caps: they may lack what a GstVideoInfo cannot be read without.
  gst_video_info_init(&info);
  info.finfo = gst_video_format_get_info(GST_VIDEO_FORMAT_ENCODED);
  gst_structure_get_int(structure, "width", &info.width);
  gst_structure_get_int(structure, "height", &info.height);
  gst_structure_get_fraction(structure, "framerate", &info.fps_n, &info.fps_d);
  gst_structure_get_fraction(structure, "pixel-aspect-ratio", &info.par_n, &info.par_d);
  return info;
}

} // namespace

Ref<GstCaps> frame_caps()
{
  constexpr const char *kOverlay = "meta:GstVideoOverlayComposition";
  constexpr const char *kFields = "format:Interlaced"; // which come one by one
  const std::string size = ", width=" GST_VIDEO_SIZE_RANGE ", height=" GST_VIDEO_SIZE_RANGE
                           ", framerate=" GST_VIDEO_FPS_RANGE "; ";
  std::string text;
  const auto add = [&](const std::string &features, const char *formats) {
    text += "video/x-raw(" + features + "), format=(string)" + formats + size;
  };
  for (const std::string memory :
       {"memory:SystemMemory", "memory:GLMemory", "memory:VAMemory", "memory:DMABuf"}) {
    add(memory, GST_VIDEO_FORMATS_ALL);
    add(memory + ", " + kOverlay, GST_VIDEO_FORMATS_ALL);
    add(memory + ", " + kFields, GST_VIDEO_FORMATS_ALL);
  }
  add(kOverlay, GST_VIDEO_FORMATS_ALL);
  add(kFields, GST_VIDEO_FORMATS_ALL);
  add("memory:DMABuf", "DMA_DRM");
  add(std::string{"memory:DMABuf, "} + kOverlay, "DMA_DRM");
  return Ref<GstCaps>::adopt(gst_caps_from_string((text + "image/jpeg").c_str()));
}

Ref<GstCaps> readable_caps(GstCaps *caps)
{
  GstCaps *readable = gst_caps_copy(caps);
  if (!gst_caps_is_any(readable))
    gst_caps_filter_and_map_in_place(readable, keep_readable, nullptr);
  return Ref<GstCaps>::adopt(readable);
}

std::optional<GstVideoInfo> frame_info(GstCaps *caps)
{
  const Ref<GstCaps> readable = readable_caps(caps);
  if (!gst_caps_is_fixed(readable.get()))
    return std::nullopt;
  const GstStructure *structure = gst_caps_get_structure(readable.get(), 0);
  if (gst_structure_has_name(structure, "image/jpeg"))
    return jpeg_info(structure);
  GstVideoInfo info;
#if GST_CHECK_VERSION(1, 24, 0)
  if (is_dma_drm(structure)) {
    GstVideoInfoDmaDrm drm_info;
    if (!gst_video_info_dma_drm_from_caps(&drm_info, caps) ||
        !gst_video_info_dma_drm_to_video_info(&drm_info, &info))
      return std::nullopt;
    return info;
  }
#endif
  if (!gst_video_info_from_caps(&info, caps))
    return std::nullopt;
  return info;
}

void refuse_view_metas(GstQuery *allocation)
{
  for (const GType type :
       {GST_VIDEO_CROP_META_API_TYPE, GST_VIDEO_AFFINE_TRANSFORMATION_META_API_TYPE,
        GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE}) {
    guint index = 0;
    while (gst_query_find_allocation_meta(allocation, type, &index))
      gst_query_remove_nth_allocation_meta(allocation, index);
  }
}

std::optional<FrameSize> encoded_size(GstBuffer *frame)
{
  GstMapInfo map;
  if (!gst_buffer_map(frame, &map, GST_MAP_READ))
    return std::nullopt;
  const auto head = vision::JpegDecoder{}.read_head({map.data, map.size});
  gst_buffer_unmap(frame, &map);
  if (!head)
    return std::nullopt;
  return FrameSize{head->width, head->height};
}

} // namespace gemini
