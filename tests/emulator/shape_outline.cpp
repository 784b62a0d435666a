// SPDX-License-Identifier: LGPL-2.1-or-later
// Tracing edges, and reading boxes and forms from them.
#include "shape_outline.hpp"

#include <algorithm>
#include <numeric>

namespace gemini::emulator {
namespace {

// Scaling and JPEG's coarse chroma blur an edge over at most this many pixels.
constexpr int kBlur = 6;

struct Step {
  int dx;
  int dy;
};

class EdgeFinder {
public:
  EdgeFinder(const Regions &all, int number)
      : all_(all), number_(number), inside_(all.regions[static_cast<std::size_t>(number)].colour)
  {
  }

  // How far from the centre of (x, y), the region's last pixel in the direction of `step`, the edge
  // is in that direction. It may be negative: the last pixels may be blended.
  double distance_to_edge(int x, int y, Step step) const
  {
    const Colour outside = outside_colour(x, y, step);
    const auto share = [&](int k) {
      return share_of_inside(all_.pixels[all_.index(x + k * step.dx, y + k * step.dy)], outside);
    };
    const auto has_pixel = [&](int k) { return all_.contains(x + k * step.dx, y + k * step.dy); };
    int k = 0;
    if (distance(outside, inside_) < kSameColour) {
      // There is no edge: the picture ends here, or in a few pixels of the same colour.
      while (k < kBlur && has_pixel(k + 1))
        ++k;
      return k + 0.5;
    }
    while (share(k) < 0.5 && k > -kBlur && has_pixel(k - 1))
      --k;
    for (double last = std::max(share(k), 0.5);;) {
      ++k;
      if (!has_pixel(k))
        return k - 0.5; // the picture ends first
      const double next = share(k);
      if (next < 0.5)
        return k - 1 + (last - 0.5) / std::max(last - next, 0.01);
      last = next;
    }
  }

private:
  // What lies beyond the edge: a few pixels of the next solid region, or whatever is there.
  Colour outside_colour(int x, int y, Step step) const
  {
    Colour last = inside_;
    for (int k = 1; k <= kBlur; ++k) {
      const int nx = x + k * step.dx;
      const int ny = y + k * step.dy;
      if (!all_.contains(nx, ny))
        break;
      const std::size_t i = all_.index(nx, ny);
      last = all_.pixels[i];
      const int other = all_.region_of[i];
      if (other >= 0 && other != number_ &&
          all_.regions[static_cast<std::size_t>(other)].is_solid() &&
          is_region(nx + step.dx, ny + step.dy, other))
        return mean_along(nx, ny, step, other);
    }
    return last;
  }

  bool is_region(int x, int y, int number) const
  {
    return all_.contains(x, y) && all_.region_of[all_.index(x, y)] == number;
  }

  Colour mean_along(int x, int y, Step step, int number) const
  {
    constexpr int kPixels = 4; // the first one may still be blended and is left out
    Colour sum;
    float n = 0;
    for (int k = 1; k <= kPixels && is_region(x + k * step.dx, y + k * step.dy, number); ++k) {
      const Colour &pixel = all_.pixels[all_.index(x + k * step.dx, y + k * step.dy)];
      sum = {sum.y + pixel.y, sum.cb + pixel.cb, sum.cr + pixel.cr};
      ++n;
    }
    return {sum.y / n, sum.cb / n, sum.cr / n};
  }

  // 1 inside, 0 outside. Luma counts most: a JPEG's chroma is usually stored at half the size.
  double share_of_inside(const Colour &pixel, const Colour &outside) const
  {
    constexpr float kChroma = 0.3F;
    const float y = inside_.y - outside.y;
    const float cb = (inside_.cb - outside.cb) * kChroma;
    const float cr = (inside_.cr - outside.cr) * kChroma;
    const float whole = y * y + cb * cb + cr * cr;
    const float part = (pixel.y - outside.y) * y + (pixel.cb - outside.cb) * kChroma * cb +
                       (pixel.cr - outside.cr) * kChroma * cr;
    return whole > 0 ? static_cast<double>(part / whole) : 0;
  }

