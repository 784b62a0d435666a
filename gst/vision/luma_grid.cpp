// SPDX-License-Identifier: LGPL-2.1-or-later
// The brightness of a frame as a small grid of means. A few lines of pixels for each row of cells
// are added up column by column, which the compiler turns into vector instructions; only then are
// the columns of a cell added up.
#include "vision/luma_grid.hpp"

#include <algorithm>
#include <cstddef>

namespace gemini::vision {

namespace {

// Samples across a cell that are enough where each costs more than a byte.
constexpr int kSamplesAcross = 7;

GridSize shape_of(int width, int height, int longer_side)
{
  const int longer = std::max(width, height);
  if (longer <= longer_side)
    return {width, height};
  const auto cells = [&](int pixels) { return std::max(1, pixels * longer_side / longer); };
  return {cells(width), cells(height)};
}

// Sums of a few lines: of 256 at most.
using Sums = std::vector<std::uint16_t>;

void add_bytes(Sums &sums, const std::uint8_t *line)
{
  std::uint16_t *to = sums.data();
  const std::size_t n = sums.size();
  for (std::size_t x = 0; x < n; ++x)
    to[x] = static_cast<std::uint16_t>(to[x] + line[x]);
}

void add_bytes(Sums &sums, const std::uint8_t *line, std::size_t step)
{
  for (std::uint16_t &sum : sums) {
    sum = static_cast<std::uint16_t>(sum + *line);
    line += step;
  }
}

void add_words(Sums &sums, const std::uint16_t *line, int shift)
{
  std::uint16_t *to = sums.data();
  const std::size_t n = sums.size();
  for (std::size_t x = 0; x < n; ++x)
    to[x] = static_cast<std::uint16_t>(to[x] + ((line[x] >> shift) & 0xff));
}

void add_rgb(Sums &sums, const std::uint8_t *r, const std::uint8_t *g, const std::uint8_t *b,
             std::size_t step)
{
  std::size_t at = 0;
  for (std::uint16_t &sum : sums) {
    sum = static_cast<std::uint16_t>(sum + ((77 * r[at] + 150 * g[at] + 29 * b[at]) >> 8));
    at += step;
  }
}

} // namespace

struct LumaReader::Summer {
  Sums sums;
  std::vector<std::size_t> edges; // of the cells, in samples

  // `add(y)` adds line y to the sums; every `step`th pixel of it.
  template <typename Add>
  LumaGrid grid(int width, int height, const LumaGridSize &size, bool takes_all, Add add)
  {
    const auto [columns, rows] = shape_of(width, height, size.longer_side);
    const int step = takes_all ? 1 : std::max(1, width / columns / kSamplesAcross);
    const int samples = (width + step - 1) / step;
    edges.clear();
    for (int i = 0; i <= columns; ++i)
      edges.push_back(static_cast<std::size_t>(samples * std::int64_t{i} / columns));
    sums.resize(static_cast<std::size_t>(samples));
    LumaGrid grid{.columns = columns, .rows = rows, .means = {}};
    grid.means.reserve(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row) {
      const int top = static_cast<int>(std::int64_t{height} * row / rows);
      const int bottom = static_cast<int>(std::int64_t{height} * (row + 1) / rows);
      const int lines = std::clamp(bottom - top, 1, size.lines);
      std::fill(sums.begin(), sums.end(), std::uint16_t{0});
      for (int i = 0; i < lines; ++i)
        add(top + (2 * i + 1) * (bottom - top) / (2 * lines), static_cast<std::size_t>(step));
      for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        unsigned sum = 0;
        for (std::size_t x = edges[i]; x < edges[i + 1]; ++x)
          sum += sums[x];
        grid.means.push_back(
            static_cast<float>(sum) /
            static_cast<float>((edges[i + 1] - edges[i]) * static_cast<std::size_t>(lines)));
      }
    }
    return grid;
  }

  LumaGrid grid(const LumaLines &from, const LumaGridSize &size)
  {
    const auto pixel = static_cast<std::size_t>(from.pixel_stride);
    switch (from.kind) {
    case LumaLines::Kind::words:
      return grid(from.width, from.height, size, true, [&](int y, std::size_t) {
        add_words(sums, reinterpret_cast<const std::uint16_t *>(from.line(0, y)), from.shift);
      });
    case LumaLines::Kind::rgb:
      return grid(from.width, from.height, size, false, [&](int y, std::size_t step) {
        add_rgb(sums, from.line(0, y), from.line(1, y), from.line(2, y), step * pixel);
      });
    case LumaLines::Kind::bytes:
      break;
    }
    return grid(from.width, from.height, size, pixel == 1, [&](int y, std::size_t step) {
      if (pixel == 1)
        add_bytes(sums, from.line(0, y));
      else
        add_bytes(sums, from.line(0, y), step * pixel);
    });
  }
};

LumaReader::LumaReader() : summer_(std::make_unique<Summer>()) {}
LumaReader::~LumaReader() = default;

Result<LumaGrid, Failure> LumaReader::read(GstBuffer *buffer, const GstVideoInfo &info,
                                           const LumaGridSize &size)
{
  const GridSize shape =
      shape_of(GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info), size.longer_side);
  const auto lines = access_.open(buffer, info, shape);
  if (!lines)
    return lines.error();
  LumaGrid grid = summer_->grid(*lines, size);
  access_.close();
  return grid;
}

} // namespace gemini::vision
