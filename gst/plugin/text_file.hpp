// SPDX-License-Identifier: LGPL-2.1-or-later
// Small text files that a property names.
#pragma once

#include "core/result.hpp"

#include <string>

namespace gemini {

// Why something that the user gave cannot be used: one sentence for the bus.
struct SettingProblem {
  std::string message;
};

// The file's UTF-8 text without white space at both ends. `property` is named in the problem.
Result<std::string, SettingProblem> read_text_file(const std::string &path, const char *property);

// The value itself, or the text of the file where it is written "@path".
Result<std::string, SettingProblem> resolve_text(const std::string &value, const char *property);

} // namespace gemini
