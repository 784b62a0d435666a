// SPDX-License-Identifier: LGPL-2.1-or-later
// Every task, as any client may ask for it, in the dialects of the model families.
#include "emulator.hpp"
#include "outline.hpp"
#include "task.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

constexpr char kOld[] = "gemini-2.5-flash";
constexpr char kNew[] = "gemini-3.8-flash";
constexpr char kJson[] = R"("responseMimeType":"application/json")";

// Two red rectangles and a blue ellipse, the largest first: 160x100 at (40, 40), 120x120 at
// (240, 60), 60x40 at (60, 180).
std::vector<std::uint8_t> scene()
{
  Canvas canvas{400, 250, {0.5, 0.5, 0.5}};
  canvas.rectangle({0.9, 0.1, 0.1}, 40, 40, 200, 140);
  canvas.ellipse({0.1, 0.2, 0.9}, 240, 60, 360, 180);
  canvas.rectangle({0.9, 0.1, 0.1}, 60, 180, 120, 220);
  return canvas.png();
}

Response ask_model(const char *model, const std::string &prompt, const std::string &config = "")
{
  const Emulator emulator;
  Response response = ask(emulator.url(), model, scene(), prompt, config);
  fail_unless(response.status == 200, "%s", response.body.c_str());
  return response;
}

std::string with_schema(const std::string &schema)
{
  return std::string{kJson} + R"(,"responseSchema":)" + schema;
}

void check_answer(const std::string &prompt, const std::string &expected)
{
  check_text(ask_model(kNew, prompt).text(), expected);
}

void check_filled(const std::string &prompt, const std::string &schema, const std::string &expected)
{
  check_text(ask_model(kNew, prompt, with_schema(schema)).text(), expected);
}

constexpr char kSegment[] = R"(Give the segmentation masks for everything. Answer with a JSON list
in which each entry has the keys "box_2d", "mask" and "label".)";

std::string mask_schema(const std::string &mask)
{
  return with_schema(R"({"type":"ARRAY","items":{"type":"OBJECT","properties":{"label":{"type":
      "STRING"},"mask":)" +
                     mask + "}}}");
}

} // namespace

GST_START_TEST(tasks_are_read_from_keys_and_verbs)
{
  const struct {
    const char *prompt;
    const char
        *parts; // b: boxes, m: masks, p: points, 3: boxes in space, c: confidence, k: classes
  } kCases[] = {
      {R"(Detect cars. JSON list, keys "box_2d" and "label".)", "b"},
      {R"(Detect cars. JSON list, keys box_2d and label, no masks.)", "b"},
      {R"(Find dogs: "box_2d", "label". Never return masks or code fences.)", "b"},
      {R"(Find dogs: "box_2d", "label". Do not draw segmentation masks.)", "b"},
      {R"(Find dogs: "box_2d", "label" and "confidence".)", "bc"},
      {R"(Give the bounding boxes of all dogs.)", "b"},
      {"Detect cats in this image.\nAnswer with a JSON list of at most 25 entries. Each entry has two "
       "keys: \"box_2d\", four integers, and \"label\". Use only these labels: \"cat\". No masks. No "
       "code fence, no other text. If there is nothing to detect, answer [].",
       "b"},
      {"Detect the 3D bounding boxes of all in this image. Each entry has two keys: \"label\", a name, "
       "and \"box_3d\", nine numbers. No code fence. If there is nothing to detect, answer [].",
       "3"},
      {kSegment, "bm"},
      {R"(Segment the cat.)", "bm"},
      {R"(List things with their box_2d, mask and label. Return the "mask" as PNG.)", "bm"},
      {R"(Point to the cup. JSON list with "point" as [y, x] and "label".)", "p"},
      {R"(Point out all wheels.)", "p"},
      {R"(Point to the handle; keys "point", "label". No boxes, no masks.)", "p"},
      {R"(Detect the 3-D bounding boxes of chairs: JSON list, "label" and "box_3d".)", "3"},
      {R"(Give 3D bounding boxes.)", "3"},
      {R"(Classify this image. JSON list with "label" and "confidence".)", "ck"},
      {R"(Into which category does this fall? Categorise it.)", "k"},
      {R"(Describe this image in one sentence.)", ""},
      {R"(What is the point of this picture?)", ""},
      {R"(Is the mask on the wall old?)", ""},
  };
  for (const auto &[prompt, parts] : kCases) {
    const Asked asked = read_task(prompt);
    std::string found;
    found += asked.boxes ? "b" : "";
    found += asked.masks ? "m" : "";
    found += asked.points ? "p" : "";
    found += asked.boxes_3d ? "3" : "";
    found += asked.confidence ? "c" : "";
    found += asked.classes ? "k" : "";
    fail_unless(found == parts, "%s: '%s' instead of '%s'", prompt, found.c_str(), parts);
  }
}
GST_END_TEST

