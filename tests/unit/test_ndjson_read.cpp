// SPDX-License-Identifier: LGPL-2.1-or-later
// What is written can be read back, to the last digit; what is no record of ours is refused.
#include "core/mask.hpp"
#include "wire/iso_time.hpp"
#include "wire/ndjson.hpp"
#include "wire/ndjson_read.hpp"
#include "wire/pixel_number.hpp"
#include "wire/png.hpp"
#include "wire_support.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Analysis;
using gemini::AnalysisStatus;
using gemini::Failure;
using gemini::FailureKind;
using gemini::Mask;
using gemini::Object;
using gemini::Rect;
using gemini::Task;
using gemini::test::repeated;
using gemini::test::same;
using gemini::wire::from_ndjson;
using gemini::wire::to_ndjson;
using namespace std::chrono_literals;

namespace {

Analysis full_analysis()
{
  Analysis analysis;
  analysis.source = "camera \"1\"\n";
  analysis.request_id = std::numeric_limits<std::uint64_t>::max();
  analysis.pts = 9'007'199'254'740'993ns; // no double
  analysis.running_time = 1500ms;
  analysis.captured_at = 1795363200123000us;
  analysis.width = 1365;
  analysis.height = 767;
  analysis.task = Task::segment;
  analysis.model = "gemini-flash-latest";
  analysis.model_version = "gemini-3.8-flash";
  analysis.latency = 1234ms;
  analysis.attempts = 2;
  analysis.status = AnalysisStatus::partial;
  analysis.finish_reason = "MAX_TOKENS";
  analysis.usage = {.prompt = 1290, .output = 210, .thoughts = 5, .cached = 3, .total = 1505};
  analysis.text = "";
  analysis.json = R"({"json":null,"a":[1.50,{"json":"}"}],"b\"":"é"})";
  analysis.objects = {
      {.id = 1,
       .label = "tasse \xc3\xa0 caf\xc3\xa9",
       .confidence = 0.87,
       .box = Rect{0.123, 0.457, 0.311, 0.543},
       .mask = std::make_shared<const Mask>(
           Mask{{0.123, 0.457, 0.311, 0.543}, 3, 2, {0, 255, 255, 128, 0, 7}}),
       .polygon = {{{0.25, 0.5}, {0.375, 0.5}, {0.375, 1}}}},
      {.id = 2,
       .label = "",
       .polygon = {{{0, 0}, {1, 0}, {1, 1}}, {{0.5, 0}, {0.75, 0}, {0.5, 0.5}}}},
      {.id = 3, .label = "nose", .point = gemini::Point{0.1234567, 1.0 / 3}},
      {.id = 4,
       .label = "table",
       .box_3d = gemini::Box3d{{-0.123456789, 2.25, 1e-9}, {1, 0.5, 0.75}, {0, -1.5, 57.29577951}}},
      {.id = 5,
       .label = "hat",
       .box = Rect{0.123, 0.457, 0.311, 0.543},
       .text = "made of \"straw\"",
       .parent =
           gemini::Parent{.id = std::numeric_limits<std::uint64_t>::max(), .label = "person"}},
      {.id = 6, .label = "", .text = "", .parent = gemini::Parent{.label = ""}},
      {.id = 7,
       .label = "ball",
       .box = Rect{-0.25, 0.9, 0.5, 0.3},
       .point = gemini::Point{1.5, -0.125},
       .track = {.state = gemini::TrackState::lost, .age = 2345ms, .confidence = 0.7}},
      {.id = 8, .label = "bat", .track = {.state = gemini::TrackState::kept}},
  };
  analysis.gone = {
      {.id = 9,
       .label = "kite",
       .box = Rect{1.25, -0.5, 0.5, 0.25},
       .track = {.state = gemini::TrackState::left, .age = 1s, .confidence = 0.25}},
      {.id = 10,
       .label = "",
       .box = Rect{-3, 0, 1, 1},
       .track = {.state = gemini::TrackState::lost}},
  };
  analysis.problems = {"item 3: no box", "the list \"ends\""};
  return analysis;
}

// The lines are the same, and the analysis that was read.
Analysis read_back(const Analysis &analysis)
{
  const std::string line = to_ndjson(analysis);
  const auto read = from_ndjson(line);
  fail_unless(read.has_value(), "%s: %s", read ? "" : read.error().c_str(), line.c_str());
  fail_unless(same(to_ndjson(*read), line));
  return *read;
}

