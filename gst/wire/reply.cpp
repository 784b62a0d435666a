// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the body of a generateContent reply.
#include "wire/reply.hpp"

#include "wire/answer.hpp"
#include "wire/api_error.hpp"
#include "wire/caption.hpp"
#include "wire/classes.hpp"
#include "wire/frame_answers.hpp"
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
constexpr int kGrowingSide = 320; // as fine as masks become that are drawn again and again

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

void settle_status(Reply &reply, Problems &problems)
{
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

// What stands around the model's words.
struct Envelope {
  Reply reply;      // without what the words say
  std::string text; // the model's words; empty where it wrote none or the reply is blocked
};

void read_candidates(const std::vector<Json> &candidates, Envelope &envelope)
{
  Reply &reply = envelope.reply;
  std::string joined;
  const std::string_view text = answer_text(candidates, joined);
  reply.finish_reason = safe_line(last_member(candidates, "finishReason").text(), kMaxNameBytes);
  if (!trimmed(text).empty()) {
    envelope.text = text;
  } else if (std::find(kRefusals.begin(), kRefusals.end(), reply.finish_reason) !=
             kRefusals.end()) {
    reply.status = AnalysisStatus::blocked;
    reply.block_message = with_words("The model refused to answer (" + reply.finish_reason + ")",
                                     last_member(candidates, "finishMessage"));
  }
}

Result<Envelope, Failure> read_envelope(std::string_view body)
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
  Envelope envelope;
  envelope.reply.model_version =
      safe_line(last_member(chunks, "modelVersion").text(), kMaxNameBytes);
  envelope.reply.usage = read_usage(last_member(chunks, "usageMetadata"));
  if (!candidates.empty())
    read_candidates(candidates, envelope);
  else if (feedback.member("blockReason"))
    read_blocked_prompt(feedback, envelope.reply);
  else
    return bad_reply("The service sent a reply without an answer in it.");
  return envelope;
}

// The part of the one at `place` among `count`; all parts together are the whole.
Usage share_of(const Usage &usage, std::size_t place, std::size_t count)
{
  const auto part = [n = static_cast<std::int64_t>(count), at = static_cast<std::int64_t>(place)](
                        std::int64_t whole) { return whole / n + (at < whole % n ? 1 : 0); };
  return {.prompt = part(usage.prompt),
          .output = part(usage.output),
          .thoughts = part(usage.thoughts),
          .cached = part(usage.cached),
          .total = part(usage.total)};
}

// Why there is no answer about the frame at `place`.
Failure lack_of_answer(const ReadOptions &options, const Envelope &envelope,
                       const FrameAnswers &answers, std::size_t place)
{
  const std::string frame = (options.are_crops ? "crop " : "frame ") + std::to_string(place + 1) +
                            " of " + std::to_string(answers.frames.size());
  const std::string &reason = envelope.reply.finish_reason;
  const bool is_early = !reason.empty() && reason != "STOP";
  const std::string why = is_early ? " (" + reason + ")." : ".";
  if (trimmed(envelope.text).empty())
    return bad_reply("The model wrote nothing about " + frame + why);
  if (answers.is_cut || is_early)
    return bad_reply("The answer ended before " + frame + why);
  if (!answers.is_split)
    return bad_reply("The answer does not tell " + frame +
                     " from the others: " + safe_line(envelope.text, 80));
  return bad_reply("The answer says nothing about " + frame + ".");
}

// As of the frame at `place`.
ReadOptions options_of(const ReadOptions &options, std::size_t place)
{
  ReadOptions own = options;
  if (place < options.sizes.size()) {
    own.width = options.sizes[place].width;
    own.height = options.sizes[place].height;
  }
  return own;
}

Reply read_frame(const ReadOptions &options, const Envelope &envelope, const FrameAnswers &answers,
                 const FrameAnswer &answer)
{
  Reply reply = envelope.reply;
  Problems problems;
  note_finish(reply, true, problems);
  for (const std::string &problem : answers.problems)
    problems.add(problem);
  if (answer.is_cut)
    problems.add(options.are_crops ? "the answer ends in the midst of this crop"
                                   : "the answer ends in the midst of this frame");
  read_text(options, answer.text, reply, problems);
  settle_status(reply, problems);
  return reply;
}

} // namespace

