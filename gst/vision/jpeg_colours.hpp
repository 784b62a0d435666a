// SPDX-License-Identifier: LGPL-2.1-or-later
// From a video's YCbCr to JPEG's: full range, BT.601 (JFIF 1.02, ITU-T T.871).
#pragma once

#include <gst/video/video.h>

#include <cstddef>
#include <cstdint>

namespace gemini::vision {

// 8-bit planes with chroma at half size both ways (I420), changed in place.
struct Planes420 {
  std::uint8_t *y = nullptr;
  std::uint8_t *cb = nullptr;
  std::uint8_t *cr = nullptr;
  std::size_t y_stride = 0; // bytes
  std::size_t cb_stride = 0;
  std::size_t cr_stride = 0;
  std::size_t width = 0; // luma pixels; chroma has half of them, rounded up
  std::size_t height = 0;
};

// Whether samples in this colorimetry are JPEG's as they are.
bool is_jpeg_colour(const GstVideoColorimetry &colorimetry);

// Rewrites the planes from `colorimetry` to JPEG's. Primaries and transfer stay: JPEG carries
// neither.
void to_jpeg_colours(const Planes420 &planes, const GstVideoColorimetry &colorimetry);

// 8-bit red, green and blue of the same size as luma, full range unless `is_limited`, to JPEG's.
struct PlanesRgb {
  const std::uint8_t *r = nullptr;
  const std::uint8_t *g = nullptr;
  const std::uint8_t *b = nullptr;
  std::size_t stride = 0; // bytes, of each
};
void rgb_to_jpeg_colours(const PlanesRgb &rgb, bool is_limited, const Planes420 &planes);

} // namespace gemini::vision
