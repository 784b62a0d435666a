// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of the objects that the model sees now are those that it has seen before.
#pragma once

#include "core/geometry.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gemini {

// An object as it is at the instant of which both sides are told.
struct Sighting {
  std::string label;
  std::optional<Rect> place = std::nullopt; // none: it is the whole picture's, as a class is
  // How far off its centre may be, in sizes of the object: more where it has not been seen for a
  // while.
  double reach = 0.5;
};

// For each of `now` its index in `before`, if it is there. By overlap and nearness, size, and
// label, all pairs together: models say "man" and then "person walking", so what overlaps clearly
// is the same whatever it is called; what hardly does has to be called alike. What has no place is
// the same if it is called the same.
std::vector<std::optional<std::size_t>> same_objects(std::span<const Sighting> before,
                                                     std::span<const Sighting> now);

// How alike two labels are: 1 the same but for case, 0.5 with a word in common, else 0.
double label_likeness(const std::string &a, const std::string &b);

} // namespace gemini