  const Regions &all_;
  int number_;
  Colour inside_;
};

double mean(const std::vector<double> &values)
{
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values)
{
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The mean of the few smallest values: an edge that bends is widest at a few rows only, and one
// alone is noisy.
double smallest(std::vector<double> values)
{
  const std::size_t n = std::clamp<std::size_t>(values.size() / 40, 1, 5);
  std::ranges::partial_sort(values, values.begin() + static_cast<std::ptrdiff_t>(n));
  values.resize(n);
  return mean(values);
}

double largest(std::vector<double> values)
{
  for (double &value : values)
    value = -value;
  return -smallest(std::move(values));
}

// How much of the widest row the rows fill on average: 1 for a rectangle, pi/4 for an ellipse, 1/2
// for a triangle.
double fill(const Outline &outline)
{
  std::vector<double> widths;
  for (std::size_t i = 0; i < outline.left.size(); ++i)
    widths.push_back(outline.right[i] - outline.left[i]);
  const double widest = largest(widths);
  return widest > 0 ? mean(widths) / widest : 0;
}

} // namespace

const char *to_string(Form form)
{
  switch (form) {
  case Form::rectangle:
    return "rectangle";
  case Form::ellipse:
    return "ellipse";
  case Form::triangle:
    return "triangle";
  case Form::other:
    break;
  }
  return "shape";
}

Outline trace(const Regions &all, int number)
{
  const Region &region = all.regions[static_cast<std::size_t>(number)];
  const EdgeFinder finder{all, number};
  const auto is_inside = [&](int x, int y) { return all.region_of[all.index(x, y)] == number; };
  Outline out{region.top, region.left, {}, {}, {}, {}};
  for (int y = region.top; y <= region.bottom; ++y) {
    int first = region.left;
    int last = region.right;
    while (!is_inside(first, y))
      ++first;
    while (!is_inside(last, y))
      --last;
    out.left.push_back(first + 0.5 - finder.distance_to_edge(first, y, {-1, 0}));
    out.right.push_back(last + 0.5 + finder.distance_to_edge(last, y, {1, 0}));
  }
  for (int x = region.left; x <= region.right; ++x) {
    int first = region.top;
    int last = region.bottom;
    while (!is_inside(x, first))
      ++first;
    while (!is_inside(x, last))
      --last;
    out.top.push_back(first + 0.5 - finder.distance_to_edge(x, first, {0, -1}));
    out.bottom.push_back(last + 0.5 + finder.distance_to_edge(x, last, {0, 1}));
  }
  return out;
}

Shape measure(const Regions &all, const Outline &outline)
{
  const double filled_share = fill(outline);
  if (filled_share >= 0.9) {
    const Box box{median(outline.left), median(outline.top), median(outline.right),
                  median(outline.bottom)};
    const Ring corners{
        {box.left, box.top}, {box.right, box.top}, {box.right, box.bottom}, {box.left, box.bottom}};
    return {Form::rectangle, box, ring_along(outline, box, corners)};
  }
  if (const auto corners = fit_triangle(outline)) {
    const auto &[a, b, c] = *corners;
    const Box box{std::max(std::min({a.x, b.x, c.x}), 0.0),
                  std::max(std::min({a.y, b.y, c.y}), 0.0),
                  std::min(std::max({a.x, b.x, c.x}), static_cast<double>(all.width)),
                  std::min(std::max({a.y, b.y, c.y}), static_cast<double>(all.height))};
    return {Form::triangle, box, ring_along(outline, box, {a, b, c})};
  }
  const Box box{smallest(outline.left), smallest(outline.top), largest(outline.right),
                largest(outline.bottom)};
  return {filled_share >= 0.65 ? Form::ellipse : Form::other, box,
          ring_along(outline, box, ellipse_in(box))};
}

} // namespace gemini::emulator