bool same_shapes(const Object &a, const Object &b)
{
  const bool have_masks = a.mask && b.mask;
  return a.box == b.box && a.polygon == b.polygon && a.point == b.point && a.box_3d == b.box_3d &&
         a.confidence == b.confidence && a.text == b.text && a.parent == b.parent &&
         a.track == b.track && (have_masks ? *a.mask == *b.mask : a.mask == b.mask);
}

std::string replaced(std::string text, const std::string &what, const std::string &with)
{
  const std::size_t at = text.find(what);
  fail_unless(at != std::string::npos, "%s is not in %s", what.c_str(), text.c_str());
  return text.replace(at, what.size(), with);
}

std::string error_of(const std::string &line)
{
  const auto read = from_ndjson(line);
  return read ? "" : read.error();
}

std::string line_with(const std::string &members)
{
  return R"({"schema":"gst-gemini/1","task":"detect","status":"ok","width":100,"height":100,)" +
         members + "}";
}

std::string line_with_object(const std::string &members)
{
  return line_with(R"("objects":[{"id":1},{)" + members + "}]");
}

} // namespace

GST_START_TEST(everything_comes_back)
{
  const Analysis analysis = full_analysis();
  const Analysis read = read_back(analysis);
  fail_unless(same(read.source, analysis.source));
  fail_unless(read.request_id == analysis.request_id);
  fail_unless(read.pts == analysis.pts && read.running_time == analysis.running_time);
  fail_unless(read.captured_at == analysis.captured_at);
  fail_unless(read.width == 1365 && read.height == 767);
  fail_unless(read.task == Task::segment && read.status == AnalysisStatus::partial);
  fail_unless(same(read.model, analysis.model) && same(read.model_version, "gemini-3.8-flash"));
  fail_unless(read.latency == 1234ms && read.attempts == 2);
  fail_unless(same(read.finish_reason, "MAX_TOKENS"));
  fail_unless(read.usage.prompt == 1290 && read.usage.output == 210 && read.usage.thoughts == 5 &&
              read.usage.cached == 3 && read.usage.total == 1505);
  fail_unless(read.text && read.text->empty());
  fail_unless(read.json && same(*read.json, *analysis.json));
  fail_unless(read.problems == analysis.problems);
  fail_unless(!read.failure && !read.is_growing);
  fail_unless(read.objects.size() == 8);
  for (std::size_t i = 0; i < read.objects.size(); ++i) {
    fail_unless(read.objects[i].id == i + 1);
    fail_unless(same(read.objects[i].label, analysis.objects[i].label));
    fail_unless(same_shapes(read.objects[i], analysis.objects[i]), "object %zu", i);
  }
  fail_unless(read.gone.size() == 2);
  for (std::size_t i = 0; i < read.gone.size(); ++i) {
    fail_unless(read.gone[i].id == i + 9);
    fail_unless(same(read.gone[i].label, analysis.gone[i].label));
    fail_unless(same_shapes(read.gone[i], analysis.gone[i]), "gone object %zu", i);
  }
}
GST_END_TEST

GST_START_TEST(lines_from_before_objects_were_followed_are_read)
{
  const auto read = from_ndjson(line_with_object(R"("id":2,"label":"cat","box":[10,20,30,40])"));
  fail_unless(read.has_value(), "%s", read ? "" : read.error().c_str());
  fail_unless(read->gone.empty());
  fail_unless(read->objects.at(1).track == gemini::Track{});
}
GST_END_TEST

GST_START_TEST(every_state_comes_back)
{
  using gemini::TrackState;
  for (const TrackState state :
       {TrackState::fresh, TrackState::kept, TrackState::lost, TrackState::left}) {
    Analysis analysis = full_analysis();
    analysis.objects[0].track.state = state;
    analysis.gone[0].track.state = state;
    const Analysis read = read_back(analysis);
    fail_unless(read.objects[0].track.state == state && read.gone[0].track.state == state);
  }
}
GST_END_TEST

