// SPDX-License-Identifier: LGPL-2.1-or-later
// What the model says: from a request and what is seen to the text of the answer.
#pragma once

#include "eyes.hpp"
#include "generate_request.hpp"

#include <string>

namespace gemini::emulator {

// The text is about the last image of the request (what comes before it is reference). What is
// asked for is read from the prompt and the schema: boxes where the key box_2d is named, else a
// sentence about what is seen.
std::string model_text(const GenerateRequest &request, Vision vision, Eyes &eyes);

} // namespace gemini::emulator
