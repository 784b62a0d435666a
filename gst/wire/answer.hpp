// SPDX-License-Identifier: LGPL-2.1-or-later
// The answer to a question of the user's own: words, or JSON by a schema.
#pragma once

#include "core/analysis.hpp"
#include "wire/problems.hpp"
#include "wire/reply.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

struct Answer {
  std::optional<std::string> text = std::nullopt;
  std::optional<std::string> json = std::nullopt; // one line, valid
  std::vector<Object> objects = {};               // what in it has a shape
};

// Without a schema the words are kept as they are, with the JSON that they may be. With one they
// are kept only where there is no JSON in them.
Answer read_answer(std::string_view text, const ReadOptions &options, Problems &problems);

} // namespace gemini::wire
