// SPDX-License-Identifier: LGPL-2.1-or-later
// A sprite in the samples of a frame: converted once, then blended frame by frame at the cost of
// the samples that change.
#pragma once

#include "render/frame_layout.hpp"
#include "render/plane_rows.hpp"
#include "render/sprite.hpp"

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace gemini {

// The samples of one width; see PlaneSprite.
template <typename Sample> class Planes {
public:
  Planes(const Sprite &sprite, const FrameLayout &layout, const Alignment &alignment);
  void blend(const FrameLayout &layout, const FrameMemory &memory, PixelPoint at) const;
  std::size_t bytes() const;

private:
  // Neighbours in a row. Whatever is wholly kept has no run.
  struct Run {
    enum class Kind { copied, tinted, blended } kind;
    int first;         // element, from the grid's corner
    std::uint32_t n;   // elements
    std::size_t keep;  // index in samples_; unless copied
    std::size_t value; // likewise; of kPattern elements, where tinted
  };
  // Rows that are the same.
  struct Band {
    int first_row; // from the grid's corner
    int n_rows;
    std::size_t first_run;
    std::size_t n_runs;
  };
  struct Part {
    Channel channel; // one of its plane: where the grid's corner is
    std::size_t first_band;
    std::size_t n_bands;
  };
  void add_plane(PlaneRows<Sample> rows);
  // `first_of_plane` is the plane's first run.
  void add_runs(const SampleRow<Sample> &row, int first_element, int cell,
                std::size_t first_of_plane);
  std::size_t keep_samples(const Sample *first, std::size_t n);
  std::size_t keep_pattern(const Sample *cell, std::size_t n, std::size_t last);
  void put(const Run &run, const FrameLayout &layout, Sample *samples) const;

  std::vector<Part> parts_;
  std::vector<Band> bands_;
  std::vector<Run> runs_;
  std::vector<Sample> samples_;
};

class PlaneSprite {
public:
  PlaneSprite(const Sprite &sprite, const FrameLayout &layout, const Alignment &alignment);
  // `at` has the alignment that it was made for, and `layout` is the same.
  void blend(const FrameLayout &layout, const FrameMemory &memory, PixelPoint at) const;
  std::size_t bytes() const;

private:
  std::variant<Planes<std::uint8_t>, Planes<std::uint16_t>> planes_;
};

} // namespace gemini
