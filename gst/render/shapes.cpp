// SPDX-License-Identifier: LGPL-2.1-or-later
// From normalised numbers of any size to pixels of the picture.
#include "render/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gemini {
namespace {

constexpr double kMaxStretch = 32767;   // pixels of a whole mask; what Cairo can count
constexpr int kMinDiameter = 12;        // the colour of a smaller point does not show
constexpr double kFrontStrength = 1.75; // widths of a line

bool is_finite(const Rect &rect)
{
  return std::isfinite(rect.x) && std::isfinite(rect.y) && std::isfinite(rect.w) &&
         std::isfinite(rect.h);
}

bool is_empty(const PixelRect &rect)
{
  return rect.width <= 0 || rect.height <= 0;
}

// `rect` as seen from the upper left corner of `whole`.
PixelRect within(const PixelRect &rect, const PixelRect &whole)
{
  return {rect.x - whole.x, rect.y - whole.y, rect.width, rect.height};
}

// Whole pixels. The size is rounded for itself, as grid_size() does it, so that it is the same
// wherever the rectangle moves.
std::optional<PixelRect> pixels_of(const Rect &rect, PixelSize picture)
{
  if (!is_finite(rect) || rect.w < 0 || rect.h < 0)
    return std::nullopt;
  const double left = std::round(rect.x * picture.width);
  const double top = std::round(rect.y * picture.height);
  const double width = std::max(1.0, std::round(rect.w * picture.width));
  const double height = std::max(1.0, std::round(rect.h * picture.height));
  if (std::abs(left) > kMaxStretch || std::abs(top) > kMaxStretch || width > kMaxStretch ||
      height > kMaxStretch)
    return std::nullopt;
  return PixelRect{static_cast<int>(left), static_cast<int>(top), static_cast<int>(width),
                   static_cast<int>(height)};
}

bool is_sound(const Mask &mask)
{
  return mask.width > 0 && mask.height > 0 &&
         mask.coverage.size() ==
             static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height);
}

// What of the line is within `margin` of the picture (Liang and Barsky's way). Cairo counts in 24
// bits, and lines may be much longer.
std::optional<Line> clip(const Line &line, PixelSize picture, double margin)
{
  const double dx = line.to.x - line.from.x;
  const double dy = line.to.y - line.from.y;
  if (!std::isfinite(dx) || !std::isfinite(dy))
    return std::nullopt;
  double begin = 0;
  double end = 1;
  // Keeps where position + share * step <= limit.
  const auto keep = [&](double position, double step, double limit) {
    const double room = limit - position;
    if (step == 0)
      return room >= 0;
    if (step > 0)
      end = std::min(end, room / step);
    else
      begin = std::max(begin, room / step);
    return begin <= end;
  };
  if (!keep(line.from.x, dx, picture.width + margin) || !keep(-line.from.x, -dx, margin) ||
      !keep(line.from.y, dy, picture.height + margin) || !keep(-line.from.y, -dy, margin))
    return std::nullopt;
  const auto at = [&](double share) { // clamped, because of very long lines little is exact
    return Point{std::clamp(line.from.x + share * dx, -margin, picture.width + margin),
                 std::clamp(line.from.y + share * dy, -margin, picture.height + margin)};
  };
  return Line{at(begin), at(end)};
}

Line to_pixels(const Line &line, PixelSize picture)
{
  const auto to_pixel = [&](const Point &p) {
    return Point{p.x * picture.width, p.y * picture.height};
  };
  return {to_pixel(line.from), to_pixel(line.to)};
}

// The pixels that the strokes may touch, cut to the picture.
PixelRect bounds_of(const std::vector<Stroke> &strokes, PixelSize picture)
{
  double left = picture.width;
  double top = picture.height;
  double right = 0;
  double bottom = 0;
  for (const Stroke &stroke : strokes) {
    const double reach = stroke.width / 2 + kStrokeEdge + 1;
    left = std::min({left, stroke.from.x - reach, stroke.to.x - reach});
    top = std::min({top, stroke.from.y - reach, stroke.to.y - reach});
    right = std::max({right, stroke.from.x + reach, stroke.to.x + reach});
    bottom = std::max({bottom, stroke.from.y + reach, stroke.to.y + reach});
  }
  const int x = round_down_to_even(static_cast<int>(std::floor(std::max(left, 0.0))));
  const int y = round_down_to_even(static_cast<int>(std::floor(std::max(top, 0.0))));
  const double width = picture.width;
  const double height = picture.height;
  const int x_end = round_up_to_even(static_cast<int>(std::ceil(std::min(right, width))));
  const int y_end = round_up_to_even(static_cast<int>(std::ceil(std::min(bottom, height))));
  return {x, y, std::min(x_end, picture.width) - x, std::min(y_end, picture.height) - y};
}

} // namespace

std::optional<PixelRect> outline_of(const Rect &box, PixelSize picture, int line_width)
{
  if (!is_finite(box))
    return std::nullopt;
  const auto edge = [](double position, int limit) {
    return std::min(2 * static_cast<int>(std::lround(std::clamp<double>(position, 0, limit) / 2)),
                    limit);
  };
  const double half = line_width / 2.0;
  const int left = edge(box.x * picture.width - half, picture.width);
  const int top = edge(box.y * picture.height - half, picture.height);
  const int right = edge(box.right() * picture.width + half, picture.width);
  const int bottom = edge(box.bottom() * picture.height + half, picture.height);
  if (right <= left || bottom <= top)
    return std::nullopt;
  return PixelRect{left, top, right - left, bottom - top};
}

