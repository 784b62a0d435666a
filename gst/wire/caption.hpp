// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of an answer, without what a model wraps round them.
#pragma once

#include "wire/problems.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gemini::wire {

// Longer answers in words are cut.
inline constexpr std::size_t kMaxTextBytes = 100'000;

// The caption in a model's answer: fences, quotation marks and JSON round it removed. None where no
// words are left; that, and whatever was lost, is named in `problems`.
std::optional<std::string> read_caption(std::string_view text, Problems &problems);

// `text` trimmed and at most kMaxTextBytes long; a cut is named in `problems`.
std::string bounded_text(std::string_view text, Problems &problems);

} // namespace gemini::wire
