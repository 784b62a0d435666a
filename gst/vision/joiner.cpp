// SPDX-License-Identifier: LGPL-2.1-or-later
// Accurate mode: where objects are on every frame between two answers.
#include "vision/joiner.hpp"

#include "vision/between.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gemini::vision {

using std::chrono::nanoseconds;

Joiner::Joiner(Results results) : results_(std::move(results)) {}
Joiner::~Joiner() = default;

void Joiner::add_frame(Frame frame)
{
  last_frame_ = frame.number;
  // Of what comes before the first answer nothing is ever known.
  if (!begin_ && ends_.empty() && frames_.empty() && !frame.may_be_sampled) {
    results_.frame(frame.number, scene_of(frame, {}));
    return;
  }
  // After a cut times may begin anew.
  for (auto end = ends_.rbegin(); end != ends_.rend() && end->kind != End::Kind::cut; ++end) {
    end->is_reached = end->is_reached || end->time <= frame.time;
    if (end->kind == End::Kind::answer && end->time == frame.time && !end->image)
      end->image = frame.image;
  }
  frames_.push_back(std::move(frame));
  follow_on();
  settle();
}

void Joiner::add_sample(std::uint64_t request, nanoseconds time)
{
  const auto cut = std::find_if(ends_.rbegin(), ends_.rend(),
                                [](const End &end) { return end.kind == End::Kind::cut; });
  const std::uint64_t before = cut == ends_.rend() ? 0 : cut->last_frame;
  const auto frame = std::find_if(frames_.begin(), frames_.end(), [&](const Frame &candidate) {
    return candidate.time >= time && candidate.number > before;
  });
  const bool is_there = frame != frames_.end();
  ends_.push_back({.kind = End::Kind::answer,
                   .request = request,
                   .time = time,
                   .image = is_there && frame->time == time ? frame->image : nullptr,
                   .is_reached = is_there});
}

// No frame comes any more that they are about.
void Joiner::reach_all()
{
  for (End &end : ends_)
    end.is_reached = true;
}

bool Joiner::waits_for_answers() const
{
  return std::any_of(ends_.begin(), ends_.end(),
                     [](const End &end) { return end.kind == End::Kind::answer; });
}

void Joiner::gone(std::uint64_t number)
{
  while (!frames_.empty() && frames_.front().number <= number)
    frames_.pop_front();
}

void Joiner::let_go(std::uint64_t last_frame)
{
  reach_all();
  if (!ends_.empty() && ends_.back().kind == End::Kind::let_go)
    ends_.back().last_frame = last_frame;
  else
    ends_.push_back({.kind = End::Kind::let_go, .last_frame = last_frame});
  settle();
}

void Joiner::cut()
{
  reach_all();
  if (ends_.empty() || ends_.back().kind != End::Kind::cut ||
      ends_.back().last_frame != last_frame_)
    ends_.push_back({.kind = End::Kind::cut, .last_frame = last_frame_});
  settle();
}

bool Joiner::answer(std::shared_ptr<const Analysis> analysis)
{
  const auto end = std::find_if(ends_.begin(), ends_.end(), [&](const End &candidate) {
    return candidate.kind == End::Kind::answer && candidate.request == analysis->request_id &&
           !candidate.analysis;
  });
  if (end == ends_.end())
    return false;
  end->analysis = std::move(analysis);
  settle();
  return true;
}

void Joiner::settle()
{
  while (!ends_.empty()) {
    const End end = ends_.front();
    if (end.kind == End::Kind::answer && (!end.analysis || !end.is_reached))
      return;
    if (end.kind != End::Kind::answer) {
      tell_followed(end.last_frame); // which looks no further than a cut
      ends_.pop_front();
      if (end.kind == End::Kind::cut)
        forget();
      if (!begin_ && ends_.empty())
        tell_unknown();
      continue;
    }
    ends_.pop_front();
    note_status(end);
    if (is_usable(*end.analysis)) {
      join(end);
    } else {
      results_.answer(end.analysis);
      follow_on(); // to the next answer instead
    }
  }
}

const Joiner::End *Joiner::next_cut() const
{
  const auto cut = std::find_if(ends_.begin(), ends_.end(),
                                [](const End &end) { return end.kind == End::Kind::cut; });
  return cut == ends_.end() ? nullptr : &*cut;
}

