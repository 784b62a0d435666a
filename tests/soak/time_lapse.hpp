// SPDX-License-Identifier: LGPL-2.1-or-later
// A clock that runs faster than the machine's, so that hours of backing off fit into minutes. It is
// always ten seconds to midnight in California, where daily quotas end.
#pragma once

#include "glib/clock.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

namespace gemini::test {

// To be made before and to end after what goes by it. All functions may be called from any thread.
class TimeLapse final : public Clock {
public:
  explicit TimeLapse(int factor) : factor_(factor) { Clock::replace(this); }
  ~TimeLapse() override { Clock::replace(nullptr); }
  TimeLapse(const TimeLapse &) = delete;
  TimeLapse &operator=(const TimeLapse &) = delete;

  TimePoint now() const override
  {
    return begin_ + (std::chrono::steady_clock::now() - begin_) * factor_;
  }

  // Before whatever the service tells the time of, so that no file ever seems to have expired.
  std::chrono::sys_seconds wall() const override
  {
    using namespace std::chrono_literals;
    return std::chrono::sys_days{std::chrono::year{2026} / 1 / 15} + 8h - 10s;
  }

  void wait(std::unique_lock<std::mutex> &lock, std::condition_variable &changed,
            std::optional<TimePoint> until, const std::function<bool()> &is_done) override
  {
    if (until)
      changed.wait_until(lock, begin_ + (*until - begin_) / factor_, is_done);
    else
      changed.wait(lock, is_done);
  }

  int sleep_ms(TimePoint until) const override
  {
    constexpr std::chrono::milliseconds kLongest = std::chrono::minutes{1};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>((until - now()) / factor_);
    return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, kLongest).count());
  }

private:
  const TimePoint begin_ = std::chrono::steady_clock::now();
  const int factor_;
};

} // namespace gemini::test
