// SPDX-License-Identifier: LGPL-2.1-or-later
// The layout of a frame, from its caps.
#pragma once

#include "render/frame_layout.hpp"

#include <gst/video/video.h>

#include <optional>

namespace gemini {

// Matrix, range and chroma siting are those of `info`. None for formats that are not of whole bytes
// or 16 bit words in this machine's order, or have a palette, tiles, or translucency besides that
// of 32-bit RGB: the overlay composition of GStreamer draws on these. Of a stream of progressive
// and interlaced frames it is that of the interlaced ones.
std::optional<FrameLayout> sample_layout(const GstVideoInfo &info);

} // namespace gemini
