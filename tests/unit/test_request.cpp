// SPDX-License-Identifier: LGPL-2.1-or-later
// The request as an independent reader sees it.
#include "wire/request.hpp"
#include "wire_support.hpp"

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::MediaResolution;
using gemini::Question;
using gemini::SafetyThreshold;
using gemini::Task;
using gemini::Thinking;
using gemini::test::join;
using gemini::test::parse;
using gemini::test::ParserPtr;
using gemini::test::root_object;
using gemini::test::same;
using gemini::wire::AnswerForm;
using gemini::wire::ImagePart;
using gemini::wire::Images;
using gemini::wire::ModelProfile;
using gemini::wire::OwnField;
using gemini::wire::OwnFields;
using gemini::wire::profile_of;
using gemini::wire::refused_field;

namespace {

const std::vector<std::uint8_t> kJpeg = {0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10};

std::string build_request(const Question &question, const std::vector<std::uint8_t> &jpeg,
                          const char *model = "unheard-of", const OwnFields &unwanted = {})
{
  return gemini::wire::build_request(question, profile_of(model), unwanted,
                                     {.frames = {{.data = jpeg}}})
      .body;
}

// With several frames, each the same picture.
std::string build_batch(const Question &question, const char *model, std::size_t n_frames,
                        const OwnFields &unwanted = {})
{
  const Images images{.frames = std::vector<ImagePart>(n_frames, ImagePart{.data = kJpeg})};
  return gemini::wire::build_request(question, profile_of(model), unwanted, images).body;
}

std::vector<std::string> names(JsonObject *object)
{
  std::vector<std::string> result;
  GList *members = json_object_get_members(object);
  for (GList *m = members; m; m = m->next)
    result.emplace_back(static_cast<const char *>(m->data));
  g_list_free(members);
  return result;
}

JsonArray *parts_of(const ParserPtr &body)
{
  JsonArray *contents = json_object_get_array_member(root_object(body), "contents");
  return json_object_get_array_member(json_array_get_object_element(contents, 0), "parts");
}

std::string prompt_of(const std::string &body)
{
  const ParserPtr parser = parse(body);
  fail_unless(parser != nullptr, "not JSON: %.200s", body.c_str());
  return json_object_get_string_member(json_array_get_object_element(parts_of(parser), 1), "text");
}

std::string prompt_for(const std::string &words)
{
  return prompt_of(build_request({.prompt = words}, kJpeg));
}

// The generationConfig as text, "" where there is none.
std::string config_in(const std::string &body)
{
  const ParserPtr parser = parse(body);
  fail_unless(parser != nullptr);
  if (!json_object_has_member(root_object(parser), "generationConfig"))
    return {};
  JsonNode *config = json_object_get_member(root_object(parser), "generationConfig");
  g_autofree char *text = json_to_string(config, FALSE);
  return text;
}

std::string config_of(const Question &question, const char *model, const OwnFields &unwanted = {})
{
  return config_in(build_request(question, kJpeg, model, unwanted));
}

// What stands in `parts`, part by part.
std::vector<std::string> parts_in(const std::string &body)
{
  const ParserPtr parser = parse(body);
  fail_unless(parser != nullptr);
  std::vector<std::string> result;
  JsonArray *parts = parts_of(parser);
  for (guint i = 0; i < json_array_get_length(parts); ++i) {
    g_autofree char *text = json_to_string(json_array_get_element(parts, i), FALSE);
    result.emplace_back(text);
  }
  return result;
}

OwnFields fields(std::initializer_list<OwnField> list)
{
  OwnFields set;
  for (const OwnField field : list)
    set.set(static_cast<std::size_t>(field));
  return set;
}

bool contains(const std::string &text, const char *part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

// An unknown field is refused by the service with a 400.
GST_START_TEST(request_has_these_fields_and_no_other)
{
  const ParserPtr body = parse(build_request({.prompt = "cats"}, kJpeg));
  fail_unless(body != nullptr);
  JsonObject *root = root_object(body);
  fail_unless(same(join(names(root)), "contents | generationConfig"));
  JsonObject *config = json_object_get_object_member(root, "generationConfig");
  fail_unless(same(join(names(config)), "responseMimeType"));
  fail_unless(same(json_object_get_string_member(config, "responseMimeType"), "application/json"));

  JsonArray *contents = json_object_get_array_member(root, "contents");
  fail_unless_equals_int(static_cast<int>(json_array_get_length(contents)), 1);
  JsonObject *content = json_array_get_object_element(contents, 0);
  fail_unless(same(join(names(content)), "role | parts"));
  fail_unless(same(json_object_get_string_member(content, "role"), "user"));
  fail_unless_equals_int(static_cast<int>(json_array_get_length(parts_of(body))), 2);
}
GST_END_TEST

GST_START_TEST(request_holds_the_picture_before_the_text)
{
  const ParserPtr body = parse(build_request({}, kJpeg));
  JsonObject *image = json_array_get_object_element(parts_of(body), 0);
  fail_unless(same(join(names(image)), "inlineData"));
  JsonObject *data = json_object_get_object_member(image, "inlineData");
  fail_unless(same(join(names(data)), "mimeType | data"));
  fail_unless(same(json_object_get_string_member(data, "mimeType"), "image/jpeg"));
  JsonObject *text = json_array_get_object_element(parts_of(body), 1);
  fail_unless(same(join(names(text)), "text"));
}
GST_END_TEST

GST_START_TEST(request_holds_every_byte_of_the_picture)
{
  for (const std::size_t size : {0U, 1U, 2U, 3U, 4U, 255U, 256U, 300'001U}) {
    std::vector<std::uint8_t> jpeg(size);
    std::iota(jpeg.begin(), jpeg.end(), std::uint8_t{7});
    const ParserPtr body = parse(build_request({}, jpeg));
    JsonObject *data = json_object_get_object_member(
        json_array_get_object_element(parts_of(body), 0), "inlineData");
    const char *base64 = json_object_get_string_member(data, "data");
    fail_unless_equals_int(static_cast<int>(std::strlen(base64)),
                           static_cast<int>((size + 2) / 3 * 4)); // padded, on one line
    gsize decoded_size = 0;
    g_autofree guchar *decoded = g_base64_decode(base64, &decoded_size);
    fail_unless(decoded_size == size);
    fail_unless(size == 0 || std::memcmp(decoded, jpeg.data(), size) == 0);
  }
}
GST_END_TEST

GST_START_TEST(request_is_not_copied_while_it_grows)
{
  const std::vector<std::uint8_t> jpeg(300'000, 0x5a);
  const std::string body = build_request({.prompt = "people and parcels"}, jpeg);
  fail_unless(body.capacity() < body.size() + body.size() / 100, "%zu for %zu", body.capacity(),
              body.size());
}
GST_END_TEST

// Only what the user set, and what the family is helped by.
GST_START_TEST(each_family_is_sent_what_it_knows)
{
  const auto detect = [](const char *model) { return config_of({}, model); };
  fail_unless(same(detect("unheard-of"), R"({"responseMimeType":"application/json"})"));
  fail_unless(same(detect("gemini-4-argon"), R"({"responseMimeType":"application/json"})"));
  fail_unless(
      same(detect("gemini-2.5-flash"),
           R"({"responseMimeType":"application/json","thinkingConfig":{"thinkingBudget":0}})"));
  fail_unless(
      same(detect("models/gemini-2.5-pro"),
           R"({"responseMimeType":"application/json","thinkingConfig":{"thinkingBudget":128}})"));
  fail_unless(same(
      detect("gemini-3.6-flash"),
      R"({"responseMimeType":"application/json","thinkingConfig":{"thinkingLevel":"MINIMAL"}})"));
  fail_unless(
      same(detect("gemini-flash-latest"),
           R"({"responseMimeType":"application/json","thinkingConfig":{"thinkingLevel":"LOW"}})"));
}
GST_END_TEST

GST_START_TEST(each_task_asks_for_its_own_form)
{
  const auto config = [](Task task, const char *model) {
    return config_of({.task = task, .prompt = "x", .thinking = Thinking::unset}, model);
  };
  const char *json = R"({"responseMimeType":"application/json"})";
  for (const Task task : {Task::detect, Task::point, Task::boxes_3d, Task::classify}) {
    fail_unless(same(config(task, "gemini-2.5-flash"), json));
    fail_unless(same(config(task, "gemini-3.8-flash"), json));
  }
  for (const Task task : {Task::caption, Task::ask})
    fail_unless(same(config(task, "gemini-3.8-flash"), ""));
  // JSON mode turns the masks of 2.5 into a placeholder; without a schema 3.x draws none.
  fail_unless(same(config(Task::segment, "gemini-2.5-flash"), ""));
  const std::string polygon = config(Task::segment, "gemini-3.8-flash");
  for (const char *part : {"responseSchema", "\"boxes\"", "\"box_2d\"", "\"mask\"", "\"label\""})
    fail_unless(contains(polygon, part), "%s: %s", part, polygon.c_str());
}
GST_END_TEST

// Whatever shape the masks have.
GST_START_TEST(profile_says_in_which_form_masks_are_asked_for)
{
  const auto config = [](AnswerForm form) {
    const ModelProfile profile{.pattern = "*", .form_of_masks = form};
    return config_in(gemini::wire::build_request({.task = Task::segment}, profile, {},
                                                 {.frames = {{.data = kJpeg}}})
                         .body);
  };
  fail_unless(same(config(AnswerForm::prompt_only), ""));
  fail_unless(same(config(AnswerForm::json), R"({"responseMimeType":"application/json"})"));
  fail_unless(contains(config(AnswerForm::schema), "responseSchema"));
}
GST_END_TEST

GST_START_TEST(what_the_user_sets_is_sent)
{
  const Question question{.system_instruction = "Be \"brief\".",
                          .thinking = Thinking::unset,
                          .media_resolution = MediaResolution::high,
                          .safety_threshold = SafetyThreshold::block_only_high,
                          .temperature = 0.5,
                          .seed = 0,
                          .max_output_tokens = 4096};
  const ParserPtr body = parse(build_request(question, kJpeg));
  JsonObject *root = root_object(body);
  fail_unless(
      same(join(names(root)), "systemInstruction | contents | generationConfig | safetySettings"));
  fail_unless(same(
      config_of(question, "unheard-of"),
      R"({"responseMimeType":"application/json","temperature":0.5,"seed":0,"maxOutputTokens":4096,)"
      R"("mediaResolution":"MEDIA_RESOLUTION_HIGH"})"));
  JsonObject *system = json_object_get_object_member(root, "systemInstruction");
  JsonArray *parts = json_object_get_array_member(system, "parts");
  fail_unless(same(json_object_get_string_member(json_array_get_object_element(parts, 0), "text"),
                   "Be \"brief\"."));
  JsonArray *safety = json_object_get_array_member(root, "safetySettings");
  fail_unless_equals_int(static_cast<int>(json_array_get_length(safety)), 4);
  JsonObject *harm = json_array_get_object_element(safety, 0);
  fail_unless(same(json_object_get_string_member(harm, "threshold"), "BLOCK_ONLY_HIGH"));
}
GST_END_TEST

// The highest one exists for parts only.
GST_START_TEST(ultra_high_resolution_goes_with_the_part)
{
  const Question question{.media_resolution = MediaResolution::ultra_high};
  const ParserPtr body = parse(build_request(question, kJpeg));
  JsonObject *image = json_array_get_object_element(parts_of(body), 0);
  JsonObject *resolution = json_object_get_object_member(image, "mediaResolution");
  fail_unless(resolution != nullptr);
  fail_unless(
      same(json_object_get_string_member(resolution, "level"), "MEDIA_RESOLUTION_ULTRA_HIGH"));
  fail_unless(
      same(config_of(question, "unheard-of"), R"({"responseMimeType":"application/json"})"));
}
GST_END_TEST

// A schema in capitals is the API's own, any other is JSON Schema.
GST_START_TEST(schema_goes_where_its_kind_belongs)
{
  const auto config = [](const char *schema) {
    return config_of(
        {.task = Task::ask, .prompt = "x", .response_schema = schema, .thinking = Thinking::unset},
        "gemini-3.8-flash");
  };
  fail_unless(
      same(config(R"({"type":"OBJECT"})"),
           R"({"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"}})"));
  fail_unless(
      same(config(R"({"type":"object","additionalProperties":false})"),
           R"({"responseMimeType":"application/json","responseJsonSchema":{"type":"object",)"
           R"("additionalProperties":false}})"));
}
GST_END_TEST

GST_START_TEST(unwanted_fields_are_left_out)
{
  const char *model = "gemini-3.8-flash";
  const Question question{.task = Task::segment};
  fail_unless(same(
      config_of(question, model, fields({OwnField::thinking_config, OwnField::response_schema})),
      R"({"responseMimeType":"application/json"})"));
  // A schema needs the type.
  fail_unless(same(config_of(question, model, fields({OwnField::response_mime_type})),
                   R"({"thinkingConfig":{"thinkingLevel":"LOW"}})"));
  // What the user wants stays.
  fail_unless(same(
      config_of(
          {.task = Task::ask, .prompt = "x", .response_schema = "{}", .thinking = Thinking::low},
          model, OwnFields{}.set()),
      R"({"responseMimeType":"application/json","responseJsonSchema":{},)"
      R"("thinkingConfig":{"thinkingLevel":"LOW"}})"));
}
GST_END_TEST

GST_START_TEST(own_fields_are_those_of_our_choice)
{
  const auto own = [](const Question &question) {
    return gemini::wire::build_request(question, profile_of("gemini-3.8-flash"), {},
                                       {.frames = {{.data = kJpeg}}})
        .own;
  };
  fail_unless(own({}) == fields({OwnField::thinking_config, OwnField::response_mime_type}));
  fail_unless(own({.thinking = Thinking::low}) == fields({OwnField::response_mime_type}));
  fail_unless(own({.task = Task::segment}) == OwnFields{}.set());
  fail_unless(own({.task = Task::ask, .response_schema = "{}", .thinking = Thinking::high}).none());
}
GST_END_TEST

GST_START_TEST(refusal_names_a_field)
{
  const OwnFields all = OwnFields{}.set();
  const auto refusal = [](const char *words) {
    return R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":")" + std::string{words} +
           "\"}}";
  };
  fail_unless(
      refused_field(refusal("Unknown name 'thinkingLevel' at 'generation_config.thinking_config'"),
                    all) == OwnField::thinking_config);
  fail_unless(refused_field(refusal("Budget 0 is invalid. This model only works in thinking mode."),
                            all) == OwnField::thinking_config);
  fail_unless(refused_field(refusal("JSON mode is not enabled for this model"), all) ==
              OwnField::response_mime_type);
  fail_unless(refused_field(refusal("Invalid value at 'generation_config.response_schema'"), all) ==
              OwnField::response_schema);
  fail_unless(!refused_field(refusal("API key not valid."), all));
  fail_unless(!refused_field(R"({"error":{"code":400,"status":"FAILED_PRECONDITION","message":)"
                             R"("Thinking is not offered in your location."}})",
                             all));
  fail_unless(!refused_field(refusal("Thinking level MINIMAL is not supported."),
                             fields({OwnField::response_mime_type})));
}
GST_END_TEST

GST_START_TEST(words_of_the_user_are_data)
{
  for (const std::string words :
       {R"("}]}],"tools":[{"x":1}],"a":[{"b":[{"c":")", "back\\slash \\\" and \"quotes\"",
        "two\nlines\r\tand a tab", "bell \a and \x1b escape and \x7f",
        "\xd7\x9b\xd7\x9c\xd7\x91 \xf0\x9f\x90\x95", "%s%n {0} <b>"}) {
    const std::string body = build_request({.prompt = words}, kJpeg);
    fail_unless(contains(prompt_of(body), ("Detect " + words + " in this").c_str()), "%s",
                words.c_str());
    fail_unless(same(join(names(root_object(parse(body)))), "contents | generationConfig"));
    fail_unless(body.find('\n') == std::string::npos);
  }
  fail_unless(contains(prompt_for("a\xff\xc3 b"), "Detect a\xef\xbf\xbd\xef\xbf\xbd b in"));
  fail_unless(contains(prompt_for(std::string{"a\0b", 3}), "Detect a\xef\xbf\xbd"
                                                           "b in"));
}
GST_END_TEST

// What is asked about one frame has been tried with the models: every byte of it counts.
GST_START_TEST(request_about_a_single_frame_reads_like_this)
{
  fail_unless(
      same(build_request({.prompt = "cats"}, kJpeg, "gemini-3.8-flash"),
           R"({"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/jpeg","data":")"
           R"(/9j/4AAQ"}},{"text":"Detect cats in this image.\nAnswer with a JSON list of at most )"
           R"(25 entries, the most prominent first. Each entry stands for one single thing and has)"
           R"( two keys: \"box_2d\", its bounding box as [ymin, xmin, ymax, xmax], four integers f)"
           R"(rom 0 to 1000 relative to the height and width of the image, and \"label\", a short )"
           R"(name for it; where several would be called the same, tell them apart by what can be )"
           R"(seen. No masks. No code fence, no other text. If there is nothing to detect, answer )"
           R"([]."}]}],"generationConfig":{"responseMimeType":"application/json","thinkingConfig":)"
           R"({"thinkingLevel":"LOW"}}})"));
}
GST_END_TEST

