// SPDX-License-Identifier: LGPL-2.1-or-later
// Live mode: objects keep moving from the answer that named them on.
#include "vision/tracker.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace gemini::vision {

using std::chrono::nanoseconds;

namespace {

// How far apart the pictures may be through which an object is carried to now. Fewer steps cost
// less and drift less; farther apart, it is lost.
constexpr std::chrono::milliseconds kStride{135};

} // namespace

void Tracker::add(Picture picture)
{
  if (pictures_.empty() || picture.time > pictures_.newest().time)
    pictures_.add(std::move(picture));
}

void Tracker::advance()
{
  if (!follower_)
    return;
  std::size_t next = pictures_.size();
  while (next > 0 && pictures_.at(next - 1).time > follower_->time())
    --next;
  step_through(next, known_);
}

void Tracker::step(std::vector<Known> &objects, const Picture &picture)
{
  follower_->step(picture.image, picture.time);
  for (Known &known : objects) {
    known.note(*follower_);
    known.way.forget_before(pictures_.at(0).time);
  }
}

void Tracker::answer(Analysis &analysis)
{
  nanoseconds asked = analysis.running_time;
  if (pictures_.empty()) // nobody has looked: everything stays where it is
    pictures_.add({.time = std::max(asked, nanoseconds{0}), .image = nullptr});
  if (asked.count() < 0)
    asked = pictures_.newest().time;
  const std::size_t picture = pictures_.nearest(asked);
  const nanoseconds time = pictures_.at(picture).time;
  if (analysis.request_id < newest_answer_) {
    tell_who_is_who(analysis, known_, time);
    return;
  }
  newest_answer_ = analysis.request_id;

  Named named = name_objects(analysis, std::exchange(known_, {}), time);
  miss(named.missing, analysis, time);
  std::vector<std::pair<nanoseconds, Followed>> last; // of those that are missing, by now
  for (const Known &known : named.missing)
    last.emplace_back(follower_->time(), known.handle ? known.followed(*follower_) : Followed{});

  follow_from(picture, named.objects);
  for (std::size_t i = 0; i < named.missing.size(); ++i) {
    Known &known = named.missing[i];
    if (!known.handle)
      continue;
    auto [when, followed] = last[i];
    const double passed = std::chrono::duration<double>(follower_->time() - when).count();
    followed.place.x += followed.velocity.x * passed;
    followed.place.y += followed.velocity.y * passed;
    known.handle = follower_->add({.place = followed.place, .velocity = followed.velocity});
    known.sure = followed.confidence;
  }
  known_ = std::move(named.objects);
  std::move(named.missing.begin(), named.missing.end(), std::back_inserter(known_));
  if (!analysis.is_growing)
    pictures_.forget_before(time);
}

// Begins anew with `objects` as they are on that picture, and goes on to the newest.
void Tracker::follow_from(std::size_t picture, std::vector<Known> &objects)
{
  const Picture &first = pictures_.at(picture);
  follower_.emplace(first.image, first.time);
  for (Known &known : objects)
    known.begin(*follower_);
  step_through(picture + 1, objects);
}

// From that picture on to the newest.
void Tracker::step_through(std::size_t first, std::vector<Known> &objects)
{
  for (std::size_t i = first; i < pictures_.size(); ++i) {
    const bool is_last = i + 1 == pictures_.size();
    if (is_last || pictures_.at(i + 1).time - follower_->time() > kStride)
      step(objects, pictures_.at(i));
  }
}

TrackedScene Tracker::scene() const
{
  TrackedScene scene;
  if (!follower_)
    return scene;
  scene.time = follower_->time();
  for (const Known &known : known_) {
    if (known.n_misses > 0)
      continue;
    const Followed now = known.handle ? known.followed(*follower_) : Followed{};
    if (!now.has_left)
      scene.objects.push_back(known.tracked(now));
  }
  return scene;
}

void Tracker::reset()
{
  pictures_.clear();
  follower_.reset();
  known_.clear();
}

} // namespace gemini::vision
