// SPDX-License-Identifier: LGPL-2.1-or-later
// Live mode: objects keep moving from the answer that named them on, and stay the same from answer
// to answer.
//
// An answer is about a picture that is seconds old. Its objects are followed from there through the
// pictures since then, and then along with every further one. What was followed from the answers
// before is told apart at the instant of the new one's picture, by where it was then.
//
// Deterministic: the same calls give the same results. No threads, no clock.
#pragma once

#include "core/analysis.hpp"
#include "core/tracked_scene.hpp"
#include "vision/follower.hpp"
#include "vision/known.hpp"
#include "vision/pictures.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace gemini::vision {

class Tracker {
public:
  // One that is not later than the newest is left out.
  void add(Picture picture);
  // Follows everything to the newest picture.
  void advance();

  // A usable answer (ok or partial) about the frame of its running time; or a part of one, as it
  // grows. Its objects are given the ids that they had before and their states, and what it no
  // longer names is put in `gone`, once. Then everything has been followed to the newest picture.
  // An answer older than the newest one is told who is who, but moves nothing.
  void answer(Analysis &analysis);

  // What the newest answer named, where it is on the newest picture.
  TrackedScene scene() const;
  // Nothing that was seen so far is known any more.
  void reset();

private:
  void follow_from(std::size_t picture, std::vector<Known> &objects);
  void step_through(std::size_t first, std::vector<Known> &objects);
  void step(std::vector<Known> &objects, const Picture &picture);

  Pictures pictures_;
  std::optional<Follower> follower_; // of known_
  std::vector<Known> known_;
  std::uint64_t newest_answer_ = 0; // request id
};

} // namespace gemini::vision
