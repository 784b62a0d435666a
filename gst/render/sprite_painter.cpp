// SPDX-License-Identifier: LGPL-2.1-or-later
// Bars and text. The only file that calls Pango.
#include "render/sprite_painter.hpp"

#include "render/cairo_ptr.hpp"
#include "render/palette.hpp"
#include "render/shape_painter.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace gemini {
namespace {

using FontOptionsPtr = std::unique_ptr<cairo_font_options_t, Release<cairo_font_options_destroy>>;
using FontPtr = std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;
using FontMapPtr = std::unique_ptr<PangoFontMap, Release<g_object_unref>>;
using ContextPtr = std::unique_ptr<PangoContext, Release<g_object_unref>>;
using LayoutPtr = std::unique_ptr<PangoLayout, Release<g_object_unref>>;

constexpr Color kWhite{255, 255, 255};
constexpr std::uint32_t kShade = 0xb0000000u; // behind white words: lets the picture through

// Draws `layout` into `sprite` from its upper left corner. Right-to-left text stands at the right
// end of the layout's width, so `extents` count.
void show(PangoLayout *layout, const PangoRectangle &extents, Color ink, PixelPoint padding,
          Sprite &sprite)
{
  const CairoPtr cairo = cairo_on(sprite);
  set_color(cairo, ink);
  cairo_move_to(cairo.get(), padding.x - extents.x, padding.y - extents.y);
  pango_cairo_show_layout(cairo.get(), layout);
  cairo_surface_flush(cairo_get_target(cairo.get()));
}

PixelSize plate_size(const PangoRectangle &extents, PixelPoint padding, PixelSize limit)
{
  return {std::clamp(round_up_to_even(extents.width + 2 * padding.x), 1, limit.width),
          std::clamp(round_up_to_even(extents.height + 2 * padding.y), 1, limit.height)};
}

int line_height(PangoLayout *layout)
{
  PangoRectangle extents{};
  pango_layout_line_get_pixel_extents(pango_layout_get_line_readonly(layout, 0), nullptr, &extents);
  return std::max(1, extents.height);
}

// Ends the text with an ellipsis within the first `max_lines`. (Pango's own way promises every
// paragraph a line of its own.)
void cut_lines(PangoLayout *layout, int max_lines)
{
  if (pango_layout_get_line_count(layout) <= max_lines)
    return;
  const PangoLayoutLine *last = pango_layout_get_line_readonly(layout, max_lines - 1);
  std::string text{pango_layout_get_text(layout),
                   static_cast<std::size_t>(last->start_index + last->length)};
  const auto show_cut = [&] {
    while (!text.empty() && text.back() == ' ')
      text.pop_back();
    const std::string cut = text + "\u2026";
    pango_layout_set_text(layout, cut.data(), static_cast<int>(cut.size()));
  };
  for (show_cut(); !text.empty() && pango_layout_get_line_count(layout) > max_lines; show_cut()) {
    while ((text.back() & 0xc0) == 0x80) // the whole character
      text.pop_back();
    text.pop_back();
  }
}

// Makes the layout as narrow as its longest line, so that lines in the other direction begin there
// and not at the far border of the picture.
void tighten(PangoLayout *layout)
{
  int longest = 0;
  const int n_lines = pango_layout_get_line_count(layout);
  for (int i = 0; i < n_lines; ++i) {
    PangoRectangle extents{};
    pango_layout_line_get_pixel_extents(pango_layout_get_line_readonly(layout, i), nullptr,
                                        &extents);
    longest = std::max(longest, extents.width);
  }
  const int before = pango_layout_get_width(layout);
  pango_layout_set_width(layout, longest * PANGO_SCALE);
  if (pango_layout_get_line_count(layout) > n_lines) // it was a matter of less than a pixel
    pango_layout_set_width(layout, before);
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

  Sprite draw(const Plate &plate)
  {
    const PixelPoint padding{round_up_to_even(plate.font_size / 4), plate.font_size / 10};
    const LayoutPtr layout =
        lay_out(plate.text, plate.font, plate.font_size, plate.limit.width - 2 * padding.x);
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    PangoRectangle extents{};
    pango_layout_get_pixel_extents(layout.get(), nullptr, &extents);
    Sprite sprite = make_sprite(plate_size(extents, padding, plate.limit), argb(plate.background));
    show(layout.get(), extents, ink_on(plate.background), padding, sprite);
    return sprite;
  }

  Sprite draw(const TextBlock &block)
  {
    const PixelPoint padding{round_up_to_even(block.font_size / 2), block.font_size / 4};
    const LayoutPtr layout =
        lay_out(block.text, block.font, block.font_size, block.limit.width - 2 * padding.x);
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    const int room = block.limit.height - 2 * padding.y;
    cut_lines(layout.get(), std::max(1, room / line_height(layout.get())));
    tighten(layout.get());
    PangoRectangle extents{};
    pango_layout_get_pixel_extents(layout.get(), nullptr, &extents);
    Sprite sprite = make_sprite(plate_size(extents, padding, block.limit), kShade);
    show(layout.get(), extents, kWhite, padding, sprite);
    return sprite;
  }

private:
  LayoutPtr lay_out(const std::string &text, const std::string &family, int font_size,
                    int max_width)
  {
    const FontPtr font{pango_font_description_from_string(family.c_str())};
    pango_font_description_set_absolute_size(font.get(),
                                             static_cast<double>(font_size) * PANGO_SCALE);
    LayoutPtr layout{pango_layout_new(context_.get())};
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_width(layout.get(), std::max(1, max_width) * PANGO_SCALE);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
  }

  FontMapPtr fonts_;
  ContextPtr context_;
};

SpritePainter::SpritePainter() = default;
SpritePainter::~SpritePainter() = default;

SpritePainter::Text &SpritePainter::text()
{
  if (!text_)
    text_ = std::make_unique<Text>();
  return *text_;
}

Sprite SpritePainter::draw(const Primitive &primitive)
{
  if (const Bar *bar = std::get_if<Bar>(&primitive))
    return make_sprite(bar->size, argb(bar->color, bar->alpha));
  if (const Plate *plate = std::get_if<Plate>(&primitive))
    return text().draw(*plate);
  if (const TextBlock *block = std::get_if<TextBlock>(&primitive))
    return text().draw(*block);
  if (const Tint *tint = std::get_if<Tint>(&primitive))
    return paint(*tint);
  if (const Dot *dot = std::get_if<Dot>(&primitive))
    return paint(*dot);
  return paint(std::get<Strokes>(primitive));
}

} // namespace gemini
