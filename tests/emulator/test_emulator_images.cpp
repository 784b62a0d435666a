// SPDX-License-Identifier: LGPL-2.1-or-later
// Requests with several pictures, inline or as files, and pictures of every format.
#include "emulator.hpp"
#include "json.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr Rgb kRed{0.9, 0.1, 0.1};
constexpr Rgb kBlue{0.1, 0.2, 0.9};

// A rectangle of that colour in the left half.
Bytes picture(Rgb colour)
{
  Canvas canvas{200, 100, {0.5, 0.5, 0.5}};
  canvas.rectangle(colour, 20, 20, 80, 80);
  return canvas.jpeg(90);
}

std::string inline_part(const Bytes &bytes, const std::string &type = "image/jpeg")
{
  g_autofree char *data = g_base64_encode(bytes.data(), bytes.size());
  return R"({"inlineData":{"mimeType":")" + type + R"(","data":")" + data + R"("}})";
}

std::string file_part(const std::string &uri, const std::string &type = "image/jpeg")
{
  const std::string member = type.empty() ? "" : R"("mimeType":")" + type + R"(",)";
  return R"({"fileData":{)" + member + R"("fileUri":")" + uri + R"("}})";
}

std::string text_part(const std::string &text)
{
  return R"({"text":)" + json::quote(text) + "}";
}

Response ask_about(const Emulator &emulator, const std::vector<std::string> &parts,
                   const std::string &config = "", const Headers &headers = kGoodKey)
{
  const std::string more = config.empty() ? "" : R"(,"generationConfig":{)" + config + "}";
  return post(emulator.url() + kGenerate,
              R"({"contents":[{"parts":)" + json::array(parts) + "}]" + more + "}", headers);
}

void check_refused(const Response &response, int status, const std::string &name,
                   const std::string &words)
{
  fail_unless(response.status == status && response.at("$.error.status") == name &&
                  response.at("$.error.message").find(words) != std::string::npos,
              "not %d %s with '%s' but %d: %s", status, name.c_str(), words.c_str(),
              response.status, response.body.c_str());
}

// The keys and the sentence that our plugin asks with.
std::string per_frame(const std::string &lead_in, const std::string &task,
                      const std::string &result)
{
  return lead_in + " Do the following for each frame by itself:\n" + task +
         "\nPut the answers into one JSON list, one entry for each frame, in order. Each entry has "
         "two keys: \"image\", the number of the frame, and \"result\", the answer for this frame " +
         result;
}

constexpr char kTwoFrames[] = "These 2 images are frames 1 to 2, in order.";
constexpr char kJson[] = R"("responseMimeType":"application/json")";

// A file of that signature and size, with nothing in it.
Bytes webp(int width, int height)
{
  std::string bytes = "RIFF....WEBPVP8X....";
  bytes += std::string(4, '\0');
  for (const int side : {width - 1, height - 1})
    bytes += {static_cast<char>(side & 255), static_cast<char>(side >> 8), '\0'};
  return {bytes.begin(), bytes.end()};
}

Bytes heic(int width, int height)
{
  std::string bytes{"\0\0\0\x18"
                    "ftypheic....mif1....ispe\0\0\0\0",
                    32};
  for (const int side : {width, height})
    bytes += {'\0', '\0', static_cast<char>(side >> 8), static_cast<char>(side & 255)};
  return {bytes.begin(), bytes.end()};
}

} // namespace

GST_START_TEST(the_last_picture_is_asked_about)
{
  const Emulator emulator;
  const std::string red = inline_part(picture(kRed));
  const std::string blue = inline_part(picture(kBlue));
  const std::string what = text_part("What is this?");
  check_text(ask_about(emulator, {red, blue, what}).text(), "The picture shows a blue rectangle.");
  check_text(ask_about(emulator, {what, blue, red}).text(), "The picture shows a red rectangle.");
  const Response three = ask_about(emulator, {red, red, blue, what});
  check_text(three.at("$.usageMetadata.promptTokensDetails[1].tokenCount"), "3360");
}
GST_END_TEST

GST_START_TEST(files_are_looked_at_like_inline_pictures)
{
  const Emulator emulator;
  const std::string red = inline_part(picture(kRed));
  const std::string uri = upload(emulator.url(), picture(kBlue)).at("$.file.uri");
  const std::string what = text_part("What is this?");
  check_text(ask_about(emulator, {red, file_part(uri), what}).text(),
             "The picture shows a blue rectangle.");
  check_text(ask_about(emulator, {file_part(uri), red, what}).text(),
             "The picture shows a red rectangle.");
  check_text(ask_about(emulator, {file_part(uri, ""), what}).text(),
             "The picture shows a blue rectangle.");
  const Response count = post(emulator.url() + "/v1beta/models/gemini-flash-latest:countTokens",
                              R"({"contents":[{"parts":[)" + file_part(uri) + "]}]}");
  check_text(count.at("$.promptTokensDetails[0].tokenCount"), "1120");
}
GST_END_TEST

