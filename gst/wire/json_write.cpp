// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing JSON values.
#include "wire/json_write.hpp"

#include "wire/text.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

namespace gemini::wire {
namespace {

constexpr int kDecimals = 15;

std::size_t digits_at(std::string_view text, std::size_t at)
{
  std::size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9')
    ++end;
  return end - at;
}

// Whether a number is written as JSON wants it; models also write +1, .5 and 007.
bool is_json_number(std::string_view text)
{
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0'))
    return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t decimals = digits_at(text, at + 1);
    if (decimals == 0)
      return false;
    at += 1 + decimals;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-'))
      ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0)
      return false;
    at += exponent;
  }
  return at == text.size();
}

void append_scalar(std::string &out, Json value)
{
  switch (value.kind()) {
  case Json::Kind::string:
    append_quoted(out, value.text());
    break;
  case Json::Kind::boolean:
    out += value.is_true() ? "true" : "false";
    break;
  case Json::Kind::number:
    if (const auto number = value.number(); number && is_json_number(value.text()))
      out += value.text();
    else if (number)
      append_number(out, *number, kDecimals);
    else
      out += "null";
    break;
  default:
    out += "null";
  }
}

// Of a cut text: an object that is not whole is no element of a list, but what is whole in a member
// is worth keeping.
bool is_kept(Json value, Json parent)
{
  return value.is_whole() || (parent.is_object() && (value.is_object() || value.is_array()));
}

// Documents are not deep: the recursion ends at JsonDocument::kMaxDepth.
bool append_value(std::string &out, Json value, std::size_t max_bytes)
{
  if (out.size() + value.text().size() > max_bytes)
    return false;
  if (!value.is_object() && !value.is_array()) {
    append_scalar(out, value);
    return out.size() <= max_bytes;
  }
  const bool is_object = value.is_object();
  const char *separator = "";
  out += is_object ? '{' : '[';
  for (const Json child : value) {
    if (!is_kept(child, value))
      continue;
    out += separator;
    separator = ",";
    if (is_object) {
      append_quoted(out, child.key());
      out += ':';
    }
    if (!append_value(out, child, max_bytes))
      return false;
  }
  out += is_object ? '}' : ']';
  return out.size() <= max_bytes;
}

} // namespace

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

void append_number(std::string &out, double value)
{
  // to_chars() alone would write 100 as 1e+02.
  const double size = std::fabs(value);
  const auto format =
      size >= 1e-6 && size < 1e15 ? std::chars_format::fixed : std::chars_format::general;
  char digits[40];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value, format);
  if (!std::isfinite(value) || error != std::errc{})
    out += "null";
  else if (value == 0) // -0
    out += '0';
  else
    out.append(digits, end);
}

bool append_json(std::string &out, Json value, std::size_t max_bytes)
{
  return append_value(out, value, max_bytes);
}

} // namespace gemini::wire
