// SPDX-License-Identifier: LGPL-2.1-or-later
// What GstAnalytics can tell of the objects on a frame.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <span>

namespace gemini {

// An object in pixels of the frame, and what is known of it from frame to frame.
struct FrameDetection {
  GQuark type = 0;
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  double confidence = 1;                         // the model's
  std::uint64_t id = 0;                          // 0: it has none yet, and gets no track
  GstClockTime first_seen = GST_CLOCK_TIME_NONE; // by the model; pts
  GstClockTime last_seen = GST_CLOCK_TIME_NONE;
  bool is_lost = false;
};

// Adds to a writable `buffer`, for each of them, a detection and a track, related to each other in
// both directions. What others have attached stays. Does nothing where built without GstAnalytics.
void add_detections(GstBuffer *buffer, std::span<const FrameDetection> detections);

} // namespace gemini
