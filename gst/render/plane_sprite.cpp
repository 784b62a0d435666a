// SPDX-License-Identifier: LGPL-2.1-or-later
// A sprite in the samples of a frame.
#include "render/plane_sprite.hpp"

#include "render/sample_runs.hpp"

#include <algorithm>

namespace gemini {
namespace {

// Cells that are the same, from which on they are worth a run of their own.
constexpr std::size_t kFewCells = 16;
// How far back one like it is looked for: a row of a mask has about three runs.
constexpr std::size_t kRunsOfRow = 8;

// Of the grid, in elements of the channel's plane.
std::ptrdiff_t element_of(const Channel &channel, int x)
{
  return static_cast<std::ptrdiff_t>(x >> channel.sub_x) * channel.step;
}

} // namespace

template <typename Sample>
Planes<Sample>::Planes(const Sprite &sprite, const FrameLayout &layout, const Alignment &alignment)
{
  if (sprite.pixels.empty())
    return;
  const RowLooks looks{sprite};
  for (int plane = 0; plane < 4; ++plane)
    add_plane(PlaneRows<Sample>{sprite, looks, layout, alignment, plane});
}

template <typename Sample> void Planes<Sample>::add_plane(PlaneRows<Sample> rows)
{
  if (rows.empty())
    return;
  Part part{rows.channel(), bands_.size(), 0};
  const std::size_t first_run_of_plane = runs_.size();
  while (rows.next()) {
    if (rows.is_like_last()) {
      ++bands_.back().n_rows;
      continue;
    }
    const std::size_t first_run = runs_.size();
    add_runs(rows.samples(), rows.first_element(), rows.cell(), first_run_of_plane);
    bands_.push_back({rows.row(), 1, first_run, runs_.size() - first_run});
  }
  part.n_bands = bands_.size() - part.first_band;
  parts_.push_back(part);
}

template <typename Sample>
std::size_t Planes<Sample>::keep_samples(const Sample *first, std::size_t n)
{
  samples_.insert(samples_.end(), first, first + n);
  return samples_.size() - n;
}

// The one at `last`, where it is the same: the inside of a mask is, row by row.
template <typename Sample>
std::size_t Planes<Sample>::keep_pattern(const Sample *cell, std::size_t n, std::size_t last)
{
  if (last < samples_.size() && std::equal(cell, cell + n, samples_.data() + last))
    return last;
  for (std::size_t i = 0; i < kPattern; i += n)
    keep_samples(cell, n);
  return samples_.size() - kPattern;
}

template <typename Sample>
void Planes<Sample>::add_runs(const SampleRow<Sample> &row, int first_element, int cell,
                              std::size_t first_of_plane)
{
  using Kind = typename Run::Kind;
  const auto n = static_cast<std::size_t>(cell);
  const std::size_t size = row.keep.size();
  const Sample *keep = row.keep.data();
  const Sample *value = row.value.data();
  const auto all_keep = [&](std::size_t at, unsigned what) {
    return std::all_of(keep + at, keep + at + n, [what](Sample k) { return k == what; });
  };
  const auto is_left = [&](std::size_t at) {
    return all_keep(at, kWhole<Sample>) &&
           std::all_of(value + at, value + at + n, [](Sample v) { return v == 0; });
  };
  const auto is_same = [&](std::size_t a, std::size_t b) {
    return std::equal(keep + a, keep + a + n, keep + b) &&
           std::equal(value + a, value + a + n, value + b);
  };
  const auto end_of_same = [&](std::size_t at) {
    std::size_t end = at + n;
    while (end < size && is_same(at, end))
      end += n;
    return end;
  };

  std::size_t at = 0;
  while (at < size) {
    if (is_left(at)) {
      at += n;
      continue;
    }
    const int first = first_element + static_cast<int>(at);
    const std::size_t begin = at;
    if (all_keep(at, 0)) {
      while (at < size && all_keep(at, 0))
        at += n;
      runs_.push_back({Kind::copied, first, static_cast<std::uint32_t>(at - begin), 0,
                       keep_samples(value + begin, at - begin)});
      continue;
    }
    if (const std::size_t end = end_of_same(at); end - at >= kFewCells * n) {
      const std::size_t few = std::max(first_of_plane + kRunsOfRow, runs_.size()) - kRunsOfRow;
      const auto last =
          std::find_if(runs_.rbegin(), runs_.rend() - static_cast<std::ptrdiff_t>(few),
                       [](const Run &run) { return run.kind == Kind::tinted; });
      const bool has_last = last != runs_.rend() - static_cast<std::ptrdiff_t>(few);
      const std::size_t keeps = keep_pattern(keep + at, n, has_last ? last->keep : samples_.size());
      const std::size_t values =
          keep_pattern(value + at, n, has_last ? last->value : samples_.size());
      runs_.push_back({Kind::tinted, first, static_cast<std::uint32_t>(end - at), keeps, values});
      at = end;
      continue;
    }
    while (at < size && !is_left(at) && !all_keep(at, 0) && end_of_same(at) - at < kFewCells * n)
      at += n;
    const std::size_t length = at - begin;
    const std::size_t keeps = keep_samples(keep + begin, length);
    runs_.push_back({Kind::blended, first, static_cast<std::uint32_t>(length), keeps,
                     keep_samples(value + begin, length)});
  }
}

namespace {

// Over pixels that are translucent themselves: alpha grows, and each colour has its share of it.
void blend_translucent(const FrameLayout &layout, std::uint8_t *pixel, const std::uint8_t *keep,
                       const std::uint8_t *value, std::size_t repeats, std::size_t n)
{
  const auto cell = static_cast<std::size_t>(layout.pixel_elements);
  const auto spare = static_cast<std::size_t>(layout.spare);
  const std::size_t colour = spare == 0 ? 1 : 0;
  for (std::size_t at = 0; at < n; at += cell, pixel += cell) {
    const std::size_t from = at % repeats;
    const int kept = pixel[spare] * keep[from + colour]; // of 255 * 255
    const int alpha = (255 - keep[from + colour]) * 255 + kept;
    if (alpha == 0)
      continue;
    for (std::size_t i = 0; i < cell; ++i)
      if (i != spare)
        pixel[i] = static_cast<std::uint8_t>(
            std::min(255, (value[from + i] * 255 * 255 + pixel[i] * kept + alpha / 2) / alpha));
    pixel[spare] = static_cast<std::uint8_t>((alpha + 127) / 255);
  }
}

bool is_opaque(const FrameLayout &layout, const std::uint8_t *pixel, std::size_t n)
{
  const auto cell = static_cast<std::size_t>(layout.pixel_elements);
  unsigned all = 255;
  for (std::size_t at = static_cast<std::size_t>(layout.spare); at < n; at += cell)
    all &= pixel[at];
  return all == 255;
}

} // namespace

template <typename Sample>
void Planes<Sample>::put(const Run &run, const FrameLayout &layout, Sample *samples) const
{
  const Sample *keep = samples_.data() + run.keep;
  const Sample *value = samples_.data() + run.value;
  const bool is_tint = run.kind == Run::Kind::tinted;
  if constexpr (sizeof(Sample) == 1) {
    if (layout.spare_is_alpha && !is_opaque(layout, samples, run.n))
      return blend_translucent(layout, samples, keep, value, is_tint ? kPattern : run.n, run.n);
  }
  if (is_tint)
    tint_samples(samples, keep, value, run.n, layout.bits);
  else
    blend_samples(samples, keep, value, run.n, layout.bits);
}

template <typename Sample>
void Planes<Sample>::blend(const FrameLayout &layout, const FrameMemory &memory,
                           PixelPoint at) const
{
  const PixelSize grid = grid_of(layout);
  const PixelPoint corner{at.x - at.x % grid.width, at.y - at.y % grid.height};
  for (const Part &part : parts_) {
    const auto plane = static_cast<std::size_t>(part.channel.plane);
    const std::ptrdiff_t stride = memory.stride[plane];
    std::uint8_t *origin =
        memory.data[plane] + (corner.y >> part.channel.sub_y) * stride +
        element_of(part.channel, corner.x) * static_cast<std::ptrdiff_t>(sizeof(Sample));
    for (std::size_t b = part.first_band; b < part.first_band + part.n_bands; ++b) {
      const Band &band = bands_[b];
      std::uint8_t *row = origin + band.first_row * stride;
      for (std::size_t r = band.first_run; r < band.first_run + band.n_runs; ++r) {
        const Run &run = runs_[r];
        std::uint8_t *to = row + run.first * static_cast<std::ptrdiff_t>(sizeof(Sample));
        if (run.kind == Run::Kind::copied) {
          copy_rows(to, stride, band.n_rows,
                    reinterpret_cast<const std::uint8_t *>(samples_.data() + run.value),
                    run.n * sizeof(Sample));
          continue;
        }
        for (int i = 0; i < band.n_rows; ++i, to += stride)
          put(run, layout, reinterpret_cast<Sample *>(to));
      }
    }
  }
}

template <typename Sample> std::size_t Planes<Sample>::bytes() const
{
  return sizeof(*this) + parts_.capacity() * sizeof(Part) + bands_.capacity() * sizeof(Band) +
         runs_.capacity() * sizeof(Run) + samples_.capacity() * sizeof(Sample);
}

namespace {

using Either = std::variant<Planes<std::uint8_t>, Planes<std::uint16_t>>;

Either planes_of(const Sprite &sprite, const FrameLayout &layout, const Alignment &alignment)
{
  if (layout.element_bytes == 2)
    return Planes<std::uint16_t>{sprite, layout, alignment};
  return Planes<std::uint8_t>{sprite, layout, alignment};
}

} // namespace

PlaneSprite::PlaneSprite(const Sprite &sprite, const FrameLayout &layout,
                         const Alignment &alignment)
    : planes_(planes_of(sprite, layout, alignment))
{
}

void PlaneSprite::blend(const FrameLayout &layout, const FrameMemory &memory, PixelPoint at) const
{
  std::visit([&](const auto &planes) { planes.blend(layout, memory, at); }, planes_);
}

std::size_t PlaneSprite::bytes() const
{
  return std::visit([](const auto &planes) { return planes.bytes(); }, planes_);
}

} // namespace gemini
