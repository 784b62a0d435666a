// SPDX-License-Identifier: LGPL-2.1-or-later
// From pictures to those in which objects are followed.
#include "film.hpp"

#include <gst/video/video.h>

#include <cstdio>
#include <cstdlib>

#include <opencv2/imgproc.hpp>

namespace gemini::bench {

cv::Mat bgr_of(const cv::Mat &i420)
{
  cv::Mat bgr;
  cv::cvtColor(i420, bgr, cv::COLOR_YUV2BGR_I420);
  return bgr;
}

std::shared_ptr<const vision::LumaImage> Thumbnails::of(const cv::Mat &i420)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(i420.cols),
                            static_cast<guint>(i420.rows * 2 / 3));
  GstBuffer *buffer = gst_buffer_new_memdup(i420.data, info.size);
  auto image = shrinker_.read(buffer, info);
  gst_buffer_unref(buffer);
  if (!image) {
    std::fprintf(stderr, "a picture cannot be made small: %s\n", image.error().message.c_str());
    std::exit(1);
  }
  return std::make_shared<const vision::LumaImage>(std::move(*image));
}

} // namespace gemini::bench
