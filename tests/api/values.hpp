// SPDX-License-Identifier: LGPL-2.1-or-later
// Short ways to make and to own public values in tests.
#pragma once

#include "core/analysis.hpp"
#include "gemini/gstgemini-private.hpp"
#include "plugin/gemini_ref.hpp"

#include <memory>
#include <utility>
#include <vector>

GEMINI_REF_TRAITS(GstGeminiAnalysis, gst_gemini_analysis_ref, gst_gemini_analysis_unref);
GEMINI_REF_TRAITS(GstGeminiObject, gst_gemini_object_ref, gst_gemini_object_unref);

namespace gemini::test {

// Runs `call` and returns how many critical warnings of the library it caused. They are not fatal
// meanwhile, whatever G_DEBUG says. (ASSERT_CRITICAL sees GStreamer's own only.)
template <typename F> int criticals_of(F &&call)
{
  constexpr const char *kDomain = "GStreamer-Gemini";
  int count = 0;
  const auto mask = g_log_set_always_fatal(static_cast<GLogLevelFlags>(G_LOG_FATAL_MASK));
  const guint handler = g_log_set_handler(
      kDomain, G_LOG_LEVEL_CRITICAL,
      [](const gchar *, GLogLevelFlags, const gchar *, gpointer data) {
        ++*static_cast<int *>(data);
      },
      &count);
  call();
  g_log_remove_handler(kDomain, handler);
  g_log_set_always_fatal(mask);
  return count;
}

inline std::shared_ptr<const Scene> make_value(std::vector<Object> objects = {})
{
  auto analysis = std::make_shared<Analysis>();
  analysis->request_id = 9;
  analysis->status = AnalysisStatus::ok;
  analysis->objects = std::vector<Object>{objects};
  auto scene = std::make_shared<Scene>();
  scene->status = Scene::Status::ok;
  scene->objects = std::move(objects);
  scene->analysis = std::move(analysis);
  return scene;
}

inline Ref<GstGeminiScene> make_scene(std::vector<Object> objects = {})
{
  return Ref<GstGeminiScene>::adopt(gst_gemini_scene_new_private(make_value(std::move(objects))));
}

inline Ref<GstGeminiScene> scene_of(GstBuffer *buffer)
{
  return Ref<GstGeminiScene>::adopt(gst_gemini_scene_from_buffer(buffer));
}

inline Ref<GstGeminiObject> object_of(const Ref<GstGeminiScene> &scene, guint index)
{
  return Ref<GstGeminiObject>::adopt(gst_gemini_scene_get_object(scene.get(), index));
}

} // namespace gemini::test
