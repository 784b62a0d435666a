// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing JSON values: always valid, whatever the text holds and whatever the locale is.
#pragma once

#include "wire/json.hpp"

#include <string>
#include <string_view>

namespace gemini::wire {

// A string with its quotation marks. Bytes that are no UTF-8 become U+FFFD.
void append_quoted(std::string &out, std::string_view text);

// A number with at most `decimals` digits behind the point, none of them a trailing zero; null
// where it is no finite number.
void append_number(std::string &out, double value, int decimals);

// A value as one line of valid JSON, whatever the text was that it was read from.
void append_json(std::string &out, Json value);

} // namespace gemini::wire
