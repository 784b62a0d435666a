// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks from outlines. Each row of cells is crossed by several scan lines, each shifted a little to
// the side, so that every cell has as many samples as there are lines. Where an outline crosses a
// line, one bit is turned over; going along the row from the left, the bits turned over so far are
// the samples inside. That is the even-odd rule, without sorting anything.
#include "core/mask.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gemini {
namespace {

constexpr int kMaxLines = 16;
// Crossings are what costs time. No outline of a thing has as many as it has cells; one that does
// is drawn coarser. Small grids may have more.
constexpr std::size_t kFreeCrossings = std::size_t{1} << 14;
// In cells. Far enough that no visible line changes its slope, near enough for an int.
constexpr double kFar = 1e7;

// How a row of cells is sampled.
struct Sampling {
  int lines = kMaxLines;
  std::array<double, kMaxLines> shifts{};             // 0..1, of each line to the right
  std::array<std::uint8_t, kMaxLines + 1> coverage{}; // by the number of samples inside
};

// `lines` is a power of two.
Sampling sampling_of(int lines)
{
  // Odd, so that no two lines have the same shift, and such that neighbours are far apart.
  constexpr int kStep = 5;
  Sampling sampling{.lines = lines};
  for (int i = 0; i < lines; ++i)
    sampling.shifts[static_cast<std::size_t>(i)] = ((i * kStep + lines / 2) % lines + 0.5) / lines;
  for (int i = 0; i <= lines; ++i)
    sampling.coverage[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>((i * 255 + lines / 2) / lines);
  return sampling;
}

class Filler {
public:
  Filler(std::span<const Ring> rings, const Rect &rect, GridSize size)
      : rings_(rings), rect_(rect), width_(size.width), height_(size.height)
  {
  }

  void fill(std::vector<std::uint8_t> &coverage)
  {
    const std::size_t most = coverage.size() + kFreeCrossings;
    std::size_t stride = 1;
    double rows = rows_crossed(stride);
    while (rows > static_cast<double>(most) && stride < longest_ring()) {
      stride *= 2;
      rows = rows_crossed(stride);
    }
    int lines = kMaxLines;
    while (lines > 1 && rows * lines > static_cast<double>(most))
      lines /= 2;
    sampling_ = sampling_of(lines);
    turns_.assign(coverage.size(), 0);
    for_each_edge(stride, [this](Point a, Point b) { turn_along(a, b); });
    sweep(coverage);
  }

private:
  // Calls `take` with the ends of every edge, in cells. All points but one in `stride` are left
  // out.
  template <typename Take> void for_each_edge(std::size_t stride, Take take) const
  {
    for (const Ring &ring : rings_) {
      if (ring.empty())
        continue;
      const Point start = in_cells(ring.front());
      Point from = start;
      for (std::size_t i = stride; i < ring.size(); i += stride) {
        const Point to = in_cells(ring[i]);
        take(from, to);
        from = to;
      }
      take(from, start);
    }
  }

  std::size_t longest_ring() const
  {
    std::size_t longest = 0;
    for (const Ring &ring : rings_)
      longest = std::max(longest, ring.size());
    return longest;
  }

  double rows_crossed(std::size_t stride) const
  {
    double rows = 0;
    for_each_edge(stride, [&rows, this](Point a, Point b) {
      const double bottom = height_;
      rows += std::fabs(std::clamp(a.y, 0.0, bottom) - std::clamp(b.y, 0.0, bottom));
    });
    return rows;
  }

  Point in_cells(const Point &point) const
  {
    // fmin and fmax take the number where the other is none.
    const auto bounded = [](double value) { return std::fmin(std::fmax(value, -kFar), kFar); };
    return {bounded((point.x - rect_.x) / rect_.w * width_),
            bounded((point.y - rect_.y) / rect_.h * height_)};
  }

  // The first scan line at or below `y`, within the grid.
  int line_at(double y) const
  {
    const double line = std::ceil(y * sampling_.lines - 0.5);
    return static_cast<int>(std::clamp(line, 0.0, static_cast<double>(height_) * sampling_.lines));
  }

  // A line through a corner belongs to the edge below it only, so that both do not cancel out.
  void turn_along(Point a, Point b)
  {
    if (a.y > b.y)
      std::swap(a, b);
    const int end = line_at(b.y);
    int line = line_at(a.y);
    if (line >= end)
      return;
    const double step = (b.x - a.x) / (b.y - a.y);
    for (; line < end; ++line) {
      const auto sample = static_cast<std::size_t>(line % sampling_.lines);
      const double x =
          a.x + ((line + 0.5) / sampling_.lines - a.y) * step - sampling_.shifts[sample];
      if (!(x <= width_ - 1))
        continue; // no cell is right of it
      int column = x > 0 ? static_cast<int>(x) : 0;
      column += x > column ? 1 : 0;
      turns_[static_cast<std::size_t>(line / sampling_.lines) * static_cast<std::size_t>(width_) +
             static_cast<std::size_t>(column)] ^= static_cast<std::uint16_t>(1U << sample);
    }
  }

  void sweep(std::vector<std::uint8_t> &coverage) const
  {
    const auto width = static_cast<std::size_t>(width_);
    for (std::size_t begin = 0; begin < coverage.size(); begin += width) {
      unsigned inside = 0;
      std::uint8_t value = 0;
      for (std::size_t i = begin; i < begin + width; ++i) {
        if (turns_[i] != 0) {
          inside ^= turns_[i];
          value = sampling_.coverage[count_bits(inside)];
        }
        coverage[i] = value;
      }
    }
  }

  // Without an instruction for it, which not every machine has, faster than std::popcount.
  static std::size_t count_bits(unsigned bits)
  {
    bits -= (bits >> 1) & 0x5555U;
    bits = (bits & 0x3333U) + ((bits >> 2) & 0x3333U);
    bits = (bits + (bits >> 4)) & 0x0f0fU;
    return (bits + (bits >> 8)) & 0x1fU;
  }

  std::span<const Ring> rings_;
  Rect rect_;
  int width_;
  int height_;
  Sampling sampling_;
  std::vector<std::uint16_t> turns_; // a bit for each line of each cell
};

} // namespace

Mask mask_from_rings(std::span<const Ring> rings, const Rect &rect, GridSize size)
{
  if (size.width < 1 || size.height < 1)
    return {rect, size.width, size.height, {}};
  std::vector<std::uint8_t> coverage(static_cast<std::size_t>(size.width) *
                                     static_cast<std::size_t>(size.height));
  if (rect.w > 0 && rect.h > 0)
    Filler{rings, rect, size}.fill(coverage);
  return {rect, size.width, size.height, std::move(coverage)};
}

} // namespace gemini
