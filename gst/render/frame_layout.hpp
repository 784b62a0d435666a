// SPDX-License-Identifier: LGPL-2.1-or-later
// How the samples of a frame lie in memory, and what a colour is in them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gemini {

// One kind of sample, as luma, a chroma or a primary. Where is counted in elements: bytes, or 16
// bit words in native order.
struct Channel {
  int plane = 0;
  int first = 0; // the element of a row that its first sample is
  int step = 1;  // from one sample to the next
  int sub_x = 0; // log2 of how many pixels there are for each sample in a row, 0 to 2
  int sub_y = 0; // and of how many rows
  // Of a colour whose red, green and blue are 0..1, the value of an element is
  // factors[0] * red + factors[1] * green + factors[2] * blue + offset.
  std::array<double, 3> factors{};
  double offset = 0;
  bool operator==(const Channel &) const = default;
};

struct FrameLayout {
  int width = 0; // pixels
  int height = 0;
  int element_bytes = 1;    // 1 or 2
  std::uint16_t bits = 255; // those of an element that are used: also the largest
  std::vector<Channel> channels;
  // Where a pixel is that many elements, of which one is nobody's colour: that one's index.
  int pixel_elements = 0;
  int spare = -1;
  bool spare_is_alpha = false; // which is not premultiplied
  // A chroma sample that stands for two pixels lies on the first, instead of between them.
  bool is_cosited_x = false;
  bool is_cosited_y = false;
  bool is_interlaced = false; // of two fields, line by line, each with its own rows of chroma
  bool operator==(const FrameLayout &) const = default;
};

// Of a mapped frame. Rows of a plane are `stride` bytes apart.
struct FrameMemory {
  std::array<std::uint8_t *, 4> data{};
  std::array<std::ptrdiff_t, 4> stride{};
};

} // namespace gemini
