// SPDX-License-Identifier: LGPL-2.1-or-later
// Small grids of brightness: read from frames of any format, compared, and asked how sharp they
// are.
#include "glib/gst_ref.hpp"
#include "luma_support.hpp"
#include "vision/luma_grid.hpp"
#include "vision/luma_thumbnail.hpp"
#include "vision/sharpness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::vision;

namespace {

// Grey as a function of the place.
using Painter = std::function<double(int x, int y)>;

struct Grey {
  int width = 640;
  int height = 360;
  std::vector<std::uint8_t> pixels = std::vector<std::uint8_t>(
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height), std::uint8_t{110});

  void paint(const Painter &painter)
  {
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        at(x, y) = static_cast<std::uint8_t>(std::clamp(painter(x, y), 0.0, 255.0));
  }
  std::uint8_t &at(int x, int y)
  {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
  void box(int left, int top, int side, int value)
  {
    for (int y = top; y < top + side; ++y)
      for (int x = left; x < left + side; ++x)
        at(x, y) = static_cast<std::uint8_t>(value);
  }
  void noise(double sigma, unsigned seed)
  {
    std::mt19937 random{seed};
    std::normal_distribution<> error{0, sigma};
    for (std::uint8_t &pixel : pixels)
      pixel = static_cast<std::uint8_t>(std::clamp(pixel + error(random), 0.0, 255.0));
  }
};

// A street, as far as brightness goes: sky, houses with windows, road.
Grey scene()
{
  Grey grey;
  grey.paint([](int x, int y) {
    if (y < 120)
      return 190.0 + y / 6.0;
    if (y < 240)
      return x / 40 % 2 == 0 && y / 30 % 2 == 0 ? 70.0 : 130.0;
    return 90.0 + x / 32.0;
  });
  return grey;
}

Ref<GstBuffer> buffer_of(const Grey &grey)
{
  const GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, grey.width, grey.height);
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  gst_buffer_fill(buffer.get(), 0, grey.pixels.data(), grey.pixels.size());
  return buffer;
}

LumaGrid grid_of(const Grey &grey, const LumaGridSize &size = kThumbnail)
{
  LumaReader reader;
  const auto buffer = buffer_of(grey);
  auto grid =
      reader.read(buffer.get(), info_of(GST_VIDEO_FORMAT_GRAY8, grey.width, grey.height), size);
  fail_unless(grid.has_value());
  return std::move(*grid);
}

double change(const Grey &before, const Grey &now)
{
  return difference(grid_of(before), grid_of(now));
}

void check_halves(const LumaGrid &grid, const char *name)
{
  fail_unless(static_cast<int>(grid.means.size()) == grid.columns * grid.rows);
  for (int y = 0; y < grid.rows; ++y)
    for (int x = 0; x < grid.columns; ++x) {
      const float mean = grid.means[static_cast<std::size_t>(y * grid.columns + x)];
      // The cells at the edge may have a bit of both.
      if (std::abs(2 * x + 1 - grid.columns) < 4)
        continue;
      fail_unless(2 * x < grid.columns ? mean > 20 && mean < 60 : mean > 190 && mean < 230,
                  "%s: %d,%d is %.1f", name, x, y, static_cast<double>(mean));
    }
}

} // namespace

GST_START_TEST(brightness_is_read_from_every_format)
{
  LumaReader reader;
  const unsigned n =
      for_each_format([&reader](GstVideoFormat format, const char *name, bool is_tiled) {
        // GStreamer leaves out tiles that are not whole.
        const GstVideoInfo info = is_tiled ? info_of(format, 320, 192) : info_of(format, 322, 178);
        const auto grid = reader.read(halves(info).get(), info, kThumbnail);
        fail_unless(grid.has_value(), "%s: %s", name, grid ? "" : grid.error().message.c_str());
        fail_unless_equals_int(grid->columns, 64);
        fail_unless_equals_int(grid->rows, is_tiled ? 38 : 35);
        check_halves(*grid, name);
      });
  fail_unless(n > 70, "only %u formats were tried", n);
}
GST_END_TEST

GST_START_TEST(brightness_is_read_where_the_meta_says)
{
  GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 320, 180);
  const auto plain = halves(info);
  GstVideoInfo padded = info;
  GstVideoAlignment alignment;
  gst_video_alignment_reset(&alignment);
  alignment.padding_left = 32;
  alignment.padding_right = 48;
  alignment.padding_top = 6;
  fail_unless(gst_video_info_align(&padded, &alignment));
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, padded.size, nullptr));
  gst_buffer_memset(buffer.get(), 0, 255, padded.size);
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_NV12,
                                 320, 180, 2, padded.offset, padded.stride);
  GstVideoFrame from;
  GstVideoFrame to;
  fail_unless(gst_video_frame_map(&from, &info, plain.get(), GST_MAP_READ));
  fail_unless(gst_video_frame_map(&to, &info, buffer.get(), GST_MAP_WRITE));
  gst_video_frame_copy(&to, &from);
  gst_video_frame_unmap(&to);
  gst_video_frame_unmap(&from);

  LumaReader reader;
  const auto grid = reader.read(buffer.get(), info, kThumbnail);
  fail_unless(grid.has_value());
  check_halves(*grid, "padded NV12");
}
GST_END_TEST

