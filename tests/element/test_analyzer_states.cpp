// SPDX-License-Identifier: LGPL-2.1-or-later
// States, settings and life cycles of geminianalyzer.
#include "support.hpp"

#include <glib/gstdio.h>

#include <algorithm>
#include <future>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

const std::string kCamera =
    std::string{"videotestsrc is-live=true ! "} + kCaps + " ! {} ! fakesink sync=false";

// In the kernel's eyes threads end shortly after they were joined, and a new one has its parent's
// name at first.
void check_threads(const char *prefix, unsigned expected)
{
  for (int i = 0; i < 100'000 && n_threads(prefix) != expected; ++i)
    g_thread_yield();
  fail_unless_equals_int(static_cast<int>(n_threads(prefix)), static_cast<int>(expected));
}

void check_no_threads()
{
  check_threads("gemini-", 0);
}

} // namespace

GST_START_TEST(fifty_cycles_with_requests_in_flight_leave_nothing)
{
  Emulator emulator{{.faults = "* silence"}};
  for (const char *mode : {"mode=live", "mode=accurate"}) {
    Pipeline pipeline{kCamera, emulator.url(), mode};
    for (int i = 0; i < 25; ++i) {
      const std::size_t before = emulator.n_requests();
      pipeline.play();
      fail_unless(emulator.wait_for_requests(before + 1));
      const auto took =
          time_of([&] { gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL); });
      fail_unless(took.count() < kSlowness * 1000, "stop %d took %d ms", i,
                  static_cast<int>(took.count()));
      check_no_threads();
    }
  }
}
GST_END_TEST

GST_START_TEST(paused_to_ready_and_back_begins_anew)
{
  Emulator emulator{{.faults = "1 silence"}};
  Pipeline pipeline{kCamera, emulator.url(), "mode=live"};
  pipeline.play();
  fail_unless(emulator.wait_for_requests(1));
  gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
  const auto took = time_of([&] {
    gst_element_set_state(pipeline.pipeline(), GST_STATE_READY);
    fail_unless_equals_int(gst_element_get_state(pipeline.pipeline(), nullptr, nullptr, 0),
                           GST_STATE_CHANGE_SUCCESS);
  });
  fail_unless(took.count() < kSlowness * 1000);
  fail_unless_equals_uint64(pipeline.stat("discarded"), 1);
  pipeline.play();
  for (;;) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
    if (!pipeline.lines().empty())
      break;
  }
  // The statistics are of this run.
  fail_unless_equals_uint64(pipeline.stat("discarded"), 0);
}
GST_END_TEST

