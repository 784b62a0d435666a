// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that are held must not be missed by who makes them.
#include "plugin/fixed_pool.hpp"

#include <gst/video/video.h>

#include <algorithm>

namespace gemini {

namespace {

// Pools make their least number of buffers at once, so that asking for all that may ever be held
// would take the memory whether it is needed or not. A pool without a greatest number grows.
constexpr guint kMostAtOnce = 16;

guint size_of_frame(GstQuery *query)
{
  GstCaps *caps = nullptr;
  gst_query_parse_allocation(query, &caps, nullptr);
  GstVideoInfo info;
  const bool is_raw = caps && gst_video_info_from_caps(&info, caps);
  return is_raw ? static_cast<guint>(GST_VIDEO_INFO_SIZE(&info)) : 0;
}

// 0: as many as it takes.
guint max_of(GstBufferPool *pool)
{
  g_autoptr(GstStructure) config = gst_buffer_pool_get_config(pool);
  guint max = 0;
  gst_buffer_pool_config_get_params(config, nullptr, nullptr, nullptr, &max);
  return max;
}

guint sum(guint a, guint b)
{
  return a > G_MAXUINT - b ? G_MAXUINT : a + b;
}

} // namespace

void ask_for_buffers(GstQuery *query, std::uint64_t max_bytes, unsigned max_frames)
{
  const guint frame_size = size_of_frame(query);
  if (frame_size == 0)
    return;
  const auto n_held = static_cast<guint>(
      std::clamp<std::uint64_t>(max_bytes / frame_size, 1, std::max(1U, max_frames)));
  const guint at_once = std::min(n_held, kMostAtOnce);
  const guint n_pools = gst_query_get_n_allocation_pools(query);
  for (guint i = 0; i < n_pools; ++i) {
    g_autoptr(GstBufferPool) pool = nullptr;
    guint size = 0;
    guint min = 0;
    guint max = 0;
    gst_query_parse_nth_allocation_pool(query, i, &pool, &size, &min, &max);
    gst_query_set_nth_allocation_pool(query, i, pool, size, sum(min, at_once),
                                      max == 0 ? 0 : sum(max, n_held));
  }
  if (n_pools == 0)
    gst_query_add_allocation_pool(query, nullptr, frame_size, at_once, 0);
}

FixedPool::Held FixedPool::hold(Ref<GstBuffer> frame)
{
  // The buffer says whose it is, and the pool how many it may make.
  GstBufferPool *pool = frame.get()->pool;
  if (!pool)
    return {.buffer = std::move(frame)};
  if (pool != pool_.get()) {
    pool_ = Ref<GstBufferPool>::share(pool);
    max_ = max_of(pool);
    n_held_ = std::make_shared<std::atomic<unsigned>>(0);
  }
  if (max_ == 0)
    return {.buffer = std::move(frame)};
  // The other half is for upstream, and for what lies between us and the screen.
  if (*n_held_ >= max_ / 2)
    if (GstBuffer *copy = gst_buffer_copy_deep(frame.get()))
      return {.buffer = Ref<GstBuffer>::adopt(copy), .is_copy = true};
  ++*n_held_;
  std::shared_ptr<void> lease{static_cast<void *>(nullptr),
                              [n_held = n_held_](void *) { --*n_held; }};
  return {.buffer = std::move(frame), .lease = std::move(lease)};
}

} // namespace gemini
