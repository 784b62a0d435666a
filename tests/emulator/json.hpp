// SPDX-License-Identifier: LGPL-2.1-or-later
// Small helpers around JSON: writing as text, reading with json-glib in both spellings of a name.
#pragma once

#include <json-glib/json-glib.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini::emulator::json {

// Name and value; the value is JSON text already. A member whose value is empty is left out.
using Members = std::vector<std::pair<std::string_view, std::string>>;

std::string quote(std::string_view text);
std::string object(const Members &members);
std::string array(const std::vector<std::string> &items);
// With at most that many digits behind the point.
std::string decimal(double value, int digits);

// "inlineData" → "inline_data": the service accepts both spellings of a name.
std::string snake_case(std::string_view camel_case);

// The member of that name (given in camelCase) in either spelling; null where it is absent or null.
JsonNode *member(JsonNode *object, std::string_view camel_case);
// The elements of an array; a single value counts as a list of one, as the service reads it.
std::vector<JsonNode *> items(JsonNode *node);

std::string string_member(JsonNode *object, std::string_view camel_case);
bool is_true(JsonNode *node);
// Numbers may be written as strings.
double number(JsonNode *node);

} // namespace gemini::emulator::json
