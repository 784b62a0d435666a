// SPDX-License-Identifier: LGPL-2.1-or-later
// From rings to pixels and back.
#include "outline.hpp"

#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace gemini::emulator {
namespace {

// Directions along the edges of pixels, clockwise, so that +1 is a turn to the right.
struct Step {
  int dx;
  int dy;
};
constexpr std::array<Step, 4> kSteps = {{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};

// For each corner of the pixels, in which directions an edge leaves it with the inside on its
// right; one bit for each.
class Edges {
public:
  explicit Edges(const PixelMap &map)
      : width_(map.width + 1),
        leaving_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(map.height + 1))
  {
    for (int y = 0; y < map.height; ++y) {
      for (int x = 0; x < map.width; ++x) {
        if (!map.is_inside(x, y))
          continue;
        add(!map.is_inside(x, y - 1), x, y, 0);
        add(!map.is_inside(x + 1, y), x + 1, y, 1);
        add(!map.is_inside(x, y + 1), x + 1, y + 1, 2);
        add(!map.is_inside(x - 1, y), x, y + 1, 3);
      }
    }
  }

  bool leaves(int x, int y, unsigned direction) const
  {
    return (unsigned{leaving_[index(x, y)]} >> direction & 1U) != 0;
  }

  // Takes one whole ring out, beginning with the edge that leaves (x, y) to the right.
  Ring take(int x, int y)
  {
    Ring ring;
    unsigned direction = 0;
    while (leaves(x, y, direction)) {
      leaving_[index(x, y)] = static_cast<std::uint8_t>(leaving_[index(x, y)] & ~(1U << direction));
      x += kSteps[direction].dx;
      y += kSteps[direction].dy;
      const unsigned before = direction;
      // Pixels that touch at a corner only do not hang together: right goes first.
      for (const unsigned turn : {1U, 0U, 3U}) {
        direction = (before + turn) % 4;
        if (leaves(x, y, direction))
          break;
      }
      if (direction != before || !leaves(x, y, direction))
        ring.push_back({static_cast<double>(x), static_cast<double>(y)});
    }
    return ring;
  }

private:
  std::size_t index(int x, int y) const
  {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(x);
  }

  void add(bool is_edge, int x, int y, unsigned direction)
  {
    if (is_edge)
      leaving_[index(x, y)] = static_cast<std::uint8_t>(leaving_[index(x, y)] | 1U << direction);
  }

  int width_;
  std::vector<std::uint8_t> leaving_;
};

double distance_to_segment(const Spot &p, const Spot &a, const Spot &b)
{
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length = dx * dx + dy * dy;
  const double t =
      length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Marks the corners between `first` and `last` (which stay) that have to stay too. Without
// recursion: rings may have as many corners as a picture has pixels.
void keep_between(const Ring &ring, std::size_t first, std::size_t last, double tolerance,
                  std::vector<bool> &is_kept)
{
  std::vector<std::pair<std::size_t, std::size_t>> open{{first, last}};
  while (!open.empty()) {
    const auto [begin, end] = open.back();
    open.pop_back();
    double farthest = tolerance;
    std::size_t at = begin;
    for (std::size_t i = begin + 1; i < end; ++i) {
      const double distance = distance_to_segment(ring[i], ring[begin], ring[end % ring.size()]);
      if (distance > farthest) {
        farthest = distance;
        at = i;
      }
    }
    if (at == begin)
      continue;
    is_kept[at] = true;
    open.emplace_back(begin, at);
    open.emplace_back(at, end);
  }
}

// Bilinear between the centres of pixels; nothing is outside of the map.
double sample(const PixelMap &map, double x, double y)
{
  if (x < map.left || y < map.top || x > map.left + map.width || y > map.top + map.height)
    return 0;
  const double u = std::clamp(x - map.left - 0.5, 0.0, static_cast<double>(map.width - 1));
  const double v = std::clamp(y - map.top - 0.5, 0.0, static_cast<double>(map.height - 1));
  const int x0 = static_cast<int>(u);
  const int y0 = static_cast<int>(v);
  const int x1 = std::min(x0 + 1, map.width - 1);
  const int y1 = std::min(y0 + 1, map.height - 1);
  const double fx = u - x0;
  const double fy = v - y0;
  return (map.at(x0, y0) * (1 - fx) + map.at(x1, y0) * fx) * (1 - fy) +
         (map.at(x0, y1) * (1 - fx) + map.at(x1, y1) * fx) * fy;
}

} // namespace

double signed_area(const Ring &ring)
{
  double sum = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Spot &a = ring[i];
    const Spot &b = ring[(i + 1) % ring.size()];
    sum += a.x * b.y - b.x * a.y;
  }
  return sum / 2;
}

