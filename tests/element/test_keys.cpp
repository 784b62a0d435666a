// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys and tokens: looked at before the first frame, replaced while playing, refused and let in
// again; and where Vertex AI is asked.
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_server.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

namespace {

// No frame ever comes from here.
const std::string kNoFrames =
    std::string{"appsrc is-live=true format=time caps=\""} + kCaps + "\" ! {} ! fakesink";

std::string film(unsigned seconds)
{
  return "videotestsrc num-buffers=" + std::to_string(10 * seconds) + " ! " + kCaps +
         " ! {} ! fakesink sync=false";
}

void check_text(const std::string &is, const std::string &expected)
{
  fail_unless(is == expected, "'%s' instead of '%s'", is.c_str(), expected.c_str());
}

// A service that lets in one secret at a time.
class Gate {
public:
  explicit Gate(std::string secret)
      : secret_(std::move(secret)), server_{[this](const ServerRequest &request) {
          return answer(request);
        }}
  {
  }
  void let_in(const std::string &secret)
  {
    const std::lock_guard lock{mutex_};
    secret_ = secret;
  }
  const std::string &url() const { return server_.url(); }
  std::vector<ServerRequest> requests() const { return server_.requests(); }
  const ScriptedServer &server() const { return server_; }
  // What has asked a model something, and what has only looked.
  std::vector<ServerRequest> with_method(const std::string &method) const
  {
    std::vector<ServerRequest> found;
    for (auto &request : requests())
      if (request.method == method)
        found.push_back(request);
    return found;
  }

private:
  ServerReply answer(const ServerRequest &request)
  {
    const std::lock_guard lock{mutex_};
    const std::string key = request.header("x-goog-api-key");
    const std::string token = request.header("authorization");
    if (key != secret_ && token != "Bearer " + secret_)
      return token.empty() ? refused_key() : refused_token();
    if (request.method == "GET")
      return {.body = R"({"name":"models/gemini-flash-latest"})"};
    return {.body = R"({"candidates":[{"content":{"role":"model","parts":[{"text":"[]"}]},)"
                    R"("finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,)"
                    R"("candidatesTokenCount":1,"totalTokenCount":11},"modelVersion":"test"})"};
  }
  static ServerReply refused_key()
  {
    return {.status = 400,
            .body = R"({"error":{"code":400,"message":"API key not valid.","status":)"
                    R"("INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/)"
                    R"(google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}})"};
  }
  static ServerReply refused_token()
  {
    return {.status = 401,
            .body = R"({"error":{"code":401,"message":"Invalid credentials.",)"
                    R"("status":"UNAUTHENTICATED"}})"};
  }

  std::mutex mutex_; // guards the next one
  std::string secret_;
  ScriptedServer server_; // last: its thread uses the others
};

// The words of the next warning, and no more.
std::string next_warning(Analyzer &analyzer)
{
  g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_WARNING);
  fail_unless(message != nullptr, "there was no warning");
  g_autoptr(GError) error = nullptr;
  gst_message_parse_warning(message, &error, nullptr);
  return error->message;
}

std::string key_of(const ServerRequest &request)
{
  return request.header("x-goog-api-key");
}

} // namespace

GST_START_TEST(a_wrong_key_and_an_unknown_model_are_found_without_any_frame)
{
  Emulator emulator;
  const std::pair<const char *, const char *> cases[] = {
      {"api-key=wrong-key", "GEMINI_API_KEY"},
      {"model=gemini-0.1-nonsense", "gemini-0.1-nonsense"}};
  for (const auto &[properties, words] : cases) {
    Pipeline pipeline{kNoFrames, emulator.url(), properties};
    fail_unless(!pipeline.run(), "%s is taken", properties);
    fail_unless(pipeline.error().find(words) != std::string::npos, "%s", pipeline.error().c_str());
  }
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 0);
  fail_unless_equals_int(static_cast<int>(emulator.n_calls("models")), 2);
}
GST_END_TEST

GST_START_TEST(what_knows_no_models_is_asked_all_the_same)
{
  for (const char *fault : {"models * html 404", "models * html 403", "models * status 500",
                            "models * reset", "models * html", "models * silence"}) {
    Emulator emulator{{.faults = fault}};
    fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
    Pipeline pipeline{film(2), emulator.url()};
    fail_unless(pipeline.run(), "%s: %s", fault, pipeline.error().c_str());
    fail_unless_equals_uint64(pipeline.stat("answers"), 2);
    fail_unless(pipeline.warnings().empty(), "%s: %s", fault, pipeline.warnings()[0].c_str());
  }
}
GST_END_TEST

