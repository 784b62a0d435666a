// SPDX-License-Identifier: LGPL-2.1-or-later
// Scales the samples of one component of a frame: down by averaging over the area of each pixel, up
// by interpolation between neighbours. Parts of samples count, so that any part of a frame can be
// cut out to the point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace gemini::vision {

// How the pixels along one side of a picture follow from the samples along that side of a frame.
class Axis {
public:
  struct Range {
    double begin = 0; // of what is shown, in samples
    double end = 0;
    std::size_t low = 0; // the samples that may be used: low to high, exclusive; at least one
    std::size_t high = 1;
  };
  Axis(const Range &range, int pixels, bool is_mirrored);

  std::size_t pixels() const { return begins_.size(); }
  // The samples that may be touched: low() to high(), exclusive.
  std::size_t low() const { return low_; }
  std::size_t high() const { return high_; }
  // A pixel is the weighted sum of `taps()` samples from begin() on. The weights add up to 256.
  std::size_t taps() const { return taps_; }
  std::size_t begin(std::size_t pixel) const { return begins_[pixel]; }
  const std::uint16_t *weights(std::size_t pixel) const { return &weights_[pixel * taps_]; }
  // Whether pixels are samples as they are, one after the other.
  bool is_copy() const { return is_copy_; }

private:
  void set_area(std::size_t pixel, double begin, double end);
  void set_pair(std::size_t pixel, double at);

  std::size_t low_ = 0;
  std::size_t high_ = 0;
  std::size_t taps_ = 0;
  bool is_copy_ = false;
  std::vector<std::size_t> begins_;
  std::vector<std::uint16_t> weights_;
};

// Keeps its memory between planes.
class PlaneScaler {
public:
  // The samples of that row. Valid until the next `down.taps()` rows were asked for; they are asked
  // for more or less in order.
  using Row = std::function<const std::uint8_t *(std::size_t row)>;

  void scale(const Row &row, const Axis &across, const Axis &down, std::uint8_t *out,
             std::size_t out_stride);

private:
  void scale_across(const Axis &across, std::size_t rows, std::uint8_t *out,
                    std::size_t out_stride);

  std::vector<std::uint8_t> rows_;     // some rows that were scaled down, not yet across
  std::vector<std::uint16_t> columns_; // the same by columns
  std::vector<std::uint16_t> pixels_;  // scaled across, still by columns
  std::vector<const std::uint8_t *> sources_;
};

} // namespace gemini::vision
