// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of a request's pictures it asks about. What comes before them is for reference.
#pragma once

#include "answer_schema.hpp"
#include "generate_request.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace gemini::emulator {

// One answer per picture is what a prompt asks for that names the keys "image" and "result", or a
// schema of a list of objects with these two.
bool is_per_frame(const GenerateRequest &request);

// The pictures that are asked about are the last of them: one, or those that the prompt does not
// set apart ("the first 2 images are for reference").
std::size_t n_frames(const GenerateRequest &request);

// The request about one of these pictures, from 0, as if it were alone.
GenerateRequest frame_request(const GenerateRequest &request, std::size_t number);

// What such a schema wants as the result for one picture; nothing where it is no such schema.
std::optional<AnswerSchema> result_schema(const AnswerSchema &schema);

} // namespace gemini::emulator
