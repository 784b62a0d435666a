// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames of every format that are dark on the left and bright on the right.
#pragma once

#include "glib/gst_ref.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

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
  GstVideoFrame in;
  GstVideoFrame out;
  g_assert(gst_video_frame_map(&in, &rgb, from.get(), GST_MAP_READWRITE));
  g_assert(gst_video_frame_map(&out, &info, to.get(), GST_MAP_READWRITE));
  auto *pixels = static_cast<std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(&in, 0));
  for (int i = 0; i < rgb.width * rgb.height; ++i)
    std::fill_n(pixels + std::ptrdiff_t{4} * i, 4,
                static_cast<std::uint8_t>(i % rgb.width < rgb.width / 2 ? 30 : 220));
  GstVideoConverter *converter = gst_video_converter_new(&rgb, &info, nullptr);
  g_assert(converter != nullptr);
  gst_video_converter_frame(converter, &in, &out);
  gst_video_converter_free(converter);
  gst_video_frame_unmap(&out);
  gst_video_frame_unmap(&in);
  return to;
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
