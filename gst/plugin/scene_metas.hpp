// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts a scene on a frame: as our own metadata and, for elements that know nothing of us, as
// regions of interest and, where there is GstAnalytics, as detections with their tracks.
#pragma once

#include <gst/gemini/gemini.h>

namespace gemini {

// Labels are free text, and a quark is never freed: only so many labels per process, and none
// longer than this, become quarks of our making.
inline constexpr int kMaxLabelQuarks = 1024;
inline constexpr int kMaxLabelQuarkBytes = 128;
// The type of regions whose label may not become a quark, or that have none.
inline constexpr const char *kUnnamedRegion = "object";

// Attaches `scene` (the caller keeps its reference) to a writable `buffer` that holds a frame of
// `width` x `height` pixels. Adds one GstGeminiMeta, in place of an older one, and one
// GstVideoRegionOfInterestMeta per object whose box touches the frame: whole pixels, clipped to the
// frame; type = label; id and parent_id = those of the object and its parent, wrapped so that they
// stay positive. Its params hold a structure "geminianalyzer" with `label` (string, always the full
// one), `confidence` (double, only where the model said) and `request-id` (uint64, only where there
// is an analysis). GStreamer drops these params when a frame is converted or scaled; the
// GstGeminiMeta keeps everything. Where there is GstAnalytics each region is also a detection of
// the same type and place, related to a track with the object's id, if it has one, when the model
// saw it first and last, and whether it is lost. What others have attached stays. Any thread.
void attach_scene(GstBuffer *buffer, GstGeminiScene *scene, int width, int height);

} // namespace gemini
