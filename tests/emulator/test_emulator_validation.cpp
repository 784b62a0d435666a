// SPDX-License-Identifier: LGPL-2.1-or-later
// What is wrong with requests, and what is not.
#include "emulator.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

// A request with these members besides its contents.
std::string with(const std::string &members)
{
  return R"({"contents":[{"parts":[{"text":"hi"}]}],)" + members + "}";
}

std::string with_config(const std::string &members)
{
  return with(R"("generationConfig":{)" + members + "}");
}

std::string with_part(const std::string &part)
{
  return R"({"contents":[{"parts":[)" + part + "]}]}";
}

Response ask(const Emulator &emulator, const std::string &body,
             const std::string &model = "gemini-flash-latest")
{
  return post(emulator.url() + "/v1beta/models/" + model + ":generateContent", body);
}

} // namespace

GST_START_TEST(unknown_names_are_violations_with_their_path)
{
  const struct {
    std::string body;
    const char *field; // of the message that holds the unknown name
    const char *name;
  } kCases[] = {
      {with(R"("prompt":"x")"), "", "prompt"},
      {with_config(R"("maxTokens":1)"), "generation_config", "maxTokens"},
      {with_config(R"("thinkingConfig":{"budget":1})"), "generation_config.thinking_config",
       "budget"},
      {with_part(R"({"text":"a"},{"image":"b"})"), "contents[0].parts[1]", "image"},
      {with_part(R"({"inlineData":{"mime":"image/png"}})"), "contents[0].parts[0].inline_data",
       "mime"},
      {with(R"("system_instruction":{"parts":{"texts":"a"}})"), "system_instruction.parts",
       "texts"},
      {with_config(
           R"("responseSchema":{"type":"ARRAY","items":{"type":"OBJECT","additionalProperties":false}})"),
       "generation_config.response_schema.items", "additionalProperties"},
      {with_config(R"("responseSchema":{"type":"OBJECT","properties":{"a":{"kind":"b"}}})"),
       "generation_config.response_schema.properties[a]", "kind"},
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &[body, field, name] : kCases) {
    const Response response = ask(emulator, body);
    assert_equals_int(response.status, 400);
    check_text(response.at("$.error.status"), "INVALID_ARGUMENT");
    const std::string violation = "$.error.details[0].fieldViolations[0].";
    check_text(response.at((violation + "field").c_str()), field);
    const std::string description = response.at((violation + "description").c_str());
    fail_unless(description.find(std::string{"\""} + name + '"') != std::string::npos, "%s",
                description.c_str());
  }
}
GST_END_TEST

GST_START_TEST(wrong_values_are_violations_with_their_path)
{
  const struct {
    std::string body;
    const char *field;
  } kCases[] = {
      {with_part(R"({"text":7})"), "contents[0].parts[0].text"},
      {with_part(R"({"text":["a"]})"), "contents[0].parts[0].text"},
      {with_part(R"({"inlineData":{"mimeType":"image/png","data":"a*b="}})"),
       "contents[0].parts[0].inline_data.data"},
      {with_part(R"({"inlineData":{"mimeType":"image/png","data":"abcde"}})"),
       "contents[0].parts[0].inline_data.data"},
      {with_part(R"({"inline_data":"abc"})"), "contents[0].parts[0].inline_data"},
      {with_config(R"("seed":1.5)"), "generation_config.seed"},
      {with_config(R"("seed":3000000000)"), "generation_config.seed"},
      {with_config(R"("seed":true)"), "generation_config.seed"},
      {with_config(R"("temperature":"warm")"), "generation_config.temperature"},
      {with_config(R"("thinkingConfig":{"thinkingLevel":"SOME"})"),
       "generation_config.thinking_config.thinking_level"},
      {with_config(R"("mediaResolution":"MEDIA_RESOLUTION_ULTRA_HIGH")"),
       "generation_config.media_resolution"},
      {with(R"("safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"MAYBE"}])"),
       "safety_settings[0].threshold"},
      {R"({"contents":"hello"})", "contents"},
      {"[]", ""},
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &[body, field] : kCases) {
    const Response response = ask(emulator, body);
    fail_unless(response.status == 400, "%s was accepted", body.c_str());
    check_text(response.at("$.error.details[0].fieldViolations[0].field"), field);
  }
}
GST_END_TEST

