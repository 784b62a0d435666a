// SPDX-License-Identifier: LGPL-2.1-or-later
// What we say to the model, task by task.
#pragma once

#include "core/question.hpp"
#include "wire/model_profile.hpp"

#include <string>

namespace gemini::wire {

// The user's words with our instructions on the form of the answer around them; those of Task::ask
// as they are.
std::string prompt_text(const Question &question, MaskFormat masks);

} // namespace gemini::wire
