// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of faults: what the service does to the second request, and what becomes of its sample,
// of the samples after it and of the frames. Time passes only where the test says so.
#include "analyzer_bus.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"

#include <optional>
#include <string_view>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;
using std::chrono::nanoseconds;

namespace {

constexpr GstClockTime kTick = GST_SECOND / 10;

// A time that the client waits for, before the test lets it pass.
struct Wait {
  nanoseconds min;
  nanoseconds max;
};
// Full jitter: anything up to this.
constexpr Wait kFirst{1ns, 1s};
constexpr Wait kSecond{1ns, 2s};
constexpr Wait kThird{1ns, 4s};
constexpr Wait kFourth{1ns, 8s};
// What is left of the timeout, in whole milliseconds.
constexpr Wait kRest{0ns, 0ns};
// A wish of the service: that long, and a tenth at most on top.
constexpr Wait wish(std::chrono::milliseconds time)
{
  return {time, time + time / 10};
}

// What becomes of the sample after it.
enum class Next {
  answered,
  paused, // live: not taken; accurate: fails for the same reason, or waits where the service lets
          // nobody in, until a probe is let in after ten seconds
  later,  // live: not taken; accurate: waits. After the row's pause things are well
};

struct Row {
  const char *faults; // the first request is answered
  const char *properties;
  std::vector<Wait> waits;
  unsigned n_requests; // with the first
  const char *status;
  const char *kind = ""; // of the failure
  const char *says = ""; // a part of the one warning; empty: there is none
  Next next = Next::answered;
  std::chrono::milliseconds timeout = 60s;
  nanoseconds pause = 0ns; // before what comes later
};

const Row kRows[] = {
    // What passes, gone with the first try after it.
    {"2 status 408", "", {kFirst}, 3, "ok"},
    {"2 status 429", "", {kFirst}, 3, "ok"},
    {"2 status 429-vertex", "", {kFirst}, 3, "ok"}, // in a list
    {"2 status 500", "", {kFirst}, 3, "ok"},
    {"2 status 502", "", {kFirst}, 3, "ok"},
    {"2 status 503", "", {kFirst}, 3, "ok"},
    {"2 status 504", "", {kFirst}, 3, "ok"},
    {"2 html 502", "", {kFirst}, 3, "ok"},
    {"2 empty 503", "", {kFirst}, 3, "ok"},
    {"2 reset", "", {kFirst}, 3, "ok"},
    {"2 close", "", {kFirst}, 3, "ok"},
    {"2 half-headers", "", {kFirst}, 3, "ok"},
    // With the second.
    {"2-3 status 429", "", {kFirst, kSecond}, 4, "ok"},
    {"2-3 status 500", "", {kFirst, kSecond}, 4, "ok"},
    {"2-3 status 503", "", {kFirst, kSecond}, 4, "ok"},
    {"2 status 503\n3 reset", "", {kFirst, kSecond}, 4, "ok"},
    // With the last.
    {"2-5 status 408", "", {kFirst, kSecond, kThird, kFourth}, 6, "ok"},
    {"2-5 status 429", "", {kFirst, kSecond, kThird, kFourth}, 6, "ok"},
    {"2-5 status 500", "", {kFirst, kSecond, kThird, kFourth}, 6, "ok"},
    {"2-5 status 502", "", {kFirst, kSecond, kThird, kFourth}, 6, "ok"},
    {"2-5 status 503", "", {kFirst, kSecond, kThird, kFourth}, 6, "ok"},
    {"2-5 status 504", "", {kFirst, kSecond, kThird, kFourth}, 6, "ok"},
    {"2-5 reset", "", {kFirst, kSecond, kThird, kFourth}, 6, "ok"},
    {"2 status 500\n3 reset\n4 status 429\n5 close",
     "",
     {kFirst, kSecond, kThird, kFourth},
     6,
     "ok"},
    // Not at all, though the next sample has luck.
    {"2-4 status 408", "retries=2", {kFirst, kSecond}, 4, "failed", "timeout", "in time"},
    {"2-4 status 429", "retries=2", {kFirst, kSecond}, 4, "failed", "quota", "quota"},
    {"2-4 status 429-vertex",
     "retries=2",
     {kFirst, kSecond},
     4,
     "failed",
     "quota",
     "The shared resources are exhausted"},
    {"2-4 status 500",
     "retries=2",
     {kFirst, kSecond},
     4,
     "failed",
     "server-error",
     "The service failed"},
    {"2-4 status 502",
     "retries=2",
     {kFirst, kSecond},
     4,
     "failed",
     "server-error",
     "The service failed"},
    {"2-4 status 503", "retries=2", {kFirst, kSecond}, 4, "failed", "overloaded", "overloaded"},
    {"2-4 status 504", "retries=2", {kFirst, kSecond}, 4, "failed", "timeout", "in time"},
    {"2-4 html 502",
     "retries=2",
     {kFirst, kSecond},
     4,
     "failed",
     "server-error",
     "The service failed"},
    {"2-4 reset", "retries=2", {kFirst, kSecond}, 4, "failed", "unreachable", "base-url"},
    // The reason is the last one.
    {"2 status 500\n3 status 503", "retries=1", {kFirst}, 3, "failed", "overloaded", "overloaded"},
    // Five in a row are enough for a while.
    {"2-6 status 500",
     "",
     {kFirst, kSecond, kThird, kFourth},
     6,
     "failed",
     "server-error",
     "The service failed",
     Next::later,
     60s,
     5s},
    {"2-6 status 503",
     "",
     {kFirst, kSecond, kThird, kFourth},
     6,
     "failed",
     "overloaded",
     "overloaded",
     Next::later,
     60s,
     5s},
    {"2-6 close",
     "",
     {kFirst, kSecond, kThird, kFourth},
     6,
     "failed",
     "unreachable",
     "base-url",
     Next::later,
     60s,
     5s},

    // The service says how long to wait.
    {"2 status 429-retry 7", "", {wish(7s)}, 3, "ok"},
    {"2 status 429-retry 0.5", "", {wish(500ms)}, 3, "ok"},
    {"2 status 429-header 7", "", {wish(7s)}, 3, "ok"},
    // A date has whole seconds, and is by the clock of the day.
    {"2 status 429-date 20", "", {{18s, 22s}}, 3, "ok"},
    {"2 status 503-retry 7", "", {wish(7s)}, 3, "ok"},
    {"2 status 429-retry 7\n3 status 503-retry 9", "", {wish(7s), wish(9s)}, 4, "ok"},
    {"2 status 429-retry 7\n3 status 503", "", {wish(7s), kSecond}, 4, "ok"},
    // Longer than anybody waits.
    {"2 status 429-retry 70", "", {}, 2, "failed", "quota", "quota", Next::paused},
    {"2 status 429-retry 7", "timeout=5000", {}, 2, "failed", "quota", "quota", Next::paused, 5s},
    {"2 status 503-retry 7",
     "timeout=5000",
     {},
     2,
     "failed",
     "overloaded",
     "overloaded",
     Next::paused,
     5s},
    {"2 status 429-retry 7\n3 status 429-retry 55",
     "",
     {wish(7s)},
     3,
     "failed",
     "quota",
     "quota",
     Next::later,
     60s,
     55s},
    {"2 status 429-perday", "", {}, 2, "failed", "quota", "midnight in California", Next::paused},

    // No second try.
    {"2 status 503", "retries=0", {}, 2, "failed", "overloaded", "overloaded"},
    {"2 status 429", "retries=0", {}, 2, "failed", "quota", "quota"},
    {"2 close", "retries=0", {}, 2, "failed", "unreachable", "base-url"},

    // What will be refused again is not asked again.
    {"2 status 400", "", {}, 2, "failed", "invalid-request", "refused the request"},
    {"2 status 400-precondition", "", {}, 2, "failed", "invalid-request", "location of the caller"},
    {"2 status 413", "", {}, 2, "failed", "invalid-request", "too large"},
    {"2 status 499", "", {}, 2, "failed", "server-error", "cancelled"},
    {"2 status 501", "", {}, 2, "failed", "server-error", "does not do this"},
    // Until something changes.
    {"2 status 400-key", "", {}, 2, "failed", "bad-key", "GEMINI_API_KEY", Next::paused},
    {"2 status 401", "", {}, 2, "failed", "bad-key", "GEMINI_API_KEY", Next::paused},
    {"2 status 403", "", {}, 2, "failed", "no-permission", "has no permission", Next::paused},
    {"2 status 403-key-leaked", "", {}, 2, "failed", "bad-key", "leaked", Next::paused},
    {"2 status 404", "", {}, 2, "failed", "unknown-model", "knows no such model", Next::paused},
    {"2 echo-key", "", {}, 2, "failed", "bad-key", "", Next::paused},
    {"2 status 503\n3 status 400", "", {kFirst}, 3, "failed", "invalid-request", "refused"},

    // No answer in time. All tries together have no longer than one.
    {"2 silence", "", {kRest}, 2, "failed", "timeout", "60000 ms"},
    {"2 silence", "timeout=3000", {kRest}, 2, "failed", "timeout", "3000 ms", Next::answered, 3s},
    {"2 slow 600000", "", {kRest}, 2, "failed", "timeout", "60000 ms"},
    {"2 slow-body 600000", "", {kRest}, 2, "failed", "timeout", "60000 ms"},
    {"2 status 503\n3 silence", "", {kFirst, kRest}, 3, "failed", "timeout", "no whole answer"},
    {"2 status 429-retry 20\n3 status 503-retry 30\n4 slow-body 600000",
     "",
     {wish(20s), wish(30s), kRest},
     4,
     "failed",
     "timeout",
     "no whole answer"},

    // The same of an answer that is streamed.
    {"2 status 503", "stream=true", {kFirst}, 3, "ok"},
    {"2-4 status 500",
     "stream=true retries=2",
     {kFirst, kSecond},
     4,
     "failed",
     "server-error",
     "The service failed"},
    {"2 stream-cut 1\n2 text \"[{\\\"label\\\": \\\"a very, very, very, very, very, very, very long label\\\"}]\"",
     "stream=true",
     {kFirst},
     3,
     "ok"},
    {"2 stream-error 0", "stream=true", {kFirst}, 3, "ok"},
    {"2 stream-error 0 429-retry 7", "stream=true", {wish(7s)}, 3, "ok"},
    {"2 stream-error 0 400", "stream=true", {}, 2, "failed", "invalid-request", "refused"},
    {"2 silence", "stream=true", {kRest}, 2, "failed", "timeout", "60000 ms"},
    {"2 html", "stream=true", {}, 2, "failed", "bad-reply", "not whole JSON"},

    // Replies that are none.
    {"2 html", "", {}, 2, "failed", "bad-reply", "not whole JSON"},
    {"2 empty", "", {}, 2, "failed", "bad-reply", "empty reply"},
    {"2 cut-json", "", {}, 2, "failed", "bad-reply", "not whole JSON"},
    {"2 huge 65", "", {}, 2, "failed", "bad-reply", "larger than"},
    {"2 html 403", "", {}, 2, "failed", "no-permission", "has no permission", Next::paused},
    {"2 bad-gzip", "", {}, 2, "failed", "bad-reply", "decompressed"},
    {"2 redirect http://127.0.0.1:9/", "", {}, 2, "failed", "bad-reply", "302"},
    // Replies that are unusual.
    {"2 array", "", {}, 2, "ok"},
    {"2 no-length", "", {}, 2, "ok"},
    {"2 refuse responseMimeType", "", {}, 3, "ok"},
    {"2 max-tokens", "", {}, 2, "partial"},
    {"2 blocked", "", {}, 2, "blocked", "blocked", "SAFETY"},
    {"2 recitation", "", {}, 2, "blocked", "blocked", "RECITATION"},
    {"2 no-parts", "", {}, 2, "partial"},
    {"2 thought-only", "", {}, 2, "partial"},
    {"2 text \"I cannot help with that.\"", "", {}, 2, "partial"},
};

// What came out, checked at the end: everything, in order.
void check_frames(Analyzer &analyzer, const std::vector<GstClockTime> &times, const Row &row,
                  GstGeminiSceneStatus status)
{
  for (const GstClockTime time : times) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr, "%s: the frame at %" GST_TIME_FORMAT " is lost", row.faults,
                GST_TIME_ARGS(time));
    fail_unless_equals_uint64(GST_BUFFER_PTS(out), time);
    if (time / GST_SECOND == 1)
      fail_unless_equals_int(scene_status(out), status);
  }
}

