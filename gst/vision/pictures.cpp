// SPDX-License-Identifier: LGPL-2.1-or-later
// The last pictures of a stream.
#include "vision/pictures.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gemini::vision {

void Pictures::add(Picture picture)
{
  pictures_.push_back(std::move(picture));
  if (pictures_.size() > kMost)
    thin_out();
}

// Of the older half that whose neighbours are nearest to each other. What an answer will be about
// goes last.
void Pictures::thin_out()
{
  auto best = pictures_.begin();
  std::chrono::nanoseconds smallest = std::chrono::nanoseconds::max();
  for (std::size_t i = 1; i < pictures_.size() / 2; ++i) {
    const auto gap = pictures_[i + 1].time - pictures_[i - 1].time;
    if (pictures_[i].is_asked_about || gap >= smallest)
      continue;
    smallest = gap;
    best = pictures_.begin() + static_cast<std::ptrdiff_t>(i);
  }
  pictures_.erase(best);
}

void Pictures::forget_before(std::chrono::nanoseconds time)
{
  if (!empty())
    pictures_.erase(pictures_.begin(),
                    pictures_.begin() + static_cast<std::ptrdiff_t>(nearest(time)));
}

std::size_t Pictures::nearest(std::chrono::nanoseconds time) const
{
  const auto after =
      std::lower_bound(pictures_.begin(), pictures_.end(), time,
                       [](const Picture &picture, auto when) { return picture.time < when; });
  if (after == pictures_.begin())
    return 0;
  const auto i = static_cast<std::size_t>(std::distance(pictures_.begin(), after));
  if (after == pictures_.end())
    return i - 1;
  return after->time - time < time - pictures_[i - 1].time ? i : i - 1;
}

} // namespace gemini::vision