GST_START_TEST(pausing_keeps_requests_under_way)
{
  Emulator emulator{{.faults = "1 hold"}};
  Pipeline pipeline{kCamera, emulator.url(), "mode=live"};
  pipeline.play();
  fail_unless(emulator.wait_for_requests(1));
  gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
  emulator.release();
  while (pipeline.lines().empty()) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
  }
  fail_unless(pipeline.lines()[0].find("\"request_id\":1,") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(elements_share_one_network_thread)
{
  Emulator emulator{{.faults = "* silence"}};
  Pipeline one{kCamera, emulator.url(), "mode=live"};
  Pipeline two{kCamera, emulator.url(), "mode=live"};
  one.play();
  two.play();
  fail_unless(emulator.wait_for_requests(2));
  check_threads("gemini-net", 1);
  gst_element_set_state(one.pipeline(), GST_STATE_NULL);
  check_threads("gemini-net", 1);
  gst_element_set_state(two.pipeline(), GST_STATE_NULL);
  check_no_threads();
}
GST_END_TEST

namespace {

struct RefusedCase {
  const char *properties;
  const char *says;
};
constexpr RefusedCase kRefused[] = {
    {"api-key=\"\"", "There is no API key"},
    {"api-key=\"\" api-key-file=/nonexistent/key", "/nonexistent/key"},
    {"api-key=\"\" api-key-file=/", "api-key-file"}, // a folder
    {"api-key=\"two words\"", "characters that no key has"},
    {"base-url=nonsense", "base-url"},
    {"base-url=ftp://127.0.0.1/", "https://"},
    {"base-url=http://", "base-url"},
    {"base-url=http://user:word@127.0.0.1:9", "no name and password"},
    {"model=\"\"", "model is empty"},
    {"prompt=@/nonexistent/prompt", "/nonexistent/prompt"},
    {"labels=@/nonexistent/labels", "/nonexistent/labels"},
    {"system-instruction=@/nonexistent/words", "/nonexistent/words"},
    {"response-schema=@/nonexistent/schema", "/nonexistent/schema"},
    {"task=ask prompt=x response-schema=nonsense", "response-schema=@path"},
    {"task=ask", "set the property prompt"},
};

} // namespace

GST_START_TEST(bad_settings_are_named_in_one_sentence)
{
  const RefusedCase &c = kRefused[__i__];
  Pipeline pipeline{kCamera, "http://127.0.0.1:9", c.properties};
  fail_unless(!pipeline.run());
  fail_unless(pipeline.error().find(c.says) != std::string::npos, "%s: %s", c.properties,
              pipeline.error().c_str());
  fail_unless(pipeline.error().find("two words") == std::string::npos); // a key is never quoted
}
GST_END_TEST

GST_START_TEST(key_and_prompt_are_read_from_files)
{
  Emulator emulator;
  g_autofree char *folder = g_dir_make_tmp("gemini-XXXXXX", nullptr);
  const std::string key_path = std::string{folder} + "/key";
  const std::string prompt_path = std::string{folder} + "/prompt";
  fail_unless(g_file_set_contents(key_path.c_str(), "emulator-key\n", -1, nullptr));
  fail_unless(g_file_set_contents(prompt_path.c_str(), "purple \"parrots\"\n", -1, nullptr));
  {
    Pipeline pipeline{std::string{"videotestsrc num-buffers=5 ! "} + kCaps + " ! {} ! fakesink",
                      emulator.url(),
                      "api-key=\"\" api-key-file=" + key_path + " prompt=@" + prompt_path};
    fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    fail_unless_equals_uint64(pipeline.stat("answers"), 1);
  }
  fail_unless(emulator.requests().at(0).body.find("purple \\\"parrots\\\"") != std::string::npos);
  g_unlink(key_path.c_str());
  g_unlink(prompt_path.c_str());
  g_rmdir(folder);
}
GST_END_TEST

GST_START_TEST(a_prompt_file_that_cannot_be_read_later_keeps_the_prompt)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live prompt=parrots"};
  g_object_set(analyzer.element(), "prompt", "@/nonexistent/prompt", nullptr);
  g_autoptr(GstMessage) warning = analyzer.wait_for(GST_MESSAGE_WARNING);
  fail_unless(warning != nullptr);
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  fail_unless(emulator.requests().at(0).body.find("parrots") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(a_question_that_cannot_be_asked_later_changes_nothing)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live"};
  gst_util_set_object_arg(G_OBJECT(analyzer.element()), "task", "ask"); // without a prompt
  g_autoptr(GstMessage) warning = analyzer.wait_for(GST_MESSAGE_WARNING);
  fail_unless(warning != nullptr);
  gst_buffer_unref(analyzer.pass(0));
  const std::string line = analyzer.wait_for_analysis();
  fail_unless(line.find("\"task\":\"detect\"") != std::string::npos, "%s", line.c_str());
  fail_unless(line.find("\"text\":null") != std::string::npos, "%s", line.c_str());
  g_object_set(analyzer.element(), "prompt", "Is it dark?", nullptr);
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  fail_unless(analyzer.wait_for_analysis().find("\"task\":\"ask\"") != std::string::npos);
}
GST_END_TEST

namespace {

// Holds the worker in the first warning that it posts.
class HeldWarning {
public:
  explicit HeldWarning(GstElement *element) : bus_(gst_element_get_bus(element))
  {
    gst_bus_set_sync_handler(
        bus_,
        [](GstBus *, GstMessage *message, gpointer self) {
          if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING)
            static_cast<HeldWarning *>(self)->hold();
          return GST_BUS_PASS;
        },
        this, nullptr);
  }
  ~HeldWarning()
  {
    gst_bus_set_sync_handler(bus_, nullptr, nullptr, nullptr);
    gst_object_unref(bus_);
  }
  HeldWarning(const HeldWarning &) = delete;
  HeldWarning &operator=(const HeldWarning &) = delete;

  void wait() { posted_.get_future().wait(); }
  void release() { released_.set_value(); }

private:
  void hold()
  {
    if (std::exchange(is_held_, true))
      return;
    posted_.set_value();
    released_.get_future().wait();
  }

  GstBus *bus_;
  bool is_held_ = false; // the worker's own
  std::promise<void> posted_;
  std::promise<void> released_;
};

void flush(const Analyzer &analyzer)
{
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment)));
}

} // namespace

