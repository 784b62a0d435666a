// SPDX-License-Identifier: LGPL-2.1-or-later
// What part of a frame is sent and which way up, with which pixels, and what is not: each encoded,
// decoded and looked at.
#include "picture_support.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <string_view>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;
using namespace gemini::vision;

namespace {

constexpr Rgb kBlack{0, 0, 0};
constexpr std::array<Rgb, 6> kColours{
    {{200, 40, 40}, {40, 180, 40}, {50, 50, 210}, {210, 200, 40}, {200, 60, 200}, {60, 190, 190}}};

Rgb colour_of(char letter)
{
  return kColours[static_cast<std::size_t>(letter - 'a')];
}

// Cells of colours, `columns` of them in a row.
Picture mosaic(std::string_view letters, int columns, int width, int height)
{
  const int rows = static_cast<int>(letters.size()) / columns;
  Picture picture{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int cell = y * rows / height * columns + x * columns / width;
      const Rgb c = colour_of(letters[static_cast<std::size_t>(cell)]);
      for (const double value : {c.r, c.g, c.b})
        picture.rgb.push_back(round8(value));
    }
  return picture;
}

double distance(const Rgb &a, const Rgb &b)
{
  return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
}

bool is_near(const Rgb &a, const Rgb &b)
{
  return distance(a, b) < 16;
}

GstBuffer *frame_of(const Picture &picture, GstVideoInfo *info)
{
  return to_i420(picture, 0.299, 0.114, false, info, "bt601");
}

// RGB as it is, with rows that are longer than they have to be.
GstBuffer *rgb_frame_of(const Picture &picture, GstVideoInfo *info)
{
  gst_video_info_set_format(info, GST_VIDEO_FORMAT_RGB, static_cast<guint>(picture.width),
                            static_cast<guint>(picture.height));
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, info->size, nullptr);
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, info, buffer, GST_MAP_WRITE));
  for (int y = 0; y < picture.height; ++y)
    std::copy_n(&picture.rgb[static_cast<std::size_t>(3 * y * picture.width)], 3 * picture.width,
                static_cast<std::uint8_t *>(frame.data[0]) + y * info->stride[0]);
  gst_video_frame_unmap(&frame);
  return buffer;
}

Picture sent(GstBuffer *buffer, const GstVideoInfo &info, const EncoderSettings &settings)
{
  const EncodedFrame frame = encode(buffer, info, settings);
  const Picture picture = decode(frame.jpeg);
  fail_unless_equals_int(picture.width, frame.width);
  fail_unless_equals_int(picture.height, frame.height);
  const SentSize size = sent_size(info, settings.view, settings.max_size);
  fail_unless_equals_int(size.width, frame.width);
  fail_unless_equals_int(size.height, frame.height);
  return picture;
}

struct Turned {
  Orientation orientation;
  int columns;
  std::string_view seen;
};
// Of "abc" above "def".
constexpr std::array<Turned, 8> kTurned{{
    {Orientation::identity, 3, "abcdef"},
    {Orientation::rotate_90, 2, "daebfc"},
    {Orientation::rotate_180, 3, "fedcba"},
    {Orientation::rotate_270, 2, "cfbead"},
    {Orientation::flip_horizontal, 3, "cbafed"},
    {Orientation::flip_vertical, 3, "defabc"},
    {Orientation::transpose, 2, "adbecf"},
    {Orientation::anti_transpose, 2, "fcebda"},
}};

struct Mapped {
  GstVideoFrame frame{};
  Mapped(GstBuffer *buffer, const GstVideoInfo &info)
  {
    fail_unless(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READWRITE));
  }
  ~Mapped() { gst_video_frame_unmap(&frame); }
};

// Writes noise to all samples that any pixel of the rectangle has a part in.
void fill_with_noise(GstBuffer *buffer, const GstVideoInfo &info, int left, int top, int right,
                     int bottom, unsigned seed)
{
  std::mt19937 random{seed};
  Mapped mapped{buffer, info};
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c) {
    const int across = 1 << GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c);
    const int down = 1 << GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c);
    std::uint8_t *data = GST_VIDEO_FRAME_COMP_DATA(&mapped.frame, c);
    for (int y = top / down; y * down < bottom; ++y)
      for (int x = left / across; x * across < right; ++x)
        data[y * GST_VIDEO_FRAME_COMP_STRIDE(&mapped.frame, c) +
             x * GST_VIDEO_FRAME_COMP_PSTRIDE(&mapped.frame, c)] =
            static_cast<std::uint8_t>(random());
  }
}

