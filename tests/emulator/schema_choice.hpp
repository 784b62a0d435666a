// SPDX-License-Identifier: LGPL-2.1-or-later
// Choosing one of the words that a schema allows.
#pragma once

#include "seen.hpp"

#include <string>
#include <vector>

namespace gemini::emulator {

// The word that is `label` or names a kind of the sights; else yes or no, a number or "many" by how
// many there are; else "other"; else the first. There is at least one.
std::string choose(const Seen &seen, const Sights &sights, const std::vector<std::string> &words,
                   const std::string &label);

} // namespace gemini::emulator
