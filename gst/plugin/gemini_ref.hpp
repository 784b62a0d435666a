// SPDX-License-Identifier: LGPL-2.1-or-later
// Ref<T> for the public library's types.
#pragma once

#include "glib/gst_ref.hpp"

#include <gst/gemini/gemini.h>

GEMINI_REF_TRAITS(GstGeminiScene, gst_gemini_scene_ref, gst_gemini_scene_unref);
