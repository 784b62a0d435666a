// SPDX-License-Identifier: LGPL-2.1-or-later
// Text of others made fit for people and for JSON.
#include "wire/text.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace gemini::wire {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd"; // U+FFFD
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";    // U+2026

constexpr bool is_space(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr bool is_control(char c)
{
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

constexpr bool is_continuation(char c)
{
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

bool is_blob_character(char c)
{
  return g_ascii_isalnum(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-';
}

// A key or encoded data: long, and mixed as no word or path is.
bool is_blob(std::string_view run)
{
  const auto has = [run](auto what) { return std::any_of(run.begin(), run.end(), what); };
  return run.size() >= 32 && has([](char c) { return g_ascii_isupper(c); }) &&
         has([](char c) { return g_ascii_islower(c); }) &&
         has([](char c) { return g_ascii_isdigit(c); });
}

std::string without_blobs(std::string_view text)
{
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_blob_character(text[end]))
      ++end;
    if (end == i) {
      out += text[i++];
      continue;
    }
    const std::string_view run = text.substr(i, end - i);
    out += is_blob(run) ? kEllipsis : run;
    i = end;
  }
  return out;
}

} // namespace

void repair_utf8(std::string &text, std::size_t from)
{
  const char *bad = nullptr;
  if (g_utf8_validate_len(text.data() + from, text.size() - from, &bad))
    return;
  const std::string rest = text.substr(from);
  text.resize(static_cast<std::size_t>(bad - text.data()));
  std::size_t at = text.size() - from;
  while (at < rest.size()) {
    text += kReplacement;
    ++at;
    while (at < rest.size() && is_continuation(rest[at]))
      ++at;
    const char *end = nullptr;
    g_utf8_validate_len(rest.data() + at, rest.size() - at, &end);
    const auto valid = static_cast<std::size_t>(end - rest.data()) - at;
    text.append(rest, at, valid);
    at += valid;
  }
}

std::string one_line(std::string_view text, std::size_t max_bytes)
{
  std::string line;
  bool is_cut = false;
  for (const char c : text) {
    if (is_space(c) || is_control(c)) {
      if (!line.empty() && line.back() != ' ')
        line += ' ';
    } else {
      line += c;
    }
    if (line.size() > max_bytes) {
      is_cut = true;
      break;
    }
  }
  if (is_cut && max_bytes > kEllipsis.size()) {
    std::size_t end = max_bytes - kEllipsis.size();
    while (end > 0 && is_continuation(line[end]))
      --end;
    const std::size_t space = line.rfind(' ', end);
    if (space != std::string::npos && space > end / 2)
      end = space;
    line.resize(end);
  }
  while (!line.empty() && line.back() == ' ')
    line.pop_back();
  if (is_cut)
    line += kEllipsis;
  repair_utf8(line);
  return line;
}

std::string safe_line(std::string_view text, std::size_t max_bytes)
{
  // Enough to fill the line; a blob may go on behind it, but is known by its beginning.
  return one_line(without_blobs(text.substr(0, max_bytes * 8)), max_bytes);
}

std::optional<double> parse_number(std::string_view text)
{
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-"))
    text.remove_prefix(1);
  const bool is_negative = text.starts_with('-');
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size())
    return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    if (text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos)
      return 0.0;
    const double huge = std::numeric_limits<double>::infinity();
    return is_negative ? -huge : huge;
  }
  return error == std::errc{} ? std::optional{value} : std::nullopt;
}

bool contains_word(std::string_view text, std::string_view part)
{
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
           return g_ascii_tolower(a) == g_ascii_tolower(b);
         }) != text.end();
}

std::string_view trimmed(std::string_view text)
{
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

} // namespace gemini::wire