GST_START_TEST(files_that_cannot_be_used_are_refused)
{
  Emulator emulator{{.api_key = "mine,yours", .file_processing_ms = 0}};
  const Headers mine{{"x-goog-api-key", "mine"}};
  const Headers yours{{"x-goog-api-key", "yours"}};
  const std::string uri =
      upload(emulator.url(), picture(kRed), "image/jpeg", mine).at("$.file.uri");
  const auto ask = [&](const std::string &part, const Headers &key) {
    return ask_about(emulator, {part, text_part("What is this?")}, "", key);
  };
  assert_equals_int(ask(file_part(uri), mine).status, 200);
  check_refused(ask(file_part(uri), yours), 403, "PERMISSION_DENIED", "File");
  check_refused(ask(file_part(uri + "x"), mine), 403, "PERMISSION_DENIED", "File");
  const std::string id = uri.substr(uri.rfind('/'));
  check_refused(ask(file_part("https://example.com/v1beta/files" + id), mine), 403,
                "PERMISSION_DENIED", "File");
  check_refused(ask(file_part("https://example.com/a.jpeg"), mine), 400, "INVALID_ARGUMENT", "URI");
  check_refused(ask(file_part(uri, "image/png"), mine), 400, "INVALID_ARGUMENT", "MIME");
  emulator.forget_files();
  check_refused(ask(file_part(uri), mine), 403, "PERMISSION_DENIED", "File");

  const std::string text =
      upload(emulator.url(), Bytes{'a', 'b'}, "text/plain", mine).at("$.file.uri");
  check_refused(ask(file_part(text, "text/plain"), mine), 400, "INVALID_ARGUMENT", "text/plain");

  const Emulator slow{{.file_processing_ms = 60000}};
  const std::string processing = upload(slow.url(), picture(kRed)).at("$.file.uri");
  check_refused(ask_about(slow, {file_part(processing)}), 400, "FAILED_PRECONDITION", "ACTIVE");
}
GST_END_TEST

GST_START_TEST(each_frame_is_answered_by_itself_where_that_is_asked_for)
{
  const Emulator emulator;
  const std::string red = inline_part(picture(kRed));
  const std::string blue = inline_part(picture(kBlue));
  const std::string boxes = per_frame(kTwoFrames, kBoxesPrompt, "alone.");
  const Response response = ask_about(emulator, {red, blue, text_part(boxes)});
  fail_unless(response.text().starts_with("```json\n["), "%s", response.body.c_str());
  const Response said = response.said();
  assert_equals_int(said.length("$"), 2);
  check_text(said.at("$[0].image"), "1");
  check_text(said.at("$[0].result[0].label"), "red rectangle");
  check_text(said.at("$[0].result[0].box_2d"), "[200,100,800,400]");
  check_text(said.at("$[1].image"), "2");
  check_text(said.at("$[1].result[0].label"), "blue rectangle");

  // What is asked for is looked for in each of them.
  const std::string reds = per_frame(
      kTwoFrames, R"(Detect red rectangles. JSON list, keys "box_2d" and "label".)", "alone.");
  const Response only_red = ask_about(emulator, {red, blue, text_part(reds)}, kJson).said();
  assert_equals_int(only_red.length("$[0].result"), 1);
  check_text(only_red.at("$[1].result"), "[]");
}
GST_END_TEST

GST_START_TEST(pictures_for_reference_get_no_answer)
{
  const Emulator emulator;
  const std::string red = inline_part(picture(kRed));
  const std::string blue = inline_part(picture(kBlue));
  const std::string uri = upload(emulator.url(), picture(kRed)).at("$.file.uri");
  const struct {
    const char *lead_in;
    std::vector<std::string> parts;
    const char *labels;
  } kCases[] = {
      {"The first image is for reference; the 2 images after it are frames 1 to 2, in order.",
       {red, blue, red},
       "blue red "},
      {"The first 2 images are for reference; the 2 images after them are frames 1 to 2, in order.",
       {red, file_part(uri), red, blue},
       "red blue "},
  };
  for (auto [lead_in, parts, labels] : kCases) {
    parts.push_back(text_part(per_frame(lead_in, kBoxesPrompt, "alone.")));
    const Response said = ask_about(emulator, parts, kJson).said();
    std::string is;
    for (int i = 0; i < said.length("$"); ++i) {
      const std::string label = said.at(("$[" + std::to_string(i) + "].result[0].label").c_str());
      is += label.substr(0, label.find(' ')) + ' ';
    }
    check_text(is, labels);
  }
  const std::string last = "The first image is for reference; answer about the last image only.\n";
  check_text(ask_about(emulator, {red, blue, text_part(last + "What is this?")}).text(),
             "The picture shows a blue rectangle.");
}
GST_END_TEST

