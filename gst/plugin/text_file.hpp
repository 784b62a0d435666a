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

// The file's UTF-8 text without white space at both ends. `property` is named in the problem. Of a
// pipe, such as the shell's <(command), it waits for the end.
Result<std::string, SettingProblem> read_text_file(const std::string &path, const char *property);
// The same for who may not be kept waiting: what is no regular file is a problem.
Result<std::string, SettingProblem> read_regular_file(const std::string &path,
                                                      const char *property);

// The value itself, or the text of the file where it is written "@path".
Result<std::string, SettingProblem> resolve_text(const std::string &value, const char *property);

} // namespace gemini
