// SPDX-License-Identifier: LGPL-2.1-or-later
// Which way up the stream says that its frames are.

// Comes first, since in 1.22 one of its headers lacks the guard for C++.
#include <gst/gst.h>
extern "C" {
#include <gst/video/video.h>
}

#include "plugin/orientation_tags.hpp"

namespace gemini {

static_assert(static_cast<int>(Orientation::rotate_90) == GST_VIDEO_ORIENTATION_90R);
static_assert(static_cast<int>(Orientation::rotate_270) == GST_VIDEO_ORIENTATION_90L);
static_assert(static_cast<int>(Orientation::flip_horizontal) == GST_VIDEO_ORIENTATION_HORIZ);
static_assert(static_cast<int>(Orientation::transpose) == GST_VIDEO_ORIENTATION_UL_LR);
static_assert(static_cast<int>(Orientation::anti_transpose) == GST_VIDEO_ORIENTATION_UR_LL);

void OrientationTags::on_tags(GstEvent *event)
{
  GstTagList *tags = nullptr;
  gst_event_parse_tag(event, &tags);
  GstVideoOrientationMethod method = GST_VIDEO_ORIENTATION_IDENTITY;
  if (gst_video_orientation_from_tag(tags, &method) && method >= GST_VIDEO_ORIENTATION_IDENTITY &&
      method <= GST_VIDEO_ORIENTATION_UR_LL)
    orientation_ = static_cast<Orientation>(method);
}

} // namespace gemini