GST_START_TEST(results_are_words_or_fit_the_schema)
{
  const Emulator emulator;
  const std::string red = inline_part(picture(kRed));
  const std::string blue = inline_part(picture(kBlue));
  const std::string prompt = per_frame(kTwoFrames, "Describe this image.", "as a string.");
  for (const char *config : {"", kJson}) {
    const Response words = ask_about(emulator, {red, blue, text_part(prompt)}, config).said();
    check_text(words.at("$[0].result"), "The picture shows a red rectangle.");
    check_text(words.at("$[1].result"), "The picture shows a blue rectangle.");
  }
  const std::string schema = std::string{kJson} + R"(,"responseSchema":{"type":"ARRAY","items":
      {"type":"OBJECT","properties":{"image":{"type":"INTEGER"},"result":{"type":"OBJECT",
      "properties":{"boxes":{"type":"ARRAY","items":{"type":"OBJECT","properties":{"label":
      {"type":"STRING"},"mask":{"type":"ARRAY","items":{"type":"ARRAY","items":
      {"type":"INTEGER"}}}}}}}}},"required":["image","result"]}})";
  const Response said = ask_about(emulator, {red, blue, text_part("Segment all.")}, schema).said();
  assert_equals_int(said.length("$"), 2);
  check_text(said.at("$[1].image"), "2");
  check_text(said.at("$[1].result.boxes[0].label"), "blue rectangle");
  check_text(said.at("$[0].result.boxes[0].mask"), "[[100,200],[400,200],[400,800],[100,800]]");
}
GST_END_TEST

GST_START_TEST(formats_are_known_by_their_content)
{
  Canvas canvas{64, 48, kRed};
  const Bytes jpeg = canvas.jpeg();
  const Bytes cut{jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2)};
  const struct {
    Bytes bytes;
    const char *type;
    const char *words; // of the refusal; null: it is taken
  } kCases[] = {
      {jpeg, "image/jpeg", nullptr},
      {canvas.png(), "image/png", nullptr},
      {jpeg, "image/png", "image/jpeg"},
      {canvas.png(), "image/jpeg", "image/png"},
      {webp(64, 48), "image/jpeg", "image/webp"},
      {jpeg, "image/gif", "image/gif"},
      {jpeg, "application/pdf", "application/pdf"},
      {cut, "image/jpeg", "Unable to process input image"},
      {Bytes{'x', 'y'}, "image/jpeg", "Unable to process input image"},
      {Bytes{}, "image/webp", "Unable to process input image"},
      {webp(64, 48), "image/webp", "Unable to process input image"},
      {heic(64, 48), "image/heic", "Unable to process input image"},
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &[bytes, type, words] : kCases) {
    const Response response = ask_about(emulator, {inline_part(bytes, type), text_part("hi")});
    if (words)
      check_refused(response, 400, "INVALID_ARGUMENT", words);
    else
      assert_equals_int(response.status, 200);
  }
}
GST_END_TEST

GST_START_TEST(other_formats_may_be_for_reference)
{
  const Emulator emulator;
  const std::string model = emulator.url() + "/v1beta/models/gemini-2.5-flash:generateContent";
  const auto ask = [&](const std::string &reference) {
    return post(model, R"({"contents":[{"parts":[)" + reference + ',' + inline_part(picture(kRed)) +
                           ',' + text_part("What is this?") + "]}]}");
  };
  const struct {
    std::string reference;
    int tokens;
  } kCases[] = {
      {inline_part(webp(960, 540), "image/webp"), 1548},
      {inline_part(webp(100, 100), "image/webp"), 258},
      {inline_part(heic(960, 540), "image/heif"), 1548},
  };
  for (const auto &[reference, tokens] : kCases) {
    const Response response = ask(reference);
    fail_unless(response.status == 200, "%s", response.body.c_str());
    check_text(response.text(), "The picture shows a red rectangle.");
    check_text(response.at("$.usageMetadata.promptTokensDetails[1].tokenCount"),
               std::to_string(tokens + 258));
  }
}
GST_END_TEST

GST_START_TEST(a_request_has_3600_pictures_at_most)
{
  const Emulator emulator{{.vision = Vision::none}};
  Canvas canvas{1, 1, kRed};
  std::vector<std::string> parts(3600, inline_part(canvas.png(), "image/png"));
  // On a model where so many fit into the context.
  const std::string url = emulator.url() + "/v1beta/models/gemini-2.5-flash:generateContent";
  const auto body = [&] { return R"({"contents":[{"parts":)" + json::array(parts) + "}]}"; };
  assert_equals_int(post(url, body()).status, 200);
  parts.push_back(parts.front());
  check_refused(post(url, body()), 400, "INVALID_ARGUMENT", "3600");
}
GST_END_TEST

static Suite *images_suite()
{
  Suite *suite = suite_create("emulator images");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, the_last_picture_is_asked_about);
  tcase_add_test(tcase, files_are_looked_at_like_inline_pictures);
  tcase_add_test(tcase, files_that_cannot_be_used_are_refused);
  tcase_add_test(tcase, each_frame_is_answered_by_itself_where_that_is_asked_for);
  tcase_add_test(tcase, pictures_for_reference_get_no_answer);
  tcase_add_test(tcase, results_are_words_or_fit_the_schema);
  tcase_add_test(tcase, formats_are_known_by_their_content);
  tcase_add_test(tcase, other_formats_may_be_for_reference);
  tcase_add_test(tcase, a_request_has_3600_pictures_at_most);
  return suite;
}

GST_CHECK_MAIN(images)
