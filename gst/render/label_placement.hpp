// SPDX-License-Identifier: LGPL-2.1-or-later
// Where labels stand: by their boxes, inside the picture, beside each other.
#pragma once

#include "render/pixels.hpp"

#include <span>
#include <vector>

namespace gemini {

enum class LabelSide { above, beside };

struct LabelRequest {
  PixelSize size;                    // of the label; not larger than the picture
  PixelRect box;                     // that it belongs to, as drawn
  LabelSide side = LabelSide::above; // where it looks best
};

// One place a request, in their order; earlier ones choose first. A label covers another, or what
// is `taken` already, only where the picture has no room for it elsewhere (or has too many labels
// to look for it).
std::vector<PixelPoint> place_labels(std::span<const LabelRequest> requests, PixelSize picture,
                                     std::vector<PixelRect> taken = {});

} // namespace gemini