GST_START_TEST(masks_come_in_the_familys_dialect)
{
  const Response old = ask_model(kOld, kSegment);
  fail_unless(old.text().starts_with("```json\n"));
  fail_unless(old.said().at("$[0].mask").starts_with("data:image/png;base64,iVBOR"));
  check_text(old.said().at("$[0].box_2d"), "[160,100,560,500]");
  // In JSON mode these models write something in place of a mask.
  check_text(ask_model(kOld, kSegment, kJson).said().at("$[1].mask"), "gimme_mask_for_this");
  for (const char *model : {kNew, "gemini-2.5-flash-lite", "gemini-robotics-er-2-preview"}) {
    const Response boxes = ask_model(model, kSegment).said();
    assert_equals_int(boxes.length("$"), 3);
    check_text(boxes.at("$[0].box_2d"), "[160,100,560,500]");
    check_text(boxes.at("$[0].mask"), "");
  }
}
GST_END_TEST

GST_START_TEST(masks_take_the_form_that_a_schema_asks_for)
{
  const std::string integers = R"({"type":"ARRAY","items":{"type":"INTEGER"}})";
  const std::string pairs = R"({"type":"ARRAY","items":)" + integers + "}";
  const std::string rings = R"({"type":"ARRAY","items":)" + pairs + "}";
  const struct {
    const char *model;
    std::string schema;
    const char *mask; // of the first rectangle
  } kCases[] = {
      {kNew, pairs, "[[100,160],[500,160],[500,560],[100,560]]"},
      {"gemini-4-argon", pairs, "[[100,160],[500,160],[500,560],[100,560]]"},
      {"gemini-robotics-er-2-preview", pairs, "[[160,100],[160,500],[560,500],[560,100]]"},
      {kNew, integers, "[160,100,160,500,560,500,560,100]"},
      {kNew, rings, "[[[100,160],[500,160],[500,560],[100,560]]]"},
      {kNew, R"({"type":"STRING"})", "160,100,160,500,560,500,560,100"},
      {kOld, R"({"type":"STRING"})", "gimme_mask_for_this"},
  };
  for (const auto &[model, schema, mask] : kCases)
    check_text(ask_model(model, "Segment.", mask_schema(schema)).said().at("$[0].mask"), mask);
}
GST_END_TEST

GST_START_TEST(points_are_inside_and_y_comes_before_x)
{
  const std::string prompt = R"(Point to everything. JSON list: "point" as [y, x], "label".)";
  for (const char *model : {kOld, kNew}) {
    const Response json = ask_model(model, prompt).said();
    assert_equals_int(json.length("$"), 3);
    const double y = std::stod(json.at("$[2].point[0]"));
    const double x = std::stod(json.at("$[2].point[1]"));
    fail_unless(y > 750 && y < 850 && x > 170 && x < 280, "%.0f %.0f", y, x);
    check_text(json.at("$[2].box_2d"), "");
  }
}
GST_END_TEST

