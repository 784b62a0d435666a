// SPDX-License-Identifier: LGPL-2.1-or-later
// What a JPEG consists of (ITU-T T.81, annex B), without decoding it.
#pragma once

#include "core/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gemini::vision {

struct CleanJpeg {
  // The same picture without what others wrote about it: EXIF with place and thumbnail, comments,
  // further pictures behind the end. JFIF's density, colour profiles and Adobe's colour transform
  // stay, since they say how to show it.
  std::vector<std::uint8_t> bytes;
  // 8 bits, Huffman coding, with its own tables: what every decoder reads.
  bool is_common = false;
};

// Whether one scan tells all of the picture, from the first row of blocks to the last, so that who
// decodes it need not keep the whole of it in memory.
bool comes_in_one_scan(std::span<const std::uint8_t> jpeg);

// The error is a sentence.
Result<CleanJpeg, std::string> without_metadata(std::span<const std::uint8_t> jpeg);

} // namespace gemini::vision
