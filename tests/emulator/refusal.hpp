// SPDX-License-Identifier: LGPL-2.1-or-later
// Refusing fields as a service does that does not know them.
#pragma once

#include "errors.hpp"

#include <json-glib/json-glib.h>

#include <string>
#include <vector>

namespace gemini::emulator {

// A violation for each member of `root`, at any depth, that has one of these names (in camelCase;
// both spellings are found).
std::vector<FieldViolation> refused_fields(JsonNode *root, const std::vector<std::string> &names);

} // namespace gemini::emulator
