// SPDX-License-Identifier: LGPL-2.1-or-later
// The schema that a prompt describes in words: `JSON with the keys "people" (integer), "has_dog"`.
#pragma once

#include <string>
#include <string_view>

namespace gemini::emulator {

// As JSON; empty where the prompt does not speak of JSON or names no keys. What is said behind a
// key tells its type, else its name does.
std::string implied_schema(std::string_view prompt);

} // namespace gemini::emulator
