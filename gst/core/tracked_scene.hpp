// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects that are being followed, as they were on the newest picture that was looked at.
#pragma once

#include "core/analysis.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace gemini {

struct TrackedObject {
  std::shared_ptr<const Object> seen; // by the model, with its id
  std::optional<Rect> from;           // its place there; none: it has none
  double aspect = 1;                  // of the frame, its width by its height
  Rect place;                         // where it is now; may reach beyond the picture
  Velocity velocity;
  TrackState state = TrackState::fresh;
  double confidence = 1;
  std::chrono::nanoseconds confirmed{0};  // the frame on which the model saw it last
  std::chrono::nanoseconds first_seen{0}; // and first
};

// An immutable value once it is shared. Times are running times.
struct TrackedScene {
  std::chrono::nanoseconds time{0}; // of that picture
  std::vector<TrackedObject> objects;
};

// An object that is in `place` at `time`, cut to the picture; none where nothing of it is inside.
std::optional<Object> object_at(const TrackedObject &object, const Rect &place,
                                std::chrono::nanoseconds time);

// Where all are at `time`: gone on as they moved, for half a second at most, as nothing keeps its
// velocity for longer.
std::vector<Object> objects_at(const TrackedScene &scene, std::chrono::nanoseconds time);

} // namespace gemini
