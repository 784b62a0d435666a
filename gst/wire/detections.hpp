// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model wrote about what it sees, as objects.
#pragma once

#include "core/analysis.hpp"
#include "wire/problems.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace gemini::wire {

// Reads a model's answer to a detection prompt. At most `max_objects` are kept; whatever was lost
// is named in `problems`. An empty result without a problem means that the model said so.
std::vector<Object> read_detections(std::string_view text, std::size_t max_objects,
                                    Problems &problems);

} // namespace gemini::wire
