// SPDX-License-Identifier: LGPL-2.1-or-later
// The samples of a frame, component by component, whatever its format: rows of 8 bits, blacked out
// where they have to be.
#pragma once

#include "core/geometry.hpp"

#include <gst/video/video.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gemini::vision {

// One component: luma, or a colour.
struct Component {
  enum class Sample : std::uint8_t { byte, little_endian, big_endian }; // the latter of 16 bits

  const std::uint8_t *data = nullptr;
  std::ptrdiff_t stride = 0; // bytes from row to row
  std::size_t step = 1;      // bytes from sample to sample
  Sample sample = Sample::byte;
  int shift = 0; // right, to have 8 bits of 16
  std::size_t width = 0;
  std::size_t height = 0;
  // Where a point of the frame is among the samples: at x * x_scale + x_shift.
  double x_scale = 1;
  double y_scale = 1;
  double x_shift = 0;
  double y_shift = 0;
  std::uint8_t black = 0;
};

enum class ColourModel : std::uint8_t { ycbcr, rgb, gray };

struct FramePlanes {
  ColourModel model = ColourModel::ycbcr;
  std::array<Component, 3> components{}; // the first only for gray
  std::size_t n_components = 3;
  GstVideoColorimetry colorimetry{};
  int width = 0; // of the frame
  int height = 0;
  // Pixels of one block share colour, so that a blackout has to take all of it. 1: the components
  // say so themselves.
  int block_width = 1;
  int block_height = 1;
};

// Whether the samples of such frames are bytes or words at regular distances.
bool has_plain_samples(const GstVideoInfo &info);

// Those of a mapped frame that has. Of an interlaced one those of one field.
FramePlanes planes_of(const GstVideoFrame &frame);

// Pixels from `left` to `right` and `top` to `bottom`, exclusive.
struct PixelRect {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

// All pixels of the frame that `rects` (0..1) touch, in whole blocks. What is no number reaches to
// the border.
std::vector<PixelRect> touched_pixels(std::span<const Rect> rects, const FramePlanes &planes);

// Reads rows of a component. A sample of which any part lies in a blackout is black.
class ComponentRows {
public:
  // Only samples from `low` to `high` are read; `kept` rows are valid at a time.
  ComponentRows(const Component &component, std::span<const PixelRect> blackouts, std::size_t low,
                std::size_t high, std::size_t kept);

  const std::uint8_t *row(std::size_t number);

private:
  struct SampleRect {
    std::size_t left, top, right, bottom;
  };
  const std::uint8_t *stored(std::size_t number) const;
  void read(std::size_t number, std::uint8_t *out) const;

  Component component_;
  std::size_t low_;
  std::size_t high_;
  std::vector<SampleRect> blackouts_;
  std::vector<std::uint8_t> kept_;
  std::vector<std::size_t> numbers_; // of the rows in `kept_`, from 1; 0: none
};

} // namespace gemini::vision
