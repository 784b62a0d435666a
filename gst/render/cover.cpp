// SPDX-License-Identifier: LGPL-2.1-or-later
// Covered cells get the means of large tiles, or what lies between these: what is finer is gone,
// and nothing can bring it back.
#include "render/cover.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace gemini {
namespace {

constexpr int kTilesPerHeight = 20;

int cells_of(int pixels)
{
  return (pixels + CoverMap::kCell - 1) / CoverMap::kCell;
}

// In pixels; whole cells.
int tile_size(PixelSize frame)
{
  return std::max(2, cells_of(std::min(frame.width, frame.height) / kTilesPerHeight)) *
         CoverMap::kCell;
}

// The samples of one channel.
template <typename Element> class Samples {
public:
  Samples(const Channel &channel, const FrameLayout &layout, const FrameMemory &memory)
      : channel_(channel), bits_(layout.bits),
        data_(memory.data[static_cast<std::size_t>(channel.plane)]),
        stride_(memory.stride[static_cast<std::size_t>(channel.plane)]),
        width_((layout.width + (1 << channel.sub_x) - 1) >> channel.sub_x),
        height_((layout.height + (1 << channel.sub_y) - 1) >> channel.sub_y)
  {
  }

  int width() const { return width_; }
  int height() const { return height_; }
  // Where the sample is that the pixel belongs to; past the end at the frame's end.
  int x_of(int pixel) const { return std::min(pixel >> channel_.sub_x, width_); }
  int y_of(int pixel) const { return std::min(pixel >> channel_.sub_y, height_); }
  // The last pixels of an odd frame have a sample of their own.
  int x_end(int pixel, int frame_width) const
  {
    return pixel >= frame_width ? width_ : x_of(pixel);
  }
  int y_end(int pixel, int frame_height) const
  {
    return pixel >= frame_height ? height_ : y_of(pixel);
  }
  Element &at(int x, int y) const
  {
    auto *row = reinterpret_cast<Element *>(data_ + y * stride_);
    return row[channel_.first + std::ptrdiff_t{x} * channel_.step];
  }

  // Its bits that are used.
  int value(int x, int y) const { return at(x, y) & bits_; }

private:
  const Channel &channel_;
  int bits_;
  std::uint8_t *data_;
  std::ptrdiff_t stride_;
  int width_;
  int height_;
};

// The mean of each tile that is covered somewhere, and of its neighbours.
class Tiles {
public:
  template <typename Element>
  Tiles(const Samples<Element> &samples, const CoverMap &map, PixelSize frame)
      : size_(tile_size(frame)), columns_((frame.width + size_ - 1) / size_),
        rows_((frame.height + size_ - 1) / size_),
        means_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), -1.0F)
  {
    for (int row = 0; row < map.rows(); ++row)
      for (int column = 0; column < map.columns(); ++column) {
        if (!map.at(column, row))
          continue;
        const int tile_x = column * CoverMap::kCell / size_;
        const int tile_y = row * CoverMap::kCell / size_;
        for (int y = std::max(0, tile_y - 1); y <= std::min(tile_y + 1, rows_ - 1); ++y)
          for (int x = std::max(0, tile_x - 1); x <= std::min(tile_x + 1, columns_ - 1); ++x)
            if (mean(x, y) < 0)
              mean(x, y) = mean_of(samples, x, y, frame);
      }
  }

  // Of the tile that holds the pixel.
  float tile_at(double x, double y) const
  {
    return mean(clamped(x / size_, columns_), clamped(y / size_, rows_));
  }
  // Between the centres of tiles.
  float between(double x, double y) const
  {
    const double across = x / size_ - 0.5;
    const double down = y / size_ - 0.5;
    const int left = static_cast<int>(std::floor(across));
    const int top = static_cast<int>(std::floor(down));
    const auto part_x = static_cast<float>(across - left);
    const auto part_y = static_cast<float>(down - top);
    const auto tile = [this](int column, int row) {
      return mean(std::clamp(column, 0, columns_ - 1), std::clamp(row, 0, rows_ - 1));
    };
    const float above = tile(left, top) * (1 - part_x) + tile(left + 1, top) * part_x;
    const float below = tile(left, top + 1) * (1 - part_x) + tile(left + 1, top + 1) * part_x;
    return above * (1 - part_y) + below * part_y;
  }

private:
  static int clamped(double tile, int n) { return std::clamp(static_cast<int>(tile), 0, n - 1); }

  template <typename Element>
  float mean_of(const Samples<Element> &samples, int x, int y, PixelSize frame) const
  {
    const int right = samples.x_end((x + 1) * size_, frame.width);
    const int bottom = samples.y_end((y + 1) * size_, frame.height);
    double sum = 0;
    std::size_t n = 0;
    for (int row = samples.y_of(y * size_); row < bottom; ++row)
      for (int column = samples.x_of(x * size_); column < right; ++column, ++n)
        sum += samples.value(column, row);
    return n > 0 ? static_cast<float>(sum / static_cast<double>(n)) : 0;
  }

  float &mean(int x, int y) { return means_[index(x, y)]; }
  float mean(int x, int y) const { return means_[index(x, y)]; }
  std::size_t index(int x, int y) const
  {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(columns_) +
           static_cast<std::size_t>(x);
  }

  int size_;
  int columns_;
  int rows_;
  std::vector<float> means_; // negative: nobody needs it
};

