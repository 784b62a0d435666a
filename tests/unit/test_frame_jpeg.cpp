// SPDX-License-Identifier: LGPL-2.1-or-later
// JPEGs as input: passed on where nothing has to be done to them, without what others wrote into
// them, and decoded where something has.
#include "picture_support.hpp"
#include "vision/jpeg_decoder.hpp"
#include "vision/jpeg_markers.hpp"
#include "vision/luma_grid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;
using namespace gemini::vision;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::string_view kSecret = "Rue de la Paix 12";

Bytes jpeg_of(const Picture &picture, int subsampling = TJSAMP_420, int flags = 0)
{
  tjhandle handle = tjInitCompress();
  unsigned char *out = nullptr;
  unsigned long size = 0;
  fail_unless(tjCompress2(handle, picture.rgb.data(), picture.width, 0, picture.height, TJPF_RGB,
                          &out, &size, subsampling, 95, flags) == 0);
  Bytes jpeg(out, out + size);
  tjFree(out);
  tjDestroy(handle);
  return jpeg;
}

Bytes segment(std::uint8_t marker, std::string_view content)
{
  const std::size_t length = content.size() + 2;
  Bytes bytes;
  for (const std::size_t byte : {std::size_t{0xff}, std::size_t{marker}, length >> 8U, length})
    bytes.push_back(static_cast<std::uint8_t>(byte));
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

// Behind the first marker.
Bytes with_segments(Bytes jpeg, std::initializer_list<Bytes> segments)
{
  Bytes all;
  for (const Bytes &bytes : segments)
    all.insert(all.end(), bytes.begin(), bytes.end());
  jpeg.insert(jpeg.begin() + 2, all.begin(), all.end());
  return jpeg;
}

bool holds(const Bytes &bytes, std::string_view text)
{
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

struct Input {
  GstVideoInfo info;
  GstBuffer *buffer;
  Input(const Bytes &jpeg, int width, int height)
      : buffer(jpeg.empty() ? gst_buffer_new() : gst_buffer_new_memdup(jpeg.data(), jpeg.size()))
  {
    fail_unless(gst_video_info_set_format(&info, GST_VIDEO_FORMAT_ENCODED,
                                          static_cast<guint>(width), static_cast<guint>(height)));
  }
  ~Input() { gst_buffer_unref(buffer); }
  Input(const Input &) = delete;
  Input &operator=(const Input &) = delete;
};

EncodedFrame sent(const Bytes &jpeg, const EncoderSettings &settings, int width, int height)
{
  const Input input{jpeg, width, height};
  return encode(input.buffer, input.info, settings);
}

std::string failure_of(const Bytes &jpeg, const EncoderSettings &settings = {})
{
  const Input input{jpeg, 64, 64};
  FrameEncoder encoder;
  const auto result = encoder.encode(input.buffer, input.info, settings);
  fail_if(result.has_value());
  fail_unless(result.error().kind == FailureKind::frame);
  return result.error().message;
}

constexpr std::array<int, 6> kSubsamplings{TJSAMP_444,  TJSAMP_422, TJSAMP_420,
                                           TJSAMP_GRAY, TJSAMP_440, TJSAMP_411};

Picture gray_of(Picture picture)
{
  for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
    const double luma =
        0.299 * picture.rgb[i] + 0.587 * picture.rgb[i + 1] + 0.114 * picture.rgb[i + 2];
    std::fill_n(picture.rgb.begin() + static_cast<std::ptrdiff_t>(i), 3, round8(luma));
  }
  return picture;
}

} // namespace

GST_START_TEST(a_jpeg_of_the_right_size_goes_as_it_is)
{
  for (const int subsampling : kSubsamplings)
    for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
      const Bytes jpeg = jpeg_of(colour_bars(320, 200), subsampling, flags);
      const EncodedFrame frame = sent(jpeg, {.max_size = 320}, 320, 200);
      fail_unless(frame.jpeg == jpeg);
      fail_unless(frame.width == 320 && frame.height == 200);
    }
}
GST_END_TEST

GST_START_TEST(what_others_wrote_into_a_jpeg_stays_here)
{
  const Bytes plain = jpeg_of(colour_bars(320, 200));
  const std::string secret{kSecret};
  Bytes jpeg = with_segments(plain, {segment(0xe1, "Exif\0\0II*\0" + secret), segment(0xfe, secret),
                                     segment(0xed, "Photoshop 3.0\0" + secret),
                                     segment(0xe2, "MPF\0" + secret),
                                     segment(0xe0, std::string{"JFXX\0\x10", 6} + secret),
                                     segment(0xef, secret), segment(0xee, "Ducky" + secret)});
  // And behind its end, where some cameras put more pictures.
  jpeg.insert(jpeg.end(), secret.begin(), secret.end());
  fail_unless(holds(jpeg, kSecret));
  fail_unless(sent(jpeg, {.max_size = 320}, 320, 200).jpeg == plain);
}
GST_END_TEST

