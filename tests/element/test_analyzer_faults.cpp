// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that can go wrong with the service: the pipeline plays on, says so once, counts it,
// and gives no secret away.
#include "support.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

// One sample a second; one request at a time and one for each sample, so that the fault hits the
// sample of its number.
std::string film(unsigned seconds)
{
  return "videotestsrc num-buffers=" + std::to_string(10 * seconds) + " ! " + kCaps +
         " ! {} ! fakesink sync=false";
}
constexpr const char *kOneAtATime = "max-in-flight=1 retries=0 timeout=1000";

struct FaultCase {
  const char *fault; // of the second request
  const char *kind;  // as `stats` counts it
  const char *says;  // a part of the one warning
  // Nothing is asked for a while: the film is over before that.
  bool is_pause = false;
};
constexpr FaultCase kFaults[] = {
    {"silence", "timeout", "no whole answer within 1000 ms"},
    {"slow-body 60000", "timeout", "no whole answer within 1000 ms"},
    {"reset", "unreachable", "base-url"},
    {"status 400", "invalid-request", "refused the request"},
    {"status 401", "bad-key", "wants a valid access token", true},
    {"status 403", "no-permission", "has no permission", true},
    {"status 404", "unknown-model", "knows no such model", true},
    {"status 429", "quota", "quota"},
    {"status 429-retry 60", "quota", "quota", true},
    {"status 429-perday", "quota", "midnight in California", true},
    {"status 500", "server-error", "The service failed"},
    {"status 503", "overloaded", "overloaded"},
    {"cut-json", "bad-reply", "not whole JSON"},
    {"html", "bad-reply", "not whole JSON"},
    {"html 502", "server-error", "The service failed"},
    {"empty", "bad-reply", "empty reply"},
};

} // namespace

GST_START_TEST(the_pipeline_plays_on_through_every_fault)
{
  const FaultCase &c = kFaults[__i__];
  Emulator emulator{{.faults = std::string{"2 "} + c.fault}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  Pipeline pipeline{film(4), emulator.url(), kOneAtATime};
  fail_unless(pipeline.run(), "%s: %s", c.fault, pipeline.error().c_str());

  const auto frames = pipeline.frames();
  fail_unless_equals_int(static_cast<int>(frames.size()), 40);
  for (const auto &frame : frames) {
    const GstClockTime sample = frame.pts / GST_SECOND;
    const bool is_failed = sample == 1 || (sample > 1 && c.is_pause);
    fail_unless_equals_int(frame.status,
                           is_failed ? GST_GEMINI_SCENE_STATUS_FAILED : GST_GEMINI_SCENE_STATUS_OK);
  }
  const unsigned n_failed = c.is_pause ? 3 : 1;
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), c.is_pause ? 2 : 4);
  fail_unless_equals_uint64(pipeline.stat("answers"), 4 - n_failed);
  fail_unless_equals_uint64(pipeline.stat("failed"), n_failed);
  fail_unless_equals_uint64(failures_of(pipeline.analyzer(), c.kind), n_failed);
  fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), 1);
  fail_unless(pipeline.warnings()[0].find(c.says) != std::string::npos, "%s: %s", c.fault,
              pipeline.warnings()[0].c_str());
  const std::string &line = pipeline.lines().at(1);
  fail_unless(line.find("\"status\":\"failed\"") != std::string::npos, "%s", line.c_str());
  fail_unless(line.find(std::string{"\"kind\":\""} + c.kind) != std::string::npos, "%s",
              line.c_str());
}
GST_END_TEST

GST_START_TEST(a_blocked_picture_is_told_as_blocked)
{
  Emulator emulator{{.faults = "2 blocked"}};
  Pipeline pipeline{film(3), emulator.url(), kOneAtATime};
  fail_unless(pipeline.run());
  fail_unless_equals_int(pipeline.frames()[15].status, GST_GEMINI_SCENE_STATUS_BLOCKED);
  fail_unless_equals_uint64(pipeline.stat("blocked"), 1);
  fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), 1);
}
GST_END_TEST

GST_START_TEST(a_cut_answer_is_told_as_partial)
{
  Emulator emulator{{.faults = "2 max-tokens"}};
  Pipeline pipeline{film(3), emulator.url(), kOneAtATime};
  fail_unless(pipeline.run());
  fail_unless_equals_int(pipeline.frames()[15].status, GST_GEMINI_SCENE_STATUS_PARTIAL);
  fail_unless(pipeline.lines().at(1).find("\"problems\":[\"") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(there_is_one_warning_per_change_of_kind)
{
  Emulator emulator{{.faults = "2-3 status 500\n4-5 status 503\n7 status 503"}};
  Pipeline pipeline{film(8), emulator.url(), kOneAtATime};
  fail_unless(pipeline.run());
  // 500, then 503, then after a good answer 503 again.
  fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), 3);
  fail_unless_equals_uint64(pipeline.stat("failed"), 5);
}
GST_END_TEST

GST_START_TEST(an_unreachable_host_is_named_and_frames_pass)
{
  Pipeline pipeline{film(3), "http://127.0.0.1:9", kOneAtATime};
  fail_unless(pipeline.run());
  fail_unless_equals_int(static_cast<int>(pipeline.frames().size()), 30);
  fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), 1);
  const std::string &warning = pipeline.warnings()[0];
  fail_unless(warning.find("http://127.0.0.1:9") != std::string::npos, "%s", warning.c_str());
  fail_unless(warning.find("base-url") != std::string::npos, "%s", warning.c_str());
}
GST_END_TEST

