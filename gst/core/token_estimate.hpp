// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request will cost in tokens of input, before it is sent.
#pragma once

#include "core/question.hpp"

#include <cstddef>
#include <cstdint>

namespace gemini {

// How a family of models counts a picture.
enum class TokenRule {
  tiles,  // 2.0 and 2.5: by tiles, so by the picture's proportions
  budget, // 3 and later: a fixed number for each resolution
};

// Tokens of one picture of that size, in pixels as sent. The numbers are those of the service's
// pages on image understanding and on media resolution (late 2026).
std::int64_t image_tokens(TokenRule rule, MediaResolution resolution, int width, int height);

// Tokens of a text, at the service's own rule of thumb of four characters each.
std::int64_t text_tokens(std::size_t bytes);

} // namespace gemini
