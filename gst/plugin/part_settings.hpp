// SPDX-License-Identifier: LGPL-2.1-or-later
// From the properties to the parts of a frame that are sent, and to those that must not be.
#pragma once

#include "core/result.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/text_file.hpp"

namespace gemini {

// Reads region, region-labels, privacy-regions and privacy-labels. A rectangle that cannot be read
// is never left out in silence: it may have been what is to be hidden.
Result<SentParts, SettingProblem> read_part_settings(const AnalyzerSettings &settings);

} // namespace gemini
