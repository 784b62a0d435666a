// SPDX-License-Identifier: LGPL-2.1-or-later
// Which pixels a sample stands for, in one direction.
#pragma once

#include <array>
#include <cstddef>

namespace gemini {

struct Tap {
  int pixel = 0;
  double weight = 0;
  bool operator==(const Tap &) const = default;
};

// A line of pixels, of which a range is the sprite's. Where the frame ends, its last pixel stands
// for those beyond.
struct PixelLine {
  int begin = 0; // of the sprite
  int end = 0;
  int frame_begin = 0;
  int frame_end = 0;
  int sub = 0; // log2 of how many pixels share a sample
  bool is_cosited = false;
  bool is_interlaced = false; // every second pixel is of another field

  // The samples that the sprite has a part of.
  int first_sample() const;
  int end_sample() const;
};

// At most that many: the sample's pixels, or itself between its neighbours.
class Taps {
public:
  Taps(const PixelLine &line, int sample);
  // Those that are of the sprite.
  const Tap *begin() const { return taps_.data(); }
  const Tap *end() const { return taps_.data() + n_; }

  // They weigh the same, wherever they are.
  bool is_like(const Taps &other) const;

private:
  void add(const PixelLine &line, int pixel, double weight);

  std::array<Tap, 4> taps_{};
  std::size_t n_ = 0;
};

} // namespace gemini
