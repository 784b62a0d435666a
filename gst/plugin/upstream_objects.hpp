// SPDX-License-Identifier: LGPL-2.1-or-later
// What elements upstream have found on a frame: detectors, trackers, another geminianalyzer.
#pragma once

#include "core/geometry.hpp"

#include <gst/gst.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

struct UpstreamObject {
  std::optional<std::uint64_t> id = std::nullopt; // the same on other frames; none: nobody knows
  std::string label;                              // may be empty
  // Normalised and finite; may reach out of the frame. None: somewhere on it.
  std::optional<Rect> box = std::nullopt;
  std::optional<double> confidence = std::nullopt; // 0..1; none: nobody says
  bool is_of_scene = false;                        // an analyzer of ours tells of it
};

struct UpstreamObjects {
  std::vector<UpstreamObject> objects; // in the order of attachment; each once
  // False: an analyzer upstream knows nothing of this frame, or not all that it should.
  bool is_whole = true;
};

// From the GstGeminiMeta of another analyzer, GstAnalytics (where built with it) and regions of
// interest. Several that tell the same are one.
UpstreamObjects upstream_objects(GstBuffer *buffer, int width, int height);

} // namespace gemini
