// SPDX-License-Identifier: LGPL-2.1-or-later
// Drawing with Cairo, encoding with libjpeg-turbo.
#include "test_canvas.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numbers>

namespace gemini::emulator::test {

Canvas::Canvas(int width, int height, Rgb background)
    : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      cr_(cairo_create(surface_))
{
  cairo_set_source_rgb(cr_, background.r, background.g, background.b);
  cairo_paint(cr_);
}

Canvas::~Canvas()
{
  cairo_destroy(cr_);
  cairo_surface_destroy(surface_);
}

void Canvas::rectangle(Rgb colour, double left, double top, double right, double bottom)
{
  cairo_rectangle(cr_, left, top, right - left, bottom - top);
  fill(colour);
}

void Canvas::ellipse(Rgb colour, double left, double top, double right, double bottom)
{
  cairo_save(cr_);
  cairo_translate(cr_, (left + right) / 2, (top + bottom) / 2);
  cairo_scale(cr_, (right - left) / 2, (bottom - top) / 2);
  cairo_arc(cr_, 0, 0, 1, 0, 2 * std::numbers::pi);
  cairo_restore(cr_);
  fill(colour);
}

void Canvas::triangle(Rgb colour, double x0, double y0, double x1, double y1, double x2, double y2)
{
  cairo_move_to(cr_, x0, y0);
  cairo_line_to(cr_, x1, y1);
  cairo_line_to(cr_, x2, y2);
  cairo_close_path(cr_);
  fill(colour);
}

void Canvas::fill(Rgb colour)
{
  cairo_set_source_rgb(cr_, colour.r, colour.g, colour.b);
  cairo_fill(cr_);
}

void Canvas::paint_scaled(const Canvas &other)
{
  cairo_save(cr_);
  cairo_scale(cr_, static_cast<double>(width()) / other.width(),
              static_cast<double>(height()) / other.height());
  cairo_set_source_surface(cr_, other.surface_, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr_), CAIRO_FILTER_GOOD);
  // Beyond the edge of the picture lies more of the same, not transparency.
  cairo_pattern_set_extend(cairo_get_source(cr_), CAIRO_EXTEND_PAD);
  cairo_paint(cr_);
  cairo_restore(cr_);
}

void Canvas::shade(double from, double to)
{
  cairo_pattern_t *ramp = cairo_pattern_create_linear(0, 0, width(), 0);
  cairo_pattern_add_color_stop_rgb(ramp, 0, from, from, from);
  cairo_pattern_add_color_stop_rgb(ramp, 1, to, to, to);
  cairo_set_source(cr_, ramp);
  cairo_paint(cr_);
  cairo_pattern_destroy(ramp);
}

std::vector<std::uint8_t> Canvas::jpeg(int quality, int subsampling) const
{
  cairo_surface_flush(surface_);
  tjhandle encoder = tjInitCompress();
  unsigned char *bytes = nullptr;
  unsigned long size = 0;
  tjCompress2(encoder, cairo_image_surface_get_data(surface_), width(),
              cairo_image_surface_get_stride(surface_), height(), TJPF_BGRX, &bytes, &size,
              subsampling, quality, TJFLAG_ACCURATEDCT);
  std::vector<std::uint8_t> out(bytes, bytes + size);
  tjFree(bytes);
  tjDestroy(encoder);
  return out;
}

std::vector<std::uint8_t> Canvas::png() const
{
  std::vector<std::uint8_t> out;
  const auto append = +[](void *data, const unsigned char *bytes, unsigned length) {
    auto &to = *static_cast<std::vector<std::uint8_t> *>(data);
    to.insert(to.end(), bytes, bytes + length);
    return CAIRO_STATUS_SUCCESS;
  };
  cairo_surface_write_to_png_stream(surface_, append, &out);
  return out;
}

std::vector<std::uint8_t> read_file(const std::string &path)
{
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace gemini::emulator::test
