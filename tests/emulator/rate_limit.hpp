// SPDX-License-Identifier: LGPL-2.1-or-later
// At most so many requests within any minute.
#pragma once

#include <chrono>
#include <deque>
#include <optional>

namespace gemini::emulator {

class RateLimit {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit RateLimit(int requests_per_minute) : limit_(requests_per_minute) {} // 0: no limit

  int limit() const { return limit_; }

  // Counts a request, or says how long to wait where it is one too many.
  std::optional<std::chrono::milliseconds> take(TimePoint now)
  {
    constexpr std::chrono::minutes kWindow{1};
    if (limit_ <= 0)
      return std::nullopt;
    while (!taken_.empty() && now - taken_.front() >= kWindow)
      taken_.pop_front();
    if (taken_.size() >= static_cast<std::size_t>(limit_))
      return std::chrono::ceil<std::chrono::milliseconds>(taken_.front() + kWindow - now);
    taken_.push_back(now);
    return std::nullopt;
  }

private:
  int limit_;
  std::deque<TimePoint> taken_;
};

} // namespace gemini::emulator
