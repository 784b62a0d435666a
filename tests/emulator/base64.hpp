// SPDX-License-Identifier: LGPL-2.1-or-later
// Base64 as protobuf's JSON reads it: either alphabet, padding optional, nothing else in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gemini::emulator {

std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text);
// The same check without the bytes.
bool is_base64(std::string_view text);

} // namespace gemini::emulator