std::array<PixelRect, 4> bars_of(const PixelRect &outline, int line_width)
{
  const int top = std::min(line_width, outline.height);
  const int bottom = std::min(line_width, outline.height - top);
  const int left = std::min(line_width, outline.width);
  const int right = std::min(line_width, outline.width - left);
  const int inner_height = outline.height - top - bottom;
  return {{
      {outline.x, outline.y, outline.width, top},
      {outline.x, outline.bottom() - bottom, outline.width, bottom},
      {outline.x, outline.y + top, left, inner_height},
      {outline.right() - right, outline.y + top, right, inner_height},
  }};
}

std::array<PixelRect, 8> corners_of(const PixelRect &outline, int line_width)
{
  const auto bars = bars_of(outline, line_width);
  // Of each side a quarter, on either end; of a small box all.
  const auto arm_of = [line_width](int side) {
    const int arm = std::max(round_down_to_even(side / 4), 3 * line_width);
    return 2 * arm + line_width < side ? arm : side;
  };
  const int across = arm_of(outline.width);
  const int down = std::max(0, arm_of(outline.height) - line_width); // beside those across
  std::array<PixelRect, 8> corners{};
  for (std::size_t i = 0; i < 2; ++i) {
    const PixelRect &bar = bars[i];
    const int left = std::min(across, bar.width);
    const int right = std::min(across, bar.width - left);
    corners[2 * i] = {bar.x, bar.y, left, bar.height};
    corners[2 * i + 1] = {bar.right() - right, bar.y, right, bar.height};
  }
  for (std::size_t i = 2; i < 4; ++i) {
    const PixelRect &bar = bars[i];
    const int top = std::min(down, bar.height);
    const int bottom = std::min(down, bar.height - top);
    corners[2 * i] = {bar.x, bar.y, bar.width, top};
    corners[2 * i + 1] = {bar.x, bar.bottom() - bottom, bar.width, bottom};
  }
  return corners;
}

std::optional<Placed<Tint>> tint_of(const std::shared_ptr<const Mask> &mask, PixelSize picture,
                                    Color color, double opacity)
{
  if (!mask || !is_sound(*mask) || !(opacity > 0))
    return std::nullopt;
  const auto whole = pixels_of(mask->rect, picture);
  if (!whole)
    return std::nullopt;
  const PixelRect seen = intersect(*whole, {0, 0, picture.width, picture.height});
  const auto alpha = static_cast<std::uint8_t>(std::lround(std::min(opacity, 1.0) * 255));
  if (is_empty(seen) || alpha == 0)
    return std::nullopt;
  return Placed<Tint>{{.cells = mask->coverage.share(),
                       .grid = {mask->width, mask->height},
                       .whole = {whole->width, whole->height},
                       .part = within(seen, *whole),
                       .color = color,
                       .alpha = alpha},
                      {seen.x, seen.y}};
}

std::optional<Placed<Dot>> dot_of(const Point &point, PixelSize picture, Color color,
                                  int line_width)
{
  if (!(point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1))
    return std::nullopt;
  const int diameter = std::max(kMinDiameter, round_up_to_even(5 * line_width));
  const auto corner = [diameter](double position) {
    return 2 * static_cast<int>(std::lround((position - diameter / 2.0) / 2));
  };
  const PixelRect square{corner(point.x * picture.width), corner(point.y * picture.height),
                         diameter, diameter};
  const PixelRect seen = intersect(square, {0, 0, picture.width, picture.height});
  if (is_empty(seen))
    return std::nullopt;
  return Placed<Dot>{{.diameter = diameter, .part = within(seen, square), .color = color},
                     {seen.x, seen.y}};
}

std::optional<PlacedStrokes> strokes_of(const Wireframe &wireframe, PixelSize picture, Color color,
                                        int line_width)
{
  std::vector<Stroke> strokes;
  std::optional<Point> top;
  const auto add = [&](const Line &edge, double width) {
    const Line line = to_pixels(edge, picture);
    if (const auto near = clip(line, picture, width))
      strokes.push_back({near->from, near->to, width});
    if (const auto seen = clip(line, picture, 0)) {
      const Point &higher = seen->from.y <= seen->to.y ? seen->from : seen->to;
      if (!top || higher.y < top->y)
        top = higher;
    }
  };
  for (const Line &edge : wireframe.edges) {
    const bool is_front =
        std::find(wireframe.front.begin(), wireframe.front.end(), edge) != wireframe.front.end();
    add(edge, is_front ? kFrontStrength * line_width : line_width);
  }
  if (!top)
    return std::nullopt;
  const PixelRect bounds = bounds_of(strokes, picture);
  if (is_empty(bounds))
    return std::nullopt;
  for (Stroke &stroke : strokes) {
    stroke.from = {stroke.from.x - bounds.x, stroke.from.y - bounds.y};
    stroke.to = {stroke.to.x - bounds.x, stroke.to.y - bounds.y};
  }
  return PlacedStrokes{
      {.size = {bounds.width, bounds.height}, .strokes = std::move(strokes), .color = color},
      {bounds.x, bounds.y},
      {static_cast<int>(top->x), static_cast<int>(top->y)}};
}

} // namespace gemini
