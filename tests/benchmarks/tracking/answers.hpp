// SPDX-License-Identifier: LGPL-2.1-or-later
// What the plugin makes of one answer a second, each as good as the truth.
#pragma once

#include "film.hpp"

#include <cstddef>

namespace gemini::bench {

// Mean overlap of what is shown with the truth.
class Shown {
public:
  void add(double overlap);
  void add(const Shown &other);
  double mean() const;
  std::size_t count() const { return count_; }

private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

// Live mode, with answers that come two seconds after their frame. From the first answer on.
struct Live {
  Shown boxes;              // of what has been named, on every frame
  std::size_t tracks = 0;   // that were named at least twice
  std::size_t switches = 0; // of the id from one answer that names a thing to the next one
  double minutes = 0;

  double switches_per_ten_tracks_and_minute() const;
};
Live show_live(const Film &film);

// Accurate mode, between the first and the last answer. What is not shown has an overlap of 0.
struct Accurate {
  Shown seen;             // things that can be seen
  Shown all;              // and those behind others
  std::size_t strays = 0; // boxes of what is not on the picture at all
  void add(const Accurate &other);
};
Accurate show_accurate(const Film &film);

} // namespace gemini::bench
