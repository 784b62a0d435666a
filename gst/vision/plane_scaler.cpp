// SPDX-License-Identifier: LGPL-2.1-or-later
// Rows are added up first, which is the bulk of the work and runs along memory. What is left is
// turned into columns of eight rows, so that adding up columns runs along memory too. All sums fit
// 16 bits, so that compilers use the narrow vector instructions that every processor has.
#include "vision/plane_scaler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace gemini::vision {
namespace {

constexpr int kOne = 256; // what weights add up to
constexpr std::uint16_t kHalf = 128;

// Sums of a fixed number of rows stay in registers.
template <std::size_t kTaps>
void add_rows(const std::uint8_t *const *rows, const std::uint16_t *weights, std::size_t width,
              std::uint8_t *__restrict out)
{
  std::array<const std::uint8_t *, kTaps> from;
  std::array<std::uint16_t, kTaps> weight;
  std::copy_n(rows, kTaps, from.begin());
  std::copy_n(weights, kTaps, weight.begin());
  for (std::size_t x = 0; x < width; ++x) {
    std::uint16_t sum = kHalf;
    for (std::size_t tap = 0; tap < kTaps; ++tap)
      sum = static_cast<std::uint16_t>(sum + from[tap][x] * weight[tap]);
    out[x] = static_cast<std::uint8_t>(sum >> 8);
  }
}

void add_many_rows(const std::uint8_t *const *rows, const std::uint16_t *weights, std::size_t taps,
                   std::size_t width, std::uint8_t *out)
{
  std::array<std::uint16_t, 512> sums;
  for (std::size_t begin = 0; begin < width; begin += sums.size()) {
    const std::size_t count = std::min(sums.size(), width - begin);
    std::fill_n(sums.begin(), count, kHalf);
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const std::uint8_t *row = rows[tap] + begin;
      const std::uint16_t weight = weights[tap];
      if (weight == 0)
        continue;
      for (std::size_t x = 0; x < count; ++x)
        sums[x] = static_cast<std::uint16_t>(sums[x] + row[x] * weight);
    }
    for (std::size_t x = 0; x < count; ++x)
      out[begin + x] = static_cast<std::uint8_t>(sums[x] >> 8);
  }
}

void add_rows(const std::uint8_t *const *rows, const std::uint16_t *weights, std::size_t taps,
              std::size_t width, std::uint8_t *out)
{
  switch (taps) {
  case 1:
    std::memcpy(out, rows[0], width);
    break;
  case 2:
    add_rows<2>(rows, weights, width, out);
    break;
  case 3:
    add_rows<3>(rows, weights, width, out);
    break;
  case 4:
    add_rows<4>(rows, weights, width, out);
    break;
  default:
    add_many_rows(rows, weights, taps, width, out);
  }
}

} // namespace

Axis::Axis(const Range &range, int pixels, bool is_mirrored)
    : low_(range.low), high_(range.high), begins_(static_cast<std::size_t>(std::max(pixels, 1)))
{
  const double n = static_cast<double>(begins_.size());
  const double step = (range.end - range.begin) / n;
  const bool is_area = step > 1;
  taps_ = std::min(is_area ? static_cast<std::size_t>(std::ceil(step)) + 1 : 2, high_ - low_);
  weights_.resize(begins_.size() * taps_);
  for (std::size_t i = 0; i < begins_.size(); ++i) {
    const std::size_t pixel = is_mirrored ? begins_.size() - 1 - i : i;
    const double at = range.begin + static_cast<double>(i) * step;
    if (is_area)
      set_area(pixel, at, at + step);
    else
      set_pair(pixel, at + step / 2 - 0.5);
  }
  is_copy_ = !is_mirrored;
  for (std::size_t i = 0; is_copy_ && i < begins_.size(); ++i)
    is_copy_ = begins_[i] == begins_[0] + i && weights(i)[0] == kOne;
}