GST_START_TEST(metadata_between_scans_stays_here)
{
  const Bytes plain = jpeg_of(colour_bars(320, 200), TJSAMP_420, TJFLAG_PROGRESSIVE);
  Bytes jpeg = plain;
  std::size_t n_scans = 0;
  for (std::size_t at = 2; at + 1 < jpeg.size(); ++at) {
    if (jpeg[at] != 0xff || jpeg[at + 1] != 0xda || ++n_scans == 1)
      continue;
    const Bytes comment = segment(0xfe, kSecret);
    jpeg.insert(jpeg.begin() + static_cast<std::ptrdiff_t>(at), comment.begin(), comment.end());
    at += comment.size();
  }
  fail_unless(n_scans > 2);
  fail_unless(sent(jpeg, {.max_size = 320}, 320, 200).jpeg == plain);
}
GST_END_TEST

GST_START_TEST(what_says_how_to_show_a_jpeg_stays)
{
  using namespace std::string_literals;
  const Bytes jpeg =
      with_segments(jpeg_of(colour_bars(64, 64)), {segment(0xe2, "ICC_PROFILE\0\1\1profile"s),
                                                   segment(0xee, "Adobe\0\x64\0\0\0\0\1"s)});
  fail_unless(sent(jpeg, {}, 64, 64).jpeg == jpeg);
}
GST_END_TEST

GST_START_TEST(the_thumbnail_of_jfif_stays_here)
{
  using namespace std::string_literals;
  Bytes jpeg = jpeg_of(colour_bars(64, 64));
  fail_unless(holds(jpeg, "JFIF"));
  const std::size_t jfif = 2 + 18; // with the marker before
  const std::string header = "JFIF\0\1\2\1\0\x48\0\x60"s;
  const std::string thumbnail(3 * 4 * 5, 'T');
  const Bytes with = segment(0xe0, header + "\4\5"s + thumbnail);
  Bytes expected(jpeg.begin(), jpeg.begin() + 2);
  const Bytes without = segment(0xe0, header + "\0\0"s);
  expected.insert(expected.end(), without.begin(), without.end());
  expected.insert(expected.end(), jpeg.begin() + jfif, jpeg.end());
  jpeg.erase(jpeg.begin() + 2, jpeg.begin() + jfif);
  jpeg.insert(jpeg.begin() + 2, with.begin(), with.end());
  fail_unless(sent(jpeg, {}, 64, 64).jpeg == expected);
}
GST_END_TEST

GST_START_TEST(a_large_jpeg_is_made_smaller)
{
  const Picture bars = colour_bars(640, 360);
  for (const int subsampling : kSubsamplings)
    for (const int flags : {0, TJFLAG_PROGRESSIVE})
      for (const unsigned max : {500U, 320U, 150U, 80U, 33U}) {
        const Bytes jpeg = with_segments(jpeg_of(bars, subsampling, flags),
                                         {segment(0xe1, "Exif\0\0" + std::string{kSecret})});
        const EncodedFrame frame = sent(jpeg, {.max_size = max, .quality = 95}, 640, 360);
        fail_unless_equals_int(frame.width, static_cast<int>(max));
        fail_if(holds(frame.jpeg, kSecret));
        Picture expected = colour_bars(frame.width, frame.height);
        if (subsampling == TJSAMP_GRAY)
          expected = gray_of(expected);
        const double difference = mean_difference(decode(frame.jpeg), expected);
        fail_unless(difference < (max < 100 ? 30 : 6), "subsampling %d to %u: %.2f", subsampling,
                    max, difference);
      }
}
GST_END_TEST

