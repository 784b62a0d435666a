// SPDX-License-Identifier: LGPL-2.1-or-later
// What an object looks like, and where on a picture something looks so.
#pragma once

#include "core/geometry.hpp"
#include "vision/luma_image.hpp"

#include <array>
#include <cstddef>

namespace gemini::vision {

// In pixels of a LumaImage.
struct PixelBox {
  Point centre;
  double width = 0;
  double height = 0;
};

// The inside of a box, resized to a few samples, without its mean.
template <int Side> struct Patch {
  static constexpr int kSide = Side;
  std::array<float, std::size_t{Side} * Side> samples{};
  double contrast = 0; // standard deviation, grey levels
};
using ObjectPatch = Patch<16>;
using SpotPatch = Patch<8>;

// What of the box is not on the picture repeats its edge.
template <int Side> Patch<Side> patch_of(const LumaImage &image, const PixelBox &box);

// Normalised correlation: 1 for the same but for the light, about 0 for anything else.
template <int Side> double likeness(const Patch<Side> &a, const Patch<Side> &b);

// A bit of what is seen now.
template <int Side> void blend(Patch<Side> &patch, const Patch<Side> &now, double share);

struct Sighting {
  Point centre;
  double likeness = -1;
};

// Where, up to `radius` pixels from the guess, it looks most like `patch`. Of two places about as
// like the one nearer to the guess, which may be wrong by `doubt` pixels.
template <int Side>
Sighting look_for(const Patch<Side> &patch, const LumaImage &image, const PixelBox &guess,
                  double radius, double doubt);

} // namespace gemini::vision
