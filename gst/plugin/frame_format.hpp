// SPDX-License-Identifier: LGPL-2.1-or-later
// Which video frames can be looked at, wherever they lie, and what their caps say of them.
#pragma once

#include "glib/gst_ref.hpp"
#include "plugin/frame_line.hpp"

#include <gst/video/video.h>

#include <optional>

namespace gemini {

// Of the pads' templates: what GstVideoConverter reads, in all memory that gives its pixels away
// when it is mapped, and JPEG. What these caps cannot say, readable_caps() does.
Ref<GstCaps> frame_caps();

// What is left of `caps` (not taken over) without memory that cannot be mapped although its kind
// can: GL textures that only a shader can read, and DMABufs in a layout that only hardware knows.
Ref<GstCaps> readable_caps(GstCaps *caps);

// Of fixed caps; nothing where frames of theirs cannot be looked at. JPEG has the format
// GST_VIDEO_FORMAT_ENCODED, and no size where the caps tell none.
std::optional<GstVideoInfo> frame_info(GstCaps *caps);

// Takes from the answer to an allocation query that somebody downstream can do with frames that a
// meta only cuts (GstVideoCropMeta), turns (GstVideoAffineTransformationMeta) or covers
// (GstVideoOverlayCompositionMeta): they look otherwise than they lie in memory, places on them
// mean something else to everybody, and what upstream has painted over would be sent.
void refuse_view_metas(GstQuery *allocation);

// Of an encoded frame, by its own header. Maps it.
std::optional<FrameSize> encoded_size(GstBuffer *frame);

} // namespace gemini
