// SPDX-License-Identifier: LGPL-2.1-or-later
// Segments that are needed to show the picture are copied, whatever else there is is not.
#include "vision/jpeg_markers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace gemini::vision {
namespace {

using Bytes = std::span<const std::uint8_t>;

enum Marker : std::uint8_t {
  kTem = 0x01,
  kSof0 = 0xc0,
  kSof2 = 0xc2,
  kDht = 0xc4,
  kSof15 = 0xcf,
  kRst0 = 0xd0,
  kRst7 = 0xd7,
  kSoi = 0xd8,
  kEoi = 0xd9,
  kSos = 0xda,
  kDhp = 0xde,
  kApp0 = 0xe0,
  kApp2 = 0xe2,
  kApp14 = 0xee,
};

bool begins_with(Bytes bytes, std::string_view text)
{
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// `content` is what follows the length.
bool is_needed(std::uint8_t marker, Bytes content)
{
  using namespace std::string_view_literals;
  if (marker == kApp2)
    return begins_with(content, "ICC_PROFILE\0"sv);
  if (marker == kApp14)
    return begins_with(content, "Adobe"sv);
  return (marker >= kSof0 && marker <= kSof15) || (marker >= kSos && marker < kApp0);
}

void append(std::vector<std::uint8_t> &out, Bytes bytes)
{
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// JFIF's header as it is, but without the thumbnail that it may have.
void append_jfif(std::vector<std::uint8_t> &out, Bytes content)
{
  constexpr std::size_t kUpToThumbnail = 12;
  out.insert(out.end(), {0xff, kApp0, 0, 16});
  append(out, content.first(kUpToThumbnail));
  out.insert(out.end(), {0, 0});
}

// The length of the entropy-coded data at the beginning: up to the next marker that is not part of
// it.
std::size_t scan_length(Bytes bytes)
{
  std::size_t at = 0;
  while (at + 1 < bytes.size()) {
    const auto *found =
        static_cast<const std::uint8_t *>(std::memchr(&bytes[at], 0xff, bytes.size() - 1 - at));
    if (!found)
      break;
    at = static_cast<std::size_t>(found - bytes.data());
    const std::uint8_t next = bytes[at + 1];
    if (next == 0xff) // fill
      ++at;
    else if (next == 0 || (next >= kRst0 && next <= kRst7))
      at += 2;
    else
      return at;
  }
  return bytes.size();
}

} // namespace

Result<CleanJpeg, std::string> without_metadata(Bytes jpeg)
{
  using namespace std::string_view_literals;
  constexpr std::size_t kJfifSize = 14;
  if (jpeg.size() < 2 || jpeg[0] != 0xff || jpeg[1] != kSoi)
    return std::string{"The frame is no JPEG"};
  CleanJpeg clean;
  clean.bytes.reserve(jpeg.size());
  append(clean.bytes, jpeg.first(2));
  bool has_tables = false;
  bool has_common_frame = false;
  std::size_t at = 2;
  while (at + 1 < jpeg.size()) {
    const std::uint8_t marker = jpeg[at + 1];
    if (jpeg[at] != 0xff || marker == 0)
      return std::string{"The JPEG is damaged: there is no marker where one has to be"};
    if (marker == 0xff) {
      ++at;
      continue;
    }
    at += 2;
    if (marker == kEoi) {
      append(clean.bytes, {{0xff, kEoi}});
      return clean;
    }
    if (marker == kTem || (marker >= kRst0 && marker <= kSoi))
      continue;
    const std::size_t length =
        at + 1 < jpeg.size() ? std::size_t{jpeg[at]} << 8U | jpeg[at + 1] : 0;
    if (length < 2 || length > jpeg.size() - at)
      return std::string{"The JPEG is damaged: one of its segments has no valid length"};
    const Bytes content = jpeg.subspan(at + 2, length - 2);
    if (is_needed(marker, content))
      append(clean.bytes, jpeg.subspan(at - 2, length + 2));
    else if (marker == kApp0 && content.size() >= kJfifSize && begins_with(content, "JFIF\0"sv))
      append_jfif(clean.bytes, content);
    at += length;
    if (marker == kDht) {
      has_tables = true;
    } else if (marker >= kSof0 && marker <= kSof2) {
      has_common_frame = !content.empty() && content[0] == 8;
    } else if (marker == kSos) {
      clean.is_common = has_tables && has_common_frame;
      const std::size_t scan = scan_length(jpeg.subspan(at));
      append(clean.bytes, jpeg.subspan(at, scan));
      at += scan;
    }
  }
  return std::string{"The JPEG is cut off: it has no end"};
}

} // namespace gemini::vision
