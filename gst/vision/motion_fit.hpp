// SPDX-License-Identifier: LGPL-2.1-or-later
// Motions that most of a number of points agree on. Lengths are pixels; the order of the points
// does not matter and nothing is drawn by lot.
#pragma once

#include "core/geometry.hpp"

#include <optional>
#include <span>
#include <vector>

namespace gemini::vision {

// A point that was in one place and is in another.
struct Moved {
  Point from;
  Point to;
};

// Turns, scales and shifts: what a camera does to what is far away.
struct Similarity {
  double a = 1; // cosine times scale
  double b = 0; // sine times scale
  double x = 0;
  double y = 0;

  Point operator()(const Point &p) const { return {a * p.x - b * p.y + x, b * p.x + a * p.y + y}; }
  double scale() const;
};

// What most of the points do within a pixel or so; none where too few agree.
std::optional<Similarity> fit_similarity(std::span<const Moved> points);

// A point of an object: where it is, and where it was from the object's centre when that had the
// scale 1.
struct Anchored {
  Point offset;
  Point at;
};

struct BoxFit {
  Point centre;
  double scale = 1;
  double scatter = 0;           // median distance of the points from where they should be
  std::vector<double> distance; // of each point from where it should be
};

// Centre and scale that put most of the points (one at least) where they are. The scale leaves
// `usual_scale` only as far as the points can tell, and only where it `may_scale`.
BoxFit fit_box(std::span<const Anchored> points, double usual_scale, bool may_scale);

} // namespace gemini::vision
