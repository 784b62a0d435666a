// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of sampling share: frames that are painted pixel by pixel, and which of them were
// asked about.
#pragma once

#include "json_text.hpp"
#include "support.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace gemini::test {

using Times = std::vector<GstClockTime>;

inline GstClockTime pts_of(const std::string &line)
{
  return static_cast<GstClockTime>(std::strtoull(json_at(line, "$.pts").c_str(), nullptr, 10));
}

// The times of the next `n` analyses, in the order of the stream.
inline Times told(Analyzer &analyzer, std::size_t n)
{
  Times times;
  for (std::size_t i = 0; i < n; ++i)
    times.push_back(pts_of(analyzer.wait_for_analysis()));
  std::sort(times.begin(), times.end());
  return times;
}

inline std::string text_of(const Times &times)
{
  std::string text;
  for (const GstClockTime time : times)
    text += " " + std::to_string(time / GST_MSECOND);
  return text;
}

// That these frames, in milliseconds, were asked about since the element was made, and no others.
inline void expect_sampled(Analyzer &analyzer, const std::vector<unsigned> &expected)
{
  // Samples are counted when their frame passes.
  const std::size_t n = analyzer.stat("samples");
  Times wanted;
  for (const unsigned time : expected)
    wanted.push_back(time * GST_MSECOND);
  std::sort(wanted.begin(), wanted.end());
  const Times times = told(analyzer, n);
  fail_unless(times == wanted, "sampled:%s; expected:%s", text_of(times).c_str(),
              text_of(wanted).c_str());
}

// The luma of a pixel.
using Painter = std::function<double(int x, int y)>;

// A frame of kCaps with this luma and no colour. `noise`: what a sensor adds, in shades of grey.
inline GstBuffer *painted(const Painter &painter, GstClockTime pts, double noise = 0)
{
  constexpr int kWidth = 320;
  constexpr int kHeight = 240;
  static std::mt19937 random{1};
  std::normal_distribution<> error{0, 1};
  std::vector<std::uint8_t> pixels(kWidth * kHeight * 3 / 2, std::uint8_t{128});
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      const double added = noise > 0 ? noise * error(random) : 0;
      pixels[static_cast<std::size_t>(y * kWidth + x)] =
          static_cast<std::uint8_t>(std::clamp(painter(x, y) + added, 16.0, 235.0));
    }
  GstBuffer *buffer = gst_buffer_new_memdup(pixels.data(), pixels.size());
  GST_BUFFER_PTS(buffer) = pts;
  GST_BUFFER_DURATION(buffer) = GST_SECOND / 10;
  return buffer;
}

// A yard with a wall of bricks.
inline double yard(int x, int y)
{
  if (y < 80)
    return 180;
  return y / 16 % 2 == 0 && (x + y) / 32 % 2 == 0 ? 90 : 120;
}

inline void push(Analyzer &analyzer, GstBuffer *buffer)
{
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), buffer), GST_FLOW_OK);
}

// Pushes it through a live element and takes what comes out.
inline GstBuffer *pass(Analyzer &analyzer, GstBuffer *buffer)
{
  push(analyzer, buffer);
  GstBuffer *out = gst_harness_try_pull(analyzer.harness());
  fail_unless(out != nullptr, "the frame was held");
  return out;
}

inline void new_segment(Analyzer &analyzer, const GstSegment &segment)
{
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
}

inline GstSegment time_segment()
{
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  return segment;
}

inline void flush(Analyzer &analyzer)
{
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE)));
  new_segment(analyzer, time_segment());
}

} // namespace gemini::test