// The answer was good when its delivery began, and is not when it ends.
GST_START_TEST(a_flush_while_a_result_is_delivered_silences_nothing)
{
  Emulator emulator{{.faults = "1 status 500"}};
  Analyzer analyzer{emulator.url(), "mode=accurate retries=0"};
  HeldWarning warning{analyzer.element()};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  warning.wait();
  flush(analyzer);
  warning.release();
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(0)), GST_FLOW_OK);
  fail_unless(analyzer.wait_for_analysis().find("\"request_id\":2,") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(a_result_of_before_a_flush_is_on_no_frame_after_it)
{
  Emulator emulator{{.faults = "1 status 500\n2 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live retries=0"};
  HeldWarning warning{analyzer.element()};
  gst_buffer_unref(analyzer.pass(0));
  warning.wait();
  flush(analyzer);
  warning.release();
  gst_buffer_unref(analyzer.pass(0));
  fail_unless(emulator.wait_for_requests(2)); // so the worker is through with the first
  g_autoptr(GstBuffer) out = analyzer.pass(GST_SECOND / 10);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_PENDING);
}
GST_END_TEST

GST_START_TEST(the_key_cannot_be_read_back)
{
  g_autoptr(GstElement) element = gst_element_factory_make("geminianalyzer", nullptr);
  const GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), "api-key");
  fail_unless(!(spec->flags & G_PARAM_READABLE));
}
GST_END_TEST

GST_START_TEST(no_message_is_posted_where_none_is_wanted)
{
  Emulator emulator;
  Pipeline pipeline{std::string{"videotestsrc num-buffers=5 ! "} + kCaps + " ! {} ! fakesink",
                    emulator.url(), "post-messages=false"};
  fail_unless(pipeline.run());
  fail_unless_equals_uint64(pipeline.stat("answers"), 1);
  fail_unless(pipeline.lines().empty());
}
GST_END_TEST

static Suite *analyzer_states_suite()
{
  Suite *suite = suite_create("analyzer_states");
  TCase *tcase = tcase_create("states");
  tcase_set_timeout(tcase, 120);
  tcase_add_test(tcase, fifty_cycles_with_requests_in_flight_leave_nothing);
  tcase_add_test(tcase, paused_to_ready_and_back_begins_anew);
  tcase_add_test(tcase, pausing_keeps_requests_under_way);
  tcase_add_test(tcase, elements_share_one_network_thread);
  tcase_add_loop_test(tcase, bad_settings_are_named_in_one_sentence, 0, G_N_ELEMENTS(kRefused));
  tcase_add_test(tcase, key_and_prompt_are_read_from_files);
  tcase_add_test(tcase, a_prompt_file_that_cannot_be_read_later_keeps_the_prompt);
  tcase_add_test(tcase, a_question_that_cannot_be_asked_later_changes_nothing);
  tcase_add_test(tcase, a_flush_while_a_result_is_delivered_silences_nothing);
  tcase_add_test(tcase, a_result_of_before_a_flush_is_on_no_frame_after_it);
  tcase_add_test(tcase, the_key_cannot_be_read_back);
  tcase_add_test(tcase, no_message_is_posted_where_none_is_wanted);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_states)
