// SPDX-License-Identifier: LGPL-2.1-or-later
// One pass for matrix and range, in sums of 16 bits, which compilers make vector instructions of.
// GstVideoConverter does the same at three times the price of the scaling, and with equal matrices
// it leaves the range as it was.
#include "vision/jpeg_colours.hpp"

#include "vision/luma_weights.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gemini::vision {

namespace {

// The change of basis. Both systems give grey the same luma and no chroma, so the new luma is the
// old one plus a little of each chroma, and the new chroma knows nothing of the luma. What becomes
// of a sample differs little from it: factors are of the difference, less than a half, with 9 bits
// behind the point, so that products with samples fit 16 bits. Sums have 6 bits behind it.
struct Change {
  std::int16_t y_y = 0; // less 1
  std::int16_t y_cb = 0;
  std::int16_t y_cr = 0;
  std::int16_t y_offset = 0; // in sums; includes the rounding
  std::int16_t cb_cb = 0;    // less 1
  std::int16_t cb_cr = 0;
  std::int16_t cr_cb = 0;
  std::int16_t cr_cr = 0; // less 1
};

constexpr int kFactorBits = 9;
constexpr int kSumBits = 6;
constexpr int kSumHalf = 1 << (kSumBits - 1);

std::int16_t factor(double value)
{
  constexpr long kMost = (1 << (kFactorBits - 1)) - 1;
  return static_cast<std::int16_t>(
      std::clamp(std::lround(value * (1 << kFactorBits)), -kMost, kMost));
}

Change change_to_jpeg(const GstVideoColorimetry &colorimetry)
{
  const bool is_full = colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  const double y_low = is_full ? 0 : 16;
  const double y_gain = is_full ? 1 : 255.0 / 219.0;
  const double c_gain = is_full ? 1 : 255.0 / 224.0;
  const LumaWeights from = luma_weights(colorimetry.matrix);
  const LumaWeights to;

  // R = Y + 2 (1 - kr) Cr, B = Y + 2 (1 - kb) Cb, G from Y = kr R + kg G + kb B, with chroma in
  // -0.5..0.5.
  const double r_cr = 2 * (1 - from.kr);
  const double b_cb = 2 * (1 - from.kb);
  const double g_cr = -from.kr * r_cr / from.kg();
  const double g_cb = -from.kb * b_cb / from.kg();
  // and back with the weights of BT.601.
  const double y_cb = to.kg() * g_cb + to.kb * b_cb;
  const double y_cr = to.kr * r_cr + to.kg() * g_cr;

  Change change;
  change.y_y = factor(y_gain - 1);
  change.y_cb = factor(y_cb * c_gain);
  change.y_cr = factor(y_cr * c_gain);
  change.y_offset =
      static_cast<std::int16_t>(kSumHalf - std::lround(y_gain * y_low * (1 << kSumBits)));
  change.cb_cb = factor((b_cb - y_cb) * c_gain / (2 * (1 - to.kb)) - 1);
  change.cb_cr = factor(-y_cr * c_gain / (2 * (1 - to.kb)));
  change.cr_cb = factor(-y_cb * c_gain / (2 * (1 - to.kr)));
  change.cr_cr = factor((r_cr - y_cr) * c_gain / (2 * (1 - to.kr)) - 1);
  return change;
}

// For RGB: 16 bits behind the point.
constexpr int kShift = 16;
constexpr int kHalf = 1 << (kShift - 1);

int fixed(double value)
{
  return static_cast<int>(std::lround(value * (1 << kShift)));
}

std::uint8_t clip(int value)
{
  return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

// In sums.
std::int16_t times(std::int16_t sample, std::int16_t factor)
{
  const auto product = static_cast<std::int16_t>(sample * factor);
  return static_cast<std::int16_t>(product >> (kFactorBits - kSumBits));
}

std::int16_t whole(std::int16_t sample)
{
  return static_cast<std::int16_t>(sample * (1 << kSumBits));
}

std::int16_t chroma(std::uint8_t sample)
{
  return static_cast<std::int16_t>(sample - 128);
}

std::uint8_t sample(std::int16_t sum)
{
  const auto value = static_cast<std::int16_t>(sum >> kSumBits);
  return static_cast<std::uint8_t>(std::clamp<std::int16_t>(value, 0, 255));
}

constexpr std::size_t kBlock = 256; // columns of luma at a time

// What chroma adds to the luma of each column.
using Tint = std::array<std::int16_t, kBlock>;

void tint(const std::uint8_t *cb, const std::uint8_t *cr, std::size_t count, const Change &change,
          Tint &out)
{
  for (std::size_t x = 0; x < count; ++x) {
    const auto sum = static_cast<std::int16_t>(times(chroma(cb[x]), change.y_cb) +
                                               times(chroma(cr[x]), change.y_cr) + change.y_offset);
    out[2 * x] = sum;
    out[2 * x + 1] = sum;
  }
}

void change_luma(std::uint8_t *y, std::size_t count, const Tint &tint, const Change &change)
{
  for (std::size_t x = 0; x < count; ++x) {
    const std::int16_t luma = y[x];
    y[x] = sample(static_cast<std::int16_t>(whole(luma) + times(luma, change.y_y) + tint[x]));
  }
}

void change_chroma(std::uint8_t *__restrict cb, std::uint8_t *__restrict cr, std::size_t count,
                   const Change &change)
{
  constexpr std::int16_t kMiddle = (128 << kSumBits) + kSumHalf;
  for (std::size_t x = 0; x < count; ++x) {
    const std::int16_t b = chroma(cb[x]);
    const std::int16_t r = chroma(cr[x]);
    cb[x] = sample(static_cast<std::int16_t>(whole(b) + times(b, change.cb_cb) +
                                             times(r, change.cb_cr) + kMiddle));
    cr[x] = sample(static_cast<std::int16_t>(whole(r) + times(b, change.cr_cb) +
                                             times(r, change.cr_cr) + kMiddle));
  }
}

} // namespace

bool is_jpeg_colour(const GstVideoColorimetry &colorimetry)
{
  const LumaWeights from = luma_weights(colorimetry.matrix);
  const LumaWeights to;
  return colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255 && std::abs(from.kr - to.kr) < 1e-3 &&
         std::abs(from.kb - to.kb) < 1e-3;
}

void to_jpeg_colours(const Planes420 &planes, const GstVideoColorimetry &colorimetry)
{
  const Change change = change_to_jpeg(colorimetry);
  Tint added;
  for (std::size_t row = 0; row < planes.height; row += 2) {
    for (std::size_t begin = 0; begin < planes.width; begin += kBlock) {
      const std::size_t count = std::min(kBlock, planes.width - begin);
      std::uint8_t *cb = planes.cb + row / 2 * planes.cb_stride + begin / 2;
      std::uint8_t *cr = planes.cr + row / 2 * planes.cr_stride + begin / 2;
      tint(cb, cr, (count + 1) / 2, change, added);
      for (std::size_t i = row; i < std::min(row + 2, planes.height); ++i)
        change_luma(planes.y + i * planes.y_stride + begin, count, added, change);
      change_chroma(cb, cr, (count + 1) / 2, change);
    }
  }
}

void rgb_to_jpeg_colours(const PlanesRgb &rgb, bool is_limited, const Planes420 &planes)
{
  const double gain = is_limited ? 255.0 / 219 : 1;
  const int black = is_limited ? 16 : 0;
  const LumaWeights to;
  const int y_r = fixed(to.kr * gain);
  const int y_b = fixed(to.kb * gain);
  const int y_g = fixed(gain) - y_r - y_b; // so that white stays white
  const int cb_r = fixed(-to.kr * gain / (2 * (1 - to.kb)));
  const int cb_b = fixed(gain / 2);
  const int cb_g = -cb_r - cb_b; // and grey without colour
  const int cr_b = fixed(-to.kb * gain / (2 * (1 - to.kr)));
  const int cr_r = fixed(gain / 2);
  const int cr_g = -cr_b - cr_r;
  for (std::size_t y = 0; y < planes.height; ++y) {
    const std::uint8_t *r = rgb.r + y * rgb.stride;
    const std::uint8_t *g = rgb.g + y * rgb.stride;
    const std::uint8_t *b = rgb.b + y * rgb.stride;
    std::uint8_t *out = planes.y + y * planes.y_stride;
    for (std::size_t x = 0; x < planes.width; ++x)
      out[x] = clip((y_r * (r[x] - black) + y_g * (g[x] - black) + y_b * (b[x] - black) + kHalf) >>
                    kShift);
  }
  // Of the mean of four pixels; the last row and column of an odd size count twice.
  constexpr int kMeanShift = kShift + 2;
  constexpr int kMeanHalf = 1 << (kMeanShift - 1);
  for (std::size_t y = 0; y < planes.height; y += 2) {
    const std::size_t upper = y * rgb.stride;
    const std::size_t lower = std::min(y + 1, planes.height - 1) * rgb.stride;
    for (std::size_t x = 0; x < planes.width; x += 2) {
      const std::size_t next = std::min(x + 1, planes.width - 1);
      const auto sum = [&](const std::uint8_t *plane) {
        return plane[upper + x] + plane[upper + next] + plane[lower + x] + plane[lower + next];
      };
      const int r = sum(rgb.r);
      const int g = sum(rgb.g);
      const int b = sum(rgb.b);
      planes.cb[y / 2 * planes.cb_stride + x / 2] =
          clip(((cb_r * r + cb_g * g + cb_b * b + kMeanHalf) >> kMeanShift) + 128);
      planes.cr[y / 2 * planes.cr_stride + x / 2] =
          clip(((cr_r * r + cr_g * g + cr_b * b + kMeanHalf) >> kMeanShift) + 128);
    }
  }
}

} // namespace gemini::vision