bool Joiner::is_before(const Frame &frame, const End *cut)
{
  return !cut || frame.number <= cut->last_frame;
}

void Joiner::note_status(const End &end)
{
  statuses_.push_back({.since = end.time,
                       .answer = end.request,
                       .status = gemini::scene_status(end.analysis->status)});
  const nanoseconds next = frames_.empty() ? end.time : std::min(frames_.front().time, end.time);
  while (statuses_.size() > 1 && statuses_[1].since <= next)
    statuses_.pop_front();
}

// Through the pictures that are there, up to that of the next answer: from there on it is followed
// anew.
void Joiner::follow_on()
{
  if (!follower_)
    return;
  const auto next = std::find_if(ends_.begin(), ends_.end(),
                                 [](const End &end) { return end.kind != End::Kind::let_go; });
  const bool is_answer = next != ends_.end() && next->kind == End::Kind::answer;
  const End *cut = next_cut();
  for (const Frame &frame : frames_) {
    if ((is_answer && frame.time > next->time) || !is_before(frame, cut) || is_abandoned())
      break;
    if (frame.time <= follower_->time() || (!frame.image && sees_motion()))
      continue;
    follower_->step(frame.image, frame.time);
    for (Known &known : known_)
      known.note(*follower_);
  }
}

void Joiner::join(const End &end)
{
  auto analysis = std::make_shared<Analysis>(*end.analysis);
  if (begin_ && end.time < *begin_) { // it adds nothing to a newer one
    tell_who_is_who(*analysis, known_, end.time, results_.new_id);
    results_.answer(analysis);
    return;
  }
  const std::vector<Known> before = known_;
  Named named = name_objects(*analysis, std::exchange(known_, {}), end.time, results_.new_id);
  miss(named.missing, *analysis, end.time);
  results_.answer(analysis);

  tell_first();
  const Interval interval{
      .begin = begin_.value_or(frames_.empty() ? end.time : frames_.front().time), .end = end.time};
  const std::vector<Way> back = follow_back(end, named.objects);
  const std::vector<Span> all = spans(before, named, back);
  const End *cut = next_cut();
  const auto is_next = [&] { return !frames_.empty() && is_before(frames_.front(), cut); };
  while (is_next() && frames_.front().time < end.time) {
    std::vector<Object> objects;
    for (const Span &span : all)
      if (auto object = object_between(span, interval, frames_.front().time))
        objects.push_back(std::move(*object));
    tell(std::move(objects));
  }
  newest_ = analysis;
  // Of several questions about a frame that which it was held for has the word.
  const bool is_last =
      ends_.empty() || ends_.front().kind != End::Kind::answer || ends_.front().time != end.time;
  // What was cut off the answer.
  std::vector<Object> objects = analysis->objects;
  std::ranges::move(objects_at(named.missing, end.time), std::back_inserter(objects));
  const bool is_first = !begin_;
  begin_at(end, std::move(named));
  if (!is_next() || frames_.front().time != end.time ||
      (!is_last && frames_.front().sample != end.request))
    return;
  if (is_first && frames_.front().is_held_back)
    first_ = std::move(objects);
  else
    tell(std::move(objects));
}

std::vector<Span> Joiner::spans(const std::vector<Known> &before, const Named &named,
                                const std::vector<Way> &back) const
{
  std::vector<Span> result;
  std::vector<bool> is_named(before.size());
  for (std::size_t i = 0; i < named.objects.size(); ++i) {
    Span span{.after = &named.objects[i], .back = back[i].empty() ? nullptr : &back[i]};
    if (const auto index = named.before[i]) {
      is_named[*index] = true;
      if (before[*index].n_misses == 0)
        span.before = &before[*index];
    }
    result.push_back(span);
  }
  const auto is_kept = [&](const Known &known) {
    return std::ranges::any_of(named.missing, [&](const Known &missing) {
      return missing.n_misses == 0 && missing.seen->id == known.seen->id;
    });
  };
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!is_named[i] && before[i].n_misses == 0)
      result.push_back({.before = &before[i], .is_missed = !is_kept(before[i])});
  return result;
}