GST_START_TEST(brightness_is_read_from_fields_that_come_one_by_one)
{
  for (const GstVideoFormat format : {GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_v210}) {
    GstVideoInfo info;
    fail_unless(gst_video_info_set_interlaced_format(&info, format,
                                                     GST_VIDEO_INTERLACE_MODE_ALTERNATE, 96, 960));
    const auto field = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
    gst_buffer_memset(field.get(), 0, 255, info.size / 2);
    gst_buffer_memset(field.get(), info.size / 2, 0, info.size / 2);
    LumaReader reader;
    const auto grid = reader.read(field.get(), info, kThumbnail);
    fail_unless(grid.has_value());
    fail_unless(grid->means.front() > grid->means.back() + 50);
  }
}
GST_END_TEST

GST_START_TEST(brightness_is_read_from_jpeg)
{
  const GstVideoInfo gray = info_of(GST_VIDEO_FORMAT_GRAY8, 1280, 720);
  const auto encoded = jpeg_halves(gray);
  GstVideoInfo info = gray;
  info.finfo = gst_video_format_get_info(GST_VIDEO_FORMAT_ENCODED);
  LumaReader reader;
  const auto grid = reader.read(encoded.get(), info, kThumbnail);
  fail_unless(grid.has_value(), "%s", grid ? "" : grid.error().message.c_str());
  fail_unless_equals_int(grid->columns, 64);
  fail_unless_equals_int(grid->rows, 36);
  check_halves(*grid, "JPEG");

  const auto broken = Ref<GstBuffer>::adopt(gst_buffer_new_memdup("no picture", 10));
  const auto failed = reader.read(broken.get(), info, kThumbnail);
  fail_unless(!failed && failed.error().kind == FailureKind::frame);
}
GST_END_TEST

GST_START_TEST(a_frame_too_small_for_its_caps_is_a_failure)
{
  const GstVideoInfo info = info_of(GST_VIDEO_FORMAT_I420, 320, 240);
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 100, nullptr));
  LumaReader reader;
  const auto grid = reader.read(buffer.get(), info, kThumbnail);
  fail_unless(!grid && grid.error().kind == FailureKind::frame);
}
GST_END_TEST

GST_START_TEST(grids_of_small_and_long_pictures_fit_them)
{
  LumaReader reader;
  for (const auto &[width, height, columns, rows] : {std::array{1, 1, 1, 1},
                                                     {3, 2, 3, 2},
                                                     {64, 64, 64, 64},
                                                     {65, 1, 64, 1},
                                                     {2, 4000, 1, 64},
                                                     {1080, 1920, 36, 64}}) {
    const GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, width, height);
    const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
    gst_buffer_memset(buffer.get(), 0, 77, info.size);
    const auto grid = reader.read(buffer.get(), info, kThumbnail);
    fail_unless(grid.has_value());
    fail_unless_equals_int(grid->columns, columns);
    fail_unless_equals_int(grid->rows, rows);
    for (const float mean : grid->means)
      fail_unless(mean > 76.9F && mean < 77.1F);
    fail_unless(difference(*grid, *grid) < 1e-6);
    fail_unless(sharpness(*grid) < 1e-6);
  }
}
GST_END_TEST

GST_START_TEST(a_small_object_that_appears_moves_or_leaves_is_a_change)
{
  // 24 of 640 pixels: a person far away. Wherever it stands.
  for (const int x : {7, 100, 303, 333, 600})
    for (const int y : {5, 130, 203, 330}) {
      Grey with = scene();
      with.box(x, y, 24, 20);
      const double appears = change(scene(), with);
      const double leaves = change(with, scene());
      Grey moved = scene();
      moved.box(x > 320 ? x - 12 : x + 12, y, 24, 20);
      const double moves = change(with, moved);
      fail_unless(appears > 0.05 && leaves > 0.05 && moves > 0.05, "%d,%d: %.3f %.3f %.3f", x, y,
                  appears, leaves, moves);
    }
}
GST_END_TEST

