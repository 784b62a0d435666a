// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts a drawing into the pixels of a frame.
#pragma once

#include "render/sprite.hpp"

#include <gst/video/video.h>

namespace gemini {

// `frame` is mapped for reading and writing. Touches the sprites' rectangles only (and on
// subsampled formats the chroma samples under them).
void blend(const Drawing &drawing, const GstVideoFrame &frame);

} // namespace gemini
