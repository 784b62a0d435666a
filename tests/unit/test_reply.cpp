// SPDX-License-Identifier: LGPL-2.1-or-later
// The envelope of an answer: what is an answer, what is a refusal, what is no reply at all.
#include "wire/reply.hpp"
#include "wire_support.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::AnalysisStatus;
using gemini::Failure;
using gemini::FailureKind;
using gemini::Object;
using gemini::Task;
using gemini::test::describe;
using gemini::test::join;
using gemini::test::quoted;
using gemini::test::repeated;
using gemini::test::reply_body;
using gemini::test::same;
using gemini::wire::Reply;

namespace {

const std::string kList = R"([{"box_2d":[100,200,300,400],"label":"person"}])";
constexpr const char *kPerson = "person[200,100,400,300]";

gemini::Result<Reply, Failure> read(const std::string &body,
                                    const gemini::wire::ReadOptions &options = {})
{
  return gemini::wire::read_reply(options, body);
}

// json-glib reads whole documents.
bool is_json(const std::string &json)
{
  return json.find('\n') == std::string::npos && gemini::test::parse("[" + json + "]") != nullptr;
}

bool is_in_picture(double x, double y)
{
  return x >= 0 && y >= 0 && x <= 1 + 1e-9 && y <= 1 + 1e-9;
}

bool is_well_formed(const Object &object)
{
  if (object.box && !(is_in_picture(object.box->x, object.box->y) &&
                      is_in_picture(object.box->right(), object.box->bottom()) &&
                      object.box->w > 0 && object.box->h > 0))
    return false;
  if (object.point && !is_in_picture(object.point->x, object.point->y))
    return false;
  if (object.confidence && !(*object.confidence >= 0 && *object.confidence <= 1))
    return false;
  const auto is_length = [](double edge) { return edge > 0 && std::isfinite(edge); };
  if (object.box_3d &&
      !std::all_of(object.box_3d->size.begin(), object.box_3d->size.end(), is_length))
    return false;
  return g_utf8_validate(object.label.data(), static_cast<gssize>(object.label.size()), nullptr);
}

// Of all tasks in turn, with and without what the user may restrict.
gemini::wire::ReadOptions some_options(int round)
{
  constexpr Task kTasks[] = {Task::detect,  Task::segment,  Task::point, Task::boxes_3d,
                             Task::caption, Task::classify, Task::ask};
  gemini::wire::ReadOptions options{.task = kTasks[static_cast<std::size_t>(round) % 7],
                                    .max_objects = 3,
                                    .has_schema = round % 2 == 0,
                                    .width = 64,
                                    .height = 48};
  if (round % 5 == 0)
    options.labels = {"a", "person"};
  return options;
}

Reply good(const std::string &body)
{
  auto result = read(body);
  fail_unless(result.has_value(), "%s", result ? "" : result.error().message.c_str());
  return std::move(*result);
}

Failure bad(const std::string &body)
{
  auto result = read(body);
  fail_unless(!result.has_value(), "read: %.200s", body.c_str());
  return result.error();
}

std::string with_parts(const std::string &parts, const std::string &more = "")
{
  return R"({"candidates":[{"content":{"parts":[)" + parts + R"(]},"finishReason":"STOP"}])" +
         more + "}";
}

std::string part(const std::string &text, const std::string &more = "")
{
  return R"({"text":)" + quoted(text) + more + "}";
}

std::string with_candidate(const std::string &candidate, const std::string &more = "")
{
  return R"({"candidates":[)" + candidate + "]" + more + "}";
}

} // namespace

GST_START_TEST(reply_gives_objects_and_where_they_come_from)
{
  const Reply reply = good(
      R"({"candidates":[{"content":{"role":"model","parts":[{"text":)" + quoted(kList) +
      R"(}]},"finishReason":"STOP","index":0,"avgLogprobs":-0.1,"safetyRatings":[]}],)"
      R"("usageMetadata":{"promptTokenCount":1290,"candidatesTokenCount":210,"totalTokenCount":1630,)"
      R"("thoughtsTokenCount":130,"cachedContentTokenCount":7,"promptTokensDetails":[)"
      R"({"modality":"IMAGE","tokenCount":1120}]},"modelVersion":"gemini-3.8-flash",)"
      R"("responseId":"abc","somethingNew":{"deep":[1,{"x":null}]}})");
  fail_unless(reply.status == AnalysisStatus::ok);
  fail_unless(same(describe(reply.objects), kPerson));
  fail_unless(same(reply.finish_reason, "STOP"));
  fail_unless(same(reply.model_version, "gemini-3.8-flash"));
  fail_unless(reply.usage.prompt == 1290 && reply.usage.output == 210);
  fail_unless(reply.usage.thoughts == 130 && reply.usage.cached == 7);
  fail_unless(reply.usage.total == 1630);
  fail_unless(reply.problems.empty() && reply.block_message.empty());
  fail_unless(reply.objects.front().id == 0);
}
GST_END_TEST

