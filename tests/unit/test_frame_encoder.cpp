// SPDX-License-Identifier: LGPL-2.1-or-later
// What is sent: size, colours, formats, strides.
#include "picture_support.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

#include <malloc.h>

using namespace gemini;
using namespace gemini::test;
using namespace gemini::vision;

namespace {

struct Colours {
  const char *colorimetry; // range:matrix:transfer:primaries of GStreamer, or a name
  double kr, kb;
  bool is_full;
};
constexpr Colours kColours[] = {
    {"bt601", 0.299, 0.114, false},    {"bt709", 0.2126, 0.0722, false},
    {"bt2020", 0.2627, 0.0593, false}, {"1:4:0:0", 0.299, 0.114, true},
    {"1:3:5:1", 0.2126, 0.0722, true},
};

void check_colours(const Picture &picture, const char *what)
{
  for (const Colours &colours : kColours) {
    GstVideoInfo info;
    g_autoptr(GstBuffer) buffer =
        to_i420(picture, colours.kr, colours.kb, colours.is_full, &info, colours.colorimetry);
    const double difference =
        mean_difference(picture, decode(encode(buffer, info, {.max_size = 0}).jpeg));
    g_print("%s in %s: mean difference %.2f\n", what, colours.colorimetry, difference);
    fail_unless(difference < 3, "%s in %s differs by %.2f", what, colours.colorimetry, difference);
  }
}

} // namespace

GST_START_TEST(colour_bars_are_sent_in_their_true_colours)
{
  check_colours(colour_bars(640, 360), "colour bars");
}
GST_END_TEST

GST_START_TEST(a_photo_is_sent_in_its_true_colours)
{
  const Picture photo = load_photo();
  if (photo.width == 0) {
    g_print("SKIPPED: there is no astronaut.png in GST_GEMINI_MEDIA\n");
    return;
  }
  check_colours(photo, "photo");
}
GST_END_TEST

// The same bars in every format that can be written, and scaled down.
GST_START_TEST(every_format_keeps_its_colours)
{
  const Picture bars = colour_bars(640, 360);
  GstVideoInfo from_info;
  g_autoptr(GstBuffer) from = to_i420(bars, 0.2126, 0.0722, false, &from_info, "bt709");
  const Picture small = colour_bars(320, 180);
  guint n = 0;
  const GstVideoFormat *formats = gst_video_formats_raw(&n);
  for (guint i = 0; i < n; ++i) {
    const char *format = gst_video_format_to_string(formats[i]);
    GstVideoInfo info;
    g_autoptr(GstBuffer) buffer = in_format(formats[i], from, from_info, &info);
    const EncodedFrame sent = encode(buffer, info, {.max_size = 320});
    fail_unless_equals_int(sent.width, 320);
    fail_unless_equals_int(sent.height, 180);
    if (GST_VIDEO_INFO_IS_GRAY(&info))
      continue;
    const double difference = mean_difference(small, decode(sent.jpeg));
    // A few have fewer bits or less chroma.
    const bool is_coarse = GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, 1) > 1 ||
                           GST_VIDEO_FORMAT_INFO_BITS(info.finfo) < 8 ||
                           formats[i] == GST_VIDEO_FORMAT_RGB8P;
    fail_unless(difference < (is_coarse ? 12 : 4), "%s differs by %.2f", format, difference);
  }
}
GST_END_TEST

GST_START_TEST(grey_keeps_its_levels)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, 64, 64);
  g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  gst_buffer_memset(buffer, 0, 30, info.size);
  const Rgb c = decode(encode(buffer, info, {}).jpeg).at(32, 32);
  fail_unless(std::abs(c.r - 30) < 3 && std::abs(c.g - 30) < 3 && std::abs(c.b - 30) < 3,
              "30 became %.0f %.0f %.0f", c.r, c.g, c.b);
}
GST_END_TEST

