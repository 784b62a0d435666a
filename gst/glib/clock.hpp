// SPDX-License-Identifier: LGPL-2.1-or-later

// The time that waits of the client are measured by. Tests put their own in its place, so that no
// test sleeps.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

namespace gemini {

// All functions may be called from any thread.
class Clock {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // The time of day, in UTC.
  virtual std::chrono::sys_seconds wall() const = 0;
  // Waits on `changed`, with `lock` held as std::condition_variable wants it, until `is_done()`
  // holds or `until` has come (none: as long as it takes).
  virtual void wait(std::unique_lock<std::mutex> &lock, std::condition_variable &changed,
                    std::optional<TimePoint> until, const std::function<bool()> &is_done) = 0;
  // How long a main context may sleep for something that is due at `until`, in milliseconds.
  virtual int sleep_ms(TimePoint until) const = 0;

  // The process's clock: the steady one unless a test has replaced it.
  static Clock &current();
  // For tests, while there is no element; null puts the steady one back.
  static void replace(Clock *clock);
};

} // namespace gemini