GST_START_TEST(reply_with_an_empty_list_is_a_true_nothing_seen)
{
  const Reply reply = good(reply_body("[]"));
  fail_unless(reply.status == AnalysisStatus::ok);
  fail_unless(reply.objects.empty() && reply.problems.empty());
}
GST_END_TEST

GST_START_TEST(reply_without_an_answer_is_never_a_nothing_seen)
{
  struct Case {
    std::string body;
    const char *problem;
  };
  const std::string usage = R"(,"usageMetadata":{"thoughtsTokenCount":4000})";
  for (const Case &c : {
           Case{reply_body(""), "the model wrote nothing"},
           Case{reply_body(" \n "), "the model wrote nothing"},
           Case{with_parts(""), "the model wrote nothing"},
           Case{with_parts(R"({"thought":true,"text":"[]"})"), "the model wrote nothing"},
           Case{with_parts(R"({"text":null})"), "the model wrote nothing"},
           Case{with_parts(R"({"inlineData":{"mimeType":"image/png","data":"AA=="}})"),
                "the model wrote nothing"},
           Case{with_candidate(R"({"finishReason":"STOP"})"), "the model wrote nothing"},
           Case{with_candidate(R"({"finishReason":"OTHER"})"), "the model stopped early (OTHER)"},
           Case{with_candidate(R"({"finishReason":"BRAND_NEW"})"),
                "the model stopped early (BRAND_NEW)"},
           Case{with_candidate(R"({"finishReason":"MAX_TOKENS","content":{"role":"model"}})"),
                "the answer was cut at the output limit (MAX_TOKENS)"},
           Case{with_candidate(R"({"finishReason":"MAX_TOKENS","content":{}})", usage),
                "no answer: the model spent its output limit on thinking (4000 tokens)"},
           Case{reply_body("I cannot see."), "no list in the answer: I cannot see."},
       }) {
    const Reply reply = good(c.body);
    fail_unless(reply.status == AnalysisStatus::partial, "%s", c.body.c_str());
    fail_unless(reply.objects.empty());
    fail_unless(same(join(reply.problems), c.problem));
  }
}
GST_END_TEST

GST_START_TEST(reply_cut_at_the_limit_keeps_what_is_whole)
{
  const Reply reply =
      good(reply_body(kList.substr(0, kList.size() - 1) + ",{\"box_2d\":[1,2", "MAX_TOKENS"));
  fail_unless(reply.status == AnalysisStatus::partial);
  fail_unless(same(describe(reply.objects), kPerson));
  fail_unless(same(join(reply.problems), "the answer was cut at the output limit (MAX_TOKENS) | "
                                         "the list ends in the middle"));
  fail_unless(same(reply.finish_reason, "MAX_TOKENS"));
}
GST_END_TEST

GST_START_TEST(reply_stopped_early_keeps_its_objects)
{
  for (const char *reason : {"SAFETY", "RECITATION", "OTHER"}) {
    const Reply reply = good(reply_body(kList, reason));
    fail_unless(reply.status == AnalysisStatus::partial, "%s", reason);
    fail_unless(same(describe(reply.objects), kPerson));
    fail_unless(
        same(join(reply.problems), std::string{"the model stopped early ("} + reason + ")"));
  }
}
GST_END_TEST

GST_START_TEST(reply_joins_parts_and_leaves_thoughts_out)
{
  const std::string half = kList.substr(0, 30);
  const std::string rest = kList.substr(30);
  const std::vector<std::string> answers = {
      part(half) + "," + part(rest),
      part("[{thinking}", R"(,"thought":true)") + "," + part(half) + "," + part(rest),
      part(half, R"(,"thought":false)") + "," + part("", R"(,"thoughtSignature":"AA==")") + "," +
          part(rest),
      part("[]", R"(,"thought":"true")") + "," + part(kList),
  };
  for (const std::string &parts : answers) {
    const Reply reply = good(with_parts(parts));
    fail_unless(reply.status == AnalysisStatus::ok, "%s", parts.c_str());
    fail_unless(same(describe(reply.objects), kPerson));
  }
}
GST_END_TEST

