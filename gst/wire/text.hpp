// SPDX-License-Identifier: LGPL-2.1-or-later
// Text of others made fit for people and for JSON: valid UTF-8, one line, no secrets, no blobs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gemini::wire {

// Makes the part of `text` from `from` on valid UTF-8 without NUL: what is none becomes U+FFFD.
void repair_utf8(std::string &text, std::size_t from = 0);

// `text` on one line of at most `max_bytes`, cut between characters (and words, where possible)
// with an ellipsis. Line breaks, tabs and control characters become single spaces; the ends are
// trimmed. Valid UTF-8.
std::string one_line(std::string_view text, std::size_t max_bytes);

// As one_line(), and what looks like a key or like encoded data is left out.
std::string safe_line(std::string_view text, std::size_t max_bytes);

// A number that fills the whole of `text`, spaces around it aside. Independent of the locale.
// Infinite when it is written so or too large.
std::optional<double> parse_number(std::string_view text);

// Whether `text` contains `part`, letters of ASCII compared without case.
bool contains_word(std::string_view text, std::string_view part);

std::string_view trimmed(std::string_view text);

} // namespace gemini::wire
