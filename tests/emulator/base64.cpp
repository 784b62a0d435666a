// SPDX-License-Identifier: LGPL-2.1-or-later
// Base64, read strictly.
#include "base64.hpp"

#include <array>

namespace gemini::emulator {
namespace {

constexpr std::array<std::int8_t, 256> make_table()
{
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 26; ++i) {
    table[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(i);
    table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i)
    table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(52 + i);
  table['+'] = table['-'] = 62;
  table['/'] = table['_'] = 63;
  return table;
}

constexpr auto kTable = make_table();

// The digits alone, or nothing where the padding or the length is wrong.
std::optional<std::string_view> without_padding(std::string_view text)
{
  const std::size_t end = text.find_last_not_of('=');
  const std::string_view digits = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
  const std::size_t padding = text.size() - digits.size();
  if (digits.size() % 4 == 1 || (padding > 0 && (padding > 2 || text.size() % 4 != 0)))
    return std::nullopt;
  return digits;
}

} // namespace

std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text)
{
  const auto digits = without_padding(text);
  if (!digits)
    return std::nullopt;
  std::vector<std::uint8_t> out;
  out.reserve(digits->size() / 4 * 3 + 2);
  unsigned bits = 0;
  int n_bits = 0;
  for (const char c : *digits) {
    const int value = kTable[static_cast<unsigned char>(c)];
    if (value < 0)
      return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(value);
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      out.push_back(static_cast<std::uint8_t>(bits >> n_bits));
    }
  }
  return out;
}

bool is_base64(std::string_view text)
{
  const auto digits = without_padding(text);
  if (!digits)
    return false;
  for (const char c : *digits) {
    if (kTable[static_cast<unsigned char>(c)] < 0)
      return false;
  }
  return true;
}

} // namespace gemini::emulator
