// SPDX-License-Identifier: LGPL-2.1-or-later
// Normalised coordinates written as pixels. The double nearest to the pixels is not enough: there
// are more parts of a side than doubles of pixels. So decimals are taken as a whole number and a
// power of ten, and divided once.
#include "wire/pixel_number.hpp"

#include "wire/json_write.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace gemini::wire {
namespace {

constexpr int kFewestDecimals = 3;
constexpr int kMostDecimals = 17; // behind that there is nothing that can be seen
constexpr int kMostDigits = 18;   // of a std::int64_t
constexpr std::int64_t kLargest = 999'999'999'999'999'999;

constexpr auto kPowers = [] {
  std::array<std::int64_t, kMostDigits + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i)
    powers[i] = powers[i - 1] * 10;
  return powers;
}();

// A number as it is written: digits / 10^decimals.
struct Decimal {
  std::int64_t digits = 0;
  int decimals = 0;

  long double scale() const
  {
    return static_cast<long double>(kPowers[static_cast<std::size_t>(decimals)]);
  }
  double part_of(int side) const
  {
    return static_cast<double>(static_cast<long double>(digits) / (scale() * side));
  }
};

// None where it has more digits than it should, an exponent, or is no number.
std::optional<Decimal> read_decimal(std::string_view text)
{
  const bool is_negative = text.starts_with('-');
  if (is_negative)
    text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const bool has_point = point != std::string_view::npos;
  const std::size_t n_digits = text.size() - (has_point ? 1 : 0);
  if (n_digits == 0 || n_digits > kMostDigits)
    return std::nullopt;
  Decimal decimal{.decimals = has_point ? static_cast<int>(text.size() - point - 1) : 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point)
      continue;
    if (text[i] < '0' || text[i] > '9')
      return std::nullopt;
    decimal.digits = decimal.digits * 10 + (text[i] - '0');
  }
  if (is_negative)
    decimal.digits = -decimal.digits;
  return decimal;
}

void append_decimal(std::string &out, Decimal decimal)
{
  while (decimal.decimals > 0 && decimal.digits % 10 == 0) {
    decimal.digits /= 10;
    --decimal.decimals;
  }
  if (decimal.digits < 0)
    out += '-';
  std::string text = std::to_string(std::abs(decimal.digits));
  const auto decimals = static_cast<std::size_t>(decimal.decimals);
  if (text.size() <= decimals)
    text.insert(0, decimals + 1 - text.size(), '0');
  if (decimals > 0)
    text.insert(text.size() - decimals, 1, '.');
  out += text;
}

} // namespace

void append_pixels(std::string &out, double part, int side)
{
  const long double pixels = static_cast<long double>(part) * side;
  std::optional<Decimal> best;
  for (int decimals = kFewestDecimals; decimals <= kMostDecimals; ++decimals) {
    Decimal decimal{.decimals = decimals};
    const long double digits = std::round(pixels * decimal.scale());
    if (!(std::fabs(digits) <= static_cast<long double>(kLargest)))
      break;
    decimal.digits = static_cast<std::int64_t>(digits);
    best = decimal;
    if (side <= 0 || decimal.part_of(side) == part)
      break;
  }
  if (best)
    append_decimal(out, *best);
  else
    append_number(out, static_cast<double>(pixels), kFewestDecimals);
}

std::optional<double> read_pixels(std::string_view pixels, int side)
{
  const std::optional<double> number = parse_number(pixels);
  if (!number || !std::isfinite(*number))
    return std::nullopt;
  if (side <= 0)
    return 0;
  if (const auto decimal = read_decimal(pixels))
    return decimal->part_of(side);
  return *number / side;
}

} // namespace gemini::wire
