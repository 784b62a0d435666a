// SPDX-License-Identifier: LGPL-2.1-or-later
// What the emulator serves and refuses, over HTTP.
#include "emulator.hpp"
#include "support/certificate.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

void check_status(const Response &response, int status, const std::string &word)
{
  fail_unless(response.status == status && response.at("$.error.status") == word,
              "not %d %s but %d: %s", status, word.c_str(), response.status, response.body.c_str());
}

std::vector<std::uint8_t> red_square()
{
  Canvas canvas{200, 100, {0.5, 0.5, 0.5}};
  canvas.rectangle({0.9, 0.1, 0.1}, 50, 20, 150, 80);
  return canvas.jpeg(90);
}

} // namespace

GST_START_TEST(only_the_right_key_is_let_in)
{
  const Emulator emulator{{.api_key = "secret"}};
  const std::string url = emulator.url() + kGenerate;
  check_status(post(url, kHello, {}), 403, "PERMISSION_DENIED");
  const Response wrong = post(url, kHello, {{"x-goog-api-key", "other"}});
  check_status(wrong, 400, "INVALID_ARGUMENT");
  check_text(wrong.at("$.error.details[0].reason"), "API_KEY_INVALID");
  assert_equals_int(post(url, kHello, {{"x-goog-api-key", "secret"}}).status, 200);
  assert_equals_int(post(url + "?key=secret", kHello, {}).status, 200);
  check_status(post(url + "?key=other", kHello, {}), 400, "INVALID_ARGUMENT");
}
GST_END_TEST

GST_START_TEST(vertex_paths_want_a_token_or_a_key)
{
  const Emulator emulator;
  const std::string model = "publishers/google/models/gemini-2.5-flash:generateContent";
  const std::string project = emulator.url() + "/v1beta1/projects/p/locations/global/" + model;
  const std::string express = emulator.url() + "/v1beta1/" + model;
  assert_equals_int(post(project, kHello, {{"Authorization", "Bearer emulator-key"}}).status, 200);
  check_status(post(project, kHello, {{"Authorization", "Bearer old"}}), 401, "UNAUTHENTICATED");
  check_status(post(project, kHello), 401, "UNAUTHENTICATED");
  assert_equals_int(post(express, kHello).status, 200);
}
GST_END_TEST

GST_START_TEST(vertex_models_are_read_with_either)
{
  const Emulator emulator;
  const Headers token{{"Authorization", "Bearer emulator-key"}};
  const std::string models = emulator.url() + "/v1beta1/publishers/google/models";
  for (const auto &headers : {kGoodKey, token}) {
    check_text(get(models + "/gemini-2.5-flash", headers).at("$.name"),
               "publishers/google/models/gemini-2.5-flash");
    assert_equals_int(get(models + "?pageSize=3", headers).length("$.publisherModels"), 3);
  }
  const std::string project =
      emulator.url() + "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash";
  assert_equals_int(get(project, token).status, 200);
  check_status(get(project), 401, "UNAUTHENTICATED");
  check_status(get(models + "/gemini-9"), 404, "NOT_FOUND");
  check_status(get(models + "/gemini-2.5-flash", {}), 401, "UNAUTHENTICATED");
  check_status(get(models + "/gemini-2.5-flash", {{"x-goog-api-key", "other"}}), 400,
               "INVALID_ARGUMENT");
}
GST_END_TEST

GST_START_TEST(vertex_knows_fields_of_its_own)
{
  const Emulator emulator{{.vision = Vision::none}};
  const std::string vertex =
      emulator.url() + "/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent";
  const std::string developer = emulator.url() + "/v1beta/models/gemini-2.5-flash:generateContent";
  const std::string contents = R"({"contents":[{"parts":[{"text":"hello"}]}],)";
  for (const std::string more :
       {R"("labels":{"team":"a"}})", R"("generationConfig":{"audioTimestamp":true}})",
        R"("safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","method":"SEVERITY"}]})"}) {
    assert_equals_int(post(vertex, contents + more).status, 200);
    check_status(post(developer, contents + more), 400, "INVALID_ARGUMENT");
  }
  check_status(post(vertex, contents + R"("generationConfig":{"audioTimestamp":1}})"), 400,
               "INVALID_ARGUMENT");
}
GST_END_TEST

