// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures as they came in a request.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gemini::emulator {

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb; // rows without padding

  const std::uint8_t *at(int x, int y) const
  {
    return rgb.data() + 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                             static_cast<std::size_t>(x));
  }
};

// Reads a JPEG or PNG; nothing where it is neither, is broken, or is larger than 8192 pixels on a
// side. The EXIF orientation of a JPEG is ignored: as with the service, coordinates are those of
// the stored picture.
std::optional<Picture> decode_picture(std::span<const std::uint8_t> bytes);

} // namespace gemini::emulator