// Where the corners of a box in space are seen, by the service's own sample: 60 degrees wide.
GST_START_TEST(boxes_in_space_cover_the_boxes_in_the_picture)
{
  const Response json =
      ask_model(kNew,
                R"(Detect the 3-D bounding boxes of everything: JSON list, "label", "box_3d".)")
          .said();
  const Box boxes[] = {{40, 40, 200, 140}, {240, 60, 360, 180}, {60, 180, 120, 220}};
  assert_equals_int(json.length("$"), 3);
  const double focal = 400 / (2 * std::tan(std::numbers::pi / 6));
  for (int i = 0; i < 3; ++i) {
    double v[9];
    for (int k = 0; k < 9; ++k) {
      const std::string path = "$[" + std::to_string(i) + "].box_3d[" + std::to_string(k) + "]";
      v[k] = std::stod(json.at(path.c_str()));
    }
    fail_unless(v[1] > 0 && v[3] > 0 && v[4] > 0 && v[5] > 0 && v[6] == 0 && v[8] == 0);
    fail_unless(v[5] > 0.6 && v[5] <= 1.01, "shapes are a metre high, not %.2f", v[5]);
    Box seen{1e9, 1e9, -1e9, -1e9};
    for (int corner = 0; corner < 8; ++corner) {
      const double x = v[0] + (corner & 1 ? 0.5 : -0.5) * v[3];
      const double y = v[1] + (corner & 2 ? 0.5 : -0.5) * v[4];
      const double z = v[2] + (corner & 4 ? 0.5 : -0.5) * v[5];
      const double u = focal * x / y + 200;
      const double w = -focal * z / y + 125;
      seen = {std::min(seen.left, u), std::min(seen.top, w), std::max(seen.right, u),
              std::max(seen.bottom, w)};
    }
    const double off =
        std::max({std::abs(seen.left - boxes[i].left), std::abs(seen.top - boxes[i].top),
                  std::abs(seen.right - boxes[i].right), std::abs(seen.bottom - boxes[i].bottom)});
    fail_unless(off < 1.5, "%d is off by %.2f: %.1f %.1f %.1f %.1f", i, off, seen.left, seen.top,
                seen.right, seen.bottom);
  }
}
GST_END_TEST

GST_START_TEST(questions_are_answered)
{
  check_answer("Describe this image.", "The picture shows a blue ellipse and 2 red rectangles.");
  check_answer("Describe this. What matters: \"circles\".\nPlain words: no lists, no JSON.",
               "The picture shows a blue ellipse.");
  check_answer("How many red shapes are there?", "There are 2 red rectangles.");
  check_answer("How many circles are there?", "There is a blue ellipse.");
  check_answer("How many triangles are there?", "There are none: 0.");
  check_answer("Is there a blue circle?", "Yes, the picture shows a blue ellipse.");
  check_answer("Is there a triangle?", "No, the picture does not show that.");
  check_text(ask_model(kNew, "How many rectangles?", kJson).text(), R"({"count":2})");
  check_text(ask_model(kNew, "Is there a triangle?", kJson).text(), R"({"answer":false})");
}
GST_END_TEST

GST_START_TEST(classes_are_named_once_and_by_the_labels_allowed)
{
  const std::string prompt = R"(Classify this image. JSON list of "label" and "confidence".)";
  const Response all = ask_model(kNew, prompt).said();
  assert_equals_int(all.length("$"), 2);
  check_text(all.at("$[0].label"), "red rectangle");
  check_text(all.at("$[1].label"), "blue ellipse");
  fail_unless(std::stod(all.at("$[0].confidence")) > std::stod(all.at("$[1].confidence")));
  const Response some =
      ask_model(kOld, prompt + " Use only these labels: Triangle, Circle, 'green thing'.").said();
  check_text(some.body, "[\n  {\"label\": \"Circle\", \"confidence\": 0.96}\n]");
  check_filled("Classify the image.",
               R"({"type":"ARRAY","items":{"type":"OBJECT","properties":{
      "label":{"type":"STRING","enum":["circle","square","none"]},"confidence":{"type":"NUMBER"}}}})",
               R"([{"label":"square","confidence":0.99},{"label":"circle","confidence":0.96}])");
}
GST_END_TEST

GST_START_TEST(things_go_by_the_labels_allowed)
{
  const std::string prompt = R"(Detect everything. JSON list of "box_2d" and "label". )";
  const Response circles =
      ask_model(kNew, prompt + "Use only these labels: Circle, Triangle.").said();
  assert_equals_int(circles.length("$"), 1);
  check_text(circles.at("$[0].label"), "Circle");
  // A key is no list of labels, and neither is a sentence without one.
  const Response all = ask_model(kNew, prompt + R"(Give "labels": short names. Use classes.)");
  assert_equals_int(all.said().length("$"), 3);
  const std::string schema = R"({"type":"ARRAY","items":{"type":"OBJECT","properties":{
      "label":{"type":"STRING","enum":["square"]},"point":{"type":"ARRAY","items":{"type":"INTEGER"}}}}})";
  const Response squares = ask_model(kNew, "Point to all.", with_schema(schema)).said();
  assert_equals_int(squares.length("$"), 2);
  check_text(squares.at("$[1].label"), "square");
}
GST_END_TEST