GST_START_TEST(tokens_are_counted_of_either_body)
{
  const Emulator emulator;
  const std::string developer = emulator.url() + "/v1beta/models/gemini-2.5-flash:countTokens";
  const std::string vertex =
      emulator.url() + "/v1/publishers/google/models/gemini-2.5-flash:countTokens";
  const std::string contents = picture_request(red_square(), "hello there!");
  const Response plain = post(developer, contents);
  check_text(plain.at("$.totalTokens"), "262");
  check_text(plain.at("$.promptTokensDetails[0].modality"), "TEXT");
  check_text(plain.at("$.promptTokensDetails[1].tokenCount"), "258");
  const std::string more = R"(,"systemInstruction":{"parts":[{"text":"Be as brief as can be"}]})";
  const std::string instructed = picture_request(red_square(), "hello there!", more);
  const auto whole = [](const std::string &model, const std::string &request) {
    return R"({"generateContentRequest":{"model":"models/)" + model + R"(",)" + request.substr(1) +
           "}";
  };
  check_text(post(developer, whole("gemini-2.5-flash", contents)).at("$.totalTokens"), "262");
  check_text(post(developer, whole("gemini-2.5-flash", instructed)).at("$.totalTokens"), "267");
  check_status(post(developer, whole("gemini-2.5-pro", contents)), 400, "INVALID_ARGUMENT");
  check_status(post(developer, instructed), 400, "INVALID_ARGUMENT");
  check_text(post(vertex, instructed).at("$.totalTokens"), "267");
  check_status(post(vertex, whole("gemini-2.5-flash", contents)), 400, "INVALID_ARGUMENT");
}
GST_END_TEST

GST_START_TEST(models_are_listed_and_paged)
{
  const Emulator emulator;
  const Response one = get(emulator.url() + "/v1/models/gemini-2.5-flash");
  check_text(one.at("$.name"), "models/gemini-2.5-flash");
  const Response page = get(emulator.url() + "/v1beta/models?pageSize=3");
  const std::string token = page.at("$.nextPageToken");
  check_text(token, "3");
  fail_unless(!page.at("$.models[2].name").empty());
  const Response rest = get(emulator.url() + "/v1beta/models?pageToken=" + token);
  const std::string fourth = rest.at("$.models[0].name");
  fail_unless(!fourth.empty() && page.body.find('"' + fourth + '"') == std::string::npos);
  fail_unless(rest.at("$.nextPageToken").empty());
}
GST_END_TEST

GST_START_TEST(unknown_and_retired_models_are_not_found)
{
  const Emulator emulator;
  for (const std::string model :
       {"gemini-9", "gemini-2.0-flash", "gemini-robotics-er-1.6-preview"}) {
    check_status(post(emulator.url() + "/v1beta/models/" + model + ":generateContent", kHello), 404,
                 "NOT_FOUND");
    check_status(get(emulator.url() + "/v1beta/models/" + model), 404, "NOT_FOUND");
  }
}
GST_END_TEST

