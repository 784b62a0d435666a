// SPDX-License-Identifier: LGPL-2.1-or-later
// How large a JPEG is, by its own header.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace gemini::vision {

struct JpegSize { // in pixels, both above 0
  int width = 0;
  int height = 0;
  bool operator==(const JpegSize &) const = default;
};

// Looks at markers only; nothing where the bytes are no JPEG or end before its size is told.
std::optional<JpegSize> jpeg_size(std::span<const std::uint8_t> jpeg);

} // namespace gemini::vision
