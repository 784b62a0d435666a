// SPDX-License-Identifier: LGPL-2.1-or-later
// A generateContent request as a value, after all that the service checks.
#pragma once

#include "core/result.hpp"
#include "errors.hpp"
#include "image_format.hpp"
#include "models.hpp"
#include "picture.hpp"

#include <json-glib/json-glib.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gemini::emulator {

enum class MediaResolution { unspecified, low, medium, high, ultra_high };

struct ImagePart {
  ImageFormat format = ImageFormat::jpeg;
  int width = 0;
  int height = 0;
  std::shared_ptr<const std::string> bytes; // as they came
  // Decoded; null but for the last one of a request, since there may be thousands.
  std::shared_ptr<const Picture> picture;
  MediaResolution resolution = MediaResolution::unspecified; // the part's own, else the request's
};

std::span<const std::uint8_t> bytes_of(const ImagePart &image);
ApiError unreadable_image(const std::string &path);

struct GenerateRequest {
  std::string text;              // system instruction and all text parts, one after the other
  std::vector<ImagePart> images; // in their order, whether they came inline or as files
  bool is_json = false;          // JSON mode: no fence, no prose
  std::string schema_text;       // of the response, as JSON; empty without
  bool is_enum = false;          // the answer is one word of the schema's enum
  bool wants_thoughts = false;   // and the model may think
  int candidate_count = 1;
  std::optional<int> max_output_tokens;
};

// Where the bytes of files come from.
struct FileContent {
  std::string mime_type;
  std::shared_ptr<const std::string> bytes;
};
using FileOpener = std::function<Result<FileContent, ApiError>(const std::string &uri)>;

// `root` has passed violations(). The error is the first thing that the service would refuse.
Result<GenerateRequest, ApiError> read_generate_request(JsonNode *root, const Model &model,
                                                        const FileOpener &open_file);
// The same for countTokens, whose body holds a whole request or parts of one.
Result<GenerateRequest, ApiError> read_count_tokens_request(JsonNode *root, const Model &model,
                                                            const FileOpener &open_file);

} // namespace gemini::emulator
