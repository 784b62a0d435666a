// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers that are shown while they grow, and what is kept of those that break off.
#include "json_text.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;

std::string film(unsigned n_frames)
{
  return "videotestsrc num-buffers=" + std::to_string(n_frames) + " ! " + kCaps +
         " ! {} ! fakesink sync=false";
}

// An answer with so many objects, "a", "b" and so on.
std::string objects(unsigned n)
{
  std::string text;
  for (unsigned i = 0; i < n; ++i)
    text += std::string{i > 0 ? ", " : "["} + R"({"box_2d":[100,200,300,400],"label":")" +
            static_cast<char>('a' + i) + "\"}";
  return text + "]";
}

bool is_growing(const std::string &line)
{
  return json_at(line, "$.growing") == "true";
}

std::vector<std::string> ids_of(const std::string &line)
{
  std::vector<std::string> ids;
  const int n = json_count(line, "$.objects[*]");
  for (int i = 0; i < n; ++i)
    ids.push_back(json_at(line, ("$.objects[" + std::to_string(i) + "].id").c_str()));
  return ids;
}

void check_text(const std::string &is, const std::string &expected)
{
  fail_unless(is == expected, "'%s' instead of '%s'", is.c_str(), expected.c_str());
}

std::vector<std::string> lines_of(const std::string &path)
{
  g_autofree char *text = nullptr;
  fail_unless(g_file_get_contents(path.c_str(), &text, nullptr, nullptr));
  std::vector<std::string> lines;
  g_auto(GStrv) split = g_strsplit(text, "\n", -1);
  for (char **line = split; *line; ++line)
    if (**line)
      lines.emplace_back(*line);
  return lines;
}

guint64 tokens_of_budget(GstElement *element, const char *name)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_autoptr(GstStructure) budget = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  fail_unless(gst_structure_get(stats, "budget", GST_TYPE_STRUCTURE, &budget, nullptr));
  gint64 value = 0;
  fail_unless(gst_structure_get_int64(budget, name, &value));
  return static_cast<guint64>(value);
}

} // namespace

GST_START_TEST(objects_appear_in_live_frames_before_the_answer_is_whole)
{
  // The last object comes long after the first one.
  Emulator emulator{{.stream_delay_ms = 150, .faults = says(1, objects(5)) + "2- silence"}};
  Analyzer analyzer{emulator.url(), "mode=live stream=true"};
  gst_buffer_unref(analyzer.pass(0));
  std::vector<std::string> ids;
  bool was_shown = false;
  std::string line;
  for (guint i = 1;; ++i) {
    line = analyzer.wait_for_analysis();
    const auto now = ids_of(line);
    // What was there stays, under its id, and is added to.
    fail_unless(now.size() >= ids.size() && std::equal(ids.begin(), ids.end(), now.begin()), "%s",
                line.c_str());
    ids = now;
    check_text(json_at(line, "$.request_id"), "1");
    if (!is_growing(line))
      break;
    g_autoptr(GstBuffer) out = analyzer.pass(std::min<GstClockTime>(i * kFrame, 9 * kFrame));
    const guint n = n_objects(out);
    fail_unless(n >= now.size());
    was_shown = was_shown || (n > 0 && n < 5);
  }
  fail_unless(was_shown, "no frame had a part of the answer");
  fail_unless_equals_int(static_cast<int>(ids.size()), 5);
  g_autoptr(GstBuffer) last = analyzer.pass(9 * kFrame);
  fail_unless_equals_int(static_cast<int>(n_objects(last)), 5);
  fail_unless_equals_uint64(analyzer.stat("answers"), 1);
  fail_unless_equals_uint64(analyzer.stat("objects"), 5);
  fail_unless_equals_uint64(emulator.n_calls("stream"), 1);
  fail_unless_equals_uint64(emulator.n_calls("generate"), 0);
}
GST_END_TEST

GST_START_TEST(the_pad_and_the_record_have_whole_answers_only)
{
  const TemporaryFolder folder;
  const std::string pad = folder.path("pad.ndjson");
  const std::string record = folder.path("record.ndjson");
  Emulator emulator{
      {.stream_delay_ms = 20,
       .faults =
           "* text \"" +
           std::string{
               R"([{\"box_2d\":[1,2,300,400],\"label\":\"a\"},{\"box_2d\":[5,2,300,400],\"label\":\"b\"}])"} +
           "\"\n"}};
  std::size_t n_growing = 0;
  {
    Pipeline pipeline{film(30) + " gemini.results ! filesink location=" + pad, emulator.url(),
                      "stream=true record-location=" + record};
    fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    for (const std::string &line : pipeline.lines())
      n_growing += is_growing(line) ? 1U : 0U;
    fail_unless_equals_int(static_cast<int>(pipeline.lines().size() - n_growing), 3);
    fail_unless(n_growing > 0, "the bus has no growing answer");
    // Held frames have the whole.
    for (const auto &frame : pipeline.frames()) {
      fail_unless_equals_int(frame.status, GST_GEMINI_SCENE_STATUS_OK);
      fail_unless_equals_int(static_cast<int>(frame.n_objects), 2);
    }
  }
  for (const auto &lines : {lines_of(pad), lines_of(record)}) {
    fail_unless_equals_int(static_cast<int>(lines.size()), 3);
    for (const std::string &line : lines) {
      fail_unless(line.find("growing") == std::string::npos, "%s", line.c_str());
      fail_unless_equals_int(json_count(line, "$.objects[*]"), 2);
    }
  }
}
GST_END_TEST

