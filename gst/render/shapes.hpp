// SPDX-License-Identifier: LGPL-2.1-or-later
// The shapes of an object in pixels of the picture. Whatever numbers come in, nothing lies outside
// of the picture; what does not touch it is nothing.
#pragma once

#include "core/box_3d.hpp"
#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "render/pixels.hpp"
#include "render/primitive.hpp"

#include <array>
#include <memory>
#include <optional>

namespace gemini {

// The pixels of a box's outline, border included. Edges lie on even pixels, so that on subsampled
// formats they are as sharp in chroma as in luma.
std::optional<PixelRect> outline_of(const Rect &box, PixelSize picture, int line_width);

// The outline's bars, without overlap; those of no size where the box is smaller than two lines.
std::array<PixelRect, 4> bars_of(const PixelRect &outline, int line_width);

// The same without the middle of each side, where the box is large enough for that.
std::array<PixelRect, 8> corners_of(const PixelRect &outline, int line_width);

template <typename T> struct Placed {
  T primitive;
  PixelPoint at;
};

std::optional<Placed<Tint>> tint_of(const std::shared_ptr<const Mask> &mask, PixelSize picture,
                                    Color color, double opacity);

std::optional<Placed<Dot>> dot_of(const Point &point, PixelSize picture, Color color,
                                  int line_width);

struct PlacedStrokes {
  Strokes primitive;
  PixelPoint at;
  PixelPoint top; // the highest point that is seen, in pixels of the picture
};

std::optional<PlacedStrokes> strokes_of(const Wireframe &wireframe, PixelSize picture, Color color,
                                        int line_width);

} // namespace gemini
