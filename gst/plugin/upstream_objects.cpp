// SPDX-License-Identifier: LGPL-2.1-or-later
// What elements upstream have found on a frame.
#include "plugin/upstream_objects.hpp"

#include "core/analysis.hpp"
#include "plugin/gemini_ref.hpp"
#include "plugin/scene_metas.hpp"
#include "plugin/upstream_analytics.hpp"
#include "wire/text.hpp"

#include <gst/gemini/gstgemini-private.hpp>
#include <gst/video/gstvideometa.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace gemini {

namespace {

bool is_finite(const Rect &rect)
{
  return std::isfinite(rect.x) && std::isfinite(rect.y) && std::isfinite(rect.w) &&
         std::isfinite(rect.h) && rect.w > 0 && rect.h > 0;
}

std::optional<Rect> place_of(const Object &object)
{
  if (object.box)
    return object.box;
  if (object.mask)
    return object.mask->rect;
  if (!object.polygon.empty())
    return bounds_of(object.polygon);
  return std::nullopt;
}

void add_scene(GstBuffer *buffer, UpstreamObjects &found)
{
  const auto scene = Ref<GstGeminiScene>::adopt(gst_gemini_scene_from_buffer(buffer));
  if (!scene)
    return;
  const auto value = gst_gemini_scene_peek_private(scene.get());
  found.is_whole = value->status == Scene::Status::ok;
  for (const Object &object : value->objects)
    found.objects.push_back({.id = object.id > 0 ? std::optional{object.id} : std::nullopt,
                             .label = object.label,
                             .box = place_of(object),
                             .is_of_scene = true});
}

// An analyzer's own say, as not all labels become types.
std::string label_of(GstVideoRegionOfInterestMeta *region)
{
  const GstStructure *params =
      gst_video_region_of_interest_meta_get_param(region, "geminianalyzer");
  const char *label = params ? gst_structure_get_string(params, "label") : nullptr;
  if (!label)
    label = g_quark_to_string(region->roi_type);
  return label ? label : "";
}

void add_regions(GstBuffer *buffer, int width, int height, std::vector<UpstreamObject> &objects)
{
  gpointer state = nullptr;
  while (GstMeta *meta = gst_buffer_iterate_meta_filtered(
             buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    auto *region = reinterpret_cast<GstVideoRegionOfInterestMeta *>(meta);
    UpstreamObject object;
    object.label = label_of(region);
    if (region->id > 0)
      object.id = static_cast<std::uint64_t>(region->id);
    // Of a box that begins before the frame there is nothing else to put into an unsigned number.
    const int x = static_cast<int>(region->x);
    const int y = static_cast<int>(region->y);
    if (region->w > 0 && region->h > 0)
      object.box =
          Rect{static_cast<double>(x) / width, static_cast<double>(y) / height,
               static_cast<double>(region->w) / width, static_cast<double>(region->h) / height};
    objects.push_back(std::move(object));
  }
}

// Some elements attach what they find in several ways, which differ by their rounding.
bool tells_the_same(const UpstreamObject &a, const UpstreamObject &b, int width, int height)
{
  if (!a.box || !b.box || (a.id && b.id && a.id != b.id))
    return false;
  // Not all labels of an analyzer become types.
  const bool is_unnamed = a.id && b.id && (a.label == kUnnamedRegion || b.label == kUnnamedRegion);
  if (!is_unnamed && g_ascii_strcasecmp(a.label.c_str(), b.label.c_str()) != 0)
    return false;
  // A pixel, and what the arithmetic adds.
  const auto is_near = [](double x, double y, int side) { return std::abs(x - y) * side < 1.01; };
  return is_near(a.box->x, b.box->x, width) && is_near(a.box->right(), b.box->right(), width) &&
         is_near(a.box->y, b.box->y, height) && is_near(a.box->bottom(), b.box->bottom(), height);
}

std::vector<UpstreamObject> each_once(std::vector<UpstreamObject> objects, int width, int height)
{
  std::vector<UpstreamObject> kept;
  for (UpstreamObject &object : objects) {
    wire::repair_utf8(object.label);
    if (object.box && !is_finite(*object.box))
      object.box.reset();
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const UpstreamObject &other) {
      return tells_the_same(object, other, width, height);
    });
    if (same == kept.end())
      kept.push_back(std::move(object));
    else if (!same->id)
      same->id = object.id;
  }
  return kept;
}

} // namespace

UpstreamObjects upstream_objects(GstBuffer *buffer, int width, int height)
{
  UpstreamObjects found;
  if (width <= 0 || height <= 0)
    return found;
  add_scene(buffer, found);
  add_analytics_objects(buffer, width, height, found.objects);
  add_regions(buffer, width, height, found.objects);
  found.objects = each_once(std::move(found.objects), width, height);
  return found;
}

} // namespace gemini
