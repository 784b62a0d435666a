// SPDX-License-Identifier: LGPL-2.1-or-later
// Where objects are on each of a row of pictures, when it is known where they are on the first.
//
// Built with OpenCV: pyramidal Lucas-Kanade on points inside each object, checked by following them
// back again, whose median motion moves and scales the object; where they may have gone over to
// something in front of it, what the object looks like decides, and while it cannot be seen it goes
// on as before. The camera's motion, from points of the background, is told from its own. Built
// without, everything keeps the velocity with which it came.
//
// Deterministic: the same pictures and seeds in the same order give the same places. No threads, no
// clock: OpenCV is kept from spreading its work over threads of its own.
#pragma once

#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "vision/luma_image.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gemini::vision {

// An object on the newest picture.
struct Seed {
  Rect place;                                      // normalised
  std::shared_ptr<const Mask> mask = nullptr;      // inside which its points are; null: its place
  std::optional<Velocity> velocity = std::nullopt; // as it came; for what cannot be seen moving
};

// Where an object is on the newest picture.
struct Followed {
  Rect place;            // may reach beyond the picture
  Velocity velocity;     // of its centre, over the last moments
  double confidence = 1; // 0..1: how sure the place is; falls with every picture, never rises
  bool is_hidden =
      false;             // cannot be seen now, as something is in front of it: the place is guessed
  bool has_left = false; // no longer on the picture; it is not followed any more
};

class Follower {
public:
  // The first picture, at `time`. Null, here as in step(): there is none, and everything goes on as
  // it moves.
  Follower(std::shared_ptr<const LumaImage> image, std::chrono::nanoseconds time);
  ~Follower();
  Follower(Follower &&) noexcept;
  Follower &operator=(Follower &&) noexcept;

  // Begins to follow an object of the newest picture. Its handle: rising, never used again.
  std::uint64_t add(const Seed &seed);
  // Goes on to the next picture, which may be before the last one (`time` falls then): everything
  // is moved. A picture of another size ends everything: all that was followed has left.
  void step(std::shared_ptr<const LumaImage> image, std::chrono::nanoseconds time);

  const Followed &at(std::uint64_t handle) const; // of one that was added
  std::chrono::nanoseconds time() const;          // of the newest picture

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Whether this build sees motion, or only goes on as before.
bool sees_motion();

} // namespace gemini::vision
