// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the metadata of a buffer.
#include "plugin/overlay_source.hpp"

#include "gemini/gstgemini-private.hpp"
#include "plugin/upstream_objects.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace gemini {
namespace {

std::string state_of(const Scene &scene)
{
  switch (scene.status) {
  case Scene::Status::pending:
    return scene.analysis ? "" : "waiting for an answer";
  case Scene::Status::ok:
    return "";
  case Scene::Status::failed:
    if (scene.analysis && scene.analysis->failure)
      return std::string{"failed: "} + to_string(scene.analysis->failure->kind);
    break;
  default:
    break;
  }
  return to_string(scene.status);
}

// "answer 2.3 s old · 12 requests · 15480 tokens · cost 0.0021"
std::string status_of(const Scene &scene, std::chrono::nanoseconds running_time)
{
  std::string status;
  const auto add = [&status](const std::string &piece) {
    if (!piece.empty())
      status += (status.empty() ? "" : " \u00b7 ") + piece;
  };
  add(state_of(scene));
  if (!scene.analysis)
    return status;
  const Analysis &analysis = *scene.analysis;
  if (is_usable(analysis) && analysis.running_time.count() >= 0 && running_time.count() >= 0)
    add("answer " +
        seconds_text(std::max(std::chrono::nanoseconds{0}, running_time - analysis.running_time)) +
        " old");
  if (const auto &spent = analysis.spent) {
    add(std::to_string(spent->requests) + (spent->requests == 1 ? " request" : " requests"));
    add(std::to_string(spent->tokens) + " tokens");
    if (spent->cost) {
      std::array<char, G_ASCII_DTOSTR_BUF_SIZE> text{};
      add(std::string{"cost "} +
          g_ascii_formatd(text.data(), static_cast<gint>(text.size()), "%.4f", *spent->cost));
    }
  }
  return status;
}

constexpr bool tells_places(Task task)
{
  return task == Task::detect || task == Task::segment || task == Task::point ||
         task == Task::boxes_3d;
}

} // namespace

Knowledge known_on(GstBuffer *buffer, PixelSize picture, bool wants_all)
{
  Knowledge known;
  if (const GstGeminiMeta *meta = gst_gemini_meta_get(buffer))
    known.scene = gst_gemini_scene_peek_private(meta->scene);
  if (known.scene && !wants_all)
    return known;
  for (UpstreamObject &object : upstream_objects(buffer, picture.width, picture.height).objects)
    if (!object.is_of_scene)
      known.found.push_back({.id = object.id.value_or(0),
                             .label = std::move(object.label),
                             .confidence = object.confidence,
                             .box = object.box});
  return known;
}

std::vector<Object> to_be_covered(const Knowledge &known)
{
  std::vector<Object> all = known.scene ? known.scene->objects : std::vector<Object>{};
  for (const Object &object : known.found) {
    all.push_back(object);
    all.back().id = 0;
  }
  return all;
}

Notes notes_of(const Knowledge &known, const ObjectLook &look,
               std::chrono::nanoseconds running_time)
{
  Notes notes;
  const auto add = [&](const Object &object) {
    if (auto annotation = look.annotation_of(object))
      notes.annotations.push_back(std::move(*annotation));
  };
  if (!known.scene) {
    for (const Object &object : known.found)
      if (object.box) // the others are somewhere on the frame
        add(object);
    return notes;
  }
  std::for_each(known.scene->objects.begin(), known.scene->objects.end(), add);
  if (known.scene->analysis && known.scene->analysis->text)
    notes.text = *known.scene->analysis->text;
  notes.status = status_of(*known.scene, running_time);
  return notes;
}

bool is_certain(const Knowledge &known, std::chrono::nanoseconds running_time,
                std::chrono::milliseconds max_age)
{
  if (!known.scene || known.scene->status != Scene::Status::ok || !known.scene->analysis ||
      !tells_places(known.scene->analysis->task))
    return false;
  if (max_age.count() == 0)
    return true;
  const auto seen = known.scene->analysis->running_time;
  return seen.count() >= 0 && running_time.count() >= 0 && running_time - seen <= max_age;
}

} // namespace gemini
