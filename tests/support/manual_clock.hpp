// SPDX-License-Identifier: LGPL-2.1-or-later
// A clock that stands until the test moves it on. While one exists, everything of ours goes by it.
#pragma once

#include "glib/clock.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gemini::test {

// To be made before and to end after what goes by it. All functions may be called from any thread.
class ManualClock final : public Clock {
public:
  ManualClock() { Clock::replace(this); }
  ~ManualClock() override { Clock::replace(nullptr); }
  ManualClock(const ManualClock &) = delete;
  ManualClock &operator=(const ManualClock &) = delete;

  void advance(std::chrono::nanoseconds by);
  void set(TimePoint now);
  // The next times that somebody was found to wait for are at least `min` and at most `max` from
  // now: waits until there is one, and says how far away it is. None where nobody comes to wait for
  // such a time within 20 real seconds.
  std::optional<std::chrono::nanoseconds> wait_for_sleeper(std::chrono::nanoseconds min,
                                                           std::chrono::nanoseconds max)
  {
    return wait_for(min, max, nullptr);
  }
  // The same for exactly this time.
  bool wait_for_sleeper(std::chrono::nanoseconds after)
  {
    return wait_for_sleeper(after, after).has_value();
  }
  // The same of an element's worker only, beside which the network, and pads that hold frames, have
  // times of their own.
  std::optional<std::chrono::nanoseconds> wait_for_worker(std::chrono::nanoseconds min,
                                                          std::chrono::nanoseconds max)
  {
    return wait_for(min, max, "gemini-worker");
  }
  bool wait_for_worker(std::chrono::nanoseconds after)
  {
    return wait_for_worker(after, after).has_value();
  }

  TimePoint now() const override;
  // Begins at 2026-11-22 12:00:00.
  std::chrono::sys_seconds wall() const override;
  void wait(std::unique_lock<std::mutex> &lock, std::condition_variable &changed,
            std::optional<TimePoint> until, const std::function<bool()> &is_done) override;
  int sleep_ms(TimePoint until) const override;

private:
  struct Asked {
    TimePoint until;
    std::string thread; // its name
  };

  // In the thread of this name; null: in any.
  std::optional<std::chrono::nanoseconds>
  wait_for(std::chrono::nanoseconds min, std::chrono::nanoseconds max, const char *thread);

  mutable std::mutex mutex_; // guards the rest
  mutable std::condition_variable asked_changed_;
  TimePoint now_{std::chrono::hours{1}};
  // The times waited for of late. Who sleeps asks again each millisecond, so none has to be taken
  // out.
  mutable std::vector<Asked> asked_;
  bool is_watched_ = false; // asked_ is filled
};

} // namespace gemini::test