GST_START_TEST(jpegs_are_turned_cut_and_blacked_out)
{
  for (const int subsampling : kSubsamplings) {
    const Bytes jpeg = jpeg_of(colour_bars(640, 360), subsampling);
    EncoderSettings settings{.max_size = 200, .view = {{0.5, 0, 0.5, 1}, Orientation::rotate_90}};
    settings.blackouts = {{0.5, 0.5, 0.25, 0.5}};
    const Picture seen = decode(sent(jpeg, settings, 640, 360).jpeg);
    // The right half on its side: what was left is above, the upper half is right.
    fail_unless_equals_int(seen.height, 178);
    fail_unless_equals_int(seen.width, 200);
    const Picture bars =
        subsampling == TJSAMP_GRAY ? gray_of(colour_bars(8, 1)) : colour_bars(8, 1);
    const auto near = [&](int x, int y, const Rgb &expected) {
      const Rgb c = seen.at(x, y);
      return std::abs(c.r - expected.r) < 12 && std::abs(c.g - expected.g) < 12 &&
             std::abs(c.b - expected.b) < 12;
    };
    fail_unless(near(150, 20, bars.at(4, 0)));
    fail_unless(near(150, 66, bars.at(5, 0)));
    fail_unless(near(150, 110, bars.at(6, 0)));
    fail_unless(near(50, 110, bars.at(6, 0)));
    fail_unless(near(50, 20, {0, 0, 0}));
    fail_unless(near(50, 66, {0, 0, 0}));
  }
}
GST_END_TEST

GST_START_TEST(nothing_of_a_blackout_is_left_of_a_jpeg_scaled_down)
{
  // Blocks of 16 pixels that differ where it is black: all else in the JPEG is equal.
  std::vector<Bytes> results;
  for (const int level : {0, 255}) {
    Picture picture{256, 128, std::vector<std::uint8_t>(3 * 256 * 128, 90)};
    for (int y = 32; y < 64; ++y)
      for (int x = 64; x < 128; ++x)
        picture.rgb[static_cast<std::size_t>(3 * (y * 256 + x) + (x % 3))] =
            static_cast<std::uint8_t>(level);
    EncoderSettings settings{.max_size = 40};
    settings.blackouts = {{0.25, 0.25, 0.25, 0.25}};
    results.push_back(sent(jpeg_of(picture), settings, 256, 128).jpeg);
  }
  fail_unless(results[0] == results[1]);
}
GST_END_TEST

GST_START_TEST(a_blackout_is_never_passed_on)
{
  const Bytes jpeg = jpeg_of(colour_bars(64, 64));
  EncoderSettings settings;
  settings.blackouts = {{0, 0, 1, 1}};
  const Picture seen = decode(sent(jpeg, settings, 64, 64).jpeg);
  fail_unless(*std::max_element(seen.rgb.begin(), seen.rgb.end()) < 3);
}
GST_END_TEST

GST_START_TEST(the_size_in_a_jpeg_wins_over_the_caps)
{
  const Bytes jpeg = jpeg_of(colour_bars(320, 200));
  const EncodedFrame same = sent(jpeg, {}, 640, 480);
  fail_unless(same.jpeg == jpeg && same.width == 320 && same.height == 200);
  const EncodedFrame unknown = sent(jpeg, {.max_size = 160}, 0, 0);
  fail_unless(unknown.width == 160 && unknown.height == 100);
}
GST_END_TEST

GST_START_TEST(all_views_of_a_jpeg_are_sent_as_each_would_be)
{
  const Bytes jpeg = jpeg_of(colour_bars(640, 480));
  const Input input{jpeg, 640, 480};
  const std::vector<View> views{
      {.part = {0, 0, 0.5, 0.5}},
      {},
      {.part = {0.25, 0.5, 0.25, 0.25}, .orientation = Orientation::rotate_90}};
  for (const unsigned max_size : {0U, 160U}) {
    FrameEncoder encoder;
    const auto all = encoder.encode(input.buffer, input.info, {.max_size = max_size}, views);
    fail_unless(all && all->size() == views.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
      const EncodedFrame one = sent(jpeg, {.max_size = max_size, .view = views[i]}, 640, 480);
      fail_unless(mean_difference(decode((*all)[i].jpeg), decode(one.jpeg)) < 2, "%zu of %u", i,
                  max_size);
    }
  }
}
GST_END_TEST

GST_START_TEST(oblong_pixels_of_a_jpeg_become_square)
{
  const Bytes jpeg = jpeg_of(colour_bars(320, 240));
  Input input{jpeg, 320, 240};
  input.info.par_n = 2;
  const EncodedFrame frame = encode(input.buffer, input.info, {});
  fail_unless(frame.width == 320 && frame.height == 120);
  fail_unless(mean_difference(decode(frame.jpeg), colour_bars(320, 120)) < 4);
}
GST_END_TEST

