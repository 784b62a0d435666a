// SPDX-License-Identifier: LGPL-2.1-or-later
// Waiting threads look at the clock each millisecond of real time, so nobody has to be woken.
#include "manual_clock.hpp"

#include <algorithm>

namespace gemini::test {

using namespace std::chrono_literals;

namespace {

constexpr Clock::TimePoint kBegin{std::chrono::hours{1}};
constexpr std::chrono::sys_seconds kBeginOfWall =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h;

} // namespace

void ManualClock::advance(std::chrono::nanoseconds by)
{
  const std::lock_guard lock{mutex_};
  now_ += std::chrono::duration_cast<TimePoint::duration>(by);
}

void ManualClock::set(TimePoint now)
{
  const std::lock_guard lock{mutex_};
  now_ = now;
}

std::optional<std::chrono::nanoseconds> ManualClock::wait_for_sleeper(std::chrono::nanoseconds min,
                                                                      std::chrono::nanoseconds max)
{
  std::unique_lock lock{mutex_};
  std::optional<std::chrono::nanoseconds> found;
  asked_.clear();
  is_watched_ = true;
  asked_changed_.wait_for(lock, 20s, [&] {
    for (const TimePoint until : asked_) {
      if (until - now_ >= min && until - now_ <= max)
        found = until - now_;
    }
    asked_.clear();
    return found.has_value();
  });
  is_watched_ = false;
  return found;
}

Clock::TimePoint ManualClock::now() const
{
  const std::lock_guard lock{mutex_};
  return now_;
}

std::chrono::sys_seconds ManualClock::wall() const
{
  return kBeginOfWall + std::chrono::floor<std::chrono::seconds>(now() - kBegin);
}

void ManualClock::wait(std::unique_lock<std::mutex> &lock, std::condition_variable &changed,
                       std::optional<TimePoint> until, const std::function<bool()> &is_done)
{
  while (!is_done() && (!until || sleep_ms(*until) > 0))
    changed.wait_for(lock, 1ms);
}

int ManualClock::sleep_ms(TimePoint until) const
{
  const std::lock_guard lock{mutex_};
  if (is_watched_) {
    asked_.push_back(until);
    asked_changed_.notify_all();
  }
  return until <= now_ ? 0 : 1;
}

} // namespace gemini::test
