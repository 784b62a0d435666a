// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures in shades of gray as PNG, through libpng. Never more memory than a few bytes for each of
// kMaxPngPixels, whatever the file claims.
#pragma once

#include "core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gemini::wire {

// As many as the largest mask has.
inline constexpr std::size_t kMaxPngPixels = std::size_t{1} << 20;

struct GrayImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels; // rows from top to bottom, without padding
};

// Any PNG, as 8 bits of gray; transparent is 0. The error names what it is instead, such as "a
// damaged PNG". `max_pixels` are of 8-bit gray, of others accordingly fewer; it bounds the time,
// too, as a small file may hold very many.
Result<GrayImage, const char *> read_png(std::span<const std::uint8_t> bytes,
                                         std::size_t max_pixels = kMaxPngPixels);

// An 8-bit gray PNG. `pixels` holds width x height of them, both at least 1.
std::vector<std::uint8_t> write_png(std::span<const std::uint8_t> pixels, int width, int height);

} // namespace gemini::wire