GST_START_TEST(a_host_that_does_not_exist_is_named)
{
  Pipeline pipeline{film(2), "http://gemini.invalid", "retries=0"};
  fail_unless(pipeline.run());
  fail_unless(pipeline.warnings().at(0).find("gemini.invalid") != std::string::npos);
}
GST_END_TEST

namespace {

// What stops a pipeline before its first good answer, and the advice that comes with it.
struct FatalCase {
  const char *properties;
  const char *fault;
  const char *advice;
};
constexpr FatalCase kFatal[] = {
    {"api-key=wrong-key", "", "GEMINI_API_KEY"},
    {"model=gemini-0.1-nonsense", "", "gemini-flash-latest"},
    {"", "1 status 400", "property"},
    {"", "1 status 403", "project"},
};

} // namespace

GST_START_TEST(what_only_the_user_can_mend_stops_the_pipeline)
{
  const FatalCase &c = kFatal[__i__];
  for (const char *mode : {"live", "accurate"}) {
    Emulator emulator{{.faults = c.fault}};
    // A live source, so that there are frames for as long as it takes.
    Pipeline pipeline{std::string{"videotestsrc is-live=true ! "} + kCaps +
                          " ! {} ! fakesink sync=false",
                      emulator.url(), std::string{"mode="} + mode + " " + c.properties};
    fail_unless(!pipeline.run(), "%s %s: the pipeline played on", mode, c.properties);
    fail_unless(pipeline.error().find(c.advice) != std::string::npos, "%s",
                pipeline.error().c_str());
    // It stops with one error, and in time.
    const auto took = time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
    fail_unless(took.count() < kSlowness * 1000);
  }
}
GST_END_TEST

namespace {

// Everything that is logged while it lives, at every level.
class Log {
public:
  Log()
  {
    gst_debug_set_active(TRUE);
    gst_debug_set_default_threshold(GST_LEVEL_MEMDUMP);
    gst_debug_remove_log_function(gst_debug_log_default);
    gst_debug_add_log_function(take, this, nullptr);
  }
  ~Log()
  {
    gst_debug_remove_log_function_by_data(this);
    gst_debug_set_default_threshold(GST_LEVEL_NONE);
    gst_debug_set_active(FALSE);
  }
  Log(const Log &) = delete;
  Log &operator=(const Log &) = delete;
  std::string text()
  {
    const std::lock_guard lock{mutex_};
    return text_;
  }

private:
  static void take(GstDebugCategory *, GstDebugLevel, const gchar *, const gchar *, gint, GObject *,
                   GstDebugMessage *message, gpointer self)
  {
    auto *log = static_cast<Log *>(self);
    const char *text = gst_debug_message_get(message);
    const std::lock_guard lock{log->mutex_};
    if (text)
      log->text_ += text;
    log->text_ += '\n';
  }

  std::mutex mutex_;
  std::string text_;
};

// The longest run of base64 characters: image data would be thousands.
std::size_t longest_base64(const std::string &text)
{
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    const bool is_base64 =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=';
    run = is_base64 ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

} // namespace

GST_START_TEST(no_log_message_dump_or_result_has_the_key_or_the_picture)
{
  const std::string key = "very-secret-key-0123456789";
  g_setenv("GEMINI_API_KEY", key.c_str(), TRUE); // as users are told to
  std::string said;
  {
    Log log;
    // The body of the fifth reply quotes the key; after that nothing is asked.
    Emulator emulator{{.api_key = key, .faults = "2 status 500\n3 html\n4 silence\n5 echo-key"}};
    // The first answer has to be in time, or the key is one that never was good.
    Pipeline pipeline{film(6), emulator.url(),
                      "max-in-flight=1 retries=0 api-key=\"\" timeout=" +
                          std::to_string(kSlowness * 1000)};
    fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    fail_unless_equals_uint64(pipeline.stat("failed"), 5);
    g_autofree char *dot =
        gst_debug_bin_to_dot_data(GST_BIN(pipeline.pipeline()), GST_DEBUG_GRAPH_SHOW_ALL);
    said = dot;
    for (const auto &line : pipeline.lines())
      said += line + "\n";
    for (const auto &warning : pipeline.warnings())
      said += warning + "\n";
    g_autoptr(GstStructure) stats = nullptr;
    g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
    g_autofree char *counts = gst_structure_to_string(stats);
    said += counts;
    said += log.text();
    // The request did carry both.
    const auto request = emulator.requests().at(0);
    fail_unless(request.has_key);
    fail_unless(longest_base64(request.body) > 1000);
  }
  fail_unless(said.find("request 1:") != std::string::npos, "nothing was logged");
  fail_unless(said.find(key) == std::string::npos);
  fail_unless(longest_base64(said) < 300, "%d base64 characters in a row",
              static_cast<int>(longest_base64(said)));
  g_unsetenv("GEMINI_API_KEY");
}
GST_END_TEST

static Suite *analyzer_faults_suite()
{
  Suite *suite = suite_create("analyzer_faults");
  TCase *tcase = tcase_create("faults");
  tcase_add_loop_test(tcase, the_pipeline_plays_on_through_every_fault, 0, G_N_ELEMENTS(kFaults));
  tcase_add_test(tcase, a_blocked_picture_is_told_as_blocked);
  tcase_add_test(tcase, a_cut_answer_is_told_as_partial);
  tcase_add_test(tcase, there_is_one_warning_per_change_of_kind);
  tcase_add_test(tcase, an_unreachable_host_is_named_and_frames_pass);
  tcase_add_test(tcase, a_host_that_does_not_exist_is_named);
  tcase_add_loop_test(tcase, what_only_the_user_can_mend_stops_the_pipeline, 0,
                      G_N_ELEMENTS(kFatal));
  tcase_add_test(tcase, no_log_message_dump_or_result_has_the_key_or_the_picture);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_faults)
