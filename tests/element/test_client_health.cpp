// SPDX-License-Identifier: LGPL-2.1-or-later
// What lasts longer than one sample: breakers and probes, pauses, fallback models, and who gives
// way to whom. Time passes only where the test says so.
#include "analyzer_bus.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"
#include "support/temporary_folder.hpp"

#include <memory>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;
using gemini::emulator::Options;

namespace {

constexpr const char *kFallback = "gemini-3.5-flash";

struct Stage {
  // Two at a time: one may still be on its way out when the next frame comes.
  explicit Stage(Options options, const std::string &properties = "mode=live max-in-flight=2")
      : emulator(std::move(options)), analyzer(emulator.url(), properties), bus(analyzer)
  {
    fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  }

  void pass(unsigned second) { gst_buffer_unref(analyzer.pass(second * GST_SECOND)); }
  GstFlowReturn push(unsigned second)
  {
    return gst_harness_push(analyzer.harness(), analyzer.frame(second * GST_SECOND));
  }
  // The frame of this second is sampled and answered well.
  std::string answer(unsigned second)
  {
    pass(second);
    const std::string line = bus.next_line();
    expect(line, "\"status\":\"ok\"");
    return line;
  }
  // It is sampled and fails.
  std::string failure(unsigned second, const std::string &kind)
  {
    pass(second);
    const std::string line = bus.next_line();
    expect(line, "\"status\":\"failed\"");
    expect(line, "\"kind\":\"" + kind + "\"");
    return line;
  }
  // It passes, and nobody asks about it.
  void skip(unsigned second)
  {
    const auto skipped = analyzer.stat("skipped-paused");
    const auto samples = analyzer.stat("samples");
    pass(second);
    fail_unless_equals_uint64(analyzer.stat("skipped-paused"), skipped + 1);
    fail_unless_equals_uint64(analyzer.stat("samples"), samples);
  }
  // The first second from this one on in which a frame is sampled: what ended the pause has to go
  // through another thread first.
  unsigned wait_until_open(unsigned second)
  {
    for (const auto samples = analyzer.stat("samples"); analyzer.stat("samples") == samples;
         ++second) {
      fail_unless(second < 20'000, "the pause does not end");
      g_usleep(1000);
      pass(second);
    }
    return second - 1;
  }
  // Lets the wait pass that is at most this long.
  void wait(std::chrono::nanoseconds longest)
  {
    const auto found = clock.wait_for_worker(1ns, longest);
    fail_unless(found.has_value(), "nobody waits");
    clock.advance(*found);
  }
  void expect_requests(std::size_t n)
  {
    fail_unless_equals_int(count(emulator.n_requests()), count(n));
    fail_unless_equals_uint64(analyzer.stat("requests"), n);
  }
  void expect_model(std::size_t request, const std::string &model)
  {
    expect(emulator.requests().at(request - 1).path, "/" + model + ":");
  }
  void expect_warnings(std::size_t n)
  {
    fail_unless_equals_int(count(bus.warnings().size()), count(n));
    fail_unless(bus.error().empty(), "%s", bus.error().c_str());
  }

  ManualClock clock;
  Emulator emulator;
  Analyzer analyzer;
  AnalyzerBus bus;
};

std::string of_model(const std::string &model)
{
  return "\"model\":\"" + model + "\"";
}

std::string with_fallback(const std::string &model)
{
  return "mode=live max-in-flight=2 model=gemini-3.8-flash fallback-models=" + model;
}
constexpr const char *kFirst = "gemini-3.8-flash";

// One pixel.
std::string png()
{
  gsize size = 0;
  g_autofree guchar *bytes = g_base64_decode(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
      "Jggg==",
      &size);
  return {bytes, bytes + size};
}

} // namespace

GST_START_TEST(after_five_failures_in_a_row_one_probe_goes_out_after_a_pause)
{
  Stage stage{{.faults = "1-5 status 500\n6 hold"}, "mode=live max-in-flight=2 retries=0"};
  for (unsigned i = 0; i < 5; ++i)
    stage.failure(i, "server-error");
  stage.skip(5);
  stage.clock.advance(5s - 1ns);
  stage.skip(6);
  stage.clock.advance(1ns);
  stage.pass(7);
  fail_unless(stage.emulator.wait_for_requests(6));
  stage.skip(8); // there is a place, but the probe is on its way
  stage.emulator.release();
  expect(stage.bus.next_line(), "\"status\":\"ok\"");
  stage.answer(9);
  stage.answer(10);
  stage.expect_requests(8);
  stage.expect_warnings(1);
}
GST_END_TEST

GST_START_TEST(a_probe_that_fails_doubles_the_pause)
{
  Stage stage{{.faults = "1-7 status 500"}, "mode=live max-in-flight=2 retries=0"};
  for (unsigned i = 0; i < 5; ++i)
    stage.failure(i, "server-error");
  stage.clock.advance(5s);
  stage.failure(5, "server-error");
  stage.clock.advance(10s - 1ns);
  stage.skip(6);
  stage.clock.advance(1ns);
  stage.failure(7, "server-error");
  stage.clock.advance(20s - 1ns);
  stage.skip(8);
  stage.clock.advance(1ns);
  stage.answer(9);
  stage.answer(10);
  stage.expect_requests(9);
}
GST_END_TEST

GST_START_TEST(a_good_answer_in_between_keeps_the_breaker_closed)
{
  Stage stage{{.faults = "1-4 status 500\n6-9 status 500"}, "mode=live max-in-flight=2 retries=0"};
  for (const unsigned i : {0U, 1U, 2U, 3U})
    stage.failure(i, "server-error");
  stage.answer(4);
  for (const unsigned i : {5U, 6U, 7U, 8U})
    stage.failure(i, "server-error");
  stage.answer(9);
}
GST_END_TEST

GST_START_TEST(a_daily_quota_is_over_at_midnight_in_california)
{
  Stage stage{{.faults = "2 status 429-perday"}};
  stage.answer(0);
  stage.failure(1, "quota");
  // It is noon in Greenwich, and midnight comes eight hours later to California.
  stage.clock.advance(20h - 1s);
  stage.skip(2);
  stage.clock.advance(1s);
  stage.answer(3);
  stage.expect_requests(3);
  fail_unless_equals_uint64(stage.analyzer.stat("retries"), 0);
  stage.expect_warnings(1);
}
GST_END_TEST

GST_START_TEST(a_refused_key_is_probed_until_it_is_let_in)
{
  Stage stage{{.faults = "2 status 401\nmodels 2 hold\nmodels 2 status 401"}};
  stage.answer(0);
  stage.failure(1, "bad-key");
  stage.skip(2);
  fail_unless(stage.clock.wait_for_worker(10s));
  stage.clock.advance(10s);
  fail_unless(stage.emulator.wait_for_calls("models", 2));
  stage.clock.advance(1s); // lest the probe's own timeout be taken for the next pause
  stage.emulator.release();
  fail_unless(stage.clock.wait_for_worker(20s));
  stage.skip(3);
  stage.clock.advance(20s);
  fail_unless(stage.emulator.wait_for_calls("models", 3));
  stage.wait_until_open(4);
  expect(stage.bus.next_line(), "\"status\":\"ok\"");
  stage.expect_requests(3);
  fail_unless_equals_uint64(stage.analyzer.stat("probes"), 3);
  stage.expect_warnings(1);
}
GST_END_TEST

GST_START_TEST(a_key_that_was_replaced_is_used_at_once)
{
  TemporaryFile file{"first-key"};
  Stage stage{{.api_key = "first-key,second-key", .faults = "2 status 400-key"},
              "mode=live max-in-flight=2 api-key=\"\" api-key-file=" + file.path()};
  stage.answer(0);
  file.write("second-key");
  expect(stage.answer(1), "\"attempts\":2,");
  stage.answer(2);
  stage.expect_requests(4);
  stage.expect_warnings(0);
}
GST_END_TEST

GST_START_TEST(a_live_frame_that_waits_for_another_try_gives_its_place_to_a_newer_one)
{
  Stage stage{{.faults = "1 status 503\n2 hold"}, "mode=live max-in-flight=1"};
  stage.pass(0);
  fail_unless(stage.clock.wait_for_worker(1ns, 1s).has_value());
  stage.pass(1);
  const std::string line = stage.bus.next_line();
  expect(line, "\"request_id\":1,");
  expect(line, "\"kind\":\"overloaded\"");
  fail_unless(stage.emulator.wait_for_requests(2));
  fail_unless_equals_uint64(stage.analyzer.stat("superseded"), 1);
  stage.clock.advance(2s); // when the older one would have been asked about again
  stage.pass(2);           // there is no third place
  stage.emulator.release();
  expect(stage.bus.next_line(), "\"request_id\":2,");
  stage.expect_requests(2);
  fail_unless_equals_uint64(stage.analyzer.stat("superseded"), 1);
  fail_unless_equals_uint64(stage.analyzer.stat("skipped-in-flight"), 1);
  fail_unless_equals_uint64(stage.analyzer.stat("answers"), 1);
  stage.expect_warnings(1);
}
GST_END_TEST

GST_START_TEST(a_live_frame_is_not_asked_about_again_when_a_newer_one_was_answered)
{
  Stage stage{{.faults = "1 status 503"}};
  stage.pass(0);
  const auto wait = stage.clock.wait_for_worker(1ns, 1s);
  fail_unless(wait.has_value());
  expect(stage.answer(1), "\"request_id\":2,");
  stage.clock.advance(*wait);
  const std::string line = stage.bus.next_line();
  expect(line, "\"request_id\":1,");
  expect(line, "\"kind\":\"too-late\"");
  stage.expect_requests(2);
  // What is newer stays.
  g_autoptr(GstBuffer) out = stage.analyzer.pass(GST_SECOND + GST_SECOND / 10);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_OK);
  fail_unless_equals_uint64(scene_request(out), 2);
}
GST_END_TEST

