// SPDX-License-Identifier: LGPL-2.1-or-later
// From the properties to what is sent, and what happens where a model refuses it.
#include "support.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cstdlib>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

// One sample a second, one request at a time.
std::string film(unsigned seconds)
{
  return "videotestsrc num-buffers=" + std::to_string(10 * seconds) + " ! " + kCaps +
         " ! {} ! fakesink sync=false";
}

bool contains(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

// As `gst-launch` would have it, of one sampled frame.
std::string body_for(const std::string &properties)
{
  Emulator emulator;
  Pipeline pipeline{film(1), emulator.url(), properties};
  fail_unless(pipeline.run(), "%s: %s", properties.c_str(), pipeline.error().c_str());
  return emulator.requests().at(0).body;
}

std::string dropped_fields(GstElement *element)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  const char *names = gst_structure_get_string(stats, "dropped-fields");
  return names ? names : "(none)";
}

// A model whose first request is refused for a field that we chose.
constexpr const char *kRefusal = "1 refuse thinkingConfig";
constexpr const char *kModel = "model=gemini-3.8-flash max-in-flight=1";

} // namespace

GST_START_TEST(properties_reach_the_request)
{
  struct Case {
    const char *properties;
    std::vector<const char *> parts;
  };
  const Case cases[] = {
      {"task=point prompt=noses", {"Point to noses", R"(\"point\")"}},
      {"task=segment", {"segmentation masks", "responseSchema"}},
      {"task=segment model=gemini-2.5-flash", {R"("thinkingBudget":0)"}},
      {"task=boxes-3d", {R"(\"box_3d\")"}},
      {"task=caption", {"Describe this image"}},
      {"task=classify labels=\"cat, big dog\"", {R"(labels: \"cat\", \"big dog\".)"}},
      {"task=ask prompt=\"Is it raining?\"", {R"({"text":"Is it raining?"})"}},
      {"task=ask prompt=x response-schema=\"{\\\"type\\\":\\\"object\\\",}\"",
       {R"("responseJsonSchema":{"type":"object"})", "application/json"}},
      {"system-instruction=Hurry", {R"("systemInstruction":{"parts":[{"text":"Hurry"}]})"}},
      {"thinking=high", {R"("thinkingLevel":"HIGH")"}},
      {"media-resolution=low", {R"("mediaResolution":"MEDIA_RESOLUTION_LOW")"}},
      {"safety-threshold=off", {R"("threshold":"OFF")"}},
      {"temperature=0.25 seed=7 max-output-tokens=5000",
       {R"("temperature":0.25,"seed":7,"maxOutputTokens":5000)"}},
  };
  for (const Case &c : cases) {
    const std::string body = body_for(c.properties);
    for (const char *part : c.parts) {
      const auto text = body.find("\"text\"");
      fail_unless(contains(body, part), "%s: %s is not in %s", c.properties, part,
                  body.substr(std::min(text, body.size())).c_str());
    }
  }
}
GST_END_TEST

