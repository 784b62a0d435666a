// SPDX-License-Identifier: LGPL-2.1-or-later
// All that can go wrong with a request to generate, for the action `any` of fault scripts.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gemini::emulator {

// Actions in the language of fault scripts. What is slow or silent takes `longest` at most.
std::vector<std::string> all_fault_actions(std::chrono::milliseconds longest);

} // namespace gemini::emulator
