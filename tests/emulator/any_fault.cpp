// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of faults. Not in it: `hold`, which ends by hand only, and what concerns files.
#include "any_fault.hpp"

#include <string_view>

namespace gemini::emulator {

std::vector<std::string> all_fault_actions(std::chrono::milliseconds longest)
{
  static constexpr std::string_view kTimed[] = {"silence", "slow", "slow-body"};
  static constexpr std::string_view kOthers[] = {
      "reset",
      "close",
      "half-headers",
      "no-length",
      "huge 1",
      "status 400",
      "status 400-key",
      "status 400-precondition",
      "status 401",
      "status 403",
      "status 403-file",
      "status 403-key-leaked",
      "status 404",
      "status 408",
      "status 413",
      "status 429",
      "status 429-date 1",
      "status 429-header 1",
      "status 429-perday",
      "status 429-retry 0.2",
      "status 429-vertex",
      "status 499",
      "status 500",
      "status 501",
      "status 502",
      "status 503",
      "status 503-retry 1",
      "status 504",
      "stream-cut 1",
      "stream-error 1",
      "array",
      "bad-gzip",
      "blocked",
      "cut-json",
      "echo-key",
      "empty",
      "empty 503",
      "html",
      "html 502",
      "masks placeholder",
      "max-tokens",
      "no-parts",
      "recitation",
      "redirect http://127.0.0.1:9/",
      "refuse responseSchema,temperature,thinkingConfig",
      "text \"I cannot help with that.\"",
      "thought-only",
  };
  std::vector<std::string> actions{std::begin(kOthers), std::end(kOthers)};
  for (const std::string_view action : kTimed)
    actions.push_back(std::string{action} + ' ' + std::to_string(longest.count()));
  return actions;
}

} // namespace gemini::emulator