Rect as_share(int left, int top, int right, int bottom, const GstVideoInfo &info)
{
  return {double(left) / info.width, double(top) / info.height, double(right - left) / info.width,
          double(bottom - top) / info.height};
}

} // namespace

GST_START_TEST(frames_are_turned_upright)
{
  for (const auto &[width, height] : {std::pair{192, 128}, std::pair{189, 127}})
    for (const unsigned max : {0U, 96U}) {
      GstVideoInfo info;
      g_autoptr(GstBuffer) buffer = frame_of(mosaic("abcdef", 3, width, height), &info);
      GstVideoInfo rgb_info;
      g_autoptr(GstBuffer) rgb = rgb_frame_of(mosaic("abcdef", 3, width, height), &rgb_info);
      for (const Turned &c : kTurned) {
        const EncoderSettings settings{
            .max_size = max, .quality = 95, .view = {.orientation = c.orientation}};
        for (const Picture &picture :
             {sent(buffer, info, settings), sent(rgb, rgb_info, settings)}) {
          fail_unless((picture.width < picture.height) == (c.columns == 2));
          const Picture expected = mosaic(c.seen, c.columns, picture.width, picture.height);
          const double difference = mean_difference(picture, expected);
          fail_unless(difference < 5, "orientation %d at %dx%d differs by %.2f",
                      static_cast<int>(c.orientation), picture.width, picture.height, difference);
        }
      }
    }
}
GST_END_TEST

GST_START_TEST(a_view_is_cut_out_to_the_pixel)
{
  // Two colours that meet at an odd place: exactly one of them is seen from there on.
  Picture picture = mosaic("ab", 2, 202, 64); // b from 101 on
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = rgb_frame_of(picture, &info);
  const Picture right = sent(buffer, info, {.quality = 100, .view = {{0.5, 0, 0.5, 1}}});
  fail_unless_equals_int(right.width, 101);
  for (const int x : {0, 1, 50, 100})
    fail_unless(distance(right.at(x, 32), colour_of('b')) < 5, "at %d", x);
  const Picture left = sent(buffer, info, {.quality = 100, .view = {{0, 0, 0.5, 1}}});
  fail_unless_equals_int(left.width, 101);
  for (const int x : {0, 50, 99, 100})
    fail_unless(distance(left.at(x, 32), colour_of('a')) < 5, "at %d", x);
}
GST_END_TEST

GST_START_TEST(luma_keeps_its_place_when_a_view_begins_between_two_chroma_samples)
{
  // A white line of one pixel on grey.
  constexpr int kLine = 101;
  Picture picture{320, 32, std::vector<std::uint8_t>(3 * 320 * 32, 60)};
  for (int y = 0; y < 32; ++y)
    for (int i = 0; i < 3; ++i)
      picture.rgb[static_cast<std::size_t>(3 * (y * 320 + kLine) + i)] = 250;
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = frame_of(picture, &info);
  for (const int begin : {96, 97, 98, 99, 100, 101}) {
    const Picture cut =
        sent(buffer, info, {.quality = 100, .view = {as_share(begin, 3, begin + 33, 20, info)}});
    fail_unless_equals_int(cut.width, 33);
    fail_unless_equals_int(cut.height, 17);
    for (int x = 0; x < 33; ++x)
      fail_unless(std::abs(cut.at(x, 8).g - (x == kLine - begin ? 250 : 60)) < 12,
                  "from %d: %.0f at %d", begin, cut.at(x, 8).g, x);
  }
}
GST_END_TEST

GST_START_TEST(parts_of_pixels_count)
{
  // From the middle of a pixel on, its other half is what the picture begins with.
  Picture picture{64, 16, {}};
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 64; ++x)
      picture.rgb.insert(picture.rgb.end(), 3, static_cast<std::uint8_t>(4 * x));
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = rgb_frame_of(picture, &info);
  const Picture cut = sent(buffer, info, {.quality = 100, .view = {{8.5 / 64, 0, 32.0 / 64, 1}}});
  fail_unless_equals_int(cut.width, 32);
  // The first pixel is half of 8 and half of 9.
  fail_unless(std::abs(cut.at(0, 8).g - 34) < 2 && std::abs(cut.at(31, 8).g - 158) < 2, "%.1f %.1f",
              cut.at(0, 8).g, cut.at(31, 8).g);
}
GST_END_TEST

