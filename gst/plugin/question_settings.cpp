// SPDX-License-Identifier: LGPL-2.1-or-later
// From the properties to the question.
#include "plugin/question_settings.hpp"

#include "plugin/part_settings.hpp"
#include "plugin/word_list.hpp"
#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini {

namespace {

constexpr std::size_t kLargestSchema = std::size_t{1} << 20;

Result<std::string, SettingProblem> read_schema(const std::string &text)
{
  if (wire::trimmed(text).empty())
    return std::string{};
  const wire::JsonDocument document = wire::JsonDocument::whole(text);
  if (!document.root().is_object())
    return SettingProblem{
        "response-schema is not a JSON object. On a command line quotes are easily "
        "lost: write it into a file and use response-schema=@path."};
  std::string json;
  if (!wire::append_json(json, document.root(), kLargestSchema))
    return SettingProblem{"response-schema is too large."};
  return json;
}

// The model and its fallbacks, each once, in the order in which they are tried.
std::vector<std::string> models_of(const AnalyzerSettings &settings)
{
  std::vector<std::string> models{settings.model};
  for (std::string &model : split_list(settings.fallback_models.value_or("")))
    if (model != settings.model)
      models.push_back(std::move(model));
  return models;
}

} // namespace

Result<Question, SettingProblem> make_question(const AnalyzerSettings &settings)
{
  if (settings.model.empty())
    return SettingProblem{"model is empty: name a Gemini model, such as gemini-flash-latest."};
  std::vector<std::string> texts;
  for (const auto &[value, name] : {std::pair{&settings.prompt, "prompt"},
                                    {&settings.labels, "labels"},
                                    {&settings.system_instruction, "system-instruction"},
                                    {&settings.response_schema, "response-schema"}}) {
    auto text = resolve_text(value->value_or(""), name);
    if (!text)
      return std::move(text.error());
    texts.push_back(std::move(*text));
  }
  auto schema = read_schema(texts[3]);
  if (!schema)
    return std::move(schema.error());
  if (settings.task == Task::ask && wire::trimmed(texts[0]).empty())
    return SettingProblem{"task=ask has no question: set the property prompt."};

  Question question{.task = settings.task,
                    .prompt = std::move(texts[0]),
                    .labels = split_list(texts[1]),
                    .max_objects = settings.max_objects,
                    .system_instruction = std::move(texts[2]),
                    .response_schema = std::move(*schema),
                    .thinking = settings.thinking,
                    .media_resolution = settings.media_resolution,
                    .safety_threshold = settings.safety_threshold};
  if (settings.temperature >= 0)
    question.temperature = settings.temperature;
  if (settings.seed >= 0)
    question.seed = settings.seed;
  if (settings.max_output_tokens > 0)
    question.max_output_tokens = settings.max_output_tokens;
  return question;
}

Result<DerivedSettings, SettingProblem> derive(const AnalyzerSettings &settings)
{
  auto question = make_question(settings);
  if (!question)
    return std::move(question.error());
  auto parts = read_part_settings(settings);
  if (!parts)
    return std::move(parts.error());
  return DerivedSettings{
      .question = std::move(*question), .models = models_of(settings), .parts = std::move(*parts)};
}

} // namespace gemini
