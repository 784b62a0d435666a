// SPDX-License-Identifier: LGPL-2.1-or-later
// Built where there is no GstAnalytics (before GStreamer 1.24).
#include "plugin/frame_detections.hpp"

namespace gemini {

void add_detections(GstBuffer *, std::span<const FrameDetection>) {}

} // namespace gemini