// The model's own word is about the picture; motion and time may lead out of it.
GST_START_TEST(only_what_has_been_followed_may_be_beyond_the_picture)
{
  const std::string box = R"("box":[-60,10,50,200])";
  fail_unless(from_ndjson(line_with_object(box + R"(,"age_ms":40)")).has_value());
  fail_unless(from_ndjson(line_with_object(box + R"(,"track_confidence":0.9)")).has_value());
  fail_unless(from_ndjson(line_with(R"("gone":[{)" + box + "}]")).has_value());
  fail_unless(same(error_of(line_with_object(box + R"(,"age_ms":0,"state":"kept")")),
                   "has an unusable \"box\" in object 2: it is not within the picture"));
  fail_unless(same(error_of(line_with(R"("gone":[{"box":[0,0,1,1]},{"box":[1e9,0,1,1]}])")),
                   "has an unusable \"box\" in gone object 2: it is too far from the picture"));
  fail_unless(same(error_of(line_with(R"("gone":[{"box":[0,0,-1,1]}])")),
                   "has an unusable \"box\" in gone object 1"));
  // Of each object by itself.
  fail_unless(same(error_of(line_with(R"("objects":[{"age_ms":7},{)" + box + "}]")),
                   "has an unusable \"box\" in object 2: it is not within the picture"));
}
GST_END_TEST

GST_START_TEST(every_task_status_and_failure_comes_back)
{
  for (const Task task : {Task::detect, Task::segment, Task::point, Task::boxes_3d, Task::caption,
                          Task::classify, Task::ask}) {
    Analysis analysis = full_analysis();
    analysis.task = task;
    fail_unless(read_back(analysis).task == task);
  }
  for (const AnalysisStatus status : {AnalysisStatus::ok, AnalysisStatus::partial,
                                      AnalysisStatus::blocked, AnalysisStatus::failed}) {
    Analysis analysis = full_analysis();
    analysis.status = status;
    fail_unless(read_back(analysis).status == status);
  }
  for (std::size_t kind = 0; kind < gemini::kFailureKinds; ++kind) {
    Analysis analysis;
    analysis.failure = Failure{.kind = static_cast<FailureKind>(kind),
                               .message = "It failed.",
                               .http_status = kind % 2 == 0 ? 0 : 503};
    const Analysis read = read_back(analysis);
    fail_unless(read.failure && read.failure->kind == analysis.failure->kind);
    fail_unless(same(read.failure->message, "It failed."));
    fail_unless(read.failure->http_status == analysis.failure->http_status);
  }
}
GST_END_TEST

GST_START_TEST(the_unknown_comes_back_unknown)
{
  const Analysis read = read_back(Analysis{});
  fail_unless(read.pts < 0ns && read.running_time < 0ns && !read.captured_at);
  fail_unless(!read.text && !read.json && !read.failure && read.objects.empty());
  Analysis growing = full_analysis();
  growing.is_growing = true;
  fail_unless(read_back(growing).is_growing);
}
GST_END_TEST

GST_START_TEST(answers_by_a_schema_come_back_as_they_are)
{
  const std::string deep = repeated("[", 64) + repeated("]", 64);
  for (const std::string &json : {std::string{"3.50"}, std::string{"\"a, \\\"b\\\": }\""},
                                  std::string{"true"}, std::string{"[]"}, std::string{"{}"}, deep,
                                  std::string{R"({"objects":[{"box":"x"}],"schema":2})"}}) {
    Analysis analysis = full_analysis();
    analysis.json = json;
    analysis.text = "\"json\":1";
    const Analysis read = read_back(analysis);
    fail_unless(read.json && same(*read.json, json));
    fail_unless(read.text && same(*read.text, "\"json\":1"));
  }
}
GST_END_TEST

// Thousandths of any side, as models count; sizes as differences of them.
GST_START_TEST(thousandths_come_back_exactly_with_three_decimals)
{
  for (const int side : {1, 2, 3, 7, 100, 217, 333, 500, 640, 768, 1000, 1024, 1080, 1365, 1920,
                         2160, 3840, 7680, 16384}) {
    for (int k = 0; k <= 1000; ++k) {
      const double part = k / 1000.0;
      std::string text;
      gemini::wire::append_pixels(text, part, side);
      const std::size_t point = text.find('.');
      fail_unless(point == std::string::npos || text.size() - point - 1 <= 3, "%d of %d: %s", k,
                  side, text.c_str());
      const auto read = gemini::wire::read_pixels(text, side);
      fail_unless(read && *read == part, "%d of %d: %s", k, side, text.c_str());
    }
  }
}
GST_END_TEST

