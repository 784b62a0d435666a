// SPDX-License-Identifier: LGPL-2.1-or-later
// What is given up of a live source whose frames are held, and what is said of it.
#include "plugin/overload_guard.hpp"

#include "plugin/analyzer_debug.hpp"

namespace gemini {

namespace {

// So that what comes and goes is one overload.
constexpr std::chrono::seconds kCalm{10};

} // namespace

void OverloadGuard::submitted(std::uint64_t sample)
{
  const std::lock_guard lock{mutex_};
  load_.submitted(sample, Clock::current().now());
}

void OverloadGuard::answered(std::uint64_t sample, std::optional<std::chrono::milliseconds> took)
{
  const std::lock_guard lock{mutex_};
  load_.answered(sample, took);
}

void OverloadGuard::forget(std::uint64_t before)
{
  const std::lock_guard lock{mutex_};
  load_.forget(before);
}

bool OverloadGuard::has_time(const ResolvedSettings &settings, std::chrono::milliseconds patience)
{
  const bool gathers = settings.frames_per_request > 1;
  const Overload::Terms terms{.places =
                                  std::size_t{settings.max_in_flight} * settings.frames_per_request,
                              .patience = patience,
                              .gathers = gathers ? patience / 2 : std::chrono::milliseconds{0}};
  bool is_late = false;
  {
    const std::lock_guard lock{mutex_};
    is_late = load_.would_be_late(Clock::current().now(), terms);
  }
  if (!is_late) {
    goes_well();
    return true;
  }
  stats_.add(AnalyzerStats::skipped_overload);
  gave_up(Level::fewer_samples);
  return false;
}

void OverloadGuard::gave_up_wait()
{
  gave_up(Level::no_wait);
}

// One warning, the first time.
void OverloadGuard::gave_up(Level level)
{
  {
    const std::lock_guard lock{mutex_};
    last_ = Clock::current().now();
    if (level <= level_)
      return;
    level_ = level;
  }
  if (level == Level::fewer_samples)
    GST_ELEMENT_WARNING(element_, RESOURCE, BUSY,
                        ("Answers take too long for all samples: some are left out. A lower "
                         "analysis-rate, a longer max-latency or a larger max-in-flight helps."),
                        (nullptr));
  else
    GST_ELEMENT_WARNING(element_, RESOURCE, BUSY,
                        ("Answers take longer than max-latency, or max-held-bytes is full: frames "
                         "leave without them."),
                        (nullptr));
}

// A sample was taken: says so when nothing has been given up for a while.
void OverloadGuard::goes_well()
{
  {
    const std::lock_guard lock{mutex_};
    if (level_ == Level::none || Clock::current().now() - *last_ < kCalm)
      return;
    level_ = Level::none;
  }
  GST_ELEMENT_INFO(element_, RESOURCE, BUSY, ("Answers come in time again."), (nullptr));
}

} // namespace gemini
