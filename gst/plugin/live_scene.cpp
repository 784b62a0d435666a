// SPDX-License-Identifier: LGPL-2.1-or-later
// Live mode: what the newest answers say about the frame that passes now.
#include "plugin/live_scene.hpp"

#include "core/moved.hpp"
#include "vision/known.hpp"

#include <gst/gemini/gstgemini-private.hpp>

#include <utility>

namespace gemini {

Ref<GstGeminiScene> wrap(Scene scene)
{
  return Ref<GstGeminiScene>::adopt(
      gst_gemini_scene_new_private(std::make_shared<const Scene>(std::move(scene))));
}

Ref<GstGeminiScene> scene_of(std::shared_ptr<const Analysis> analysis)
{
  Scene scene;
  scene.status = scene_status(analysis->status);
  scene.objects = analysis->objects;
  scene.analysis = std::move(analysis);
  return wrap(std::move(scene));
}

Ref<GstGeminiScene> aged(const Ref<GstGeminiScene> &scene, std::chrono::nanoseconds running_time)
{
  const auto value = gst_gemini_scene_peek_private(scene.get());
  const auto seen = value->analysis ? value->analysis->running_time : running_time;
  if (seen.count() < 0 || running_time <= seen)
    return scene;
  Scene later = *value;
  for (Object &object : later.objects) {
    object.track.age += running_time - seen;
    object.track.known += running_time - seen;
  }
  return wrap(std::move(later));
}

Ref<GstGeminiScene> pending_scene()
{
  return wrap({});
}

TrackedScene still_scene(const Analysis &analysis, std::chrono::nanoseconds time)
{
  TrackedScene scene{.time = time, .objects = {}};
  const double aspect = vision::aspect_of(analysis);
  for (const Object &object : analysis.objects) {
    const auto place = place_of(object, aspect);
    scene.objects.push_back({.seen = std::make_shared<const Object>(object),
                             .from = place,
                             .aspect = aspect,
                             .place = place.value_or(Rect{}),
                             .velocity = {},
                             .confirmed = time,
                             .first_seen = time});
  }
  return scene;
}

LiveScene::LiveScene() : bare_(pending_scene()) {}

void LiveScene::publish(std::shared_ptr<const Analysis> analysis, TrackedScene tracked)
{
  const std::uint64_t request = analysis->request_id;
  const bool is_good = is_usable(*analysis);
  const auto status = scene_status(analysis->status);
  auto shown = std::make_shared<const TrackedScene>(std::move(tracked));
  // The last good answer stays for its time, but nobody may take it for the newest word.
  auto bare = is_good ? pending_scene() : scene_of(analysis);
  const std::lock_guard lock{mutex_};
  if (request < first_valid_)
    return;
  // What was asked again and again may come after what was asked later.
  if (request >= newest_) {
    newest_ = request;
    status_ = status;
    std::swap(bare_, bare); // the old ones go without the lock
  }
  if (!is_good || (good_ && request < good_->request_id))
    return;
  good_.swap(analysis);
  tracked_.swap(shown);
  shown_since_.reset();
  is_over_ = false;
}

void LiveScene::move(std::uint64_t request, TrackedScene tracked)
{
  auto shown = std::make_shared<const TrackedScene>(std::move(tracked));
  const std::lock_guard lock{mutex_};
  if (good_ && good_->request_id == request)
    tracked_.swap(shown);
}

bool LiveScene::is_shown(std::chrono::nanoseconds running_time,
                         std::chrono::nanoseconds time_to_live)
{
  if (!good_)
    return false;
  if (kept_ && good_->request_id >= *kept_) {
    is_over_ = false;
    return true;
  }
  if (is_over_)
    return false;
  if (!shown_since_)
    shown_since_ = running_time;
  is_over_ = time_to_live.count() != 0 && running_time - *shown_since_ > time_to_live;
  return !is_over_;
}

Ref<GstGeminiScene> LiveScene::at(std::chrono::nanoseconds running_time,
                                  std::chrono::nanoseconds time_to_live)
{
  Scene scene;
  std::shared_ptr<const TrackedScene> tracked;
  {
    const std::lock_guard lock{mutex_};
    if (!is_shown(running_time, time_to_live))
      return bare_;
    scene.status = status_;
    scene.analysis = good_;
    tracked = tracked_;
  }
  scene.objects = objects_at(*tracked, running_time);
  return wrap(std::move(scene));
}

void LiveScene::keep(std::uint64_t request)
{
  const std::lock_guard lock{mutex_};
  kept_ = request;
}

void LiveScene::let_end(std::chrono::nanoseconds running_time)
{
  const std::lock_guard lock{mutex_};
  if (!kept_)
    return;
  if (good_ && good_->request_id >= *kept_)
    shown_since_ = running_time;
  kept_.reset();
}

void LiveScene::reset(std::uint64_t first_valid)
{
  auto bare = pending_scene();
  std::shared_ptr<const Analysis> good; // the old ones go without the lock
  std::shared_ptr<const TrackedScene> tracked;
  const std::lock_guard lock{mutex_};
  first_valid_ = newest_ = first_valid;
  std::swap(bare_, bare);
  good_.swap(good);
  tracked_.swap(tracked);
  status_ = Scene::Status::pending;
  shown_since_.reset();
  is_over_ = false;
  kept_.reset();
}

} // namespace gemini