GST_START_TEST(a_key_file_is_read_again_when_its_key_is_refused)
{
  for (const char *property : {"api-key=\"\" api-key-file=", "api-key=@"}) {
    const TemporaryFile file{"first-key\n"};
    Gate gate{"first-key"};
    Analyzer analyzer{gate.url(), std::string{"mode=live "} + property + file.path()};
    gst_buffer_unref(analyzer.pass(0));
    analyzer.wait_for_analysis();
    file.write("second-key\n");
    gate.let_in("second-key");
    gst_buffer_unref(analyzer.pass(GST_SECOND));
    fail_unless(analyzer.wait_for_analysis().find("\"status\":\"ok\"") != std::string::npos);
    const auto asked = gate.with_method("POST");
    fail_unless_equals_int(static_cast<int>(asked.size()), 3);
    check_text(key_of(asked[1]), "first-key");
    check_text(key_of(asked[2]), "second-key");
    fail_unless_equals_uint64(analyzer.stat("failed"), 0);
  }
}
GST_END_TEST

GST_START_TEST(a_token_is_replaced_by_its_property)
{
  Gate gate{"first-token"};
  Analyzer analyzer{gate.url(), "mode=live api-key=\"\" vertex-project=p access-token=first-token"};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  gate.let_in("second-token");
  g_object_set(analyzer.element(), "access-token", "second-token", nullptr);
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  fail_unless(analyzer.wait_for_analysis().find("\"status\":\"ok\"") != std::string::npos);
  const auto asked = gate.with_method("POST");
  fail_unless_equals_int(static_cast<int>(asked.size()), 2);
  check_text(asked[1].header("authorization"), "Bearer second-token");
}
GST_END_TEST

GST_START_TEST(a_token_of_a_file_is_read_again_when_it_is_refused)
{
  const TemporaryFile file{"first-token\n"};
  Gate gate{"first-token"};
  Analyzer analyzer{gate.url(),
                    "mode=live api-key=\"\" vertex-project=p access-token=@" + file.path()};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  file.write("second-token\n");
  gate.let_in("second-token");
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  fail_unless(analyzer.wait_for_analysis().find("\"status\":\"ok\"") != std::string::npos);
  check_text(gate.with_method("POST").back().header("authorization"), "Bearer second-token");
  // Nobody reads it back.
  GParamSpec *spec =
      g_object_class_find_property(G_OBJECT_GET_CLASS(analyzer.element()), "access-token");
  fail_unless(spec && !(spec->flags & G_PARAM_READABLE));
}
GST_END_TEST

GST_START_TEST(a_refused_key_pauses_until_a_probe_is_let_in)
{
  ManualClock clock;
  const TemporaryFile file{"first-key\n"};
  Gate gate{"first-key"};
  Analyzer analyzer{gate.url(), "mode=live api-key=\"\" api-key-file=" + file.path()};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  gate.let_in("second-key"); // the file comes later
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  fail_unless(next_warning(analyzer).find("GEMINI_API_KEY") != std::string::npos);
  fail_unless(clock.wait_for_worker(10s));
  const std::size_t n_asked = gate.with_method("POST").size();
  for (guint i = 2; i < 5; ++i)
    gst_buffer_unref(analyzer.pass(i * GST_SECOND));
  fail_unless_equals_uint64(analyzer.stat("skipped-paused"), 3);

  // The first probe is in vain, the second comes after twice the time.
  clock.advance(10s);
  fail_unless(gate.server().wait_for_requests(n_asked + 2)); // with the look at start
  fail_unless(clock.wait_for_worker(11s, 20s).has_value());
  file.write("second-key\n");
  unsigned seconds = 0;
  for (; gate.with_method("GET").size() < 3 && seconds < 1000; ++seconds) {
    fail_unless(clock.wait_for_sleeper(1ns, 60s).has_value());
    clock.advance(1s);
  }
  fail_unless(seconds >= 20 && seconds < 1000, "it came after %u s", seconds);
  // As soon as the probe is read samples are taken again.
  for (guint i = 0; i < 20'000 && gate.with_method("POST").size() == n_asked; ++i) {
    gst_buffer_unref(analyzer.pass((40 + i) * GST_SECOND));
    g_thread_yield();
  }
  fail_unless(gate.with_method("POST").size() > n_asked, "nothing is asked after the probe");
  check_text(key_of(gate.with_method("POST").back()), "second-key");
  GstBus *bus = GST_ELEMENT_BUS(analyzer.element());
  g_autoptr(GstMessage) second = gst_bus_pop_filtered(bus, GST_MESSAGE_WARNING);
  fail_unless(second == nullptr, "there was a second warning");
  fail_unless_equals_uint64(analyzer.stat("probes"), 3);

  // The new key is that of the same account, whose requests are counted on.
  Pipeline other{film(1), gate.url(), "api-key=second-key"};
  fail_unless(other.run(), "%s", other.error().c_str());
  g_autoptr(GstStructure) stats = nullptr;
  g_autoptr(GstStructure) budget = nullptr;
  g_object_get(other.analyzer(), "stats", &stats, nullptr);
  guint64 n_counted = 0;
  fail_unless(gst_structure_get(stats, "budget", GST_TYPE_STRUCTURE, &budget, nullptr) &&
              gst_structure_get_uint64(budget, "requests", &n_counted));
  fail_unless(n_counted > n_asked + 1, "%d are counted", static_cast<int>(n_counted));
}
GST_END_TEST

