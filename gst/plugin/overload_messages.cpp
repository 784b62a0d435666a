// SPDX-License-Identifier: LGPL-2.1-or-later
// Says when a live source brings more than can be answered in time, and when that is over.
#include "plugin/overload_messages.hpp"

#include "plugin/analyzer_debug.hpp"

namespace gemini {

namespace {

// So that what comes and goes is one overload.
constexpr std::chrono::seconds kCalm{10};

} // namespace

void OverloadMessages::gave_up(Level level)
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

void OverloadMessages::goes_well()
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
