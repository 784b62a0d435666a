// SPDX-License-Identifier: LGPL-2.1-or-later
// What the service checks beyond the form of the JSON, and reading it into a value.
#include "generate_request.hpp"

#include "base64.hpp"
#include "json.hpp"

#include <algorithm>
#include <string_view>

namespace gemini::emulator {
namespace {

using Problem = std::optional<ApiError>;

constexpr std::size_t kMaxImages = 3600;
constexpr std::size_t kMaxStopSequences = 5;

MediaResolution media_resolution(const std::string &word)
{
  if (word == "MEDIA_RESOLUTION_LOW")
    return MediaResolution::low;
  if (word == "MEDIA_RESOLUTION_MEDIUM")
    return MediaResolution::medium;
  if (word == "MEDIA_RESOLUTION_HIGH")
    return MediaResolution::high;
  if (word == "MEDIA_RESOLUTION_ULTRA_HIGH")
    return MediaResolution::ultra_high;
  return MediaResolution::unspecified;
}

std::string json_text(JsonNode *node)
{
  if (!node)
    return {};
  g_autofree char *text = json_to_string(node, FALSE);
  return text;
}

class Reader {
public:
  Reader(const Model &model, const FileOpener &open_file) : model_(model), open_file_(open_file) {}

  Problem generation_config(JsonNode *config)
  {
    if (!config)
      return {};
    resolution_ = media_resolution(json::string_member(config, "mediaResolution"));
    if (Problem problem = numbers(config))
      return problem;
    if (Problem problem = thinking(json::member(config, "thinkingConfig")))
      return problem;
    return response_form(config);
  }

  Problem contents(JsonNode *node)
  {
    const auto contents = json::items(node);
    if (contents.empty())
      return invalid_argument("The contents of the request are not specified.");
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const std::string path = "contents[" + std::to_string(i) + "]";
      const std::string role = json::string_member(contents[i], "role");
      if (!role.empty() && role != "user" && role != "model")
        return invalid_argument(path + ".role: valid roles are user and model.");
      if (Problem problem = parts(json::member(contents[i], "parts"), path))
        return problem;
    }
    return {};
  }

  Problem system_instruction(JsonNode *content)
  {
    return content ? parts(json::member(content, "parts"), "system_instruction") : Problem{};
  }

  GenerateRequest request;

private:
  Problem numbers(JsonNode *config)
  {
    struct Range {
      const char *name;
      double lowest;
      double highest;
    };
    static constexpr Range kRanges[] = {
        {"temperature", 0, 2},
        {"topP", 0, 1},
        {"topK", 1, 1000},
        {"candidateCount", 1, 8},
        {"maxOutputTokens", 1, 65536},
        {"presencePenalty", -2, 2},
        {"frequencyPenalty", -2, 2},
    };
    for (const auto &range : kRanges) {
      JsonNode *node = json::member(config, range.name);
      if (!node)
        continue;
      const double value = json::number(node);
      if (value < range.lowest || value > range.highest)
        return invalid_argument("generation_config." + json::snake_case(range.name) +
                                " is out of its range, " + std::to_string(range.lowest) + " to " +
                                std::to_string(range.highest) + ".");
    }
    if (json::items(json::member(config, "stopSequences")).size() > kMaxStopSequences)
      return invalid_argument("generation_config.stop_sequences has more than 5 entries.");
    if (JsonNode *node = json::member(config, "candidateCount"))
      request.candidate_count = static_cast<int>(json::number(node));
    if (JsonNode *node = json::member(config, "maxOutputTokens"))
      request.max_output_tokens = static_cast<int>(json::number(node));
    return {};
  }

  Problem thinking(JsonNode *config)
  {
    const std::string path = "generation_config.thinking_config";
    JsonNode *budget = json::member(config, "thinkingBudget");
    const std::string level = json::string_member(config, "thinkingLevel");
    if (budget && !level.empty())
      return bad_field(path, "set either thinking_budget or thinking_level, not both.");
    if (!level.empty() && model_.family == Family::gemini_2_5)
      return bad_field(path + ".thinking_level", "this model does not support thinkingLevel.");
    if (level == "MINIMAL" && model_.tier == Tier::pro)
      return bad_field(path + ".thinking_level",
                       "this model does not support the thinking level MINIMAL.");
    const auto value = budget ? static_cast<int>(json::number(budget)) : -1;
    request.wants_thoughts = json::is_true(json::member(config, "includeThoughts")) && value != 0;
    const auto range = thinking_budget(model_);
    if (!budget || !range)
      return {};
    if (value == 0 && !range->may_be_off)
      return bad_field(path + ".thinking_budget",
                       "Budget 0 is invalid. This model only works in thinking mode.");
    if (value == -1 || (value == 0 && range->may_be_off) ||
        (value >= range->lowest && value <= range->highest && value != 0))
      return {};
    return bad_field(
        path + ".thinking_budget",
        "the thinking budget " + std::to_string(value) +
            " is not one that this model can work with: " + std::to_string(range->lowest) + " to " +
            std::to_string(range->highest) + (range->may_be_off ? ", 0 or -1." : " or -1."));
  }

  Problem response_form(JsonNode *config)
  {
    static constexpr std::string_view kTypes[] = {"", "text/plain", "application/json",
                                                  "text/x.enum"};
    const std::string type = json::string_member(config, "responseMimeType");
    if (std::ranges::count(kTypes, type) == 0)
      return invalid_argument("generation_config.response_mime_type: '" + type +
                              "' is not one of text/plain, application/json and text/x.enum.");
    JsonNode *schema = json::member(config, "responseSchema");
    JsonNode *json_schema = json::member(config, "responseJsonSchema");
    if (schema && json_schema)
      return bad_field("generation_config",
                       "set either response_schema or response_json_schema, not both.");
    if (!schema)
      schema = json_schema;
    if (schema && (type.empty() || type == "text/plain"))
      return invalid_argument("A response schema needs the response_mime_type application/json.");
    request.is_json = type == "application/json";
    request.schema_text = json_text(schema);
    request.is_enum = type == "text/x.enum";
    return {};
  }

