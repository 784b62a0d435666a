// SPDX-License-Identifier: LGPL-2.1-or-later
// The brightness of a frame as a small picture.
//
// Of each block of pixels one or two lines are read. They are added up column by column, then the
// columns of each block, both in loops of vector instructions. Where the blocks do not fill the
// frame exactly, they are a pixel apart, or share one, here and there: the picture spans the frame.
#include "vision/luma_image.hpp"

#include "vision/luma_access.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

namespace gemini::vision {

namespace {

using Sums = std::vector<std::uint16_t>;

constexpr int kMostLines = 2; // of a block that are read; wide pixels take memory: 1

// How many times smaller the picture is than the frame.
int divisor_of(int width, int height)
{
  return std::max(1, (std::max(width, height) + kTrackedSide / 2) / kTrackedSide);
}

int divided(int pixels, int divisor)
{
  return std::max(1, (pixels + divisor / 2) / divisor);
}

// Blocks that lie side by side without a gap.
struct Run {
  std::size_t block = 0; // the first
  std::size_t blocks = 0;
  std::size_t sample = 0; // where that begins
};

std::vector<Run> runs_of(int samples, int block, int blocks)
{
  std::vector<Run> runs;
  for (int i = 0; i < blocks; ++i) {
    const auto begin =
        static_cast<std::size_t>(blocks > 1 ? std::int64_t{samples - block} * i / (blocks - 1) : 0);
    const auto size = static_cast<std::size_t>(block);
    if (runs.empty() || runs.back().sample + runs.back().blocks * size != begin)
      runs.push_back({static_cast<std::size_t>(i), 0, begin});
    ++runs.back().blocks;
  }
  return runs;
}

template <typename T> T load(const void *from)
{
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Sums of one or two lines (the same one twice counts twice), sample by sample.
template <std::size_t Stride>
void add_lines(const std::uint8_t *upper, const std::uint8_t *lower, Sums &sums)
{
  std::uint16_t *to = sums.data();
  const std::size_t n = sums.size();
  for (std::size_t x = 0; x < n; ++x)
    to[x] = static_cast<std::uint16_t>(upper[x * Stride] + lower[x * Stride]);
}

void add_words(const std::uint8_t *upper, const std::uint8_t *lower, int shift, Sums &sums)
{
  std::uint16_t *to = sums.data();
  const std::size_t n = sums.size();
  for (std::size_t x = 0; x < n; ++x)
    to[x] = static_cast<std::uint16_t>(((load<std::uint16_t>(upper + 2 * x) >> shift) & 0xff) +
                                       ((load<std::uint16_t>(lower + 2 * x) >> shift) & 0xff));
}

// The sums of two neighbours each: both bytes of a word.
void add_pairs(const std::uint8_t *upper, const std::uint8_t *lower, Sums &sums)
{
  std::uint16_t *to = sums.data();
  const std::size_t n = sums.size();
  for (std::size_t x = 0; x < n; ++x) {
    const auto a = load<std::uint16_t>(upper + 2 * x);
    const auto b = load<std::uint16_t>(lower + 2 * x);
    to[x] = static_cast<std::uint16_t>((a & 0xff) + (a >> 8) + (b & 0xff) + (b >> 8));
  }
}

// From the sum of a number of bytes to their mean.
struct Mean {
  unsigned shift = 16;
  std::uint32_t factor = 1;
  std::uint32_t half = 0;

  explicit Mean(unsigned n)
  {
    if (std::has_single_bit(n)) // faster
      shift = static_cast<unsigned>(std::countr_zero(n));
    else
      factor = (65536 + n / 2) / n;
    half = shift > 0 ? 1U << (shift - 1) : 0;
  }
};

template <std::size_t Samples>
void add_blocks(const std::uint16_t *sums, std::size_t n, const Mean &mean, std::uint8_t *to)
{
  const auto [shift, factor, half] = mean;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t sum = 0;
    if constexpr (Samples == 2) {
      const auto both = load<std::uint32_t>(sums + 2 * i);
      sum = (both & 0xffff) + (both >> 16);
    } else {
      for (std::size_t j = 0; j < Samples; ++j)
        sum += sums[i * Samples + j];
    }
    to[i] = static_cast<std::uint8_t>(factor == 1 ? (sum + half) >> shift
                                                  : std::min((sum * factor + half) >> shift, 255U));
  }
}

void add_blocks(const std::uint16_t *sums, std::size_t n, std::size_t samples, const Mean &mean,
                std::uint8_t *to)
{
  switch (samples) {
  case 1:
    return add_blocks<1>(sums, n, mean, to);
  case 2:
    return add_blocks<2>(sums, n, mean, to);
  case 3:
    return add_blocks<3>(sums, n, mean, to);
  case 4:
    return add_blocks<4>(sums, n, mean, to);
  default:
    break;
  }
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t sum = 0;
    for (std::size_t j = 0; j < samples; ++j)
      sum += sums[i * samples + j];
    to[i] =
        static_cast<std::uint8_t>(std::min((sum * mean.factor + mean.half) >> mean.shift, 255U));
  }
}

} // namespace

