// SPDX-License-Identifier: LGPL-2.1-or-later
// What of a frame nobody may see.
#include "plugin/redactor.hpp"

#include "render/palette.hpp"

#include <algorithm>

namespace gemini {
namespace {

// How far somebody may be found around a point that stands for him, in parts of the frame's height.
constexpr double kReachOfPoint = 0.1;
// Between frames that do not say when they are.
constexpr std::chrono::milliseconds kFrame{33};

Rect square_round(const Point &point, PixelSize frame)
{
  const double reach_x = kReachOfPoint * frame.height / frame.width;
  return {point.x - reach_x, point.y - kReachOfPoint, 2 * reach_x, 2 * kReachOfPoint};
}

// What is less sure is looked for farther around.
double margin_of(const Object &object, const Rect &rect, PixelSize frame, double margin)
{
  const double side = std::max(rect.w * frame.width, rect.h * frame.height);
  return side * margin * (2 - std::clamp(object.track.confidence, 0.0, 1.0));
}

void add(CoverMap &map, const Object &object, PixelSize frame, double margin)
{
  const bool has_mask = object.mask && !object.mask->coverage.empty();
  if (has_mask)
    map.add(*object.mask, margin_of(object, object.mask->rect, frame, margin));
  else if (object.box)
    map.add(*object.box, margin_of(object, *object.box, frame, margin));
  else if (object.point)
    map.add(square_round(*object.point, frame), 0);
  else
    map.add_all(); // it is somewhere on the frame
}

} // namespace

CoverMap Redactor::covered(PixelSize frame, const Knowledge &known, const RedactSettings &settings)
{
  CoverMap map{frame};
  now_ = known.running_time.count() >= 0 ? known.running_time : now_ + kFrame;
  const auto is_chosen = [&](const Object &object) {
    return settings.labels.empty() || std::find(settings.labels.begin(), settings.labels.end(),
                                                folded(object.label)) != settings.labels.end();
  };
  std::vector<Place> nameless;
  for (const Object &object : known.objects) {
    if (!is_chosen(object))
      continue;
    add(map, object, frame, settings.margin);
    if (object.id == 0)
      nameless.push_back({object, now_});
    else if (object.track.state != TrackState::lost)
      places_.insert_or_assign(object.id, Place{object, now_});
  }
  // Where those were of whom nobody tells any more, or nothing for certain. Time that runs back
  // ends nothing.
  const auto is_over = [&](const Place &place) { return now_ - place.last_told > settings.hold; };
  std::erase_if(places_, [&](const auto &entry) { return is_over(entry.second); });
  std::erase_if(nameless_, is_over);
  for (const auto &[id, place] : places_)
    if (place.last_told != now_)
      add(map, place.object, frame, settings.margin);
  for (const Place &place : nameless_)
    add(map, place.object, frame, settings.margin);
  nameless_.insert(nameless_.end(), nameless.begin(), nameless.end());
  if (settings.is_strict && !known.is_certain)
    map.add_all();
  return map;
}

void Redactor::reset()
{
  places_.clear();
  nameless_.clear();
  now_ = std::chrono::nanoseconds{0};
}

} // namespace gemini
