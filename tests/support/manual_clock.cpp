// SPDX-License-Identifier: LGPL-2.1-or-later
// Waiting threads look at the clock each millisecond of real time, so nobody has to be woken.
#include "manual_clock.hpp"

#include <array>

#include <pthread.h>

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

std::optional<std::chrono::nanoseconds> ManualClock::wait_for(std::chrono::nanoseconds min,
                                                              std::chrono::nanoseconds max,
                                                              const char *thread)
{
  std::unique_lock lock{mutex_};
  std::optional<std::chrono::nanoseconds> found;
  asked_.clear();
  is_watched_ = true;
  asked_changed_.wait_for(lock, 20s, [&] {
    for (const Asked &asked : asked_) {
      const auto left = asked.until - now_;
      if (left >= min && left <= max && (!thread || asked.thread == thread))
        found = left;
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
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    asked_.push_back({until, name.data()});
    asked_changed_.notify_all();
  }
  return until <= now_ ? 0 : 1;
}

} // namespace gemini::test