PixelMap filled(const std::vector<Ring> &rings, const Box &box)
{
  PixelMap map;
  map.left = static_cast<int>(std::floor(box.left));
  map.top = static_cast<int>(std::floor(box.top));
  map.width = std::max(1, static_cast<int>(std::ceil(box.right)) - map.left);
  map.height = std::max(1, static_cast<int>(std::ceil(box.bottom)) - map.top);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, map.width, map.height);
  cairo_t *cr = cairo_create(surface);
  cairo_translate(cr, -map.left, -map.top);
  cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
  for (const auto &ring : rings) {
    cairo_new_sub_path(cr);
    for (const auto &spot : ring)
      cairo_line_to(cr, spot.x, spot.y);
    cairo_close_path(cr);
  }
  cairo_fill(cr);
  cairo_surface_flush(surface);
  const unsigned char *rows = cairo_image_surface_get_data(surface);
  for (int y = 0; y < map.height; ++y) {
    const unsigned char *row =
        rows + static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(surface);
    map.values.insert(map.values.end(), row, row + map.width);
  }
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  return map;
}

std::vector<Ring> rings_of(const PixelMap &map)
{
  Edges edges{map};
  std::vector<Ring> rings;
  for (int y = 0; y <= map.height; ++y) {
    for (int x = 0; x < map.width; ++x) {
      if (!edges.leaves(x, y, 0))
        continue;
      Ring ring = edges.take(x, y);
      for (auto &spot : ring) {
        spot.x += map.left;
        spot.y += map.top;
      }
      rings.push_back(std::move(ring));
    }
  }
  return rings;
}

std::vector<std::uint8_t> resampled(const PixelMap &map, const Box &box, int width, int height)
{
  const double cell_width = (box.right - box.left) / width;
  const double cell_height = (box.bottom - box.top) / height;
  // Where a cell covers several pixels, as many samples are averaged.
  const int nx = std::max(1, static_cast<int>(std::ceil(cell_width)));
  const int ny = std::max(1, static_cast<int>(std::ceil(cell_height)));
  std::vector<std::uint8_t> out;
  out.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double sum = 0;
      for (int j = 0; j < ny; ++j) {
        for (int i = 0; i < nx; ++i)
          sum += sample(map, box.left + (x + (i + 0.5) / nx) * cell_width,
                        box.top + (y + (j + 0.5) / ny) * cell_height);
      }
      out.push_back(static_cast<std::uint8_t>(std::lround(sum / (nx * ny))));
    }
  }
  return out;
}

Spot interior_point(const PixelMap &map)
{
  // Chamfer distances: 3 to a neighbour, 4 across a corner, in two passes.
  const int stride = map.width + 2;
  std::vector<int> distances(static_cast<std::size_t>(stride) *
                             static_cast<std::size_t>(map.height + 2));
  const auto at = [&](int x, int y) -> int & {
    return distances[static_cast<std::size_t>(y + 1) * static_cast<std::size_t>(stride) +
                     static_cast<std::size_t>(x + 1)];
  };
  for (int y = 0; y < map.height; ++y) {
    for (int x = 0; x < map.width; ++x) {
      if (map.is_inside(x, y))
        at(x, y) = std::min(
            {at(x - 1, y) + 3, at(x, y - 1) + 3, at(x - 1, y - 1) + 4, at(x + 1, y - 1) + 4});
    }
  }
  Spot best{map.left + map.width / 2.0, map.top + map.height / 2.0};
  int farthest = 0;
  for (int y = map.height - 1; y >= 0; --y) {
    for (int x = map.width - 1; x >= 0; --x) {
      int &distance = at(x, y);
      distance = std::min({distance, at(x + 1, y) + 3, at(x, y + 1) + 3, at(x + 1, y + 1) + 4,
                           at(x - 1, y + 1) + 4});
      if (distance > farthest) {
        farthest = distance;
        best = {map.left + x + 0.5, map.top + y + 0.5};
      }
    }
  }
  return best;
}

Ring simplified(const Ring &ring, double tolerance)
{
  if (ring.size() < 4)
    return ring;
  // The first corner stays, and the one that is farthest from it.
  const auto far = std::ranges::max_element(ring, {}, [&](const Spot &spot) {
    return std::hypot(spot.x - ring[0].x, spot.y - ring[0].y);
  });
  const auto middle = static_cast<std::size_t>(far - ring.begin());
  std::vector<bool> is_kept(ring.size());
  is_kept[0] = is_kept[middle] = true;
  keep_between(ring, 0, middle, tolerance, is_kept);
  keep_between(ring, middle, ring.size(), tolerance, is_kept);
  Ring out;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    if (is_kept[i])
      out.push_back(ring[i]);
  }
  return out;
}

} // namespace gemini::emulator
