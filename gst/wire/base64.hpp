// SPDX-License-Identifier: LGPL-2.1-or-later
// Base64 as models write it: either alphabet, broken into lines, without its padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gemini::wire {

// What `text` stands for; none when it is not base64 or would be longer than `max_bytes`. White
// space, also as escapes that were escaped twice, counts for nothing; the padding ends the text.
std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text,
                                                       std::size_t max_bytes);

} // namespace gemini::wire
