// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request may cost at most, before it is sent.
#pragma once

#include "core/ledger.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/frame_line.hpp"
#include "wire/model_profile.hpp"

#include <cstddef>
#include <span>

namespace gemini {

Limits limits_of(const AnalyzerSettings &settings);
Price price_of(const AnalyzerSettings &settings);

// `frames` are the sizes as sent. A reference image, whose size nobody has looked at, counts like a
// picture of three to two. `n_cropped` as of wire::prompt_text().
Ledger::Cost cost_of_request(const ResolvedSettings &settings, const wire::ModelProfile &profile,
                             std::span<const FrameSize> frames, std::size_t n_references,
                             std::size_t n_cropped = 0);

} // namespace gemini