GST_START_TEST(other_paths_are_pages_that_are_not_found)
{
  const Emulator emulator;
  for (const std::string path :
       {"/v2/models", "/v1beta/pictures", "/v1beta/models/a/b", "/v1beta/models:x"}) {
    const Response response = get(emulator.url() + path);
    assert_equals_int(response.status, 404);
    fail_unless(response.content_type.find("text/html") == 0);
  }
  const Response hello = get(emulator.url() + "/", {});
  assert_equals_int(hello.status, 200);
  fail_unless(hello.body.find("emulator") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(boxes_are_in_the_models_format)
{
  const Emulator emulator;
  const Response response =
      post(emulator.url() + kGenerate, picture_request(red_square(), kBoxesPrompt));
  check_text(
      response.text(),
      "```json\n[\n  {\"box_2d\": [200, 250, 800, 750], \"label\": \"red rectangle\"}\n]\n```");
  check_text(response.at("$.candidates[0].finishReason"), "STOP");
  fail_unless(response.at("$.modelVersion").starts_with("emulator/"));
  fail_unless(!response.at("$.responseId").empty());
}
GST_END_TEST

GST_START_TEST(json_mode_has_no_fence_and_a_schema_its_own_root)
{
  const Emulator emulator;
  const std::string url = emulator.url() + kGenerate;
  const Response bare =
      post(url, picture_request(red_square(), kBoxesPrompt,
                                R"(,"generationConfig":{"responseMimeType":"application/json"})"));
  check_text(bare.text(),
             "[\n  {\"box_2d\": [200, 250, 800, 750], \"label\": \"red rectangle\"}\n]");
  const Response object = post(
      url, picture_request(
               red_square(), "Find things.",
               R"(,"generation_config":{"response_mime_type":"application/json","response_schema":
      {"type":"OBJECT","properties":{"boxes":{"type":"ARRAY","items":{"type":"OBJECT","properties":{"box_2d":
      {"type":"ARRAY","items":{"type":"INTEGER"},"minItems":"4"},"label":{"type":"STRING"}}}}}}})"));
  fail_unless(object.text().starts_with("{\"boxes\":["), "%s", object.body.c_str());
}
GST_END_TEST

GST_START_TEST(a_plain_question_gets_a_sentence)
{
  const Emulator emulator;
  const Response response =
      post(emulator.url() + kGenerate, picture_request(red_square(), "What is this?"));
  check_text(response.text(), "The picture shows a red rectangle.");
}
GST_END_TEST

GST_START_TEST(kinds_and_a_cap_are_heeded)
{
  Canvas canvas{400, 200, {0.5, 0.5, 0.5}};
  canvas.rectangle({0.9, 0.1, 0.1}, 20, 20, 100, 100);
  canvas.rectangle({0.1, 0.2, 0.9}, 120, 20, 180, 100);
  canvas.ellipse({0.9, 0.1, 0.1}, 220, 20, 280, 100);
  const auto picture = canvas.png();
  const Emulator emulator;
  const auto answer = [&](const std::string &what) {
    const std::string prompt = "Detect " + what + R"(. JSON list, keys "box_2d" and "label".)";
    return post(emulator.url() + kGenerate, picture_request(picture, prompt)).text();
  };
  const auto names = [](const std::string &text, const char *label) {
    return text.find(label) != std::string::npos;
  };
  const std::string all = answer("everything");
  fail_unless(names(all, "red rectangle") && names(all, "blue rectangle") &&
              names(all, "red ellipse"));
  const std::string rectangles = answer("rectangles");
  fail_unless(names(rectangles, "red rectangle") && !names(rectangles, "ellipse"));
  const std::string pairs = answer("the blue rectangles and all circles");
  fail_unless(!names(pairs, "red rectangle") && names(pairs, "blue rectangle") &&
              names(pairs, "red ellipse"));
  const std::string two = answer("things, at most 2 objects");
  fail_unless(names(two, "red rectangle") && names(two, "blue rectangle") &&
              !names(two, "ellipse"));
}
GST_END_TEST

GST_START_TEST(tokens_follow_the_documented_formulas)
{
  Canvas wide{960, 540, {0.5, 0.5, 0.5}};
  Canvas small{384, 384, {0.5, 0.5, 0.5}};
  struct {
    const char *model;
    const Canvas &picture;
    const char *config;
    const char *image_tokens;
  } const kCases[] = {
      {"gemini-2.5-flash", wide, "", "1548"},
      {"gemini-2.5-flash", small, "", "258"},
      {"gemini-2.5-flash", wide,
       R"(,"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_LOW"})", "64"},
      {"gemini-2.5-flash-lite", wide,
       R"(,"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_MEDIUM"})", "256"},
      {"gemini-2.5-pro", wide, R"(,"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_HIGH"})",
       "1548"},
      {"gemini-3.8-flash", wide, "", "1120"},
      {"gemini-robotics-er-2-preview", small, "", "1120"},
      {"gemini-3.1-pro-preview", wide,
       R"(,"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_LOW"})", "280"},
      {"gemini-4-argon", wide, R"(,"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_HIGH"})",
       "1120"},
      {"gemini-3.8-flash", wide,
       R"(,"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_MEDIUM"})", "560"},
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &[model, picture, config, tokens] : kCases) {
    const Response response = post(emulator.url() + "/v1beta/models/" + model + ":generateContent",
                                   picture_request(picture.jpeg(), "hello there!", config));
    check_text(response.at("$.usageMetadata.promptTokensDetails[1].tokenCount"), tokens);
    check_text(response.at("$.usageMetadata.promptTokensDetails[0].tokenCount"), "4");
  }
  const Response count = post(emulator.url() + "/v1beta/models/gemini-2.5-flash:countTokens",
                              picture_request(wide.jpeg(), "hello there!"));
  check_text(count.at("$.totalTokens"), "1552");
}
GST_END_TEST

GST_START_TEST(streams_are_events_or_an_array)
{
  const Emulator emulator;
  const std::string url =
      emulator.url() + "/v1beta/models/gemini-flash-latest:streamGenerateContent";
  const std::string body = picture_request(red_square(), kBoxesPrompt);
  const Response events = post(url + "?alt=sse", body);
  check_text(events.content_type, "text/event-stream");
  std::string text;
  int n_events = 0;
  std::string rest = events.body;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\n\n");
    fail_unless(rest.starts_with("data: ") && end != std::string::npos, "%s", rest.c_str());
    Response piece{.status = 200, .content_type = {}, .body = rest.substr(6, end - 6)};
    text += piece.text();
    rest.erase(0, end + 2);
    ++n_events;
    assert_equals_int(piece.at("$.candidates[0].finishReason") == "STOP", rest.empty());
  }
  fail_unless(n_events > 1);
  check_text(text, post(emulator.url() + kGenerate, body).text());
  const Response array = post(url, body);
  fail_unless(!array.at("$[1].responseId").empty(), "%s", array.body.c_str());
  check_text(post(url, kHello, {}).at("$[0].error.status"), "PERMISSION_DENIED");
}
GST_END_TEST

GST_START_TEST(requests_beyond_the_rate_are_refused)
{
  const Emulator emulator{{.vision = Vision::none, .requests_per_minute = 2}};
  const std::string url = emulator.url() + kGenerate;
  assert_equals_int(post(url, kHello).status, 200);
  assert_equals_int(post(url, kHello).status, 200);
  const Response third = post(url, kHello);
  check_status(third, 429, "RESOURCE_EXHAUSTED");
  check_text(third.at("$.error.details[0].violations[0].quotaValue"), "2");
  const double delay = g_ascii_strtod(third.at("$.error.details[2].retryDelay").c_str(), nullptr);
  fail_unless(delay > 0 && delay <= 60);
}
GST_END_TEST

GST_START_TEST(each_key_has_a_quota_of_its_own)
{
  const Emulator emulator{{.api_key = "a,b", .vision = Vision::none, .requests_per_minute = 1}};
  const std::string url = emulator.url() + kGenerate;
  assert_equals_int(post(url, kHello, {{"x-goog-api-key", "a"}}).status, 200);
  assert_equals_int(post(url, kHello, {{"x-goog-api-key", "a"}}).status, 429);
  assert_equals_int(post(url, kHello, {{"x-goog-api-key", "b"}}).status, 200);
  assert_equals_int(post(url, kHello, {{"x-goog-api-key", "a,b"}}).status, 400);
}
GST_END_TEST

GST_START_TEST(output_is_cut_at_its_limit)
{
  const Emulator emulator;
  const Response response = post(
      emulator.url() + kGenerate,
      picture_request(red_square(), kBoxesPrompt, R"(,"generationConfig":{"maxOutputTokens":5})"));
  check_text(response.at("$.candidates[0].finishReason"), "MAX_TOKENS");
  assert_equals_int(static_cast<int>(response.text().size()), 20);
  check_text(response.at("$.usageMetadata.candidatesTokenCount"), "5");
}
GST_END_TEST

GST_START_TEST(requests_are_remembered_without_keys)
{
  const Emulator emulator{{.vision = Vision::none}};
  post(emulator.url() + kGenerate + "?key=emulator-key&alt=json", kHello, {{"X-Mine", "yes"}});
  post(emulator.url() + kGenerate, "{}", {{"x-goog-api-key", "another-secret"}});
  get(emulator.url() + "/v1beta/models", {});
  get(emulator.url() + "/");
  fail_unless(emulator.wait_for_requests(2) && emulator.wait_for_calls("models", 1));
  const auto requests = emulator.calls();
  assert_equals_int(static_cast<int>(requests.size()), 3);
  check_text(requests[0].method, "POST");
  check_text(requests[0].path, kGenerate);
  check_text(requests[0].query, "alt=json");
  check_text(requests[0].body, kHello);
  fail_unless(requests[0].has_key && requests[1].has_key && !requests[2].has_key);
  bool has_mine = false;
  for (const auto &request : requests) {
    for (const auto &[name, value] : request.headers) {
      has_mine = has_mine || (name == "x-mine" && value == "yes");
      fail_unless(value.find("secret") == std::string::npos &&
                  value.find("emulator-key") == std::string::npos);
    }
  }
  fail_unless(has_mine);
}
GST_END_TEST

GST_START_TEST(only_generating_is_a_request_and_the_rest_are_other_calls)
{
  const Emulator emulator{{.vision = Vision::none}};
  const std::string model = emulator.url() + "/v1beta/models/gemini-flash-latest";
  get(model);
  post(model + ":countTokens", kHello);
  post(model + ":streamGenerateContent?alt=sse", kHello);
  get(emulator.url() + "/nowhere");
  post(model + ":generateContent", kHello);
  assert_equals_int(static_cast<int>(emulator.n_requests()), 2);
  const auto requests = emulator.requests();
  assert_equals_int(static_cast<int>(requests.size()), 2);
  check_text(requests[0].call, "stream");
  check_text(requests[1].call, "generate");
  std::string calls;
  for (const auto &call : emulator.calls())
    calls += call.call + ' ';
  check_text(calls, "models count stream other generate ");
  for (const char *call : {"models", "count", "stream", "other", "generate"})
    fail_unless(emulator.n_calls(call) == 1 && emulator.wait_for_calls(call, 1), "%s", call);
  assert_equals_int(static_cast<int>(emulator.n_calls("files.get")), 0);
}
GST_END_TEST

GST_START_TEST(bodies_are_recorded_without_keys)
{
  g_autofree char *dir = g_dir_make_tmp("emulator-XXXXXX", nullptr);
  {
    const Emulator emulator{{.faults = "2 echo-key", .record_dir = std::string{dir} + "/record"}};
    post(emulator.url() + kGenerate, picture_request(red_square(), kBoxesPrompt));
    const Response echo =
        post(emulator.url() + kGenerate, kHello, {{"x-goog-api-key", "my-secret"}});
    fail_unless(echo.body.find("my-secret") != std::string::npos);
  }
  int n_files = 0;
  for (const auto &file : std::filesystem::directory_iterator{std::string{dir} + "/record"}) {
    const auto bytes = read_file(file.path());
    const std::string text{bytes.begin(), bytes.end()};
    fail_unless(!text.empty() && text.find("my-secret") == std::string::npos &&
                text.find("emulator-key") == std::string::npos);
    ++n_files;
  }
  assert_equals_int(n_files, 6);
  const auto bytes = read_file(std::string{dir} + "/record/000002-head.json");
  const Response head{.status = 200, .content_type = {}, .body = {bytes.begin(), bytes.end()}};
  check_text(head.at("$.method"), "POST");
  check_text(head.at("$.path"), kGenerate);
  check_text(head.at("$.credential"), "x-goog-api-key");
  check_text(head.at("$.headers.content-type"), "application/json");
  std::filesystem::remove_all(dir);
}
GST_END_TEST

GST_START_TEST(latencies_of_requests_in_flight_overlap)
{
  const Emulator emulator{{.vision = Vision::none, .latency_ms = 400, .jitter_ms = 200}};
  const gint64 begin = g_get_monotonic_time();
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i)
    clients.emplace_back([&] { post(emulator.url() + kGenerate, kHello); });
  for (auto &client : clients)
    client.join();
  const double seconds = static_cast<double>(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
  fail_unless(seconds >= 0.4, "answers came after %.2f s already", seconds);
  // One after the other they take 2.4 s at least.
  fail_unless(seconds < 2.4, "answers took %.2f s", seconds);
}
GST_END_TEST

GST_START_TEST(it_speaks_https)
{
  const gemini::test::Certificate certificate;
  if (!certificate.problem().empty()) {
    g_print("SKIPPED: %s\n", certificate.problem().c_str());
    return;
  }
  const Emulator emulator{{.vision = Vision::none,
                           .tls_cert = certificate.cert(),
                           .tls_key = certificate.key(),
                           .http2 = false}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  fail_unless(emulator.url().starts_with("https://") && !emulator.has_http2());
  assert_equals_int(post(emulator.url() + kGenerate, kHello).status, 200);
}
GST_END_TEST

GST_START_TEST(a_failed_start_says_why)
{
  const Emulator first{{.vision = Vision::none}};
  const int port = std::stoi(first.url().substr(first.url().rfind(':') + 1));
  const struct {
    Options options;
    const char *word;
  } kCases[] = {
      {{.port = port}, "port"},
      {{.faults = "1 explode"}, "explode"},
      {{.record_dir = "/dev/null/record"}, "/dev/null/record"},
      {{.tls_cert = "/nowhere/cert.pem", .tls_key = "/nowhere/key.pem"}, "TLS"},
      {{.vision = Vision::coco, .models_dir = "/nowhere"}, ""},
  };
  for (const auto &[options, word] : kCases) {
    const Emulator emulator{options};
    fail_unless(!emulator.is_running() && !emulator.error().empty());
    fail_unless(emulator.error().find(word) != std::string::npos, "%s", emulator.error().c_str());
  }
}
GST_END_TEST

static Suite *service_suite()
{
  Suite *suite = suite_create("emulator service");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, only_the_right_key_is_let_in);
  tcase_add_test(tcase, vertex_paths_want_a_token_or_a_key);
  tcase_add_test(tcase, vertex_models_are_read_with_either);
  tcase_add_test(tcase, vertex_knows_fields_of_its_own);
  tcase_add_test(tcase, tokens_are_counted_of_either_body);
  tcase_add_test(tcase, models_are_listed_and_paged);
  tcase_add_test(tcase, unknown_and_retired_models_are_not_found);
  tcase_add_test(tcase, other_paths_are_pages_that_are_not_found);
  tcase_add_test(tcase, boxes_are_in_the_models_format);
  tcase_add_test(tcase, json_mode_has_no_fence_and_a_schema_its_own_root);
  tcase_add_test(tcase, a_plain_question_gets_a_sentence);
  tcase_add_test(tcase, kinds_and_a_cap_are_heeded);
  tcase_add_test(tcase, tokens_follow_the_documented_formulas);
  tcase_add_test(tcase, streams_are_events_or_an_array);
  tcase_add_test(tcase, requests_beyond_the_rate_are_refused);
  tcase_add_test(tcase, each_key_has_a_quota_of_its_own);
  tcase_add_test(tcase, output_is_cut_at_its_limit);
  tcase_add_test(tcase, requests_are_remembered_without_keys);
  tcase_add_test(tcase, only_generating_is_a_request_and_the_rest_are_other_calls);
  tcase_add_test(tcase, bodies_are_recorded_without_keys);
  tcase_add_test(tcase, latencies_of_requests_in_flight_overlap);
  tcase_add_test(tcase, it_speaks_https);
  tcase_add_test(tcase, a_failed_start_says_why);
  return suite;
}

GST_CHECK_MAIN(service)
