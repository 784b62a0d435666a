// SPDX-License-Identifier: LGPL-2.1-or-later
// Where an object was followed along.
#pragma once

#include "core/geometry.hpp"
#include "vision/follower.hpp"

#include <chrono>
#include <cstddef>
#include <deque>

namespace gemini::vision {

// Places on pictures, in order of time. Holds kMost: beyond that, gaps grow in its older half.
class Way {
public:
  static constexpr std::size_t kMost = 512;

  // Either all are later than those before, or all are earlier.
  void add(std::chrono::nanoseconds time, const Followed &followed);
  bool empty() const { return stops_.empty(); }
  std::size_t size() const { return stops_.size(); }
  // Between two pictures: in between; before the first and after the last one, as there.
  Followed at(std::chrono::nanoseconds time) const;
  // What was before `time` is of no interest any more.
  void forget_before(std::chrono::nanoseconds time);
  // From `time` on it will be added anew. Its first place stays.
  void forget_after(std::chrono::nanoseconds time);

private:
  struct Stop {
    std::chrono::nanoseconds time{0};
    Followed followed;
  };
  void thin_out();

  std::deque<Stop> stops_; // by time
};

} // namespace gemini::vision
