// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the objects of two answers are between them.
#include "vision/between.hpp"

#include <algorithm>

namespace gemini::vision {

using std::chrono::nanoseconds;

namespace {

// Even a way that has met nothing of the other answer says a little.
constexpr double kLeastTrust = 0.05;

bool is_gone(const Followed &followed)
{
  return followed.is_hidden || followed.has_left;
}

// `place`, as much nearer to where it should have ended as `share` says.
Rect bent(const Rect &place, const Rect &ended, const Rect &should, double share)
{
  return {place.x + share * (should.x - ended.x), place.y + share * (should.y - ended.y),
          std::max(0.0, place.w + share * (should.w - ended.w)),
          std::max(0.0, place.h + share * (should.h - ended.h))};
}

Rect mean(const Rect &a, double weight_a, const Rect &b, double weight_b)
{
  const double all = weight_a + weight_b;
  const auto of = [&](double x, double y) { return (x * weight_a + y * weight_b) / all; };
  return {of(a.x, b.x), of(a.y, b.y), of(a.w, b.w), of(a.h, b.h)};
}

double trust(const Followed &here, const Followed &ended, const Rect &should)
{
  if (here.has_left)
    return kLeastTrust * kLeastTrust;
  const double met = ended.has_left ? 0 : iou(ended.place, should);
  return (here.is_hidden ? kLeastTrust : std::max(here.confidence, kLeastTrust)) *
         std::max(met, kLeastTrust);
}

// As long ago, or as far ahead, as the model sees it.
nanoseconds confirmed(const Span &span, nanoseconds time)
{
  constexpr nanoseconds kNever = nanoseconds::max();
  const nanoseconds since = span.before ? time - span.before->confirmed : kNever;
  const nanoseconds until = span.after ? span.after->confirmed - time : kNever;
  return time - std::min(since, until);
}

std::optional<Object> joined(const Span &span, const Interval &interval, nanoseconds time,
                             double share)
{
  const Followed on = span.before->way.at(time);
  const Followed back = span.back->at(time);
  const Followed on_ended = span.before->way.at(interval.end);
  const Followed back_ended = span.back->at(interval.begin);
  // Which is where the first answer says, if it names it.
  const Rect first = span.before->confirmed == interval.begin
                         ? *span.before->from
                         : span.before->way.at(interval.begin).place;
  const Rect &second = *span.after->from;
  const double weight_on = (1 - share) * trust(on, on_ended, second);
  const double weight_back = share * trust(back, back_ended, first);
  Followed now;
  now.place = mean(bent(on.place, on_ended.place, second, share), weight_on,
                   bent(back.place, back_ended.place, first, 1 - share), weight_back);
  now.confidence =
      (on.confidence * weight_on + back.confidence * weight_back) / (weight_on + weight_back);
  now.is_hidden = is_gone(on) && is_gone(back);
  // As the nearer answer says it is.
  const Known &nearer = share < 0.5 ? *span.before : *span.after;
  TrackedObject object = nearer.tracked(now);
  object.confirmed = confirmed(span, time);
  return object_at(object, now.place, time);
}

std::optional<Object> alone(const Span &span, const Interval &interval, nanoseconds time,
                            double share)
{
  const Way &way = span.before ? span.before->way : *span.back;
  const Followed now = way.at(time);
  const Followed ended = way.at(span.before ? interval.end : interval.begin);
  if (is_gone(now) || (share > 0.5 && span.is_missed && !is_gone(ended)))
    return std::nullopt;
  TrackedObject object = (span.before ? span.before : span.after)->tracked(now);
  object.confirmed = confirmed(span, time);
  return object_at(object, now.place, time);
}

std::optional<Object> without_place(const Span &span, nanoseconds time, double share)
{
  const Known *nearer = share < 0.5 ? span.before : span.after;
  if (!nearer && !span.is_missed)
    nearer = span.before;
  if (!nearer)
    return std::nullopt;
  TrackedObject object = nearer->tracked({});
  object.confirmed = confirmed(span, time);
  return object_at(object, {}, time);
}

} // namespace

std::optional<Object> object_between(const Span &span, const Interval &interval, nanoseconds time)
{
  const double length = std::chrono::duration<double>(interval.end - interval.begin).count();
  const double passed = std::chrono::duration<double>(time - interval.begin).count();
  const double share = length > 0 ? std::clamp(passed / length, 0.0, 1.0) : 1;
  const bool has_place = (!span.before || !span.before->way.empty()) && (!span.after || span.back);
  if (!has_place)
    return without_place(span, time, share);
  if (span.before && span.after)
    return joined(span, interval, time, share);
  if (span.before)
    return alone(span, interval, time, share);
  return alone(span, interval, time, 1 - share);
}

} // namespace gemini::vision
