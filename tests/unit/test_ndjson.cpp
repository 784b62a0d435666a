// SPDX-License-Identifier: LGPL-2.1-or-later
// Every analysis becomes exactly one valid line.
#include "wire/ndjson.hpp"
#include "wire/png.hpp"
#include "wire_support.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Analysis;
using gemini::AnalysisStatus;
using gemini::Failure;
using gemini::FailureKind;
using gemini::Mask;
using gemini::Point;
using gemini::Rect;
using gemini::test::parse;
using gemini::test::ParserPtr;
using gemini::test::root_object;
using gemini::test::same;
using gemini::wire::to_ndjson;
using namespace std::chrono_literals;

namespace {

Analysis good_analysis()
{
  Analysis analysis;
  analysis.source = "camera-1";
  analysis.request_id = 7;
  analysis.pts = 1s;
  analysis.running_time = 1500ms;
  analysis.captured_at = 1795363200000123us;
  analysis.width = 768;
  analysis.height = 576;
  analysis.model = "gemini-flash-latest";
  analysis.model_version = "gemini-3.8-flash";
  analysis.latency = 1234ms;
  analysis.attempts = 1;
  analysis.status = AnalysisStatus::ok;
  analysis.finish_reason = "STOP";
  analysis.usage = {.prompt = 1290, .output = 210, .thoughts = 5, .cached = 3, .total = 1505};
  analysis.objects = {
      {.id = 3, .label = "person", .box = Rect{0.25, 0.5, 0.125, 0.25}},
      {.id = 4, .label = "dog", .confidence = 0.875, .box = Rect{0, 0, 1, 1}},
  };
  return analysis;
}

bool contains(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

GST_START_TEST(line_of_a_good_answer_is_stable)
{
  fail_unless(same(
      to_ndjson(good_analysis()),
      R"({"schema":"gst-gemini/1","source":"camera-1","request_id":7,"pts":1000000000,)"
      R"("running_time":1500000000,"captured_at":"2026-11-22T16:00:00.000Z","width":768,"height":576,)"
      R"("task":"detect","model":"gemini-flash-latest","model_version":"gemini-3.8-flash",)"
      R"("latency_ms":1234,"attempts":1,"status":"ok","finish_reason":"STOP",)"
      R"("usage":{"prompt":1290,"output":210,"thoughts":5,"cached":3,"total":1505},)"
      R"("text":null,"json":null,)"
      R"("objects":[{"id":3,"label":"person","confidence":null,"state":"new","age_ms":0,)"
      R"("track_confidence":1,"box":[192,288,96,144]},{"id":4,"label":"dog","confidence":0.875,)"
      R"("state":"new","age_ms":0,"track_confidence":1,"box":[0,0,768,576]}]})"));
}
GST_END_TEST

GST_START_TEST(line_of_an_empty_analysis_has_nulls_for_the_unknown)
{
  Analysis analysis;
  analysis.failure = Failure{.kind = FailureKind::unreachable, .message = "no route"};
  fail_unless(same(
      to_ndjson(analysis),
      R"({"schema":"gst-gemini/1","source":"","request_id":0,"pts":null,"running_time":null,)"
      R"("captured_at":null,"width":0,"height":0,"task":"detect","model":"","model_version":null,)"
      R"("latency_ms":0,"attempts":0,"status":"failed","finish_reason":null,)"
      R"("usage":{"prompt":0,"output":0,"thoughts":0,"cached":0,"total":0},"text":null,"json":null,)"
      R"("objects":[],"error":{"kind":"unreachable","message":"no route","http_status":null}})"));
}
GST_END_TEST

GST_START_TEST(line_tells_problems_and_errors)
{
  Analysis partial = good_analysis();
  partial.status = AnalysisStatus::partial;
  partial.problems = {"item 3: no box", "the list \"ends\""};
  const std::string line = to_ndjson(partial);
  fail_unless(contains(line, R"("status":"partial")"));
  fail_unless(contains(line, R"(,"problems":["item 3: no box","the list \"ends\""]})"));
  fail_unless(!contains(line, R"("error")"));

  Analysis blocked = good_analysis();
  blocked.status = AnalysisStatus::blocked;
  blocked.objects.clear();
  blocked.failure = Failure{.kind = FailureKind::blocked, .message = "SAFETY", .http_status = 200};
  fail_unless(contains(to_ndjson(blocked), R"("status":"blocked")"));
  fail_unless(contains(to_ndjson(blocked),
                       R"("error":{"kind":"blocked","message":"SAFETY","http_status":200})"));
  fail_unless(!contains(to_ndjson(good_analysis()), R"("problems")"));
}
GST_END_TEST

GST_START_TEST(line_tells_whose_picture_an_object_was_seen_on)
{
  Analysis analysis = good_analysis();
  analysis.objects = {
      {.id = 5,
       .label = "person",
       .box = Rect{0.25, 0.5, 0.125, 0.25},
       .text = "A \"red\" coat.",
       .parent = gemini::Parent{.id = 17, .label = "person"}},
      {.id = 6, .label = "hat", .parent = gemini::Parent{.label = ""}},
  };
  const std::string line = to_ndjson(analysis);
  fail_unless(
      contains(line,
               R"({"id":5,"label":"person","confidence":null,"state":"new",)"
               R"("age_ms":0,"track_confidence":1,"box":[192,288,96,144],"text":"A \"red\" coat.",)"
               R"("parent":{"id":17,"label":"person"}})"),
      "%s", line.c_str());
  fail_unless(contains(line, R"("track_confidence":1,"parent":{"id":null,"label":""}})"), "%s",
              line.c_str());
}
GST_END_TEST

