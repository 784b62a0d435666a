// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model wrote about several frames, taken apart into one answer for each.
#pragma once

#include "wire/reply.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

struct FrameAnswer {
  std::string text;    // as if the model had written no more than this
  bool is_cut = false; // all of what was written ended in the midst of it
};

struct FrameAnswers {
  std::vector<std::optional<FrameAnswer>> frames; // none: nothing was said about it
  std::vector<std::string> problems;              // of the list of answers
  bool is_split = false;                          // the frames could be told apart
  bool is_cut = false;                            // the list ended before its end
};

// By the numbers that the entries carry, else by their places, in whatever list or map they stand.
// Things that do not tell the frame they are on are never shared out.
FrameAnswers split_answer(const ReadOptions &options, std::size_t n_frames, std::string_view text);

} // namespace gemini::wire