GstGeminiSceneStatus status_of(std::string_view word)
{
  return word == "ok"        ? GST_GEMINI_SCENE_STATUS_OK
         : word == "partial" ? GST_GEMINI_SCENE_STATUS_PARTIAL
         : word == "blocked" ? GST_GEMINI_SCENE_STATUS_BLOCKED
                             : GST_GEMINI_SCENE_STATUS_FAILED;
}

void check_line(const Row &row, const std::string &line, nanoseconds elapsed)
{
  expect(line, std::string{"\"status\":\""} + row.status + "\"");
  if (*row.kind)
    expect(line, std::string{"\"kind\":\""} + row.kind + "\"");
  expect(line, "\"attempts\":" + std::to_string(row.n_requests - 1) + ",");
  expect(line, "\"latency_ms\":" +
                   std::to_string(
                       std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()) +
                   ",");
  fail_unless(!has(line, "emulator-key"), "%s", line.c_str());
}

bool is_shut_out(const Row &row)
{
  const std::string_view kind = row.kind;
  return kind == "bad-key" || kind == "no-permission" || kind == "unknown-model";
}

void check_stats(const Row &row, Analyzer &analyzer, bool is_live)
{
  const std::string_view status = row.status;
  const bool is_answer = status == "ok" || status == "partial";
  const bool is_paused = row.next == Next::paused;
  // After the sample: what was answered, and what was not.
  const bool is_let_in_again = is_paused && !is_live && is_shut_out(row);
  const unsigned n_good = row.next == Next::answered || is_let_in_again ? 1
                          : is_paused                                   ? 0
                          : is_live                                     ? 1
                                                                        : 2;
  const unsigned n_bad = is_paused && !is_live && !is_let_in_again ? 1 : 0;
  const unsigned n_failed = status == "failed" ? 1 : 0;
  fail_unless_equals_uint64(analyzer.stat("answers"), 1U + is_answer + n_good);
  fail_unless_equals_uint64(analyzer.stat("blocked"), status == "blocked");
  fail_unless_equals_uint64(analyzer.stat("failed"), n_failed + n_bad);
  if (n_failed > 0)
    fail_unless_equals_uint64(failures_of(analyzer.element(), row.kind), n_failed + n_bad);
  fail_unless_equals_uint64(analyzer.stat("retries"), row.n_requests - 2);
  fail_unless_equals_uint64(analyzer.stat("requests"), row.n_requests + n_good);
  fail_unless_equals_uint64(analyzer.stat("skipped-paused"), is_live && row.next != Next::answered);
  fail_unless_equals_uint64(analyzer.stat("skipped-in-flight"), 0);
  fail_unless_equals_uint64(analyzer.stat("superseded"), 0);
  fail_unless_equals_uint64(analyzer.stat("probes"), 1U + is_let_in_again); // one at the start
}