GST_START_TEST(what_makes_no_sense_is_refused)
{
  const std::string png = R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})";
  const struct {
    std::string body;
    const char *model;
    const char *word; // of the message
  } kCases[] = {
      {"{", "gemini-3.8-flash", "parsed"},
      {"{}", "gemini-3.8-flash", "contents"},
      {R"({"contents":[]})", "gemini-3.8-flash", "contents"},
      {R"({"contents":[{"parts":[]}]})", "gemini-3.8-flash", "parts"},
      {R"({"contents":[{"role":"bot","parts":[{"text":"hi"}]}]})", "gemini-3.8-flash", "role"},
      {with_part("{}"), "gemini-3.8-flash", "data"},
      {with_part(R"({"inlineData":{"mimeType":"image/gif","data":"AAAA"}})"), "gemini-3.8-flash",
       "image/gif"},
      {with_part(png), "gemini-3.8-flash", "processed"},
      {with(R"("model":"models/gemini-3.7-flash")"), "gemini-3.8-flash", "model"},
      {with_config(R"("temperature":2.5)"), "gemini-3.8-flash", "temperature"},
      {with_config(R"("maxOutputTokens":0)"), "gemini-3.8-flash", "max_output_tokens"},
      {with_config(R"("candidateCount":9)"), "gemini-3.8-flash", "candidate_count"},
      {with_config(R"("responseMimeType":"text/html")"), "gemini-3.8-flash", "text/html"},
      {with_config(R"("responseSchema":{"type":"ARRAY"})"), "gemini-3.8-flash",
       "response_mime_type"},
      {with_config(R"("responseMimeType":"application/json","responseSchema":{"type":"ARRAY"},)"
                   R"("responseJsonSchema":{"type":"array"})"),
       "gemini-3.8-flash", "both"},
      {with_config(R"("thinkingConfig":{"thinkingBudget":0,"thinkingLevel":"LOW"})"),
       "gemini-3.8-flash", "both"},
      {with_config(R"("thinkingConfig":{"thinkingLevel":"LOW"})"), "gemini-2.5-flash",
       "thinking_level"},
      {with_config(R"("thinkingConfig":{"thinkingLevel":"MINIMAL"})"), "gemini-3.1-pro-preview",
       "MINIMAL"},
      {with_config(R"("thinkingConfig":{"thinkingBudget":0})"), "gemini-2.5-pro", "budget"},
      {with_config(R"("thinkingConfig":{"thinkingBudget":99999})"), "gemini-2.5-flash", "budget"},
      {with_config(R"("thinkingConfig":{"thinkingBudget":100})"), "gemini-2.5-flash-lite",
       "budget"},
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &[body, model, word] : kCases) {
    const Response response = ask(emulator, body, model);
    fail_unless(response.status == 400, "%s was accepted by %s", body.c_str(), model);
    const std::string message = response.at("$.error.message");
    fail_unless(message.find(word) != std::string::npos, "%s: %s", body.c_str(), message.c_str());
  }
}
GST_END_TEST

GST_START_TEST(settings_that_a_model_refuses_name_their_field)
{
  const std::string thinking = "generation_config.thinking_config";
  const std::string json = R"("responseMimeType":"application/json",)";
  const struct {
    const char *model;
    std::string config;
    std::string field;
    const char *words; // of the message
  } kCases[] = {
      {"gemini-2.5-flash", R"("thinkingConfig":{"thinkingLevel":"LOW"})",
       thinking + ".thinking_level", "thinkingLevel"},
      {"gemini-2.5-flash", R"("thinkingConfig":{"thinkingLevel":"LOW","thinkingBudget":0})",
       thinking, "thinking_budget or thinking_level"},
      {"gemini-3.1-pro-preview", R"("thinkingConfig":{"thinkingLevel":"MINIMAL"})",
       thinking + ".thinking_level", "MINIMAL"},
      {"gemini-2.5-pro", R"("thinkingConfig":{"thinkingBudget":0})", thinking + ".thinking_budget",
       "Budget 0 is invalid. This model only works in thinking mode."},
      {"gemini-2.5-pro", R"("thinkingConfig":{"thinkingBudget":40000})",
       thinking + ".thinking_budget", "128 to 32768"},
      {"gemini-3.8-flash", json + R"("responseSchema":{},"responseJsonSchema":{})",
       "generation_config", "response_json_schema"},
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &[model, config, field, words] : kCases) {
    const Response response = ask(emulator, with_config(config), model);
    assert_equals_int(response.status, 400);
    check_text(response.at("$.error.details[0].fieldViolations[0].field"), field);
    const std::string message = response.at("$.error.message");
    fail_unless(message.find(words) != std::string::npos, "%s", message.c_str());
  }
  const std::string minimal = with_config(R"("thinkingConfig":{"thinkingLevel":"MINIMAL"})");
  assert_equals_int(ask(emulator, minimal, "gemini-3.8-flash").status, 200);
}
GST_END_TEST

