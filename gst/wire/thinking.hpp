// SPDX-License-Identifier: LGPL-2.1-or-later
// How much a model is told to think, in the words of its family.
#pragma once

#include "wire/model_profile.hpp"

#include <string>

namespace gemini::wire {

// The JSON of generationConfig.thinkingConfig; empty: not sent.
std::string thinking_config(Thinking thinking, const ModelProfile &profile);

// Whether the model can do without.
bool can_be_off(const ModelProfile &profile);

} // namespace gemini::wire