GST_START_TEST(max_objects_is_asked_for_and_kept)
{
  Emulator emulator{{.faults = says(1, R"([{"box_2d":[100,200,300,400],"label":"cat"},)"
                                       R"({"box_2d":[500,600,700,800],"label":"dog"}])")}};
  Pipeline pipeline{film(1), emulator.url(), "max-objects=1"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  fail_unless(contains(emulator.requests().at(0).body, "at most 1 entry."));
  fail_unless_equals_int(static_cast<int>(pipeline.frames().at(0).n_objects), 1);
  const std::string line = pipeline.lines().at(0);
  fail_unless(contains(line, R"("label":"cat")"), "%s", line.c_str());
  fail_unless(!contains(line, R"("label":"dog")"), "%s", line.c_str());
  fail_unless(contains(line, R"("problems":["only the first 1 of 2 objects kept"])"), "%s",
              line.c_str());
}
GST_END_TEST

GST_START_TEST(schema_in_a_file_gives_typed_json)
{
  const TemporaryFolder folder;
  const std::string path =
      folder.file("people.json", "{\n  \"type\": \"OBJECT\",\n"
                                 "  \"properties\": {\"people\": {\"type\": \"INTEGER\"}}\n}\n");
  Emulator emulator{{.faults = says(1, R"({"people": 2})")}};
  Pipeline pipeline{film(1), emulator.url(), "task=ask prompt=How response-schema=@" + path};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const std::string body = emulator.requests().at(0).body;
  fail_unless(contains(body,
                       R"("responseMimeType":"application/json","responseSchema":{"type":"OBJECT",)"
                       R"("properties":{"people":{"type":"INTEGER"}}})"),
              "%s", body.substr(std::min(body.find("\"generationConfig\""), body.size())).c_str());
  const std::string line = pipeline.lines().at(0);
  fail_unless(contains(line, R"("status":"ok")"), "%s", line.c_str());
  fail_unless(contains(line, R"("json":{"people":2})"), "%s", line.c_str());
}
GST_END_TEST

GST_START_TEST(only_what_is_set_is_sent)
{
  const std::string body = body_for("");
  for (const char *field : {"temperature", "seed", "maxOutputTokens", "mediaResolution",
                            "safetySettings", "systemInstruction", "responseSchema"})
    fail_unless(!contains(body, field), "%s", field);
}
GST_END_TEST

GST_START_TEST(a_refused_field_of_ours_is_dropped_once_and_told)
{
  Emulator emulator{{.faults = kRefusal}};
  {
    Pipeline pipeline{film(3), emulator.url(), kModel};
    pipeline.play();
    g_autoptr(GstMessage) info = pipeline.wait_for(GST_MESSAGE_INFO);
    g_autoptr(GError) error = nullptr;
    gst_message_parse_info(info, &error, nullptr);
    fail_unless(contains(error->message, "thinkingConfig"), "%s", error->message);
    fail_unless(contains(error->message, "gemini-3.8-flash"), "%s", error->message);
    g_autoptr(GstMessage) end = pipeline.wait_for(
        static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_INFO));
    fail_unless(GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS, "%s", GST_MESSAGE_TYPE_NAME(end));

    fail_unless(pipeline.warnings().empty());
    fail_unless_equals_uint64(pipeline.stat("samples"), 3);
    fail_unless_equals_uint64(pipeline.stat("requests"), 4);
    fail_unless_equals_uint64(pipeline.stat("answers"), 3);
    fail_unless_equals_uint64(pipeline.stat("failed"), 0);
    fail_unless(dropped_fields(pipeline.analyzer()) == "thinkingConfig");
    fail_unless(contains(pipeline.lines().at(0), "\"attempts\":2"));
    fail_unless(contains(pipeline.lines().at(1), "\"attempts\":1"));
  }
  const auto requests = emulator.requests();
  fail_unless(contains(requests.at(0).body, "thinkingConfig"));
  fail_unless(contains(requests.at(0).body, "responseMimeType"));
  for (std::size_t i = 1; i < requests.size(); ++i) {
    fail_unless(!contains(requests[i].body, "thinkingConfig"));
    fail_unless(contains(requests[i].body, "responseMimeType")); // nobody refused that
  }

  // Another element of the process knows, and says so; another model is another matter.
  Pipeline later{film(1), emulator.url(), kModel};
  fail_unless(later.run());
  fail_unless_equals_uint64(later.stat("requests"), 1);
  fail_unless(dropped_fields(later.analyzer()) == "thinkingConfig");
  Pipeline other{film(1), emulator.url(), "model=gemini-3.6-flash"};
  fail_unless(other.run());
  fail_unless(dropped_fields(other.analyzer()) == "");
  fail_unless(contains(emulator.requests().back().body, "thinkingConfig"));
}
GST_END_TEST

GST_START_TEST(a_refused_field_of_the_user_is_his_to_mend)
{
  Emulator emulator{{.faults = "* refuse thinkingConfig"}};
  Pipeline pipeline{std::string{"videotestsrc is-live=true ! "} + kCaps +
                        " ! {} ! fakesink sync=false",
                    emulator.url(), std::string{kModel} + " thinking=low"};
  fail_unless(!pipeline.run());
  fail_unless(contains(pipeline.error(), "thinking"), "%s", pipeline.error().c_str());
  fail_unless_equals_uint64(pipeline.stat("requests"), 1);
}
GST_END_TEST

