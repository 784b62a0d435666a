// SPDX-License-Identifier: LGPL-2.1-or-later
// What of a frame nobody may see.
#include "plugin/redactor.hpp"

#include "plugin/scene_metas.hpp"
#include "render/palette.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

namespace gemini {
namespace {

// Between frames that say neither when they are nor how long.
constexpr std::chrono::milliseconds kFrame{40};

// Who has no name may be anybody.
bool is_chosen(const Object &object, const std::vector<std::string> &labels)
{
  return labels.empty() || object.label.empty() || object.label == kUnnamedRegion ||
         std::find(labels.begin(), labels.end(), folded(object.label)) != labels.end();
}

// A mask that shows nothing, as a faint one does after its threshold, hides nobody.
bool shows_something(const std::shared_ptr<const Mask> &mask)
{
  return mask && std::any_of(mask->coverage.begin(), mask->coverage.end(),
                             [](std::uint8_t coverage) { return coverage != 0; });
}

} // namespace

Redactor::Place Redactor::place_of(const Object &object)
{
  return {.box = object.box,
          .mask = shows_something(object.mask) ? object.mask : nullptr,
          .confidence = std::clamp(object.track.confidence, 0.0, 1.0)};
}

void Redactor::add(CoverMap &map, const Place &place, double margin) const
{
  if (!place.mask && !place.box) {
    map.add_all(); // it is somewhere on the frame
    return;
  }
  const Rect &rect = place.mask ? place.mask->rect : *place.box;
  const double side = std::max(rect.w * frame_.width, rect.h * frame_.height);
  // What is less sure is looked for farther around.
  const double grown = side * margin * (2 - place.confidence);
  if (place.mask)
    map.add(*place.mask, grown);
  else
    map.add(*place.box, grown);
}

void Redactor::hold_cells(const CoverMap &map)
{
  cells_.resize(static_cast<std::size_t>(map.columns()) * static_cast<std::size_t>(map.rows()));
  std::size_t cell = 0;
  for (int row = 0; row < map.rows(); ++row)
    for (int column = 0; column < map.columns(); ++column, ++cell)
      if (map.at(column, row))
        cells_[cell] = now_;
}

CoverMap Redactor::covered(PixelSize frame, const Knowledge &known, const RedactSettings &settings)
{
  const bool has_time = known.running_time.count() >= 0;
  const auto step = known.duration.count() >= 0 ? known.duration : kFrame;
  now_ = has_time ? known.running_time : now_ + step;
  if (frame != frame_ && !cells_.empty()) { // nobody knows where these lie now
    cells_.clear();
    CoverMap all{frame};
    all.add_all();
    hold_cells(all);
  }
  frame_ = frame;

  CoverMap map{frame};
  CoverMap nameless{frame};
  std::set<Who> told;
  for (const Object &object : known.objects) {
    if (!is_chosen(object, settings.labels))
      continue;
    Place place = place_of(object);
    place.last_told = now_;
    add(map, place, settings.margin);
    if (object.id == 0) {
      add(nameless, place, settings.margin);
      continue;
    }
    const Who who{object.id, object.track.state == TrackState::lost};
    told.insert(who);
    if (!who.second)
      places_.erase({object.id, true}); // found again
    places_.insert_or_assign(who, std::move(place));
  }
  // Where those were of whom nobody tells any more, or nothing for certain. Time that runs back
  // ends nothing.
  const auto is_over = [&](std::chrono::nanoseconds time) { return now_ - time > settings.hold; };
  std::erase_if(places_, [&](const auto &entry) { return is_over(entry.second.last_told); });
  for (const auto &[who, place] : places_)
    if (!told.contains(who))
      add(map, place, settings.margin);
  bool is_any_held = false;
  for (std::size_t cell = 0; cell < cells_.size(); ++cell)
    if (cells_[cell] && !is_over(*cells_[cell])) {
      map.add_cell(cell);
      is_any_held = true;
    }
  if (!is_any_held)
    cells_.clear();
  if (!nameless.empty())
    hold_cells(nameless);
  if (settings.is_strict && !known.is_certain)
    map.add_all();
  return map;
}

void Redactor::reset()
{
  places_.clear();
  cells_.clear();
  now_ = std::chrono::nanoseconds{0};
}

} // namespace gemini
