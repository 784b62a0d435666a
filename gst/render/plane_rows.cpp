// SPDX-License-Identifier: LGPL-2.1-or-later
// A sprite as rows of samples, plane by plane.
#include "render/plane_rows.hpp"

#include "render/sample_runs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace gemini {
namespace {

// What the mix makes of the largest sample.
template <typename Sample> unsigned most_kept(unsigned max, unsigned keep)
{
  const unsigned whole = kWhole<Sample>;
  return (max * keep + whole / 2) / whole;
}

} // namespace

// Pixels after which the samples of all channels repeat.
PixelSize grid_of(const FrameLayout &layout)
{
  PixelSize grid{1, 1};
  for (const Channel &channel : layout.channels) {
    grid.width = std::max(grid.width, 1 << channel.sub_x);
    const int fields = layout.is_interlaced && channel.sub_y > 0 ? 2 : 1;
    grid.height = std::max(grid.height, fields << channel.sub_y);
  }
  return grid;
}

Alignment alignment_of(const FrameLayout &layout, PixelSize sprite, PixelPoint at)
{
  const PixelSize grid = grid_of(layout);
  return {.x = at.x % grid.width,
          .y = at.y % grid.height,
          .left = std::min(at.x, Alignment::kFar),
          .top = std::min(at.y, Alignment::kFar),
          .right = std::min(layout.width - at.x - sprite.width, Alignment::kFar),
          .bottom = std::min(layout.height - at.y - sprite.height, Alignment::kFar)};
}

RowLooks::RowLooks(const Sprite &sprite)
    : first(static_cast<std::size_t>(sprite.size.height)), is_plain(first.size())
{
  const auto width = static_cast<std::size_t>(sprite.size.width);
  for (std::size_t row = 0; row < first.size(); ++row) {
    const auto *pixels = sprite.pixels.data() + row * width;
    const bool is_same = row > 0 && std::equal(pixels, pixels + width, pixels - width);
    first[row] = is_same ? first[row - 1] : row;
    is_plain[row] = std::equal(pixels, pixels + width - 1, pixels + 1);
  }
}

template <typename Sample>
PlaneRows<Sample>::PlaneRows(const Sprite &sprite, const RowLooks &looks, const FrameLayout &layout,
                             const Alignment &alignment, int plane)
    : sprite_(sprite), looks_(looks), layout_(layout), alignment_(alignment)
{
  for (const Channel &channel : layout_.channels)
    if (channel.plane == plane)
      add_channel(channel);
  if (empty())
    return;
  measure();
  const int y = alignment_.y;
  const int end = y + sprite_.size.height;
  const int sub = channel().sub_y;
  lines_ = {.begin = y,
            .end = end,
            .frame_begin = y - alignment_.top,
            .frame_end = end + alignment_.bottom,
            .sub = sub,
            .is_cosited = layout_.is_cosited_y,
            .is_interlaced = layout_.is_interlaced && sub > 0};
  row_ = lines_.first_sample() - 1;
}

template <typename Sample> void PlaneRows<Sample>::add_channel(const Channel &channel)
{
  const int x = alignment_.x;
  const int end = x + sprite_.size.width;
  Samples samples{&channel,
                  {.begin = x,
                   .end = end,
                   .frame_begin = x - alignment_.left,
                   .frame_end = end + alignment_.right,
                   .sub = channel.sub_x,
                   .is_cosited = layout_.is_cosited_x},
                  {}};
  for (int i = samples.pixels.first_sample(); i < samples.pixels.end_sample(); ++i)
    samples.taps.emplace_back(samples.pixels, i);
  channels_.push_back(std::move(samples));
}

// Whole cells, as many as the channels touch.
template <typename Sample> void PlaneRows<Sample>::measure()
{
  cell_ = layout_.pixel_elements;
  int first = std::numeric_limits<int>::max();
  int end = 0;
  for (const auto &[channel, pixels, taps] : channels_) {
    cell_ = std::max(cell_, channel->step);
    first = std::min(first, channel->first + channel->step * pixels.first_sample());
    end = std::max(end, channel->first + channel->step * (pixels.end_sample() - 1) + 1);
  }
  first_element_ = first / cell_ * cell_;
  n_elements_ = static_cast<std::size_t>((end + cell_ - 1) / cell_ * cell_ - first_element_);
}

template <typename Sample> bool PlaneRows<Sample>::next()
{
  const int end = lines_.end_sample();
  const std::vector<Source> last = std::exchange(sources_, {});
  const bool is_first = last.empty();
  int n_skipped = -1;
  while (sources_.empty()) {
    if (++row_ >= end)
      return false;
    ++n_skipped;
    find_sources();
  }
  is_like_last_ = !is_first && n_skipped == 0 && sources_ == last;
  if (!is_like_last_)
    convert();
  return true;
}

