// SPDX-License-Identifier: LGPL-2.1-or-later
// What of a frame nobody may see. Fails closed: what is uncertain stays covered.
#pragma once

#include "core/analysis.hpp"
#include "render/cover.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gemini {

struct RedactSettings {
  std::vector<std::string> labels = {}; // folded; empty: all objects
  double margin = 0.1;                  // on each side, in parts of the object's longer one
  std::chrono::milliseconds hold{1000}; // how long a place stays covered of whom nobody tells
  bool is_strict = false;               // the whole frame is covered while the answer is uncertain
};

// One thread at a time.
class Redactor {
public:
  // What is known of a frame.
  struct Knowledge {
    const std::vector<Object> &objects;
    // There is an answer, whole and new enough.
    bool is_certain = false;
    std::chrono::nanoseconds running_time{-1}; // negative: unknown
  };

  CoverMap covered(PixelSize frame, const Knowledge &known, const RedactSettings &settings);
  // Forgets who was covered: what comes has nothing to do with what was.
  void reset();

private:
  struct Place {
    Object object;                         // as it was last seen for certain
    std::chrono::nanoseconds last_told{0}; // running time; held from there on
  };

  std::map<std::uint64_t, Place> places_; // by the id of the object
  std::vector<Place> nameless_;           // of objects that nobody has given an id
  std::chrono::nanoseconds now_{0};
};

} // namespace gemini
