// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures whose truth is known.
#pragma once

#include <cairo.h>

#include <cstdint>
#include <string>
#include <vector>

#include <turbojpeg.h>

namespace gemini::emulator::test {

struct Rgb {
  double r = 0; // 0..1
  double g = 0;
  double b = 0;
};

class Canvas {
public:
  Canvas(int width, int height, Rgb background);
  ~Canvas();
  Canvas(const Canvas &) = delete;
  Canvas &operator=(const Canvas &) = delete;

  // Edges between pixels are antialiased.
  void rectangle(Rgb colour, double left, double top, double right, double bottom);
  void ellipse(Rgb colour, double left, double top, double right, double bottom);
  void triangle(Rgb colour, double x0, double y0, double x1, double y1, double x2, double y2);
  // The whole of `other`, scaled to this canvas.
  void paint_scaled(const Canvas &other);
  // A ramp from left to right, `from` to `to` on all three channels.
  void shade(double from, double to);

  std::vector<std::uint8_t> jpeg(int quality = 85, int subsampling = TJSAMP_420) const;
  std::vector<std::uint8_t> png() const;

  int width() const { return cairo_image_surface_get_width(surface_); }
  int height() const { return cairo_image_surface_get_height(surface_); }

private:
  void fill(Rgb colour);

  cairo_surface_t *surface_;
  cairo_t *cr_;
};

std::vector<std::uint8_t> read_file(const std::string &path);

} // namespace gemini::emulator::test
