// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of a generateContent request.
#pragma once

#include "core/analysis.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace gemini::wire {

struct RequestSpec {
  Task task = Task::detect;
  std::string prompt;        // what to look for, in the user's words; empty: all prominent things
  unsigned max_objects = 25; // asked for in the prompt
};

// One JSON object: the image part, then the text part with our format instructions around the
// user's words.
std::string build_request(const RequestSpec &spec, std::span<const std::uint8_t> jpeg);

// The path of the call under the base URL, "/v1beta/models/NAME:generateContent". `model` may begin
// with "models/"; characters that a path cannot hold are escaped.
std::string generate_path(const std::string &api_version, const std::string &model);

} // namespace gemini::wire
