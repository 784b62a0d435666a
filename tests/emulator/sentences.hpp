// SPDX-License-Identifier: LGPL-2.1-or-later
// Saying in words what is seen.
#pragma once

#include "seen.hpp"

#include <string>

namespace gemini::emulator {

// "The picture shows 2 persons and a car."
std::string caption(const Seen &seen, const Sights &sights);
// An answer to the prompt: a number, yes or no where it asks for one, else a caption.
std::string answer_in_words(Seen &seen, const std::string &prompt);
// The same in JSON mode without a schema.
std::string answer_as_json(Seen &seen, const std::string &prompt);
// "a person on the left"
std::string description(const Sight &sight, const Picture &picture);
// What a model that shows its thoughts thinks before it answers.
std::string thoughts(Seen &seen);

} // namespace gemini::emulator
