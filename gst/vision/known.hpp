// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects that answers have named, and who of a new answer is who.
#pragma once

#include "core/analysis.hpp"
#include "core/tracked_scene.hpp"
#include "vision/way.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gemini::vision {

struct Known {
  std::shared_ptr<const Object> seen;     // as the newest answer that names it says, with its id
  std::optional<Rect> from;               // its place there; none: it has none
  double aspect = 1;                      // of the frame
  std::optional<std::uint64_t> handle;    // of the follower, where it has a place
  double sure = 1;                        // when the follower was told where it is
  Way way;                                // from there on
  std::chrono::nanoseconds confirmed{0};  // the frame of that answer
  std::chrono::nanoseconds first_seen{0}; // of the first answer that named it
  std::uint64_t answer = 0;               // its request
  unsigned n_answers = 0;                 // that have named it
  unsigned n_misses = 0;                  // answers since then that have not
  unsigned n_doubts = 0;                  // and that may have, as they were cut off
  std::optional<Velocity> velocity;       // with which it came there
  bool has_told_gone = false;

  TrackState state() const { return n_answers > 1 ? TrackState::kept : TrackState::fresh; }
  // Where the model saw it, which is `from`.
  Seed seed() const;
  // From the follower's newest picture on, on which the model saw it; nothing where it has no
  // place.
  void begin(Follower &follower);
  // Notes where it is on the follower's newest picture, if it is followed.
  void note(const Follower &follower);
  // As the follower knows it, which it has a handle of.
  Followed followed(const Follower &follower) const;
  // As it is when it has been followed to there.
  TrackedObject tracked(const Followed &now) const;
};

// The frame's width by its height; 1 where they are not known.
double aspect_of(const Analysis &analysis);

struct Named {
  std::vector<Known> objects;                     // of the answer, in its order
  std::vector<std::optional<std::size_t>> before; // for each its index in what was known
  std::vector<Known> missing;                     // that were known, but are not named
};

// For objects that have none; may be null, where all have.
using NewId = std::function<std::uint64_t()>;

// A usable answer about the frame at `time`, to which what is known has been followed. Gives its
// objects the ids that they had, or new ones, and their states. A part of an answer as it grows is
// the same answer each time.
Named name_objects(Analysis &analysis, std::vector<Known> known, std::chrono::nanoseconds time,
                   const NewId &new_id = {});
// Only their ids and states.
void tell_who_is_who(Analysis &analysis, const std::vector<Known> &known,
                     std::chrono::nanoseconds time, const NewId &new_id = {});
// An answer does not name them: tells each once, in `gone`, as it was at `time`, and forgets those
// that will not come back. What was cut off an answer is not missed, unless it has left the picture
// or always is. Nothing is missed while the answer grows.
void miss(std::vector<Known> &missing, Analysis &analysis, std::chrono::nanoseconds time);
// Those that the newest answer names, where they were followed to at `time`.
std::vector<Object> objects_at(const std::vector<Known> &known, std::chrono::nanoseconds time);

} // namespace gemini::vision
