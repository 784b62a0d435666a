// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the objects of two answers are between them.
#pragma once

#include "core/analysis.hpp"
#include "vision/known.hpp"
#include "vision/way.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace gemini::vision {

// One object, as one of the answers or both name it.
struct Span {
  const Known *before = nullptr; // in the first answer; its way goes on from there; null: not named
  const Known *after = nullptr;  // in the second answer
  const Way *back = nullptr;     // from the second one back; null: it has no place
  bool is_missed = true;         // what one of them does not name; false: it may have been cut off
};

struct Interval {
  std::chrono::nanoseconds begin{0};
  std::chrono::nanoseconds end{0};
};

// At `time`, which is within the interval; none: it is not there then.
//
// Both ways are bent so that what they were off by at their end is spread over the interval, and
// joined by share of time, confidence, and how well each has met the other answer. What only one
// answer names is there as long as it can be seen from there on; where it can be seen all the way,
// for half of it if it is missed, as nobody knows what the other answer has overlooked.
std::optional<Object> object_between(const Span &span, const Interval &interval,
                                     std::chrono::nanoseconds time);

} // namespace gemini::vision
