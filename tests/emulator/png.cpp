// SPDX-License-Identifier: LGPL-2.1-or-later
// Cairo writes surfaces of 8-bit alpha as gray pictures.
#include "png.hpp"

#include <cairo.h>
#include <glib.h>

#include <cstddef>
#include <cstring>

namespace gemini::emulator {

std::string gray_png_base64(const std::vector<std::uint8_t> &pixels, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
  cairo_surface_flush(surface);
  unsigned char *rows = cairo_image_surface_get_data(surface);
  const auto n = static_cast<std::size_t>(width);
  for (int y = 0; y < height; ++y)
    std::memcpy(rows + static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(surface),
                pixels.data() + static_cast<std::size_t>(y) * n, n);
  cairo_surface_mark_dirty(surface);
  std::string bytes;
  const auto append = +[](void *to, const unsigned char *data, unsigned length) {
    static_cast<std::string *>(to)->append(data, data + length);
    return CAIRO_STATUS_SUCCESS;
  };
  cairo_surface_write_to_png_stream(surface, append, &bytes);
  cairo_surface_destroy(surface);
  g_autofree char *text =
      g_base64_encode(reinterpret_cast<const guchar *>(bytes.data()), bytes.size());
  return text;
}

} // namespace gemini::emulator