GST_START_TEST(odd_jpegs_are_sent_whole)
{
  for (const int subsampling : kSubsamplings)
    for (const auto &[width, height] : {std::pair{1, 1}, std::pair{17, 3}, std::pair{333, 217}}) {
      const Bytes jpeg = jpeg_of(colour_bars(width, height), subsampling);
      const EncodedFrame frame =
          sent(jpeg, {.view = {.orientation = Orientation::rotate_270}}, width, height);
      fail_unless(frame.width == height && frame.height == width);
      const EncodedFrame small = sent(jpeg, {.max_size = 16}, width, height);
      fail_unless(decode(small.jpeg).width == small.width);
    }
}
GST_END_TEST

GST_START_TEST(print_colours_are_made_screen_colours)
{
  // As Adobe writes it: each ink by the light it lets through.
  const Picture bars = colour_bars(64, 32);
  Bytes cmyk;
  for (std::size_t i = 0; i < bars.rgb.size(); i += 3)
    cmyk.insert(cmyk.end(), {bars.rgb[i], bars.rgb[i + 1], bars.rgb[i + 2], 255});
  tjhandle handle = tjInitCompress();
  unsigned char *out = nullptr;
  unsigned long size = 0;
  fail_unless(
      tjCompress2(handle, cmyk.data(), 64, 0, 32, TJPF_CMYK, &out, &size, TJSAMP_444, 95, 0) == 0);
  const Bytes jpeg(out, out + size);
  tjFree(out);
  tjDestroy(handle);
  fail_unless(mean_difference(decode(sent(jpeg, {}, 64, 32).jpeg), bars) < 8);
}
GST_END_TEST

GST_START_TEST(a_jpeg_without_its_tables_is_encoded_again)
{
  // As cameras and AVI files of old have it: everybody knows which tables are meant.
  Bytes jpeg = jpeg_of(colour_bars(64, 64));
  for (std::size_t at = 2; jpeg[at + 1] != 0xda;) {
    const std::size_t length = 2 + (std::size_t{jpeg[at + 2]} << 8 | jpeg[at + 3]);
    const auto begin = jpeg.begin() + static_cast<std::ptrdiff_t>(at);
    if (jpeg[at + 1] == 0xc4)
      jpeg.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
    else
      at += length;
  }
  const EncodedFrame frame = sent(jpeg, {}, 64, 64);
  const auto clean = without_metadata(frame.jpeg);
  fail_unless(clean.has_value() && clean->is_common);
  fail_unless(mean_difference(decode(frame.jpeg), colour_bars(64, 64)) < 8);
}
GST_END_TEST

GST_START_TEST(stray_bytes_of_cameras_are_got_over)
{
  Bytes jpeg = jpeg_of(colour_bars(640, 360));
  jpeg.insert(jpeg.end() - 2, {0, 0, 0, 0}); // before the end
  fail_unless_equals_int(sent(jpeg, {.max_size = 0}, 640, 360).width, 640);
  const Picture seen = decode(sent(jpeg, {.max_size = 320}, 640, 360).jpeg);
  fail_unless(mean_difference(seen, colour_bars(320, 180)) < 6);
}
GST_END_TEST

GST_START_TEST(broken_jpegs_are_failures)
{
  const Bytes jpeg = jpeg_of(colour_bars(64, 64));
  const auto cut = [&](std::size_t size) { return Bytes(jpeg.data(), jpeg.data() + size); };
  fail_unless(failure_of(Bytes{1, 2, 3, 4}).find("JPEG") != std::string::npos);
  fail_unless(failure_of(cut(jpeg.size() - 40)) == "The JPEG is cut off: it has no end");
  for (std::size_t size = 0; size < jpeg.size() - 2; size += size < 700 ? 1 : 37)
    fail_if(failure_of(cut(size)).empty());
  Bytes wild = jpeg;
  wild[2] = 0; // no marker
  fail_if(failure_of(wild).empty());
}
GST_END_TEST

GST_START_TEST(damage_never_does_harm)
{
  Bytes jpeg = jpeg_of(colour_bars(96, 64));
  unsigned state = 1;
  for (int round = 0; round < 3000; ++round) {
    Bytes damaged = jpeg;
    for (int i = 0; i < 3; ++i) {
      state = state * 1664525U + 1013904223U;
      // The size stays, or a small file may ask for a large picture.
      const std::size_t at = (state >> 8U) % damaged.size();
      damaged[at] = static_cast<std::uint8_t>(state >> 24U);
    }
    const Input input{damaged, 96, 64};
    FrameEncoder encoder;
    EncoderSettings settings{.max_size = 40};
    if (round % 2 != 0)
      settings.blackouts = {{0.2, 0.2, 0.3, 0.3}};
    const auto result = encoder.encode(input.buffer, input.info, settings);
    fail_unless(result.has_value() || !result.error().message.empty());
  }
}
GST_END_TEST