GST_START_TEST(any_fraction_comes_back_exactly)
{
  std::mt19937_64 random{7};
  std::uniform_real_distribution<double> fraction{0.001, 1};
  std::uniform_int_distribution<int> side_of{1, 16384};
  for (int i = 0; i < 20'000; ++i) {
    double part = fraction(random);
    if (i % 3 == 0)
      part = std::round(part * 1e6) / 1e6;
    const int side = side_of(random);
    std::string text;
    gemini::wire::append_pixels(text, part, side);
    const auto read = gemini::wire::read_pixels(text, side);
    fail_unless(read && *read == part, "%.17g of %d: %s", part, side, text.c_str());
  }
}
GST_END_TEST

// Of what is too small to be seen the digits end somewhere, but the next line has the same.
GST_START_TEST(any_number_of_pixels_is_written_the_same_again)
{
  std::mt19937_64 random{8};
  std::uniform_real_distribution<double> exponent{-30, 0};
  std::uniform_int_distribution<int> side_of{1, 16384};
  for (int i = 0; i < 20'000; ++i) {
    const int side = side_of(random);
    std::string text;
    gemini::wire::append_pixels(text, std::pow(10, exponent(random)), side);
    const auto read = gemini::wire::read_pixels(text, side);
    fail_unless(read.has_value());
    std::string again;
    gemini::wire::append_pixels(again, *read, side);
    fail_unless(same(again, text));
  }
}
GST_END_TEST

GST_START_TEST(time_comes_back)
{
  using gemini::wire::iso_time;
  using gemini::wire::read_iso_time;
  for (const std::chrono::microseconds time : {0us, 1795363200123000us, 951782400001000us, -1000us})
    fail_unless(read_iso_time(iso_time(time)) == time);
  for (const char *bad : {"", "2026-11-22", "2026-11-22T16:00:00Z", "2026-02-29T00:00:00.000Z",
                          "2026-11-22T24:00:00.000Z", "2026-11-22T16:60:00.000Z",
                          "2026-11-22 16:00:00.000Z", "-026-11-22T16:00:00.000Z"})
    fail_unless(!read_iso_time(bad), "%s is taken", bad);
}
GST_END_TEST

GST_START_TEST(what_a_newer_version_has_added_is_passed_over)
{
  const std::string line = to_ndjson(full_analysis());
  std::string newer = replaced(line, R"("id":3,)", R"("id":3,"mood":{"box":[1]},)");
  newer = replaced(newer, R"("usage":{)", R"("weather":[],"usage":{"cache_hits":"many",)");
  const auto read = from_ndjson(newer);
  fail_unless(read.has_value(), "%s", read ? "" : read.error().c_str());
  fail_unless(same(to_ndjson(*read), line));
}
GST_END_TEST

GST_START_TEST(spaces_between_the_values_are_nothing)
{
  const std::string line = line_with(R"("json" : {"a": 1} , "objects" : [ ])");
  const auto read = from_ndjson(" " + line + " ");
  fail_unless(read && read->json && same(*read->json, R"({"a":1})"));
}
GST_END_TEST

GST_START_TEST(what_is_no_line_of_ours_is_refused)
{
  fail_unless(same(error_of(""), "is not one whole JSON object"));
  fail_unless(same(error_of("[]"), "is not one whole JSON object"));
  fail_unless(same(error_of("{} {}"), "is not one whole JSON object"));
  const std::string line = to_ndjson(full_analysis());
  for (std::size_t size = 0; size < line.size(); ++size)
    fail_unless(!from_ndjson(line.substr(0, size)), "%zu bytes are taken", size);
  fail_unless(same(error_of("{}"), "is not of the schema gst-gemini/1"));
  fail_unless(
      same(error_of(replaced(line, "gemini/1", "gemini/2")), "is not of the schema gst-gemini/1"));
  fail_unless(
      same(error_of(std::string((std::size_t{64} << 20) + 1, ' ')), "is longer than 64 MiB"));
}
GST_END_TEST

