// SPDX-License-Identifier: LGPL-2.1-or-later
// Decodes with GStreamer.
#include "video_file.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <cstdint>

namespace gemini::bench {
namespace {

void keep(GstElement *, GstBuffer *buffer, GstPad *pad, gpointer pictures)
{
  GstCaps *caps = gst_pad_get_current_caps(pad);
  GstVideoInfo info;
  GstVideoFrame frame;
  if (caps != nullptr && gst_video_info_from_caps(&info, caps) &&
      gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
    const int width = GST_VIDEO_FRAME_WIDTH(&frame);
    const int height = GST_VIDEO_FRAME_HEIGHT(&frame);
    cv::Mat picture(height * 3 / 2, width, CV_8UC1); // braces would be a list of values
    std::uint8_t *to = picture.data;
    for (guint plane = 0; plane < 3; ++plane)
      for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane); ++y) {
        const auto *row =
            static_cast<const std::uint8_t *>(GST_VIDEO_FRAME_COMP_DATA(&frame, plane)) +
            y * GST_VIDEO_FRAME_COMP_STRIDE(&frame, plane);
        to = std::copy_n(row, GST_VIDEO_FRAME_COMP_WIDTH(&frame, plane), to);
      }
    static_cast<std::vector<cv::Mat> *>(pictures)->push_back(picture);
    gst_video_frame_unmap(&frame);
  }
  gst_clear_caps(&caps);
}

} // namespace

std::vector<cv::Mat> street_pictures(const std::string &file)
{
  std::vector<cv::Mat> pictures;
  const std::string launch = "filesrc name=file ! decodebin ! videoconvert ! "
                             "video/x-raw,format=I420 ! fakesink name=sink signal-handoffs=true";
  GstElement *pipeline = gst_parse_launch(launch.c_str(), nullptr);
  if (pipeline == nullptr)
    return pictures;
  GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline), "file");
  g_object_set(source, "location", file.c_str(), nullptr);
  gst_object_unref(source);
  GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  g_signal_connect(sink, "handoff", G_CALLBACK(keep), &pictures);
  gst_object_unref(sink);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus *bus = gst_element_get_bus(pipeline);
  GstMessage *end = gst_bus_timed_pop_filtered(
      bus, GST_CLOCK_TIME_NONE, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_message_unref(end);
  gst_object_unref(bus);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return pictures;
}

} // namespace gemini::bench