  Problem parts(JsonNode *node, const std::string &path)
  {
    const auto parts = json::items(node);
    if (parts.empty())
      return invalid_argument(path + ".parts must not be empty.");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (Problem problem = part(parts[i], path + ".parts[" + std::to_string(i) + "]"))
        return problem;
    }
    return {};
  }

  Problem part(JsonNode *part, const std::string &path)
  {
    static constexpr const char *kData[] = {
        "text",           "inlineData",          "fileData", "functionCall", "functionResponse",
        "executableCode", "codeExecutionResult", "toolCall", "toolResponse"};
    const auto n_data =
        std::ranges::count_if(kData, [&](const char *name) { return json::member(part, name); });
    if (n_data != 1)
      return invalid_argument(path + ": exactly one kind of data must be set.");
    if (JsonNode *file = json::member(part, "fileData"))
      return file_data(part, file, path);
    if (JsonNode *blob = json::member(part, "inlineData"))
      return inline_data(part, blob, path);
    request.text += json::string_member(part, "text") + '\n';
    return {};
  }

  Problem inline_data(JsonNode *part, JsonNode *blob, const std::string &path)
  {
    const auto bytes = decode_base64(json::string_member(blob, "data"));
    return image(
        part, json::string_member(blob, "mimeType"),
        bytes ? std::make_shared<const std::string>(bytes->begin(), bytes->end()) : nullptr, path);
  }

  Problem file_data(JsonNode *part, JsonNode *file, const std::string &path)
  {
    const auto content = open_file_(json::string_member(file, "fileUri"));
    if (!content)
      return content.error();
    const std::string type = json::string_member(file, "mimeType");
    if (!type.empty() && type != content->mime_type)
      return invalid_argument(path + ": the MIME type '" + type + "' is not that of the File, " +
                              content->mime_type + ".");
    return image(part, content->mime_type, content->bytes, path);
  }

  Problem image(JsonNode *part, const std::string &type, std::shared_ptr<const std::string> bytes,
                const std::string &path)
  {
    const auto format = image_format_by_type(type);
    if (!format)
      return invalid_argument(path + ": the MIME type '" + type + "' is not supported.");
    JsonNode *own = json::member(part, "mediaResolution");
    if (own && model_.family == Family::gemini_2_5)
      return bad_field(path + ".media_resolution",
                       "this model supports no mediaResolution of a part.");
    if (request.images.size() == kMaxImages)
      return invalid_argument("The request has more than 3600 images.");

    const auto resolution = media_resolution(json::string_member(own, "level"));
    ImagePart image{.format = *format,
                    .bytes = std::move(bytes),
                    .picture = {},
                    .resolution =
                        resolution == MediaResolution::unspecified ? resolution_ : resolution};
    if (Problem problem = look_into(image, path))
      return problem;
    if (!request.images.empty())
      request.images.back().picture = {};
    request.images.push_back(std::move(image));
    return {};
  }

  static Problem look_into(ImagePart &image, const std::string &path)
  {
    const auto bytes = bytes_of(image);
    const auto is = image_format(bytes);
    if (is && *is != image.format)
      return invalid_argument(path + ": the MIME type is " + mime_type(image.format) +
                              ", but the content is " + mime_type(*is) + ".");
    if (is && is_readable(*is)) {
      if (auto picture = decode_picture(bytes)) {
        image.width = picture->width;
        image.height = picture->height;
        image.picture = std::make_shared<const Picture>(*std::move(picture));
        return {};
      }
    } else if (const auto size = is ? declared_size(*is, bytes) : std::nullopt) {
      image.width = size->width;
      image.height = size->height;
      return {};
    }
    return unreadable_image(path);
  }

  const Model &model_;
  const FileOpener &open_file_;
  MediaResolution resolution_ = MediaResolution::unspecified; // of the whole request
};

} // namespace

std::span<const std::uint8_t> bytes_of(const ImagePart &image)
{
  if (!image.bytes)
    return {};
  return {reinterpret_cast<const std::uint8_t *>(image.bytes->data()), image.bytes->size()};
}

ApiError unreadable_image(const std::string &path)
{
  return invalid_argument("Unable to process input image: " + path + " cannot be processed.");
}

Result<GenerateRequest, ApiError> read_generate_request(JsonNode *root, const Model &model,
                                                        const FileOpener &open_file)
{
  Reader reader{model, open_file};
  if (Problem problem = reader.generation_config(json::member(root, "generationConfig")))
    return *problem;
  if (Problem problem = reader.system_instruction(json::member(root, "systemInstruction")))
    return *problem;
  if (Problem problem = reader.contents(json::member(root, "contents")))
    return *problem;
  if (json::member(root, "cachedContent"))
    return ApiError{
        403, "PERMISSION_DENIED", "There is no such CachedContent, or no permission for it.", {}};
  return std::move(reader.request);
}

Result<GenerateRequest, ApiError> read_count_tokens_request(JsonNode *root, const Model &model,
                                                            const FileOpener &open_file)
{
  JsonNode *whole = json::member(root, "generateContentRequest");
  return read_generate_request(whole ? whole : root, model, open_file);
}

} // namespace gemini::emulator
