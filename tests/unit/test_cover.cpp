// SPDX-License-Identifier: LGPL-2.1-or-later
// Covered parts of frames: nothing of what was there is left, and nothing else has changed.
#include "plugin/sample_layout.hpp"
#include "render/cover.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

constexpr int kWidth = 333; // neither is a multiple of anything
constexpr int kHeight = 251;
constexpr std::array kFormats{
    GST_VIDEO_FORMAT_I420,      GST_VIDEO_FORMAT_YV12,      GST_VIDEO_FORMAT_NV12,
    GST_VIDEO_FORMAT_NV21,      GST_VIDEO_FORMAT_Y42B,      GST_VIDEO_FORMAT_Y444,
    GST_VIDEO_FORMAT_Y41B,      GST_VIDEO_FORMAT_YUV9,      GST_VIDEO_FORMAT_YUY2,
    GST_VIDEO_FORMAT_UYVY,      GST_VIDEO_FORMAT_GRAY8,     GST_VIDEO_FORMAT_RGB,
    GST_VIDEO_FORMAT_BGRx,      GST_VIDEO_FORMAT_ARGB,      GST_VIDEO_FORMAT_P010_10LE,
    GST_VIDEO_FORMAT_I420_10LE, GST_VIDEO_FORMAT_GRAY16_LE,
};

// Of noise, with padding behind its rows.
struct Frame {
  explicit Frame(GstVideoFormat format, unsigned seed = 1)
  {
    gst_video_info_set_format(&info, format, kWidth, kHeight);
    layout = *sample_layout(info);
    std::mt19937 random{seed};
    bytes.resize(info.size);
    for (std::uint8_t &byte : bytes)
      byte = static_cast<std::uint8_t>(random());
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info); ++plane) {
      memory.data[plane] = bytes.data() + info.offset[plane];
      memory.stride[plane] = info.stride[plane];
    }
  }

  // The elements that are covered when the pixels in `rects` are: of each channel the samples that
  // stand for one of them.
  std::vector<bool> elements_of(const CoverMap &map) const
  {
    std::vector<bool> touched(bytes.size());
    const auto last = static_cast<std::size_t>(layout.element_bytes) - 1;
    for (const Channel &channel : layout.channels)
      for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
          if (map.at(x / CoverMap::kCell, y / CoverMap::kCell)) {
            const std::size_t at = offset_of(channel, x >> channel.sub_x, y >> channel.sub_y);
            touched[at] = true;
            touched[at + last] = true;
          }
    return touched;
  }
  std::size_t offset_of(const Channel &channel, int x, int y) const
  {
    const auto plane = static_cast<std::size_t>(channel.plane);
    return info.offset[plane] +
           static_cast<std::size_t>(y) * static_cast<std::size_t>(info.stride[plane]) +
           static_cast<std::size_t>((channel.first + x * channel.step) * layout.element_bytes);
  }
  int at(const Channel &channel, int x, int y) const
  {
    const std::uint8_t *element = bytes.data() + offset_of(channel, x, y);
    if (layout.element_bytes == 1)
      return *element;
    std::uint16_t value = 0;
    std::memcpy(&value, element, sizeof value);
    return value;
  }

  GstVideoInfo info{};
  FrameLayout layout;
  std::vector<std::uint8_t> bytes;
  FrameMemory memory;
};

CoverMap some()
{
  CoverMap map{{kWidth, kHeight}};
  map.add(Rect{0.3, 0.2, 0.25, 0.4}, 0);
  map.add(Rect{0.9, 0.9, 0.5, 0.5}, 3); // beyond the corner
  return map;
}

template <typename Check> void for_each_frame(const Check &check)
{
  for (const GstVideoFormat format : kFormats)
    check(format, gst_video_format_to_string(format));
}

} // namespace