GST_START_TEST(reply_may_stand_in_a_list_of_one)
{
  fail_unless(same(describe(good("[" + reply_body(kList) + "]").objects), kPerson));
  fail_unless(
      same(describe(good("\xef\xbb\xbf\r\n" + reply_body(kList) + "\r\n").objects), kPerson));
}
GST_END_TEST

GST_START_TEST(reply_may_come_in_chunks)
{
  const std::string half = kList.substr(0, 30);
  const std::string rest = kList.substr(30);
  const auto chunk = [](const std::string &parts, const std::string &more) {
    return R"({"candidates":[{"content":{"parts":[)" + parts + "]}" + more + "}";
  };
  const std::string reason = R"(,"finishReason":"STOP"}])";
  const Reply reply =
      good("[" + chunk(part("[]", R"(,"thought":true)"), "}]") + ",\r\n" +
           chunk(part(half), reason + R"(,"usageMetadata":{"totalTokenCount":5})") + "," +
           chunk(part(rest), R"(,"finishReason":"MAX_TOKENS"}],"modelVersion":"m",)"
                             R"("usageMetadata":{"totalTokenCount":9})") +
           R"(,{"usageMetadata":{"promptTokenCount":3,"totalTokenCount":12}}])");
  fail_unless(same(describe(reply.objects), kPerson));
  fail_unless(same(reply.finish_reason, "MAX_TOKENS"));
  fail_unless(same(join(reply.problems), "the answer was cut at the output limit (MAX_TOKENS)"));
  fail_unless(same(reply.model_version, "m"));
  fail_unless(reply.usage.total == 12 && reply.usage.prompt == 3);

  const Reply blocked = good(R"([{"promptFeedback":{"blockReason":"SAFETY"}},)"
                             R"({"usageMetadata":{"promptTokenCount":9}}])");
  fail_unless(blocked.status == AnalysisStatus::blocked);
  fail_unless(blocked.usage.prompt == 9);

  // What came before an error in the middle is no whole answer.
  const Failure failure =
      bad("[" + chunk(part(half), "}]") + R"(,{"error":{"code":503,"message":"Busy."}}])");
  fail_unless(failure.kind == FailureKind::overloaded);
}
GST_END_TEST

