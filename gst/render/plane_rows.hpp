// SPDX-License-Identifier: LGPL-2.1-or-later
// A sprite as rows of samples, plane by plane.
#pragma once

#include "render/frame_layout.hpp"
#include "render/sample_taps.hpp"
#include "render/sprite.hpp"

#include <cstddef>
#include <vector>

namespace gemini {

// Where a sprite lies, as far as its samples depend on it: chroma samples that stand for several
// pixels may be covered in part.
struct Alignment {
  static constexpr int kFar = 4; // more than a sample reaches

  int x = 0; // of its upper left corner, in the grid after which all samples repeat
  int y = 0;
  int left = 0; // pixels between it and the frame's edge, or kFar
  int top = 0;
  int right = 0;
  int bottom = 0;
  bool operator==(const Alignment &) const = default;
};

// Pixels after which the samples of all channels repeat.
PixelSize grid_of(const FrameLayout &layout);
// `sprite` is wholly inside the frame.
Alignment alignment_of(const FrameLayout &layout, PixelSize sprite, PixelPoint at);

// Rows of a sprite are often like the row above: these are converted once, which makes boxes and
// plates cheap.
struct RowLooks {
  explicit RowLooks(const Sprite &sprite);

  std::vector<std::size_t> first; // for each row, the first that looks like it
  std::vector<bool> is_plain;     // all of it is one colour
};

// Samples are to become `value` + what they are * `keep`.
template <typename Sample> struct SampleRow {
  std::vector<Sample> keep;
  std::vector<Sample> value;
};

// The rows of one plane, from top to bottom. Borrows all that it is made from.
template <typename Sample> class PlaneRows {
public:
  PlaneRows(const Sprite &sprite, const RowLooks &looks, const FrameLayout &layout,
            const Alignment &alignment, int plane);

  // No channel is there: nothing else may be asked then.
  bool empty() const { return channels_.empty(); }
  const Channel &channel() const { return *channels_.front().channel; } // one of them
  // Elements after which the kinds of samples repeat in a row; rows are of whole ones.
  int cell() const { return cell_; }
  // From the grid's corner to the first of each row.
  int first_element() const { return first_element_; }

  // To the next row that the sprite has a part of; false behind the last.
  bool next();
  int row() const { return row_; }                    // from the grid's corner
  bool is_like_last() const { return is_like_last_; } // it follows that one, and is the same
  const SampleRow<Sample> &samples() const { return samples_; }

private:
  // A row of the sprite, by its look, and its weight.
  struct Source {
    std::size_t look;
    double weight;
    bool operator==(const Source &) const = default;
  };
  // What the samples of a channel stand for in a row, from the first to the last.
  struct Samples {
    const Channel *channel;
    PixelLine pixels;
    std::vector<Taps> taps;
  };

  void add_channel(const Channel &channel);
  void measure();
  void find_sources();
  void convert();
  void add_up(const Channel &channel, bool is_plain);
  void put(std::size_t element, double alpha, double value);
  void fill_spare();

  const Sprite &sprite_;
  const RowLooks &looks_;
  const FrameLayout &layout_;
  const Alignment &alignment_;
  std::vector<Samples> channels_;
  PixelLine lines_;
  int cell_ = 1;
  int first_element_ = 0;
  std::size_t n_elements_ = 0;

  int row_ = 0;
  bool is_like_last_ = false;
  std::vector<Source> sources_;
  std::vector<double> alpha_; // of each pixel of the sprite's width
  std::vector<double> value_;
  SampleRow<Sample> samples_;
};

} // namespace gemini