GST_START_TEST(nothing_outside_of_a_view_is_sent)
{
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_GRAY8})
    for (const Orientation orientation : {Orientation::identity, Orientation::rotate_90})
      for (const unsigned max : {0U, 17U}) {
        std::vector<std::vector<std::uint8_t>> jpegs;
        for (const unsigned seed : {1U, 2U}) {
          GstVideoInfo info;
          gst_video_info_set_format(&info, format, 160, 96);
          g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
          fill_with_noise(buffer, info, 0, 0, 160, 96, seed);
          fill_with_noise(buffer, info, 40, 20, 96, 61, 7); // what is seen, in whole samples
          jpegs.push_back(
              encode(buffer, info,
                     {.max_size = max, .view = {as_share(41, 21, 96, 61, info), orientation}})
                  .jpeg);
        }
        fail_unless(jpegs[0] == jpegs[1], "%s", gst_video_format_to_string(format));
      }
}
GST_END_TEST

GST_START_TEST(a_view_of_one_pixel_is_sent)
{
  const Picture picture = mosaic("abcdef", 3, 6, 4);
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = rgb_frame_of(picture, &info);
  for (const Turned &c : kTurned) {
    const Picture dot =
        sent(buffer, info, {.quality = 100, .view = {as_share(3, 1, 4, 2, info), c.orientation}});
    fail_unless_equals_int(dot.width, 1);
    fail_unless_equals_int(dot.height, 1);
    fail_unless(is_near(dot.at(0, 0), colour_of('b')));
  }
  // Less than one pixel, and what only nonsense asks for.
  const double nan = std::nan("");
  for (const Rect &part : {Rect{0.999, 0.999, 0.001, 0.001}, Rect{1, 1, 0, 0}, Rect{5, 5, 1, 1},
                           Rect{nan, nan, nan, nan}, Rect{0.5, 0.5, -1, -1}})
    fail_unless(sent(buffer, info, {.view = {part}}).width >= 1);
}
GST_END_TEST

GST_START_TEST(pixels_become_square)
{
  struct Case {
    int width, height, par_n, par_d;
    unsigned max;
    int sent_width, sent_height;
  };
  for (const Case &c : {
           Case{320, 240, 2, 1, 0, 320, 120},      // no side longer than it was
           Case{352, 576, 2, 1, 1024, 576, 471},   // half of the columns: room to widen
           Case{720, 576, 16, 15, 1024, 720, 540}, // PAL at 4:3
           Case{720, 576, 16, 15, 512, 512, 384},
           Case{1440, 1080, 4, 3, 1024, 1024, 576},
           Case{720, 288, 1, 2, 1024, 720, 576}, // one field
           Case{640, 480, 0, 0, 1024, 640, 480},
           Case{100, 100, 1, 2000, 50, 1, 50},
       }) {
    GstVideoInfo info;
    g_autoptr(GstBuffer) buffer = frame_of(mosaic("abcdef", 3, c.width, c.height), &info);
    info.par_n = c.par_n;
    info.par_d = c.par_d;
    const Picture picture = sent(buffer, info, {.max_size = c.max});
    fail_unless(picture.width == c.sent_width && picture.height == c.sent_height,
                "%dx%d became %dx%d", c.width, c.height, picture.width, picture.height);
    const Picture turned =
        sent(buffer, info, {.max_size = c.max, .view = {.orientation = Orientation::rotate_90}});
    fail_unless(turned.width == c.sent_height && turned.height == c.sent_width);
    if (c.sent_width > 1)
      fail_unless(mean_difference(picture, mosaic("abcdef", 3, picture.width, picture.height)) < 3);
  }
}
GST_END_TEST

GST_START_TEST(a_circle_on_oblong_pixels_is_sent_as_a_circle)
{
  constexpr int kWidth = 360;
  constexpr int kHeight = 576;
  Picture picture{kWidth, kHeight, {}};
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      const bool is_inside = std::hypot(2.0 * (x - 180), y - 288) < 200;
      picture.rgb.insert(picture.rgb.end(), 3, is_inside ? 255 : 0);
    }
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = rgb_frame_of(picture, &info);
  info.par_n = 2;
  const Picture seen = sent(buffer, info, {});
  int across = 0;
  int down = 0;
  for (int x = 0; x < seen.width; ++x)
    across += seen.at(x, seen.height / 2).g > 127 ? 1 : 0;
  for (int y = 0; y < seen.height; ++y)
    down += seen.at(seen.width / 2, y).g > 127 ? 1 : 0;
  fail_unless(std::abs(across - down) <= 2, "%d by %d", across, down);
}
GST_END_TEST

