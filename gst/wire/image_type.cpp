// SPDX-License-Identifier: LGPL-2.1-or-later
// What kind of picture a file holds.
#include "wire/image_type.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gemini::wire {
namespace {

std::string_view text_of(std::span<const std::uint8_t> content)
{
  return {reinterpret_cast<const char *>(content.data()), content.size()};
}

template <std::size_t n>
bool contains(const std::array<std::string_view, n> &brands, std::string_view brand)
{
  return std::find(brands.begin(), brands.end(), brand) != brands.end();
}

// By the brands of a file that begins with the box `ftyp`: what it is first, then what else it can
// be read as.
std::string_view heif_type(std::string_view content)
{
  constexpr std::array<std::string_view, 4> kHevc = {"heic", "heix", "heim", "heis"};
  constexpr std::array<std::string_view, 2> kOther = {"avif", "avis"}; // not read by the service
  constexpr std::size_t kMajorAt = 8;
  constexpr std::size_t kOthersAt = 16;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i)
    size = size << 8 | static_cast<unsigned char>(content[i]);
  const std::string_view box = content.substr(0, size);
  if (box.size() < kOthersAt)
    return {};
  const std::string_view major = box.substr(kMajorAt, 4);
  bool is_hevc = contains(kHevc, major);
  bool is_other = contains(kOther, major);
  bool is_picture = major == "mif1";
  for (std::size_t at = kOthersAt; at + 4 <= box.size(); at += 4) {
    const std::string_view brand = box.substr(at, 4);
    is_hevc = is_hevc || contains(kHevc, brand);
    is_other = is_other || contains(kOther, brand);
    is_picture = is_picture || brand == "mif1";
  }
  if (is_hevc)
    return "image/heic";
  return is_picture && !is_other ? "image/heif" : "";
}

} // namespace

std::string_view image_type(std::span<const std::uint8_t> content)
{
  const std::string_view text = text_of(content);
  if (text.starts_with("\x89PNG\r\n\x1a\n"))
    return "image/png";
  if (text.starts_with("\xff\xd8\xff"))
    return "image/jpeg";
  if (text.starts_with("RIFF") &&
      text.substr(std::min(text.size(), std::size_t{8})).starts_with("WEBP"))
    return "image/webp";
  if (text.size() > 8 && text.substr(4).starts_with("ftyp"))
    return heif_type(text);
  return {};
}

} // namespace gemini::wire