GST_START_TEST(a_caption_grows_word_by_word)
{
  Emulator emulator{{.stream_delay_ms = 30,
                     .faults = says(1, "A long sentence about a quiet street in the evening, where "
                                       "nobody walks and nothing moves but the trees.")}};
  Analyzer analyzer{emulator.url(), "mode=live stream=true task=caption"};
  gst_buffer_unref(analyzer.pass(0));
  std::string text;
  unsigned n_growing = 0;
  for (;;) {
    const std::string line = analyzer.wait_for_analysis();
    const std::string now = json_at(line, "$.text");
    fail_unless(now.starts_with(text), "%s after %s", now.c_str(), text.c_str());
    text = now;
    if (!is_growing(line))
      break;
    ++n_growing;
  }
  fail_unless(n_growing >= 2, "it grew %u times", n_growing);
  fail_unless(text.ends_with("the trees."));
}
GST_END_TEST

GST_START_TEST(a_stream_that_is_cut_keeps_what_has_come)
{
  Emulator emulator{{.faults = "1 stream-cut 3\n" + says(1, objects(8))}};
  Pipeline pipeline{film(10), emulator.url(), "stream=true api-key=emulator-key"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const std::string line = pipeline.lines().back();
  check_text(json_at(line, "$.status"), "partial");
  fail_unless(!is_growing(line));
  const int n = json_count(line, "$.objects[*]");
  fail_unless(n > 0 && n < 8, "%d objects", n);
  std::string problems;
  for (int i = 0; i < json_count(line, "$.problems[*]"); ++i)
    problems += json_at(line, ("$.problems[" + std::to_string(i) + "]").c_str()) + "\n";
  fail_unless(problems.find("the answer was cut") != std::string::npos, "%s", line.c_str());
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 1);
  // Nobody has said what it cost, so it counts with all that was reserved.
  fail_unless(tokens_of_budget(pipeline.analyzer(), "tokens-unknown") > 1000);
  fail_unless_equals_uint64(tokens_of_budget(pipeline.analyzer(), "tokens-reserved"), 0);
}
GST_END_TEST

GST_START_TEST(an_error_within_a_stream_keeps_what_has_come)
{
  Emulator emulator{{.faults = "1 stream-error 3\n"}};
  Pipeline pipeline{film(10), emulator.url(), "stream=true"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const std::string line = pipeline.lines().back();
  fail_unless(json_at(line, "$.status") == "partial", "%s", line.c_str());
  fail_unless(json_count(line, "$.objects[*]") > 0);
  fail_unless(line.find("the answer was cut") != std::string::npos, "%s", line.c_str());
}
GST_END_TEST

GST_START_TEST(an_error_before_anything_has_come_is_asked_about_again)
{
  Emulator emulator{{.faults = "1 stream-error 0 503\n"}};
  Pipeline pipeline{film(10), emulator.url(), "stream=true"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  fail_unless_equals_uint64(pipeline.stat("answers"), 1);
  fail_unless_equals_uint64(pipeline.stat("retries"), 1);
  check_text(json_at(pipeline.lines().back(), "$.status"), "ok");
}
GST_END_TEST

GST_START_TEST(a_streamed_answer_is_billed_as_a_whole)
{
  gint64 tokens[2] = {0, 0};
  for (const bool is_streamed : {false, true}) {
    Emulator emulator{{.faults = "* text \"[]\"\n"}};
    Pipeline pipeline{film(20), emulator.url(),
                      std::string{"api-key=emulator-key stream="} +
                          (is_streamed ? "true" : "false")};
    fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    g_autoptr(GstStructure) stats = nullptr;
    g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
    fail_unless(gst_structure_get_int64(stats, "tokens-total", &tokens[is_streamed]));
    fail_unless_equals_uint64(tokens_of_budget(pipeline.analyzer(), "tokens-unknown"), 0);
    fail_unless_equals_uint64(tokens_of_budget(pipeline.analyzer(), "tokens"),
                              static_cast<guint64>(tokens[is_streamed]));
  }
  fail_unless(tokens[0] > 0);
  fail_unless_equals_int64(tokens[0], tokens[1]);
}
GST_END_TEST

static Suite *streaming_suite()
{
  register_gemini();
  Suite *suite = suite_create("streaming");
  TCase *tcase = tcase_create("all");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, objects_appear_in_live_frames_before_the_answer_is_whole);
  tcase_add_test(tcase, the_pad_and_the_record_have_whole_answers_only);
  tcase_add_test(tcase, a_caption_grows_word_by_word);
  tcase_add_test(tcase, a_stream_that_is_cut_keeps_what_has_come);
  tcase_add_test(tcase, an_error_within_a_stream_keeps_what_has_come);
  tcase_add_test(tcase, an_error_before_anything_has_come_is_asked_about_again);
  tcase_add_test(tcase, a_streamed_answer_is_billed_as_a_whole);
  return suite;
}

GST_CHECK_MAIN(streaming)
