// SPDX-License-Identifier: LGPL-2.1-or-later
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

GST_START_TEST(the_clock_is_the_elements_clock)
{
  ManualClock clock;
  Emulator emulator{{.faults = "1 status 503"}};
  Analyzer analyzer{emulator.url()};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(clock.wait_for_sleeper(1ms, 1s).has_value());
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 1);
  clock.advance(1s);
  fail_unless(emulator.wait_for_requests(2));
  const std::string line = analyzer.wait_for_analysis();
  fail_unless(line.find("\"attempts\":2") != std::string::npos, "%s", line.c_str());
}
GST_END_TEST

static Suite *client_faults_suite()
{
  register_gemini();
  Suite *suite = suite_create("client_faults");
  TCase *tcase = tcase_create("clock");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, the_clock_is_the_elements_clock);
  return suite;
}
GST_CHECK_MAIN(client_faults)
