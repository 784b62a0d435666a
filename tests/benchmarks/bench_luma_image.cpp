// SPDX-License-Identifier: LGPL-2.1-or-later
// What the small picture of a frame takes, in which objects are followed: the streaming thread
// makes it. Compared with a copy of as many bytes as an 1080p frame has brightness.
#include "stopwatch.hpp"
#include "vision/luma_image.hpp"

#include <gst/gst.h>
#include <gst/video/video.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

namespace {

constexpr int kRounds = 40;
constexpr std::size_t kFrames = 16; // more than the caches hold, as they come from a camera
constexpr std::size_t kLumaBytes = std::size_t{1920} * 1080;

struct Case {
  GstVideoFormat format;
  double most; // copies
};

GstBuffer *noisy_frame(const GstVideoInfo &info, unsigned seed)
{
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_WRITE);
  std::minstd_rand random{seed};
  for (std::size_t i = 0; i < map.size; ++i)
    map.data[i] = static_cast<std::uint8_t>(random() >> 8);
  gst_buffer_unmap(buffer, &map);
  return buffer;
}

bool check(const Case &tried)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, tried.format, 1920, 1080);
  std::vector<GstBuffer *> frames;
  for (unsigned i = 0; i < kFrames; ++i)
    frames.push_back(noisy_frame(info, i + 1));
  std::vector<std::uint8_t> copy(kLumaBytes);
  gemini::vision::LumaShrinker shrinker;
  gemini::bench::Best shrinking;
  gemini::bench::Best copying;
  unsigned sum = 0; // so that nothing is left out
  for (int round = 0; round < kRounds; ++round) {
    shrinking.add(gemini::bench::seconds_of([&] {
                    for (GstBuffer *frame : frames)
                      sum += shrinker.read(frame, info)->pixels[7];
                  }) /
                  kFrames);
    copying.add(gemini::bench::seconds_of([&] {
                  for (GstBuffer *frame : frames) {
                    GstMapInfo map;
                    gst_buffer_map(frame, &map, GST_MAP_READ);
                    std::memcpy(copy.data(), map.data, copy.size());
                    sum += copy[static_cast<std::size_t>(round)];
                    gst_buffer_unmap(frame, &map);
                  }
                }) /
                kFrames);
  }
  for (GstBuffer *frame : frames)
    gst_buffer_unref(frame);
  const double ratio = shrinking.milliseconds() / copying.milliseconds();
  std::printf("%-9s 1080p: small picture %.3f ms, memcpy %.3f ms: %.2f (at most %.1f)%s\n",
              gst_video_format_to_string(tried.format), shrinking.milliseconds(),
              copying.milliseconds(), ratio, tried.most, sum > 0 ? "" : " ");
  return ratio <= tried.most;
}

} // namespace

int main(int argc, char **argv)
{
  gst_init(&argc, &argv);
  bool is_good = true;
  for (const Case &tried : {Case{GST_VIDEO_FORMAT_I420, 2.5}, Case{GST_VIDEO_FORMAT_NV12, 2.5},
                            Case{GST_VIDEO_FORMAT_P010_10LE, 5}, Case{GST_VIDEO_FORMAT_YUY2, 5},
                            Case{GST_VIDEO_FORMAT_BGRx, 6}, Case{GST_VIDEO_FORMAT_RGB, 8}})
    is_good = check(tried) && is_good;
  if (!is_good)
    std::printf("too slow\n");
  return is_good ? 0 : 1;
}
