// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects that answers have named, and who of a new answer is who.
#include "vision/known.hpp"

#include "core/moved.hpp"
#include "core/same_object.hpp"

#include <algorithm>
#include <utility>

namespace gemini::vision {

using std::chrono::nanoseconds;

namespace {

// Whom that many answers have not named is forgotten.
constexpr unsigned kMostMisses = 3;
// Answers that are cut off, one after the other, of which one may name it.
constexpr unsigned kMostDoubts = 3;
// By how much farther off somebody may be found again for each second since the model saw it, in
// sizes of the object.
constexpr double kReach = 0.5;
constexpr double kReachPerSecond = 0.25;
constexpr double kMostReach = 1.5;

double seconds(nanoseconds time)
{
  return std::chrono::duration<double>(time).count();
}

Sighting sighting_of(const Known &known, nanoseconds time)
{
  Sighting sighting{.label = known.seen->label};
  if (known.way.empty())
    return sighting;
  const Followed then = known.way.at(time);
  sighting.place = then.place;
  // Without seeing how it moves nobody knows where an object went that one answer has named.
  if (!sees_motion() && !known.velocity)
    sighting.reach = kMostReach;
  else if (!sees_motion() || then.is_hidden || then.has_left || known.n_misses > 0)
    sighting.reach =
        std::clamp(kReach + kReachPerSecond * seconds(time - known.confirmed), kReach, kMostReach);
  return sighting;
}

std::vector<std::optional<std::size_t>>
who_is_who(const Analysis &analysis, const std::vector<Known> &known, nanoseconds time)
{
  std::vector<Sighting> before;
  before.reserve(known.size());
  for (const Known &object : known)
    before.push_back(sighting_of(object, time));
  std::vector<Sighting> now;
  now.reserve(analysis.objects.size());
  for (const Object &object : analysis.objects)
    now.push_back({.label = object.label, .place = place_of(object, aspect_of(analysis))});
  return same_objects(before, now);
}

void give_id(Object &object, const NewId &new_id)
{
  if (object.id == 0 && new_id)
    object.id = new_id();
}

Velocity velocity_between(const Rect &a, const Rect &b, double passed)
{
  return {(b.x + b.w / 2 - a.x - a.w / 2) / passed, (b.y + b.h / 2 - a.y - a.h / 2) / passed};
}

// With which it comes to the place where it is seen again.
std::optional<Velocity> velocity_at(const Known &before, const std::optional<Rect> &now,
                                    nanoseconds time)
{
  const double passed = seconds(time - before.confirmed);
  if (!now || !before.from || passed <= 0)
    return before.velocity;
  if (sees_motion() && !before.way.empty())
    return before.way.at(time).velocity;
  return velocity_between(*before.from, *now, passed);
}

} // namespace

Seed Known::seed() const
{
  return {.place = *from, .mask = seen->mask, .velocity = velocity};
}

void Known::begin(Follower &follower)
{
  if (!from)
    return;
  handle = follower.add(seed());
  note(follower);
}

void Known::note(const Follower &follower)
{
  if (handle)
    way.add(follower.time(), followed(follower));
}

Followed Known::followed(const Follower &follower) const
{
  Followed result = follower.at(*handle);
  result.confidence *= sure;
  return result;
}

TrackedObject Known::tracked(const Followed &now) const
{
  return {.seen = seen,
          .from = from,
          .aspect = aspect,
          .place = now.place,
          .velocity = now.velocity,
          .state = now.is_hidden ? TrackState::lost : state(),
          .confidence = now.confidence,
          .confirmed = confirmed,
          .first_seen = first_seen};
}

std::vector<Object> objects_at(const std::vector<Known> &known, nanoseconds time)
{
  std::vector<Object> objects;
  for (const Known &object : known) {
    if (object.n_misses > 0)
      continue;
    const Followed now = object.way.empty() ? Followed{} : object.way.at(time);
    if (now.has_left)
      continue;
    if (auto seen = object_at(object.tracked(now), now.place, time))
      objects.push_back(std::move(*seen));
  }
  return objects;
}

double aspect_of(const Analysis &analysis)
{
  return analysis.width > 0 && analysis.height > 0
             ? static_cast<double>(analysis.width) / analysis.height
             : 1;
}

void tell_who_is_who(Analysis &analysis, const std::vector<Known> &known, nanoseconds time,
                     const NewId &new_id)
{
  const auto pairs = who_is_who(analysis, known, time);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    Object &object = analysis.objects[i];
    if (pairs[i]) {
      const Known &before = known[*pairs[i]];
      object.id = before.seen->id;
      object.track = {.state = TrackState::kept,
                      .known = std::max(nanoseconds{0}, time - before.first_seen)};
    } else {
      give_id(object, new_id);
    }
  }
}

Named name_objects(Analysis &analysis, std::vector<Known> known, nanoseconds time,
                   const NewId &new_id)
{
  Named result{.objects = {}, .before = who_is_who(analysis, known, time), .missing = {}};
  std::vector<bool> is_named(known.size());
  for (std::size_t i = 0; i < analysis.objects.size(); ++i) {
    Object &object = analysis.objects[i];
    Known now;
    now.aspect = aspect_of(analysis);
    now.from = place_of(object, now.aspect);
    now.confirmed = now.first_seen = time;
    now.answer = analysis.request_id;
    now.n_answers = 1;
    if (const auto index = result.before[i]) {
      is_named[*index] = true;
      const Known &before = known[*index];
      object.id = before.seen->id;
      now.first_seen = before.first_seen;
      now.n_answers = before.n_answers + (before.answer == analysis.request_id ? 0 : 1);
      now.velocity = velocity_at(before, now.from, time);
    } else {
      give_id(object, new_id);
    }
    object.track = {.state = now.state(), .known = std::max(nanoseconds{0}, time - now.first_seen)};
    now.seen = std::make_shared<const Object>(object);
    result.objects.push_back(std::move(now));
  }
  for (std::size_t i = 0; i < known.size(); ++i)
    if (!is_named[i])
      result.missing.push_back(std::move(known[i]));
  return result;
}

void miss(std::vector<Known> &missing, Analysis &analysis, nanoseconds time)
{
  if (analysis.is_growing)
    return;
  const auto has_left = [time](const Known &known) {
    return !known.way.empty() && known.way.at(time).has_left;
  };
  for (Known &known : missing) {
    if (analysis.status != AnalysisStatus::ok && !has_left(known) &&
        ++known.n_doubts <= kMostDoubts)
      continue;
    ++known.n_misses;
    if (std::exchange(known.has_told_gone, true))
      continue;
    Object gone = *known.seen;
    gone.track = {.state = TrackState::lost,
                  .age = std::max(nanoseconds{0}, time - known.confirmed),
                  .confidence = 0,
                  .known = time - known.first_seen};
    if (!known.way.empty()) {
      const Followed last = known.way.at(time);
      gone = moved(gone, *known.from, last.place, known.aspect);
      gone.track.state = last.has_left ? TrackState::left : TrackState::lost;
      gone.track.confidence = last.confidence;
    }
    analysis.gone.push_back(std::move(gone));
  }
  std::erase_if(missing, [&](const Known &known) {
    return known.n_misses > 0 &&
           (known.way.empty() || has_left(known) || known.n_misses >= kMostMisses);
  });
}

} // namespace gemini::vision
