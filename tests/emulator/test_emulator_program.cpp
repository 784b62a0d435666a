// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line, the kinds that a prompt names, and the program itself.
#include "arguments.hpp"
#include "emulator.hpp"
#include "kinds.hpp"
#include "support/temporary_folder.hpp"
#include "test_client.hpp"

#include <gio/gio.h>

#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

gemini::Result<Arguments, std::string> parse(std::vector<std::string> words)
{
  return parse_arguments(words);
}

} // namespace

GST_START_TEST(options_are_read)
{
  const auto arguments = parse({"--port",    "8080",      "--api-key",
                                "k",         "--vision",  "none",
                                "--latency", "2000,1500", "--requests-per-minute",
                                "7",         "--record",  "/r",
                                "--models",  "/m",        "--tls",
                                "c",         "k2",        "--stream-delay",
                                "40",        "--log",     "/l"});
  fail_unless(arguments.has_value(), "%s", arguments ? "" : arguments.error().c_str());
  const Options &options = arguments->options;
  assert_equals_int(options.port, 8080);
  check_text(options.api_key, "k");
  fail_unless(options.vision == Vision::none);
  assert_equals_int(options.latency_ms, 2000);
  assert_equals_int(options.jitter_ms, 1500);
  assert_equals_int(options.requests_per_minute, 7);
  assert_equals_int(options.stream_delay_ms, 40);
  check_text(options.record_dir, "/r");
  check_text(options.log_file, "/l");
  check_text(options.models_dir, "/m");
  check_text(options.tls_cert, "c");
  check_text(options.tls_key, "k2");
}
GST_END_TEST

GST_START_TEST(latency_alone_has_no_jitter)
{
  const auto arguments = parse({"--latency", "300"});
  assert_equals_int(arguments->options.latency_ms, 300);
  assert_equals_int(arguments->options.jitter_ms, 0);
}
GST_END_TEST

GST_START_TEST(keys_may_be_several)
{
  check_text(parse({})->options.api_key, "emulator-key");
  check_text(parse({"--api-key", "a", "--api-key", "b,c"})->options.api_key, "a,b,c");
  const auto files = parse({"--file-lifetime", "5", "--file-processing", "70"});
  assert_equals_int(static_cast<int>(files->options.file_lifetime_ms), 5000);
  assert_equals_int(files->options.file_processing_ms, 70);
}
GST_END_TEST

GST_START_TEST(bad_options_are_named)
{
  const std::vector<std::string> kCases[] = {
      {"--prot", "80"},
      {"--port"},
      {"--port", "70000"},
      {"--port", "80a"},
      {"--latency", "1s"},
      {"--latency", "1,"},
      {"--latency", "-1"},
      {"--vision", "eyes"},
      {"--requests-per-minute", "many"},
      {"--faults", "/nowhere/x"},
      {"--tls", "cert"},
      {"--stream-delay", "soon"},
      {"--api-key"},
      {"--file-lifetime", "ever"},
      {"--file-processing", "-1"},
  };
  for (const auto &words : kCases) {
    const auto arguments = parse(words);
    fail_unless(!arguments, "%s was accepted", words[0].c_str());
    fail_unless(arguments.error().find(words[0]) != std::string::npos, "%s",
                arguments.error().c_str());
  }
}
GST_END_TEST

GST_START_TEST(prompts_name_kinds)
{
  const struct {
    const char *prompt;
    std::vector<const char *> asked;
    std::vector<const char *> others;
  } kCases[] = {
      {"Detect people and cars.", {"person", "car"}, {"truck", "dog"}},
      {"Find all PEDESTRIANS", {"person"}, {"car"}},
      {"a person", {"person"}, {"car"}},
      {"vehicles", {"car", "truck", "bus"}, {"person"}},
      {"hot dogs and knives", {"hot dog", "knife"}, {"dog"}},
      {"cell phones, buses, benches", {"cell phone", "bus", "bench"}, {"person"}},
      {"Detect the prominent things", {"person", "car", "toothbrush"}, {}},
      {R"(Detect cats. Format: [{"box_2d": [0, 0, 0, 0], "label": "dog"}])", {"cat"}, {"dog"}},
  };
  for (const auto &[prompt, asked, others] : kCases) {
    const KindFilter is_asked_for = kinds_named(Vision::coco, prompt);
    for (const char *label : asked)
      fail_unless(is_asked_for(label), "%s: no %s", prompt, label);
    for (const char *label : others)
      fail_unless(!is_asked_for(label), "%s: %s", prompt, label);
  }
}
GST_END_TEST

