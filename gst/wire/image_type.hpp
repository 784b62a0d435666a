// SPDX-License-Identifier: LGPL-2.1-or-later

// What kind of picture a file holds, by its content.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gemini::wire {

// "image/jpeg", "image/png", "image/webp", "image/heic" or "image/heif": what the service reads;
// empty for anything else. By the signatures of the formats: PNG 5.2, JPEG's SOI, RIFF/WEBP, and
// the brands of ISO/IEC 23008-12 in the box `ftyp`.
std::string_view image_type(std::span<const std::uint8_t> content);

} // namespace gemini::wire
