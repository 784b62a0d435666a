// SPDX-License-Identifier: LGPL-2.1-or-later
// Segments that are needed to show the picture are copied, whatever else there is is not.
#include "vision/jpeg_markers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

namespace gemini::vision {
namespace {

using Bytes = std::span<const std::uint8_t>;

enum Marker : std::uint8_t {
  kTem = 0x01,
  kSof0 = 0xc0,
  kSof2 = 0xc2,
  kDht = 0xc4,
  kJpg = 0xc8,
  kDac = 0xcc,
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
  return (marker >= kSof0 && marker <= kSof15) || (marker >= kEoi && marker < kApp0);
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

struct Segment {
  std::uint8_t marker = 0;
  Bytes content; // what follows the length
  Bytes all;     // with marker and length
};

// Goes from segment to segment.
class Segments {
public:
  explicit Segments(Bytes jpeg) : jpeg_(jpeg) {}

  // The next one, up to the end of the picture, which has no content; or what is wrong.
  Result<Segment, std::string> next();
  // The entropy-coded data behind it.
  Bytes scan()
  {
    const Bytes scan = jpeg_.subspan(at_, scan_length(jpeg_.subspan(at_)));
    at_ += scan.size();
    return scan;
  }

private:
  Bytes jpeg_;
  std::size_t at_ = 0;
};

Result<Segment, std::string> Segments::next()
{
  if (at_ == 0) {
    if (jpeg_.size() < 2 || jpeg_[0] != 0xff || jpeg_[1] != kSoi)
      return std::string{"The frame is no JPEG"};
    at_ = 2;
  }
  while (at_ + 1 < jpeg_.size()) {
    const std::size_t begin = at_;
    const std::uint8_t marker = jpeg_[begin + 1];
    if (jpeg_[begin] != 0xff || marker == 0)
      return std::string{"The JPEG is damaged: there is no marker where one has to be"};
    if (marker == 0xff) { // fill
      ++at_;
      continue;
    }
    at_ += 2;
    if (marker == kEoi)
      return Segment{.marker = marker, .content = {}, .all = jpeg_.subspan(begin, 2)};
    if (marker == kTem || (marker >= kRst0 && marker <= kSoi))
      continue;
    const std::size_t length =
        at_ + 1 < jpeg_.size() ? std::size_t{jpeg_[at_]} << 8U | jpeg_[at_ + 1] : 0;
    if (length < 2 || length > jpeg_.size() - at_)
      return std::string{"The JPEG is damaged: one of its segments has no valid length"};
    at_ += length;
    return Segment{.marker = marker,
                   .content = jpeg_.subspan(begin + 4, length - 2),
                   .all = jpeg_.subspan(begin, length + 2)};
  }
  return std::string{"The JPEG is cut off: it has no end"};
}

bool is_start_of_frame(std::uint8_t marker)
{
  return marker >= kSof0 && marker <= kSof15 && marker != kDht && marker != kJpg && marker != kDac;
}

// By the marker of the frame: every fourth of them.
bool is_progressive(std::uint8_t marker)
{
  return marker % 4 == kSof2 % 4;
}

} // namespace

bool comes_in_one_scan(Bytes jpeg)
{
  constexpr std::size_t kComponents = 5; // behind precision, height and width
  Segments segments{jpeg};
  std::optional<std::uint8_t> n_components;
  while (const auto segment = segments.next()) {
    const Bytes content = segment->content;
    if (segment->marker == kEoi)
      break;
    if (segment->marker == kSos)
      return n_components && !content.empty() && content[0] == *n_components;
    if (!is_start_of_frame(segment->marker))
      continue;
    if (is_progressive(segment->marker) || content.size() <= kComponents)
      break;
    n_components = content[kComponents];
  }
  return false;
}

Result<CleanJpeg, std::string> without_metadata(Bytes jpeg)
{
  using namespace std::string_view_literals;
  constexpr std::size_t kJfifSize = 14;
  CleanJpeg clean;
  clean.bytes.reserve(jpeg.size());
  append(clean.bytes, {{0xff, kSoi}});
  bool has_tables = false;
  bool has_common_frame = false;
  Segments segments{jpeg};
  while (true) {
    const auto segment = segments.next();
    if (!segment)
      return segment.error();
    const Bytes content = segment->content;
    const std::uint8_t marker = segment->marker;
    if (is_needed(marker, content))
      append(clean.bytes, segment->all);
    else if (marker == kApp0 && content.size() >= kJfifSize && begins_with(content, "JFIF\0"sv))
      append_jfif(clean.bytes, content);
    if (marker == kEoi)
      return clean;
    if (marker == kDht) {
      has_tables = true;
    } else if (marker >= kSof0 && marker <= kSof2) {
      has_common_frame = !content.empty() && content[0] == 8;
    } else if (marker == kSos) {
      clean.is_common = has_tables && has_common_frame;
      append(clean.bytes, segments.scan());
    }
  }
}

} // namespace gemini::vision
