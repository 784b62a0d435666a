// SPDX-License-Identifier: LGPL-2.1-or-later
// The request as an independent reader sees it.
#include "wire/request.hpp"
#include "wire_support.hpp"

#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::test::join;
using gemini::test::parse;
using gemini::test::ParserPtr;
using gemini::test::root_object;
using gemini::test::same;
using gemini::wire::build_request;
using gemini::wire::generate_path;

namespace {

const std::vector<std::uint8_t> kJpeg = {0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10};

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

std::string prompt_for(const std::string &words, unsigned max_objects = 25)
{
  return prompt_of(build_request({.prompt = words, .max_objects = max_objects}, kJpeg));
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

GST_START_TEST(prompt_has_all_that_makes_a_detection_work)
{
  const std::string prompt = prompt_for("people and parcels", 7);
  for (const char *element : {"Detect people and parcels", "at most 7 ", "JSON list", "\"box_2d\"",
                              "[ymin, xmin, ymax, xmax]", "0 to 1000", "\"label\"", "[]"})
    fail_unless(contains(prompt, element), "%s: %s", element, prompt.c_str());
}
GST_END_TEST

GST_START_TEST(prompt_asks_for_all_prominent_things_by_default)
{
  fail_unless(contains(prompt_for(""), "Detect all prominent things "));
  fail_unless(contains(prompt_for(" \n\t"), "Detect all prominent things "));
  fail_unless(contains(prompt_for("  cats \n"), "Detect cats "));
  fail_unless(contains(prompt_for("", 1), "at most 1 entry."));
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

GST_START_TEST(path_names_version_and_model)
{
  fail_unless(same(generate_path("v1beta", "gemini-flash-latest"),
                   "/v1beta/models/gemini-flash-latest:generateContent"));
  fail_unless(same(generate_path("v1", "models/gemini-2.5-flash"),
                   "/v1/models/gemini-2.5-flash:generateContent"));
  fail_unless(
      same(generate_path("v1beta", "my_model~1"), "/v1beta/models/my_model~1:generateContent"));
}
GST_END_TEST

GST_START_TEST(path_escapes_what_a_path_cannot_hold)
{
  fail_unless(same(generate_path("v1beta", "a b/c?d#e%f:g"),
                   "/v1beta/models/a%20b%2Fc%3Fd%23e%25f%3Ag:generateContent"));
  fail_unless(
      same(generate_path("v1/..", "\xc3\xa9\n"), "/v1%2F../models/%C3%A9%0A:generateContent"));
  fail_unless(same(generate_path("v1", ""), "/v1/models/:generateContent"));
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
  tcase_add_test(tcase, prompt_has_all_that_makes_a_detection_work);
  tcase_add_test(tcase, prompt_asks_for_all_prominent_things_by_default);
  tcase_add_test(tcase, words_of_the_user_are_data);
  tcase_add_test(tcase, path_names_version_and_model);
  tcase_add_test(tcase, path_escapes_what_a_path_cannot_hold);
  return suite;
}

GST_CHECK_MAIN(request)
