// SPDX-License-Identifier: LGPL-2.1-or-later
// BUFFERING messages, by which a player pauses while answers are awaited.
#pragma once

#include "glib/clock.hpp"

#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

namespace gemini {

// For a film that is played by the clock. It is paused a little before the frame whose answer is
// not there would have to be shown, as it would be late otherwise and be dropped, and goes on when
// there is enough to show for a while. An application that does not listen plays on as it is.
class Buffering {
public:
  explicit Buffering(GstElement *element) : element_(element) {}
  Buffering(const Buffering &) = delete;
  Buffering &operator=(const Buffering &) = delete;

  // Any thread: whether the clock runs for the element.
  void set_playing(bool is_playing)
  {
    is_playing_ = is_playing;
    old_base_time_ = GST_CLOCK_TIME_NONE;
  }
  // Running time begins anew. Before the task sends again.
  void restarted() { old_base_time_ = gst_element_get_base_time(element_); }
  // In the task, before it sends or waits: the running time of the first frame whose answer is
  // awaited; none: there is no such frame. Returns when it has to be told again at the latest.
  std::optional<Clock::TimePoint> look(std::optional<std::chrono::nanoseconds> awaited);
  // The same where an answer has come, as the task may be in a sink that is paused. Any thread.
  void answered(std::optional<std::chrono::nanoseconds> awaited);
  // Nobody waits any more. Any thread, if the task rests or has nothing to wait for.
  void end();

private:
  std::optional<std::chrono::nanoseconds> running_time() const;
  bool is_shown_by_the_clock() const;
  void post(int percent) const;

  GstElement *element_;
  std::atomic<bool> is_playing_{false};
  // Of before a flush: the pipeline tells the new one when its sinks have a frame again. None: the
  // element's is right.
  std::atomic<GstClockTime> old_base_time_{GST_CLOCK_TIME_NONE};
  std::mutex mutex_; // guards all below; never held while calling anything
  // While the application is told to pause: how far answers have to reach before it goes on.
  std::optional<std::chrono::nanoseconds> resumes_at_;
  bool is_ending_ = false; // and is just being told to go on
};

} // namespace gemini
