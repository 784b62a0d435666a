// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing JSON values.
#include "wire/json_write.hpp"

#include "wire/text.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

namespace gemini::wire {

void append_quoted(std::string &out, std::string_view text)
{
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string repaired{text};
  repair_utf8(repaired);
  out += '"';
  for (const char c : repaired) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_number(std::string &out, double value, int decimals)
{
  char digits[400]; // the largest double has 309 digits before the point
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals);
  if (!std::isfinite(value) || error != std::errc{}) {
    out += "null";
    return;
  }
  std::string_view text{digits, static_cast<std::size_t>(end - digits)};
  if (text.find('.') != std::string_view::npos) {
    while (text.back() == '0')
      text.remove_suffix(1);
    if (text.back() == '.')
      text.remove_suffix(1);
  }
  out += text == "-0" ? "0" : text;
}

} // namespace gemini::wire
