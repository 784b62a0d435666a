// SPDX-License-Identifier: LGPL-2.1-or-later
// What a live source whose frames are held brings beyond what can be answered in time is given up
// in a stated order, and told.
#pragma once

#include "core/overload.hpp"
#include "glib/clock.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/analyzer_stats.hpp"

#include <gst/gst.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace gemini {

// Samples are given up first, then the wait for answers; never frames. Any thread.
class OverloadGuard {
public:
  OverloadGuard(GstElement *element, AnalyzerStats &stats) : element_(element), stats_(stats) {}
  OverloadGuard(const OverloadGuard &) = delete;
  OverloadGuard &operator=(const OverloadGuard &) = delete;

  void submitted(std::uint64_t sample);
  // `took`: from the first request to the answer; none where nothing was asked.
  void answered(std::uint64_t sample, std::optional<std::chrono::milliseconds> took);
  // Samples before this one are waited for no more.
  void forget(std::uint64_t before);
  // Whether one more sample would be answered while its frames wait: `patience`. If not, it is
  // counted, and one warning says so.
  bool has_time(const ResolvedSettings &settings, std::chrono::milliseconds patience);
  // A frame has left without its answer.
  void gave_up_wait();

private:
  enum class Level { none, fewer_samples, no_wait };
  void gave_up(Level level);
  void goes_well();

  GstElement *element_;
  AnalyzerStats &stats_;

  std::mutex mutex_; // guards all below; never held while posting
  Overload load_;
  Level level_ = Level::none; // as told
  std::optional<Clock::TimePoint> last_;
};

} // namespace gemini
