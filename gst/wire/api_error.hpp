// SPDX-License-Identifier: LGPL-2.1-or-later
// Error bodies of the service and of whatever stands between it and us.
#pragma once

#include "core/failure.hpp"
#include "wire/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace gemini::wire {

// An error object that came with HTTP 200.
Failure read_error_in_reply(Json root);

// The first words of a body that may be HTML, on one line and safe to show.
std::string plain_words(std::string_view body, std::size_t max_bytes);

} // namespace gemini::wire
