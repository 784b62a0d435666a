// SPDX-License-Identifier: LGPL-2.1-or-later
// What it costs to send a 1080p frame of BT.709 video at 1024 pixels and quality 85, and how good
// the JPEG is. The yardstick is what OpenCV's users write: I420 to BGR, linear resize, imencode.
// Fails when ours takes more than 0.6 of that or its luma is worse than 42.9 dB beside the frame's
// mean over the area of each pixel. Both are measured in turns in the same run, and the best of
// each counts.
#include "stopwatch.hpp"
#include "vision/frame_encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

#include <turbojpeg.h>

#ifdef HAVE_OPENCV
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#endif

using gemini::bench::Best;
using gemini::bench::seconds_of;

namespace {

constexpr int kWidth = 1920;
constexpr int kHeight = 1080;
constexpr int kSentWidth = 1024;
constexpr int kSentHeight = 576;
constexpr int kQuality = 85;
constexpr int kRounds = 60;
constexpr double kMaxRatio = 0.6;
constexpr double kMinPsnr = 42.9;
constexpr int kSkipped = 77;

using Bytes = std::vector<std::uint8_t>;
using Plane = std::vector<double>;

// Something like a photo: shapes of all sizes, the smaller the fainter, with sharp edges here and
// there, and the noise of a sensor. Chosen so that OpenCV's JPEG of it is as good as that of the
// photo by which the limits were set (41.8 dB).
Plane photo_like(int width, int height, double contrast, double noise, unsigned seed)
{
  std::mt19937 random{seed};
  std::uniform_real_distribution<double> level{-1, 1};
  std::normal_distribution<double> grain{0, noise};
  Plane plane(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  for (int cell = 512; cell >= 2; cell /= 2) {
    const int columns = width / cell + 2;
    std::vector<double> grid(static_cast<std::size_t>(columns * (height / cell + 2)));
    std::generate(grid.begin(), grid.end(), [&] { return level(random); });
    const double strength = contrast * std::pow(cell / 512.0, 0.7);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const auto at = [&](int dx, int dy) {
          return grid[static_cast<std::size_t>((y / cell + dy) * columns + x / cell + dx)];
        };
        const double u = static_cast<double>(x % cell) / cell;
        const double v = static_cast<double>(y % cell) / cell;
        const double value =
            (at(0, 0) * (1 - u) + at(1, 0) * u) * (1 - v) + (at(0, 1) * (1 - u) + at(1, 1) * u) * v;
        plane[static_cast<std::size_t>(y * width + x)] += strength * value;
      }
  }
  // Where the sum is above its middle there is something in front of something else.
  for (double &value : plane)
    value += (value > contrast * 0.3 ? contrast * 0.35 : 0) + grain(random);
  return plane;
}

struct Frame {
  GstVideoInfo info;
  Bytes bytes; // Y, Cb, Cr without padding
};

Frame make_frame()
{
  Frame frame;
  gst_video_info_set_format(&frame.info, GST_VIDEO_FORMAT_I420, kWidth, kHeight);
  gst_video_colorimetry_from_string(&frame.info.colorimetry, "bt709");
  frame.bytes.reserve(frame.info.size);
  const auto append = [&frame](const Plane &plane, double middle) {
    for (const double value : plane)
      frame.bytes.push_back(
          static_cast<std::uint8_t>(std::clamp(std::lround(middle + value), 16L, 235L)));
  };
  append(photo_like(kWidth, kHeight, 45, 3.5, 1), 110);
  append(photo_like(kWidth / 2, kHeight / 2, 12, 1, 2), 124);
  append(photo_like(kWidth / 2, kHeight / 2, 12, 1, 3), 132);
  return frame;
}

// The luma of a JPEG, from full-range RGB by its definition, of the frame in the colours of
// BT.709 (or BT.601, as which OpenCV reads all frames), as the mean over the area of each pixel.
Plane area_mean(const Frame &frame, double kr, double kb)
{
  const std::uint8_t *y_plane = frame.bytes.data();
  const std::uint8_t *cb_plane = y_plane + kWidth * kHeight;
  const std::uint8_t *cr_plane = cb_plane + kWidth * kHeight / 4;
  const auto luma = [&](int x, int y) {
    const int chroma = y / 2 * (kWidth / 2) + x / 2;
    const double l = (y_plane[y * kWidth + x] - 16) * 255.0 / 219;
    const double b = l + 2 * (1 - kb) * (cb_plane[chroma] - 128) * 255.0 / 224;
    const double r = l + 2 * (1 - kr) * (cr_plane[chroma] - 128) * 255.0 / 224;
    const double g = (l - kr * r - kb * b) / (1 - kr - kb);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  };
  const auto share = [](int cell, double begin, double end) {
    return std::min<double>(cell + 1, end) - std::max<double>(cell, begin);
  };
  constexpr double kStep = static_cast<double>(kWidth) / kSentWidth;
  Plane mean;
  for (int y = 0; y < kSentHeight; ++y)
    for (int x = 0; x < kSentWidth; ++x) {
      const double left = x * kStep;
      const double top = y * kStep;
      double sum = 0;
      for (int v = static_cast<int>(top); v < top + kStep && v < kHeight; ++v)
        for (int u = static_cast<int>(left); u < left + kStep && u < kWidth; ++u)
          sum += luma(u, v) * share(u, left, left + kStep) * share(v, top, top + kStep);
      mean.push_back(sum / (kStep * kStep));
    }
  return mean;
}

// In dB; none for a JPEG of another size.
double psnr(const Bytes &jpeg, const Plane &expected)
{
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  tjhandle handle = tjInitDecompress();
  Bytes luma(static_cast<std::size_t>(kSentWidth) * kSentHeight);
  const bool is_decoded = tjDecompressHeader3(handle, jpeg.data(), jpeg.size(), &width, &height,
                                              &subsampling, &colours) == 0 &&
                          width == kSentWidth && height == kSentHeight &&
                          tjDecompress2(handle, jpeg.data(), jpeg.size(), luma.data(), width, 0,
                                        height, TJPF_GRAY, 0) == 0;
  tjDestroy(handle);
  if (!is_decoded)
    return 0;
  double sum = 0;
  for (std::size_t i = 0; i < luma.size(); ++i)
    sum += (luma[i] - expected[i]) * (luma[i] - expected[i]);
  return 10 * std::log10(255 * 255 * static_cast<double>(luma.size()) / sum);
}

Bytes ours(gemini::vision::FrameEncoder &encoder, GstBuffer *buffer, const GstVideoInfo &info)
{
  auto result = encoder.encode(buffer, info, {.max_size = kSentWidth, .quality = kQuality});
  return result ? std::move(result->jpeg) : Bytes{};
}

#ifdef HAVE_OPENCV
Bytes with_opencv(const Frame &frame)
{
  const cv::Mat i420{kHeight * 3 / 2, kWidth, CV_8UC1,
                     const_cast<std::uint8_t *>(frame.bytes.data())};
  cv::Mat bgr;
  cv::Mat small;
  Bytes jpeg;
  cv::cvtColor(i420, bgr, cv::COLOR_YUV2BGR_I420);
  cv::resize(bgr, small, {kSentWidth, kSentHeight}, 0, 0, cv::INTER_LINEAR);
  cv::imencode(".jpg", small, jpeg, {cv::IMWRITE_JPEG_QUALITY, kQuality});
  return jpeg;
}
#endif

} // namespace