GST_START_TEST(what_waits_for_another_try_keeps_its_place_in_number_and_order)
{
  Stage stage{{.faults = "2 status 503\n3 hold"},
              "mode=accurate max-latency=600000 max-in-flight=2"};
  stage.push(0);
  expect(stage.bus.next_line(), "\"request_id\":1,");
  stage.push(1);
  const auto wait = stage.clock.wait_for_worker(1ns, 1s);
  fail_unless(wait.has_value());
  stage.push(2);
  fail_unless(stage.emulator.wait_for_requests(3));
  stage.push(3);
  stage.push(4);
  stage.expect_requests(3); // two are open
  stage.emulator.release();
  fail_unless(stage.emulator.wait_for_requests(5)); // the third's place goes to the others in turn
  stage.clock.advance(*wait);
  for (const unsigned id : {2U, 3U, 4U, 5U}) {
    const std::string line = stage.bus.next_line();
    expect(line, "\"request_id\":" + std::to_string(id) + ",");
    expect(line, "\"status\":\"ok\"");
    expect(line, id == 2 ? "\"attempts\":2," : "\"attempts\":1,");
  }
  for (unsigned i = 0; i < 5; ++i) {
    g_autoptr(GstBuffer) out = gst_harness_pull(stage.analyzer.harness());
    fail_unless_equals_uint64(GST_BUFFER_PTS(out), i * GST_SECOND);
    fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_OK);
    fail_unless_equals_uint64(scene_request(out), i + 1);
  }
  stage.expect_requests(6);
  stage.expect_warnings(0);
}
GST_END_TEST

