// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of the program gemini-emulator.
#pragma once

#include "core/result.hpp"
#include "options.hpp"

#include <span>
#include <string>

namespace gemini::emulator {

struct Arguments {
  Options options;
  bool wants_help = false;
};

// `words` without the program's name. The error is one sentence.
Result<Arguments, std::string> parse_arguments(std::span<const std::string> words);

const char *help_text();

} // namespace gemini::emulator
