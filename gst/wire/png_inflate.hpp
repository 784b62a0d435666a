// SPDX-License-Identifier: LGPL-2.1-or-later
// The picture of a PNG as it was compressed, inflated in one go. libpng inflates row by row, which
// for rows as short as those of masks takes twice as long; and behind the last row it goes on to
// the end of the stream, however far that is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gemini::wire {

struct InflatedPng {
  std::size_t size = 0;                 // of the picture, in bytes
  bool has_transparent_colours = false; // named in a chunk of their own
};

// Inflates the picture of a file whose signature was checked. None where the file is damaged or
// `out` is too small.
std::optional<InflatedPng> inflate_png(std::span<const std::uint8_t> bytes,
                                       std::span<std::uint8_t> out);

} // namespace gemini::wire
