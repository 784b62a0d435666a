// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the body of a generateContent reply.
#include "wire/reply.hpp"

#include "wire/answer.hpp"
#include "wire/api_error.hpp"
#include "wire/caption.hpp"
#include "wire/classes.hpp"
#include "wire/json.hpp"
#include "wire/objects.hpp"
#include "wire/problems.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

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

// What the model wrote, without its thoughts; a stream gives it chunk by chunk. Only several parts
// are copied, into `joined`.
std::string_view answer_text(const std::vector<Json> &candidates, std::string &joined)
{
  std::string_view single;
  std::size_t texts = 0;
  for (const Json candidate : candidates) {
    for (const Json part : candidate.member("content").member("parts")) {
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

// What the task makes of the model's words.
void read_text(const ReadOptions &options, std::string_view text, Reply &reply, Problems &problems)
{
  switch (options.task) {
  case Task::detect:
  case Task::segment:
  case Task::point:
  case Task::boxes_3d:
    reply.objects = read_objects(text, options, problems);
    break;
  case Task::caption:
    reply.text = read_caption(text, problems);
    break;
  case Task::classify:
    reply.objects = read_classes(text, options, problems);
    break;
  case Task::ask: {
    Answer answer = read_answer(text, options, problems);
    reply.text = std::move(answer.text);
    reply.json = std::move(answer.json);
    reply.objects = std::move(answer.objects);
    break;
  }
  }
}

// The last that any of the chunks says.
Json last_member(const std::vector<Json> &chunks, std::string_view name)
{
  Json last;
  for (const Json chunk : chunks) {
    if (const Json member = chunk.member(name))
      last = member;
  }
  return last;
}

void read_candidates(const ReadOptions &options, const std::vector<Json> &candidates, Reply &reply)
{
  std::string joined;
  const std::string_view text = answer_text(candidates, joined);
  const bool has_text = !trimmed(text).empty();
  reply.finish_reason = safe_line(last_member(candidates, "finishReason").text(), kMaxNameBytes);
  if (!has_text &&
      std::find(kRefusals.begin(), kRefusals.end(), reply.finish_reason) != kRefusals.end()) {
    reply.status = AnalysisStatus::blocked;
    reply.block_message = with_words("The model refused to answer (" + reply.finish_reason + ")",
                                     last_member(candidates, "finishMessage"));
    return;
  }
  Problems problems;
  note_finish(reply, has_text, problems);
  if (has_text)
    read_text(options, text, reply, problems);
  reply.problems = problems.take();
  reply.status = reply.problems.empty() ? AnalysisStatus::ok : AnalysisStatus::partial;
}

// A reply is one chunk, or a list of them where it was streamed without being asked for events.
// Empty where it is neither.
std::vector<Json> chunks_of(Json root)
{
  std::vector<Json> chunks;
  if (root.is_object())
    chunks.push_back(root);
  else if (root.is_array())
    chunks.assign(root.begin(), root.end());
  const bool is_reply =
      std::all_of(chunks.begin(), chunks.end(), [](Json chunk) { return chunk.is_object(); });
  return is_reply ? chunks : std::vector<Json>{};
}

std::vector<Json> candidates_of(const std::vector<Json> &chunks)
{
  std::vector<Json> candidates;
  for (const Json chunk : chunks) {
    const Json candidate = chunk.member("candidates").front();
    if (candidate.is_object() && candidate.size() > 0)
      candidates.push_back(candidate);
  }
  return candidates;
}

} // namespace

Result<Reply, Failure> read_reply(const ReadOptions &options, std::string_view body)
{
  const JsonDocument document = JsonDocument::whole(body);
  const std::vector<Json> chunks = chunks_of(document.root());
  if (chunks.empty())
    return bad_reply(trimmed(body).empty() ? "The service sent an empty reply."
                                           : "The service sent a reply that is not whole JSON: " +
                                                 plain_words(body, 120));
  for (const Json chunk : chunks) {
    if (chunk.member("error"))
      return read_error_in_reply(chunk);
  }

  const std::vector<Json> candidates = candidates_of(chunks);
  const Json feedback = last_member(chunks, "promptFeedback");
  Reply reply;
  reply.model_version = safe_line(last_member(chunks, "modelVersion").text(), kMaxNameBytes);
  reply.usage = read_usage(last_member(chunks, "usageMetadata"));
  if (!candidates.empty())
    read_candidates(options, candidates, reply);
  else if (feedback.member("blockReason"))
    read_blocked_prompt(feedback, reply);
  else
    return bad_reply("The service sent a reply without an answer in it.");
  return reply;
}

} // namespace gemini::wire
