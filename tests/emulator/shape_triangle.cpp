// SPDX-License-Identifier: LGPL-2.1-or-later
// A triangle's tips are too thin to be seen, so they are found where its fitted sides meet.
#include "shape_outline.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gemini::emulator {
namespace {

// A point of the outline, found along a row or along a column.
struct EdgeSpot {
  Spot spot;
  bool is_from_row = false;
};

struct Line {
  Spot spot;
  double dx = 0; // of length 1
  double dy = 0;

  // Signed distance of `p` from the line.
  double distance(const Spot &p) const { return (p.x - spot.x) * dy - (p.y - spot.y) * dx; }
};

std::vector<EdgeSpot> spots_of(const Outline &outline)
{
  std::vector<EdgeSpot> out;
  for (std::size_t i = 0; i < outline.left.size(); ++i) {
    const double y = outline.first_row + static_cast<double>(i) + 0.5;
    out.push_back({{outline.left[i], y}, true});
    out.push_back({{outline.right[i], y}, true});
  }
  for (std::size_t i = 0; i < outline.top.size(); ++i) {
    const double x = outline.first_column + static_cast<double>(i) + 0.5;
    out.push_back({{x, outline.top[i]}, false});
    out.push_back({{x, outline.bottom[i]}, false});
  }
  return out;
}

Line line_through(const Spot &a, const Spot &b)
{
  const double length = std::max(std::hypot(b.x - a.x, b.y - a.y), 1e-9);
  return {a, (b.x - a.x) / length, (b.y - a.y) / length};
}

// The spot for which `measure` is largest.
template <typename F> Spot farthest(const std::vector<EdgeSpot> &spots, F &&measure)
{
  const auto at = std::ranges::max_element(
      spots, {}, [&](const EdgeSpot &candidate) { return measure(candidate.spot); });
  return at->spot;
}

Corners guess_corners(const std::vector<EdgeSpot> &spots)
{
  Spot centre;
  for (const auto &edge : spots) {
    centre.x += edge.spot.x / static_cast<double>(spots.size());
    centre.y += edge.spot.y / static_cast<double>(spots.size());
  }
  const auto away_from = [](const Spot &from) {
    return [from](const Spot &p) { return std::hypot(p.x - from.x, p.y - from.y); };
  };
  const Spot a = farthest(spots, away_from(centre));
  const Spot b = farthest(spots, away_from(a));
  const Line ab = line_through(a, b);
  const Spot c = farthest(spots, [&](const Spot &p) { return std::abs(ab.distance(p)); });
  return {a, b, c};
}

// The line of least squares through the spots near the side from `a` to `b`, its ends left out;
// nothing where there are too few.
std::optional<Line> fit_side(const std::vector<EdgeSpot> &spots, const Spot &a, const Spot &b,
                             double nearness)
{
  constexpr double kEnds = 0.15; // of the length: here the other sides are near
  constexpr std::size_t kEnough = 4;
  const Line guess = line_through(a, b);
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  // Where the side runs across the rows, the rows tell its place best.
  const bool is_steep = std::abs(guess.dy) > std::abs(guess.dx);
  std::vector<Spot> near;
  for (const auto &edge : spots) {
    const double along = (edge.spot.x - a.x) * guess.dx + (edge.spot.y - a.y) * guess.dy;
    if (edge.is_from_row == is_steep && along > kEnds * length && along < (1 - kEnds) * length &&
        std::abs(guess.distance(edge.spot)) < nearness)
      near.push_back(edge.spot);
  }
  if (near.size() < kEnough)
    return std::nullopt;
  Spot mean;
  for (const auto &spot : near) {
    mean.x += spot.x / static_cast<double>(near.size());
    mean.y += spot.y / static_cast<double>(near.size());
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const auto &spot : near) {
    xx += (spot.x - mean.x) * (spot.x - mean.x);
    xy += (spot.x - mean.x) * (spot.y - mean.y);
    yy += (spot.y - mean.y) * (spot.y - mean.y);
  }
  const double angle = 0.5 * std::atan2(2 * xy, xx - yy);
  return Line{mean, std::cos(angle), std::sin(angle)};
}

std::optional<Spot> meeting_point(const Line &a, const Line &b)
{
  const double cross = a.dx * b.dy - a.dy * b.dx;
  if (std::abs(cross) < 0.02)
    return std::nullopt;
  const double t = ((b.spot.x - a.spot.x) * b.dy - (b.spot.y - a.spot.y) * b.dx) / cross;
  return Spot{a.spot.x + t * a.dx, a.spot.y + t * a.dy};
}

std::optional<Corners> refine(const std::vector<EdgeSpot> &spots, const Corners &corners,
                              double nearness)
{
  std::array<Line, 3> sides; // side i is opposite to corner i
  for (std::size_t i = 0; i < 3; ++i) {
    const auto side = fit_side(spots, corners[(i + 1) % 3], corners[(i + 2) % 3], nearness);
    if (!side)
      return std::nullopt;
    sides[i] = *side;
  }
  Corners out;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto corner = meeting_point(sides[(i + 1) % 3], sides[(i + 2) % 3]);
    if (!corner)
      return std::nullopt;
    out[i] = *corner;
  }
  return out;
}

double area_of(const Corners &c)
{
  return std::abs((c[1].x - c[0].x) * (c[2].y - c[0].y) - (c[2].x - c[0].x) * (c[1].y - c[0].y)) /
         2;
}

} // namespace

std::optional<Corners> fit_triangle(const Outline &outline)
{
  // How far spots may be from the sides of the last round to count in the next, in pixels.
  constexpr double kNearness[] = {3, 1.5, 1};
  const auto spots = spots_of(outline);
  std::optional<Corners> corners = guess_corners(spots);
  for (const double nearness : kNearness) {
    corners = refine(spots, *corners, nearness);
    if (!corners)
      return std::nullopt;
  }

  double area = 0;
  for (std::size_t i = 0; i < outline.left.size(); ++i)
    area += outline.right[i] - outline.left[i];
  if (std::abs(area_of(*corners) - area) > 0.12 * area)
    return std::nullopt;
  return corners;
}

} // namespace gemini::emulator
