// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether one more sample would be answered in time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

namespace gemini {

// Frames of a live source are held for a limited time. What cannot be answered within it costs
// money, takes the place of newer samples and helps nobody.
class Overload {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void submitted(std::uint64_t sample, TimePoint now) { open_.emplace(sample, now); }
  // `took`: from the first request to the answer; none where nothing was asked.
  void answered(std::uint64_t sample, std::optional<std::chrono::milliseconds> took);
  // Samples before this one are waited for no more.
  void forget(std::uint64_t before) { open_.erase(open_.begin(), open_.lower_bound(before)); }
  struct Terms {
    std::size_t places = 1;                // for samples under way at a time
    std::chrono::milliseconds patience{0}; // how long a sample is waited for
    std::chrono::milliseconds gathers{0};  // so long it may wait for others of the same request
  };
  bool would_be_late(TimePoint now, const Terms &terms) const;

private:
  std::map<std::uint64_t, TimePoint> open_; // when they were submitted
  // Of the last answers.
  std::optional<std::chrono::duration<double, std::milli>> mean_;
};

} // namespace gemini
