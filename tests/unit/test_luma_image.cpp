// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames of any format as small pictures.
#include "luma_support.hpp"
#include "vision/luma_image.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::vision;

namespace {

int pixel(const LumaImage &image, int x, int y)
{
  return image.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                      static_cast<std::size_t>(x)];
}

void check_halves(const LumaImage &image, const char *name)
{
  fail_unless(image.pixels.size() ==
              static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height));
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      // Those at the edge may have a bit of both.
      if (std::abs(2 * x + 1 - image.width) < 4)
        continue;
      const int is = pixel(image, x, y);
      fail_unless(2 * x < image.width ? is > 20 && is < 60 : is > 190 && is < 230,
                  "%s: %d,%d is %d", name, x, y, is);
    }
}

// Of GRAY8, brighter to the right and to the bottom.
Ref<GstBuffer> ramp(const GstVideoInfo &info)
{
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_WRITE));
  for (int y = 0; y < info.height; ++y)
    for (int x = 0; x < info.width; ++x)
      static_cast<std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(
          &frame, 0))[std::ptrdiff_t{GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0)} * y + x] =
          static_cast<std::uint8_t>(
              std::lround(20 + 120 * (x + 0.5) / info.width + 100 * (y + 0.5) / info.height));
  gst_video_frame_unmap(&frame);
  return buffer;
}

} // namespace

GST_START_TEST(pictures_are_made_of_every_format)
{
  LumaShrinker shrinker;
  const unsigned n =
      for_each_format([&shrinker](GstVideoFormat format, const char *name, bool is_tiled) {
        // GStreamer leaves out tiles that are not whole.
        const GstVideoInfo info =
            is_tiled ? info_of(format, 1280, 192) : info_of(format, 1282, 178);
        const auto image = shrinker.read(halves(info).get(), info);
        fail_unless(image.has_value(), "%s: %s", name, image ? "" : image.error().message.c_str());
        fail_unless_equals_int(image->width, 427);
        fail_unless_equals_int(image->height, is_tiled ? 64 : 59);
        check_halves(*image, name);
      });
  fail_unless(n > 70, "only %u formats were tried", n);
}
GST_END_TEST

GST_START_TEST(the_picture_spans_the_frame_whatever_its_size)
{
  LumaShrinker shrinker;
  for (const auto &[width, height, columns, rows] : {std::array{1920, 1080, 480, 270},
                                                     {1280, 720, 427, 240},
                                                     {1366, 768, 455, 256},
                                                     {3840, 2160, 480, 270},
                                                     {640, 480, 640, 480},
                                                     {720, 576, 360, 288},
                                                     {1080, 1920, 270, 480},
                                                     {2559, 1439, 512, 288},
                                                     {1921, 1081, 480, 270},
                                                     {8192, 64, 482, 4},
                                                     {1203, 2, 401, 1},
                                                     {3, 1203, 1, 401},
                                                     {1, 1, 1, 1}}) {
    const GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, width, height);
    const auto image = shrinker.read(ramp(info).get(), info);
    fail_unless(image.has_value());
    fail_unless_equals_int(image->width, columns);
    fail_unless_equals_int(image->height, rows);
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x) {
        const double expected = 20 + 120 * (x + 0.5) / columns + 100 * (y + 0.5) / rows;
        fail_unless(std::abs(pixel(*image, x, y) - expected) < 1.6, "%dx%d: %d,%d is %d, not %.1f",
                    width, height, x, y, pixel(*image, x, y), expected);
      }
  }
}
GST_END_TEST

GST_START_TEST(a_pixel_is_the_mean_of_lines_of_its_block)
{
  const GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, 1920, 1080);
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  GstMapInfo map;
  fail_unless(gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE));
  for (std::size_t i = 0; i < map.size; ++i)
    map.data[i] = static_cast<std::uint8_t>(i % 4 == 3 ? 200 : 40);
  gst_buffer_unmap(buffer.get(), &map);
  LumaShrinker shrinker;
  const auto image = shrinker.read(buffer.get(), info);
  fail_unless(image.has_value());
  for (const std::uint8_t value : image->pixels)
    fail_unless_equals_int(value, 80);
}
GST_END_TEST

GST_START_TEST(pictures_are_made_of_jpeg)
{
  const GstVideoInfo gray = info_of(GST_VIDEO_FORMAT_GRAY8, 1920, 1080);
  GstVideoInfo info = gray;
  info.finfo = gst_video_format_get_info(GST_VIDEO_FORMAT_ENCODED);
  LumaShrinker shrinker;
  const auto image = shrinker.read(jpeg_halves(gray).get(), info);
  fail_unless(image.has_value(), "%s", image ? "" : image.error().message.c_str());
  fail_unless_equals_int(image->width, 480);
  fail_unless_equals_int(image->height, 270);
  check_halves(*image, "JPEG");

  const auto broken = Ref<GstBuffer>::adopt(gst_buffer_new_memdup("no picture", 10));
  const auto failed = shrinker.read(broken.get(), info);
  fail_unless(!failed && failed.error().kind == FailureKind::frame);
}
GST_END_TEST

GST_START_TEST(pictures_are_made_of_fields_that_come_one_by_one)
{
  for (const GstVideoFormat format : {GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_v210}) {
    GstVideoInfo info;
    fail_unless(gst_video_info_set_interlaced_format(&info, format,
                                                     GST_VIDEO_INTERLACE_MODE_ALTERNATE, 96, 960));
    const auto field = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
    gst_buffer_memset(field.get(), 0, 255, info.size / 2);
    gst_buffer_memset(field.get(), info.size / 2, 0, info.size / 2);
    LumaShrinker shrinker;
    const auto image = shrinker.read(field.get(), info);
    fail_unless(image.has_value());
    fail_unless(image->pixels.front() > image->pixels.back() + 50);
  }
}
GST_END_TEST

GST_START_TEST(a_frame_too_small_for_its_caps_is_a_failure)
{
  const GstVideoInfo info = info_of(GST_VIDEO_FORMAT_I420, 320, 240);
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 100, nullptr));
  LumaShrinker shrinker;
  const auto image = shrinker.read(buffer.get(), info);
  fail_unless(!image && image.error().kind == FailureKind::frame);
}
GST_END_TEST

static Suite *luma_image_suite()
{
  Suite *suite = suite_create("luma image");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, pictures_are_made_of_every_format);
  tcase_add_test(tcase, the_picture_spans_the_frame_whatever_its_size);
  tcase_add_test(tcase, a_pixel_is_the_mean_of_lines_of_its_block);
  tcase_add_test(tcase, pictures_are_made_of_jpeg);
  tcase_add_test(tcase, pictures_are_made_of_fields_that_come_one_by_one);
  tcase_add_test(tcase, a_frame_too_small_for_its_caps_is_a_failure);
  return suite;
}

GST_CHECK_MAIN(luma_image)
