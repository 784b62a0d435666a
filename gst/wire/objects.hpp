// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model wrote about what it sees, as objects.
#pragma once

#include "core/analysis.hpp"
#include "wire/json.hpp"
#include "wire/problems.hpp"
#include "wire/reply.hpp"

#include <string_view>
#include <vector>

namespace gemini::wire {

// Reads the things that a model says it sees, with all the shapes that it gives them. The task says
// which shape must be there. At most options.max_objects are kept; whatever was lost is named in
// `problems`. An empty result without a problem means that the model said so.
std::vector<Object> read_objects(std::string_view text, const ReadOptions &options,
                                 Problems &problems);

// Of an answer to a question of the user's own: what in it has a shape. What has none, or a bad
// one, is no problem: nobody asked for it.
std::vector<Object> read_objects_by_the_way(const JsonDocument &document,
                                            const ReadOptions &options, Problems &problems);

} // namespace gemini::wire
