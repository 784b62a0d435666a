// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of geminioverlay: name, text, range and field of each.
#pragma once

#include "plugin/overlay_settings.hpp"
#include "plugin/property_table.hpp"

#include <span>

namespace gemini {

// The id of the first is 1.
std::span<const Property<OverlaySettings>> overlay_properties();

// For the documentation of the plugin. Once, in class_init.
void mark_overlay_types_as_api();

} // namespace gemini