template <typename Element>
void cover_channel(const CoverMap &map, Cover how, const Channel &channel,
                   const FrameLayout &layout, const FrameMemory &memory)
{
  const Samples<Element> samples{channel, layout, memory};
  const PixelSize frame{layout.width, layout.height};
  const auto to_element = [&layout](double value) {
    const long whole = std::lround(std::clamp<double>(value, 0, layout.bits));
    return static_cast<Element>(whole & layout.bits);
  };
  const Element black = to_element(channel.offset);
  const std::vector<PixelRect> rects = map.rects();
  const auto fill = [&](const auto &value_at) {
    for (const PixelRect &rect : rects) {
      const int right = samples.x_end(rect.right(), frame.width);
      const int bottom = samples.y_end(rect.bottom(), frame.height);
      for (int y = samples.y_of(rect.y); y < bottom; ++y)
        for (int x = samples.x_of(rect.x); x < right; ++x)
          samples.at(x, y) = value_at(x, y);
    }
  };
  if (how == Cover::solid) {
    fill([black](int, int) { return black; });
    return;
  }
  const Tiles tiles{samples, map, frame};
  const double pixels_x = 1 << channel.sub_x;
  const double pixels_y = 1 << channel.sub_y;
  const auto middle = [](int sample, double pixels) { return (sample + 0.5) * pixels; };
  if (how == Cover::pixelate)
    fill([&](int x, int y) {
      return to_element(tiles.tile_at(middle(x, pixels_x), middle(y, pixels_y)));
    });
  else
    fill([&](int x, int y) {
      return to_element(tiles.between(middle(x, pixels_x), middle(y, pixels_y)));
    });
}

} // namespace

CoverMap::CoverMap(PixelSize frame)
    : frame_(frame), columns_(cells_of(frame.width)), rows_(cells_of(frame.height)),
      cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_))
{
}

void CoverMap::add(double left, double top, double right, double bottom)
{
  if (!(std::isfinite(left) && std::isfinite(top) && std::isfinite(right) &&
        std::isfinite(bottom))) {
    add_all();
    return;
  }
  const auto cell = [](double pixel, int n) {
    return static_cast<int>(std::clamp<double>(pixel / kCell, 0, n));
  };
  const auto past = [](double pixel, int n) {
    return static_cast<int>(std::clamp<double>(std::ceil(pixel / kCell), 0, n));
  };
  for (int row = cell(top, rows_); row < past(bottom, rows_); ++row)
    for (int column = cell(left, columns_); column < past(right, columns_); ++column)
      add_cell(index(column, row));
}

void CoverMap::add(const Rect &rect, double margin)
{
  add(rect.x * frame_.width - margin, rect.y * frame_.height - margin,
      rect.right() * frame_.width + margin, rect.bottom() * frame_.height + margin);
}

void CoverMap::add(const Mask &mask, double margin)
{
  const double left = mask.rect.x * frame_.width;
  const double top = mask.rect.y * frame_.height;
  const double across = mask.rect.w * frame_.width / mask.width;
  const double down = mask.rect.h * frame_.height / mask.height;
  // All runs first, as they are, and then the few rectangles that these make.
  CoverMap runs{frame_};
  for (int y = 0; y < mask.height; ++y) {
    const auto *row = mask.coverage.data() + static_cast<std::ptrdiff_t>(y) * mask.width;
    const auto *end = row + mask.width;
    const auto *begin = row;
    while ((begin = std::find_if(begin, end, [](auto c) { return c != 0; })) != end) {
      const auto *past = std::find(begin, end, 0);
      runs.add(left + static_cast<double>(begin - row) * across, top + y * down,
               left + static_cast<double>(past - row) * across, top + (y + 1) * down);
      begin = past;
    }
  }
  for (const PixelRect &rect : runs.rects())
    add(rect.x - margin, rect.y - margin, rect.right() + margin, rect.bottom() + margin);
}

void CoverMap::add_all()
{
  std::fill(cells_.begin(), cells_.end(), std::uint8_t{1});
  n_covered_ = cells_.size();
}

void CoverMap::add_cell(std::size_t cell)
{
  if (!cells_[cell])
    ++n_covered_;
  cells_[cell] = 1;
}

std::vector<PixelRect> CoverMap::rects() const
{
  std::vector<PixelRect> all;
  std::vector<PixelRect> open; // that end at the row before
  for (int row = 0; row < rows_; ++row) {
    std::vector<PixelRect> here;
    for (int column = 0; column < columns_;) {
      const int begin = column;
      while (column < columns_ && at(column, row))
        ++column;
      if (column == begin) {
        ++column;
        continue;
      }
      const int x = begin * kCell;
      PixelRect run{x, row * kCell, std::min(column * kCell, frame_.width) - x,
                    std::min(kCell, frame_.height - row * kCell)};
      const auto above = std::find_if(open.begin(), open.end(), [&run](const PixelRect &other) {
        return other.x == run.x && other.width == run.width;
      });
      if (above != open.end()) {
        run = {above->x, above->y, above->width, above->height + run.height};
        open.erase(above);
      }
      here.push_back(run);
    }
    all.insert(all.end(), open.begin(), open.end());
    open = std::move(here);
  }
  all.insert(all.end(), open.begin(), open.end());
  return all;
}

void cover(const CoverMap &map, Cover how, const FrameLayout &layout, const FrameMemory &memory)
{
  for (const Channel &channel : layout.channels) {
    if (layout.element_bytes == 1)
      cover_channel<std::uint8_t>(map, how, channel, layout, memory);
    else
      cover_channel<std::uint16_t>(map, how, channel, layout, memory);
  }
}

} // namespace gemini
