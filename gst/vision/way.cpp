// SPDX-License-Identifier: LGPL-2.1-or-later
// Where an object was followed along.
#include "vision/way.hpp"

#include <algorithm>
#include <iterator>

namespace gemini::vision {

void Way::add(std::chrono::nanoseconds time, const Followed &followed)
{
  if (stops_.empty() || time > stops_.back().time)
    stops_.push_back({time, followed});
  else
    stops_.push_front({time, followed});
  if (stops_.size() > kMost)
    thin_out();
}

// Of the older half that whose neighbours are nearest to each other.
void Way::thin_out()
{
  auto best = std::next(stops_.begin());
  for (auto stop = best; std::distance(stops_.begin(), stop) < std::ptrdiff_t{kMost / 2}; ++stop)
    if (std::next(stop)->time - std::prev(stop)->time <
        std::next(best)->time - std::prev(best)->time)
      best = stop;
  stops_.erase(best);
}

Followed Way::at(std::chrono::nanoseconds time) const
{
  const auto after = std::lower_bound(stops_.begin(), stops_.end(), time,
                                      [](const Stop &stop, auto when) { return stop.time < when; });
  if (after == stops_.end())
    return stops_.back().followed;
  if (after == stops_.begin() || after->time == time)
    return after->followed;
  const Stop &before = *std::prev(after);
  const double share = std::chrono::duration<double>(time - before.time) /
                       std::chrono::duration<double>(after->time - before.time);
  const auto between = [share](double a, double b) { return a + (b - a) * share; };
  const Rect &a = before.followed.place;
  const Rect &b = after->followed.place;
  Followed result = share < 0.5 ? before.followed : after->followed;
  result.place = {between(a.x, b.x), between(a.y, b.y), between(a.w, b.w), between(a.h, b.h)};
  result.confidence = between(before.followed.confidence, after->followed.confidence);
  return result;
}

void Way::forget_after(std::chrono::nanoseconds time)
{
  while (stops_.size() > 1 && stops_.back().time > time)
    stops_.pop_back();
}

void Way::forget_before(std::chrono::nanoseconds time)
{
  while (stops_.size() > 1 && stops_[1].time <= time)
    stops_.pop_front();
}

} // namespace gemini::vision