GST_START_TEST(every_call_has_a_line_in_the_log)
{
  const gemini::test::TemporaryFolder folder;
  const Emulator emulator{{.vision = Vision::none, .log_file = folder.path("log")}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  assert_equals_int(post(emulator.url() + kGenerate, kHello).status, 200);
  assert_equals_int(get(emulator.url() + "/v1beta/models").status, 200);
  std::istringstream log{gemini::test::read_file(folder.path("log"))};
  std::int64_t first = 0;
  std::int64_t second = 0;
  std::string call;
  std::string other_call;
  log >> first >> call >> second >> other_call;
  check_text(call, "generate");
  check_text(other_call, "models");
  fail_unless(first > 0 && first <= second);
  fail_unless(!(log >> call));
  const Emulator unwritable{{.log_file = folder.path("nowhere/log")}};
  fail_unless(!unwritable.is_running() &&
              unwritable.error().find("nowhere/log") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(the_program_serves_until_it_is_told_to_end)
{
  for (const int signal : {SIGINT, SIGTERM}) {
    g_autoptr(GError) error = nullptr;
    g_autoptr(GSubprocess) program =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv("GEMINI_EMULATOR"),
                         "--vision", "none", nullptr);
    fail_unless(program != nullptr, "%s", error ? error->message : "");
    g_autoptr(GDataInputStream) out =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(program));
    g_autofree char *line = g_data_input_stream_read_line(out, nullptr, nullptr, nullptr);
    const std::string greeting = line ? line : "";
    const std::string prefix = "listening on ";
    fail_unless(greeting.starts_with(prefix + "http://127.0.0.1:"), "%s", greeting.c_str());
    assert_equals_int(post(greeting.substr(prefix.size()) + kGenerate, kHello).status, 200);
    g_subprocess_send_signal(program, signal);
    fail_unless(g_subprocess_wait(program, nullptr, nullptr));
    fail_unless(g_subprocess_get_if_exited(program) && g_subprocess_get_exit_status(program) == 0);
  }
}
GST_END_TEST

GST_START_TEST(the_program_explains_itself)
{
  g_autoptr(GSubprocess) program = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, nullptr,
                                                    g_getenv("GEMINI_EMULATOR"), "--help", nullptr);
  g_autofree char *out = nullptr;
  fail_unless(g_subprocess_communicate_utf8(program, nullptr, nullptr, &out, nullptr, nullptr));
  fail_unless(std::string{out}.find("--latency") != std::string::npos);
  g_autoptr(GSubprocess) wrong = g_subprocess_new(
      G_SUBPROCESS_FLAGS_STDERR_PIPE, nullptr, g_getenv("GEMINI_EMULATOR"), "--nonsense", nullptr);
  g_autofree char *complaint = nullptr;
  fail_unless(g_subprocess_communicate_utf8(wrong, nullptr, nullptr, nullptr, &complaint, nullptr));
  fail_unless(std::string{complaint}.find("--nonsense") != std::string::npos);
  assert_equals_int(g_subprocess_get_exit_status(wrong), 1);
}
GST_END_TEST

static Suite *program_suite()
{
  Suite *suite = suite_create("emulator program");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, options_are_read);
  tcase_add_test(tcase, latency_alone_has_no_jitter);
  tcase_add_test(tcase, keys_may_be_several);
  tcase_add_test(tcase, bad_options_are_named);
  tcase_add_test(tcase, prompts_name_kinds);
  tcase_add_test(tcase, every_call_has_a_line_in_the_log);
  tcase_add_test(tcase, the_program_serves_until_it_is_told_to_end);
  tcase_add_test(tcase, the_program_explains_itself);
  return suite;
}

GST_CHECK_MAIN(program)