GST_START_TEST(reply_may_count_in_strings_and_nonsense)
{
  const Reply reply = good(with_parts(
      R"({"text":"[]"})",
      R"(,"usageMetadata":{"promptTokenCount":"1290","candidatesTokenCount":-5,)"
      R"("thoughtsTokenCount":1e999,"cachedContentTokenCount":[1],"totalTokenCount":1e18})"));
  fail_unless(reply.status == AnalysisStatus::ok);
  fail_unless(reply.usage.prompt == 1290);
  fail_unless(reply.usage.output == 0 && reply.usage.thoughts == 0 && reply.usage.cached == 0);
  fail_unless(reply.usage.total == 1'000'000'000'000'000);
  fail_unless(good(with_parts(R"({"text":"[]"})")).usage.total == 0);
}
GST_END_TEST

GST_START_TEST(reply_without_a_candidate_may_be_a_blocked_prompt)
{
  const Reply reply = good(R"({"promptFeedback":{"blockReason":"SAFETY","safetyRatings":[]},)"
                           R"("usageMetadata":{"promptTokenCount":9},"modelVersion":"m"})");
  fail_unless(reply.status == AnalysisStatus::blocked);
  fail_unless(same(reply.block_message, "The service refused the request (SAFETY)"));
  fail_unless(reply.usage.prompt == 9);
  fail_unless(same(reply.model_version, "m"));
  fail_unless(same(good(R"({"promptFeedback":{"blockReason":"OTHER",)"
                        R"("blockReasonMessage":"No\nsuch pictures."},"candidates":[]})")
                       .block_message,
                   "The service refused the request (OTHER): No such pictures."));
}
GST_END_TEST

GST_START_TEST(reply_stopped_for_safety_without_text_is_blocked)
{
  for (const char *reason : {"SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION",
                             "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"}) {
    const Reply reply = good(with_candidate(
        std::string{R"({"finishMessage":"Sorry.","finishReason":")"} + reason + "\"}"));
    fail_unless(reply.status == AnalysisStatus::blocked, "%s", reason);
    fail_unless(same(reply.finish_reason, reason));
    fail_unless(same(reply.block_message,
                     std::string{"The model refused to answer ("} + reason + "): Sorry."));
  }
}
GST_END_TEST

GST_START_TEST(reply_that_breaks_the_promise_is_a_failure)
{
  const std::string whole = reply_body(kList);
  const std::vector<std::string> bodies = {
      "",
      " \r\n",
      "{}",
      "[]",
      "null",
      "42",
      "\"text\"",
      "<html><body>Hello</body></html>",
      "It works!",
      R"({"candidates":[]})",
      R"({"candidates":{}})",
      R"({"candidates":[null]})",
      R"({"candidates":[{}]})",
      R"({"candidates":"none"})",
      R"({"promptFeedback":{}})",
      "[" + whole + ",null]",
      "[" + whole + ",",
      "[" + whole + "," + whole,
      whole + "}",
      whole + whole,
      whole.substr(0, whole.size() - 1),
      whole.substr(0, whole.size() / 2),
      whole.substr(0, 1),
      repeated("[", 100000),
      R"({"candidates":)" + repeated("[", 100000) + repeated("]", 100000) + "}",
  };
  for (const std::string &body : bodies) {
    const Failure failure = bad(body);
    fail_unless(failure.kind == FailureKind::bad_reply, "%.100s", body.c_str());
    fail_unless_equals_int(failure.http_status, 200);
    fail_unless(!failure.message.empty() && failure.message.size() <= 300);
    fail_unless(failure.message.find('\n') == std::string::npos);
  }
  fail_unless(same(
      bad("<html><title>Log in</title><p>Welcome to the <b>hotel</b>. Pay here.</html>").message,
      "The service sent a reply that is not whole JSON: Log in Welcome to the hotel."));
}
GST_END_TEST

GST_START_TEST(reply_of_an_error_is_that_error)
{
  const Failure quota =
      bad(R"({"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED","details":[)"
          R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"26s"}]}})");
  fail_unless(quota.kind == FailureKind::quota);
  fail_unless_equals_int(quota.http_status, 429);
  fail_unless(quota.retry_after == std::chrono::seconds{26});
  fail_unless(bad(R"([{"error":{"code":503,"message":"Busy."}}])").kind == FailureKind::overloaded);
  fail_unless(bad(R"({"error":{"code":"not_found","message":"No."}})").kind ==
              FailureKind::unknown_model);
  const Failure unknown = bad(R"({"error":{"code":"strange","message":"Hm."}})");
  fail_unless(unknown.kind == FailureKind::bad_reply);
  fail_unless(same(unknown.message, "The service sent an unexpected reply: Hm. (HTTP 200)"));
}
GST_END_TEST

GST_START_TEST(reply_with_broken_text_is_repaired)
{
  std::string body = reply_body(kList);
  body.replace(body.find("person"), 6, "p\xff\xfe\x01r");
  const Reply reply = good(body);
  fail_unless(same(describe(reply.objects), "p\xef\xbf\xbd\xef\xbf\xbd r[200,100,400,300]"));
  body = reply_body(kList);
  body.replace(body.find("person"), 6, std::string{"p\0r", 3});
  fail_unless(same(describe(good(body).objects), "p\xef\xbf\xbdr[200,100,400,300]"));
}
GST_END_TEST

GST_START_TEST(reply_of_ten_megabytes_is_read)
{
  const std::string item = R"({"box_2d":[100,200,300,400],"label":"person","thumbnail":")" +
                           repeated("iVBORw0KGgoAAAANSUhEUgAA", 400'000) + "\"}";
  const Reply reply = good(reply_body("```json\n[" + item + "]\n```"));
  fail_unless(reply.status == AnalysisStatus::ok);
  fail_unless(same(describe(reply.objects), kPerson));
}
GST_END_TEST