// In pixels of the frame, the mask as a picture of its box.
GST_START_TEST(line_has_every_shape_of_an_object)
{
  Analysis analysis = good_analysis();
  analysis.task = gemini::Task::segment;
  const std::vector<std::uint8_t> coverage = {0, 255, 255, 128, 0, 7};
  analysis.objects = {
      {.id = 1,
       .label = "cup",
       .box = Rect{0.25, 0.5, 0.125, 0.25},
       .mask = std::make_shared<const Mask>(Mask{{0.25, 0.5, 0.125, 0.25}, 3, 2, coverage}),
       .polygon = {{{0.25, 0.5}, {0.375, 0.5}, {0.375, 0.75}}}},
      {.id = 2,
       .label = "ring",
       .polygon = {{{0, 0}, {1, 0}, {1, 1}}, {{0.5, 0}, {0.75, 0}, {0.5, 0.5}}}},
      {.id = 3, .label = "nose", .point = Point{0.5, 0.125}},
      {.id = 4,
       .label = "table",
       .box_3d = gemini::Box3d{{-0.5, 2.25, 0.1}, {1, 0.5, 0.75}, {0, -1.5, 90}}},
  };
  const std::string line = to_ndjson(analysis);
  const auto png = gemini::wire::write_png(coverage, 3, 2);
  g_autofree char *base64 = g_base64_encode(png.data(), png.size());
  fail_unless(contains(line, R"("task":"segment")"));
  fail_unless(contains(line, R"("mask":{"box":[192,288,96,144],"png":")" + std::string{base64} +
                                 R"("},"polygon":[[192,288],[288,288],[288,432]]})"));
  fail_unless(
      contains(line, R"("polygons":[[[0,0],[768,0],[768,576]],[[384,0],[576,0],[384,288]]]})"));
  fail_unless(contains(line, R"("track_confidence":1,"point":[384,72]})"));
  fail_unless(contains(
      line, R"("box_3d":{"center":[-0.5,2.25,0.1],"size":[1,0.5,0.75],"rotation":[0,-1.5,90]}})"));

  const ParserPtr parser = parse(line);
  fail_unless(parser != nullptr);
  const auto decoded = gemini::wire::read_png(png);
  fail_unless(decoded && decoded->width == 3 && decoded->height == 2 &&
              decoded->pixels == coverage);
}
GST_END_TEST

