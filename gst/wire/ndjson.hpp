// SPDX-License-Identifier: LGPL-2.1-or-later
// Our own result format, schema "gst-gemini/1": one JSON object a line.
#pragma once

#include "core/analysis.hpp"

#include <string>

namespace gemini::wire {

// One line, without the line break at its end. Coordinates become pixels of the analysed frame.
std::string to_ndjson(const Analysis &analysis);

} // namespace gemini::wire
