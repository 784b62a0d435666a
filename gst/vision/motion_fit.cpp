// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/motion_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gemini::vision {

namespace {

constexpr double kAgrees = 1;       // pixels: how near to where it should be
constexpr double kPointError = 0.4; // pixels
constexpr double kClose = 12;       // what is around such points is in their windows too
constexpr double kWindow = 13;
constexpr double kSure = 2; // standard errors

double distance(const Point &a, const Point &b)
{
  const double x = a.x - b.x;
  const double y = a.y - b.y;
  return std::sqrt(x * x + y * y); // much faster than hypot()
}

double median(std::vector<double> &values)
{
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 != 0)
    return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// The one that takes the first point and the second exactly where they are.
std::optional<Similarity> through(const Moved &first, const Moved &second)
{
  const double x = second.from.x - first.from.x;
  const double y = second.from.y - first.from.y;
  const double u = second.to.x - first.to.x;
  const double v = second.to.y - first.to.y;
  const double squared = x * x + y * y;
  if (squared < 20 * 20)
    return std::nullopt;
  Similarity result{.a = (x * u + y * v) / squared, .b = (x * v - y * u) / squared};
  const Point at = result(first.from);
  result.x = first.to.x - at.x;
  result.y = first.to.y - at.y;
  return result;
}

// Root mean square of the distances from the middle.
double spread_of(std::span<const Anchored> points)
{
  Point middle;
  const auto n = static_cast<double>(points.size());
  for (const Anchored &p : points)
    middle = {middle.x + p.offset.x / n, middle.y + p.offset.y / n};
  double squares = 0;
  for (const Anchored &p : points)
    squares += std::pow(distance(p.offset, middle), 2);
  return std::sqrt(squares / n);
}

// How many agree, near ones more.
double votes_for(const Similarity &similarity, std::span<const Moved> points)
{
  double votes = 0;
  for (const Moved &p : points)
    votes += std::max(0.0, 1 - distance(similarity(p.from), p.to) / kAgrees);
  return votes;
}

// By least squares over the points that agree with `rough`.
Similarity refined(std::span<const Moved> points, const Similarity &rough)
{
  Point from;
  Point to;
  double n = 0;
  const auto agrees = [&](const Moved &p) { return distance(rough(p.from), p.to) < kAgrees; };
  for (const Moved &p : points)
    if (agrees(p)) {
      from = {from.x + p.from.x, from.y + p.from.y};
      to = {to.x + p.to.x, to.y + p.to.y};
      ++n;
    }
  from = {from.x / n, from.y / n};
  to = {to.x / n, to.y / n};
  double squared = 0;
  double a = 0;
  double b = 0;
  for (const Moved &p : points)
    if (agrees(p)) {
      const double x = p.from.x - from.x;
      const double y = p.from.y - from.y;
      const double u = p.to.x - to.x;
      const double v = p.to.y - to.y;
      squared += x * x + y * y;
      a += x * u + y * v;
      b += x * v - y * u;
    }
  if (squared <= 0)
    return rough;
  Similarity result{.a = a / squared, .b = b / squared};
  const Point at = result(from);
  result.x = to.x - at.x;
  result.y = to.y - at.y;
  return result;
}

// Of those that agree with `rough`.
Similarity mean_shift(std::span<const Moved> points, const Similarity &rough)
{
  Similarity shift;
  double n = 0;
  for (const Moved &p : points)
    if (distance(rough(p.from), p.to) < kAgrees) {
      shift.x += p.to.x - p.from.x;
      shift.y += p.to.y - p.from.y;
      ++n;
    }
  shift.x /= n;
  shift.y /= n;
  return shift;
}

} // namespace

double Similarity::scale() const
{
  return std::hypot(a, b);
}

std::optional<Similarity> fit_similarity(std::span<const Moved> points)
{
  Similarity best;
  double most = 0;
  const auto consider = [&](const Similarity &candidate) {
    const double votes = votes_for(candidate, points);
    if (votes > most) {
      most = votes;
      best = candidate;
    }
  };
  // What needs less is better, if it does about as well: a camera that stands still must not creep.
  constexpr double kPlainer = 0.9;
  const auto is_enough = [&] {
    return most >= 3 && most >= 0.3 * static_cast<double>(points.size());
  };
  consider({});
  const Similarity still = best;
  const double by_still = most;
  for (const Moved &p : points)
    consider({.x = p.to.x - p.from.x, .y = p.to.y - p.from.y});
  const Similarity shift = best;
  const double by_shift = most;
  const auto all = static_cast<double>(points.size());
  if (is_enough() && by_still >= kPlainer * all)
    return still;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = i + 1; j < points.size(); ++j)
      if (const auto candidate = through(points[i], points[j]);
          candidate && std::abs(candidate->scale() - 1) < 0.3)
        consider(*candidate);
  if (!is_enough())
    return std::nullopt;
  const Similarity fitted = refined(points, best);
  most = std::max(most, votes_for(fitted, points));
  if (by_still >= kPlainer * most)
    return still;
  if (by_shift >= kPlainer * most)
    return mean_shift(points, shift);
  return fitted;
}

BoxFit fit_box(std::span<const Anchored> points, double usual_scale, bool may_scale)
{
  BoxFit fit;
  fit.scale = usual_scale;
  std::vector<double> values;
  const double spread = std::max(1.0, spread_of(points) * usual_scale);
  const double least_distance = std::max(3.0, 0.7 * spread);
  for (std::size_t i = 0; may_scale && i < points.size(); ++i)
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const double before = distance(points[i].offset, points[j].offset);
      if (before * usual_scale >= least_distance)
        values.push_back(distance(points[i].at, points[j].at) / before);
    }
  if (values.size() >= 6) {
    const double seen = std::clamp(median(values) / usual_scale, 0.85, 1.18);
    // A point is wrong by some tenths of a pixel: that much of the distances is no change.
    // Points as near as their windows tell the same.
    const double n = std::clamp(4 * spread * spread / (kWindow * kWindow), 1.0,
                                static_cast<double>(points.size()));
    const double error = kPointError * (1 + std::pow(kClose / spread, 2)) / (spread * std::sqrt(n));
    const double beyond = std::pow((seen - 1) / (kSure * error), 4);
    fit.scale = usual_scale * (1 + (seen - 1) * beyond / (beyond + 1));
  }

  const auto centre_by = [&](const Anchored &p) {
    return Point{p.at.x - fit.scale * p.offset.x, p.at.y - fit.scale * p.offset.y};
  };
  const auto set_distances = [&] {
    fit.distance.clear();
    for (const Anchored &p : points)
      fit.distance.push_back(distance(centre_by(p), fit.centre));
    values = fit.distance;
    fit.scatter = median(values);
  };
  values.clear();
  for (const Anchored &p : points)
    values.push_back(centre_by(p).x);
  fit.centre.x = median(values);
  values.clear();
  for (const Anchored &p : points)
    values.push_back(centre_by(p).y);
  fit.centre.y = median(values);
  set_distances();

  // The mean of those that agree shakes less than the median.
  const double agrees = std::max(0.7, 2 * fit.scatter);
  Point sum;
  double n = 0;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (fit.distance[i] <= agrees) {
      const Point centre = centre_by(points[i]);
      sum = {sum.x + centre.x, sum.y + centre.y};
      ++n;
    }
  if (n > 0) {
    fit.centre = {sum.x / n, sum.y / n};
    set_distances();
  }
  return fit;
}

} // namespace gemini::vision
