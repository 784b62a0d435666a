// SPDX-License-Identifier: LGPL-2.1-or-later
// Says when a live source brings more than can be answered in time, and when that is over.
#pragma once

#include "glib/clock.hpp"

#include <gst/gst.h>

#include <mutex>
#include <optional>

namespace gemini {

// Accurate mode on a live source gives up, in this order: samples, then the wait for answers; never
// frames. Any thread.
class OverloadMessages {
public:
  enum class Level { none, fewer_samples, no_wait };

  explicit OverloadMessages(GstElement *element) : element_(element) {}
  OverloadMessages(const OverloadMessages &) = delete;
  OverloadMessages &operator=(const OverloadMessages &) = delete;

  // That has just been given up. One warning, the first time.
  void gave_up(Level level);
  // A sample was taken: says so when nothing has been given up for a while.
  void goes_well();

private:
  GstElement *element_;
  std::mutex mutex_;          // guards all below; never held while posting
  Level level_ = Level::none; // as told
  std::optional<Clock::TimePoint> last_;
};

} // namespace gemini
