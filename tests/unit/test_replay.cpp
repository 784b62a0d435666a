// SPDX-License-Identifier: LGPL-2.1-or-later
// Records read back: which answer is found for which frame, and what is said of a bad record.
#include "plugin/recorder.hpp"
#include "plugin/replay.hpp"
#include "support/temporary_folder.hpp"
#include "wire/ndjson.hpp"
#include "wire_support.hpp"

#include <chrono>
#include <initializer_list>
#include <limits>
#include <string>

#include <gst/check/gstcheck.h>

#include <sys/stat.h>
#include <unistd.h>

using gemini::Analysis;
using gemini::Replay;
using gemini::test::same;
using gemini::test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

Analysis analysis_at(std::chrono::nanoseconds pts, std::uint64_t id)
{
  Analysis analysis;
  analysis.request_id = id;
  analysis.pts = pts;
  analysis.status = gemini::AnalysisStatus::ok;
  return analysis;
}

std::string lines_of(std::initializer_list<Analysis> list)
{
  std::string lines;
  for (const Analysis &analysis : list)
    lines += gemini::wire::to_ndjson(analysis) + "\n";
  return lines;
}

std::shared_ptr<const Replay> replay_of(const TemporaryFolder &folder, const std::string &content)
{
  const auto replay = Replay::open(folder.file("record.ndjson", content));
  fail_unless(replay.has_value(), "%s", replay ? "" : replay.error().message.c_str());
  return *replay;
}

std::string problem_of(const TemporaryFolder &folder, const std::string &content)
{
  const auto replay = Replay::open(folder.file("record.ndjson", content));
  return replay ? "" : replay.error().message;
}

// 0 where there is none.
std::uint64_t id_at(const Replay &replay, std::chrono::nanoseconds pts,
                    std::chrono::nanoseconds tolerance)
{
  const auto analysis = replay.find(pts, tolerance);
  return analysis ? analysis->request_id : 0;
}

} // namespace

GST_START_TEST(what_was_recorded_is_found_again)
{
  const TemporaryFolder folder;
  Analysis analysis = analysis_at(1s, 7);
  analysis.width = 768;
  analysis.height = 576;
  analysis.objects = {{.id = 3, .label = "cat", .box = gemini::Rect{0.123, 0.457, 0.3, 0.4}}};
  {
    const auto recorder = gemini::Recorder::open(folder.path("record.ndjson"));
    fail_unless(recorder && (*recorder)->write(analysis).empty());
  }
  const auto replay = Replay::open(folder.path("record.ndjson"));
  fail_unless(replay.has_value());
  const auto found = (*replay)->find(1s, 0ns);
  fail_unless(found != nullptr);
  fail_unless(gemini::wire::to_ndjson(*found) == gemini::wire::to_ndjson(analysis));
  fail_unless(found->objects.at(0).box == analysis.objects.at(0).box);
}
GST_END_TEST

GST_START_TEST(the_nearest_answer_within_the_tolerance_is_found)
{
  const TemporaryFolder folder;
  const auto replay =
      replay_of(folder, lines_of({analysis_at(2s, 2), analysis_at(1s, 1), analysis_at(4s, 4)}));
  fail_unless(replay->size() == 3);
  fail_unless(id_at(*replay, 1s, 0ns) == 1);
  fail_unless(id_at(*replay, 1s + 1ns, 0ns) == 0);
  fail_unless(id_at(*replay, 1400ms, 1s) == 1);
  fail_unless(id_at(*replay, 1600ms, 1s) == 2);
  fail_unless(id_at(*replay, 1500ms, 1s) == 1); // the earlier one
  fail_unless(id_at(*replay, 0s, 1s) == 1);
  fail_unless(id_at(*replay, 0s, 999ms) == 0);
  fail_unless(id_at(*replay, 5s, 1s) == 4);
  fail_unless(id_at(*replay, 5s + 1ns, 1s) == 0);
  const auto end = std::chrono::nanoseconds::max();
  fail_unless(id_at(*replay, end, end) == 4);
  fail_unless(id_at(*replay, -1ns, end) == 0);
}
GST_END_TEST

