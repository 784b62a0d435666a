// SPDX-License-Identifier: LGPL-2.1-or-later
// How long the service asks us to wait.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gemini::wire {

// A protobuf Duration in JSON: "26s", "26.5s".
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// The value of a Retry-After header: seconds, or a date of HTTP in any of its three forms. A date
// that has passed means no wait.
std::optional<std::chrono::nanoseconds> parse_retry_after(std::string_view text,
                                                          std::chrono::sys_seconds now);

} // namespace gemini::wire
