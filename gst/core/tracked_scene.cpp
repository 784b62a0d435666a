// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects that are being followed.
#include "core/tracked_scene.hpp"

#include "core/moved.hpp"

#include <algorithm>

namespace gemini {

namespace {

constexpr std::chrono::milliseconds kLongestLead{500};
constexpr Rect kPicture{0, 0, 1, 1};

} // namespace

std::optional<Object> object_at(const TrackedObject &object, const Rect &place,
                                std::chrono::nanoseconds time)
{
  if (object.from && intersect(place, kPicture).area() <= 0)
    return std::nullopt;
  Object result =
      object.from ? moved(*object.seen, *object.from, place, object.aspect) : *object.seen;
  if (result.box)
    result.box = intersect(*result.box, kPicture);
  result.track = {.state = object.state,
                  .age = std::max(std::chrono::nanoseconds{0}, time - object.confirmed),
                  .confidence = object.confidence,
                  .known = time - object.first_seen};
  return result;
}

std::vector<Object> objects_at(const TrackedScene &scene, std::chrono::nanoseconds time)
{
  const std::chrono::nanoseconds lead =
      std::clamp<std::chrono::nanoseconds>(time - scene.time, -kLongestLead, kLongestLead);
  const double seconds = std::chrono::duration<double>(lead).count();
  std::vector<Object> objects;
  objects.reserve(scene.objects.size());
  for (const TrackedObject &object : scene.objects) {
    Rect place = object.place;
    place.x += object.velocity.x * seconds;
    place.y += object.velocity.y * seconds;
    if (auto now = object_at(object, place, time))
      objects.push_back(std::move(*now));
  }
  return objects;
}

} // namespace gemini