GST_START_TEST(what_is_wrong_is_named)
{
  const std::string line = to_ndjson(full_analysis());
  fail_unless(
      same(error_of(replaced(line, "\"segment\"", "\"sing\"")), "has an unusable \"task\""));
  fail_unless(same(error_of(replaced(line, "\"partial\"", "null")), "has an unusable \"status\""));
  fail_unless(same(error_of(line_with(R"("pts":-1)")), "has an unusable \"pts\""));
  fail_unless(same(error_of(line_with(R"("pts":1e9)")), "has an unusable \"pts\""));
  fail_unless(same(error_of(line_with(R"("pts":9223372036854775808)")), "has an unusable \"pts\""));
  fail_unless(same(error_of(line_with(R"("attempts":"1")")), "has an unusable \"attempts\""));
  fail_unless(
      same(error_of(line_with(R"("captured_at":"now")")), "has an unusable \"captured_at\""));
  fail_unless(same(error_of(line_with(R"("growing":1)")), "has an unusable \"growing\""));
  fail_unless(same(error_of(line_with(R"("usage":7)")), "has an unusable \"usage\""));
  fail_unless(same(error_of(line_with(R"("text":7)")), "has an unusable \"text\""));
  fail_unless(same(error_of(line_with(R"("json":[1 2,oops])")), "has an unusable \"json\""));
  fail_unless(same(error_of(line_with(R"("objects":{})")), "has an unusable \"objects\""));
  fail_unless(
      same(error_of(line_with(R"("objects":[1])")), "has an unusable \"objects\" in object 1"));
  fail_unless(same(error_of(line_with(R"("problems":[1])")), "has an unusable \"problems\""));
  fail_unless(
      same(error_of(line_with(R"("error":{"kind":"bad luck"})")), "has an unusable \"kind\""));
  const std::string kTail = " in object 2";
  for (const char *confidence : {"1.5", "-0.1", "1e999", "\"0.5\"", "[]"})
    fail_unless(same(error_of(line_with_object(R"("confidence":)" + std::string{confidence})),
                     "has an unusable \"confidence\"" + kTail),
                "%s", confidence);
  for (const char *state : {"\"old\"", "7", "true", "\"\""})
    fail_unless(same(error_of(line_with_object(R"("state":)" + std::string{state})),
                     "has an unusable \"state\"" + kTail),
                "%s", state);
  for (const char *age : {"-1", "0.5", "\"7\"", "9223372036855", "1e3", "[]"})
    fail_unless(same(error_of(line_with_object(R"("age_ms":)" + std::string{age})),
                     "has an unusable \"age_ms\"" + kTail),
                "%s", age);
  for (const char *confidence : {"1.5", "-0.1", "1e999", "\"0.5\"", "[]"})
    fail_unless(same(error_of(line_with_object(R"("track_confidence":)" + std::string{confidence})),
                     "has an unusable \"track_confidence\"" + kTail),
                "%s", confidence);
  fail_unless(same(error_of(line_with(R"("gone":{})")), "has an unusable \"gone\""));
  fail_unless(
      same(error_of(line_with(R"("gone":[7])")), "has an unusable \"gone\" in gone object 1"));
  for (const char *box : {"[]", "[1,2,3]", "[1,2,3,4,5]", "[1,2,3,\"4\"]", "{}", "[1,2,3,null]"})
    fail_unless(same(error_of(line_with_object(R"("box":)" + std::string{box})),
                     "has an unusable \"box\"" + kTail),
                "%s", box);
  for (const char *box : {"[1,2,3,99]", "[-1,2,3,4]", "[1,1e30,3,4]", "[200,0,0,0]", "[0,0,-1,1]"})
    fail_unless(same(error_of(line_with_object(R"("box":)" + std::string{box})),
                     "has an unusable \"box\"" + kTail + ": it is not within the picture"),
                "%s", box);
  fail_unless(same(error_of(line_with_object(R"("polygon":[[1,1],[2,2]])")),
                   "has an unusable \"polygon\"" + kTail));
  fail_unless(same(error_of(line_with_object(R"("polygons":[[[1,1],[2,2],[3]]])")),
                   "has an unusable \"polygons\"" + kTail));
  fail_unless(
      same(error_of(line_with_object(R"("point":[1])")), "has an unusable \"point\"" + kTail));
  fail_unless(same(error_of(line_with_object(R"("box_3d":{"center":[1,2,3],"size":[1,2]})")),
                   "has an unusable \"size\"" + kTail));
  fail_unless(
      same(error_of(line_with_object(R"("parent":7)")), "has an unusable \"parent\"" + kTail));
  fail_unless(same(error_of(line_with_object(R"("parent":{"id":-1,"label":"a"})")),
                   "has an unusable \"id\"" + kTail));
  fail_unless(same(error_of(line_with_object(R"("text":7)")), "has an unusable \"text\"" + kTail));
  fail_unless(same(error_of(line_with_object(R"("mask":{"box":[0,0,9,9],"png":"%"})")),
                   "has an unusable \"mask\"" + kTail + ": its picture is no base64"));
  fail_unless(same(error_of(line_with_object(R"("mask":{"box":[0,0,9,9],"png":"aGVsbG8="})")),
                   "has an unusable \"mask\"" + kTail + ": no PNG"));
}
GST_END_TEST

