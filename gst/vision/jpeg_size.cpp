// SPDX-License-Identifier: LGPL-2.1-or-later
// Walks along the segments of a JPEG (ITU-T T.81, B.1 and B.2) to the one that tells its size.
#include "vision/jpeg_size.hpp"

#include <cstddef>

namespace gemini::vision {

namespace {

constexpr std::uint8_t kStartOfImage = 0xd8;
constexpr std::uint8_t kEndOfImage = 0xd9;
constexpr std::uint8_t kStartOfScan = 0xda;

// Those without a length: nothing but the marker.
bool is_alone(std::uint8_t marker)
{
  return marker == 0x01 || (marker >= 0xd0 && marker <= kStartOfImage);
}

// Of all ways to code a frame. Between them lie the markers of tables and of the codes' extension.
bool is_start_of_frame(std::uint8_t marker)
{
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

} // namespace

std::optional<JpegSize> jpeg_size(std::span<const std::uint8_t> jpeg)
{
  const auto pair = [&jpeg](std::size_t at) { return jpeg[at] << 8 | jpeg[at + 1]; };
  if (jpeg.size() < 2 || jpeg[0] != 0xff || jpeg[1] != kStartOfImage)
    return std::nullopt;
  std::size_t at = 2;
  while (at + 4 <= jpeg.size() && jpeg[at] == 0xff) {
    const std::uint8_t marker = jpeg[at + 1];
    if (marker == 0xff) { // a fill byte
      ++at;
      continue;
    }
    if (marker == kStartOfScan || marker == kEndOfImage)
      return std::nullopt;
    if (is_alone(marker)) {
      at += 2;
      continue;
    }
    if (is_start_of_frame(marker)) {
      // Length, precision, height, width.
      if (at + 9 > jpeg.size() || pair(at + 5) == 0 || pair(at + 7) == 0)
        return std::nullopt;
      return JpegSize{.width = pair(at + 7), .height = pair(at + 5)};
    }
    at += 2 + static_cast<std::size_t>(pair(at + 2));
  }
  return std::nullopt;
}

} // namespace gemini::vision
