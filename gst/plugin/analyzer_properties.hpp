// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of geminianalyzer: name, text, range and field of each.
#pragma once

#include "plugin/analyzer_settings.hpp"
#include "plugin/property_table.hpp"

#include <span>

namespace gemini {

// Of all but `stats`. The id of the first is 1.
std::span<const Property<AnalyzerSettings>> analyzer_properties();

// For the documentation of the plugin. Once, in class_init.
void mark_analyzer_types_as_api();

} // namespace gemini
