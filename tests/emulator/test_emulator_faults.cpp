// SPDX-License-Identifier: LGPL-2.1-or-later
// Fault scripts: their language, and what each fault does to a client.
#include "any_fault.hpp"
#include "emulator.hpp"
#include "faults.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

Response ask(const std::string &faults)
{
  const Emulator emulator{{.vision = Vision::none, .faults = faults}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  return post(emulator.url() + kGenerate, kHello);
}

double seconds_since(gint64 begin)
{
  return static_cast<double>(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

} // namespace

GST_START_TEST(selectors_select)
{
  const auto script =
      FaultScript::parse("# a comment\n\n2 silence\n4-5 reset\n  8- hold\r\nevery 3 slow 5\n");
  fail_unless(script.has_value());
  using Kind = DeliveryFault::Kind;
  const Kind expected[] = {Kind::none, Kind::silence, Kind::slow, Kind::reset, Kind::reset,
                           Kind::slow, Kind::none,    Kind::hold, Kind::hold};
  for (std::size_t i = 0; i < std::size(expected); ++i)
    fail_unless(script->at(i + 1).delivery.kind == expected[i], "request %zu", i + 1);
  fail_unless(script->at(1000000).delivery.kind == Kind::hold);
}
GST_END_TEST

GST_START_TEST(each_call_counts_by_itself)
{
  const auto script = FaultScript::parse(
      "2 reset\nmodels 1 hold\nfiles.upload 2- reset\nstream every 2 slow 1\n* status 503");
  fail_unless(script.has_value());
  using Kind = DeliveryFault::Kind;
  const struct {
    Turn turn;
    Kind kind;
    bool fails;
  } kCases[] = {
      {{"generate", 1, 2}, Kind::reset, true},      {{"generate", 2, 3}, Kind::none, true},
      {{"stream", 1, 2}, Kind::reset, true},        {{"stream", 2, 3}, Kind::slow, true},
      {{"models", 1, 0}, Kind::hold, false},        {{"models", 2, 0}, Kind::none, false},
      {{"files.upload", 3, 0}, Kind::reset, false}, {{"files.start", 2, 0}, Kind::none, false},
  };
  for (const auto &[turn, kind, fails] : kCases) {
    const Fault fault = script->at(turn);
    fail_unless(fault.delivery.kind == kind &&
                    (fault.content.kind == ContentFault::Kind::status) == fails,
                "%s %d", turn.call.c_str(), static_cast<int>(turn.of_call));
  }

  const Emulator emulator{{.vision = Vision::none, .faults = "models 1 status 403\n2 status 503"}};
  assert_equals_int(get(emulator.url() + "/v1beta/models").status, 403);
  assert_equals_int(post(emulator.url() + kGenerate, kHello).status, 200);
  assert_equals_int(get(emulator.url() + "/v1beta/models").status, 200);
  assert_equals_int(post(emulator.url() + kGenerate, kHello).status, 503);
}
GST_END_TEST

GST_START_TEST(delivery_and_content_are_chosen_apart)
{
  const auto script = FaultScript::parse("1 status 503\n* hold\n* empty\n1 reset");
  const Fault fault = script->at(1);
  fail_unless(fault.delivery.kind == DeliveryFault::Kind::hold);
  fail_unless(fault.content.kind == ContentFault::Kind::status);
  fail_unless(script->at(2).content.kind == ContentFault::Kind::empty);
}
GST_END_TEST

GST_START_TEST(mistakes_name_their_line)
{
  const struct {
    const char *script;
    const char *line;
    const char *word;
  } kCases[] = {
      {"* explode", "line 1 ", "'explode'"},
      {"# x\n\n1 slow soon", "line 3 ", "'soon'"},
      {"1 slow", "line 1 ", "milliseconds"},
      {"0 reset", "line 1 ", "'0'"},
      {"5-3 reset", "line 1 ", "'5-3'"},
      {"x reset", "line 1 ", "'x'"},
      {"every 0 reset", "line 1 ", "every"},
      {"1", "line 1 ", "action"},
      {"1 reset now", "line 1 ", "'now'"},
      {"1 status 418", "line 1 ", "'418'"},
      {"1 status 429-retry", "line 1 ", "seconds"},
      {"1 text hello", "line 1 ", "quotes"},
      {"1 text \"a\\x\"", "line 1 ", "quotes"},
      {"1 text-file /nowhere/at/all", "line 1 ", "/nowhere/at/all"},
      {"1 html 99", "line 1 ", "'99'"},
      {"1 refuse", "line 1 ", "names"},
      {"1 refuse a b c", "line 1 ", "'c'"},
      {"1 silence soon", "line 1 ", "'soon'"},
      {"1 close now", "line 1 ", "'now'"},
      {"1 huge", "line 1 ", "'huge'"},
      {"1 huge 0", "line 1 ", "'0'"},
      {"1 empty 42", "line 1 ", "'42'"},
      {"1 redirect", "line 1 ", "URL"},
      {"1 status 429-header", "line 1 ", "'429-header'"},
      {"1 status 429-date now", "line 1 ", "'now'"},
      {"1 status 503-retry x", "line 1 ", "'x'"},
      {"1 any", "line 1 ", "milliseconds"},
      {"random reset", "line 1 ", "'reset'"},
      {"random 2 reset", "line 1 ", "'2'"},
      {"random 0.5 7", "line 1 ", "action"},
      {"model 1 reset", "line 1 ", "'model'"},
      {"models reset", "line 1 ", "'reset'"},
      {"files.upload 1 file-processing", "line 1 ", "milliseconds"},
      {"1 masks", "line 1 ", "masks"},
      {"1 masks crayon", "line 1 ", "'crayon'"},
      {"1 stream-cut", "line 1 ", "number"},
      {"1 stream-cut 0", "line 1 ", "'0'"},
      {"1 stream-error some", "line 1 ", "'some'"},
      {"1 stream-error 1 418", "line 1 ", "'418'"},
  };
  for (const auto &[text, line, word] : kCases) {
    const auto script = FaultScript::parse(text);
    fail_unless(!script, "'%s' was accepted", text);
    fail_unless(script.error().find(line) != std::string::npos &&
                    script.error().find(word) != std::string::npos,
                "%s: %s", text, script.error().c_str());
  }
}
GST_END_TEST

GST_START_TEST(status_faults_have_the_services_bodies)
{
  const struct {
    const char *word;
    int status;
    const char *name;
  } kCases[] = {
      {"400", 400, "INVALID_ARGUMENT"},  {"400-key", 400, "INVALID_ARGUMENT"},
      {"401", 401, "UNAUTHENTICATED"},   {"403", 403, "PERMISSION_DENIED"},
      {"404", 404, "NOT_FOUND"},         {"408", 408, "DEADLINE_EXCEEDED"},
      {"413", 413, "INVALID_ARGUMENT"},  {"429", 429, "RESOURCE_EXHAUSTED"},
      {"500", 500, "INTERNAL"},          {"503", 503, "UNAVAILABLE"},
      {"504", 504, "DEADLINE_EXCEEDED"}, {"429-perday", 429, "RESOURCE_EXHAUSTED"},
      {"499", 499, "CANCELLED"},         {"400-precondition", 400, "FAILED_PRECONDITION"},
      {"501", 501, "UNIMPLEMENTED"},     {"403-key-leaked", 403, "PERMISSION_DENIED"},
      {"502", 502, "UNAVAILABLE"},       {"403-file", 403, "PERMISSION_DENIED"},
  };
  for (const auto &[word, status, name] : kCases) {
    const Response response = ask(std::string{"* status "} + word);
    assert_equals_int(response.status, status);
    check_text(response.at("$.error.status"), name);
    check_text(response.at("$.error.code"), std::to_string(status));
    fail_unless(!response.at("$.error.message").empty());
  }
}
GST_END_TEST

GST_START_TEST(quota_faults_differ_in_what_they_advise)
{
  const Response plain = ask("* status 429");
  fail_unless(plain.body.find("RetryInfo") == std::string::npos);
  fail_unless(plain.body.find("QuotaFailure") != std::string::npos);
  const Response retry = ask("* status 429-retry 26.5");
  fail_unless(retry.body.find(R"("retryDelay":"26.500s")") != std::string::npos);
  fail_unless(ask("* status 429-retry 3").body.find(R"("retryDelay":"3s")") != std::string::npos);
  const Response vertex = ask("* status 429-vertex");
  assert_equals_int(vertex.status, 429);
  check_text(vertex.at("$[0].error.status"), "RESOURCE_EXHAUSTED");
  const Response day = ask("* status 429-perday");
  fail_unless(day.body.find("PerDay") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(some_faults_advise_by_header)
{
  for (const char *word : {"503-retry", "429-header"}) {
    const Response response = ask(std::string{"* status "} + word + " 1.5");
    check_text(response.header("retry-after"), "2");
    fail_unless(response.status == std::stoi(word) &&
                response.body.find("RetryInfo") == std::string::npos);
  }
  for (const char *script : {"* status 429-date", "* status 429-date 2"}) {
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) then =
        soup_date_time_new_from_http_string(ask(script).header("retry-after").c_str());
    fail_unless(then != nullptr);
    const double seconds =
        static_cast<double>(g_date_time_difference(then, now)) / G_TIME_SPAN_SECOND;
    fail_unless(seconds > 0.5 && seconds < 5, "%.1f seconds", seconds);
  }
  check_text(ask("* status 429").header("retry-after"), "");
}
GST_END_TEST

GST_START_TEST(proxies_answer_in_their_own_way)
{
  const Response redirect = ask("* redirect http://127.0.0.1:9/login");
  assert_equals_int(redirect.status, 302);
  check_text(redirect.header("location"), "http://127.0.0.1:9/login");
  const Response empty = ask("* empty 503");
  fail_unless(empty.status == 503 && empty.body.empty());
  const Response array = ask("* array");
  fail_unless(array.status == 200 && array.at("$[0].modelVersion").starts_with("emulator/"));
}
GST_END_TEST

GST_START_TEST(a_candidate_may_have_no_text)
{
  const struct {
    const char *action;
    const char *reason;
    int n_parts;
  } kCases[] = {{"* recitation", "RECITATION", 0},
                {"* no-parts", "STOP", 0},
                {"* thought-only", "MAX_TOKENS", 1}};
  for (const auto &[action, reason, n_parts] : kCases) {
    const Response response = ask(action);
    assert_equals_int(response.status, 200);
    check_text(response.at("$.candidates[0].finishReason"), reason);
    assert_equals_int(response.length("$.candidates[0].content.parts"), n_parts);
    if (n_parts > 0)
      check_text(response.at("$.candidates[0].content.parts[0].thought"), "true");
  }
}
GST_END_TEST

GST_START_TEST(content_faults_spoil_the_answer)
{
  const Response cut = ask("* cut-json");
  assert_equals_int(cut.status, 200);
  fail_unless(cut.body.starts_with("{\"candidates\"") && cut.at("$.modelVersion").empty());
  const Response html = ask("* html");
  assert_equals_int(html.status, 200);
  fail_unless(html.content_type.starts_with("text/html") && html.body.starts_with("<!DOCTYPE"));
  assert_equals_int(ask("* html 502").status, 502);
  const Response empty = ask("* empty");
  fail_unless(empty.status == 200 && empty.body.empty());
  const Response blocked = ask("* blocked");
  assert_equals_int(blocked.status, 200);
  check_text(blocked.at("$.promptFeedback.blockReason"), "SAFETY");
  check_text(blocked.at("$.candidates"), "");
  const Response tokens = ask("* max-tokens");
  check_text(tokens.at("$.candidates[0].finishReason"), "MAX_TOKENS");
  const Response echo = ask("* echo-key");
  fail_unless(echo.status == 400 && echo.body.find("'emulator-key'") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(the_models_text_can_be_given)
{
  check_text(ask(R"(* text "[\n {\"a\": \"b\\c\"}\t]")").text(), "[\n {\"a\": \"b\\c\"}\t]");
  g_autofree char *dir = g_dir_make_tmp("emulator-XXXXXX", nullptr);
  const std::string path = std::string{dir} + "/a text";
  std::ofstream{path} << "two\nlines";
  check_text(ask("* text-file " + path).text(), "two\nlines");
  std::filesystem::remove_all(dir);
}
GST_END_TEST

GST_START_TEST(fields_are_refused_by_name)
{
  const std::string hello = R"({"contents":[{"parts":[{"text":"hello"}]}])";
  const std::string config =
      R"(,"generationConfig":{"responseMimeType":"application/json","thinking_config":{}})";
  const Emulator emulator{
      {.vision = Vision::none, .faults = "* refuse responseMimeType,thinkingConfig,seed"}};
  const Response refused = post(emulator.url() + kGenerate, hello + config + "}");
  assert_equals_int(refused.status, 400);
  check_text(refused.at("$.error.status"), "INVALID_ARGUMENT");
  const std::string violations = "$.error.details[0].fieldViolations";
  assert_equals_int(refused.length(violations.c_str()), 2);
  check_text(refused.at((violations + "[1].field").c_str()), "generation_config");
  const std::string description = refused.at((violations + "[1].description").c_str());
  fail_unless(description.find("\"thinking_config\"") != std::string::npos, "%s",
              description.c_str());
  assert_equals_int(post(emulator.url() + kGenerate, hello + "}").status, 200);

  const Emulator picky{{.vision = Vision::none, .faults = "* refuse seed gemini-2.5-pro"}};
  const std::string seed = hello + R"(,"generationConfig":{"seed":1}})";
  assert_equals_int(post(picky.url() + kGenerate, seed).status, 200);
  assert_equals_int(
      post(picky.url() + "/v1beta/models/gemini-2.5-pro:generateContent", seed).status, 400);
}
GST_END_TEST

GST_START_TEST(masks_come_in_foreign_dialects)
{
  Canvas canvas{200, 100, {0.5, 0.5, 0.5}};
  canvas.rectangle({0.9, 0.1, 0.1}, 50, 20, 150, 80);
  const auto picture = canvas.png();
  const struct {
    const char *word;
    const char *begin; // of the mask
  } kCases[] = {
      {"png", "data:image/png;base64,iVBOR"},
      {"base64", "iVBOR"},
      {"inline-data", R"({"inline_data":{"mime_type":"image/png","data":"iVBOR)"},
      {"placeholder", "gimme_mask_for_this"},
      {"polygon", "[[250,200],[750,200],[750,800],[250,800]]"},
      {"polygon-yx", "[[200,250],[200,750],[800,750],[800,250]]"},
      {"flat", "[200,250,200,750,800,750,800,250]"},
      {"chunks", "[[200,250,200,750,800,750,800,250]]"},
      {"rings", "[[[250,200],[750,200],[750,800],[250,800]]]"},
      {"text", "200,250,200,750,800,750,800,250"},
      {"tokens", "<start_of_mask><seg_127><seg_127>"},
      {"tokens-png", "<start_of_mask><seg_127>"},
      {"booleans", "[true,true,"},
  };
  const std::string prompt = R"(Segment all: JSON list, "box_2d", "mask", "label".)";
  for (const auto &[word, begin] : kCases) {
    const Emulator emulator{{.faults = std::string{"* masks "} + word}};
    const std::string mask =
        test::ask(emulator.url(), "gemini-3.8-flash", picture, prompt).said().at("$[0].mask");
    fail_unless(mask.starts_with(begin), "%s: %.80s", word, mask.c_str());
    const bool has_png = mask.find("data:image/png;base64,iVBOR") != std::string::npos;
    fail_unless(has_png == (std::string{word}.ends_with("png")), "%s", word);
  }
  const Emulator none{{.faults = "* masks none"}};
  const Response boxes = test::ask(none.url(), "gemini-2.5-flash", picture, prompt).said();
  fail_unless(boxes.at("$[0].mask").empty() && !boxes.at("$[0].box_2d").empty());
}
GST_END_TEST

GST_START_TEST(faults_hit_the_requests_that_they_select)
{
  const Emulator emulator{{.vision = Vision::none, .faults = "2 status 503\n3 html"}};
  const std::string url = emulator.url() + kGenerate;
  assert_equals_int(post(url, kHello).status, 200);
  assert_equals_int(post(url, kHello).status, 503);
  fail_unless(post(url, kHello).content_type.starts_with("text/html"));
  assert_equals_int(post(url, kHello).status, 200);
}
GST_END_TEST

GST_START_TEST(a_reset_ends_the_connection_in_the_body)
{
  const Emulator emulator{{.vision = Vision::none, .faults = "1 reset"}};
  const std::string url = emulator.url() + kGenerate;
  assert_equals_int(post(url, kHello).status, 0);
  assert_equals_int(post(url, kHello).status, 200);
}
GST_END_TEST

GST_START_TEST(connections_end_too_soon)
{
  for (const char *action : {"close", "half-headers", "bad-gzip"}) {
    const Emulator emulator{{.vision = Vision::none, .faults = std::string{"1 "} + action}};
    const std::string url = emulator.url() + kGenerate;
    fail_unless(post(url, kHello).status == 0, "%s was survived", action);
    assert_equals_int(post(url, kHello).status, 200);
    assert_equals_int(static_cast<int>(emulator.n_requests()), 2);
  }
}
GST_END_TEST

GST_START_TEST(a_body_without_length_ends_with_its_connection)
{
  const Response response = ask("* no-length");
  assert_equals_int(response.status, 200);
  fail_unless(response.at("$.modelVersion").starts_with("emulator/"));
  check_text(response.header("content-length") + response.header("transfer-encoding"), "");
}
GST_END_TEST

GST_START_TEST(a_huge_body_has_as_many_megabytes_as_it_is_told)
{
  const Response response = ask("* huge 3");
  assert_equals_int(response.status, 200);
  assert_equals_int(static_cast<int>(response.body.size()), 3 << 20);
  fail_unless(response.body.starts_with("{\"candidates\""));
  check_text(response.header("content-length"), "");
}
GST_END_TEST

GST_START_TEST(silence_may_end)
{
  const gint64 begin = g_get_monotonic_time();
  assert_equals_int(ask("* silence 200").status, 0);
  fail_unless(seconds_since(begin) >= 0.2);
}
GST_END_TEST

GST_START_TEST(chance_is_the_same_in_every_run)
{
  const auto chosen = [](const char *text) {
    const auto script = FaultScript::parse(text);
    std::vector<std::uint64_t> out;
    for (std::uint64_t i = 1; i <= 10000; ++i) {
      if (script->at(i).delivery.kind == DeliveryFault::Kind::reset)
        out.push_back(i);
    }
    return out;
  };
  const auto some = chosen("random 0.3 reset");
  fail_unless(some.size() > 2800 && some.size() < 3200, "%zu of 10000", some.size());
  fail_unless(some == chosen("random 0.3 1 reset") && some != chosen("random 0.3 2 reset"));
  assert_equals_int(static_cast<int>(chosen("random 1 reset").size()), 10000);
  assert_equals_int(static_cast<int>(chosen("random 0 reset").size()), 0);
}
GST_END_TEST

GST_START_TEST(any_fault_is_another_one_each_time)
{
  const auto script = FaultScript::parse("random 0.5 7 any 30");
  fail_unless(script.has_value(), "%s", script ? "" : script.error().c_str());
  std::set<std::string> kinds;
  int n_good = 0;
  for (std::uint64_t i = 1; i <= 4000; ++i) {
    const auto &[delivery, content] = script->at(i);
    fail_unless(delivery.duration <= std::chrono::milliseconds{30});
    fail_unless(delivery.kind != DeliveryFault::Kind::silence || delivery.duration.count() > 0);
    const bool is_good =
        delivery.kind == DeliveryFault::Kind::none && content.kind == ContentFault::Kind::none;
    n_good += is_good ? 1 : 0;
    kinds.insert(std::to_string(static_cast<int>(delivery.kind)) + ' ' +
                 std::to_string(static_cast<int>(content.kind)) + ' ' + content.error.message +
                 content.error.status + std::to_string(content.http_status) +
                 std::to_string(content.error.retry_after.has_value()));
  }
  fail_unless(n_good > 1800 && n_good < 2200, "%d of 4000", n_good);
  fail_unless(kinds.size() >= 40, "only %zu kinds", kinds.size());
}
GST_END_TEST

GST_START_TEST(every_fault_there_is_ends_in_time)
{
  const auto actions = all_fault_actions(std::chrono::milliseconds{30});
  fail_unless(actions.size() >= 40);
  std::string faults;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    for (const char *call : {"generate ", "stream "})
      faults += call + std::to_string(i + 1) + ' ' + actions[i] + '\n';
  }
  const Emulator emulator{{.vision = Vision::none, .faults = faults}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  const std::string model = emulator.url() + "/v1beta/models/gemini-flash-latest:";
  for (const std::string call : {"generateContent", "streamGenerateContent?alt=sse"}) {
    for (const auto &action : actions) {
      const gint64 begin = g_get_monotonic_time();
      post(model + call, kHello);
      fail_unless(seconds_since(begin) < 5, "%s", action.c_str());
    }
    assert_equals_int(post(model + call, kHello).status, 200);
  }
  assert_equals_int(static_cast<int>(emulator.n_requests()),
                    2 * static_cast<int>(actions.size() + 1));
}
GST_END_TEST

GST_START_TEST(slowness_takes_its_time)
{
  gint64 begin = g_get_monotonic_time();
  assert_equals_int(ask("* slow 300").status, 200);
  fail_unless(seconds_since(begin) >= 0.3);
  begin = g_get_monotonic_time();
  const Response dribbled = ask("* slow-body 300");
  fail_unless(seconds_since(begin) >= 0.3);
  fail_unless(dribbled.status == 200 && dribbled.at("$.modelVersion").starts_with("emulator/"));
}
GST_END_TEST

GST_START_TEST(held_requests_wait_for_their_release)
{
  Emulator emulator{{.vision = Vision::none, .faults = "1-2 hold\n2 status 503"}};
  const std::string url = emulator.url() + kGenerate;
  std::atomic<int> n_done = 0;
  int statuses[2] = {};
  std::thread first{[&] {
    statuses[0] = post(url, kHello).status;
    ++n_done;
  }};
  fail_unless(emulator.wait_for_requests(1));
  std::thread second{[&] {
    statuses[1] = post(url, kHello).status;
    ++n_done;
  }};
  fail_unless(emulator.wait_for_requests(2));
  // The third one is answered while the others wait.
  assert_equals_int(post(url, kHello).status, 200);
  assert_equals_int(n_done, 0);
  emulator.release();
  first.join();
  second.join();
  assert_equals_int(statuses[0], 200);
  assert_equals_int(statuses[1], 503);
}
GST_END_TEST

GST_START_TEST(the_emulator_ends_at_once_while_requests_are_kept)
{
  for (const char *faults :
       {"* silence", "* silence 60000", "* hold", "* slow 60000", "* slow-body 60000"}) {
    std::vector<std::thread> clients;
    std::atomic<int> n_failed = 0;
    gint64 begin = 0;
    {
      const Emulator emulator{{.vision = Vision::none, .faults = faults}};
      for (int i = 0; i < 3; ++i) {
        clients.emplace_back([&n_failed, url = emulator.url() + kGenerate] {
          if (post(url, kHello).status == 0)
            ++n_failed;
        });
      }
      fail_unless(emulator.wait_for_requests(3));
      begin = g_get_monotonic_time();
    }
    fail_unless(seconds_since(begin) < 1, "%s: stopping took %.1f s", faults, seconds_since(begin));
    for (auto &client : clients)
      client.join();
    fail_unless(n_failed == 3, "%s: %d of 3 requests failed", faults, n_failed.load());
  }
}
GST_END_TEST

static Suite *faults_suite()
{
  Suite *suite = suite_create("emulator faults");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, selectors_select);
  tcase_add_test(tcase, each_call_counts_by_itself);
  tcase_add_test(tcase, delivery_and_content_are_chosen_apart);
  tcase_add_test(tcase, mistakes_name_their_line);
  tcase_add_test(tcase, status_faults_have_the_services_bodies);
  tcase_add_test(tcase, quota_faults_differ_in_what_they_advise);
  tcase_add_test(tcase, some_faults_advise_by_header);
  tcase_add_test(tcase, proxies_answer_in_their_own_way);
  tcase_add_test(tcase, a_candidate_may_have_no_text);
  tcase_add_test(tcase, content_faults_spoil_the_answer);
  tcase_add_test(tcase, the_models_text_can_be_given);
  tcase_add_test(tcase, fields_are_refused_by_name);
  tcase_add_test(tcase, masks_come_in_foreign_dialects);
  tcase_add_test(tcase, faults_hit_the_requests_that_they_select);
  tcase_add_test(tcase, a_reset_ends_the_connection_in_the_body);
  tcase_add_test(tcase, connections_end_too_soon);
  tcase_add_test(tcase, a_body_without_length_ends_with_its_connection);
  tcase_add_test(tcase, a_huge_body_has_as_many_megabytes_as_it_is_told);
  tcase_add_test(tcase, silence_may_end);
  tcase_add_test(tcase, chance_is_the_same_in_every_run);
  tcase_add_test(tcase, any_fault_is_another_one_each_time);
  tcase_add_test(tcase, every_fault_there_is_ends_in_time);
  tcase_add_test(tcase, slowness_takes_its_time);
  tcase_add_test(tcase, held_requests_wait_for_their_release);
  tcase_add_test(tcase, the_emulator_ends_at_once_while_requests_are_kept);
  return suite;
}

GST_CHECK_MAIN(faults)