void check_warnings(const Row &row, const AnalyzerBus &bus)
{
  const std::string_view status = row.status;
  const auto &warnings = bus.warnings();
  fail_unless(bus.error().empty(), "%s: %s", row.faults, bus.error().c_str());
  const bool has_warning = status == "failed" || status == "blocked";
  fail_unless_equals_int(count(warnings.size()), has_warning);
  for (const std::string &warning : warnings) {
    expect(warning, row.says);
    fail_unless(!has(warning, "emulator-key"), "%s", warning.c_str());
  }
}

void play(const Row &row, bool is_live)
{
  ManualClock clock;
  Emulator emulator{{.faults = row.faults}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  Analyzer analyzer{emulator.url(),
                    std::string{is_live ? "mode=live " : "mode=accurate max-latency=600000 "} +
                        (is_live ? "max-in-flight=2 " : "max-in-flight=1 ") + row.properties};
  AnalyzerBus bus{analyzer};
  std::vector<GstClockTime> times;
  // Live frames come out at once.
  const auto push = [&](GstClockTime time) {
    if (is_live) {
      gst_buffer_unref(analyzer.pass(time));
    } else {
      times.push_back(time);
      fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(time)),
                             GST_FLOW_OK);
    }
  };

  push(0);
  expect(bus.next_line(), "\"status\":\"ok\"");
  push(GST_SECOND);
  nanoseconds elapsed{0};
  GstClockTime time = GST_SECOND;
  for (const Wait &wait : row.waits) {
    const bool is_rest = wait.max == 0ns;
    const nanoseconds rest = row.timeout - elapsed;
    const auto found = is_rest ? clock.wait_for_sleeper(rest - 1ms, rest + 1ms)
                               : clock.wait_for_worker(wait.min, wait.max);
    fail_unless(found.has_value(), "%s: nobody waits for that", row.faults);
    push(time += kTick);
    if (is_rest) // which begins to run before the request is there
      fail_unless(emulator.wait_for_requests(row.n_requests));
    clock.advance(*found);
    elapsed += *found;
  }
  check_line(row, bus.next_line(), elapsed);
  fail_unless_equals_int(count(emulator.n_requests()), static_cast<int>(row.n_requests));
  push(time += kTick);
  if (is_live) {
    g_autoptr(GstBuffer) out = analyzer.pass(time += kTick);
    fail_unless_equals_int(scene_status(out), status_of(row.status));
  }

  push(2 * GST_SECOND);
  if (row.next == Next::paused && !is_live && is_shut_out(row)) {
    fail_unless(clock.wait_for_worker(10s));
    clock.advance(10s);
    expect(bus.next_line(), "\"status\":\"ok\"");
  } else if (row.next == Next::paused && !is_live) {
    expect(bus.next_line(), std::string{"\"kind\":\""} + row.kind + "\"");
  }
  if (row.next == Next::later) {
    if (!is_live)
      fail_unless(clock.wait_for_worker(row.pause));
    clock.advance(row.pause);
  }
  if (row.next == Next::answered || (row.next == Next::later && !is_live))
    expect(bus.next_line(), "\"status\":\"ok\"");
  if (row.next == Next::later) {
    push(3 * GST_SECOND);
    expect(bus.next_line(), "\"status\":\"ok\"");
  }
  push(row.next == Next::later ? 3 * GST_SECOND + kTick : 2 * GST_SECOND + kTick);
  check_frames(analyzer, times, row, status_of(row.status));
  check_stats(row, analyzer, is_live);
  check_warnings(row, bus);
}

} // namespace