GST_START_TEST(only_what_is_covered_changes)
{
  for_each_frame([](GstVideoFormat format, const char *name) {
    for (const Cover how : {Cover::blur, Cover::pixelate, Cover::solid}) {
      const Frame before{format};
      Frame frame{format};
      const CoverMap map = some();
      cover(map, how, frame.layout, frame.memory);
      const std::vector<bool> covered = frame.elements_of(map);
      std::size_t n_same = 0;
      std::size_t n_others = 0;
      for (std::size_t i = 0; i < covered.size(); ++i) {
        const bool is_same = frame.bytes[i] == before.bytes[i];
        if (covered[i] && is_same)
          ++n_same;
        if (!covered[i] && !is_same)
          ++n_others;
      }
      fail_unless(n_others == 0, "%s: %zu other bytes have changed", name, n_others);
      // Noise that happens to be what is put there.
      const auto n = static_cast<std::size_t>(std::count(covered.begin(), covered.end(), true));
      fail_unless(n > 0 && n_same < n / 8, "%s: %zu of %zu bytes are as before", name, n_same, n);
    }
  });
}
GST_END_TEST

GST_START_TEST(solid_is_black)
{
  for_each_frame([](GstVideoFormat format, const char *name) {
    Frame frame{format};
    CoverMap map{{kWidth, kHeight}};
    map.add_all();
    cover(map, Cover::solid, frame.layout, frame.memory);
    for (const Channel &channel : frame.layout.channels)
      for (int y = 0; y < kHeight; y += 25)
        for (int x = 0; x < kWidth; x += 17)
          fail_unless(frame.at(channel, x >> channel.sub_x, y >> channel.sub_y) ==
                          static_cast<int>(channel.offset),
                      "%s at %d,%d", name, x, y);
  });
}
GST_END_TEST

// What lies in a tile has nothing to do with how it was arranged.
GST_START_TEST(no_detail_is_left)
{
  for_each_frame([](GstVideoFormat format, const char *name) {
    for (const Cover how : {Cover::blur, Cover::pixelate}) {
      Frame frame{format};
      CoverMap map{{kWidth, kHeight}};
      map.add_all();
      cover(map, how, frame.layout, frame.memory);
      const double range = frame.layout.bits;
      for (const Channel &channel : frame.layout.channels) {
        // Of noise all means are the same but for a little, so all is flat.
        constexpr int kTile = 16;
        const double n = (kTile >> channel.sub_x) * (kTile >> channel.sub_y);
        const double most = 7 * range / std::sqrt(12.0) / std::sqrt(n);
        const int last_x = ((kWidth - 1) >> channel.sub_x) * 9 / 10; // the last tiles are slivers
        const int last_y = ((kHeight - 1) >> channel.sub_y) * 9 / 10;
        double off = 0;
        for (int y = 0; y < last_y; ++y)
          for (int x = 0; x < last_x; ++x)
            off = std::max(off, std::abs(frame.at(channel, x, y) - range / 2));
        fail_unless(off < most, "%s: %f of at most %f", name, off, most);
      }
    }
  });
}
GST_END_TEST

GST_START_TEST(tiles_keep_their_mean_and_blurs_have_no_steps)
{
  Frame frame{GST_VIDEO_FORMAT_GRAY8};
  for (int y = 0; y < kHeight; ++y) // from dark to bright
    for (int x = 0; x < kWidth; ++x)
      frame.memory.data[0][y * frame.memory.stride[0] + x] =
          static_cast<std::uint8_t>(255 * x / kWidth);
  CoverMap map{{kWidth, kHeight}};
  map.add_all();
  const std::vector<std::uint8_t> before = frame.bytes;
  cover(map, Cover::pixelate, frame.layout, frame.memory);
  const Channel &luma = frame.layout.channels.front();
  int n_steps = 0;
  for (int x = 1; x < kWidth; ++x) {
    const int step = frame.at(luma, x, 100) - frame.at(luma, x - 1, 100);
    fail_unless(step >= 0);
    n_steps += step > 0 ? 1 : 0;
  }
  fail_unless(n_steps >= 10 && n_steps <= kWidth / 12, "%d steps", n_steps);
  frame.bytes = before;
  cover(map, Cover::blur, frame.layout, frame.memory);
  for (int x = 1; x < kWidth; ++x) {
    const int step = frame.at(luma, x, 100) - frame.at(luma, x - 1, 100);
    fail_unless(step >= 0 && step <= 2, "a step of %d at %d", step, x);
  }
}
GST_END_TEST

