// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks, points and lines.
#include "render/shape_painter.hpp"

#include "render/cairo_ptr.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gemini {
namespace {

constexpr double kTurn = 2 * 3.14159265358979323846;
constexpr Color kBlack{0, 0, 0};
constexpr Color kWhite{255, 255, 255};

// 8 bits a pixel; Cairo wants rows of whole words.
struct Coverage {
  explicit Coverage(PixelSize of)
      : size(of), stride(cairo_format_stride_for_width(CAIRO_FORMAT_A8, of.width)),
        bytes(static_cast<std::size_t>(stride) * static_cast<std::size_t>(of.height))
  {
  }

  std::uint8_t *row(int y)
  {
    return bytes.data() + static_cast<std::ptrdiff_t>(y) * static_cast<std::ptrdiff_t>(stride);
  }
  SurfacePtr surface()
  {
    return SurfacePtr{cairo_image_surface_create_for_data(bytes.data(), CAIRO_FORMAT_A8, size.width,
                                                          size.height, stride)};
  }

  PixelSize size;
  int stride;
  std::vector<std::uint8_t> bytes;
};

const std::uint8_t *row_of(const Tint &tint, int y)
{
  return tint.cells->data() +
         static_cast<std::ptrdiff_t>(y) * static_cast<std::ptrdiff_t>(tint.grid.width);
}

// The cells as they are: each is a pixel.
Coverage cut(const Tint &tint, const PixelRect &part)
{
  Coverage out{{part.width, part.height}};
  for (int y = 0; y < part.height; ++y)
    std::copy_n(row_of(tint, part.y + y) + part.x, part.width, out.row(y));
  return out;
}

Coverage stretch(const Tint &tint)
{
  const GridSize grid = tint.grid;
  const PixelSize whole = tint.whole;
  const PixelRect &part = tint.part;
  Coverage cells = cut(tint, {0, 0, grid.width, grid.height});
  Coverage out{{part.width, part.height}};
  const SurfacePtr source = cells.surface();
  const SurfacePtr target = out.surface();
  const CairoPtr cairo{cairo_create(target.get())};
  // From pixels of `part` to cells.
  const double across = static_cast<double>(grid.width) / whole.width;
  const double down = static_cast<double>(grid.height) / whole.height;
  cairo_matrix_t matrix;
  cairo_matrix_init(&matrix, across, 0, 0, down, part.x * across, part.y * down);
  cairo_set_source_surface(cairo.get(), source.get(), 0, 0);
  cairo_pattern_t *pattern = cairo_get_source(cairo.get());
  cairo_pattern_set_matrix(pattern, &matrix);
  cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);  // else the mask would fade at its border
  cairo_pattern_set_filter(pattern, CAIRO_FILTER_GOOD); // bilinear; by the area where it shrinks
  cairo_set_operator(cairo.get(), CAIRO_OPERATOR_SOURCE);
  cairo_paint(cairo.get());
  cairo_surface_flush(target.get());
  return out;
}

// The pixel for each coverage.
std::array<std::uint32_t, 256> shades_of(Color color, std::uint8_t alpha)
{
  std::array<std::uint32_t, 256> shades{};
  for (std::size_t coverage = 0; coverage < shades.size(); ++coverage)
    shades[coverage] = argb(color, static_cast<std::uint8_t>((coverage * alpha + 127) / 255));
  return shades;
}

void fill_circle(const CairoPtr &cairo, double center, double radius)
{
  cairo_arc(cairo.get(), center, center, radius, 0, kTurn);
  cairo_fill(cairo.get());
}

} // namespace

Sprite paint(const Tint &tint)
{
  const PixelRect &part = tint.part;
  const bool is_direct = tint.whole == PixelSize{tint.grid.width, tint.grid.height};
  Coverage coverage = is_direct ? cut(tint, part) : stretch(tint);
  const auto shades = shades_of(tint.color, tint.alpha);
  Sprite sprite = make_sprite({part.width, part.height});
  auto pixel = sprite.pixels.begin();
  for (int y = 0; y < part.height; ++y) {
    const std::uint8_t *row = coverage.row(y);
    pixel = std::transform(row, row + part.width, pixel,
                           [&](std::uint8_t covered) { return shades[covered]; });
  }
  return sprite;
}

// A dark ring reads on light, a light one on dark, and the colour tells whose point it is.
Sprite paint(const Dot &dot)
{
  Sprite sprite = make_sprite({dot.part.width, dot.part.height});
  const CairoPtr cairo = cairo_on(sprite);
  cairo_translate(cairo.get(), -dot.part.x, -dot.part.y);
  const double radius = dot.diameter / 2.0;
  set_color(cairo, kBlack, 0.6);
  fill_circle(cairo, radius, radius);
  set_color(cairo, kWhite);
  fill_circle(cairo, radius, radius * 0.85);
  set_color(cairo, dot.color);
  fill_circle(cairo, radius, radius * 0.6);
  cairo_surface_flush(cairo_get_target(cairo.get()));
  return sprite;
}

// Thin dark edges set the lines off from a background of their own colour.
Sprite paint(const Strokes &strokes)
{
  Sprite sprite = make_sprite(strokes.size);
  const CairoPtr cairo = cairo_on(sprite);
  cairo_set_line_cap(cairo.get(), CAIRO_LINE_CAP_ROUND);
  const auto draw = [&](double more) {
    for (const Stroke &stroke : strokes.strokes) {
      cairo_set_line_width(cairo.get(), stroke.width + more);
      cairo_move_to(cairo.get(), stroke.from.x, stroke.from.y);
      cairo_line_to(cairo.get(), stroke.to.x, stroke.to.y);
      cairo_stroke(cairo.get());
    }
  };
  cairo_set_operator(cairo.get(), CAIRO_OPERATOR_SOURCE); // crossing edges get no darker
  set_color(cairo, kBlack, 0.5);
  draw(2 * kStrokeEdge);
  cairo_set_operator(cairo.get(), CAIRO_OPERATOR_OVER);
  set_color(cairo, strokes.color);
  draw(0);
  cairo_surface_flush(cairo_get_target(cairo.get()));
  return sprite;
}

} // namespace gemini
