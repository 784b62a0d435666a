// SPDX-License-Identifier: LGPL-2.1-or-later
// How long the service asks us to wait.
#include "wire/retry_after.hpp"

#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <system_error>
#include <vector>

namespace gemini::wire {
namespace {

using std::chrono::nanoseconds;

// Longer wishes are cut; nobody waits a week.
constexpr std::chrono::seconds kLongest = std::chrono::days{7};

std::optional<nanoseconds> wait(double seconds)
{
  if (!(seconds >= 0))
    return std::nullopt;
  const double longest = static_cast<double>(kLongest.count());
  return std::chrono::round<nanoseconds>(std::chrono::duration<double>{std::min(seconds, longest)});
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators)
{
  std::vector<std::string_view> pieces;
  while (pieces.size() < 8) {
    text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
    if (text.empty())
      break;
    pieces.push_back(text.substr(0, text.find_first_of(separators)));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

std::optional<int> parse_integer(std::string_view text)
{
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

std::optional<unsigned> parse_month(std::string_view name)
{
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto *const found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end())
    return std::nullopt;
  return static_cast<unsigned>(std::distance(kMonths.begin(), found)) + 1;
}

// Sun, 06 Nov 1994 08:49:37 GMT · Sunday, 06-Nov-94 08:49:37 GMT · Sun Nov  6 08:49:37 1994
std::optional<std::chrono::sys_seconds> parse_date(std::string_view text)
{
  using namespace std::chrono;
  std::vector<std::string_view> words = split(text, " ,-");
  if (words.size() == 5 && words[3].find(':') != std::string_view::npos)
    words = {words[0], words[2], words[1], words[4], words[3]}; // asctime
  if (words.size() < 5)
    return std::nullopt;
  const std::vector<std::string_view> clock = split(words[4], ":");
  if (clock.size() != 3)
    return std::nullopt;
  const auto d = parse_integer(words[1]);
  const auto m = parse_month(words[2]);
  auto y = parse_integer(words[3]);
  const auto hour = parse_integer(clock[0]);
  const auto minute = parse_integer(clock[1]);
  const auto second = parse_integer(clock[2]);
  if (!d || !m || !y || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  if (words[3].size() == 2)
    *y += *y < 70 ? 2000 : 1900;
  const year_month_day date{year{*y}, month{*m}, day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *y > 9999)
    return std::nullopt;
  return sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second};
}

} // namespace

std::optional<nanoseconds> parse_duration(std::string_view text)
{
  text = trimmed(text);
  if (!text.ends_with('s'))
    return std::nullopt;
  const auto seconds = parse_number(text.substr(0, text.size() - 1));
  return seconds ? wait(*seconds) : std::nullopt;
}

std::optional<nanoseconds> parse_retry_after(std::string_view text, std::chrono::sys_seconds now)
{
  text = trimmed(text);
  if (const auto seconds = parse_number(text))
    return wait(*seconds);
  const auto date = parse_date(text);
  if (!date)
    return std::nullopt;
  return std::clamp<std::chrono::seconds>(*date - now, std::chrono::seconds{0}, kLongest);
}

} // namespace gemini::wire
