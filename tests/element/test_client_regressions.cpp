// SPDX-License-Identifier: LGPL-2.1-or-later
// What went wrong once in the client, so that it does not come back.
#include "analyzer_bus.hpp"
#include "json_text.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

namespace {

// Nobody listens there.
constexpr const char *kNowhere = "http://127.0.0.1:9";

std::string film(unsigned seconds, const std::string &source = "videotestsrc")
{
  return source + " num-buffers=" + std::to_string(10 * seconds) + " ! " + kCaps +
         " ! {} ! fakesink sync=false";
}

void pass(Analyzer &analyzer, unsigned second)
{
  gst_buffer_unref(analyzer.pass(second * GST_SECOND));
}

void push(Analyzer &analyzer, unsigned second)
{
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(second * GST_SECOND)),
                         GST_FLOW_OK);
}

std::string next_warning(Analyzer &analyzer)
{
  g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_WARNING);
  fail_unless(message != nullptr, "there was no warning");
  g_autoptr(GError) error = nullptr;
  gst_message_parse_warning(message, &error, nullptr);
  return error->message;
}

void wait_for_lines(Pipeline &pipeline, std::size_t n)
{
  while (pipeline.lines().size() < n) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr, "%d analyses are missing",
                static_cast<int>(n - pipeline.lines().size()));
  }
}

// Of the pipeline's element, where there is such a field.
gint64 tokens_of(const Pipeline &pipeline)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
  gint64 tokens = -1;
  gst_structure_get_int64(stats, "tokens-total", &tokens);
  return tokens;
}

bool has_latency(const Pipeline &pipeline)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
  return gst_structure_has_field(stats, "latency-mean");
}

} // namespace

GST_START_TEST(whoever_hears_of_the_budget_may_set_a_property)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live"};
  gint n_heard = 0;
  gst_bus_set_sync_handler(
      GST_ELEMENT_BUS(analyzer.element()),
      [](GstBus *, GstMessage *message, gpointer heard) {
        const GstStructure *structure = gst_message_get_structure(message);
        if (structure && gst_structure_has_name(structure, "gemini-budget")) {
          g_atomic_int_inc(static_cast<gint *>(heard));
          g_object_set(GST_MESSAGE_SRC(message), "jpeg-quality", 50U, nullptr);
        }
        return GST_BUS_PASS;
      },
      &n_heard, nullptr);
  pass(analyzer, 0);
  const gint n_before = g_atomic_int_get(&n_heard);
  g_object_set(analyzer.element(), "analysis-rate", 1, 2, nullptr);
  fail_unless_equals_int(g_atomic_int_get(&n_heard), n_before + 1);
  gst_bus_set_sync_handler(GST_ELEMENT_BUS(analyzer.element()), nullptr, nullptr, nullptr);
}
GST_END_TEST

GST_START_TEST(an_empty_model_leaves_the_ones_before_it_in_use)
{
  Emulator emulator{{.faults = "3 status 503"}};
  Analyzer analyzer{emulator.url(),
                    "mode=live model=gemini-3.8-flash fallback-models=gemini-3.5-flash"};
  pass(analyzer, 0);
  expect(analyzer.wait_for_analysis(), "\"model\":\"gemini-3.8-flash\"");
  g_object_set(analyzer.element(), "model", "", nullptr);
  const std::string warning = next_warning(analyzer);
  expect(warning, "model is empty");
  expect(warning, "What is asked stays as it was.");
  pass(analyzer, 1);
  const std::string line = analyzer.wait_for_analysis();
  expect(line, "\"status\":\"ok\"");
  expect(line, "\"model\":\"gemini-3.8-flash\"");
  pass(analyzer, 2);
  expect(analyzer.wait_for_analysis(), "\"model\":\"gemini-3.5-flash\"");
  expect(emulator.requests().at(1).path, "/gemini-3.8-flash:");
}
GST_END_TEST

GST_START_TEST(a_bad_token_says_nothing_of_the_question)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(),
                    "mode=live api-key=\"\" vertex-project=p access-token=emulator-key"};
  pass(analyzer, 0);
  expect(analyzer.wait_for_analysis(), "\"status\":\"ok\"");
  g_object_set(analyzer.element(), "access-token", "", nullptr);
  const std::string warning = next_warning(analyzer);
  expect(warning, "access-token cannot be unset");
  fail_unless(!has(warning, "What is asked"), "%s", warning.c_str());
}
GST_END_TEST

GST_START_TEST(a_replay_costs_and_takes_nothing)
{
  const TemporaryFolder folder;
  const std::string record = folder.path("record.ndjson");
  Emulator emulator;
  Pipeline asked{film(2), emulator.url(), "price-input=1 record-location=" + record};
  fail_unless(asked.run(), "%s", asked.error().c_str());
  fail_unless(tokens_of(asked) > 0);
  fail_unless(has_latency(asked));

  Pipeline replayed{film(2), kNowhere, "price-input=1 replay-location=" + record};
  fail_unless(replayed.run(), "%s", replayed.error().c_str());
  fail_unless_equals_uint64(replayed.stat("answers"), 2);
  fail_unless_equals_uint64(replayed.stat("objects"), asked.stat("objects"));
  fail_unless_equals_int64(tokens_of(replayed), 0);
  fail_unless(!has_latency(replayed));
}
GST_END_TEST

