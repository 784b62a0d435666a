// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin `gemini`: registers its elements.
#include "plugin/gstgeminianalyzer.h"
#include "plugin/gstgeminioverlay.h"

#include <gst/gst.h>

static gboolean plugin_init(GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER(geminianalyzer, plugin) &&
         GST_ELEMENT_REGISTER(geminioverlay, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, gemini,
                  "Asks Gemini about video frames and draws what it saw", plugin_init,
                  PACKAGE_VERSION, "LGPL", "gst-gemini", "https://example.org/gst-gemini")
