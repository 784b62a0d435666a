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

// Without a schema the models of the third generation answer with boxes only. The shape is that of
// Google's page on image understanding.
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

std::string escaped(const std::string &segment)
{
  g_autofree char *text =
      g_uri_escape_bytes(reinterpret_cast<const guint8 *>(segment.data()), segment.size(), nullptr);
  return text;
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
std::string_view schema_field(const std::string &schema)
{
  const JsonDocument document = JsonDocument::whole(schema);
  const std::string_view type = document.root().member("type").text();
  const bool is_open_api = !type.empty() && std::all_of(type.begin(), type.end(), [](char c) {
    return c >= 'A' && c <= 'Z';
  });
  return is_open_api ? "responseSchema" : "responseJsonSchema";
}

void add_form_of_answer(const Question &question, const ModelProfile &profile,
                        GenerationConfig &config)
{
  switch (question.task) {
  case Task::caption:
    return;
  case Task::ask:
    if (!question.response_schema.empty()) { // the user's wish, and what it needs
      config.add("responseMimeType", kJsonType);
      config.add(schema_field(question.response_schema), question.response_schema);
    }
    return;
  case Task::segment:
    if (profile.masks == MaskFormat::png)
      return; // JSON mode turns their masks into a placeholder
    config.add_own(OwnField::response_mime_type, kJsonType);
    if (config.is_wanted(OwnField::response_mime_type))
      config.add_own(OwnField::response_schema, kPolygonSchema);
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

std::string generation_config(const Question &question, const ModelProfile &profile,
                              const OwnFields &unwanted, Request &request)
{
  GenerationConfig config{unwanted, request};
  add_form_of_answer(question, profile, config);
  const std::string thinking = thinking_config(question.thinking, profile);
  if (!thinking.empty() && question.thinking == Thinking::automatic)
    config.add_own(OwnField::thinking_config, thinking);
  else if (!thinking.empty())
    config.add("thinkingConfig", thinking);
  if (question.temperature)
    config.add("temperature", number(*question.temperature));
  if (question.seed)
    config.add("seed", std::to_string(*question.seed));
  if (question.max_output_tokens)
    config.add("maxOutputTokens", std::to_string(*question.max_output_tokens));
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
                      const OwnFields &unwanted, std::span<const std::uint8_t> jpeg)
{
  Request request;
  const std::string text = prompt_text(question, profile.masks);
  const std::string config = generation_config(question, profile, unwanted, request);
  request.text_bytes = text.size() + question.system_instruction.size();

  std::string &body = request.body;
  body.reserve(jpeg.size() / 3 * 4 + (text.size() + config.size()) * 2 + 1024);
  body += '{';
  if (!question.system_instruction.empty()) {
    body += R"("systemInstruction":{"parts":[{"text":)";
    append_quoted(body, question.system_instruction);
    body += "}]},";
  }
  body += R"("contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/jpeg","data":")";
  append_base64(body, jpeg);
  body += "\"}";
  if (question.media_resolution == MediaResolution::ultra_high)
    body += R"(,"mediaResolution":{"level":)" + word(name_of(MediaResolution::ultra_high)) + "}";
  body += R"(},{"text":)";
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

std::string generate_path(const std::string &api_version, const std::string &model)
{
  constexpr std::string_view kPrefix = "models/";
  const std::string name = model.starts_with(kPrefix) ? model.substr(kPrefix.size()) : model;
  return "/" + escaped(api_version) + "/models/" + escaped(name) + ":generateContent";
}

} // namespace gemini::wire
