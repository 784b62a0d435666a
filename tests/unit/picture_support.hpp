// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of what is sent share: pictures, frames of them, and a look at what was encoded.
#pragma once

#include "support/convert_frame.hpp"
#include "vision/frame_encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

#include <turbojpeg.h>

namespace gemini::test {

using namespace gemini::vision;

struct Rgb {
  double r, g, b;
};
struct Picture { // interleaved 8-bit RGB
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
  Rgb at(int x, int y) const
  {
    const auto *p = &rgb[static_cast<std::size_t>(3 * (y * width + x))];
    return {double(p[0]), double(p[1]), double(p[2])};
  }
};

// Eight bars of 75 %, as broadcasters use them.
inline Picture colour_bars(int width, int height)
{
  static constexpr std::array<std::array<std::uint8_t, 3>, 8> kBars{{{191, 191, 191},
                                                                     {191, 191, 0},
                                                                     {0, 191, 191},
                                                                     {0, 191, 0},
                                                                     {191, 0, 191},
                                                                     {191, 0, 0},
                                                                     {0, 0, 191},
                                                                     {0, 0, 0}}};
  Picture picture{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const std::uint8_t c : kBars[static_cast<std::size_t>(8 * x / width)])
        picture.rgb.push_back(c);
  return picture;
}

inline std::uint8_t round8(double value)
{
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

// A frame of the picture in I420 by the textbook (ITU-T H.273, equations 38 to 48), not by the code
// under test.
inline GstBuffer *to_i420(const Picture &picture, double kr, double kb, bool is_full,
                          GstVideoInfo *info, const char *colorimetry)
{
  const std::string caps =
      "video/x-raw,format=I420,framerate=25/1,width=" + std::to_string(picture.width) +
      ",height=" + std::to_string(picture.height) + ",colorimetry=" + colorimetry;
  g_autoptr(GstCaps) parsed = gst_caps_from_string(caps.c_str());
  fail_unless(gst_video_info_from_caps(info, parsed));
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, info->size, nullptr);
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, info, buffer, GST_MAP_WRITE));
  const double y_low = is_full ? 0 : 16;
  const double y_gain = is_full ? 255 : 219;
  const double c_gain = is_full ? 255 : 224;
  const auto luma = [&](const Rgb &c) { return (kr * c.r + (1 - kr - kb) * c.g + kb * c.b) / 255; };
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      static_cast<std::uint8_t *>(frame.data[0])[y * info->stride[0] + x] =
          round8(y_low + y_gain * luma(picture.at(x, y)));
  for (int y = 0; y < (picture.height + 1) / 2; ++y)
    for (int x = 0; x < (picture.width + 1) / 2; ++x) {
      Rgb mean{0, 0, 0};
      for (const int dy : {0, 1})
        for (const int dx : {0, 1}) {
          const Rgb c = picture.at(std::min(2 * x + dx, picture.width - 1),
                                   std::min(2 * y + dy, picture.height - 1));
          mean = {mean.r + c.r / 4, mean.g + c.g / 4, mean.b + c.b / 4};
        }
      const double cb = (mean.b / 255 - luma(mean)) / (2 * (1 - kb));
      const double cr = (mean.r / 255 - luma(mean)) / (2 * (1 - kr));
      static_cast<std::uint8_t *>(frame.data[1])[y * info->stride[1] + x] =
          round8(128 + c_gain * cb);
      static_cast<std::uint8_t *>(frame.data[2])[y * info->stride[2] + x] =
          round8(128 + c_gain * cr);
    }
  gst_video_frame_unmap(&frame);
  return buffer;
}

inline Picture decode(const std::vector<std::uint8_t> &jpeg)
{
  tjhandle handle = tjInitDecompress();
  Picture picture;
  int subsampling = 0;
  int space = 0;
  fail_unless(tjDecompressHeader3(handle, jpeg.data(), jpeg.size(), &picture.width, &picture.height,
                                  &subsampling, &space) == 0);
  picture.rgb.resize(static_cast<std::size_t>(3 * picture.width * picture.height));
  fail_unless(tjDecompress2(handle, jpeg.data(), jpeg.size(), picture.rgb.data(), picture.width, 0,
                            picture.height, TJPF_RGB, 0) == 0);
  tjDestroy(handle);
  return picture;
}

inline double mean_difference(const Picture &a, const Picture &b)
{
  fail_unless(a.width == b.width && a.height == b.height);
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i)
    sum += std::abs(double(a.rgb[i]) - double(b.rgb[i]));
  return sum / static_cast<double>(a.rgb.size());
}

inline EncodedFrame encode(GstBuffer *buffer, const GstVideoInfo &info, EncoderSettings settings)
{
  FrameEncoder encoder;
  auto result = encoder.encode(buffer, info, settings);
  fail_unless(result.has_value(), "%s", result ? "" : result.error().message.c_str());
  return std::move(*result);
}

// The frame in another format.
inline GstBuffer *in_format(GstVideoFormat format, GstBuffer *from, const GstVideoInfo &from_info,
                            GstVideoInfo *info)
{
  gst_video_info_set_format(info, format, static_cast<guint>(from_info.width),
                            static_cast<guint>(from_info.height));
  info->fps_n = from_info.fps_n;
  info->fps_d = from_info.fps_d;
  if (GST_VIDEO_INFO_IS_YUV(info)) {
    info->colorimetry = from_info.colorimetry;
    info->chroma_site = from_info.chroma_site;
  }
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, info->size, nullptr);
  fail_unless(convert_frame(from, from_info, buffer, *info));
  return buffer;
}

// The photo as RGB, or an empty picture where the media are not set up.
inline Picture load_photo()
{
  const char *cache = g_getenv("GST_GEMINI_MEDIA");
  const std::string path = std::string{cache ? cache : "."} + "/astronaut.png";
  Picture picture;
  if (!g_file_test(path.c_str(), G_FILE_TEST_EXISTS))
    return picture;
  const std::string launch = "filesrc location=" + path +
                             " ! pngdec ! videoconvert ! video/x-raw,format=RGB ! fakesink "
                             "name=sink enable-last-sample=true sync=false";
  g_autoptr(GstElement) pipeline = gst_parse_launch(launch.c_str(), nullptr);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
      bus, 20 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  fail_unless(message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS);
  g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  g_autoptr(GstSample) sample = nullptr;
  g_object_get(sink, "last-sample", &sample, nullptr);
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
  picture.width = info.width;
  picture.height = info.height;
  for (int y = 0; y < info.height; ++y) {
    const auto *row = static_cast<const std::uint8_t *>(frame.data[0]) + y * info.stride[0];
    picture.rgb.insert(picture.rgb.end(), row, row + 3 * info.width);
  }
  gst_video_frame_unmap(&frame);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  return picture;
}

} // namespace gemini::test
