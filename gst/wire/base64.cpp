// SPDX-License-Identifier: LGPL-2.1-or-later
// Base64 as models write it.
#include "wire/base64.hpp"

#include <array>

namespace gemini::wire {
namespace {

constexpr std::uint8_t kOther = 0xff;

constexpr std::array<std::uint8_t, 256> make_values()
{
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  for (std::uint8_t &value : values)
    value = kOther;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  values['-'] = values['+'];
  values['_'] = values['/'];
  return values;
}

constexpr std::array<std::uint8_t, 256> kValues = make_values();

constexpr std::uint8_t value_of(char c)
{
  return kValues[static_cast<unsigned char>(c)];
}

constexpr bool is_space(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// How many characters at the beginning of `text` count for nothing.
std::size_t skipped(std::string_view text)
{
  if (is_space(text.front()))
    return 1;
  if (text.front() != '\\')
    return 0;
  const bool is_space_name =
      text.size() > 1 && (text[1] == 'n' || text[1] == 'r' || text[1] == 't');
  return is_space_name ? 2 : 1;
}

} // namespace

std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text, std::size_t max_bytes)
{
  if (text.size() / 4 * 3 > max_bytes)
    return std::nullopt;
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3 + 3);
  std::uint8_t *out = bytes.data();
  std::uint32_t bits = 0;
  unsigned count = 0; // of the characters in `bits`
  for (std::size_t at = 0; at < text.size();) {
    // Nearly all of it comes in fours, without anything between.
    while (count == 0 && at + 4 <= text.size()) {
      const std::uint32_t a = value_of(text[at]);
      const std::uint32_t b = value_of(text[at + 1]);
      const std::uint32_t c = value_of(text[at + 2]);
      const std::uint32_t d = value_of(text[at + 3]);
      if ((a | b | c | d) > 63)
        break;
      const std::uint32_t four = a << 18 | b << 12 | c << 6 | d;
      *out++ = static_cast<std::uint8_t>(four >> 16);
      *out++ = static_cast<std::uint8_t>(four >> 8);
      *out++ = static_cast<std::uint8_t>(four);
      at += 4;
    }
    if (at >= text.size() || text[at] == '=')
      break;
    const std::uint8_t value = value_of(text[at]);
    if (value == kOther) {
      const std::size_t skip = skipped(text.substr(at));
      if (skip == 0)
        return std::nullopt;
      at += skip;
      continue;
    }
    ++at;
    bits = bits << 6 | value;
    if (++count == 4) {
      *out++ = static_cast<std::uint8_t>(bits >> 16);
      *out++ = static_cast<std::uint8_t>(bits >> 8);
      *out++ = static_cast<std::uint8_t>(bits);
      bits = 0;
      count = 0;
    }
  }
  // Of a last group of two or three the first bytes are whole.
  if (count >= 2)
    *out++ = static_cast<std::uint8_t>(bits << (4 - count) * 6 >> 16);
  if (count == 3)
    *out++ = static_cast<std::uint8_t>(bits << 6 >> 8);
  bytes.resize(static_cast<std::size_t>(out - bytes.data()));
  return bytes;
}

} // namespace gemini::wire