GST_START_TEST(schemas_are_filled_with_typed_truth)
{
  check_filled(
      "Look.",
      R"({"type":"OBJECT","properties":{
      "red_rectangles":{"type":"INTEGER"},"triangleCount":{"type":"integer"},
      "has_blue":{"type":"BOOLEAN"},"triangle_present":{"type":"BOOLEAN"},
      "no_triangles":{"type":"BOOLEAN"},"summary":{"type":"STRING"},
      "triangle":{"type":"STRING","nullable":true}}})",
      R"({"red_rectangles":2,"triangleCount":0,"has_blue":true,"triangle_present":false,)"
      R"("no_triangles":true,)"
      R"("summary":"The picture shows a blue ellipse and 2 red rectangles.","triangle":null})");
  // The description tells, where the name does not; the order is the schema's.
  check_filled("Look.",
               R"({"type":"OBJECT","propertyOrdering":["n","ok"],"properties":{
      "ok":{"type":"BOOLEAN","description":"whether there is a triangle"},
      "n":{"type":"NUMBER","description":"the number of circles"}}})",
               R"({"n":1,"ok":false})");
  // Or the prompt does.
  check_filled("How many rectangles are there?",
               R"({"type":"OBJECT","properties":{"answer":{"type":"INTEGER"}}})",
               R"({"answer":2})");
  check_filled("How many rectangles are there?", R"({"type":"INTEGER","maximum":1})", "1");
}
GST_END_TEST

GST_START_TEST(keys_that_a_prompt_describes_are_filled)
{
  const std::string prompt =
      R"(Answer as JSON with the keys "circles" (integer), "has_triangle" and "summary".)";
  const std::string expected = R"({"circles":1,"has_triangle":false,"summary":)"
                               R"("The picture shows a blue ellipse."})";
  check_text(ask_model(kNew, prompt, kJson).text(), expected);
  check_answer(prompt, "```json\n" + expected + "\n```");
  check_answer(R"(JSON list, one entry per thing, with "label" and "colour".)",
               "```json\n"
               R"([{"label":"red rectangle","colour":"red"},{"label":"blue ellipse",)"
               R"("colour":"blue"},{"label":"red rectangle","colour":"red"}])"
               "\n```");
  check_answer(R"(What does the sign "STOP" say?)",
               "The picture shows a blue ellipse and 2 red rectangles.");
}
GST_END_TEST

GST_START_TEST(lists_hold_things_or_kinds)
{
  check_filled("Find all.",
               R"({"type":"OBJECT","properties":{"circles":{"type":"ARRAY","items":{
      "type":"OBJECT","properties":{"id":{"type":"INTEGER"},"label":{"type":"STRING"},
      "box_2d":{"type":"ARRAY","items":{"type":"INTEGER"}},"is_red":{"type":"BOOLEAN"},
      "where":{"type":"STRING"},"colour":{"type":"STRING"},
      "confidence":{"type":"NUMBER"}}}}}})",
               R"({"circles":[{"id":1,"label":"blue ellipse","box_2d":[240, 600, 720, 900],)"
               R"("is_red":false,"where":"a blue ellipse on the right","colour":"blue",)"
               R"("confidence":0.96}]})");
  check_filled("Count the things.",
               R"({"type":"ARRAY","items":{"type":"OBJECT","properties":{
      "name":{"type":"STRING"},"count":{"type":"INTEGER"}}}})",
               R"([{"name":"red rectangle","count":2},{"name":"blue ellipse","count":1}])");
  check_filled("Name them.", R"({"type":"ARRAY","maxItems":"1","items":{"type":"STRING"}})",
               R"(["red rectangle"])");
  check_filled("Colours?",
               R"({"type":"OBJECT","properties":{"colours":{"type":"ARRAY","items":{"type":
      "STRING"}}}})",
               R"({"colours":["red","blue"]})");
  check_filled("Triangles", R"({"type":"ARRAY","items":{"type":"OBJECT","properties":{
      "label":{"type":"STRING"}}}})",
               "[]");
}
GST_END_TEST