GST_START_TEST(interlaced_frames_are_sent_by_one_field)
{
  // Each field shows something else, as where things move fast.
  const Picture first = mosaic("abcdef", 3, 192, 128);
  const Picture second = mosaic("fedcba", 3, 192, 128);
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_RGB,
        GST_VIDEO_FORMAT_I420_10LE, GST_VIDEO_FORMAT_v210}) {
    GstVideoInfo plain;
    GstVideoInfo info;
    g_autoptr(GstBuffer) other_i420 = frame_of(second, &plain);
    g_autoptr(GstBuffer) other = in_format(format, other_i420, plain, &info);
    g_autoptr(GstBuffer) i420 = frame_of(first, &plain);
    g_autoptr(GstBuffer) buffer = in_format(format, i420, plain, &info);
    {
      Mapped to{buffer, info};
      Mapped from{other, info};
      for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES(&info); ++p) {
        const auto stride = static_cast<std::size_t>(info.stride[p]);
        const int rows = p == 0 ? 128 : 128 >> GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, 1);
        for (int y = 1; y < rows; y += 2)
          std::copy_n(static_cast<std::uint8_t *>(from.frame.data[p]) + y * info.stride[p], stride,
                      static_cast<std::uint8_t *>(to.frame.data[p]) + y * info.stride[p]);
      }
    }
    info.interlace_mode = GST_VIDEO_INTERLACE_MODE_INTERLEAVED;
    const char *name = gst_video_format_to_string(format);
    for (const unsigned max : {0U, 96U}) {
      const Picture seen = sent(buffer, info, {.max_size = max});
      const double difference = mean_difference(seen, mosaic("abcdef", 3, seen.width, seen.height));
      fail_unless(difference < 8, "%s differs by %.2f", name, difference);
    }
    // In a mixed stream frames say it themselves.
    info.interlace_mode = GST_VIDEO_INTERLACE_MODE_MIXED;
    fail_unless(mean_difference(sent(buffer, info, {}), first) > 20, "%s", name);
    GST_BUFFER_FLAG_SET(buffer, GST_VIDEO_BUFFER_FLAG_INTERLACED);
    fail_unless(mean_difference(sent(buffer, info, {}), first) < 8, "%s", name);
  }
}
GST_END_TEST

GST_START_TEST(fields_that_come_one_by_one_are_sent_at_full_height)
{
  GstVideoInfo info;
  fail_unless(gst_video_info_set_interlaced_format(&info, GST_VIDEO_FORMAT_GRAY8,
                                                   GST_VIDEO_INTERLACE_MODE_ALTERNATE, 64, 128));
  g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  fail_unless(info.size < 64 * 128);
  gst_buffer_memset(buffer, 0, 200, info.size / 2);
  gst_buffer_memset(buffer, info.size / 2, 50, info.size / 2);
  for (const bool is_top : {false, true}) { // a bottom field plus a flag is a top field
    GST_BUFFER_FLAG_SET(buffer, is_top ? GST_VIDEO_BUFFER_FLAG_TOP_FIELD
                                       : GST_VIDEO_BUFFER_FLAG_BOTTOM_FIELD);
    const Picture seen = sent(buffer, info, {});
    fail_unless(seen.width == 64 && seen.height == 128);
    fail_unless(distance(seen.at(32, 55), {200, 200, 200}) < 4);
    fail_unless(distance(seen.at(32, 72), {50, 50, 50}) < 4);
  }
  GstVideoInfo packed;
  fail_unless(gst_video_info_set_interlaced_format(&packed, GST_VIDEO_FORMAT_v210,
                                                   GST_VIDEO_INTERLACE_MODE_ALTERNATE, 96, 128));
  g_autoptr(GstBuffer) field = gst_buffer_new_allocate(nullptr, packed.size, nullptr);
  gst_buffer_memset(field, 0, 255, packed.size / 2);
  gst_buffer_memset(field, packed.size / 2, 0, packed.size / 2);
  const Picture seen = sent(field, packed, {});
  fail_unless(seen.width == 96 && seen.height == 128);
  fail_unless(seen.at(32, 55).r > 200 && seen.at(32, 72).r < 60);
}
GST_END_TEST