GST_START_TEST(on_error_stop_stops_for_a_key_that_is_refused_later)
{
  for (const char *on_error : {"continue", "stop"}) {
    Emulator emulator{{.faults = "3- status 400-key\nmodels 2- status 400-key"}};
    Pipeline pipeline{film(5), emulator.url(),
                      std::string{"max-in-flight=1 timeout=1000 on-error="} + on_error};
    const bool is_stopped = !pipeline.run();
    fail_unless(is_stopped == (std::string{on_error} == "stop"), "%s: %s", on_error,
                pipeline.error().c_str());
    // The one who is let in no more asks once, not with every frame.
    fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 3);
    fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), is_stopped ? 0 : 1);
  }
}
GST_END_TEST

GST_START_TEST(vertex_ai_is_asked_where_the_project_is)
{
  Gate gate{"a-token"};
  Pipeline pipeline{film(1), gate.url(),
                    "api-key=\"\" model=gemini-2.5-flash vertex-project=my-project "
                    "vertex-location=europe-west4 access-token=a-token"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const auto asked = gate.with_method("POST");
  fail_unless_equals_int(static_cast<int>(asked.size()), 1);
  check_text(asked[0].path, "/v1beta1/projects/my-project/locations/europe-west4/publishers/google/"
                            "models/gemini-2.5-flash:generateContent");
  check_text(asked[0].header("authorization"), "Bearer a-token");
  check_text(key_of(asked[0]), "");
  // And the emulator takes it for Vertex AI, too.
  Emulator emulator;
  Pipeline emulated{film(1), emulator.url(),
                    "api-key=\"\" vertex-project=my-project access-token=emulator-key"};
  fail_unless(emulated.run(), "%s", emulated.error().c_str());
  fail_unless(emulator.requests().at(0).path.find("/locations/global/") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(vertex_ai_without_a_project_goes_by_key)
{
  Gate gate{"a-key"};
  Pipeline pipeline{film(1), gate.url(),
                    "api-key=a-key model=gemini-2.5-flash vertex-location=global"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const auto asked = gate.with_method("POST");
  check_text(asked.at(0).path,
             "/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent");
  check_text(key_of(asked[0]), "a-key");
  check_text(asked[0].header("authorization"), "");
}
GST_END_TEST

GST_START_TEST(what_is_missing_is_named_before_anything_is_sent)
{
  Emulator emulator;
  const std::pair<const char *, const char *> cases[] = {
      {"api-key=\"\"", "GEMINI_API_KEY"},
      {"api-key=\"\" api-key-file=/nowhere/key", "/nowhere/key"},
      {"api-key=\"\" vertex-project=p", "access-token"},
      {"api-key=\"\" access-token=t", "vertex-project"},
      {"vertex-project=a/b access-token=t", "vertex-project"},
      {"api-key=\"\" vertex-location=global", "express mode"},
  };
  for (const auto &[properties, words] : cases) {
    Pipeline pipeline{kNoFrames, emulator.url(), properties};
    fail_unless(!pipeline.run(), "%s is taken", properties);
    fail_unless(pipeline.error().find(words) != std::string::npos, "%s: %s", properties,
                pipeline.error().c_str());
  }
  fail_unless(emulator.calls().empty());
}
GST_END_TEST

static Suite *keys_suite()
{
  register_gemini();
  Suite *suite = suite_create("keys");
  TCase *tcase = tcase_create("all");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_wrong_key_and_an_unknown_model_are_found_without_any_frame);
  tcase_add_test(tcase, what_knows_no_models_is_asked_all_the_same);
  tcase_add_test(tcase, a_key_file_is_read_again_when_its_key_is_refused);
  tcase_add_test(tcase, a_token_is_replaced_by_its_property);
  tcase_add_test(tcase, a_token_of_a_file_is_read_again_when_it_is_refused);
  tcase_add_test(tcase, a_refused_key_pauses_until_a_probe_is_let_in);
  tcase_add_test(tcase, on_error_stop_stops_for_a_key_that_is_refused_later);
  tcase_add_test(tcase, vertex_ai_is_asked_where_the_project_is);
  tcase_add_test(tcase, vertex_ai_without_a_project_goes_by_key);
  tcase_add_test(tcase, what_is_missing_is_named_before_anything_is_sent);
  return suite;
}

GST_CHECK_MAIN(keys)
