// SPDX-License-Identifier: LGPL-2.1-or-later
// What of a frame nobody may see. Fails closed: what is uncertain stays covered.
#pragma once

#include "core/analysis.hpp"
#include "render/cover.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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
    // Their ids are the same on all frames; 0: nobody knows who it is.
    const std::vector<Object> &objects;
    // There is an answer that says where objects are, whole and new enough.
    bool is_certain = false;
    std::chrono::nanoseconds running_time{-1}; // negative: unknown
    std::chrono::nanoseconds duration{-1};     // likewise
  };

  CoverMap covered(PixelSize frame, const Knowledge &known, const RedactSettings &settings);
  // Forgets who was covered: what comes has nothing to do with what was. (The size of the frames
  // may change without it.)
  void reset();

private:
  struct Place {
    std::optional<Rect> box;
    std::shared_ptr<const Mask> mask;
    double confidence = 1;
    std::chrono::nanoseconds last_told{0}; // running time; held from there on
  };
  // Of the same object where it was seen, and where it may be while it is lost.
  using Who = std::pair<std::uint64_t, bool>;

  static Place place_of(const Object &object);
  void add(CoverMap &map, const Place &place, double margin) const;
  void hold_cells(const CoverMap &map);

  PixelSize frame_;
  std::map<Who, Place> places_;
  // Of those of whom nobody knows who they are: for each cell of the frame when it was last covered
  // for one. Empty: never.
  std::vector<std::optional<std::chrono::nanoseconds>> cells_;
  std::chrono::nanoseconds now_{0};
};

} // namespace gemini
