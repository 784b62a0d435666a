// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the body of a generateContent reply.
#include "wire/reply.hpp"

#include "wire/api_error.hpp"
#include "wire/detections.hpp"
#include "wire/json.hpp"
#include "wire/problems.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gemini::wire {
namespace {

constexpr std::size_t kMaxNameBytes = 100;    // of finishReason and modelVersion
constexpr std::size_t kMaxMessageBytes = 300; // of block_message
constexpr double kMaxTokens = 1e15;

// Reasons to stop for safety's or the law's sake. Without text they are a refusal.
constexpr std::array<std::string_view, 8> kRefusals = {
    "BLOCKLIST",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "IMAGE_SAFETY",
    "PROHIBITED_CONTENT",
    "RECITATION",
    "SAFETY",
    "SPII",
};

Failure bad_reply(std::string message)
{
  return {.kind = FailureKind::bad_reply, .message = std::move(message), .http_status = 200};
}

std::int64_t count(Json value)
{
  const auto number = value.number();
  return number ? static_cast<std::int64_t>(std::clamp(*number, 0.0, kMaxTokens)) : 0;
}

Usage read_usage(Json usage)
{
  return {
      .prompt = count(usage.member("promptTokenCount")),
      .output = count(usage.member("candidatesTokenCount")),
      .thoughts = count(usage.member("thoughtsTokenCount")),
      .cached = count(usage.member("cachedContentTokenCount")),
      .total = count(usage.member("totalTokenCount")),
  };
}

// What the model wrote, without its thoughts. Only several parts are copied, into `joined`.
std::string_view answer_text(Json parts, std::string &joined)
{
  std::string_view single;
  std::size_t texts = 0;
  for (const Json part : parts) {
    const Json text = part.member("text");
    if (!text.is_string() || part.member("thought").is_true())
      continue;
    if (++texts == 2)
      joined = single;
    if (texts >= 2)
      joined += text.text();
    else
      single = text.text();
  }
  return texts >= 2 ? std::string_view{joined} : single;
}

std::string with_words(std::string sentence, Json words)
{
  if (!words.text().empty())
    sentence += ": " + std::string{words.text()};
  return safe_line(sentence, kMaxMessageBytes);
}

// Says why the model wrote nothing, or not all it wanted to.
void note_finish(const Reply &reply, bool has_text, Problems &problems)
{
  const std::string &reason = reply.finish_reason;
  if (reason == "MAX_TOKENS" && !has_text && reply.usage.thoughts > 0)
    problems.add("no answer: the model spent its output limit on thinking (" +
                 std::to_string(reply.usage.thoughts) + " tokens)");
  else if (reason == "MAX_TOKENS")
    problems.add("the answer was cut at the output limit (MAX_TOKENS)");
  else if (!reason.empty() && reason != "STOP" && reason != "FINISH_REASON_UNSPECIFIED")
    problems.add("the model stopped early (" + reason + ")");
  else if (!has_text)
    problems.add("the model wrote nothing");
}

void read_blocked_prompt(Json feedback, Reply &reply)
{
  reply.status = AnalysisStatus::blocked;
  reply.block_message =
      with_words("The service refused the request (" +
                     safe_line(feedback.member("blockReason").text(), kMaxNameBytes) + ")",
                 feedback.member("blockReasonMessage"));
}

void read_candidate(const ReadOptions &options, Json candidate, Reply &reply)
{
  std::string joined;
  const std::string_view text = answer_text(candidate.member("content").member("parts"), joined);
  const bool has_text = !trimmed(text).empty();
  reply.finish_reason = safe_line(candidate.member("finishReason").text(), kMaxNameBytes);
  if (!has_text &&
      std::find(kRefusals.begin(), kRefusals.end(), reply.finish_reason) != kRefusals.end()) {
    reply.status = AnalysisStatus::blocked;
    reply.block_message = with_words("The model refused to answer (" + reply.finish_reason + ")",
                                     candidate.member("finishMessage"));
    return;
  }
  Problems problems;
  note_finish(reply, has_text, problems);
  if (has_text)
    reply.objects = read_detections(text, options.max_objects, problems);
  reply.problems = problems.take();
  reply.status = reply.problems.empty() ? AnalysisStatus::ok : AnalysisStatus::partial;
}

} // namespace

Result<Reply, Failure> read_reply(const ReadOptions &options, std::string_view body)
{
  const JsonDocument document = JsonDocument::whole(body);
  Json root = document.root();
  if (root.is_array() && root.size() == 1)
    root = root.front();
  if (!root.is_object())
    return bad_reply(trimmed(body).empty() ? "The service sent an empty reply."
                                           : "The service sent a reply that is not whole JSON: " +
                                                 plain_words(body, 120));
  if (root.member("error"))
    return read_error_in_reply(root);

  const Json candidate = root.member("candidates").front();
  const Json feedback = root.member("promptFeedback");
  Reply reply;
  reply.model_version = safe_line(root.member("modelVersion").text(), kMaxNameBytes);
  reply.usage = read_usage(root.member("usageMetadata"));
  if (candidate.is_object() && candidate.size() > 0)
    read_candidate(options, candidate, reply);
  else if (feedback.member("blockReason"))
    read_blocked_prompt(feedback, reply);
  else
    return bad_reply("The service sent a reply without an answer in it.");
  return reply;
}

} // namespace gemini::wire