std::vector<Way> Joiner::follow_back(const End &end, const std::vector<Known> &objects) const
{
  std::vector<Way> ways(objects.size());
  Follower follower{end.image, end.time};
  std::vector<std::optional<std::uint64_t>> handles;
  const auto note = [&] {
    for (std::size_t i = 0; i < objects.size(); ++i)
      if (handles[i])
        ways[i].add(follower.time(), follower.at(*handles[i]));
  };
  for (const Known &known : objects) {
    handles.emplace_back();
    if (known.from)
      handles.back() = follower.add(known.seed());
  }
  note();
  const End *cut = next_cut();
  for (auto frame = frames_.rbegin(); frame != frames_.rend() && !is_abandoned(); ++frame) {
    if (frame->time >= follower.time() || !is_before(*frame, cut) ||
        (!frame->image && sees_motion()))
      continue;
    follower.step(frame->image, frame->time);
    note();
  }
  // To where the last answer says that they were.
  if (begin_ && follower.time() > *begin_ && (begin_image_ || !sees_motion())) {
    follower.step(begin_image_, *begin_);
    note();
  }
  return ways;
}

// Goes on from the frame of that answer.
void Joiner::begin_at(const End &end, Named named)
{
  const nanoseconds time = end.time;
  std::vector<Followed> last;
  for (const Known &known : named.missing)
    last.push_back(known.way.empty() ? Followed{} : known.way.at(time));
  follower_.emplace(end.image, time);
  begin_ = time;
  begin_image_ = end.image;
  known_ = std::move(named.objects);
  for (Known &known : known_)
    known.begin(*follower_);
  for (std::size_t i = 0; i < named.missing.size(); ++i) {
    Known &known = named.missing[i];
    known.way.forget_after(time);
    if (known.handle) {
      known.handle = follower_->add({.place = last[i].place, .velocity = last[i].velocity});
      known.sure = last[i].confidence;
    }
    known_.push_back(std::move(known));
  }
  follow_on();
}

void Joiner::tell(std::vector<Object> objects)
{
  const Frame frame = std::move(frames_.front());
  frames_.pop_front();
  results_.frame(frame.number, scene_of(frame, std::move(objects)));
}

// That of the first answer has waited for the next, unless it has gone.
void Joiner::tell_first()
{
  auto objects = std::exchange(first_, std::nullopt);
  if (objects && !frames_.empty() && frames_.front().time == begin_)
    tell(std::move(*objects));
}

// No answer is waited for behind these.
void Joiner::tell_followed(std::uint64_t last_frame)
{
  follow_on();
  if (!frames_.empty() && frames_.front().number <= last_frame)
    tell_first();
  while (!frames_.empty() && frames_.front().number <= last_frame) {
    const nanoseconds time = frames_.front().time;
    tell(objects_at(known_, time));
    for (Known &known : known_)
      known.way.forget_before(time);
  }
}

// Of which nothing will be known.
void Joiner::tell_unknown()
{
  while (!frames_.empty() && !frames_.front().may_be_sampled)
    tell({});
}

Scene Joiner::scene_of(const Frame &frame, std::vector<Object> objects)
{
  while (statuses_.size() > 1 && statuses_[1].since <= frame.time)
    statuses_.pop_front();
  Scene scene;
  if (!statuses_.empty() && statuses_.front().since <= frame.time)
    scene.status = statuses_.front().status;
  scene.objects = std::move(objects);
  scene.analysis = newest_;
  return scene;
}

Joiner::Outlook Joiner::outlook() const
{
  return {.known = known_,
          .analysis = newest_,
          .statuses = statuses_,
          .last_frame = next_cut() ? std::optional{next_cut()->last_frame} : std::nullopt};
}

Joiner::Status Joiner::Outlook::status_at(nanoseconds time) const
{
  const auto last = std::find_if(statuses.rbegin(), statuses.rend(),
                                 [time](const Status &one) { return one.since <= time; });
  return last == statuses.rend() ? Status{} : *last;
}

Scene Joiner::Outlook::at(std::uint64_t frame, nanoseconds time) const
{
  if (last_frame && frame > *last_frame)
    return {.status = Scene::Status::pending, .objects = {}, .analysis = analysis};
  return {
      .status = status_at(time).status, .objects = objects_at(known, time), .analysis = analysis};
}

void Joiner::forget()
{
  follower_.reset();
  known_.clear();
  statuses_.clear();
  newest_.reset();
  begin_.reset();
  begin_image_.reset();
  first_.reset();
}

void Joiner::reset()
{
  forget();
  frames_.clear();
  ends_.clear();
}

} // namespace gemini::vision