GST_START_TEST(enums_are_chosen_from)
{
  const auto choice = [](const std::string &prompt, const std::string &words) {
    return ask_model(kNew, prompt, with_schema(R"({"type":"STRING","enum":)" + words + "}")).text();
  };
  check_text(choice("What is it?", R"(["triangle","circle"])"), R"("circle")");
  check_text(choice("Is there a triangle?", R"(["yes","no"])"), R"("no")");
  check_text(choice("Is there a circle?", R"(["yes","no"])"), R"("yes")");
  check_text(choice("How many rectangles?", R"(["0","1","2","3+"])"), R"("2")");
  check_text(choice("Indoors?", R"(["indoor","outdoor","unknown"])"), R"("unknown")");
  check_text(ask_model(kNew, "What?",
                       R"("responseMimeType":"text/x.enum","responseSchema":{"type":"STRING",)"
                       R"("enum":["triangle","circle"]})")
                 .text(),
             "circle");
}
GST_END_TEST

GST_START_TEST(json_schemas_are_understood)
{
  const auto filled = [](const std::string &schema) {
    return ask_model(kNew, "Look.", std::string{kJson} + R"(,"responseJsonSchema":)" + schema)
        .text();
  };
  check_text(
      filled(R"({"$defs":{"thing":{"type":"object","properties":{"label":{"type":"string"}}}},
      "type":"object","properties":{"circle":{"$ref":"#/$defs/thing"},
      "triangle":{"anyOf":[{"$ref":"#/$defs/thing"},{"type":"null"}]},
      "note":{"type":["string","null"],"const":"x"}}})"),
      R"({"circle":{"label":"blue ellipse"},"triangle":null,"note":"x"})");
  // References that go round end somewhere.
  fail_unless(!filled(R"({"$ref":"#"})").empty());
  fail_unless(!filled(R"({"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},
      "c":{"$ref":"#"},"d":{"$ref":"#"},"e":{"type":"array","items":{"$ref":"#"}}}})")
                   .empty());
  check_text(filled(R"({"type":"object"})"), R"({"red rectangle":2,"blue ellipse":1})");
}
GST_END_TEST

GST_START_TEST(thoughts_are_shown_and_counted_where_asked_for)
{
  const std::string wanted = R"("thinkingConfig":{"includeThoughts":true})";
  const Response response = ask_model(kNew, "How many circles?", wanted);
  check_text(response.at("$.candidates[0].content.parts[0].thought"), "true");
  check_text(response.at("$.candidates[0].content.parts[1].text"), "There is a blue ellipse.");
  const int thoughts = std::stoi(response.at("$.usageMetadata.thoughtsTokenCount"));
  const int prompt = std::stoi(response.at("$.usageMetadata.promptTokenCount"));
  const int answer = std::stoi(response.at("$.usageMetadata.candidatesTokenCount"));
  assert_equals_int(std::stoi(response.at("$.usageMetadata.totalTokenCount")),
                    prompt + answer + thoughts);
  // They may use up all that was left for the answer.
  const Response cut = ask_model(kNew, "How many circles?", wanted + R"(,"maxOutputTokens":2)");
  check_text(cut.at("$.candidates[0].finishReason"), "MAX_TOKENS");
  assert_equals_int(cut.length("$.candidates[0].content.parts"), 1);
  check_text(ask_model(kNew, "How many circles?").text(), "There is a blue ellipse.");
  check_text(ask_model(kOld, "How many circles?",
                       R"("thinkingConfig":{"includeThoughts":true,"thinkingBudget":0})")
                 .text(),
             "There is a blue ellipse.");
}
GST_END_TEST

static Suite *tasks_suite()
{
  Suite *suite = suite_create("emulator tasks");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, tasks_are_read_from_keys_and_verbs);
  tcase_add_test(tcase, masks_come_in_the_familys_dialect);
  tcase_add_test(tcase, masks_take_the_form_that_a_schema_asks_for);
  tcase_add_test(tcase, points_are_inside_and_y_comes_before_x);
  tcase_add_test(tcase, boxes_in_space_cover_the_boxes_in_the_picture);
  tcase_add_test(tcase, questions_are_answered);
  tcase_add_test(tcase, classes_are_named_once_and_by_the_labels_allowed);
  tcase_add_test(tcase, things_go_by_the_labels_allowed);
  tcase_add_test(tcase, schemas_are_filled_with_typed_truth);
  tcase_add_test(tcase, keys_that_a_prompt_describes_are_filled);
  tcase_add_test(tcase, lists_hold_things_or_kinds);
  tcase_add_test(tcase, enums_are_chosen_from);
  tcase_add_test(tcase, json_schemas_are_understood);
  tcase_add_test(tcase, thoughts_are_shown_and_counted_where_asked_for);
  return suite;
}

GST_CHECK_MAIN(tasks)