GST_START_TEST(the_sent_size_keeps_the_aspect_and_never_grows)
{
  struct Case {
    int width, height;
    unsigned max;
    int sent_width, sent_height;
  };
  for (const Case &c : {Case{1920, 1080, 1024, 1024, 576}, Case{1080, 1920, 1024, 576, 1024},
                        Case{640, 480, 1024, 640, 480}, Case{333, 217, 100, 100, 65},
                        Case{1920, 1080, 0, 1920, 1080}, Case{10000, 1, 100, 100, 1}}) {
    GstVideoInfo info;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(c.width),
                              static_cast<guint>(c.height));
    const SentSize size = sent_size(info, {}, c.max);
    fail_unless_equals_int(size.width, c.sent_width);
    fail_unless_equals_int(size.height, c.sent_height);
  }
}
GST_END_TEST

GST_START_TEST(odd_sizes_are_encoded_whole)
{
  for (const auto &[width, height] : {std::pair{333, 217}, std::pair{1, 1}, std::pair{17, 3}}) {
    const Picture bars = colour_bars(width, height);
    GstVideoInfo info;
    g_autoptr(GstBuffer) buffer = to_i420(bars, 0.299, 0.114, false, &info, "bt601");
    const Picture sent = decode(encode(buffer, info, {.quality = 95}).jpeg);
    fail_unless_equals_int(sent.width, width);
    fail_unless_equals_int(sent.height, height);
    // At both ends of the last row: what lies beyond the picture must not shine in.
    for (const int x : {width / 16, width - 1}) {
      const Rgb before = bars.at(x, height - 1);
      const Rgb after = sent.at(x, height - 1);
      fail_unless(std::abs(before.g - after.g) < 8, "%dx%d at %d: %.0f became %.0f", width, height,
                  x, before.g, after.g);
    }
  }
}
GST_END_TEST

GST_START_TEST(nothing_beyond_an_odd_picture_is_sent)
{
  GstVideoInfo info;
  g_autoptr(GstBuffer) buffer =
      to_i420(colour_bars(333, 217), 0.2126, 0.0722, false, &info, "bt709");
  std::vector<std::vector<std::uint8_t>> sent;
  for (const int garbage : {0x01, 0xfe}) { // what memory holds before it is written to
    mallopt(M_PERTURB, garbage);
    sent.push_back(encode(buffer, info, {}).jpeg);
  }
  mallopt(M_PERTURB, 0);
  fail_unless(sent[0] == sent[1]);
}
GST_END_TEST

GST_START_TEST(one_encoder_follows_a_change_of_caps)
{
  FrameEncoder encoder;
  for (const int width : {64, 128, 64}) {
    GstVideoInfo info;
    g_autoptr(GstBuffer) buffer =
        to_i420(colour_bars(width, 32), 0.299, 0.114, false, &info, "bt601");
    const auto sent = encoder.encode(buffer, info, {});
    fail_unless(sent.has_value());
    fail_unless_equals_int(sent->width, width);
  }
}
GST_END_TEST

GST_START_TEST(a_frame_that_is_too_small_is_a_failure)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, 64, 64);
  g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate(nullptr, 10, nullptr);
  FrameEncoder encoder;
  const auto result = encoder.encode(buffer, info, {});
  fail_unless(!result.has_value());
  fail_unless(result.error().kind == FailureKind::frame);
}
GST_END_TEST

static Suite *frame_encoder_suite()
{
  Suite *suite = suite_create("frame_encoder");
  TCase *tcase = tcase_create("frame_encoder");
  tcase_add_test(tcase, colour_bars_are_sent_in_their_true_colours);
  tcase_add_test(tcase, a_photo_is_sent_in_its_true_colours);
  tcase_add_test(tcase, every_format_keeps_its_colours);
  tcase_add_test(tcase, grey_keeps_its_levels);
  tcase_add_test(tcase, the_sent_size_keeps_the_aspect_and_never_grows);
  tcase_add_test(tcase, odd_sizes_are_encoded_whole);
  tcase_add_test(tcase, nothing_beyond_an_odd_picture_is_sent);
  tcase_add_test(tcase, one_encoder_follows_a_change_of_caps);
  tcase_add_test(tcase, a_frame_that_is_too_small_is_a_failure);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(frame_encoder)