GST_START_TEST(a_field_is_not_shifted_up_or_down)
{
  // A ramp from top to bottom: half a line more or less would show.
  Picture ramp{32, 128, {}};
  for (int y = 0; y < 128; ++y)
    ramp.rgb.insert(ramp.rgb.end(), 3 * 32, static_cast<std::uint8_t>(2 * y));
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = rgb_frame_of(ramp, &info);
  info.interlace_mode = GST_VIDEO_INTERLACE_MODE_INTERLEAVED;
  const Picture seen = sent(buffer, info, {.quality = 100});
  double sum = 0;
  for (int y = 4; y < 124; ++y)
    sum += seen.at(16, y).g - 2 * y;
  fail_unless(std::abs(sum / 120) < 0.3, "off by %.2f levels of 2 a line", sum / 120);
}
GST_END_TEST

GST_START_TEST(nothing_of_a_blackout_is_in_the_jpeg)
{
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_Y41B,
        GST_VIDEO_FORMAT_YUV9, GST_VIDEO_FORMAT_Y444, GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_BGRx,
        GST_VIDEO_FORMAT_GRAY8})
    for (const auto mode :
         {GST_VIDEO_INTERLACE_MODE_PROGRESSIVE, GST_VIDEO_INTERLACE_MODE_INTERLEAVED})
      for (const unsigned max : {0U, 75U, 20U}) {
        std::mt19937 random{max + static_cast<unsigned>(format)};
        for (int round = 0; round < 5; ++round) {
          const int left = static_cast<int>(random() % 150);
          const int top = static_cast<int>(random() % 90);
          const int right = left + 1 + static_cast<int>(random() % 60);
          const int bottom = top + 1 + static_cast<int>(random() % 40);
          std::vector<std::vector<std::uint8_t>> jpegs;
          for (const unsigned seed : {1U, 2U}) {
            GstVideoInfo info;
            fail_unless(gst_video_info_set_interlaced_format(&info, format, mode, 211, 131));
            g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
            fill_with_noise(buffer, info, 0, 0, 211, 131, 3);
            fill_with_noise(buffer, info, left, top, right, bottom, seed);
            EncoderSettings settings{.max_size = max, .quality = 95};
            settings.blackouts = {as_share(left, top, right, bottom, info),
                                  as_share(0, 0, 3, 3, info)};
            jpegs.push_back(encode(buffer, info, settings).jpeg);
          }
          fail_unless(jpegs[0] == jpegs[1], "%s: %d,%d to %d,%d shines through",
                      gst_video_format_to_string(format), left, top, right, bottom);
        }
      }
}
GST_END_TEST

GST_START_TEST(blackouts_are_black_in_every_format_and_the_rest_is_not)
{
  const Picture picture = mosaic("abcdef", 3, 192, 128);
  Picture secret = picture;
  for (int y = 40; y < 88; ++y)
    for (int x = 60; x < 132; ++x)
      for (int i = 0; i < 3; ++i)
        secret.rgb[static_cast<std::size_t>(3 * (y * 192 + x) + i)] = (x + y) % 2 ? 255 : 0;
  GstVideoInfo i420_info;
  g_autoptr(GstBuffer) i420 = frame_of(picture, &i420_info);
  g_autoptr(GstBuffer) secret_i420 = frame_of(secret, &i420_info);
  guint n = 0;
  const GstVideoFormat *formats = gst_video_formats_raw(&n);
  for (guint i = 0; i < n; ++i) {
    const char *name = gst_video_format_to_string(formats[i]);
    GstVideoInfo info;
    g_autoptr(GstBuffer) buffer = in_format(formats[i], i420, i420_info, &info);
    g_autoptr(GstBuffer) other = in_format(formats[i], secret_i420, i420_info, &info);
    EncoderSettings settings;
    // Wider than what differs, since the way to the format may spread it.
    settings.blackouts = {as_share(52, 32, 140, 96, info)};
    const EncodedFrame with = encode(buffer, info, settings);
    const EncodedFrame without = encode(other, info, settings);
    const bool is_dithered =
        GST_VIDEO_FORMAT_INFO_BITS(info.finfo) < 8 || formats[i] == GST_VIDEO_FORMAT_RGB8P;
    fail_unless(is_dithered || with.jpeg == without.jpeg, "%s", name);
    const Picture seen = decode(with.jpeg);
    for (int y = 34; y < 94; y += 5)
      for (int x = 54; x < 138; x += 5)
        fail_unless(distance(seen.at(x, y), kBlack) < 30, "%s at %d,%d: %.0f %.0f %.0f", name, x, y,
                    seen.at(x, y).r, seen.at(x, y).g, seen.at(x, y).b);
    fail_unless(distance(seen.at(96, 64), kBlack) < 1, "%s is not all black", name);
    if (GST_VIDEO_INFO_IS_GRAY(&info))
      continue;
    for (const auto &[x, y] :
         {std::pair{40, 50}, std::pair{152, 50}, std::pair{90, 20}, std::pair{90, 108}})
      fail_unless(distance(seen.at(x, y), picture.at(x, y)) < 45, "%s at %d,%d", name, x, y);
  }
}
GST_END_TEST

