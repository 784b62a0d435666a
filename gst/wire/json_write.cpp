// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing JSON values.
#include "wire/json_write.hpp"

#include "wire/text.hpp"

#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

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

void append_json(std::string &out, Json value)
{
  switch (value.kind()) {
  case Json::Kind::absent:
  case Json::Kind::null:
    out += "null";
    return;
  case Json::Kind::boolean:
    out += value.is_true() ? "true" : "false";
    return;
  case Json::Kind::number:
    append_number(out, value.number().value_or(NAN), 17);
    return;
  case Json::Kind::string:
    append_quoted(out, value.text());
    return;
  case Json::Kind::array:
  case Json::Kind::object:
    break;
  }
  const bool is_object = value.is_object();
  out += is_object ? '{' : '[';
  for (bool is_first = true; const Json child : value) {
    if (!std::exchange(is_first, false))
      out += ',';
    if (is_object) {
      append_quoted(out, child.key());
      out += ':';
    }
    append_json(out, child); // not deeper than JsonDocument::kMaxDepth
  }
  out += is_object ? '}' : ']';
}

} // namespace gemini::wire
