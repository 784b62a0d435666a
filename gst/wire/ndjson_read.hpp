// SPDX-License-Identifier: LGPL-2.1-or-later

// Reading our own result format back: see ndjson.hpp.
#pragma once

#include "core/analysis.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace gemini::wire {

// One line. The error is the end of a sentence that says what is wrong with it. What a newer
// version has added is passed over.
Result<Analysis, std::string> from_ndjson(std::string_view line);

} // namespace gemini::wire