// A fixed seed, bounded by time: whatever comes out must be well formed.
GST_START_TEST(reply_reader_survives_mutation)
{
  const std::vector<std::string> seeds = {
      reply_body("```json\n" + kList + "\n```\nDone."),
      reply_body(R"([{"point":[10,20.5],"label":"a"},{"points":[[1,2],{"x":3,"y":4}]},)"
                 R"({"polygon":[[1,2],[900,5],[3,900]],"box_3d":[1,2,3,4,5,6,7,8,9]}])"),
      reply_body(R"({"cat":0.9,"dog":"5%","caption":"A \"cat\"","list":[1,-2.5,null,true]})"),
      reply_body(R"({"boxes":[{"box":"[1, 2, 3.5, 4]","name":"a\"b","score":"0.5"},{{}}]})"),
      with_parts(
          R"({"thought":true,"text":"hm"},{"text":"[{'bbox':{'ymin':0.1,'xmin':0,'ymax':1,"}")"
          R"(,{"text":"'xmax':1},'label':'\ud83d\ude00'},,]"})"),
      R"({"promptFeedback":{"blockReason":"SAFETY"}})",
      R"([{"error":{"code":429,"message":"a\u0000b","details":[{"retryDelay":"1.5s"}]}}])",
  };
  constexpr std::string_view kPieces[] = {
      "[",          "]",
      "{",          "}",
      "\"",         "'",
      ",",          ":",
      "\\",         "\\u",
      "\\ud800",    "\n",
      "```",        "//",
      "/*",         "*/",
      "null",       "NaN",
      "1e999",      "-",
      ".5",         "\xff",
      "\xc3",       "\"box_2d\":",
      "[1,2,3,4]",  "[0.1,0.2,1,1]",
      "\"label\":", "{\"box_2d\":[9,8,7,6]}",
      "true",       "                ",
  };
  std::minstd_rand random{20261122};
  const auto below = [&random](std::size_t n) { return random() % n; };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{2};
  int answers = 0;
  for (int round = 0; round < 50'000 && std::chrono::steady_clock::now() < end; ++round) {
    std::string body = seeds[below(std::size(seeds))];
    for (std::size_t n = 1 + below(6); n > 0; --n) {
      const std::size_t at = below(body.size());
      switch (below(5)) {
      case 0:
        body[at] = static_cast<char>(below(256));
        break;
      case 1:
        body.erase(at, 1 + below(12));
        break;
      case 2:
        body.resize(at + 1);
        break;
      case 3:
        body.insert(at, body.substr(below(body.size()), 1 + below(40)));
        break;
      default:
        body.insert(at, kPieces[below(std::size(kPieces))]);
      }
      if (body.empty())
        body = "{";
    }
    const auto options = some_options(round);
    const auto result = read(body, options);
    if (!result) {
      fail_unless(g_utf8_validate(result.error().message.c_str(), -1, nullptr));
      continue;
    }
    ++answers;
    fail_unless(result->status != AnalysisStatus::failed);
    fail_unless((result->status == AnalysisStatus::partial) == !result->problems.empty());
    fail_unless((result->status == AnalysisStatus::blocked) == !result->block_message.empty());
    fail_unless(result->objects.size() <= options.max_objects);
    fail_unless(std::all_of(result->objects.begin(), result->objects.end(), is_well_formed));
    if (result->text)
      fail_unless(g_utf8_validate(result->text->c_str(), -1, nullptr));
    if (result->json)
      fail_unless(is_json(*result->json), "%s", result->json->c_str());
  }
  fail_unless(answers > 100, "%d", answers); // or the mutations say nothing about the inner reader
}
GST_END_TEST

static Suite *reply_suite()
{
  Suite *suite = suite_create("reply");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, reply_gives_objects_and_where_they_come_from);
  tcase_add_test(tcase, reply_with_an_empty_list_is_a_true_nothing_seen);
  tcase_add_test(tcase, reply_without_an_answer_is_never_a_nothing_seen);
  tcase_add_test(tcase, reply_cut_at_the_limit_keeps_what_is_whole);
  tcase_add_test(tcase, reply_stopped_early_keeps_its_objects);
  tcase_add_test(tcase, reply_joins_parts_and_leaves_thoughts_out);
  tcase_add_test(tcase, reply_may_stand_in_a_list_of_one);
  tcase_add_test(tcase, reply_may_come_in_chunks);
  tcase_add_test(tcase, reply_may_count_in_strings_and_nonsense);
  tcase_add_test(tcase, reply_without_a_candidate_may_be_a_blocked_prompt);
  tcase_add_test(tcase, reply_stopped_for_safety_without_text_is_blocked);
  tcase_add_test(tcase, reply_that_breaks_the_promise_is_a_failure);
  tcase_add_test(tcase, reply_of_an_error_is_that_error);
  tcase_add_test(tcase, reply_with_broken_text_is_repaired);
  tcase_add_test(tcase, reply_of_ten_megabytes_is_read);
  tcase_add_test(tcase, reply_reader_survives_mutation);
  return suite;
}

GST_CHECK_MAIN(reply)
