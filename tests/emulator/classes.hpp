// SPDX-License-Identifier: LGPL-2.1-or-later
// Classification: kinds of things instead of things.
#pragma once

#include "seen.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::emulator {

struct Class {
  std::string label;
  double confidence = 0;
  Sights sights; // of that class, heaviest first
};

// The labels that a prompt allows, as in "Use only these labels: cat, dog."; empty where it allows
// any.
std::vector<std::string> labels_allowed(std::string_view prompt);

// What to call a thing with one of these labels, in their spelling: "pedestrian" for a person.
// Nothing where none of them fits; its own label where there are none.
std::optional<std::string> label_among(const std::vector<std::string> &labels, const Seen &seen,
                                       const Sight &sight);

// The classes of these things, most confident first. Things that none of the labels fits
// are of no class.
std::vector<Class> classify(const Seen &seen, const Sights &sights,
                            const std::vector<std::string> &labels);

} // namespace gemini::emulator