GST_START_TEST(blackouts_are_turned_and_cut_with_the_frame)
{
  const Picture picture = mosaic("abcdef", 3, 192, 128);
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = frame_of(picture, &info);
  for (const Turned &c : kTurned)
    for (const Rect &part : {Rect{0, 0, 1, 1}, Rect{0.25, 0.125, 0.5, 0.75}}) {
      const View view{part, c.orientation};
      EncoderSettings settings{.view = view};
      const Rect blackout = as_share(70, 24, 90, 60, info);
      settings.blackouts = {blackout};
      const Picture seen = sent(buffer, info, settings);
      const Rect at = to_picture(view, blackout);
      for (int y = 0; y < seen.height; ++y)
        for (int x = 0; x < seen.width; ++x) {
          const double px = (x + 0.5) / seen.width;
          const double py = (y + 0.5) / seen.height;
          const double margin = 0.05;
          const bool is_well_inside = px > at.x + margin && px < at.right() - margin &&
                                      py > at.y + margin && py < at.bottom() - margin;
          const bool is_well_outside = px < at.x - margin || px > at.right() + margin ||
                                       py < at.y - margin || py > at.bottom() + margin;
          const double level = std::max({seen.at(x, y).r, seen.at(x, y).g, seen.at(x, y).b});
          fail_unless(!is_well_inside || level < 40);
          fail_unless(!is_well_outside || level > 100);
        }
    }
}
GST_END_TEST

GST_START_TEST(a_blackout_that_is_no_number_is_all_black)
{
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = frame_of(mosaic("abcdef", 3, 48, 32), &info);
  const double nan = std::nan("");
  EncoderSettings settings;
  settings.blackouts = {{nan, nan, nan, nan}};
  const Picture seen = sent(buffer, info, settings);
  fail_unless(distance(seen.at(3, 3), kBlack) < 4 && distance(seen.at(40, 30), kBlack) < 4);
  settings.blackouts = {{-1, -1, 0.5, 0.5}, {1, 1, 1, 1}, {0.2, 0.2, 0, 0}}; // all beside it
  fail_unless(is_near(sent(buffer, info, settings).at(3, 3), colour_of('a')));
}
GST_END_TEST

GST_START_TEST(what_upstream_has_cut_off_in_memory_is_not_sent)
{
  // The frame is the middle of what lies in memory, from an odd pixel on.
  constexpr int kLeft = 65;
  constexpr int kTop = 49;
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = frame_of(mosaic("a", 1, 240, 144), &info);
  fill_with_noise(buffer, info, 0, 0, 240, 144, 5);
  {
    Mapped mapped{buffer, info};
    for (int y = kTop; y < kTop + 40; ++y)
      for (int x = kLeft; x < kLeft + 60; ++x)
        static_cast<std::uint8_t *>(mapped.frame.data[0])[y * info.stride[0] + x] =
            x < kLeft + 30 ? 60 : 180;
    for (guint c = 1; c < 3; ++c)
      for (int y = kTop / 2; y <= (kTop + 40) / 2; ++y)
        std::fill_n(static_cast<std::uint8_t *>(mapped.frame.data[c]) + y * info.stride[c] +
                        kLeft / 2,
                    31, std::uint8_t{128});
  }
  gst_buffer_add_video_meta(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 240, 144);
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta(buffer);
  crop->x = kLeft;
  crop->y = kTop;
  crop->width = 60;
  crop->height = 40;
  GstVideoInfo shown;
  gst_video_info_set_format(&shown, GST_VIDEO_FORMAT_I420, 60, 40);
  shown.colorimetry = info.colorimetry;

  const Picture whole = sent(buffer, shown, {.quality = 100});
  fail_unless(whole.width == 60 && whole.height == 40);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 60; ++x)
      fail_unless(std::abs(whole.at(x, y).g - (x < 30 ? 51 : 191)) < 6, "%f at %d,%d",
                  whole.at(x, y).g, x, y);
  const Picture part =
      sent(buffer, shown,
           {.quality = 100,
            .view = {.part = {0.5, 0, 0.5, 0.5}, .orientation = Orientation::rotate_180},
            .blackouts = {{0.75, 0, 0.25, 0.25}}});
  fail_unless(part.width == 30 && part.height == 20);
  fail_unless(part.at(25, 5).g > 180 && part.at(25, 15).g > 180);
  fail_unless(part.at(5, 5).g > 180 && part.at(5, 15).g < 12);
}
GST_END_TEST