GST_START_TEST(a_recorded_refusal_stops_no_replay)
{
  const TemporaryFolder folder;
  const std::string record = folder.path("record.ndjson");
  Emulator emulator{{.faults = "2- status 400-key"}};
  Pipeline asked{film(3), emulator.url(), "max-in-flight=1 record-location=" + record};
  fail_unless(asked.run(), "%s", asked.error().c_str());
  fail_unless_equals_uint64(failures_of(asked.analyzer(), "bad-key"), 2);
  for (const char *on_error : {"continue", "stop"}) {
    // Without the good answer before it.
    Pipeline replayed{film(2, "videotestsrc timestamp-offset=1000000000"), kNowhere,
                      std::string{"on-error="} + on_error + " replay-location=" + record};
    fail_unless(replayed.run(), "%s: %s", on_error, replayed.error().c_str());
    fail_unless_equals_uint64(failures_of(replayed.analyzer(), "bad-key"), 2);
    fail_unless_equals_int(count(replayed.warnings().size()), 1);
  }
}
GST_END_TEST

GST_START_TEST(a_key_that_is_refused_on_an_upload_is_not_tried_on_and_on)
{
  // Before the first good answer, and after it.
  for (const unsigned n_good : {0U, 1U}) {
    Emulator emulator{{.faults = "files.start " + std::to_string(n_good + 1) + "- status 400-key"}};
    fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
    Analyzer analyzer{emulator.url(), "mode=live upload=files"};
    AnalyzerBus bus{analyzer};
    for (unsigned i = 0; i < n_good; ++i) {
      pass(analyzer, i);
      expect(bus.next_line(), "\"status\":\"ok\"");
    }
    pass(analyzer, n_good);
    const std::string line = bus.next_line();
    expect(line, "\"status\":\"failed\"");
    expect(line, "\"kind\":\"bad-key\"");
    fail_unless_equals_int(count(emulator.n_calls("files.start")), static_cast<int>(n_good) + 1);
    fail_unless_equals_int(count(emulator.n_requests()), static_cast<int>(n_good));
    // Who is let in no more is told so once.
    fail_unless_equals_int(bus.error().empty(), n_good > 0);
    fail_unless_equals_int(count(bus.warnings().size()), static_cast<int>(n_good));
  }
}
GST_END_TEST