GST_START_TEST(sensor_noise_is_no_change)
{
  for (unsigned seed = 0; seed < 20; ++seed) {
    Grey before = scene();
    Grey now = scene();
    before.noise(8, 2 * seed);
    now.noise(8, 2 * seed + 1);
    const double noise = change(before, now);
    fail_unless(noise < 0.02, "%.3f", noise);
  }
}
GST_END_TEST

GST_START_TEST(an_object_in_noise_is_seen_all_the_same)
{
  Grey before = scene();
  Grey now = scene();
  now.box(211, 260, 30, 40);
  before.noise(8, 1);
  now.noise(8, 2);
  fail_unless(change(before, now) > 0.05);
}
GST_END_TEST

GST_START_TEST(a_change_of_light_is_no_change)
{
  for (const double gain : {0.85, 0.95, 1.05, 1.15})
    for (const double offset : {-20.0, 0.0, 20.0}) {
      Grey now = scene();
      for (std::uint8_t &pixel : now.pixels)
        pixel = static_cast<std::uint8_t>(std::clamp(pixel * gain + offset, 0.0, 255.0));
      const double light = change(scene(), now);
      // What is clipped at white does change.
      fail_unless(light < 0.03 || gain * 210 + offset > 250, "%.2f %+.0f: %.3f", gain, offset,
                  light);
    }
}
GST_END_TEST

GST_START_TEST(light_that_goes_out_is_a_change)
{
  Grey dark = scene();
  for (std::uint8_t &pixel : dark.pixels)
    pixel = static_cast<std::uint8_t>(pixel / 3);
  fail_unless(change(scene(), dark) > 0.05);
  Grey black;
  std::fill(black.pixels.begin(), black.pixels.end(), std::uint8_t{0});
  Grey white = black;
  std::fill(white.pixels.begin(), white.pixels.end(), std::uint8_t{255});
  fail_unless(change(black, white) > 0.5);
}
GST_END_TEST

GST_START_TEST(an_object_is_seen_through_a_change_of_light)
{
  Grey now = scene();
  now.box(400, 250, 30, 200);
  for (std::uint8_t &pixel : now.pixels)
    pixel = static_cast<std::uint8_t>(std::min(255.0, pixel * 0.9 + 5));
  fail_unless(change(scene(), now) > 0.1);
}
GST_END_TEST

GST_START_TEST(another_picture_is_a_large_change)
{
  Grey other;
  other.paint([](int x, int y) { return (x / 80 + y / 60) % 2 == 0 ? 220.0 : 30.0; });
  fail_unless(change(scene(), other) > 0.3);
  Grey wider;
  wider.width = 800;
  wider.height = 200;
  wider.pixels = std::vector<std::uint8_t>(800 * 200);
  fail_unless(change(scene(), wider) >= 1);
}
GST_END_TEST

GST_START_TEST(a_blurred_picture_is_less_sharp)
{
  // The same edges, more and more smeared by a motion of so many pixels.
  double last = 1e9;
  for (const int smear : {1, 2, 4, 8, 16, 32}) {
    Grey sharp = scene();
    Grey blurred = sharp;
    blurred.paint([&](int x, int y) {
      double sum = 0;
      for (int i = 0; i < smear; ++i)
        sum += sharp.at(std::min(x + i, sharp.width - 1), y);
      return sum / smear;
    });
    const double now = sharpness(grid_of(blurred, kSharpnessGrid));
    fail_unless(now < last, "%d pixels: %.1f after %.1f", smear, now, last);
    last = now;
  }
}
GST_END_TEST

static Suite *luma_suite()
{
  Suite *suite = suite_create("luma");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, brightness_is_read_from_every_format);
  tcase_add_test(tcase, brightness_is_read_where_the_meta_says);
  tcase_add_test(tcase, brightness_is_read_from_fields_that_come_one_by_one);
  tcase_add_test(tcase, brightness_is_read_from_jpeg);
  tcase_add_test(tcase, a_frame_too_small_for_its_caps_is_a_failure);
  tcase_add_test(tcase, grids_of_small_and_long_pictures_fit_them);
  tcase_add_test(tcase, a_small_object_that_appears_moves_or_leaves_is_a_change);
  tcase_add_test(tcase, sensor_noise_is_no_change);
  tcase_add_test(tcase, an_object_in_noise_is_seen_all_the_same);
  tcase_add_test(tcase, a_change_of_light_is_no_change);
  tcase_add_test(tcase, light_that_goes_out_is_a_change);
  tcase_add_test(tcase, an_object_is_seen_through_a_change_of_light);
  tcase_add_test(tcase, another_picture_is_a_large_change);
  tcase_add_test(tcase, a_blurred_picture_is_less_sharp);
  return suite;
}

GST_CHECK_MAIN(luma)
