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
#include <vector>

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

// A picture as a part of the request. Its bytes are only looked at while the request is built.
struct ImagePart {
  std::string mime_type = "image/jpeg";
  std::span<const std::uint8_t> data = {}; // sent inline, unless there is a
  std::string file_uri = {};               // picture that was uploaded before
};

// What the model is shown, in this order. References come before the frames, in every request.
struct Images {
  std::vector<ImagePart> references = {};
  std::vector<ImagePart> frames;
  std::size_t n_cropped = 0; // the frames are crops of as many pictures; 0: they are whole
};

struct Request {
  std::string body;           // one JSON object: the image parts, then the text part
  OwnFields own;              // what of it was our choice
  std::size_t text_bytes = 0; // of the prompt, to estimate its tokens
};

// `question.response_schema` must be valid JSON. Own fields in `unwanted` are left out. Of several
// frames each is to be answered by itself, see read_replies(). `output_limit` is sent as
// maxOutputTokens where the question has none, or a larger one.
Request build_request(const Question &question, const ModelProfile &profile,
                      const OwnFields &unwanted, const Images &images,
                      std::optional<std::int64_t> output_limit = std::nullopt);

// Which of the own fields a refusal (HTTP 400) names; none when it is about something else.
std::optional<OwnField> refused_field(std::string_view body, const OwnFields &own);

} // namespace gemini::wire
