// SPDX-License-Identifier: LGPL-2.1-or-later
// Time that the process itself used, so that what else runs on the machine counts for little.
#pragma once

#include <algorithm>
#include <limits>

#include <time.h>

namespace gemini::bench {

inline double cpu_seconds()
{
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <typename Work> double seconds_of(Work work)
{
  const double begin = cpu_seconds();
  work();
  return cpu_seconds() - begin;
}

// The least of several: what it takes when nothing comes between.
class Best {
public:
  void add(double seconds) { least_ = std::min(least_, seconds); }
  double milliseconds() const { return least_ * 1000; }

private:
  double least_ = std::numeric_limits<double>::max();
};

} // namespace gemini::bench
