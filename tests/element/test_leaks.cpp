// SPDX-License-Identifier: LGPL-2.1-or-later
// Nothing is left behind, as GStreamer's leaks tracer sees it (GST_TRACERS=leaks is set by the
// build).
#include "support.hpp"

#include <map>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

// How many objects of each type live, by the tracer's list.
std::map<std::string, int> live_objects()
{
  gst_task_cleanup_all(); // a task that was stopped is freed by its own thread, a moment later
  std::map<std::string, int> n;
  GList *tracers = gst_tracing_get_active_tracers();
  fail_unless(tracers != nullptr, "the leaks tracer is not active");
  GstStructure *info = nullptr;
  g_signal_emit_by_name(tracers->data, "get-live-objects", &info);
  fail_unless(info != nullptr);
  const GValue *list = gst_structure_get_value(info, "live-objects-list");
  for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
    const GstStructure *entry = gst_value_get_structure(gst_value_list_get_value(list, i));
    const GValue *object = gst_structure_get_value(entry, "object");
    ++n[G_VALUE_TYPE_NAME(object)];
  }
  gst_structure_free(info);
  g_list_free_full(tracers, gst_object_unref);
  return n;
}

void cycles(const Emulator &emulator, const char *properties, int n)
{
  for (int i = 0; i < n; ++i) {
    Pipeline pipeline{std::string{"videotestsrc is-live=true ! "} + kCaps +
                          " ! {} ! geminioverlay ! fakesink sync=false  gemini.results ! fakesink "
                          "async=false",
                      emulator.url(), properties};
    const std::size_t before = emulator.n_requests();
    pipeline.play();
    fail_unless(emulator.wait_for_requests(before + 1));
    gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL);
  }
}

void check_nothing_is_left(const std::string &faults, const char *properties)
{
  Emulator emulator{{.faults = faults}};
  cycles(emulator, properties, 1); // what is made once for the process stays
  const auto before = live_objects();
  cycles(emulator, properties, 50);
  for (const auto &[type, n] : live_objects()) {
    const auto at = before.find(type);
    const int expected = at == before.end() ? 0 : at->second;
    fail_unless(n <= expected, "%d of type %s are left, %d were before", n, type.c_str(), expected);
  }
}

} // namespace

GST_START_TEST(fifty_live_cycles_with_requests_in_flight_leak_nothing)
{
  check_nothing_is_left("* silence", "mode=live");
}
GST_END_TEST

GST_START_TEST(fifty_accurate_cycles_with_requests_in_flight_leak_nothing)
{
  check_nothing_is_left("* silence", "mode=accurate");
}
GST_END_TEST

GST_START_TEST(fifty_cycles_that_are_answered_leak_nothing)
{
  check_nothing_is_left("", "mode=live analysis-rate=30/1");
}
GST_END_TEST

static Suite *leaks_suite()
{
  Suite *suite = suite_create("leaks");
  TCase *tcase = tcase_create("leaks");
  tcase_set_timeout(tcase, 120);
  tcase_add_test(tcase, fifty_live_cycles_with_requests_in_flight_leak_nothing);
  tcase_add_test(tcase, fifty_accurate_cycles_with_requests_in_flight_leak_nothing);
  tcase_add_test(tcase, fifty_cycles_that_are_answered_leak_nothing);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(leaks)
