// SPDX-License-Identifier: LGPL-2.1-or-later
// What kind of picture some bytes are, by their signature.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gemini::emulator {

enum class ImageFormat { jpeg, png, webp, heif };

// Nothing where it is none of those that the service takes.
std::optional<ImageFormat> image_format(std::span<const std::uint8_t> bytes);
// "image/heic" and "image/heif" are taken for one another.
std::optional<ImageFormat> image_format_by_type(const std::string &mime_type);
const char *mime_type(ImageFormat format);

// Whether decode_picture() reads such pictures. The others can be counted, but not looked at.
bool is_readable(ImageFormat format);

struct ImageSize {
  int width = 0;
  int height = 0;
};
// Of a WebP or HEIF, without decoding it; nothing where it is broken.
std::optional<ImageSize> declared_size(ImageFormat format, std::span<const std::uint8_t> bytes);

} // namespace gemini::emulator
