// SPDX-License-Identifier: LGPL-2.1-or-later
// Rings around shapes: the few corners of an exact one, or the traced edges.
#include "shape_outline.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gemini::emulator {
namespace {

struct Span {
  double left = 0;
  double right = 0;
};

// Where the ring is cut by the line at that height; empty where it is not.
Span span_at(const Ring &ring, double y)
{
  Span span{1e9, -1e9};
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Spot &a = ring[i];
    const Spot &b = ring[(i + 1) % ring.size()];
    if ((a.y <= y) == (b.y <= y))
      continue;
    const double x = a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x);
    span = {std::min(span.left, x), std::max(span.right, x)};
  }
  return span.left <= span.right ? span : Span{};
}

bool fits(const Ring &ring, const Box &box, const Outline &outline)
{
  constexpr double kSlack = 1;    // pixels that corners may lie beyond the box
  constexpr double kShare = 0.03; // of the area that may be wrong
  const bool is_in_box = std::ranges::all_of(ring, [&](const Spot &spot) {
    return spot.x > box.left - kSlack && spot.x < box.right + kSlack && spot.y > box.top - kSlack &&
           spot.y < box.bottom + kSlack;
  });
  double wrong = 0;
  double area = 0;
  for (std::size_t i = 0; i < outline.left.size(); ++i) {
    const Span span = span_at(ring, outline.first_row + static_cast<double>(i) + 0.5);
    // Half a pixel is the limit of what a row tells.
    wrong += std::max(std::abs(span.left - outline.left[i]) - 0.5, 0.0) +
             std::max(std::abs(span.right - outline.right[i]) - 0.5, 0.0);
    area += outline.right[i] - outline.left[i];
  }
  return is_in_box && wrong <= kShare * area;
}

} // namespace

Ring ellipse_in(const Box &box)
{
  constexpr int kCorners = 64;
  Ring ring;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCorners;
    ring.push_back({(box.left + box.right) / 2 + (box.right - box.left) / 2 * std::cos(angle),
                    (box.top + box.bottom) / 2 + (box.bottom - box.top) / 2 * std::sin(angle)});
  }
  return ring;
}

Ring ring_along(const Outline &outline, const Box &box, const Ring &exact)
{
  if (fits(exact, box, outline))
    return exact;
  constexpr double kTolerance = 0.4;
  Ring ring{{outline.left.front(), box.top}, {outline.right.front(), box.top}};
  const std::size_t n = outline.left.size();
  for (std::size_t i = 0; i < n; ++i)
    ring.push_back({outline.right[i], outline.first_row + static_cast<double>(i) + 0.5});
  ring.push_back({outline.right.back(), box.bottom});
  ring.push_back({outline.left.back(), box.bottom});
  for (std::size_t i = n; i > 0; --i)
    ring.push_back({outline.left[i - 1], outline.first_row + static_cast<double>(i) - 0.5});
  return simplified(ring, kTolerance);
}

} // namespace gemini::emulator
