// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts a scene on a frame: as our own metadata and, for elements that know nothing of us, as
// regions of interest and, where there is GstAnalytics, as detections with their tracks.

#include "plugin/scene_metas.hpp"

#include "gemini/gstgemini-private.hpp"
#include "plugin/frame_detections.hpp"

#include <gst/video/gstvideometa.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace gemini {

namespace {

// How many labels of this process became quarks that were none before.
constinit std::atomic<int> label_quarks{0};

// Takes one of the quarks that may still be made.
bool reserve_label_quark()
{
  int count = label_quarks.load(std::memory_order_relaxed);
  while (count < kMaxLabelQuarks) {
    if (label_quarks.compare_exchange_weak(count, count + 1, std::memory_order_relaxed))
      return true;
  }
  return false;
}

GQuark region_type(const std::string &label)
{
  static const GQuark unnamed = g_quark_from_static_string(kUnnamedRegion);
  if (label.empty() || label.size() > static_cast<std::size_t>(kMaxLabelQuarkBytes))
    return unnamed;
  if (const GQuark known = g_quark_try_string(label.c_str()))
    return known;
  return reserve_label_quark() ? g_quark_from_string(label.c_str()) : unnamed;
}

// From first to last pixel of one axis.
struct Span {
  guint first = 0;
  guint length = 0;
};

// The pixels from `from` to `to` (0..1), cut to the frame and at least one of them; nothing where
// all lies outside.
std::optional<Span> to_pixels(double from, double to, int size)
{
  if (!std::isfinite(from) || !std::isfinite(to) || to <= 0 || from >= 1 || to < from)
    return std::nullopt;
  const double first = std::min(std::round(std::max(from, 0.0) * size), size - 1.0);
  const double last = std::max(std::round(std::min(to, 1.0) * size), first + 1);
  return Span{static_cast<guint>(first), static_cast<guint>(last - first)};
}

int region_id(std::uint64_t id)
{
  constexpr std::uint64_t kLast = std::numeric_limits<int>::max();
  return id == 0 ? 0 : static_cast<int>((id - 1) % kLast + 1);
}

// Pixels, cut to the frame.
struct Place {
  Span across;
  Span down;
};

std::optional<Place> place_on(const Object &object, int width, int height)
{
  if (!object.box)
    return std::nullopt;
  const auto across = to_pixels(object.box->x, object.box->right(), width);
  const auto down = to_pixels(object.box->y, object.box->bottom(), height);
  return across && down ? std::optional{Place{*across, *down}} : std::nullopt;
}

GstStructure *region_params(const Object &object, const Analysis *analysis)
{
  GstStructure *params =
      gst_structure_new("geminianalyzer", "label", G_TYPE_STRING, object.label.c_str(), nullptr);
  if (object.confidence)
    gst_structure_set(params, "confidence", G_TYPE_DOUBLE, *object.confidence, nullptr);
  if (analysis)
    gst_structure_set(params, "request-id", G_TYPE_UINT64, analysis->request_id, nullptr);
  return params;
}

void add_region(GstBuffer *buffer, GQuark type, const Place &place, const Object &object,
                const Analysis *analysis)
{
  GstVideoRegionOfInterestMeta *region = gst_buffer_add_video_region_of_interest_meta_id(
      buffer, type, place.across.first, place.down.first, place.across.length, place.down.length);
  region->id = region_id(object.id);
  if (object.parent && object.parent->id)
    region->parent_id = region_id(*object.parent->id);
  gst_video_region_of_interest_meta_add_param(region, region_params(object, analysis));
}

// So long before the frame; negative: after it.
GstClockTime before(GstClockTime pts, std::chrono::nanoseconds time)
{
  if (!GST_CLOCK_TIME_IS_VALID(pts))
    return GST_CLOCK_TIME_NONE;
  if (time.count() < 0)
    return pts + static_cast<GstClockTime>(-time.count());
  return pts - std::min(pts, static_cast<GstClockTime>(time.count()));
}

FrameDetection detection_of(const Object &object, GQuark type, const Place &place, GstClockTime pts)
{
  const Track &track = object.track;
  return {
      .type = type,
      .x = static_cast<int>(place.across.first),
      .y = static_cast<int>(place.down.first),
      .width = static_cast<int>(place.across.length),
      .height = static_cast<int>(place.down.length),
      .confidence = object.confidence.value_or(1),
      .id = object.id,
      .first_seen = before(pts, track.known),
      .last_seen = before(pts, track.age),
      .is_lost = track.state == TrackState::lost || track.state == TrackState::left,
  };
}

} // namespace

void attach_scene(GstBuffer *buffer, GstGeminiScene *scene, int width, int height)
{
  if (!gst_gemini_meta_add(buffer, scene))
    return;
  // A region is counted in pixels; of a JPEG that cannot be read nobody knows them.
  if (width <= 0 || height <= 0)
    return;
  const auto value = gst_gemini_scene_peek_private(scene);
  std::vector<FrameDetection> detections;
  detections.reserve(value->objects.size());
  for (const Object &object : value->objects) {
    const auto place = place_on(object, width, height);
    if (!place)
      continue;
    const GQuark type = region_type(object.label);
    add_region(buffer, type, *place, object, value->analysis.get());
    detections.push_back(detection_of(object, type, *place, GST_BUFFER_PTS(buffer)));
  }
  add_detections(buffer, detections);
}

} // namespace gemini