GST_START_TEST(what_was_rounded_beyond_the_edge_is_cut_off)
{
  const auto read = from_ndjson(line_with_object(R"("box":[-0.0005,60.001,100.0004,40])"));
  fail_unless(read.has_value(), "%s", read ? "" : read.error().c_str());
  const Rect box = *read->objects.at(1).box;
  fail_unless(box.x == 0 && box.w == 1 && box.bottom() <= 1 + 1e-12);
}
GST_END_TEST

// Small files may be large pictures.
GST_START_TEST(masks_take_no_more_memory_than_those_of_an_answer)
{
  const std::vector<std::uint8_t> empty(gemini::wire::kMaxPngPixels);
  const auto png = gemini::wire::write_png(empty, 1024, 1024);
  g_autofree char *base64 = g_base64_encode(png.data(), png.size());
  const std::string object =
      R"({"id":1,"mask":{"box":[0,0,9,9],"png":")" + std::string{base64} + "\"}}";
  const std::size_t n_fit = gemini::kMaxMaskBytes / gemini::wire::kMaxPngPixels;
  std::string objects = object;
  for (std::size_t i = 1; i < n_fit; ++i)
    objects += "," + object;
  fail_unless(from_ndjson(line_with(R"("objects":[)" + objects + "]")).has_value());
  fail_unless(same(error_of(line_with(R"("objects":[)" + objects + "," + object + "]")),
                   "has an unusable \"mask\" in object 17: a PNG that is too large"));
}
GST_END_TEST

GST_START_TEST(reading_does_not_depend_on_the_locale)
{
  const std::string line = to_ndjson(full_analysis());
  const gemini::test::DecimalComma comma;
  const auto read = from_ndjson(line);
  fail_unless(read && same(to_ndjson(*read), line));
  if (!comma.is_set())
    g_print("SKIPPED: no locale with a decimal comma\n");
}
GST_END_TEST

static Suite *ndjson_read_suite()
{
  Suite *suite = suite_create("ndjson_read");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, everything_comes_back);
  tcase_add_test(tcase, lines_from_before_objects_were_followed_are_read);
  tcase_add_test(tcase, every_state_comes_back);
  tcase_add_test(tcase, every_state_comes_back);
  tcase_add_test(tcase, only_what_has_been_followed_may_be_beyond_the_picture);
  tcase_add_test(tcase, every_task_status_and_failure_comes_back);
  tcase_add_test(tcase, the_unknown_comes_back_unknown);
  tcase_add_test(tcase, answers_by_a_schema_come_back_as_they_are);
  tcase_add_test(tcase, thousandths_come_back_exactly_with_three_decimals);
  tcase_add_test(tcase, any_fraction_comes_back_exactly);
  tcase_add_test(tcase, any_number_of_pixels_is_written_the_same_again);
  tcase_add_test(tcase, time_comes_back);
  tcase_add_test(tcase, what_a_newer_version_has_added_is_passed_over);
  tcase_add_test(tcase, spaces_between_the_values_are_nothing);
  tcase_add_test(tcase, what_is_no_line_of_ours_is_refused);
  tcase_add_test(tcase, what_is_wrong_is_named);
  tcase_add_test(tcase, what_was_rounded_beyond_the_edge_is_cut_off);
  tcase_add_test(tcase, masks_take_no_more_memory_than_those_of_an_answer);
  tcase_add_test(tcase, reading_does_not_depend_on_the_locale);
  return suite;
}

GST_CHECK_MAIN(ndjson_read)