GST_START_TEST(a_connection_that_is_refused_is_tried_again)
{
  ManualClock clock;
  auto emulator = std::make_unique<Emulator>();
  const std::string url = emulator->url();
  Analyzer analyzer{url, "mode=live max-in-flight=2"};
  AnalyzerBus bus{analyzer};
  gst_buffer_unref(analyzer.pass(0));
  expect(bus.next_line(), "\"status\":\"ok\"");
  emulator.reset();
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  const auto wait = clock.wait_for_worker(1ns, 1s);
  fail_unless(wait.has_value());
  emulator = std::make_unique<Emulator>(Options{.port = std::stoi(url.substr(url.rfind(':') + 1))});
  fail_unless(emulator->is_running(), "%s", emulator->error().c_str());
  clock.advance(*wait);
  const std::string line = bus.next_line();
  expect(line, "\"status\":\"ok\"");
  expect(line, "\"attempts\":2,");
  fail_unless_equals_uint64(analyzer.stat("retries"), 1);
  fail_unless(bus.warnings().empty());
}
GST_END_TEST

GST_START_TEST(a_redirect_takes_no_key_to_another_host)
{
  Emulator other;
  for (const char *retries : {"0", "4"}) {
    Stage stage{{.faults = "2 redirect " + other.url() + "/v1beta/models"},
                std::string{"mode=live max-in-flight=2 retries="} + retries};
    stage.answer(0);
    stage.failure(1, "bad-reply");
    stage.answer(2);
    stage.expect_requests(3);
    stage.expect_warnings(1);
  }
  fail_unless(other.calls().empty());
}
GST_END_TEST

GST_START_TEST(a_file_that_the_service_has_forgotten_is_uploaded_again)
{
  TemporaryFile file{png()};
  Stage stage{{.faults = "2 status 403-file"},
              "mode=live max-in-flight=2 reference-images=file://" + file.path()};
  stage.answer(0);
  fail_unless_equals_int(count(stage.emulator.n_calls("files.start")), 1);
  expect(stage.answer(1), "\"attempts\":2,");
  fail_unless_equals_int(count(stage.emulator.n_calls("files.start")), 2);
  stage.answer(2);
  fail_unless_equals_int(count(stage.emulator.n_calls("files.start")), 2);
  stage.expect_requests(4);
  stage.expect_warnings(0);
}
GST_END_TEST

