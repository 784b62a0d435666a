// SPDX-License-Identifier: LGPL-2.1-or-later
// The JSON bodies of good answers.
#pragma once

#include "models.hpp"
#include "tokens.hpp"

#include <string>
#include <vector>

namespace gemini::emulator {

struct Reply {
  const Model *model = nullptr;
  std::string text;
  std::string thoughts = {}; // empty: none are shown
  const char *finish_reason = "STOP";
  PromptTokens prompt;
  int candidate_count = 1;
  std::string response_id;
};

std::string reply_body(const Reply &reply);
// The same in several pieces, each a whole body: the text goes on from piece to piece, and the last
// one says why it ended.
std::vector<std::string> reply_pieces(const Reply &reply);
// The prompt is blocked: there are no candidates at all.
std::string blocked_body(const Reply &reply);
std::string count_body(const PromptTokens &prompt);

// The longest beginning of a UTF-8 text with at most `n` characters.
std::string first_characters(const std::string &text, std::size_t n);

} // namespace gemini::emulator
