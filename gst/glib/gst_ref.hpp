// SPDX-License-Identifier: LGPL-2.1-or-later
// Ref<T> for the GStreamer types that we keep.
#pragma once

#include "glib/ref.hpp"

#include <gst/gst.h>

GEMINI_REF_TRAITS(GstBuffer, gst_buffer_ref, gst_buffer_unref);
GEMINI_REF_TRAITS(GstBufferPool, gst_object_ref, gst_object_unref);
GEMINI_REF_TRAITS(GstCaps, gst_caps_ref, gst_caps_unref);
GEMINI_REF_TRAITS(GstClock, gst_object_ref, gst_object_unref);
GEMINI_REF_TRAITS(GstElement, gst_object_ref, gst_object_unref);
GEMINI_REF_TRAITS(GstEvent, gst_event_ref, gst_event_unref);
GEMINI_REF_TRAITS(GstMiniObject, gst_mini_object_ref, gst_mini_object_unref);
GEMINI_REF_TRAITS(GstObject, gst_object_ref, gst_object_unref);
GEMINI_REF_TRAITS(GstPad, gst_object_ref, gst_object_unref);
GEMINI_REF_TRAITS(GstQuery, gst_query_ref, gst_query_unref);