GST_START_TEST(padding_that_counts_as_picture_is_not_sent)
{
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = frame_of(mosaic("ab", 2, 96, 64), &info);
  gst_buffer_add_video_meta(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 96, 64);
  GstVideoInfo shown = info;
  shown.width = 48;
  const Picture seen = sent(buffer, shown, {});
  fail_unless(seen.width == 48 && seen.height == 64);
  fail_unless(is_near(seen.at(4, 10), colour_of('a')) && is_near(seen.at(40, 60), colour_of('a')));
}
GST_END_TEST

GST_START_TEST(rows_are_read_where_they_are)
{
  // Planes in memories of their own, with rows far apart.
  const Picture picture = mosaic("abcdef", 3, 192, 128);
  GstVideoInfo info;
  g_autoptr(GstBuffer) packed = frame_of(picture, &info);
  constexpr std::size_t kStride = 333;
  std::array<gsize, GST_VIDEO_MAX_PLANES> offsets{};
  std::array<gint, GST_VIDEO_MAX_PLANES> strides{};
  g_autoptr(GstBuffer) buffer = gst_buffer_new();
  Mapped from{packed, info};
  for (guint p = 0; p < 3; ++p) {
    const int rows = p == 0 ? 128 : 64;
    const std::size_t size = kStride * static_cast<std::size_t>(rows);
    std::vector<std::uint8_t> plane(size, 77);
    for (int y = 0; y < rows; ++y)
      std::copy_n(static_cast<std::uint8_t *>(from.frame.data[p]) + y * info.stride[p],
                  p == 0 ? 192 : 96, &plane[kStride * static_cast<std::size_t>(y)]);
    GstMemory *memory = gst_allocator_alloc(nullptr, size, nullptr);
    gst_buffer_append_memory(buffer, memory);
    gst_buffer_fill(buffer, p == 0 ? 0 : offsets[p - 1] + kStride * (p == 1 ? 128 : 64),
                    plane.data(), size);
    offsets[p] = p == 0 ? 0 : offsets[p - 1] + kStride * (p == 1 ? 128 : 64);
    strides[p] = static_cast<gint>(kStride);
  }
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 192, 128,
                                 3, offsets.data(), strides.data());
  fail_unless(encode(buffer, info, {}).jpeg == encode(packed, info, {}).jpeg);
}
GST_END_TEST

GST_START_TEST(every_pixel_is_the_mean_of_its_area)
{
  constexpr int kFromWidth = 301;
  constexpr int kFromHeight = 199;
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, kFromWidth, kFromHeight);
  g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  fill_with_noise(buffer, info, 0, 0, kFromWidth, kFromHeight, 5);
  Mapped from{buffer, info};
  const Rect part{0.11, 0.07, 0.83, 0.9};
  for (const unsigned max : {200U, 140U, 77U, 40U, 5U, 1U}) {
    const Picture seen = sent(buffer, info, {.max_size = max, .quality = 100, .view = {part}});
    const double step_x = part.w * kFromWidth / seen.width;
    const double step_y = part.h * kFromHeight / seen.height;
    double worst = 0;
    for (int y = 0; y < seen.height; ++y)
      for (int x = 0; x < seen.width; ++x) {
        const double left = part.x * kFromWidth + x * step_x;
        const double top = part.y * kFromHeight + y * step_y;
        double sum = 0;
        for (int v = int(top); v < top + step_y && v < kFromHeight; ++v)
          for (int u = int(left); u < left + step_x && u < kFromWidth; ++u)
            sum += (std::min<double>(u + 1, left + step_x) - std::max<double>(u, left)) *
                   (std::min<double>(v + 1, top + step_y) - std::max<double>(v, top)) *
                   static_cast<std::uint8_t *>(from.frame.data[0])[v * info.stride[0] + u];
        worst = std::max(worst, std::abs(sum / (step_x * step_y) - seen.at(x, y).g));
      }
    fail_unless(worst < 4, "at %u pixels one is off by %.1f", max, worst);
  }
}
GST_END_TEST

