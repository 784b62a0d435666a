// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of a generateContent request.
#include "wire/request.hpp"

#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/prompt.hpp"
#include "wire/text.hpp"
#include "wire/thinking.hpp"

#include <glib.h>

#include <algorithm>
#include <array>

namespace gemini::wire {
namespace {

// The shape is that of Google's page on image understanding.
constexpr std::string_view kPolygonSchema =
    R"({"type":"OBJECT","properties":{"boxes":{"type":"ARRAY","items":{"type":"OBJECT","properties":{)"
    R"("box_2d":{"type":"ARRAY","items":{"type":"INTEGER"}},)"
    R"("mask":{"type":"ARRAY","items":{"type":"ARRAY","items":{"type":"INTEGER"}}},)"
    R"("label":{"type":"STRING"}},"required":["box_2d","mask","label"],)"
    R"("propertyOrdering":["box_2d","label","mask"]}}},"required":["boxes"]})";

constexpr std::array<std::string_view, 4> kHarms = {
    "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT"};

const char *name_of(SafetyThreshold threshold)
{
  switch (threshold) {
  case SafetyThreshold::block_low_and_above:
    return "BLOCK_LOW_AND_ABOVE";
  case SafetyThreshold::block_medium_and_above:
    return "BLOCK_MEDIUM_AND_ABOVE";
  case SafetyThreshold::block_only_high:
    return "BLOCK_ONLY_HIGH";
  case SafetyThreshold::block_none:
    return "BLOCK_NONE";
  case SafetyThreshold::off:
    return "OFF";
  case SafetyThreshold::unset:
    break;
  }
  return nullptr;
}

const char *name_of(MediaResolution resolution)
{
  switch (resolution) {
  case MediaResolution::low:
    return "MEDIA_RESOLUTION_LOW";
  case MediaResolution::medium:
    return "MEDIA_RESOLUTION_MEDIUM";
  case MediaResolution::high:
    return "MEDIA_RESOLUTION_HIGH";
  case MediaResolution::ultra_high:
    return "MEDIA_RESOLUTION_ULTRA_HIGH";
  case MediaResolution::unset:
    break;
  }
  return nullptr;
}

// Encodes straight into the body: pictures are large.
void append_base64(std::string &out, std::span<const std::uint8_t> bytes)
{
  const std::size_t begin = out.size();
  out.resize(begin + (bytes.size() / 3 + 1) * 4 + 4);
  int state = 0;
  int save = 0;
  std::size_t end = begin + g_base64_encode_step(bytes.data(), bytes.size(), FALSE,
                                                 out.data() + begin, &state, &save);
  end += g_base64_encode_close(FALSE, out.data() + end, &state, &save);
  out.resize(end);
}

// "generationConfig":{…}, member by member.
class GenerationConfig {
public:
  GenerationConfig(const OwnFields &unwanted, Request &request)
      : unwanted_(unwanted), request_(request)
  {
  }