GST_START_TEST(maps_grow_by_their_margin_and_end_at_the_frame)
{
  const auto n_covered = [](const CoverMap &map) {
    int n = 0;
    for (int row = 0; row < map.rows(); ++row)
      for (int column = 0; column < map.columns(); ++column)
        n += map.at(column, row) ? 1 : 0;
    return n;
  };
  const Rect cell{0.25, 0.25, 0.125, 0.125}; // of 64x64 pixels
  CoverMap exact{{64, 64}};
  exact.add(cell, 0);
  fail_unless_equals_int(n_covered(exact), 1);
  fail_unless(exact.at(2, 2));
  CoverMap grown{{64, 64}};
  grown.add(cell, 1);
  fail_unless_equals_int(n_covered(grown), 9);
  const auto diagonal = std::make_shared<const Mask>(
      Mask{{0, 0, 1, 1}, 4, 4, {255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9}});
  CoverMap masked{{64, 64}};
  masked.add(*diagonal, 0);
  fail_unless_equals_int(n_covered(masked), 12);
  fail_unless(masked.at(0, 0) && masked.at(1, 1) && masked.at(4, 6) && masked.at(7, 7));
  masked.add(*diagonal, 64);
  fail_unless_equals_int(n_covered(masked), 64);
  CoverMap outside{{64, 64}};
  outside.add(Rect{2, 2, 1, 1}, 0);
  outside.add(Rect{-3, -3, 1, 1}, 0);
  fail_unless(outside.empty() && outside.rects().empty());
  outside.add(Rect{0.1, 0.1, std::numeric_limits<double>::quiet_NaN(), 1}, 0);
  fail_unless_equals_int(n_covered(outside), 64); // nobody knows where
  fail_unless((outside.rects() == std::vector<PixelRect>{{0, 0, 64, 64}}));
}
GST_END_TEST

GST_START_TEST(rectangles_are_the_cells_each_once)
{
  std::mt19937 random{3};
  for (int round = 0; round < 50; ++round) {
    CoverMap map{{kWidth, kHeight}};
    for (int i = 0; i < 6; ++i)
      map.add(Rect{static_cast<double>(random() % 100) / 100,
                   static_cast<double>(random() % 100) / 100, 0.2, 0.15},
              0);
    std::vector<int> n(std::size_t{kWidth} * kHeight);
    for (const PixelRect &rect : map.rects()) {
      fail_unless(rect.x >= 0 && rect.y >= 0 && rect.right() <= kWidth && rect.bottom() <= kHeight);
      for (int y = rect.y; y < rect.bottom(); ++y)
        for (int x = rect.x; x < rect.right(); ++x)
          ++n[static_cast<std::size_t>(y * kWidth + x)];
    }
    int n_wrong = 0;
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x)
        n_wrong += n[static_cast<std::size_t>(y * kWidth + x)] ==
                           (map.at(x / CoverMap::kCell, y / CoverMap::kCell) ? 1 : 0)
                       ? 0
                       : 1;
    fail_unless_equals_int(n_wrong, 0);
  }
}
GST_END_TEST

static Suite *cover_suite()
{
  Suite *suite = suite_create("cover");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, only_what_is_covered_changes);
  tcase_add_test(tcase, solid_is_black);
  tcase_add_test(tcase, no_detail_is_left);
  tcase_add_test(tcase, tiles_keep_their_mean_and_blurs_have_no_steps);
  tcase_add_test(tcase, maps_grow_by_their_margin_and_end_at_the_frame);
  tcase_add_test(tcase, rectangles_are_the_cells_each_once);
  return suite;
}

GST_CHECK_MAIN(cover)
