// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that are held must not be missed by who makes them: more buffers are asked for, and where
// there are no more, frames are copied.
#pragma once

#include "glib/gst_ref.hpp"

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace gemini {

// Adds to what an ALLOCATION query says of pools: up to `max_bytes` of frames are held, or
// `max_frames`. Where downstream knows of no pool, the number is told all the same.
void ask_for_buffers(GstQuery *query, std::uint64_t max_bytes, unsigned max_frames);

// Streaming thread.
class FixedPool {
public:
  struct Held {
    Ref<GstBuffer> buffer;
    std::shared_ptr<void> lease{}; // to be kept as long as the buffer; null: a copy, or no matter
    bool is_copy = false;
  };
  // The frame, or a copy of it where its pool cannot spare it.
  Held hold(Ref<GstBuffer> frame);

private:
  Ref<GstBufferPool> pool_; // of the last frame
  unsigned max_ = 0;        // buffers of it; 0: it grows
  std::shared_ptr<std::atomic<unsigned>> n_held_;
};

} // namespace gemini