  void add(std::string_view name, std::string_view json)
  {
    members_ += members_.empty() ? "" : ",";
    append_quoted(members_, name);
    members_ += ':';
    members_ += json;
  }
  void add_own(OwnField field, std::string_view json)
  {
    if (contains(unwanted_, field))
      return;
    request_.own.set(static_cast<std::size_t>(field));
    add(to_string(field), json);
  }
  bool is_wanted(OwnField field) const { return !contains(unwanted_, field); }
  const std::string &members() const { return members_; }

private:
  const OwnFields &unwanted_;
  Request &request_;
  std::string members_;
};

constexpr std::string_view kJsonType = R"("application/json")";

// A schema of OpenAPI names its types in capitals; any other is plain JSON Schema.
bool is_open_api(Json schema)
{
  const std::string_view type = schema.member("type").text();
  return !type.empty() &&
         std::all_of(type.begin(), type.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// The list of one answer by `schema` for each frame, see prompt_text().
std::string open_api_list(std::string_view schema)
{
  return R"({"type":"ARRAY","items":{"type":"OBJECT","properties":{"image":{"type":"INTEGER"},)"
         R"("result":)" +
         std::string{schema} +
         R"(},"required":["image","result"],"propertyOrdering":["image","result"]}})";
}

std::string json_schema_list(const std::string &schema, Json root)
{
  std::string list =
      R"({"type":"array","items":{"type":"object","properties":{"image":{"type":"integer"},)"
      R"("result":)" +
      schema + R"(},"required":["image","result"]})";
  // The paths of references begin at the root, which is another now.
  for (const std::string_view name : {"$defs", "definitions"}) {
    const Json definitions = root.member(name);
    std::string text;
    if (definitions.is_object() && append_json(text, definitions, schema.size() * 2)) {
      list += ",";
      append_quoted(list, name);
      list += ":" + text;
    }
  }
  return list + "}";
}

void add_schema(const std::string &schema, std::size_t n_frames, GenerationConfig &config)
{
  const JsonDocument document = JsonDocument::whole(schema);
  if (is_open_api(document.root()))
    config.add("responseSchema", n_frames > 1 ? open_api_list(schema) : schema);
  else
    config.add("responseJsonSchema",
               n_frames > 1 ? json_schema_list(schema, document.root()) : schema);
}

void add_form_of_masks(AnswerForm form, std::size_t n_frames, GenerationConfig &config)
{
  if (form == AnswerForm::prompt_only)
    return;
  config.add_own(OwnField::response_mime_type, kJsonType);
  if (form == AnswerForm::schema && config.is_wanted(OwnField::response_mime_type))
    config.add_own(OwnField::response_schema,
                   n_frames > 1 ? open_api_list(kPolygonSchema) : kPolygonSchema);
}

void add_form_of_answer(const Question &question, const ModelProfile &profile, std::size_t n_frames,
                        GenerationConfig &config)
{
  switch (question.task) {
  case Task::ask:
    if (!question.response_schema.empty()) { // the user's wish, and what it needs
      config.add("responseMimeType", kJsonType);
      add_schema(question.response_schema, n_frames, config);
      return;
    }
    [[fallthrough]];
  case Task::caption:
    if (n_frames > 1)
      config.add_own(OwnField::response_mime_type, kJsonType);
    return;
  case Task::segment:
    add_form_of_masks(profile.form_of_masks, n_frames, config);
    return;
  case Task::detect:
  case Task::point:
  case Task::boxes_3d:
  case Task::classify:
    config.add_own(OwnField::response_mime_type, kJsonType);
  }
}

std::string number(double value)
{
  std::string text;
  append_number(text, value, 6);
  return text;
}

std::string word(std::string_view value)
{
  std::string text;
  append_quoted(text, value);
  return text;
}

// The smaller of the user's limit and ours; none where there is neither.
std::optional<std::int64_t> limit_of(const Question &question,
                                     std::optional<std::int64_t> output_limit)
{
  if (output_limit)
    output_limit = std::max(*output_limit, std::int64_t{1}); // 0 would be refused
  if (!question.max_output_tokens)
    return output_limit;
  const std::int64_t wish = *question.max_output_tokens;
  return output_limit ? std::min(*output_limit, wish) : wish;
}

std::string generation_config(const Question &question, const ModelProfile &profile,
                              std::size_t n_frames, std::optional<std::int64_t> output_limit,
                              GenerationConfig config)
{
  add_form_of_answer(question, profile, n_frames, config);
  const std::string thinking = thinking_config(question.thinking, profile);
  if (!thinking.empty() && question.thinking == Thinking::automatic)
    config.add_own(OwnField::thinking_config, thinking);
  else if (!thinking.empty())
    config.add("thinkingConfig", thinking);
  if (question.temperature)
    config.add("temperature", number(*question.temperature));
  if (question.seed)
    config.add("seed", std::to_string(*question.seed));
  if (const auto limit = limit_of(question, output_limit))
    config.add("maxOutputTokens", std::to_string(*limit));
  // The highest resolution exists for single parts only.
  if (question.media_resolution != MediaResolution::unset &&
      question.media_resolution != MediaResolution::ultra_high)
    config.add("mediaResolution", word(name_of(question.media_resolution)));
  return config.members();
}

std::string safety_settings(SafetyThreshold threshold)
{
  std::string list;
  for (const std::string_view harm : kHarms) {
    list += list.empty() ? "" : ",";
    list += R"({"category":)" + word(harm) + R"(,"threshold":)" + word(name_of(threshold)) + "}";
  }
  return list;
}

// Adds a picture as a part, and a comma behind it.
void append_image(std::string &body, const ImagePart &image, MediaResolution resolution)
{
  const bool is_file = !image.file_uri.empty();
  body += is_file ? R"({"fileData":{)" : R"({"inlineData":{)";
  if (!image.mime_type.empty()) {
    body += R"("mimeType":)";
    append_quoted(body, image.mime_type);
    body += ',';
  }
  if (is_file) {
    body += R"("fileUri":)";
    append_quoted(body, image.file_uri);
  } else {
    body += R"("data":")";
    append_base64(body, image.data);
    body += '"';
  }
  body += '}';
  if (resolution == MediaResolution::ultra_high)
    body += R"(,"mediaResolution":{"level":)" + word(name_of(resolution)) + "}";
  body += "},";
}

std::size_t size_of(const std::vector<ImagePart> &images)
{
  constexpr std::size_t kAround = 128; // of JSON
  std::size_t size = 0;
  for (const ImagePart &image : images)
    size += image.data.size() / 3 * 4 + image.file_uri.size() + kAround;
  return size;
}

// Apart from case and separators, as refusals spell it in several ways.
std::string squeezed(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (g_ascii_isalnum(c))
      out += g_ascii_tolower(c);
  }
  return out;
}

} // namespace

const char *to_string(OwnField field)
{
  switch (field) {
  case OwnField::thinking_config:
    return "thinkingConfig";
  case OwnField::response_mime_type:
    return "responseMimeType";
  case OwnField::response_schema:
    return "responseSchema";
  }
  return "unknown";
}

Request build_request(const Question &question, const ModelProfile &profile,
                      const OwnFields &unwanted, const Images &images,
                      std::optional<std::int64_t> output_limit)
{
  Request request;
  const std::size_t n_frames = images.frames.size();
  const std::string text =
      prompt_text(question, profile.masks, images.references.size(), n_frames, images.n_cropped);
  const std::string config =
      generation_config(question, profile, n_frames, output_limit, {unwanted, request});
  request.text_bytes = text.size() + question.system_instruction.size();

  std::string &body = request.body;
  body.reserve(size_of(images.references) + size_of(images.frames) +
               (text.size() + config.size()) * 2 + 1024);
  body += '{';
  if (!question.system_instruction.empty()) {
    body += R"("systemInstruction":{"parts":[{"text":)";
    append_quoted(body, question.system_instruction);
    body += "}]},";
  }
  body += R"("contents":[{"role":"user","parts":[)";
  for (const ImagePart &reference : images.references)
    append_image(body, reference, MediaResolution::unset);
  for (const ImagePart &frame : images.frames)
    append_image(body, frame, question.media_resolution);
  body += R"({"text":)";
  append_quoted(body, text);
  body += "}]}]";
  if (!config.empty())
    body += ",\"generationConfig\":{" + config + "}";
  if (question.safety_threshold != SafetyThreshold::unset)
    body += ",\"safetySettings\":[" + safety_settings(question.safety_threshold) + "]";
  body += '}';
  return request;
}

std::optional<OwnField> refused_field(std::string_view body, const OwnFields &own)
{
  struct Word {
    OwnField field;
    std::string_view squeezed; // as refusals name it
  };
  // The type of the answer comes last: a refusal of the schema speaks of it, too.
  static constexpr std::array<Word, 6> kWords = {{
      {OwnField::thinking_config, "thinking"},
      {OwnField::response_schema, "responseschema"},
      {OwnField::response_schema, "responsejsonschema"},
      {OwnField::response_schema, "schema"},
      {OwnField::response_mime_type, "responsemimetype"},
      {OwnField::response_mime_type, "jsonmode"},
  }};
  const std::string text = squeezed(body.substr(0, 10'000));
  if (text.find("failedprecondition") != std::string::npos)
    return std::nullopt; // of the account or the region, not of the request
  for (const Word &word : kWords) {
    if (contains(own, word.field) && text.find(word.squeezed) != std::string::npos)
      return word.field;
  }
  return std::nullopt;
}

} // namespace gemini::wire
