// SPDX-License-Identifier: LGPL-2.1-or-later
// Which pixels a sample stands for, in one direction.
#include "render/sample_taps.hpp"

#include <algorithm>

namespace gemini {
namespace {

bool is_between(const PixelLine &line)
{
  return line.is_cosited && line.sub == 1 && !line.is_interlaced;
}

} // namespace

int PixelLine::first_sample() const
{
  if (sub == 0)
    return begin;
  if (is_interlaced) // two samples, one of each field, share four lines
    return begin / 4 * 2;
  return begin >> sub; // a neighbour to the right of which it is lies in the sprite itself
}

int PixelLine::end_sample() const
{
  if (sub == 0)
    return end;
  if (is_interlaced)
    return std::min((end + 3) / 4 * 2, (frame_end + 1) / 2);
  const int last = is_between(*this) ? std::min(end, frame_end - 1) : end - 1;
  return (last >> sub) + 1;
}

Taps::Taps(const PixelLine &line, int sample)
{
  if (line.sub == 0) {
    add(line, sample, 1);
  } else if (line.is_interlaced) {
    const int top = sample / 2 * 4 + sample % 2;
    add(line, top, 0.5);
    add(line, top + 2, 0.5);
  } else if (is_between(line)) {
    add(line, 2 * sample - 1, 0.25);
    add(line, 2 * sample, 0.5);
    add(line, 2 * sample + 1, 0.25);
  } else {
    const int n = 1 << line.sub;
    for (int i = 0; i < n; ++i)
      add(line, sample * n + i, 1.0 / n);
  }
}

bool Taps::is_like(const Taps &other) const
{
  return std::equal(begin(), end(), other.begin(), other.end(),
                    [](const Tap &a, const Tap &b) { return a.weight == b.weight; });
}

void Taps::add(const PixelLine &line, int pixel, double weight)
{
  const int step = line.is_interlaced ? 2 : 1;
  while (pixel >= line.frame_end)
    pixel -= step;
  while (pixel < line.frame_begin)
    pixel += step;
  if (pixel < line.begin || pixel >= line.end)
    return;
  const auto same = std::find_if(taps_.begin(), taps_.begin() + static_cast<std::ptrdiff_t>(n_),
                                 [pixel](const Tap &tap) { return tap.pixel == pixel; });
  if (same != taps_.begin() + static_cast<std::ptrdiff_t>(n_))
    same->weight += weight;
  else
    taps_[n_++] = {pixel, weight};
}

} // namespace gemini