template <typename Sample> void PlaneRows<Sample>::find_sources()
{
  for (const Tap &tap : Taps{lines_, row_}) {
    const std::size_t look = looks_.first[static_cast<std::size_t>(tap.pixel - lines_.begin)];
    if (!sources_.empty() && sources_.back().look == look)
      sources_.back().weight += tap.weight;
    else
      sources_.push_back({look, tap.weight});
  }
}

template <typename Sample> void PlaneRows<Sample>::convert()
{
  samples_.keep.assign(n_elements_, static_cast<Sample>(kWhole<Sample>));
  samples_.value.assign(n_elements_, 0);
  const bool is_plain = std::all_of(sources_.begin(), sources_.end(), [this](const Source &source) {
    return looks_.is_plain[source.look];
  });
  for (const auto &[channel, pixels, taps] : channels_) {
    add_up(*channel, is_plain);
    int element = channel->first + channel->step * pixels.first_sample() - first_element_;
    const Taps *last = nullptr;
    for (const Taps &sample : taps) {
      const auto to = static_cast<std::size_t>(element);
      if (is_plain && last && sample.is_like(*last)) {
        samples_.keep[to] = samples_.keep[to - static_cast<std::size_t>(channel->step)];
        samples_.value[to] = samples_.value[to - static_cast<std::size_t>(channel->step)];
      } else {
        double alpha = 0;
        double value = 0;
        for (const Tap &tap : sample) {
          const auto x = static_cast<std::size_t>(tap.pixel - pixels.begin);
          alpha += tap.weight * alpha_[x];
          value += tap.weight * value_[x];
        }
        put(to, alpha, value);
      }
      last = &sample;
      element += channel->step;
    }
  }
  if (layout_.spare >= 0)
    fill_spare();
}

// Over the rows that a sample stands for: how much each column hides, and its share of the value.
template <typename Sample> void PlaneRows<Sample>::add_up(const Channel &channel, bool is_plain)
{
  const auto width = static_cast<std::size_t>(sprite_.size.width);
  const std::size_t n = is_plain ? 1 : width;
  alpha_.assign(width, 0);
  value_.assign(width, 0);
  for (const Source &source : sources_) {
    const std::uint32_t *pixels = sprite_.pixels.data() + source.look * width;
    const double weight = source.weight / 255;
    for (std::size_t x = 0; x < n; ++x) {
      const auto part = [pixel = pixels[x]](int shift) -> double { return pixel >> shift & 0xff; };
      alpha_[x] += weight * part(24);
      value_[x] += weight * (channel.offset * part(24) + channel.factors[0] * part(16) +
                             channel.factors[1] * part(8) + channel.factors[2] * part(0));
    }
  }
  if (is_plain) {
    std::fill(alpha_.begin(), alpha_.end(), alpha_.front());
    std::fill(value_.begin(), value_.end(), value_.front());
  }
}

template <typename Sample>
void PlaneRows<Sample>::put(std::size_t element, double alpha, double value)
{
  const auto keep =
      static_cast<unsigned>(std::lround(std::clamp(1 - alpha, 0.0, 1.0) * kWhole<Sample>));
  const unsigned most = layout_.bits - most_kept<Sample>(layout_.bits, keep);
  // Of the sum, bits that are not used are cut off, which is to round it.
  const unsigned unit = layout_.bits & ~(layout_.bits - 1U);
  const double rounded = value + (unit > 1 && keep < kWhole<Sample> ? unit / 2 : 0);
  samples_.keep[element] = static_cast<Sample>(keep);
  samples_.value[element] =
      static_cast<Sample>(std::lround(std::clamp(rounded, 0.0, static_cast<double>(most))) &
                          (keep == 0 ? layout_.bits : 0xffff));
}

// Where all of a pixel is replaced, so is what is nobody's colour: then it can be copied.
template <typename Sample> void PlaneRows<Sample>::fill_spare()
{
  const auto n = static_cast<std::size_t>(cell_);
  const auto spare = static_cast<std::size_t>(layout_.spare);
  for (std::size_t cell = 0; cell < n_elements_; cell += n) {
    bool is_replaced = true;
    for (std::size_t i = 0; i < n; ++i)
      is_replaced = is_replaced && (i == spare || samples_.keep[cell + i] == 0);
    if (is_replaced) {
      samples_.keep[cell + spare] = 0;
      samples_.value[cell + spare] = static_cast<Sample>(layout_.bits);
    }
  }
}

template class PlaneRows<std::uint8_t>;
template class PlaneRows<std::uint16_t>;

} // namespace gemini
