// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing good answers.
#include "reply.hpp"

#include "json.hpp"

#include <glib.h>

#include <algorithm>

namespace gemini::emulator {
namespace {

// Of what a stream says at once. A short answer comes in several pieces too, and a long one in no
// endless number of them.
constexpr std::size_t kFewestCharacters = 48;
constexpr std::size_t kUsualCharacters = 200;
constexpr std::size_t kUsualPieces = 4;
constexpr std::size_t kMostPieces = 200;

std::size_t characters_per_piece(std::size_t n_characters)
{
  const std::size_t usual =
      std::clamp(n_characters / kUsualPieces, kFewestCharacters, kUsualCharacters);
  return std::max(usual, n_characters / kMostPieces);
}

std::string modality(const char *name, std::int64_t tokens)
{
  if (tokens == 0)
    return {};
  return json::object({{"modality", json::quote(name)}, {"tokenCount", std::to_string(tokens)}});
}

std::string prompt_details(const PromptTokens &prompt)
{
  std::vector<std::string> details{modality("TEXT", prompt.text), modality("IMAGE", prompt.images)};
  std::erase(details, "");
  return json::array(details);
}

// `answer_tokens` so far.
std::string usage(const Reply &reply, std::int64_t answer_tokens)
{
  const PromptTokens &prompt = reply.prompt;
  const std::int64_t thought_tokens = text_tokens(reply.thoughts);
  const auto unless_0 = [](std::int64_t n) { return n > 0 ? std::to_string(n) : ""; };
  return json::object(
      {{"promptTokenCount", std::to_string(prompt.total())},
       {"candidatesTokenCount", unless_0(answer_tokens)},
       {"thoughtsTokenCount", unless_0(thought_tokens)},
       {"totalTokenCount", std::to_string(prompt.total() + answer_tokens + thought_tokens)},
       {"promptTokensDetails", prompt_details(prompt)}});
}

std::string model_version(const Model &model)
{
  return json::quote(std::string{"emulator/"} + model.answers_as);
}

std::string model_status(const Model &model)
{
  if (model.stage != Stage::deprecated)
    return {};
  return json::object({{"modelStage", json::quote("DEPRECATED")},
                       {"retirementTime", json::quote("2026-12-01T00:00:00Z")},
                       {"message", json::quote("This model will be shut down soon.")}});
}

std::string candidate(const std::string &thoughts, const std::string &text,
                      const char *finish_reason, int index)
{
  std::vector<std::string> list;
  if (!thoughts.empty())
    list.push_back(json::object({{"text", json::quote(thoughts)}, {"thought", "true"}}));
  if (!text.empty())
    list.push_back(json::object({{"text", json::quote(text)}}));
  const std::string parts = list.empty() ? "" : json::array(list);
  return json::object(
      {{"content", json::object({{"parts", parts}, {"role", json::quote("model")}})},
       {"finishReason", finish_reason ? json::quote(finish_reason) : ""},
       {"index", std::to_string(index)}});
}

// `finish_reason` is null where more follows; `answer_tokens` counts what was said so far.
std::string body(const Reply &reply, const std::string &thoughts, const std::string &text,
                 const char *finish_reason, std::int64_t answer_tokens)
{
  std::vector<std::string> candidates;
  candidates.reserve(static_cast<std::size_t>(reply.candidate_count));
  for (int i = 0; i < reply.candidate_count; ++i)
    candidates.push_back(candidate(thoughts, text, finish_reason, i));
  return json::object({{"candidates", json::array(candidates)},
                       {"usageMetadata", usage(reply, answer_tokens * reply.candidate_count)},
                       {"modelVersion", model_version(*reply.model)},
                       {"responseId", json::quote(reply.response_id)},
                       {"modelStatus", model_status(*reply.model)}});
}

} // namespace

std::string reply_body(const Reply &reply)
{
  return body(reply, reply.thoughts, reply.text, reply.finish_reason, text_tokens(reply.text));
}

std::vector<std::string> reply_pieces(const Reply &reply)
{
  std::vector<std::string> pieces;
  if (!reply.thoughts.empty())
    pieces.push_back(body(reply, reply.thoughts, "", nullptr, 0));
  const std::size_t size = characters_per_piece(reply.text.size());
  std::string rest = reply.text;
  std::size_t n_said = 0;
  do {
    const std::string text = first_characters(rest, size);
    rest.erase(0, text.size());
    n_said += text.size();
    pieces.push_back(body(reply, "", text, rest.empty() ? reply.finish_reason : nullptr,
                          text_tokens(std::string_view{reply.text}.substr(0, n_said))));
  } while (!rest.empty());
  return pieces;
}

std::string blocked_body(const Reply &reply)
{
  const std::string rating =
      json::object({{"category", json::quote("HARM_CATEGORY_DANGEROUS_CONTENT")},
                    {"probability", json::quote("HIGH")},
                    {"blocked", "true"}});
  return json::object({{"promptFeedback", json::object({{"blockReason", json::quote("SAFETY")},
                                                        {"safetyRatings", json::array({rating})}})},
                       {"usageMetadata", usage(reply, 0)},
                       {"modelVersion", model_version(*reply.model)},
                       {"responseId", json::quote(reply.response_id)}});
}

std::string count_body(const PromptTokens &prompt)
{
  return json::object({{"totalTokens", std::to_string(prompt.total())},
                       {"promptTokensDetails", prompt_details(prompt)}});
}

std::string first_characters(const std::string &text, std::size_t n)
{
  const auto length = static_cast<std::size_t>(g_utf8_strlen(text.c_str(), -1));
  if (length <= n)
    return text;
  const char *end = g_utf8_offset_to_pointer(text.c_str(), static_cast<glong>(n));
  return text.substr(0, static_cast<std::size_t>(end - text.c_str()));
}

} // namespace gemini::emulator
