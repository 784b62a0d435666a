// SPDX-License-Identifier: LGPL-2.1-or-later
// What the model says: from a request and what is seen to the text of the answer.
#pragma once

#include "eyes.hpp"
#include "generate_request.hpp"
#include "mask_text.hpp"
#include "models.hpp"

#include <optional>
#include <string>

namespace gemini::emulator {

struct ModelText {
  std::string thoughts; // empty where none are wanted
  std::string answer;
};

// The answer is about the last image of the request, or about several, each by itself (see
// frames.hpp), in the form that the model's family is known for; `masks` overrides how it writes
// masks.
ModelText model_text(const GenerateRequest &request, const Model &model, Vision vision, Eyes &eyes,
                     std::optional<MaskDialect> masks = {});

} // namespace gemini::emulator