GST_START_TEST(unknown_files_and_caches_are_forbidden)
{
  const Emulator emulator{{.vision = Vision::none}};
  const Response file = ask(
      emulator, with_part(R"({"fileData":{"fileUri":"https://example.com/v1beta/files/abc"}})"));
  assert_equals_int(file.status, 403);
  fail_unless(file.at("$.error.message").find("files/abc") != std::string::npos);
  assert_equals_int(ask(emulator, with(R"("cachedContent":"cachedContents/x")")).status, 403);
}
GST_END_TEST

GST_START_TEST(what_the_service_takes_is_taken)
{
  const std::string bodies[] = {
      // both spellings, scalars for lists of one, numbers as text, null as absent
      R"({"contents":{"parts":{"text":"hi"}},"generation_config":{"top_p":"0.9","seed":"5","topK":40}})",
      with(R"("system_instruction":{"parts":{"text":"be brief"}})"),
      with(
          R"("safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_ONLY_HIGH"}])"),
      with(R"("cachedContent":null,"generationConfig":{})"),
      with(R"("model":"models/gemini-3.8-flash","serviceTier":"flex")"),
      with_config(R"("thinkingConfig":{"thinkingLevel":"MINIMAL","includeThoughts":false})"),
      with_config(R"("thinkingConfig":{"thinkingBudget":128})"),
      with_config(
          R"("responseMimeType":"application/json","responseJsonSchema":{"type":"array","x":1})"),
      R"({"contents":[{"role":"user","parts":[{"text":"hi","thoughtSignature":"_-8"}]},)"
      R"({"role":"model","parts":[{"text":"ho"}]}]})",
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &body : bodies) {
    const Response response = ask(emulator, body, "gemini-3.8-flash");
    fail_unless(response.status == 200, "%s: %s", body.c_str(), response.body.c_str());
  }
  for (const char *budget : {"-1", "0", "512", "24576"}) {
    const std::string config = std::string{R"("thinkingConfig":{"thinkingBudget":)"} + budget + "}";
    assert_equals_int(ask(emulator, with_config(config), "gemini-2.5-flash-lite").status, 200);
  }
}
GST_END_TEST

GST_START_TEST(a_part_has_a_resolution_of_its_own_from_3_on)
{
  Canvas canvas{64, 48, {0.5, 0.5, 0.5}};
  std::string body = picture_request(canvas.png(), "hi");
  body.insert(body.find("},{\"text\""),
              R"(,"mediaResolution":{"level":"MEDIA_RESOLUTION_ULTRA_HIGH"})");
  const Emulator emulator{{.vision = Vision::none}};
  const Response response = ask(emulator, body, "gemini-3.8-flash");
  check_text(response.at("$.usageMetadata.promptTokensDetails[1].tokenCount"), "2240");
  const Response refused = ask(emulator, body, "gemini-2.5-flash");
  assert_equals_int(refused.status, 400);
  check_text(refused.at("$.error.details[0].fieldViolations[0].field"),
             "contents[0].parts[0].media_resolution");
}
GST_END_TEST

GST_START_TEST(more_than_100_megabytes_are_too_much)
{
  std::string body = with_part(R"({"text":")" + std::string((100UL << 20) + 1, 'a') + R"("})");
  const Emulator emulator{{.vision = Vision::none}};
  const Response response = ask(emulator, body);
  assert_equals_int(response.status, 400);
  fail_unless(response.at("$.error.message").find("larger") != std::string::npos);
}
GST_END_TEST

static Suite *validation_suite()
{
  Suite *suite = suite_create("emulator validation");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, unknown_names_are_violations_with_their_path);
  tcase_add_test(tcase, wrong_values_are_violations_with_their_path);
  tcase_add_test(tcase, what_makes_no_sense_is_refused);
  tcase_add_test(tcase, settings_that_a_model_refuses_name_their_field);
  tcase_add_test(tcase, unknown_files_and_caches_are_forbidden);
  tcase_add_test(tcase, what_the_service_takes_is_taken);
  tcase_add_test(tcase, a_part_has_a_resolution_of_its_own_from_3_on);
  tcase_add_test(tcase, more_than_100_megabytes_are_too_much);
  return suite;
}

GST_CHECK_MAIN(validation)
