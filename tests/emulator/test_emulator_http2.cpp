// SPDX-License-Identifier: LGPL-2.1-or-later
// HTTP/2 and HTTP/1.1 over TLS, as the client prefers.
#include "emulator.hpp"
#include "http2_front.hpp"
#include "support/certificate.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <string>
#include <thread>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

// Nothing where the test has to be skipped.
class Certificate {
public:
  bool is_usable() const
  {
    g_autofree char *curl = g_find_program_in_path("curl");
    if (curl && Http2Front::is_available() && certificate_.problem().empty())
      return true;
    g_print("SKIPPED: %s\n", certificate_.problem().empty()
                                 ? "no curl or nghttpx (Debian: apt install curl nghttp2-proxy)"
                                 : certificate_.problem().c_str());
    return false;
  }
  Options options(const std::string &faults = {}, int stream_delay_ms = 0) const
  {
    return {.vision = Vision::none,
            .stream_delay_ms = stream_delay_ms,
            .faults = faults,
            .tls_cert = certificate_.cert(),
            .tls_key = certificate_.key()};
  }

private:
  const gemini::test::Certificate certificate_;
};

struct Replies {
  int exit_status = -1; // of curl: 0 where all answers came as a whole
  std::string lines;    // version and status of each, as "2 200"
};

// What curl is answered, over one connection of HTTP/2. (libsoup's client of 3.2 now and then
// sleeps over an answer.)
Replies ask(const std::string &url, const std::string &body, int n = 1)
{
  std::vector<const char *> words{"curl",
                                  "-sk",
                                  "--http2",
                                  "--max-time",
                                  "20",
                                  "--parallel",
                                  "-H",
                                  "x-goog-api-key: emulator-key",
                                  "-H",
                                  "content-type: application/json",
                                  "-H",
                                  "expect:",
                                  "--data-binary",
                                  "@-",
                                  "-w",
                                  "%{http_version} %{http_code}\n"};
  for (int i = 0; i < n; ++i)
    words.insert(words.end(), {"-o", "/dev/null", url.c_str()});
  words.push_back(nullptr);
  g_autoptr(GError) error = nullptr;
  g_autoptr(GSubprocess) curl = g_subprocess_newv(
      words.data(),
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_SILENCE),
      &error);
  fail_unless(curl != nullptr, "%s", error ? error->message : "");
  g_autofree char *out = nullptr;
  fail_unless(g_subprocess_communicate_utf8(curl, body.c_str(), nullptr, &out, nullptr, nullptr));
  return {g_subprocess_get_exit_status(curl), out};
}

std::string repeated(const std::string &line, int n)
{
  std::string out;
  for (int i = 0; i < n; ++i)
    out += line;
  return out;
}

} // namespace

GST_START_TEST(both_protocols_serve_a_call)
{
  const Certificate certificate;
  if (!certificate.is_usable())
    return;
  const Emulator emulator{certificate.options()};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  fail_unless(emulator.has_http2() && emulator.url().starts_with("https://"));
  check_text(ask(emulator.url() + kGenerate, kHello).lines, "2 200\n");
  // A client that offers no HTTP/2.
  const std::string old = post_raw(emulator.url(), kGenerate, kHello);
  fail_unless(old.starts_with("HTTP/1.1 200") && old.find("modelVersion") != std::string::npos,
              "%s", old.c_str());
  for (const auto &request : emulator.requests()) {
    fail_unless(request.has_key);
    for (const auto &[name, value] : request.headers)
      fail_unless(name != "via" && !name.starts_with("x-forwarded"), "%s", name.c_str());
  }
}
GST_END_TEST

GST_START_TEST(large_requests_pass)
{
  const Certificate certificate;
  if (!certificate.is_usable())
    return;
  const Emulator emulator{certificate.options()};
  const std::string body =
      R"({"contents":[{"parts":[{"text":")" + std::string(std::size_t{3} << 20, 'a') + R"("}]}]})";
  check_text(ask(emulator.url() + kGenerate, body).lines, "2 200\n");
  assert_equals_int(static_cast<int>(emulator.requests().front().body.size()),
                    static_cast<int>(body.size()));
}
GST_END_TEST

