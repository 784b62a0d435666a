// SPDX-License-Identifier: LGPL-2.1-or-later
// The only file that calls Cairo and Pango.
#include "render/sprite_painter.hpp"

#include "render/palette.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gemini {
namespace {

template <auto release> struct Release {
  template <typename T> void operator()(T *p) const { release(p); }
};
using SurfacePtr = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using CairoPtr = std::unique_ptr<cairo_t, Release<cairo_destroy>>;
using FontOptionsPtr = std::unique_ptr<cairo_font_options_t, Release<cairo_font_options_destroy>>;
using FontPtr = std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;
using FontMapPtr = std::unique_ptr<PangoFontMap, Release<g_object_unref>>;
using ContextPtr = std::unique_ptr<PangoContext, Release<g_object_unref>>;
using LayoutPtr = std::unique_ptr<PangoLayout, Release<g_object_unref>>;

// Sprites of even size in even places cover whole chroma samples of the subsampled formats.
constexpr int round_up_to_even(int n)
{
  return (n + 1) & ~1;
}

Sprite filled(PixelSize size, Color color)
{
  const std::uint32_t pixel = 0xff000000u | static_cast<std::uint32_t>(color.red) << 16 |
                              static_cast<std::uint32_t>(color.green) << 8 | color.blue;
  const auto n_pixels =
      static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  return {size, std::vector<std::uint32_t>(n_pixels, pixel)};
}

} // namespace

class SpritePainter::Text {
public:
  Text() : fonts_(pango_cairo_font_map_new()), context_(pango_font_map_create_context(fonts_.get()))
  {
    // Grey: a sprite may lie over anything, and colour fringes of subpixels suit one screen only.
    const FontOptionsPtr options{cairo_font_options_create()};
    cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_SLIGHT);
    pango_cairo_context_set_font_options(context_.get(), options.get());
  }

  LayoutPtr layout(const Plate &plate, int max_width)
  {
    const FontPtr font{pango_font_description_from_string(plate.font.c_str())};
    pango_font_description_set_absolute_size(font.get(),
                                             static_cast<double>(plate.font_size) * PANGO_SCALE);
    LayoutPtr layout{pango_layout_new(context_.get())};
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_width(layout.get(), max_width * PANGO_SCALE);
    pango_layout_set_text(layout.get(), plate.text.data(), static_cast<int>(plate.text.size()));
    return layout;
  }

private:
  FontMapPtr fonts_;
  ContextPtr context_;
};

SpritePainter::SpritePainter() = default;
SpritePainter::~SpritePainter() = default;

Sprite SpritePainter::draw(const Primitive &primitive)
{
  if (const Bar *bar = std::get_if<Bar>(&primitive))
    return filled(bar->size, bar->color);
  return draw(std::get<Plate>(primitive));
}

Sprite SpritePainter::draw(const Plate &plate)
{
  if (!text_)
    text_ = std::make_unique<Text>();
  const int padding_x = round_up_to_even(plate.font_size / 4);
  const int padding_y = plate.font_size / 10;
  const LayoutPtr layout = text_->layout(plate, std::max(1, plate.limit.width - 2 * padding_x));
  PangoRectangle extents{};
  pango_layout_get_pixel_extents(layout.get(), nullptr, &extents);

  const PixelSize size{
      std::clamp(round_up_to_even(extents.width + 2 * padding_x), 1, plate.limit.width),
      std::clamp(round_up_to_even(extents.height + 2 * padding_y), 1, plate.limit.height)};
  Sprite sprite = filled(size, plate.background);
  const SurfacePtr surface{cairo_image_surface_create_for_data(
      reinterpret_cast<unsigned char *>(sprite.pixels.data()), CAIRO_FORMAT_ARGB32, size.width,
      size.height, size.width * static_cast<int>(sizeof(std::uint32_t)))};
  const CairoPtr cairo{cairo_create(surface.get())};
  const Color ink = ink_on(plate.background);
  cairo_set_source_rgb(cairo.get(), ink.red / 255.0, ink.green / 255.0, ink.blue / 255.0);
  // Right-to-left text stands at the right end of the layout's width.
  cairo_move_to(cairo.get(), padding_x - extents.x, padding_y - extents.y);
  pango_cairo_show_layout(cairo.get(), layout.get());
  cairo_surface_flush(surface.get());
  return sprite;
}

} // namespace gemini
