// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames of every format that are dark on the left and bright on the right.
#pragma once

#include "glib/gst_ref.hpp"
#include "support/convert_frame.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

#include <turbojpeg.h>

namespace gemini {

inline GstVideoInfo info_of(GstVideoFormat format, int width, int height)
{
  GstVideoInfo info;
  g_assert(gst_video_info_set_format(&info, format, static_cast<guint>(width),
                                     static_cast<guint>(height)));
  info.fps_n = 25;
  info.fps_d = 1;
  return info;
}

// Dark on the left, bright on the right; made in BGRx.
inline Ref<GstBuffer> halves(const GstVideoInfo &info)
{
  const GstVideoInfo rgb =
      info_of(GST_VIDEO_FORMAT_BGRx, GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info));
  const auto from = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, rgb.size, nullptr));
  auto to = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  GstMapInfo map;
  g_assert(gst_buffer_map(from.get(), &map, GST_MAP_WRITE));
  for (int i = 0; i < rgb.width * rgb.height; ++i)
    std::fill_n(map.data + std::ptrdiff_t{4} * i, 4,
                static_cast<std::uint8_t>(i % rgb.width < rgb.width / 2 ? 30 : 220));
  gst_buffer_unmap(from.get(), &map);
  g_assert(test::convert_frame(from.get(), rgb, to.get(), info));
  return to;
}

// One format that GStreamer can make of others, its name, and whether it is tiled.
using FormatTest = std::function<void(GstVideoFormat format, const char *name, bool is_tiled)>;

// The number of formats.
inline unsigned for_each_format(const FormatTest &look)
{
  g_autoptr(GstCaps) caps = gst_caps_from_string(GST_VIDEO_CAPS_MAKE(GST_VIDEO_FORMATS_ALL));
  const GValue *formats = gst_structure_get_value(gst_caps_get_structure(caps, 0), "format");
  unsigned n = 0;
  for (guint i = 0; i < gst_value_list_get_size(formats); ++i) {
    const char *name = g_value_get_string(gst_value_list_get_value(formats, i));
    const GstVideoFormat format = gst_video_format_from_string(name);
    const GstVideoFormatInfo *known = gst_video_format_get_info(format);
    if (!known->pack_func || GST_VIDEO_FORMAT_INFO_HAS_PALETTE(known))
      continue;
    look(format, name, GST_VIDEO_FORMAT_INFO_IS_TILED(known));
    ++n;
  }
  return n;
}

// The same as a JPEG; `gray` is of GRAY8.
inline Ref<GstBuffer> jpeg_halves(const GstVideoInfo &gray)
{
  const auto buffer = halves(gray);
  GstMapInfo map;
  g_assert(gst_buffer_map(buffer.get(), &map, GST_MAP_READ));
  tjhandle handle = tjInitCompress();
  unsigned char *jpeg = nullptr;
  unsigned long size = 0;
  g_assert(tjCompress2(handle, map.data, gray.width, gray.stride[0], gray.height, TJPF_GRAY, &jpeg,
                       &size, TJSAMP_GRAY, 85, 0) == 0);
  gst_buffer_unmap(buffer.get(), &map);
  tjDestroy(handle);
  auto encoded = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(jpeg, size));
  tjFree(jpeg);
  return encoded;
}

} // namespace gemini
