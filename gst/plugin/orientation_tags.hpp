// SPDX-License-Identifier: LGPL-2.1-or-later
// Which way up the stream says that its frames are.
#pragma once

#include "core/view.hpp"

#include <gst/gst.h>

#include <string>

namespace gemini {

// Streaming thread only. A flush changes nothing: the tags of a stream hold for all of it.
class OrientationTags {
public:
  void on_stream_start(GstEvent *event);
  // Of the stream or of the whole medium: the newest that speaks of it holds.
  void on_tags(GstEvent *event);

  // Of the frames that come to this pad. They may have been turned before, by an element that
  // leaves the tag as it was, as videoflip does.
  Orientation at(GstPad *sink) const;

private:
  std::string stream_id_;
  Orientation tagged_ = Orientation::identity;
};

} // namespace gemini
