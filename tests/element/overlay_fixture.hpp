// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames of every layout, scenes on them, and the overlay in a harness.
#pragma once

#include "gemini/gstgemini-private.hpp"
#include "glib/gst_ref.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstharness.h>

namespace gemini::test {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::uint8_t kFill = 0x50;

struct Layout {
  GstVideoFormat format = GST_VIDEO_FORMAT_I420;
  int width = 640;
  int height = 480;
  int padding = 0; // bytes at the end of each row, said in a GstVideoMeta
};

inline GstVideoInfo info_of(const Layout &layout)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, layout.format, static_cast<guint>(layout.width),
                            static_cast<guint>(layout.height));
  info.fps_n = 25;
  info.fps_d = 1;
  if (layout.padding > 0) {
    gsize offset = 0;
    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES(&info); ++p) {
      info.stride[p] += layout.padding;
      info.offset[p] = offset;
      const int rows =
          GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT(info.finfo, p == 0 ? 0 : 1, layout.height);
      offset += static_cast<gsize>(info.stride[p]) * static_cast<gsize>(rows);
    }
    info.size = offset;
  }
  return info;
}

// All bytes are kFill, those of the padding too.
inline Ref<GstBuffer> make_frame(const Layout &layout)
{
  GstVideoInfo info = info_of(layout);
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  gst_buffer_memset(buffer, 0, kFill, info.size);
  if (layout.padding > 0) {
    gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, layout.format,
                                   static_cast<guint>(layout.width),
                                   static_cast<guint>(layout.height),
                                   GST_VIDEO_INFO_N_PLANES(&info), info.offset, info.stride);
  }
  GST_BUFFER_PTS(buffer) = 0;
  return Ref<GstBuffer>::adopt(buffer);
}

inline Object make_object(std::string label, Rect box)
{
  Object object;
  object.label = std::move(label);
  object.box = box;
  return object;
}

inline void add_scene(const Ref<GstBuffer> &buffer, std::vector<Object> objects,
                      std::shared_ptr<const Analysis> analysis = nullptr)
{
  auto scene = std::make_shared<Scene>();
  scene->status = Scene::Status::ok;
  scene->objects = std::move(objects);
  scene->analysis = std::move(analysis);
  g_autoptr(GstGeminiScene) wrapped = gst_gemini_scene_new_private(std::move(scene));
  gst_gemini_meta_add(buffer.get(), wrapped);
}

inline Bytes bytes_of(const Ref<GstBuffer> &buffer)
{
  Bytes bytes(gst_buffer_get_size(buffer.get()));
  gst_buffer_extract(buffer.get(), 0, bytes.data(), bytes.size());
  return bytes;
}

inline bool is_untouched(const Ref<GstBuffer> &buffer)
{
  const Bytes bytes = bytes_of(buffer);
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == kFill; });
}

inline std::size_t n_changed(const Ref<GstBuffer> &buffer)
{
  const Bytes bytes = bytes_of(buffer);
  return bytes.size() - static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), kFill));
}

class Overlay {
public:
  explicit Overlay(const Layout &layout = {}) : harness_(gst_harness_new("geminioverlay"))
  {
    set_caps(layout);
  }
  ~Overlay() { gst_harness_teardown(harness_); }
  Overlay(const Overlay &) = delete;
  Overlay &operator=(const Overlay &) = delete;

  GstHarness *harness() const { return harness_; }
  GstElement *element() const { return harness_->element; }
  void set_caps(const Layout &layout)
  {
    const GstVideoInfo info = info_of({layout.format, layout.width, layout.height, 0});
    gst_harness_set_src_caps(harness_, gst_video_info_to_caps(&info));
  }
  // The buffer that comes out for `in`, or null.
  Ref<GstBuffer> run(Ref<GstBuffer> in) const
  {
    if (gst_harness_push(harness_, in.release()) != GST_FLOW_OK)
      return {};
    return Ref<GstBuffer>::adopt(gst_harness_try_pull(harness_));
  }

private:
  GstHarness *harness_;
};

} // namespace gemini::test
