// SPDX-License-Identifier: LGPL-2.1-or-later
// The task of a source pad, as a thread that runs one function of ours over and over.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <utility>

namespace gemini {

class PadTask {
public:
  // `body` runs once an iteration, in the task's thread, with the pad's stream lock held; it throws
  // nothing. The pad outlives this, and this outlives the task: stop() comes first.
  PadTask(GstPad *pad, std::function<void()> body) : pad_(pad), body_(std::move(body)) {}
  PadTask(const PadTask &) = delete;
  PadTask &operator=(const PadTask &) = delete;

  // Also after pause(). Any thread.
  void start()
  {
    hand_over_.fetch_add(1, std::memory_order_release);
    gst_pad_start_task(
        pad_, [](gpointer self) { static_cast<PadTask *>(self)->run(); }, this, nullptr);
  }
  // No further iteration begins. Waits for the one under way, unless that is who calls.
  void pause() { gst_pad_pause_task(pad_); }
  // Ends the task. Whoever waits in `body` or downstream has to be woken before.
  bool stop()
  {
    const bool is_stopped = gst_pad_stop_task(pad_);
    hand_over_.load(std::memory_order_acquire);
    return is_stopped;
  }

private:
  void run()
  {
    hand_over_.load(std::memory_order_acquire);
    body_();
    hand_over_.fetch_add(1, std::memory_order_release);
  }

  GstPad *pad_;
  const std::function<void()> body_;
  // What GLib's locks order already, in a way that ThreadSanitizer sees: start before run before
  // stop.
  std::atomic<unsigned> hand_over_{0};
};

} // namespace gemini