// Weights of whole samples that overlap `begin` to `end`, as far as there are any. Sums are
// rounded, not weights, so that they add up.
void Axis::set_area(std::size_t pixel, double begin, double end)
{
  const double low = static_cast<double>(low_);
  const double high = static_cast<double>(high_);
  begin = std::clamp(begin, low, high - 1);
  end = std::clamp(end, begin + 1, high);
  const std::size_t first = std::min(static_cast<std::size_t>(begin), high_ - taps_);
  begins_[pixel] = first;
  int before = 0;
  for (std::size_t tap = 0; tap < taps_; ++tap) {
    const double upto = std::clamp(static_cast<double>(first + tap + 1), begin, end);
    const int sum = static_cast<int>(std::lround((upto - begin) / (end - begin) * kOne));
    weights_[pixel * taps_ + tap] = static_cast<std::uint16_t>(sum - before);
    before = sum;
  }
}

void Axis::set_pair(std::size_t pixel, double at)
{
  at = std::clamp(at, static_cast<double>(low_), static_cast<double>(high_ - 1));
  const std::size_t first = std::min(static_cast<std::size_t>(at), high_ - taps_);
  begins_[pixel] = first;
  const int second =
      taps_ < 2 ? 0 : static_cast<int>(std::lround((at - static_cast<double>(first)) * kOne));
  weights_[pixel * taps_] = static_cast<std::uint16_t>(kOne - second);
  if (taps_ > 1)
    weights_[pixel * taps_ + 1] = static_cast<std::uint16_t>(second);
}

void PlaneScaler::scale(const Row &row, const Axis &across, const Axis &down, std::uint8_t *out,
                        std::size_t out_stride)
{
  const std::size_t width = across.high() - across.low();
  rows_.resize(kLanes * width);
  sources_.resize(down.taps());
  for (std::size_t y = 0; y < down.pixels(); y += kLanes) {
    const std::size_t rows = std::min(kLanes, down.pixels() - y);
    for (std::size_t lane = 0; lane < rows; ++lane) {
      const std::size_t taps = down.is_copy() ? 1 : down.taps();
      for (std::size_t tap = 0; tap < taps; ++tap)
        sources_[tap] = row(down.begin(y + lane) + tap) + across.low();
      add_rows(sources_.data(), down.weights(y + lane), taps, width,
               across.is_copy() ? out + (y + lane) * out_stride : &rows_[lane * width]);
    }
    if (!across.is_copy())
      scale_across(across, rows, out + y * out_stride, out_stride);
  }
}

void PlaneScaler::scale_across(const Axis &across, std::size_t rows, std::uint8_t *out,
                               std::size_t out_stride)
{
  const std::size_t width = across.high() - across.low();
  columns_.resize(width);
  pixels_.resize(across.pixels());

  const std::uint8_t *from = rows_.data();
  Column *__restrict columns = columns_.data();
  for (std::size_t x = 0; x < width; ++x)
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      columns[x].lane[lane] = from[lane * width + x];

  const std::size_t taps = across.taps();
  for (std::size_t x = 0; x < across.pixels(); ++x) {
    const Column *column = columns + (across.begin(x) - across.low());
    const std::uint16_t *weights = across.weights(x);
    Column sum;
    for (std::uint16_t &lane : sum.lane)
      lane = kHalf;
    for (std::size_t tap = 0; tap < taps; ++tap)
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        sum.lane[lane] =
            static_cast<std::uint16_t>(sum.lane[lane] + column[tap].lane[lane] * weights[tap]);
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      pixels_[x].lane[lane] = sum.lane[lane] >> 8;
  }

  for (std::size_t lane = 0; lane < rows; ++lane)
    for (std::size_t x = 0; x < across.pixels(); ++x)
      out[lane * out_stride + x] = static_cast<std::uint8_t>(pixels_[x].lane[lane]);
}

} // namespace gemini::vision