// Says that it has 64250 rows and columns.
static Bytes huge(Bytes jpeg)
{
  for (std::size_t at = 2; at + 9 < jpeg.size(); ++at)
    if (jpeg[at] == 0xff && (jpeg[at + 1] == 0xc0 || jpeg[at + 1] == 0xc2)) {
      jpeg[at + 5] = jpeg[at + 6] = jpeg[at + 7] = jpeg[at + 8] = 0xfa;
      break;
    }
  return jpeg;
}

GST_START_TEST(a_header_tells_size_and_coding)
{
  JpegDecoder decoder;
  const auto baseline = decoder.read_head(jpeg_of(colour_bars(333, 17)));
  fail_unless(baseline && baseline->width == 333 && baseline->height == 17);
  fail_unless(baseline->comes_in_one_scan);
  const Bytes comment = segment(0xfe, "\xff\xc2\xff\xda"); // that looks like others inside
  const auto gray =
      decoder.read_head(with_segments(jpeg_of(colour_bars(16, 500), TJSAMP_GRAY), {comment}));
  fail_unless(gray && gray->width == 16 && gray->height == 500 && gray->comes_in_one_scan);
  const auto progressive =
      decoder.read_head(jpeg_of(colour_bars(64, 48), TJSAMP_420, TJFLAG_PROGRESSIVE));
  fail_unless(progressive && progressive->width == 64 && progressive->height == 48);
  fail_if(progressive->comes_in_one_scan);
}
GST_END_TEST

// Whose coefficients have all to be kept until the last scan, however small it is to become.
GST_START_TEST(a_progressive_jpeg_that_claims_to_be_huge_takes_no_memory)
{
  const Bytes jpeg = huge(jpeg_of(colour_bars(64, 64), TJSAMP_420, TJFLAG_PROGRESSIVE));
  const std::string message = failure_of(jpeg, {.max_size = 64});
  fail_unless(message == "The JPEG of 64250x64250 pixels is too large to be decoded", "%s",
              message.c_str());
  const Input input{jpeg, 64, 64};
  fail_if(LumaReader{}.read(input.buffer, input.info, {}).has_value());
}
GST_END_TEST

GST_START_TEST(a_jpeg_that_claims_to_be_huge_is_a_failure)
{
  const Bytes jpeg = huge(jpeg_of(colour_bars(64, 64)));
  EncoderSettings settings{.max_size = 64};
  settings.blackouts = {{0, 0, 0.1, 0.1}};
  const std::string message = failure_of(jpeg, settings);
  fail_unless(message.find("64250x64250") != std::string::npos, "%s", message.c_str());
}
GST_END_TEST

static Suite *frame_jpeg_suite()
{
  Suite *suite = suite_create("frame_jpeg");
  TCase *tcase = tcase_create("frame_jpeg");
  tcase_add_test(tcase, a_jpeg_of_the_right_size_goes_as_it_is);
  tcase_add_test(tcase, what_others_wrote_into_a_jpeg_stays_here);
  tcase_add_test(tcase, metadata_between_scans_stays_here);
  tcase_add_test(tcase, what_says_how_to_show_a_jpeg_stays);
  tcase_add_test(tcase, the_thumbnail_of_jfif_stays_here);
  tcase_add_test(tcase, a_large_jpeg_is_made_smaller);
  tcase_add_test(tcase, jpegs_are_turned_cut_and_blacked_out);
  tcase_add_test(tcase, nothing_of_a_blackout_is_left_of_a_jpeg_scaled_down);
  tcase_add_test(tcase, a_blackout_is_never_passed_on);
  tcase_add_test(tcase, the_size_in_a_jpeg_wins_over_the_caps);
  tcase_add_test(tcase, all_views_of_a_jpeg_are_sent_as_each_would_be);
  tcase_add_test(tcase, oblong_pixels_of_a_jpeg_become_square);
  tcase_add_test(tcase, odd_jpegs_are_sent_whole);
  tcase_add_test(tcase, print_colours_are_made_screen_colours);
  tcase_add_test(tcase, a_jpeg_without_its_tables_is_encoded_again);
  tcase_add_test(tcase, stray_bytes_of_cameras_are_got_over);
  tcase_add_test(tcase, broken_jpegs_are_failures);
  tcase_add_test(tcase, damage_never_does_harm);
  tcase_add_test(tcase, a_header_tells_size_and_coding);
  tcase_add_test(tcase, a_progressive_jpeg_that_claims_to_be_huge_takes_no_memory);
  tcase_add_test(tcase, a_jpeg_that_claims_to_be_huge_is_a_failure);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(frame_jpeg)
