// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of a generateContent request.
#pragma once

#include "core/question.hpp"
#include "wire/model_profile.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gemini::wire {

// Fields that we send by our own choice, not the user's, because the model answers better with
// them. It can do without.
enum class OwnField : std::size_t { thinking_config, response_mime_type, response_schema };
using OwnFields = std::bitset<3>;

inline bool contains(const OwnFields &fields, OwnField field)
{
  return fields.test(static_cast<std::size_t>(field));
}
// The name of the field in the API.
const char *to_string(OwnField field);

struct Request {
  std::string body;           // one JSON object: the image part, then the text part
  OwnFields own;              // what of it was our choice
  std::size_t text_bytes = 0; // of the prompt, to estimate its tokens
};

// `question.response_schema` must be valid JSON. Own fields in `unwanted` are left out.
Request build_request(const Question &question, const ModelProfile &profile,
                      const OwnFields &unwanted, std::span<const std::uint8_t> jpeg);

// Which of the own fields a refusal (HTTP 400) names; none when it is about something else.
std::optional<OwnField> refused_field(std::string_view body, const OwnFields &own);

// The path of the call under the base URL, "/v1beta/models/NAME:generateContent". `model` may begin
// with "models/"; characters that a path cannot hold are escaped.
std::string generate_path(const std::string &api_version, const std::string &model);

} // namespace gemini::wire