GST_START_TEST(a_file_that_is_forgotten_twice_fails_the_sample)
{
  TemporaryFile file{png()};
  Stage stage{{.faults = "2-3 status 403-file"},
              "mode=live max-in-flight=2 reference-images=file://" + file.path()};
  stage.answer(0);
  expect(stage.failure(1, "file-gone"), "\"attempts\":2,");
  stage.answer(2);
  stage.expect_requests(4);
  stage.expect_warnings(1);
}
GST_END_TEST

namespace {

struct FallbackCase {
  const char *fault;          // of the first model's second request
  std::chrono::seconds pause; // until the first model is asked again
};
constexpr FallbackCase kFallbacks[] = {
    {"2 status 503", 30s},          {"2 status 404", 10min},      {"2 status 429", 30s},
    {"2 status 429-retry 90", 90s}, {"2 status 429-perday", 20h},
};

} // namespace

GST_START_TEST(another_model_answers_while_the_first_is_not_well)
{
  const FallbackCase &c = kFallbacks[__i__];
  Stage stage{{.faults = c.fault}, with_fallback(kFallback)};
  expect(stage.answer(0), of_model(kFirst));
  const std::string line = stage.answer(1);
  expect(line, of_model(kFallback));
  expect(line, std::string{"\"model_version\":\"emulator/"} + kFallback);
  expect(line, "\"attempts\":2,");
  expect(line, "\"latency_ms\":0,"); // without any wait
  stage.clock.advance(c.pause - 1s);
  expect(stage.answer(2), of_model(kFallback));
  stage.clock.advance(1s);
  expect(stage.answer(3), of_model(kFirst));
  expect(stage.answer(4), of_model(kFirst));
  stage.expect_requests(6);
  stage.expect_model(2, kFirst);
  stage.expect_model(3, kFallback);
  stage.expect_model(4, kFallback);
  stage.expect_model(5, kFirst);
  fail_unless_equals_uint64(stage.analyzer.stat("retries"), 1);
  fail_unless_equals_uint64(stage.analyzer.stat("skipped-paused"), 0);
  stage.expect_warnings(0);
}
GST_END_TEST

GST_START_TEST(models_that_are_all_overloaded_are_not_asked_without_a_wait)
{
  Stage stage{{.faults = "2-3 status 503"}, with_fallback(kFallback)};
  stage.answer(0);
  stage.pass(1);
  stage.wait(2s);
  expect(stage.bus.next_line(), "\"status\":\"ok\"");
  stage.expect_requests(4);
  stage.expect_model(3, kFallback);
  stage.expect_model(4, kFirst);
}
GST_END_TEST

GST_START_TEST(a_fallback_model_that_does_not_exist_shuts_nobody_out)
{
  Stage stage{{.faults = "2 status 503"}, with_fallback("gemini-0.1-nonsense")};
  stage.answer(0);
  stage.pass(1);
  stage.wait(2s);
  const std::string line = stage.bus.next_line();
  expect(line, "\"status\":\"ok\"");
  expect(line, of_model(kFirst));
  expect(stage.answer(2), of_model(kFirst));
  stage.expect_requests(5);
  stage.expect_warnings(0);
}
GST_END_TEST

GST_START_TEST(a_first_model_that_is_gone_stops_nothing_where_there_is_another)
{
  Stage stage{{},
              std::string{"mode=live max-in-flight=2 model=gemini-0.1-nonsense fallback-models="} +
                  kFallback};
  fail_unless(stage.emulator.wait_for_calls("models", 1));
  expect(stage.answer(0), of_model(kFallback));
  expect(stage.answer(1), of_model(kFallback));
  stage.expect_requests(3);
  stage.expect_warnings(0);
}
GST_END_TEST

GST_START_TEST(where_all_models_are_gone_requests_pause)
{
  Stage stage{{.faults = "2-3 status 404"}, with_fallback(kFallback)};
  stage.answer(0);
  stage.failure(1, "unknown-model");
  stage.skip(2);
  stage.expect_requests(3);
  stage.expect_warnings(1);
}
GST_END_TEST

GST_START_TEST(a_failure_stops_the_pipeline_where_the_user_wants_it_so)
{
  Stage stage{{.faults = "2-3 status 503"}, "mode=live max-in-flight=2 on-error=stop retries=1"};
  stage.answer(0);
  stage.pass(1);
  stage.wait(1s);
  expect(stage.bus.next_line(), "\"kind\":\"overloaded\"");
  expect(stage.bus.error(), "overloaded");
  fail_unless(stage.bus.warnings().empty());
  fail_unless_equals_int(stage.push(2), GST_FLOW_ERROR);
  stage.expect_requests(3);
}
GST_END_TEST

