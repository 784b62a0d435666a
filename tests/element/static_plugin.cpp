// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin as a part of the test's executable.
#include "static_plugin.hpp"

#include <gst/gst.h>

// GStreamer names the function without saying that it is one of C.
extern "C" {
GST_PLUGIN_STATIC_DECLARE(gemini);
}

namespace gemini::test {

void register_gemini()
{
  GST_PLUGIN_STATIC_REGISTER(gemini);
}

} // namespace gemini::test