GST_START_TEST(references_come_first_and_frames_in_their_order)
{
  const std::vector<std::uint8_t> other = {1, 2, 3};
  const Images images{
      .references = {{.mime_type = "image/png", .data = other},
                     {.mime_type = "image/webp", .file_uri = "https://h/files/\"a"}},
      .frames = {{.data = kJpeg}, {.file_uri = "https://h/files/b"}}};
  const auto parts =
      parts_in(gemini::wire::build_request({}, profile_of("unheard-of"), {}, images).body);
  fail_unless_equals_int(static_cast<int>(parts.size()), 5);
  fail_unless(same(parts[0], R"({"inlineData":{"mimeType":"image/png","data":"AQID"}})"));
  fail_unless(
      same(parts[1], R"({"fileData":{"mimeType":"image/webp","fileUri":"https://h/files/\"a"}})"));
  fail_unless(same(parts[2], R"({"inlineData":{"mimeType":"image/jpeg","data":"/9j/4AAQ"}})"));
  fail_unless(
      same(parts[3], R"({"fileData":{"mimeType":"image/jpeg","fileUri":"https://h/files/b"}})"));
  fail_unless(parts[4].starts_with(R"({"text":)"));
}
GST_END_TEST

GST_START_TEST(highest_resolution_goes_with_each_frame_and_no_reference)
{
  const Images images{.references = {{.data = kJpeg}},
                      .frames = {{.data = kJpeg}, {.file_uri = "https://h/files/b"}}};
  const auto parts =
      parts_in(gemini::wire::build_request({.media_resolution = MediaResolution::ultra_high},
                                           profile_of("unheard-of"), {}, images)
                   .body);
  const char *level = R"("mediaResolution":{"level":"MEDIA_RESOLUTION_ULTRA_HIGH"})";
  fail_unless(!contains(parts[0], level));
  fail_unless(contains(parts[1], level) && contains(parts[2], level));
}
GST_END_TEST

GST_START_TEST(references_leave_the_form_of_the_answer_alone)
{
  const Images images{.references = {{.data = kJpeg}}, .frames = {{.data = kJpeg}}};
  for (const Task task : {Task::segment, Task::caption, Task::ask}) {
    const Question question{.task = task, .prompt = "x"};
    const std::string body =
        gemini::wire::build_request(question, profile_of("gemini-3.8-flash"), {}, images).body;
    fail_unless(same(config_in(body), config_of(question, "gemini-3.8-flash")));
  }
}
GST_END_TEST

// Words are easily told apart where they stand in a list.
GST_START_TEST(words_about_several_frames_are_asked_for_as_json)
{
  for (const Task task : {Task::caption, Task::ask}) {
    const Question question{.task = task, .prompt = "x", .thinking = Thinking::unset};
    fail_unless(same(config_in(build_batch(question, "gemini-3.8-flash", 2)),
                     R"({"responseMimeType":"application/json"})"));
    // By our own choice.
    fail_unless(same(config_in(build_batch(question, "gemini-3.8-flash", 2,
                                           fields({OwnField::response_mime_type}))),
                     ""));
  }
}
GST_END_TEST

GST_START_TEST(schema_for_several_frames_is_that_of_a_list_of_answers)
{
  const auto config = [](const char *schema) {
    return config_in(build_batch(
        {.task = Task::ask, .prompt = "x", .response_schema = schema, .thinking = Thinking::unset},
        "gemini-3.8-flash", 2));
  };
  fail_unless(same(
      config(R"({"type":"OBJECT"})"),
      R"({"responseMimeType":"application/json","responseSchema":{"type":"ARRAY","items":{"type":"OBJECT",)"
      R"("properties":{"image":{"type":"INTEGER"},"result":{"type":"OBJECT"}},)"
      R"("required":["image","result"],"propertyOrdering":["image","result"]}}})"));
  fail_unless(same(
      config(R"({"type":"object"})"),
      R"({"responseMimeType":"application/json","responseJsonSchema":{"type":"array","items":{"type":"object",)"
      R"("properties":{"image":{"type":"integer"},"result":{"type":"object"}},)"
      R"("required":["image","result"]}}})"));
  const std::string polygons =
      config_in(build_batch({.task = Task::segment}, "gemini-3.8-flash", 2));
  for (const char *part : {R"("type":"ARRAY","items":{)", R"("image":{"type":"INTEGER"})",
                           R"("result":{"type":"OBJECT","properties":{"boxes":)"})
    fail_unless(contains(polygons, part), "%s: %s", part, polygons.c_str());
}
GST_END_TEST

// "#/$defs/a" begins at the root, which the list is now.
GST_START_TEST(references_in_a_wrapped_schema_still_lead_somewhere)
{
  const std::string config = config_in(
      build_batch({.task = Task::ask,
                   .prompt = "x",
                   .response_schema = R"({"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}})"},
                  "unheard-of", 2));
  fail_unless(
      contains(config, R"("required":["image","result"]},"$defs":{"a":{"type":"string"}}})"), "%s",
      config.c_str());
}
GST_END_TEST

GST_START_TEST(smaller_output_limit_is_sent)
{
  const auto limit = [](std::optional<unsigned> wish, std::optional<std::int64_t> ours) {
    return config_in(
        gemini::wire::build_request(
            {.task = Task::caption, .thinking = Thinking::unset, .max_output_tokens = wish},
            profile_of("unheard-of"), {}, {.frames = {{.data = kJpeg}}}, ours)
            .body);
  };
  fail_unless(same(limit({}, {}), ""));
  fail_unless(same(limit({}, 500), R"({"maxOutputTokens":500})"));
  fail_unless(same(limit(100, 500), R"({"maxOutputTokens":100})"));
  fail_unless(same(limit(800, 500), R"({"maxOutputTokens":500})"));
  fail_unless(same(limit(800, {}), R"({"maxOutputTokens":800})"));
  fail_unless(same(limit({}, -3), R"({"maxOutputTokens":1})"));
}
GST_END_TEST

static Suite *request_suite()
{
  Suite *suite = suite_create("request");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, request_has_these_fields_and_no_other);
  tcase_add_test(tcase, request_holds_the_picture_before_the_text);
  tcase_add_test(tcase, request_holds_every_byte_of_the_picture);
  tcase_add_test(tcase, request_is_not_copied_while_it_grows);
  tcase_add_test(tcase, each_family_is_sent_what_it_knows);
  tcase_add_test(tcase, each_task_asks_for_its_own_form);
  tcase_add_test(tcase, profile_says_in_which_form_masks_are_asked_for);
  tcase_add_test(tcase, what_the_user_sets_is_sent);
  tcase_add_test(tcase, ultra_high_resolution_goes_with_the_part);
  tcase_add_test(tcase, schema_goes_where_its_kind_belongs);
  tcase_add_test(tcase, unwanted_fields_are_left_out);
  tcase_add_test(tcase, own_fields_are_those_of_our_choice);
  tcase_add_test(tcase, refusal_names_a_field);
  tcase_add_test(tcase, words_of_the_user_are_data);
  tcase_add_test(tcase, request_about_a_single_frame_reads_like_this);
  tcase_add_test(tcase, references_come_first_and_frames_in_their_order);
  tcase_add_test(tcase, highest_resolution_goes_with_each_frame_and_no_reference);
  tcase_add_test(tcase, references_leave_the_form_of_the_answer_alone);
  tcase_add_test(tcase, words_about_several_frames_are_asked_for_as_json);
  tcase_add_test(tcase, schema_for_several_frames_is_that_of_a_list_of_answers);
  tcase_add_test(tcase, references_in_a_wrapped_schema_still_lead_somewhere);
  tcase_add_test(tcase, smaller_output_limit_is_sent);
  return suite;
}

GST_CHECK_MAIN(request)
