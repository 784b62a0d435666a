// SPDX-License-Identifier: LGPL-2.1-or-later
// Owners of what Cairo makes, and Cairo on the pixels of a sprite.
#pragma once

#include "render/sprite.hpp"

#include <cairo.h>

#include <cstdint>
#include <memory>

namespace gemini {

template <auto release> struct Release {
  template <typename T> void operator()(T *p) const { release(p); }
};
using SurfacePtr = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using CairoPtr = std::unique_ptr<cairo_t, Release<cairo_destroy>>;

// Draws into `sprite`, which must outlive it and stay where it is.
inline CairoPtr cairo_on(Sprite &sprite)
{
  const SurfacePtr surface{cairo_image_surface_create_for_data(
      reinterpret_cast<unsigned char *>(sprite.pixels.data()), CAIRO_FORMAT_ARGB32,
      sprite.size.width, sprite.size.height,
      sprite.size.width * static_cast<int>(sizeof(std::uint32_t)))};
  return CairoPtr{cairo_create(surface.get())};
}

inline void set_color(const CairoPtr &cairo, Color color, double alpha = 1)
{
  cairo_set_source_rgba(cairo.get(), color.red / 255.0, color.green / 255.0, color.blue / 255.0,
                        alpha);
}

} // namespace gemini
