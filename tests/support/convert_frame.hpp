// SPDX-License-Identifier: LGPL-2.1-or-later
// The same picture in another format, by GStreamer.
#pragma once

#include <gst/video/video.h>

namespace gemini::test {

// Into `to`, whose frame is as large. False: GStreamer does not know how.
inline bool convert_frame(GstBuffer *from, const GstVideoInfo &from_info, GstBuffer *to,
                          const GstVideoInfo &to_info)
{
  GstVideoInfo target_info = to_info; // a converter changes no rate, either
  target_info.fps_n = from_info.fps_n;
  target_info.fps_d = from_info.fps_d;
  GstVideoConverter *converter = gst_video_converter_new(&from_info, &target_info, nullptr);
  if (!converter)
    return false;
  GstVideoFrame source;
  GstVideoFrame target;
  g_assert(gst_video_frame_map(&source, &from_info, from, GST_MAP_READ));
  g_assert(gst_video_frame_map(&target, &target_info, to, GST_MAP_WRITE));
  gst_video_converter_frame(converter, &source, &target);
  gst_video_frame_unmap(&target);
  gst_video_frame_unmap(&source);
  gst_video_converter_free(converter);
  return true;
}

} // namespace gemini::test