GST_START_TEST(line_has_text_as_a_string_and_json_as_it_is)
{
  Analysis analysis = good_analysis();
  analysis.text = "A \"dog\"\nand a cat.";
  analysis.json = R"({"dogs":1,"open":true})";
  const std::string line = to_ndjson(analysis);
  fail_unless(
      contains(line, R"("text":"A \"dog\"\nand a cat.","json":{"dogs":1,"open":true},"objects")"));
  fail_unless(line.find('\n') == std::string::npos);
  fail_unless(parse(line) != nullptr);
}
GST_END_TEST

// With no more decimals than it takes to read them back.
GST_START_TEST(line_has_pixels_with_few_decimals)
{
  const auto box_of = [](const Rect &box) {
    Analysis analysis = good_analysis();
    analysis.width = 333;
    analysis.height = 217;
    analysis.objects = {{.id = 1, .label = "a", .box = box}};
    const std::string line = to_ndjson(analysis);
    const std::size_t at = line.find("\"box\":") + 6;
    return line.substr(at, line.find(']', at) + 1 - at);
  };
  fail_unless(same(box_of({0.1, 0.333, 0.123, 0.002}), "[33.3,72.261,40.959,0.434]"));
  fail_unless(same(box_of({0.123456789, 0, 1, 1}), "[41.111110737,0,333,217]"));
  fail_unless(same(box_of({0.5, 0.25, 1.0 / 3, 0.7}), "[166.5,54.25,111,151.9]"));
}
GST_END_TEST

GST_START_TEST(line_has_only_what_an_object_has)
{
  Analysis analysis = good_analysis();
  analysis.objects = {{.id = 1, .label = "a"}};
  fail_unless(contains(to_ndjson(analysis),
                       R"("objects":[{"id":1,"label":"a","confidence":null,"state":"new",)"
                       R"("age_ms":0,"track_confidence":1}]})"));
}
GST_END_TEST

GST_START_TEST(line_tells_what_is_known_of_an_object_that_is_followed)
{
  Analysis analysis = good_analysis();
  const auto track_of = [&](const gemini::Track &track) {
    analysis.objects = {{.id = 1, .label = "a", .track = track}};
    const std::string line = to_ndjson(analysis);
    const std::size_t begin = line.find("\"state\"");
    return line.substr(begin, line.find('}', begin) - begin);
  };
  using gemini::TrackState;
  fail_unless(same(track_of({.state = TrackState::kept, .age = 1999999us, .confidence = 0.875}),
                   R"("state":"kept","age_ms":1999,"track_confidence":0.875)"));
  fail_unless(same(track_of({.state = TrackState::lost, .age = 3h, .confidence = 0}),
                   R"("state":"lost","age_ms":10800000,"track_confidence":0)"));
  fail_unless(same(track_of({.state = TrackState::left, .age = -1s}),
                   R"("state":"left","age_ms":0,"track_confidence":1)"));
}
GST_END_TEST

GST_START_TEST(line_tells_once_what_is_gone_and_no_more_than_its_place)
{
  Analysis analysis = good_analysis();
  fail_unless(!contains(to_ndjson(analysis), "gone"));
  analysis.objects.clear();
  const Rect place{-0.5, 0.25, 0.25, 0.5};
  analysis.gone = {
      {.id = 7,
       .label = "cat",
       .box = place,
       .mask = std::make_shared<const Mask>(Mask{place, 1, 1, {255}}),
       .polygon = {{{0, 0}, {1, 0}, {1, 1}}},
       .track = {.state = gemini::TrackState::left, .age = 2500ms, .confidence = 0.5}}};
  analysis.problems = {"item 3: no box"};
  fail_unless(
      contains(to_ndjson(analysis),
               R"("objects":[],"gone":[{"id":7,"label":"cat","confidence":null,"state":"left",)"
               R"("age_ms":2500,"track_confidence":0.5,"box":[-384,144,192,288]}],"problems":[)"));
}
GST_END_TEST

GST_START_TEST(line_of_an_answer_that_still_grows_says_so)
{
  Analysis analysis = good_analysis();
  fail_unless(!contains(to_ndjson(analysis), "growing"));
  analysis.is_growing = true;
  fail_unless(contains(to_ndjson(analysis), R"("status":"ok","growing":true,"finish_reason")"));
}
GST_END_TEST

GST_START_TEST(line_is_valid_json_whatever_the_values_are)
{
  const double inf = std::numeric_limits<double>::infinity();
  for (const double value : {inf, -inf, std::nan(""), 1e308, -1e308, -0.0, 1e-300, 5e-324}) {
    Analysis analysis = good_analysis();
    analysis.objects = {{.id = std::numeric_limits<std::uint64_t>::max(),
                         .label = "a",
                         .confidence = value,
                         .box = Rect{value, value, value, value}}};
    analysis.usage.total = std::numeric_limits<std::int64_t>::min();
    const std::string line = to_ndjson(analysis);
    fail_unless(parse(line) != nullptr, "%s", line.c_str());
    fail_unless(!contains(line, "-0]") && !contains(line, "nan") && !contains(line, "inf"), "%s",
                line.c_str());
  }
}
GST_END_TEST

GST_START_TEST(line_keeps_any_text_on_one_line)
{
  std::vector<std::string> texts = {"\"}],\"x\":1",
                                    "\\",
                                    "a\r\nb\tc\b\f\x1b\x7f",
                                    "\xe2\x80\xa8 \xe2\x80\xa9", // line and paragraph separator
                                    "\xf0\x9f\x90\x95 \xd7\x9b",
                                    ""};
  for (const std::string &text : texts) {
    Analysis analysis = good_analysis();
    analysis.source = analysis.model = analysis.finish_reason = text;
    analysis.objects.front().label = text;
    analysis.problems = {text};
    analysis.failure = Failure{.message = text};
    const std::string line = to_ndjson(analysis);
    fail_unless(line.find_first_of("\r\n") == std::string::npos, "%s", line.c_str());
    const ParserPtr parser = parse(line);
    fail_unless(parser != nullptr, "%s", line.c_str());
    JsonObject *root = root_object(parser);
    fail_unless(same(json_object_get_string_member(root, "source"), text));
    JsonObject *object =
        json_array_get_object_element(json_object_get_array_member(root, "objects"), 0);
    fail_unless(same(json_object_get_string_member(object, "label"), text));
  }
}
GST_END_TEST

GST_START_TEST(line_repairs_text_that_is_no_text)
{
  Analysis analysis = good_analysis();
  analysis.objects = {{.id = 1, .label = std::string{"a\0b\xff\xc3(", 6}}};
  const std::string line = to_ndjson(analysis);
  fail_unless(contains(line, "\"label\":\"a\xef\xbf\xbd"
                             "b\xef\xbf\xbd\xef\xbf\xbd(\""),
              "%s", line.c_str());
  fail_unless(parse(line) != nullptr);
}
GST_END_TEST

GST_START_TEST(line_does_not_depend_on_the_locale)
{
  Analysis analysis = good_analysis();
  analysis.objects = {{.id = 1, .label = "a", .confidence = 0.5, .box = Rect{0.001, 0, 1, 1}}};
  const std::string line = to_ndjson(analysis);
  fail_unless(contains(line, R"("confidence":0.5,"state":"new","age_ms":0,)"
                             R"("track_confidence":1,"box":[0.768,)"));
  const gemini::test::DecimalComma comma;
  if (comma.is_set())
    fail_unless(same(to_ndjson(analysis), line));
  else
    g_print("SKIPPED: no locale with a decimal comma\n");
}
GST_END_TEST

GST_START_TEST(line_has_time_in_utc_with_milliseconds)
{
  const auto captured = [](std::chrono::microseconds time) {
    Analysis analysis;
    analysis.captured_at = time;
    const std::string line = to_ndjson(analysis);
    const std::size_t at = line.find("captured_at") + 14;
    return line.substr(at, line.find('"', at) - at);
  };
  fail_unless(same(captured(0us), "1970-01-01T00:00:00.000Z"));
  fail_unless(same(captured(999us), "1970-01-01T00:00:00.000Z"));
  fail_unless(same(captured(951782399999999us), "2000-02-28T23:59:59.999Z"));
  fail_unless(same(captured(951782400001000us), "2000-02-29T00:00:00.001Z"));
  fail_unless(same(captured(-1us), "1969-12-31T23:59:59.999Z"));
}
GST_END_TEST

static Suite *ndjson_suite()
{
  Suite *suite = suite_create("ndjson");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, line_of_a_good_answer_is_stable);
  tcase_add_test(tcase, line_of_an_empty_analysis_has_nulls_for_the_unknown);
  tcase_add_test(tcase, line_tells_problems_and_errors);
  tcase_add_test(tcase, line_tells_whose_picture_an_object_was_seen_on);
  tcase_add_test(tcase, line_has_every_shape_of_an_object);
  tcase_add_test(tcase, line_has_text_as_a_string_and_json_as_it_is);
  tcase_add_test(tcase, line_has_pixels_with_few_decimals);
  tcase_add_test(tcase, line_has_only_what_an_object_has);
  tcase_add_test(tcase, line_tells_what_is_known_of_an_object_that_is_followed);
  tcase_add_test(tcase, line_tells_once_what_is_gone_and_no_more_than_its_place);
  tcase_add_test(tcase, line_of_an_answer_that_still_grows_says_so);
  tcase_add_test(tcase, line_is_valid_json_whatever_the_values_are);
  tcase_add_test(tcase, line_keeps_any_text_on_one_line);
  tcase_add_test(tcase, line_repairs_text_that_is_no_text);
  tcase_add_test(tcase, line_does_not_depend_on_the_locale);
  tcase_add_test(tcase, line_has_time_in_utc_with_milliseconds);
  return suite;
}

GST_CHECK_MAIN(ndjson)