GST_START_TEST(many_requests_are_answered_at_the_same_time)
{
  const Certificate certificate;
  if (!certificate.is_usable())
    return;
  Emulator emulator{certificate.options("* hold")};
  Replies replies;
  std::thread client{[&] { replies = ask(emulator.url() + kGenerate, kHello, 20); }};
  // All of them are under way although none is answered.
  const bool have_come = emulator.wait_for_requests(20);
  emulator.release();
  client.join();
  fail_unless(have_come);
  check_text(replies.lines, repeated("2 200\n", 20));
}
GST_END_TEST

GST_START_TEST(streams_and_faults_pass)
{
  const Certificate certificate;
  if (!certificate.is_usable())
    return;
  const Emulator emulator{certificate.options("1 reset\n3 status 429\n4 stream-cut 1", 10)};
  fail_unless(ask(emulator.url() + kGenerate, kHello).exit_status != 0);
  const std::string stream =
      emulator.url() + "/v1beta/models/gemini-flash-latest:streamGenerateContent?alt=sse";
  const Replies whole = ask(stream, kHello);
  check_text(whole.lines, "2 200\n");
  assert_equals_int(whole.exit_status, 0);
  check_text(ask(emulator.url() + kGenerate, kHello).lines, "2 429\n");
  fail_unless(ask(stream, kHello).exit_status != 0);
}
GST_END_TEST

GST_START_TEST(urls_in_answers_are_https_too)
{
  const Certificate certificate;
  if (!certificate.is_usable())
    return;
  const Emulator emulator{certificate.options()};
  Headers headers = kGoodKey;
  headers.emplace_back("X-Goog-Upload-Protocol", "resumable");
  headers.emplace_back("X-Goog-Upload-Command", "start");
  headers.emplace_back("X-Goog-Upload-Header-Content-Length", "3");
  headers.emplace_back("X-Goog-Upload-Header-Content-Type", "image/png");
  const Response started = post(emulator.url() + "/upload/v1beta/files", "{}", headers);
  assert_equals_int(started.status, 200);
  std::string upload_url;
  for (const auto &[name, value] : started.headers) {
    if (name == "x-goog-upload-url")
      upload_url = value;
  }
  fail_unless(upload_url.starts_with(emulator.url() + "/"), "%s", upload_url.c_str());
}
GST_END_TEST

GST_START_TEST(it_ends_at_once_while_requests_are_kept)
{
  const Certificate certificate;
  if (!certificate.is_usable())
    return;
  std::thread client;
  int exit_status = 0;
  gint64 begin = 0;
  {
    const Emulator emulator{certificate.options("* hold")};
    client = std::thread{
        [&, url = emulator.url() + kGenerate] { exit_status = ask(url, kHello).exit_status; }};
    fail_unless(emulator.wait_for_requests(1));
    begin = g_get_monotonic_time();
  }
  const auto elapsed = g_get_monotonic_time() - begin;
  client.join();
  fail_unless(exit_status != 0);
  fail_unless(elapsed < G_USEC_PER_SEC);
}
GST_END_TEST

GST_START_TEST(a_port_that_is_taken_is_named)
{
  const Certificate certificate;
  if (!certificate.is_usable())
    return;
  const Emulator first{certificate.options()};
  Options options = certificate.options();
  options.port = std::stoi(first.url().substr(first.url().rfind(':') + 1));
  const Emulator second{options};
  fail_unless(!second.is_running() && second.error().starts_with("port "), "%s",
              second.error().c_str());
}
GST_END_TEST

static Suite *http2_suite()
{
  Suite *suite = suite_create("emulator http2");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, both_protocols_serve_a_call);
  tcase_add_test(tcase, large_requests_pass);
  tcase_add_test(tcase, many_requests_are_answered_at_the_same_time);
  tcase_add_test(tcase, streams_and_faults_pass);
  tcase_add_test(tcase, urls_in_answers_are_https_too);
  tcase_add_test(tcase, it_ends_at_once_while_requests_are_kept);
  tcase_add_test(tcase, a_port_that_is_taken_is_named);
  return suite;
}

GST_CHECK_MAIN(http2)
