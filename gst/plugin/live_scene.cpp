// SPDX-License-Identifier: LGPL-2.1-or-later
// Live mode: what the newest answers say about the frame that passes now.
#include "plugin/live_scene.hpp"

#include <gst/gemini/gstgemini-private.hpp>

#include <utility>

namespace gemini {

namespace {

Ref<GstGeminiScene> wrap(Scene scene)
{
  return Ref<GstGeminiScene>::adopt(
      gst_gemini_scene_new_private(std::make_shared<const Scene>(std::move(scene))));
}

bool is_usable(const Analysis &analysis)
{
  return analysis.status == AnalysisStatus::ok || analysis.status == AnalysisStatus::partial;
}

} // namespace

Ref<GstGeminiScene> scene_of(std::shared_ptr<const Analysis> analysis)
{
  Scene scene;
  scene.status = scene_status(analysis->status);
  scene.objects = analysis->objects;
  scene.analysis = std::move(analysis);
  return wrap(std::move(scene));
}

Ref<GstGeminiScene> pending_scene()
{
  return wrap({});
}

LiveScene::LiveScene() : bare_(pending_scene()) {}

void LiveScene::publish(std::shared_ptr<const Analysis> analysis)
{
  std::shared_ptr<const Analysis> good;
  {
    const std::lock_guard lock{mutex_};
    // What was asked again and again may come after what was asked later.
    if (analysis->request_id < newest_)
      return;
    newest_ = analysis->request_id;
    if (!is_over_)
      good = good_;
  }
  if (is_usable(*analysis)) {
    auto shown = scene_of(analysis);
    auto bare = pending_scene();
    const std::lock_guard lock{mutex_};
    if (analysis->request_id < first_valid_)
      return;
    good_ = std::move(analysis);
    shown_since_.reset();
    is_over_ = false;
    std::swap(shown_, shown); // the old ones go without the lock
    std::swap(bare_, bare);
    return;
  }
  // The last good answer stays for its time, but nobody may take it for the newest word.
  auto bare = scene_of(analysis);
  Ref<GstGeminiScene> shown;
  if (good) {
    Scene scene;
    scene.status = scene_status(analysis->status);
    scene.objects = good->objects;
    scene.analysis = good;
    shown = wrap(std::move(scene));
  }
  const std::lock_guard lock{mutex_};
  if (analysis->request_id < first_valid_)
    return;
  std::swap(bare_, bare);
  if (shown_)
    std::swap(shown_, shown);
}

Ref<GstGeminiScene> LiveScene::at(std::chrono::nanoseconds running_time,
                                  std::chrono::nanoseconds time_to_live)
{
  const std::lock_guard lock{mutex_};
  if (!shown_)
    return bare_;
  if (kept_ && good_->request_id >= *kept_) {
    is_over_ = false;
    return shown_;
  }
  if (is_over_)
    return bare_;
  if (!shown_since_)
    shown_since_ = running_time;
  is_over_ = time_to_live.count() != 0 && running_time - *shown_since_ > time_to_live;
  return is_over_ ? bare_ : shown_;
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
  if (shown_ && good_->request_id >= *kept_)
    shown_since_ = running_time;
  kept_.reset();
}

void LiveScene::reset(std::uint64_t first_valid)
{
  auto bare = pending_scene();
  Ref<GstGeminiScene> shown;
  const std::lock_guard lock{mutex_};
  first_valid_ = newest_ = first_valid;
  std::swap(bare_, bare);
  std::swap(shown_, shown);
  good_.reset();
  shown_since_.reset();
  is_over_ = false;
  kept_.reset();
}

} // namespace gemini
