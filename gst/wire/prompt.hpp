// SPDX-License-Identifier: LGPL-2.1-or-later
// What we say to the model, task by task.
#pragma once

#include "core/question.hpp"
#include "wire/model_profile.hpp"

#include <cstddef>
#include <string>

namespace gemini::wire {

// The user's words with our instructions on the form of the answer around them; those of Task::ask
// as they are. Where there are reference images, or several frames that are each to be answered by
// themselves, it says which picture is which. `n_cropped`: the frames are crops, of as many
// pictures; 0: they are whole.
std::string prompt_text(const Question &question, MaskFormat masks, std::size_t n_references = 0,
                        std::size_t n_frames = 1, std::size_t n_cropped = 0);

} // namespace gemini::wire