GST_START_TEST(live_frames_pass_whatever_becomes_of_a_sample)
{
  play(kRows[__i__], true);
}
GST_END_TEST

GST_START_TEST(held_frames_pass_when_it_is_known_what_becomes_of_a_sample)
{
  play(kRows[__i__], false);
}
GST_END_TEST

namespace {

struct StartRow {
  const char *faults; // of the very first requests
  std::vector<Wait> waits;
};
const StartRow kStartRows[] = {
    {"1 status 503", {kFirst}},
    {"1 status 429-retry 7", {wish(7s)}},
    {"1-2 reset", {kFirst, kSecond}},
    {"1-4 status 500", {kFirst, kSecond, kThird, kFourth}},
    {"models * status 500\n1 status 500", {kFirst}},
    {"models * silence\n1 status 500", {kFirst}},
};

} // namespace

GST_START_TEST(a_service_that_is_not_ready_at_the_start_is_waited_for)
{
  const StartRow &row = kStartRows[__i__];
  ManualClock clock;
  Emulator emulator{{.faults = row.faults}};
  Analyzer analyzer{emulator.url(), "mode=live max-in-flight=2"};
  AnalyzerBus bus{analyzer};
  GstClockTime time = 0;
  gst_buffer_unref(analyzer.pass(time));
  for (const Wait &wait : row.waits) {
    const auto found = clock.wait_for_worker(wait.min, wait.max);
    fail_unless(found.has_value(), "%s: nobody waits for that", row.faults);
    g_autoptr(GstBuffer) out = analyzer.pass(time += kTick);
    fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_PENDING);
    clock.advance(*found);
  }
  const std::string line = bus.next_line();
  expect(line, "\"status\":\"ok\"");
  expect(line, "\"attempts\":" + std::to_string(row.waits.size() + 1) + ",");
  fail_unless_equals_int(count(emulator.n_requests()), count(row.waits.size() + 1));
  fail_unless_equals_uint64(analyzer.stat("retries"), row.waits.size());
  fail_unless(bus.warnings().empty() && bus.error().empty());
  g_autoptr(GstBuffer) out = analyzer.pass(time += kTick);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_OK);
}
GST_END_TEST

