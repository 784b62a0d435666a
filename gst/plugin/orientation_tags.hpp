// SPDX-License-Identifier: LGPL-2.1-or-later
// Which way up the stream says that its frames are.
#pragma once

#include "core/view.hpp"

#include <gst/gst.h>

namespace gemini {

// Streaming thread only. A flush changes nothing: the tags of a stream hold for all of it.
class OrientationTags {
public:
  void on_stream_start() { orientation_ = Orientation::identity; }
  // Of the stream or of the whole medium: the newest that speaks of it holds.
  void on_tags(GstEvent *event);

  Orientation current() const { return orientation_; }

private:
  Orientation orientation_ = Orientation::identity;
};

} // namespace gemini
