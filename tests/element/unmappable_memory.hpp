// SPDX-License-Identifier: LGPL-2.1-or-later
// Memory that can only be passed on.
#pragma once

#include "glib/gst_ref.hpp"

#include <gst/gst.h>

namespace gemini::test {

struct UnmappableAllocator {
  GstAllocator parent;
};
struct UnmappableAllocatorClass {
  GstAllocatorClass parent;
};
GType unmappable_allocator_get_type();
G_DEFINE_TYPE(UnmappableAllocator, unmappable_allocator, GST_TYPE_ALLOCATOR)

inline void unmappable_allocator_init(UnmappableAllocator *self)
{
  self->parent.mem_map = [](GstMemory *, gsize, GstMapFlags) -> gpointer { return nullptr; };
  self->parent.mem_unmap = [](GstMemory *) {};
  GST_OBJECT_FLAG_SET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

inline void unmappable_allocator_class_init(UnmappableAllocatorClass *klass)
{
  klass->parent.free = [](GstAllocator *, GstMemory *memory) { g_free(memory); };
}

inline Ref<GstBuffer> unmappable_frame(gsize size)
{
  static GstAllocator *const allocator =
      GST_ALLOCATOR(gst_object_ref_sink(g_object_new(unmappable_allocator_get_type(), nullptr)));
  auto *memory = g_new0(GstMemory, 1);
  gst_memory_init(memory, GST_MEMORY_FLAG_NO_SHARE, allocator, nullptr, size, 0, 0, size);
  GstBuffer *buffer = gst_buffer_new();
  gst_buffer_append_memory(buffer, memory);
  GST_BUFFER_PTS(buffer) = 0;
  return Ref<GstBuffer>::adopt(buffer);
}

} // namespace gemini::test