GST_START_TEST(what_came_before_a_stream_was_cut_is_kept)
{
  ManualClock clock;
  const std::string object = R"({"box_2d":[100,200,300,400],"label":"a"})";
  const std::string three = object + "," + object + "," + object;
  Emulator emulator{{.faults = "1 stream-cut 2\n" + says(1, "[" + three + "," + three + "]")}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=600000 stream=true"};
  AnalyzerBus bus{analyzer};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  std::string line;
  while (!has(line, "\"problems\"")) // growing answers are told, too
    line = bus.next_line();
  expect(line, "\"status\":\"partial\"");
  expect(line, "the answer was cut: ");
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(n_objects(out) > 0 && n_objects(out) < 6, "%u objects", n_objects(out));
  fail_unless_equals_int(count(emulator.n_requests()), 1);
  fail_unless(bus.warnings().empty());
}
GST_END_TEST

static Suite *client_faults_suite()
{
  register_gemini();
  Suite *suite = suite_create("client_faults");
  TCase *table = tcase_create("table");
  suite_add_tcase(suite, table);
  const int n_rows = static_cast<int>(std::size(kRows));
  tcase_add_loop_test(table, live_frames_pass_whatever_becomes_of_a_sample, 0, n_rows);
  tcase_add_loop_test(table, held_frames_pass_when_it_is_known_what_becomes_of_a_sample, 0, n_rows);
  tcase_add_loop_test(table, a_service_that_is_not_ready_at_the_start_is_waited_for, 0,
                      G_N_ELEMENTS(kStartRows));
  tcase_add_test(table, what_came_before_a_stream_was_cut_is_kept);
  return suite;
}
GST_CHECK_MAIN(client_faults)
