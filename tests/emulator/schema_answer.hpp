// SPDX-License-Identifier: LGPL-2.1-or-later
// Filling a response schema of any form with what is seen.
#pragma once

#include "answer_schema.hpp"
#include "seen.hpp"

#include <string>

namespace gemini::emulator {

// The names and descriptions of the properties tell what is asked: numbers count the things that
// they name, booleans say whether there are such things, lists of objects hold one for each thing
// (or for each kind, where a confidence or a count is asked for instead of a place), strings are
// labels or sentences, enums the choice that fits.
std::string schema_answer(Subject subject, const AnswerSchema &schema);
// The same for a schema as text.
std::string schema_answer(Subject subject, const std::string &schema);

} // namespace gemini::emulator