GST_START_TEST(held_frames_wait_for_requests_per_minute_longer_than_for_an_answer)
{
  ManualClock clock;
  Emulator emulator{{.api_key = "regressions-rpm"}};
  Pipeline pipeline{film(4), emulator.url(),
                    "api-key=regressions-rpm requests-per-minute=1 max-in-flight=1 "
                    "timeout=50000 eos-timeout=3600000"};
  pipeline.play();
  for (unsigned n = 1; n < 4; ++n) {
    wait_for_lines(pipeline, n);
    fail_unless_equals_int(count(emulator.n_requests()), static_cast<int>(n));
    fail_unless(clock.wait_for_worker(61s));
    clock.advance(61s);
  }
  g_autoptr(GstMessage) end =
      pipeline.wait_for(static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  fail_unless(end && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS, "%s", pipeline.error().c_str());
  fail_unless_equals_uint64(pipeline.stat("answers"), 4);
  fail_unless_equals_uint64(pipeline.stat("failed"), 0);
  fail_unless_equals_uint64(pipeline.stat("released-early"), 0);
}
GST_END_TEST

GST_START_TEST(the_worker_sleeps_while_a_part_of_a_request_is_too_late)
{
  ManualClock clock;
  Emulator emulator{{.api_key = "regressions-rest"}};
  Analyzer analyzer{emulator.url(), "mode=accurate max-latency=10000 frames-per-request=2 "
                                    "api-key=regressions-rest requests-per-minute=1"};
  AnalyzerBus bus{analyzer};
  push(analyzer, 0);
  push(analyzer, 1);
  expect(bus.next_line(), "\"status\":\"ok\"");
  expect(bus.next_line(), "\"status\":\"ok\"");

  push(analyzer, 2);
  fail_unless(clock.wait_for_worker(5s)); // for the other frame of the request
  clock.advance(1s);
  push(analyzer, 3);
  // The minute is over long after both have to leave. What waited for the other frame comes first.
  fail_unless(clock.wait_for_worker(4s));
  clock.advance(4s);
  fail_unless(clock.wait_for_worker(1s, 6s).has_value());
  clock.advance(5500ms); // the first has left
  fail_unless(clock.wait_for_worker(500ms), "the worker does not sleep until the second leaves");
  clock.advance(500ms);
  for (const unsigned id : {3U, 4U}) {
    const std::string line = bus.next_line();
    expect(line, "\"request_id\":" + std::to_string(id) + ",");
    expect(line, "\"kind\":\"too-late\"");
  }
  fail_unless_equals_int(count(emulator.n_requests()), 1);
}
GST_END_TEST

GST_START_TEST(a_reference_that_is_out_of_reach_is_no_fault_of_the_model)
{
  ManualClock clock;
  Emulator emulator{{.api_key = "regressions-reference"}};
  const std::string properties = "mode=live api-key=regressions-reference retries=0";
  Analyzer unlucky{emulator.url(),
                   properties + " reference-images=" + kNowhere + std::string{"/logo.png"}};
  AnalyzerBus unlucky_bus{unlucky};
  for (unsigned i = 0; i < 6; ++i) {
    pass(unlucky, i);
    expect(unlucky_bus.next_line(), "\"kind\":\"unreachable\"");
  }
  fail_unless_equals_uint64(unlucky.stat("skipped-paused"), 0);

  Analyzer other{emulator.url(), properties};
  AnalyzerBus bus{other};
  for (unsigned i = 0; i < 2; ++i) {
    pass(other, i);
    expect(bus.next_line(), "\"status\":\"ok\"");
  }
  fail_unless_equals_uint64(other.stat("skipped-paused"), 0);
}
GST_END_TEST

GST_START_TEST(who_starts_while_a_daily_quota_is_used_up_says_so_once)
{
  ManualClock clock;
  Emulator emulator{{.api_key = "regressions-quota", .faults = "1 status 429-perday"}};
  const std::string properties = "mode=live api-key=regressions-quota";
  Analyzer first{emulator.url(), properties};
  AnalyzerBus first_bus{first};
  pass(first, 0);
  expect(first_bus.next_line(), "\"kind\":\"quota\"");

  Analyzer second{emulator.url(), properties};
  AnalyzerBus bus{second};
  pass(second, 0);
  expect(bus.next_line(), "\"kind\":\"quota\"");
  for (unsigned i = 1; i < 4; ++i)
    pass(second, i);
  fail_unless_equals_uint64(second.stat("samples"), 1);
  fail_unless_equals_uint64(second.stat("skipped-paused"), 3);
  fail_unless_equals_int(count(bus.warnings().size()), 1);
  g_autoptr(GstMessage) more =
      gst_bus_pop_filtered(GST_ELEMENT_BUS(second.element()),
                           static_cast<GstMessageType>(GST_MESSAGE_WARNING | GST_MESSAGE_ERROR));
  fail_unless(more == nullptr, "there was a second warning");
  fail_unless_equals_int(count(emulator.n_requests()), 1);
}
GST_END_TEST

GST_START_TEST(what_came_before_an_error_in_a_stream_is_kept)
{
  Emulator emulator{{.faults = "1 stream-error 3 500"}};
  Pipeline pipeline{film(1), emulator.url(), "stream=true"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  int n_grown = 0;
  for (const std::string &line : pipeline.lines())
    if (json_at(line, "$.growing") == "true")
      n_grown = json_count(line, "$.objects[*]");
  const std::string &last = pipeline.lines().back();
  expect(last, "\"status\":\"partial\"");
  expect(last, "the answer was cut");
  const int n = json_count(last, "$.objects[*]");
  fail_unless(n > 0 && n >= n_grown, "%d objects after %d: %s", n, n_grown, last.c_str());
  fail_unless(pipeline.warnings().empty());
  fail_unless_equals_uint64(pipeline.stat("answers"), 1);
  fail_unless_equals_int(count(emulator.n_requests()), 1);
}
GST_END_TEST

static Suite *client_regressions_suite()
{
  register_gemini();
  Suite *suite = suite_create("client_regressions");
  TCase *tcase = tcase_create("all");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, whoever_hears_of_the_budget_may_set_a_property);
  tcase_add_test(tcase, an_empty_model_leaves_the_ones_before_it_in_use);
  tcase_add_test(tcase, a_bad_token_says_nothing_of_the_question);
  tcase_add_test(tcase, a_replay_costs_and_takes_nothing);
  tcase_add_test(tcase, a_recorded_refusal_stops_no_replay);
  tcase_add_test(tcase, a_key_that_is_refused_on_an_upload_is_not_tried_on_and_on);
  tcase_add_test(tcase, held_frames_wait_for_requests_per_minute_longer_than_for_an_answer);
  tcase_add_test(tcase, the_worker_sleeps_while_a_part_of_a_request_is_too_late);
  tcase_add_test(tcase, a_reference_that_is_out_of_reach_is_no_fault_of_the_model);
  tcase_add_test(tcase, who_starts_while_a_daily_quota_is_used_up_says_so_once);
  tcase_add_test(tcase, what_came_before_an_error_in_a_stream_is_kept);
  return suite;
}

GST_CHECK_MAIN(client_regressions)
