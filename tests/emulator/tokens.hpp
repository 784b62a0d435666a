// SPDX-License-Identifier: LGPL-2.1-or-later
// How many tokens things cost, by the service's documented formulas.
#pragma once

#include "generate_request.hpp"

#include <cstdint>
#include <string_view>

namespace gemini::emulator {

inline constexpr std::size_t kCharactersPerToken = 4; // the rule of thumb for text

std::int64_t image_tokens(const Model &model, const ImagePart &image);
std::int64_t text_tokens(std::string_view text);

struct PromptTokens {
  std::int64_t text = 0;
  std::int64_t images = 0;
  std::int64_t total() const { return text + images; }
};
PromptTokens prompt_tokens(const Model &model, const GenerateRequest &request);

} // namespace gemini::emulator
