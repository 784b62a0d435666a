// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing JSON values: always valid, whatever the text holds and whatever the locale is.
#pragma once

#include "wire/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace gemini::wire {

// A string with its quotation marks. Bytes that are no UTF-8 become U+FFFD.
void append_quoted(std::string &out, std::string_view text);

// A number with at most `decimals` digits behind the point, none of them a trailing zero; null
// where it is no finite number.
void append_number(std::string &out, double value, int decimals);

// A number with as many digits as it takes to read the same number back; null where it is no finite
// number.
void append_number(std::string &out, double value);

// A value that was read, on one line without spaces. Where the text was cut, what is not whole is
// left out: members and elements, not the containers on the way to them. False, and nothing to be
// used, where `out` becomes longer than `max_bytes`.
bool append_json(std::string &out, Json value, std::size_t max_bytes);

} // namespace gemini::wire