GST_START_TEST(fields_are_dropped_one_by_one)
{
  Emulator emulator{{.faults = "* refuse thinkingConfig,responseMimeType"}};
  Pipeline pipeline{film(2), emulator.url(), kModel};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  fail_unless_equals_uint64(pipeline.stat("requests"), 4);
  fail_unless_equals_uint64(pipeline.stat("answers"), 2);
  fail_unless(dropped_fields(pipeline.analyzer()) == "thinkingConfig, responseMimeType");
}
GST_END_TEST

// One that is refused for good is not asked about for ever.
GST_START_TEST(a_refusal_of_nothing_of_ours_is_final)
{
  Emulator emulator{{.faults = "* refuse contents"}};
  Pipeline pipeline{film(1), emulator.url(), kModel};
  pipeline.run();
  fail_unless_equals_uint64(pipeline.stat("requests"), 1);
  fail_unless_equals_uint64(failures_of(pipeline.analyzer(), "invalid-request"), 1);
}
GST_END_TEST

GST_START_TEST(what_does_not_go_together_is_told_once)
{
  Emulator emulator;
  Pipeline pipeline{film(2), emulator.url(), "model=gemini-3.7-flash temperature=0.5"};
  fail_unless(pipeline.run());
  fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), 1);
  fail_unless(contains(pipeline.warnings()[0], "temperature"));
}
GST_END_TEST

GST_START_TEST(estimate_is_near_the_bill)
{
  for (const char *model : {"gemini-2.5-flash-lite", "gemini-3.8-flash"})
    for (const char *resolution : {"unset", "low", "medium", "high"}) {
      Emulator emulator;
      Pipeline pipeline{film(2), emulator.url(),
                        std::string{"model="} + model + " media-resolution=" + resolution};
      fail_unless(pipeline.run());
      g_autoptr(GstStructure) stats = nullptr;
      g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
      gint64 actual = 0;
      fail_unless(gst_structure_get_int64(stats, "tokens-prompt", &actual));
      const auto estimate = static_cast<gint64>(pipeline.stat("tokens-estimated"));
      fail_unless(actual > 0 && std::abs(estimate - actual) <= actual / 20,
                  "%s %s: %" G_GINT64_FORMAT " estimated, %" G_GINT64_FORMAT " counted", model,
                  resolution, estimate, actual);
    }
}
GST_END_TEST

GST_START_TEST(a_change_while_playing_counts_from_the_next_sample)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live prompt=parrots"};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  gst_util_set_object_arg(G_OBJECT(analyzer.element()), "task", "point");
  g_object_set(analyzer.element(), "labels", "beak", nullptr);
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  fail_unless(contains(analyzer.wait_for_analysis(), "\"task\":\"point\""));
  const auto requests = emulator.requests();
  fail_unless(contains(requests.at(0).body, "Detect parrots"));
  fail_unless(contains(requests.at(1).body, "Point to parrots"));
  fail_unless(contains(requests.at(1).body, R"(\"beak\")"));
}
GST_END_TEST

static Suite *analyzer_questions_suite()
{
  Suite *suite = suite_create("analyzer_questions");
  TCase *tcase = tcase_create("questions");
  tcase_set_timeout(tcase, 60);
  tcase_add_test(tcase, properties_reach_the_request);
  tcase_add_test(tcase, max_objects_is_asked_for_and_kept);
  tcase_add_test(tcase, schema_in_a_file_gives_typed_json);
  tcase_add_test(tcase, only_what_is_set_is_sent);
  tcase_add_test(tcase, a_refused_field_of_ours_is_dropped_once_and_told);
  tcase_add_test(tcase, a_refused_field_of_the_user_is_his_to_mend);
  tcase_add_test(tcase, fields_are_dropped_one_by_one);
  tcase_add_test(tcase, a_refusal_of_nothing_of_ours_is_final);
  tcase_add_test(tcase, what_does_not_go_together_is_told_once);
  tcase_add_test(tcase, estimate_is_near_the_bill);
  tcase_add_test(tcase, a_change_while_playing_counts_from_the_next_sample);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_questions)
