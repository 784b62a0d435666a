// SPDX-License-Identifier: LGPL-2.1-or-later
// The steady clock of the machine, and which clock the process goes by.
#include "glib/clock.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace gemini {
namespace {

class SteadyClock final : public Clock {
public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }

  std::chrono::sys_seconds wall() const override
  {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }

  void wait(std::unique_lock<std::mutex> &lock, std::condition_variable &changed,
            std::optional<TimePoint> until, const std::function<bool()> &is_done) override
  {
    if (until)
      changed.wait_until(lock, *until, is_done);
    else
      changed.wait(lock, is_done);
  }

  int sleep_ms(TimePoint until) const override
  {
    // Waking early would mean a second, useless sleep. A main context may always wake and ask
    // again.
    constexpr std::chrono::milliseconds kLongest = std::chrono::hours{1};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now());
    return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, kLongest).count());
  }
};

// Never destroyed: threads may still ask when the process ends.
std::atomic<Clock *> &replacement()
{
  static auto &clock = *new std::atomic<Clock *>{nullptr};
  return clock;
}

} // namespace

Clock &Clock::current()
{
  static auto &steady = *new SteadyClock;
  Clock *clock = replacement().load(std::memory_order_acquire);
  return clock ? *clock : steady;
}

void Clock::replace(Clock *clock)
{
  replacement().store(clock, std::memory_order_release);
}

} // namespace gemini
