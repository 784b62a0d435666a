// SPDX-License-Identifier: LGPL-2.1-or-later
// The one kind of PNG that models write, read in one go: libpng inflates row by row, which for rows
// as short as those of masks takes twice as long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gemini::wire {

// The pixels of a PNG of 8-bit gray in simple rows, of the size that its header says, which the
// caller has checked. None where the file is of any other kind or damaged: libpng knows.
std::optional<std::vector<std::uint8_t>> read_plain_png(std::span<const std::uint8_t> bytes,
                                                        std::size_t width, std::size_t height);

} // namespace gemini::wire