// Whatever the size: it is for the sanitizers to find what is read beyond the frame.
GST_START_TEST(frames_of_all_sizes_and_views_are_sent)
{
  std::mt19937 random{11};
  const auto share = [&random] { return static_cast<double>(random() % 1000) / 999; };
  const auto pixels = [&random] { return static_cast<guint>(1 + random() % 70); };
  guint n = 0;
  const GstVideoFormat *formats = gst_video_formats_raw(&n);
  FrameEncoder encoder;
  for (guint i = 0; i < n; ++i)
    for (int round = 0; round < 12; ++round) {
      const auto mode = round % 4 == 0 ? GST_VIDEO_INTERLACE_MODE_INTERLEAVED
                                       : GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
      GstVideoInfo info;
      if (!gst_video_info_set_interlaced_format(&info, formats[i], mode, pixels(), pixels()))
        continue;
      if (round % 3 == 0)
        info.par_n = static_cast<int>(1 + random() % 4);
      std::vector<std::uint8_t> bytes(info.size);
      std::generate(bytes.begin(), bytes.end(),
                    [&random] { return static_cast<std::uint8_t>(random()); });
      g_autoptr(GstBuffer) buffer = gst_buffer_new_memdup(bytes.data(), bytes.size());
      EncoderSettings settings{.max_size = static_cast<unsigned>(random() % 80)};
      settings.view.part = {share() * 0.9, share() * 0.9, 0, 0};
      settings.view.part.w = 0.01 + share() * (0.99 - settings.view.part.x);
      settings.view.part.h = 0.01 + share() * (0.99 - settings.view.part.y);
      settings.view.orientation = static_cast<Orientation>(random() % 8);
      if (round % 2 != 0)
        settings.blackouts = {{share(), share(), share(), share()}};
      const auto result = encoder.encode(buffer, info, settings);
      fail_unless(result.has_value(), "%s: %s", gst_video_format_to_string(formats[i]),
                  result ? "" : result.error().message.c_str());
      const SentSize size = sent_size(info, settings.view, settings.max_size);
      fail_unless(result->width == size.width && result->height == size.height);
    }
}
GST_END_TEST

GST_START_TEST(the_frame_is_only_read)
{
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer = frame_of(mosaic("abcdef", 3, 48, 32), &info);
  g_autoptr(GstBuffer) before = gst_buffer_copy_deep(buffer);
  GST_MINI_OBJECT_FLAG_SET(gst_buffer_peek_memory(buffer, 0), GST_MEMORY_FLAG_READONLY);
  EncoderSettings settings;
  settings.blackouts = {{0.1, 0.1, 0.5, 0.5}};
  encode(buffer, info, settings);
  GstMapInfo map;
  fail_unless(gst_buffer_map(before, &map, GST_MAP_READ));
  fail_unless(gst_buffer_memcmp(buffer, 0, map.data, map.size) == 0);
  gst_buffer_unmap(before, &map);
}
GST_END_TEST

static Suite *frame_views_suite()
{
  Suite *suite = suite_create("frame_views");
  TCase *tcase = tcase_create("frame_views");
  tcase_add_test(tcase, frames_are_turned_upright);
  tcase_add_test(tcase, a_view_is_cut_out_to_the_pixel);
  tcase_add_test(tcase, luma_keeps_its_place_when_a_view_begins_between_two_chroma_samples);
  tcase_add_test(tcase, parts_of_pixels_count);
  tcase_add_test(tcase, nothing_outside_of_a_view_is_sent);
  tcase_add_test(tcase, a_view_of_one_pixel_is_sent);
  tcase_add_test(tcase, pixels_become_square);
  tcase_add_test(tcase, a_circle_on_oblong_pixels_is_sent_as_a_circle);
  tcase_add_test(tcase, interlaced_frames_are_sent_by_one_field);
  tcase_add_test(tcase, fields_that_come_one_by_one_are_sent_at_full_height);
  tcase_add_test(tcase, a_field_is_not_shifted_up_or_down);
  tcase_add_test(tcase, nothing_of_a_blackout_is_in_the_jpeg);
  tcase_add_test(tcase, blackouts_are_black_in_every_format_and_the_rest_is_not);
  tcase_add_test(tcase, blackouts_are_turned_and_cut_with_the_frame);
  tcase_add_test(tcase, a_blackout_that_is_no_number_is_all_black);
  tcase_add_test(tcase, what_upstream_has_cut_off_in_memory_is_not_sent);
  tcase_add_test(tcase, padding_that_counts_as_picture_is_not_sent);
  tcase_add_test(tcase, rows_are_read_where_they_are);
  tcase_add_test(tcase, every_pixel_is_the_mean_of_its_area);
  tcase_add_test(tcase, frames_of_all_sizes_and_views_are_sent);
  tcase_add_test(tcase, the_frame_is_only_read);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(frame_views)