GST_START_TEST(what_is_healed_by_a_retry_stops_nothing)
{
  Stage stage{{.faults = "2-3 status 503"}, "mode=live max-in-flight=2 on-error=stop"};
  stage.answer(0);
  stage.pass(1);
  stage.wait(1s);
  stage.wait(2s);
  expect(stage.bus.next_line(), "\"status\":\"ok\"");
  stage.answer(2);
  stage.expect_warnings(0);
}
GST_END_TEST

GST_START_TEST(a_blocked_picture_is_no_error_that_stops)
{
  Stage stage{{.faults = "2 blocked"}, "mode=live max-in-flight=2 on-error=stop"};
  stage.answer(0);
  stage.pass(1);
  expect(stage.bus.next_line(), "\"status\":\"blocked\"");
  stage.answer(2);
  stage.expect_warnings(1);
}
GST_END_TEST

GST_START_TEST(a_refused_key_stops_the_pipeline_after_a_good_answer_only_on_demand)
{
  for (const bool is_stop : {false, true}) {
    Stage stage{{.faults = "2 status 401"},
                std::string{"mode=live max-in-flight=2 on-error="} +
                    (is_stop ? "stop" : "continue")};
    stage.answer(0);
    stage.failure(1, "bad-key");
    fail_unless_equals_int(count(stage.bus.warnings().size()), is_stop ? 0 : 1);
    fail_unless(stage.bus.error().empty() != is_stop);
    fail_unless_equals_int(stage.push(2), is_stop ? GST_FLOW_ERROR : GST_FLOW_OK);
  }
}
GST_END_TEST

static Suite *client_health_suite()
{
  register_gemini();
  Suite *suite = suite_create("client_health");
  TCase *pauses = tcase_create("pauses");
  tcase_add_test(pauses, after_five_failures_in_a_row_one_probe_goes_out_after_a_pause);
  tcase_add_test(pauses, a_probe_that_fails_doubles_the_pause);
  tcase_add_test(pauses, a_good_answer_in_between_keeps_the_breaker_closed);
  tcase_add_test(pauses, a_daily_quota_is_over_at_midnight_in_california);
  tcase_add_test(pauses, a_refused_key_is_probed_until_it_is_let_in);
  tcase_add_test(pauses, a_key_that_was_replaced_is_used_at_once);
  suite_add_tcase(suite, pauses);

  TCase *order = tcase_create("order");
  tcase_add_test(order, a_live_frame_that_waits_for_another_try_gives_its_place_to_a_newer_one);
  tcase_add_test(order, a_live_frame_is_not_asked_about_again_when_a_newer_one_was_answered);
  tcase_add_test(order, what_waits_for_another_try_keeps_its_place_in_number_and_order);
  suite_add_tcase(suite, order);

  TCase *transport = tcase_create("transport");
  tcase_add_test(transport, a_connection_that_is_refused_is_tried_again);
  tcase_add_test(transport, a_redirect_takes_no_key_to_another_host);
  tcase_add_test(transport, a_file_that_the_service_has_forgotten_is_uploaded_again);
  tcase_add_test(transport, a_file_that_is_forgotten_twice_fails_the_sample);
  suite_add_tcase(suite, transport);

  TCase *models = tcase_create("models");
  tcase_add_loop_test(models, another_model_answers_while_the_first_is_not_well, 0,
                      G_N_ELEMENTS(kFallbacks));
  tcase_add_test(models, models_that_are_all_overloaded_are_not_asked_without_a_wait);
  tcase_add_test(models, a_fallback_model_that_does_not_exist_shuts_nobody_out);
  tcase_add_test(models, a_first_model_that_is_gone_stops_nothing_where_there_is_another);
  tcase_add_test(models, where_all_models_are_gone_requests_pause);
  suite_add_tcase(suite, models);

  TCase *errors = tcase_create("errors");
  tcase_add_test(errors, a_failure_stops_the_pipeline_where_the_user_wants_it_so);
  tcase_add_test(errors, what_is_healed_by_a_retry_stops_nothing);
  tcase_add_test(errors, a_blocked_picture_is_no_error_that_stops);
  tcase_add_test(errors, a_refused_key_stops_the_pipeline_after_a_good_answer_only_on_demand);
  suite_add_tcase(suite, errors);
  return suite;
}
GST_CHECK_MAIN(client_health)
