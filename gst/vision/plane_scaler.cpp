// SPDX-License-Identifier: LGPL-2.1-or-later
// Rows are added up first, which is the bulk of the work and runs along memory. What is left is
// turned into columns of eight pixels, so that adding up columns runs along memory too. All sums
// fit 16 bits, so that compilers make of the loops the vector instructions that every processor
// has.
#include "vision/plane_scaler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace gemini::vision {
namespace {

constexpr unsigned kShift = 8;
constexpr int kOne = 1 << kShift; // what weights add up to
constexpr std::uint16_t kHalf = kOne / 2;
constexpr std::size_t kLanes = 8;  // rows at a time: what a vector has of 16-bit sums
constexpr std::size_t kBlock = 16; // columns that are turned at a time

// One column. The compiler has to be told here: left alone it makes it a sum at a time.
using Lanes [[gnu::vector_size(2 * kLanes)]] = std::uint16_t;

constexpr std::size_t in_blocks(std::size_t columns)
{
  return (columns + kBlock - 1) / kBlock * kBlock;
}

// Sums of a fixed number of rows stay in registers.
template <std::size_t kTaps>
void add_few_rows(const std::uint8_t *const *rows, const std::uint16_t *weights, std::size_t width,
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
    out[x] = static_cast<std::uint8_t>(sum >> kShift);
  }
}

void add_many_rows(const std::uint8_t *const *rows, const std::uint16_t *weights, std::size_t taps,
                   std::size_t width, std::uint8_t *out)
{
  std::array<std::uint16_t, 512> sums; // a few at a time, to stay near
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
      out[begin + x] = static_cast<std::uint8_t>(sums[x] >> kShift);
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
    add_few_rows<2>(rows, weights, width, out);
    break;
  case 3:
    add_few_rows<3>(rows, weights, width, out);
    break;
  case 4:
    add_few_rows<4>(rows, weights, width, out);
    break;
  default:
    add_many_rows(rows, weights, taps, width, out);
  }
}

// Rows side by side or columns side by side. Each riffle of the halves moves the highest bit of
// all places to the lowest: as many as rows have bits turn them into columns, and the other way
// round.
using Block = std::array<std::uint8_t, kLanes * kBlock>;

void riffle(Block &block, int times)
{
  for (int i = 0; i < times; ++i) {
    const Block from = block;
    for (std::size_t at = 0; at < from.size() / 2; ++at) {
      block[2 * at] = from[at];
      block[2 * at + 1] = from[at + from.size() / 2];
    }
  }
}

template <std::size_t kTaps>
void add_columns(const Axis &across, const std::uint16_t *columns, std::uint16_t *__restrict out)
{
  const std::size_t taps = kTaps > 0 ? kTaps : across.taps();
  for (std::size_t x = 0; x < across.pixels(); ++x) {
    const std::uint16_t *from = columns + (across.begin(x) - across.low()) * kLanes;
    const std::uint16_t *weights = across.weights(x);
    Lanes sum = Lanes{} + kHalf;
    for (std::size_t tap = 0; tap < taps; ++tap) {
      Lanes column;
      std::memcpy(&column, from + tap * kLanes, sizeof column);
      sum += column * weights[tap];
    }
    sum >>= kShift;
    std::memcpy(out + x * kLanes, &sum, sizeof sum);
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
  rows_.resize(kLanes * in_blocks(width));
  sources_.resize(down.taps());
  for (std::size_t y = 0; y < down.pixels(); y += kLanes) {
    const std::size_t rows = std::min(kLanes, down.pixels() - y);
    for (std::size_t lane = 0; lane < rows; ++lane) {
      std::size_t taps = down.taps();
      while (taps > 1 && down.weights(y + lane)[taps - 1] == 0)
        --taps;
      for (std::size_t tap = 0; tap < taps; ++tap)
        sources_[tap] =
            row(down.begin(y + lane) + tap) + (across.is_copy() ? across.begin(0) : across.low());
      if (across.is_copy())
        add_rows(sources_.data(), down.weights(y + lane), taps, across.pixels(),
                 out + (y + lane) * out_stride);
      else
        add_rows(sources_.data(), down.weights(y + lane), taps, width,
                 &rows_[lane * in_blocks(width)]);
    }
    if (!across.is_copy())
      scale_across(across, rows, out + y * out_stride, out_stride);
  }
}

void PlaneScaler::scale_across(const Axis &across, std::size_t rows, std::uint8_t *out,
                               std::size_t out_stride)
{
  const std::size_t width = in_blocks(across.high() - across.low());
  columns_.resize(width * kLanes);
  pixels_.resize(in_blocks(across.pixels()) * kLanes);

  Block block;
  for (std::size_t x = 0; x < width; x += kBlock) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      std::memcpy(&block[lane * kBlock], &rows_[lane * width + x], kBlock);
    riffle(block, 3);
    std::copy(block.begin(), block.end(), &columns_[x * kLanes]);
  }

  switch (across.taps()) {
  case 2:
    add_columns<2>(across, columns_.data(), pixels_.data());
    break;
  case 3:
    add_columns<3>(across, columns_.data(), pixels_.data());
    break;
  case 4:
    add_columns<4>(across, columns_.data(), pixels_.data());
    break;
  default:
    add_columns<0>(across, columns_.data(), pixels_.data());
  }

  for (std::size_t x = 0; x < across.pixels(); x += kBlock) {
    for (std::size_t i = 0; i < block.size(); ++i)
      block[i] = static_cast<std::uint8_t>(pixels_[x * kLanes + i]);
    riffle(block, 4);
    const std::size_t count = std::min(kBlock, across.pixels() - x);
    for (std::size_t lane = 0; lane < rows; ++lane) {
      const std::uint8_t *from = &block[lane * kBlock];
      std::uint8_t *to = out + lane * out_stride + x;
      if (count == kBlock)
        std::memcpy(to, from, kBlock);
      else
        std::memcpy(to, from, count);
    }
  }
}

} // namespace gemini::vision
