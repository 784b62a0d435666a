// SPDX-License-Identifier: LGPL-2.1-or-later
// All things have the same label, so that only their places tell who is who.
#include "answers.hpp"

#include "methods.hpp"
#include "vision/joiner.hpp"
#include "vision/tracker.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gemini::bench {
namespace {

constexpr std::size_t kDelay = 2; // seconds

struct Answer {
  Analysis analysis;
  std::vector<std::size_t> things; // the course of each object
};

Answer answer_about(const Film &film, std::size_t frame)
{
  Answer answer;
  Analysis &analysis = answer.analysis;
  analysis.request_id = frame + 1;
  analysis.pts = film.time(frame);
  analysis.running_time = film.time(frame);
  analysis.width = film.lumas[frame]->width;
  analysis.height = film.lumas[frame]->height;
  analysis.status = AnalysisStatus::ok;
  for (std::size_t i = 0; i < film.courses.size(); ++i) {
    const auto &truth = film.courses[i][frame];
    if (!can_be_seen(truth) || !is_half_inside(truth))
      continue;
    Object object;
    object.id = 100 * analysis.request_id + i; // until the plugin knows better
    object.label = "thing";
    object.box = on_picture(truth->place);
    analysis.objects.push_back(std::move(object));
    answer.things.push_back(i);
  }
  return answer;
}

// Who is who, by the ids that the plugin gave.
class Ids {
public:
  explicit Ids(std::size_t n_courses) : courses_(n_courses) {}

  void learn(const Answer &answer, const Analysis &named)
  {
    for (std::size_t i = 0; i < answer.things.size(); ++i) {
      OfCourse &course = courses_[answer.things[i]];
      const std::uint64_t id = named.objects[i].id;
      switches_ += course.n_named > 0 && course.id != id ? 1 : 0;
      course.id = id;
      ++course.n_named;
      things_[id] = answer.things[i];
    }
  }

  // Which of `objects` is of that course.
  const Object *find(const std::vector<Object> &objects, std::size_t course) const
  {
    const auto found = std::ranges::find_if(objects, [&](const Object &object) {
      const auto thing = things_.find(object.id);
      return thing != things_.end() && thing->second == course;
    });
    return found == objects.end() ? nullptr : &*found;
  }
  bool was_named(std::size_t course) const { return courses_[course].n_named > 0; }
  std::size_t switches() const { return switches_; }
  std::size_t named_twice() const
  {
    return static_cast<std::size_t>(
        std::ranges::count_if(courses_, [](const OfCourse &course) { return course.n_named > 1; }));
  }

private:
  struct OfCourse {
    std::uint64_t id = 0;
    std::size_t n_named = 0;
  };
  std::vector<OfCourse> courses_;
  std::map<std::uint64_t, std::size_t> things_; // by the id that they had last
  std::size_t switches_ = 0;
};

double overlap(const Object *object, const Truth &truth)
{
  return object != nullptr && object->box ? iou(*object->box, on_picture(truth.place)) : 0;
}

} // namespace

void Shown::add(double overlap)
{
  sum_ += overlap;
  ++count_;
}

void Shown::add(const Shown &other)
{
  sum_ += other.sum_;
  count_ += other.count_;
}

double Shown::mean() const
{
  return count_ > 0 ? sum_ / static_cast<double>(count_) : 0;
}

double Live::switches_per_ten_tracks_and_minute() const
{
  return static_cast<double>(switches) * 10 / static_cast<double>(tracks) / minutes;
}

Live show_live(const Film &film)
{
  Live live;
  vision::Tracker tracker;
  Ids ids{film.courses.size()};
  const std::size_t delay = kDelay * film.rate;
  for (std::size_t frame = 0; frame < film.frames.size(); ++frame) {
    const bool is_sample = frame % film.rate == 0;
    if (frame % live_stride(film) == 0)
      tracker.add(
          {.time = film.time(frame), .image = film.lumas[frame], .is_asked_about = is_sample});
    tracker.advance();
    if (frame < delay)
      continue;
    if (is_sample) {
      const Answer answer = answer_about(film, frame - delay);
      Analysis analysis = answer.analysis;
      tracker.answer(analysis);
      ids.learn(answer, analysis);
    }
    const std::vector<Object> objects = objects_at(tracker.scene(), film.time(frame));
    for (std::size_t i = 0; i < film.courses.size(); ++i) {
      const auto &truth = film.courses[i][frame];
      if (!is_half_inside(truth) || !ids.was_named(i))
        continue;
      live.boxes.add(overlap(ids.find(objects, i), *truth));
    }
  }
  live.tracks = ids.named_twice();
  live.switches = ids.switches();
  live.minutes = static_cast<double>(film.frames.size()) / static_cast<double>(film.rate) / 60;
  return live;
}

void Accurate::add(const Accurate &other)
{
  seen.add(other.seen);
  all.add(other.all);
  strays += other.strays;
}

Accurate show_accurate(const Film &film)
{
  std::map<std::uint64_t, std::vector<Object>> shown; // by frame
  std::map<std::uint64_t, Answer> answers;            // by request
  Ids ids{film.courses.size()};
  vision::Joiner joiner{
      {.frame = [&](std::uint64_t frame, Scene scene) { shown[frame] = std::move(scene.objects); },
       .answer =
           [&](std::shared_ptr<const Analysis> analysis) {
             ids.learn(answers.at(analysis->request_id), *analysis);
           }}};
  const std::size_t first = film.starts.front();
  const std::size_t last = film.frames.size() - 1;
  for (std::size_t frame = first; frame <= last; ++frame) {
    if ((frame - first) % film.rate == 0) {
      Answer answer = answer_about(film, frame);
      const std::uint64_t request = answer.analysis.request_id;
      answers.emplace(request, std::move(answer));
      joiner.add_sample(request, film.time(frame));
    }
    joiner.add_frame({.number = frame,
                      .time = film.time(frame),
                      .image = frame % live_stride(film) == 0 ? film.lumas[frame] : nullptr});
  }
  for (const auto &[request, answer] : answers)
    joiner.answer(std::make_shared<const Analysis>(answer.analysis));
  joiner.let_go();
  // An id may have become another's meanwhile: then its box is not where that one is.
  Accurate accurate;
  for (std::size_t frame = first; frame <= answers.rbegin()->first - 1; ++frame)
    for (std::size_t i = 0; i < film.courses.size(); ++i) {
      const auto &truth = film.courses[i][frame];
      const Object *object = ids.find(shown[frame], i);
      if (is_half_inside(truth)) {
        accurate.all.add(overlap(object, *truth));
        if (can_be_seen(truth))
          accurate.seen.add(overlap(object, *truth));
      } else if (object != nullptr && (!truth || on_picture(truth->place).area() <= 0)) {
        ++accurate.strays;
      }
    }
  return accurate;
}

} // namespace gemini::bench