struct LumaShrinker::Parts {
  LumaAccess access;
  Sums sums;

  void add_two_lines(const LumaLines &from, int upper, int lower, bool in_pairs)
  {
    // Green is most of the brightness.
    const std::size_t component = from.kind == LumaLines::Kind::rgb ? 1 : 0;
    const std::uint8_t *a = from.line(component, upper);
    const std::uint8_t *b = from.line(component, lower);
    if (from.kind == LumaLines::Kind::words)
      return add_words(a, b, from.shift, sums);
    if (in_pairs)
      return add_pairs(a, b, sums);
    switch (from.pixel_stride) {
    case 1:
      return add_lines<1>(a, b, sums);
    case 2:
      return add_lines<2>(a, b, sums);
    case 3:
      return add_lines<3>(a, b, sums);
    case 4:
      return add_lines<4>(a, b, sums);
    default:
      break;
    }
    const auto stride = static_cast<std::size_t>(from.pixel_stride);
    for (std::size_t x = 0; x < sums.size(); ++x)
      sums[x] = static_cast<std::uint16_t>(a[x * stride] + b[x * stride]);
  }

  LumaImage shrunk(const LumaLines &from)
  {
    const int divisor = divisor_of(from.width, from.height);
    const bool in_pairs = from.kind == LumaLines::Kind::bytes && from.pixel_stride == 1 &&
                          divisor % 2 == 0 && from.width >= 2;
    const int pair = in_pairs ? 2 : 1;
    const int samples = from.width / pair;
    const int block = std::min(samples, divisor / pair);
    LumaImage image{.width = divided(from.width, divisor),
                    .height = divided(from.height, divisor),
                    .pixels = {}};
    const auto width = static_cast<std::size_t>(image.width);
    image.pixels.resize(width * static_cast<std::size_t>(image.height));
    const std::vector<Run> runs = runs_of(samples, block, image.width);
    sums.resize(static_cast<std::size_t>(samples));
    const Mean mean{static_cast<unsigned>(2 * pair * block)};
    const int most_lines = from.pixel_stride > 2 ? 1 : kMostLines;
    for (int row = 0; row < image.height; ++row) {
      const int top = static_cast<int>(std::int64_t{from.height} * row / image.height);
      const int bottom = static_cast<int>(std::int64_t{from.height} * (row + 1) / image.height);
      const int high = std::max(1, bottom - top);
      const bool is_single = most_lines == 1 || high == 1;
      add_two_lines(from, top + (is_single ? high / 2 : high / 4),
                    top + (is_single ? high / 2 : 3 * high / 4), in_pairs);
      std::uint8_t *to = image.pixels.data() + width * static_cast<std::size_t>(row);
      for (const Run &run : runs)
        add_blocks(sums.data() + run.sample, run.blocks, static_cast<std::size_t>(block), mean,
                   to + run.block);
    }
    return image;
  }
};

LumaShrinker::LumaShrinker() : parts_(std::make_unique<Parts>()) {}
LumaShrinker::~LumaShrinker() = default;

Result<LumaImage, Failure> LumaShrinker::read(GstBuffer *buffer, const GstVideoInfo &info)
{
  const int width = GST_VIDEO_INFO_WIDTH(&info);
  const int height = GST_VIDEO_INFO_HEIGHT(&info);
  const int divisor = divisor_of(width, height);
  const auto lines =
      parts_->access.open(buffer, info, {divided(width, divisor), divided(height, divisor)});
  if (!lines)
    return lines.error();
  LumaImage image = parts_->shrunk(*lines);
  parts_->access.close();
  return image;
}

} // namespace gemini::vision