GST_START_TEST(the_last_answer_about_a_frame_counts)
{
  const TemporaryFolder folder;
  const auto replay = replay_of(folder, lines_of({analysis_at(1s, 1), analysis_at(1s, 2)}));
  fail_unless(replay->size() == 1);
  fail_unless(id_at(*replay, 1s, 0ns) == 2);
}
GST_END_TEST

GST_START_TEST(what_was_growing_or_has_no_time_is_passed_over)
{
  const TemporaryFolder folder;
  Analysis growing = analysis_at(1s, 2);
  growing.is_growing = true;
  const auto replay =
      replay_of(folder, lines_of({analysis_at(1s, 1), growing, analysis_at(-1ns, 3)}));
  fail_unless(replay->size() == 1);
  fail_unless(id_at(*replay, 1s, 0ns) == 1);
}
GST_END_TEST

GST_START_TEST(empty_lines_and_other_line_ends_are_fine)
{
  const TemporaryFolder folder;
  std::string lines = lines_of({analysis_at(1s, 1)});
  lines.insert(lines.size() - 1, "\r");
  lines += "\n\r\n" + lines_of({analysis_at(2s, 2)});
  lines.pop_back();
  fail_unless(replay_of(folder, lines)->size() == 2);
}
GST_END_TEST

GST_START_TEST(a_line_that_cannot_be_read_is_named)
{
  const TemporaryFolder folder;
  const std::string path = folder.path("record.ndjson");
  std::string lines = lines_of({analysis_at(1s, 1), analysis_at(2s, 2)});
  lines.resize(lines.size() - 10);
  fail_unless(same(problem_of(folder, lines),
                   "replay-location: line 2 of " + path + " is not one whole JSON object."));
  fail_unless(same(problem_of(folder, "\n\n{\"schema\":\"gst-gemini/2\"}\n"),
                   "replay-location: line 3 of " + path + " is not of the schema gst-gemini/1."));
}
GST_END_TEST

GST_START_TEST(what_is_no_record_is_refused)
{
  const TemporaryFolder folder;
  fail_unless(same(problem_of(folder, ""), "replay-location: " + folder.path("record.ndjson") +
                                               " holds no answer that could be replayed."));
  fail_unless(!Replay::open(folder.path("missing")).has_value());
  fail_unless(!Replay::open(folder.path()).has_value());
  const std::string pipe = folder.path("pipe");
  fail_unless(mkfifo(pipe.c_str(), 0600) == 0);
  fail_unless(!Replay::open(pipe).has_value()); // at once, though nobody writes to it
  fail_unless(!Replay::open("/dev/zero").has_value());
  const std::string huge = folder.file("huge", "{");
  fail_unless(truncate(huge.c_str(), (off_t{1} << 30) + 1) == 0); // takes no room on the disk
  const auto replay = Replay::open(huge);
  fail_unless(!replay && replay.error().message.find("larger than 1 GiB") != std::string::npos);
}
GST_END_TEST

static Suite *replay_suite()
{
  Suite *suite = suite_create("replay");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, what_was_recorded_is_found_again);
  tcase_add_test(tcase, the_nearest_answer_within_the_tolerance_is_found);
  tcase_add_test(tcase, the_last_answer_about_a_frame_counts);
  tcase_add_test(tcase, what_was_growing_or_has_no_time_is_passed_over);
  tcase_add_test(tcase, empty_lines_and_other_line_ends_are_fine);
  tcase_add_test(tcase, a_line_that_cannot_be_read_is_named);
  tcase_add_test(tcase, what_is_no_record_is_refused);
  return suite;
}

GST_CHECK_MAIN(replay)
