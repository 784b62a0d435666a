// SPDX-License-Identifier: LGPL-2.1-or-later
// A generateContent request as a value, after all that the service checks.
#pragma once

#include "core/result.hpp"
#include "errors.hpp"
#include "models.hpp"
#include "picture.hpp"

#include <json-glib/json-glib.h>

#include <optional>
#include <string>
#include <vector>

namespace gemini::emulator {

enum class MediaResolution { unspecified, low, medium, high, ultra_high };

struct ImagePart {
  Picture picture;
  MediaResolution resolution = MediaResolution::unspecified; // the part's own, else the request's
};

struct GenerateRequest {
  std::string text; // system instruction and all text parts, one after the other
  std::vector<ImagePart> images;
  bool is_json = false;        // JSON mode: no fence, no prose
  std::string schema_text;     // of the response, as JSON; empty without
  bool is_enum = false;        // the answer is one word of the schema's enum
  bool wants_thoughts = false; // and the model may think
  int candidate_count = 1;
  std::optional<int> max_output_tokens;
};

// `root` has passed violations(). The error is the first thing that the service would refuse.
Result<GenerateRequest, ApiError> read_generate_request(JsonNode *root, const Model &model);
// The same for countTokens, which has contents only.
Result<GenerateRequest, ApiError> read_count_tokens_request(JsonNode *root, const Model &model);

} // namespace gemini::emulator
