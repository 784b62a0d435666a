// SPDX-License-Identifier: LGPL-2.1-or-later
// Every method gets the same seeds: what can be seen of the boxes on the picture of the seed. It is
// judged wherever at least half of the true box is still on the picture, hidden or not, by what of
// both boxes is on the picture.
#include "methods.hpp"

#include "csrt.hpp"
#include "vision/follower.hpp"

#include <algorithm>
#include <cstdint>
#include <future>

namespace gemini::bench {
namespace {

using vision::Follower;

// Where each seed is after 1, 2 and 3 seconds.
using Places = std::vector<std::array<Rect, kHorizons>>;

struct Start {
  const Film &film;
  std::size_t frame;
  std::vector<const Course *> courses; // what can be seen on that frame

  Start(const Film &all, std::size_t first) : film(all), frame(first)
  {
    for (const Course &course : film.courses)
      if (can_be_seen(course[frame]) && is_half_inside(course[frame]))
        courses.push_back(&course);
  }
  Rect seed(std::size_t i) const { return on_picture((*courses[i])[frame]->place); }
  bool has_masks() const
  {
    return std::ranges::any_of(
        courses, [this](const Course *course) { return (*course)[frame]->mask != nullptr; });
  }
  std::size_t end() const
  {
    return std::min(horizon(film, frame, kHorizons) + 1, film.frames.size());
  }
};

std::array<Rect, kHorizons> everywhere(const Rect &place)
{
  return {place, place, place};
}

Places stale(const Start &start)
{
  Places places;
  for (std::size_t i = 0; i < start.courses.size(); ++i)
    places.push_back(everywhere(start.seed(i)));
  return places;
}

// As from two answers, one second apart. What was not there a second ago stays.
Places at_constant_velocity(const Start &start)
{
  Places places;
  for (std::size_t i = 0; i < start.courses.size(); ++i) {
    const Rect now = start.seed(i);
    places.push_back(everywhere(now));
    if (start.frame < start.film.rate)
      continue;
    const auto &before = (*start.courses[i])[start.frame - start.film.rate];
    if (!is_half_inside(before))
      continue;
    const Rect then = on_picture(before->place);
    for (std::size_t seconds = 1; seconds <= kHorizons; ++seconds) {
      Rect &place = places.back()[seconds - 1];
      place.x += static_cast<double>(seconds) * (now.x + now.w / 2 - then.x - then.w / 2);
      place.y += static_cast<double>(seconds) * (now.y + now.h / 2 - then.y - then.h / 2);
    }
  }
  return places;
}

// Steps `follow` from picture to picture and asks it for places at the horizons.
template <typename Follow, typename PlaceOf>
Places followed(const Start &start, std::size_t stride, Follow follow, PlaceOf place_of)
{
  Places places = stale(start);
  for (std::size_t frame = start.frame + stride; frame < start.end(); frame += stride) {
    follow(frame);
    for (std::size_t seconds = 1; seconds <= kHorizons; ++seconds)
      if (frame == horizon(start.film, start.frame, seconds))
        for (std::size_t i = 0; i < places.size(); ++i)
          places[i][seconds - 1] = place_of(i);
  }
  return places;
}

Places with_csrt(const Start &start)
{
  std::vector<Csrt> trackers;
  for (std::size_t i = 0; i < start.courses.size(); ++i)
    trackers.emplace_back(bgr_of(start.film.frames[start.frame]), start.seed(i));
  return followed(
      start, live_stride(start.film),
      [&](std::size_t frame) {
        const cv::Mat picture = bgr_of(start.film.frames[frame]);
        for (Csrt &tracker : trackers)
          tracker.step(picture);
      },
      [&](std::size_t i) { return trackers[i].place(); });
}

// Of each start; nothing where CSRT is not asked. It takes so long that two threads share it.
std::vector<Places> with_csrt(const std::vector<Start> &starts, Csrts csrts)
{
  const auto every = static_cast<std::size_t>(csrts);
  std::vector<Places> places(starts.size());
  if (!kHasCsrt || every == 0)
    return places;
  const auto work = [&](std::size_t first) {
    for (std::size_t i = first; i < starts.size(); i += 2 * every)
      places[i] = with_csrt(starts[i]);
  };
  const auto other = std::async(std::launch::async, work, every);
  work(0);
  other.wait();
  return places;
}

Places with_ours(const Start &start, std::size_t stride, bool has_masks)
{
  const Film &film = start.film;
  Follower follower{film.lumas[start.frame], film.time(start.frame)};
  std::vector<std::uint64_t> handles;
  for (std::size_t i = 0; i < start.courses.size(); ++i) {
    const Truth &truth = *(*start.courses[i])[start.frame];
    handles.push_back(
        follower.add({.place = start.seed(i), .mask = has_masks ? truth.mask : nullptr}));
  }
  return followed(
      start, stride, [&](std::size_t frame) { follower.step(film.lumas[frame], film.time(frame)); },
      [&](std::size_t i) {
        const vision::Followed &object = follower.at(handles[i]);
        return object.has_left ? Rect{} : object.place;
      });
}

void judge(const Start &start, const Places &places, Score &score)
{
  for (std::size_t i = 0; i < start.courses.size(); ++i)
    for (std::size_t seconds = 1; seconds <= kHorizons; ++seconds) {
      const std::size_t frame = horizon(start.film, start.frame, seconds);
      if (frame >= start.courses[i]->size())
        continue;
      const auto &truth = (*start.courses[i])[frame];
      if (is_half_inside(truth))
        score.add(seconds, iou(on_picture(places[i][seconds - 1]), on_picture(truth->place)));
    }
}

} // namespace

std::size_t live_stride(const Film &film)
{
  constexpr std::size_t kMostPictures = 15;
  return (film.rate + kMostPictures - 1) / kMostPictures;
}

void Score::add(std::size_t seconds, double overlap)
{
  sums_[seconds - 1] += overlap;
  ++counts_[seconds - 1];
}

void Score::add(const Score &other)
{
  for (std::size_t i = 0; i < kHorizons; ++i) {
    sums_[i] += other.sums_[i];
    counts_[i] += other.counts_[i];
  }
}

double Score::mean(std::size_t seconds) const
{
  const std::size_t n = counts_[seconds - 1];
  return n > 0 ? sums_[seconds - 1] / static_cast<double>(n) : 0;
}

void Scores::add(const Scores &other)
{
  for (std::size_t i = 0; i < kMethods; ++i)
    of[i].add(other.of[i]);
  ours_beside_csrt.add(other.ours_beside_csrt);
}

Scores judge(const Film &film, Csrts csrts)
{
  std::vector<Start> starts;
  for (const std::size_t frame : film.starts)
    starts.emplace_back(film, frame);
  const std::vector<Places> csrt = with_csrt(starts, csrts);
  Scores scores;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const Start &start = starts[i];
    judge(start, stale(start), scores[Method::stale]);
    judge(start, at_constant_velocity(start), scores[Method::velocity]);
    const Places ours = with_ours(start, live_stride(film), false);
    judge(start, ours, scores[Method::ours]);
    if (!csrt[i].empty()) {
      judge(start, csrt[i], scores[Method::csrt]);
      judge(start, ours, scores.ours_beside_csrt);
    }
    if (live_stride(film) > 1)
      judge(start, with_ours(start, 1, false), scores[Method::ours_every]);
    if (start.has_masks())
      judge(start, with_ours(start, live_stride(film), true), scores[Method::ours_masks]);
  }
  return scores;
}

} // namespace gemini::bench