int main(int argc, char **argv)
{
  gst_init(&argc, &argv);
  const Frame frame = make_frame();
  GstBuffer *buffer = gst_buffer_new_memdup(frame.bytes.data(), frame.bytes.size());
  gemini::vision::FrameEncoder encoder;
  const Bytes jpeg = ours(encoder, buffer, frame.info);
  const double quality = psnr(jpeg, area_mean(frame, 0.2126, 0.0722));
  std::printf("our JPEG: %zu KB, luma %.2f dB, at least %.1f\n", jpeg.size() / 1000, quality,
              kMinPsnr);
  bool is_good = quality >= kMinPsnr;

#ifdef HAVE_OPENCV
  cv::setNumThreads(1);
  const Bytes other = with_opencv(frame);
  std::printf("OpenCV's: %zu KB, luma %.2f dB\n", other.size() / 1000,
              psnr(other, area_mean(frame, 0.299, 0.114)));
  Best own;
  Best yardstick;
  for (int round = 0; round < kRounds; ++round) {
    own.add(seconds_of([&] { ours(encoder, buffer, frame.info); }));
    yardstick.add(seconds_of([&frame] { with_opencv(frame); }));
  }
  const double ratio = own.milliseconds() / yardstick.milliseconds();
  std::printf("grab and encode: %.2f ms, OpenCV %.2f ms\n", own.milliseconds(),
              yardstick.milliseconds());
  std::printf("ratio %.3f, at most %.2f\n", ratio, kMaxRatio);
  is_good = is_good && ratio <= kMaxRatio;
#else
  std::printf("SKIPPED: there is no OpenCV to compare the time with\n");
#endif
  gst_buffer_unref(buffer);
#ifndef HAVE_OPENCV
  if (is_good)
    return kSkipped;
#endif
  return is_good ? 0 : 1;
}
