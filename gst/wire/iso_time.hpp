// SPDX-License-Identifier: LGPL-2.1-or-later
// Points in time as people and NDJSON write them: 2026-11-22T16:00:00.000Z.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gemini::wire {

// In UTC, rounded down to milliseconds.
std::string iso_time(std::chrono::microseconds since_1970);

// What iso_time() writes and nothing else.
std::optional<std::chrono::microseconds> read_iso_time(std::string_view text);

} // namespace gemini::wire
