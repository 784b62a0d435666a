// SPDX-License-Identifier: LGPL-2.1-or-later
// Decoding with libjpeg-turbo and Cairo.
#include "picture.hpp"

#include <cairo.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include <turbojpeg.h>

namespace gemini::emulator {
namespace {

constexpr int kLargestSide = 8192;

bool is_acceptable(int width, int height)
{
  return width > 0 && height > 0 && width <= kLargestSide && height <= kLargestSide;
}

Picture make_picture(int width, int height)
{
  const auto n = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  return {width, height, std::vector<std::uint8_t>(3 * n)};
}

struct JpegDeleter {
  void operator()(void *decoder) const { tjDestroy(decoder); }
};

std::optional<Picture> decode_jpeg(std::span<const std::uint8_t> bytes)
{
  const std::unique_ptr<void, JpegDeleter> decoder{tjInitDecompress()};
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colorspace = 0;
  if (!decoder ||
      tjDecompressHeader3(decoder.get(), bytes.data(), bytes.size(), &width, &height, &subsampling,
                          &colorspace) != 0 ||
      !is_acceptable(width, height))
    return std::nullopt;
  Picture picture = make_picture(width, height);
  // A cut or damaged file is refused, also where the decoder could go on.
  if (tjDecompress2(decoder.get(), bytes.data(), bytes.size(), picture.rgb.data(), width, 0, height,
                    TJPF_RGB, TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING) != 0)
    return std::nullopt;
  return picture;
}

struct SurfaceDeleter {
  void operator()(cairo_surface_t *surface) const { cairo_surface_destroy(surface); }
};

std::optional<Picture> decode_png(std::span<const std::uint8_t> bytes)
{
  const auto read = [](void *data, unsigned char *out, unsigned length) {
    auto &rest = *static_cast<std::span<const std::uint8_t> *>(data);
    if (length > rest.size())
      return CAIRO_STATUS_READ_ERROR;
    std::memcpy(out, rest.data(), length);
    rest = rest.subspan(length);
    return CAIRO_STATUS_SUCCESS;
  };
  std::span<const std::uint8_t> rest = bytes;
  const std::unique_ptr<cairo_surface_t, SurfaceDeleter> png{
      cairo_image_surface_create_from_png_stream(read, &rest)};
  if (cairo_surface_status(png.get()) != CAIRO_STATUS_SUCCESS)
    return std::nullopt;
  const int width = cairo_image_surface_get_width(png.get());
  const int height = cairo_image_surface_get_height(png.get());
  if (!is_acceptable(width, height))
    return std::nullopt;

  // Painting on black brings every kind of PNG into one format and gets rid of transparency.
  const std::unique_ptr<cairo_surface_t, SurfaceDeleter> plain{
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)};
  cairo_t *cr = cairo_create(plain.get());
  cairo_set_source_surface(cr, png.get(), 0, 0);
  cairo_paint(cr);
  cairo_destroy(cr);
  cairo_surface_flush(plain.get());

  Picture picture = make_picture(width, height);
  const unsigned char *pixels = cairo_image_surface_get_data(plain.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(plain.get()));
  std::uint8_t *out = picture.rgb.data();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint32_t pixel = 0;
      std::memcpy(&pixel,
                  pixels + static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x) * 4,
                  4);
      *out++ = static_cast<std::uint8_t>(pixel >> 16);
      *out++ = static_cast<std::uint8_t>(pixel >> 8);
      *out++ = static_cast<std::uint8_t>(pixel);
    }
  }
  return picture;
}

} // namespace

std::optional<Picture> decode_picture(std::span<const std::uint8_t> bytes)
{
  constexpr std::uint8_t kJpeg[] = {0xff, 0xd8, 0xff};
  constexpr std::uint8_t kPng[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  const auto begins_with = [&](std::span<const std::uint8_t> magic) {
    return bytes.size() > magic.size() && std::ranges::equal(bytes.first(magic.size()), magic);
  };
  if (begins_with(kJpeg))
    return decode_jpeg(bytes);
  if (begins_with(kPng))
    return decode_png(bytes);
  return std::nullopt;
}

} // namespace gemini::emulator
