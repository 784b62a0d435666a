// SPDX-License-Identifier: LGPL-2.1-or-later
// Points in time as text.
#include "wire/iso_time.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <system_error>

namespace gemini::wire {

std::string iso_time(std::chrono::microseconds since_1970)
{
  using namespace std::chrono;
  const sys_time<milliseconds> time{floor<milliseconds>(since_1970)};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

std::optional<std::chrono::microseconds> read_iso_time(std::string_view text)
{
  using namespace std::chrono;
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (text.size() != kForm.size())
    return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i])
      return std::nullopt;
  }
  const auto number = [text](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const year_month_day date{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))},
                            day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok())
    return std::nullopt;
  const microseconds time = sys_days{date}.time_since_epoch() + hours{number(11, 2)} +
                            minutes{number(14, 2)} + seconds{number(17, 2)} +
                            milliseconds{number(20, 3)};
  // 25:61 is none.
  return iso_time(time) == text ? std::optional{time} : std::nullopt;
}

} // namespace gemini::wire
