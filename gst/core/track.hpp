// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of an object beyond what the model said of it in one answer: since when it is the
// same, how long ago the model saw it, and how sure it is that it is here now.
#pragma once

#include <chrono>

namespace gemini {

enum class TrackState {
  fresh, // in one answer so far
  kept,  // in more than one answer
  lost,  // it cannot be seen now, or the newest answer does not name it
  left,  // it has left the picture
};

constexpr const char *to_string(TrackState state)
{
  switch (state) {
  case TrackState::fresh:
    return "new";
  case TrackState::kept:
    return "kept";
  case TrackState::lost:
    return "lost";
  case TrackState::left:
    return "left";
  }
  return "unknown";
}

struct Track {
  TrackState state = TrackState::fresh;
  // To the frame on which the model sees it that is nearest, in stream time: in accurate mode that
  // may be a later one.
  std::chrono::nanoseconds age{0};
  double confidence = 1; // 0..1: how sure its place is; 1: the model's own word
  // Since the frame on which the model saw it first; negative: it sees it only on a later one.
  std::chrono::nanoseconds known{0};
  bool operator==(const Track &) const = default;
};

} // namespace gemini
