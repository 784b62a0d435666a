// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model says that a picture is of, as objects without a shape.
#pragma once

#include "core/analysis.hpp"
#include "wire/problems.hpp"
#include "wire/reply.hpp"

#include <string_view>
#include <vector>

namespace gemini::wire {

// Reads classes and how sure the model is of them: a list of objects or words, names with numbers
// behind them, or a few words without JSON. As read_objects() otherwise.
std::vector<Object> read_classes(std::string_view text, const ReadOptions &options,
                                 Problems &problems);

} // namespace gemini::wire