Result<Reply, Failure> read_reply(const ReadOptions &options, std::string_view body)
{
  Result<Envelope, Failure> envelope = read_envelope(body);
  if (!envelope)
    return envelope.error();
  Reply &reply = envelope->reply;
  if (reply.status == AnalysisStatus::blocked)
    return reply;
  const bool has_text = !envelope->text.empty();
  Problems problems;
  note_finish(reply, has_text, problems);
  if (has_text)
    read_text(options, envelope->text, reply, problems);
  settle_status(reply, problems);
  return reply;
}

Result<std::vector<Result<Reply, Failure>>, Failure>
read_replies(const ReadOptions &options, std::size_t n_frames, std::string_view body)
{
  using Replies = std::vector<Result<Reply, Failure>>;
  if (n_frames <= 1) {
    Result<Reply, Failure> reply = read_reply(options_of(options, 0), body);
    if (!reply)
      return reply.error();
    return Replies{std::move(reply)};
  }
  const Result<Envelope, Failure> envelope = read_envelope(body);
  if (!envelope)
    return envelope.error();
  FrameAnswers answers;
  answers.frames.resize(n_frames);
  const bool is_blocked = envelope->reply.status == AnalysisStatus::blocked;
  if (!is_blocked && !envelope->text.empty())
    answers = split_answer(options, n_frames, envelope->text);

  Replies replies;
  std::vector<Reply *> read;
  replies.reserve(n_frames);
  for (std::size_t i = 0; i < n_frames; ++i) {
    if (is_blocked)
      replies.emplace_back(envelope->reply);
    else if (const std::optional<FrameAnswer> &answer = answers.frames[i])
      replies.emplace_back(read_frame(options_of(options, i), *envelope, answers, *answer));
    else
      replies.emplace_back(lack_of_answer(options, *envelope, answers, i));
    if (replies.back())
      read.push_back(&*replies.back());
  }
  // Failures count no tokens.
  for (std::size_t i = 0; i < read.size(); ++i)
    read[i]->usage = share_of(envelope->reply.usage, i, read.size());
  return replies;
}

std::optional<Reply> read_growing_reply(const ReadOptions &options, std::string_view body)
{
  Result<Envelope, Failure> envelope = read_envelope(body);
  if (!envelope || envelope->text.empty())
    return std::nullopt;
  // Of classes without JSON the last may be half a word.
  if (options.task == Task::classify && envelope->text.find_first_of("[{") == std::string::npos)
    return std::nullopt;
  Reply &reply = envelope->reply;
  ReadOptions coarse = options;
  if (const int side = std::max(options.width, options.height); side > kGrowingSide) {
    coarse.width = std::max(1, options.width * kGrowingSide / side);
    coarse.height = std::max(1, options.height * kGrowingSide / side);
  }
  Problems unsaid; // the whole answer will name what is wrong with it
  read_text(coarse, envelope->text, reply, unsaid);
  // Of the user's own JSON any part may still change, words apart from it do not exist.
  reply.json.reset();
  if (options.task == Task::ask && options.has_schema)
    reply.text.reset();
  reply.status = AnalysisStatus::partial;
  if (reply.objects.empty() && !reply.text)
    return std::nullopt;
  return reply;
}

std::optional<Failure> read_stream_error(std::string_view chunk)
{
  const JsonDocument document = JsonDocument::whole(chunk);
  const std::vector<Json> chunks = chunks_of(document.root());
  if (chunks.empty())
    return bad_reply("The service sent a part of a stream that is not whole JSON: " +
                     plain_words(chunk, 120));
  for (const Json part : chunks) {
    if (part.member("error"))
      return read_error_in_reply(part);
  }
  return std::nullopt;
}

Usage read_usage(std::string_view body)
{
  const JsonDocument document = JsonDocument::whole(body);
  return read_usage(last_member(chunks_of(document.root()), "usageMetadata"));
}

} // namespace gemini::wire
