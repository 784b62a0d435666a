// SPDX-License-Identifier: LGPL-2.1-or-later
// Signatures, and the few header fields that tell a size.
#include "image_format.hpp"

#include <algorithm>
#include <string_view>

namespace gemini::emulator {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool has_at(Bytes bytes, std::size_t at, std::string_view text)
{
  return bytes.size() >= at + text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char c, std::uint8_t byte) { return static_cast<std::uint8_t>(c) == byte; });
}

unsigned little_endian(Bytes bytes, std::size_t at, std::size_t n)
{
  unsigned value = 0;
  for (std::size_t i = n; i > 0; --i)
    value = value << 8 | bytes[at + i - 1];
  return value;
}

unsigned big_endian(Bytes bytes, std::size_t at)
{
  unsigned value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | bytes[at + i];
  return value;
}

std::optional<ImageSize> checked(unsigned width, unsigned height)
{
  constexpr unsigned kLargest = 1U << 16;
  if (width == 0 || height == 0 || width > kLargest || height > kLargest)
    return std::nullopt;
  return ImageSize{static_cast<int>(width), static_cast<int>(height)};
}

// The first chunk says it, in a form of its own for each of the three kinds.
std::optional<ImageSize> webp_size(Bytes bytes)
{
  if (bytes.size() < 30)
    return std::nullopt;
  if (has_at(bytes, 12, "VP8X"))
    return checked(little_endian(bytes, 24, 3) + 1, little_endian(bytes, 27, 3) + 1);
  if (has_at(bytes, 12, "VP8L")) {
    const unsigned bits = little_endian(bytes, 21, 4);
    return checked((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
  }
  if (has_at(bytes, 12, "VP8 "))
    return checked(little_endian(bytes, 26, 2) & 0x3fff, little_endian(bytes, 28, 2) & 0x3fff);
  return std::nullopt;
}

// The largest of the sizes in the properties: the others are those of thumbnails and tiles.
std::optional<ImageSize> heif_size(Bytes bytes)
{
  std::optional<ImageSize> largest;
  const std::size_t end = std::min<std::size_t>(bytes.size(), 64 << 10);
  for (std::size_t at = 0; at + 16 <= end; ++at) {
    if (!has_at(bytes, at, "ispe"))
      continue;
    const auto size = checked(big_endian(bytes, at + 8), big_endian(bytes, at + 12));
    if (size && (!largest || size->width > largest->width))
      largest = size;
  }
  return largest;
}

bool is_heif(Bytes bytes)
{
  constexpr std::string_view kBrands[] = {"heic", "heix", "hevc", "hevx", "heim",
                                          "heis", "mif1", "msf1", "heif"};
  return has_at(bytes, 4, "ftyp") &&
         std::ranges::any_of(kBrands, [&](auto brand) { return has_at(bytes, 8, brand); });
}

} // namespace

std::optional<ImageFormat> image_format(Bytes bytes)
{
  if (has_at(bytes, 0, "\xff\xd8\xff"))
    return ImageFormat::jpeg;
  if (has_at(bytes, 0, "\x89PNG\r\n\x1a\n"))
    return ImageFormat::png;
  if (has_at(bytes, 0, "RIFF") && has_at(bytes, 8, "WEBP"))
    return ImageFormat::webp;
  return is_heif(bytes) ? std::optional{ImageFormat::heif} : std::nullopt;
}

std::optional<ImageFormat> image_format_by_type(const std::string &type)
{
  for (const auto format : {ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp}) {
    if (type == mime_type(format))
      return format;
  }
  return type == "image/heic" || type == "image/heif" ? std::optional{ImageFormat::heif}
                                                      : std::nullopt;
}

const char *mime_type(ImageFormat format)
{
  switch (format) {
  case ImageFormat::jpeg:
    return "image/jpeg";
  case ImageFormat::png:
    return "image/png";
  case ImageFormat::webp:
    return "image/webp";
  case ImageFormat::heif:
    break;
  }
  return "image/heif";
}

bool is_readable(ImageFormat format)
{
  return format == ImageFormat::jpeg || format == ImageFormat::png;
}

std::optional<ImageSize> declared_size(ImageFormat format, Bytes bytes)
{
  if (format == ImageFormat::webp)
    return webp_size(bytes);
  return format == ImageFormat::heif ? heif_size(bytes) : std::nullopt;
}

} // namespace gemini::emulator
