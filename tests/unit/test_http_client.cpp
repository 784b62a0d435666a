// SPDX-License-Identifier: LGPL-2.1-or-later
// The HTTP client: replies, failures, cancellation, and the end of its thread.
#include "emulator/emulator.hpp"
#include "net/http_client.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include <gst/check/gstcheck.h>

using namespace gemini;
using gemini::emulator::Emulator;

namespace {

// Takes one result over from the network thread.
class Mailbox {
public:
  net::HttpClient::Done done()
  {
    return [this](net::HttpResult result) {
      const std::lock_guard lock{mutex_};
      result_ = std::move(result);
      changed_.notify_one();
    };
  }
  net::HttpResult wait()
  {
    std::unique_lock lock{mutex_};
    fail_unless(
        changed_.wait_for(lock, std::chrono::seconds{20}, [this] { return result_.has_value(); }),
        "no result came");
    return *result_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<net::HttpResult> result_;
};

net::HttpRequest request_to(const std::string &url, int timeout_ms = 20'000)
{
  return {.url = url + "/v1beta/models/gemini-flash-latest:generateContent",
          .headers = {{"x-goog-api-key", "emulator-key"}},
          .body = R"({"contents":[{"role":"user","parts":[{"text":"hello"}]}]})",
          .timeout = std::chrono::milliseconds{timeout_ms}};
}

} // namespace

GST_START_TEST(a_reply_arrives_whole)
{
  Emulator emulator;
  net::HttpClient client;
  Mailbox mailbox;
  client.post(request_to(emulator.url()), mailbox.done());
  const auto result = mailbox.wait();
  fail_unless(result.has_value(), "%s", result ? "" : result.error().message.c_str());
  fail_unless_equals_int(result->status, 200);
  fail_unless(result->body.find("\"candidates\"") != std::string::npos);
  const auto recorded = emulator.requests().at(0);
  fail_unless_equals_string(recorded.method.c_str(), "POST");
  std::map<std::string, std::string> headers{recorded.headers.begin(), recorded.headers.end()};
  fail_unless_equals_string(headers["content-type"].c_str(), "application/json");
  fail_unless(headers["user-agent"].starts_with("gst-gemini/"));
  fail_unless(recorded.query.empty()); // no key in any URL
}
GST_END_TEST

GST_START_TEST(an_error_status_is_a_reply)
{
  Emulator emulator{{.faults = "1 status 429-retry 7"}};
  net::HttpClient client;
  Mailbox mailbox;
  client.post(request_to(emulator.url()), mailbox.done());
  const auto result = mailbox.wait();
  fail_unless(result.has_value());
  fail_unless_equals_int(result->status, 429);
  fail_unless(result->body.find("RESOURCE_EXHAUSTED") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(silence_ends_with_the_timeout)
{
  for (const char *fault : {"1 silence", "1 slow-body 20000"}) {
    Emulator emulator{{.faults = fault}};
    net::HttpClient client;
    Mailbox mailbox;
    client.post(request_to(emulator.url(), 200), mailbox.done());
    const auto result = mailbox.wait();
    fail_unless(!result.has_value());
    fail_unless(result.error().kind == FailureKind::timeout, "%s", result.error().message.c_str());
  }
}
GST_END_TEST

GST_START_TEST(a_connection_that_breaks_is_a_failure)
{
  Emulator emulator{{.faults = "1 reset"}};
  net::HttpClient client;
  Mailbox mailbox;
  client.post(request_to(emulator.url()), mailbox.done());
  const auto result = mailbox.wait();
  fail_unless(!result.has_value());
  fail_unless(result.error().kind == FailureKind::unreachable);
}
GST_END_TEST

GST_START_TEST(a_closed_port_is_a_failure)
{
  net::HttpClient client;
  Mailbox mailbox;
  client.post(request_to("http://127.0.0.1:9"), mailbox.done());
  const auto result = mailbox.wait();
  fail_unless(!result.has_value());
  fail_unless(result.error().kind == FailureKind::unreachable);
}
GST_END_TEST

GST_START_TEST(cancelling_one_client_leaves_the_other_alone)
{
  Emulator emulator{{.faults = "* hold"}};
  net::HttpClient one;
  net::HttpClient two;
  Mailbox for_one;
  Mailbox for_two;
  one.post(request_to(emulator.url()), for_one.done());
  two.post(request_to(emulator.url()), for_two.done());
  fail_unless(emulator.wait_for_requests(2));
  one.cancel_all();
  fail_unless(!for_one.wait().has_value());
  emulator.release();
  fail_unless(for_two.wait().has_value());
}
GST_END_TEST

GST_START_TEST(the_last_client_goes_at_once_while_requests_are_under_way)
{
  Emulator emulator{{.faults = "* silence"}};
  Mailbox mailboxes[8];
  std::chrono::steady_clock::time_point started;
  {
    net::HttpClient client;
    for (auto &mailbox : mailboxes)
      client.post(request_to(emulator.url()), mailbox.done());
    fail_unless(emulator.wait_for_requests(8));
    started = std::chrono::steady_clock::now();
  }
  const auto took = std::chrono::steady_clock::now() - started;
  fail_unless(took < std::chrono::seconds{1});
  for (auto &mailbox : mailboxes) // every one was told
    fail_unless(!mailbox.wait().has_value());
}
GST_END_TEST

GST_START_TEST(many_requests_travel_at_the_same_time)
{
  Emulator emulator{{.faults = "* hold"}};
  net::HttpClient client;
  Mailbox mailboxes[32];
  for (auto &mailbox : mailboxes)
    client.post(request_to(emulator.url()), mailbox.done());
  fail_unless(emulator.wait_for_requests(32)); // with libsoup's default two would come
  emulator.release();
  for (auto &mailbox : mailboxes)
    fail_unless(mailbox.wait().has_value());
}
GST_END_TEST

GST_START_TEST(one_connection_serves_one_request_after_the_other)
{
  Emulator emulator;
  net::HttpClient client;
  for (int i = 0; i < 3; ++i) {
    Mailbox mailbox;
    client.post(request_to(emulator.url()), mailbox.done());
    fail_unless(mailbox.wait().has_value());
  }
  const auto requests = emulator.requests();
  fail_unless(requests.at(0).client_port != 0);
  fail_unless_equals_int(requests.at(0).client_port, requests.at(2).client_port);
}
GST_END_TEST

GST_START_TEST(urls_are_judged_before_use)
{
  for (const char *good : {"https://example.org", "http://127.0.0.1:8080", "https://h/path/"})
    fail_unless(net::url_problem(good).empty(), "%s: %s", good, net::url_problem(good).c_str());
  for (const char *bad : {"", "example.org", "ftp://example.org", "http://", "https://h?key=x",
                          "https://h#x", "http://h:99999999"})
    fail_unless(!net::url_problem(bad).empty(), "%s is taken", bad);
}
GST_END_TEST

static Suite *http_client_suite()
{
  Suite *suite = suite_create("http_client");
  TCase *tcase = tcase_create("http_client");
  tcase_add_test(tcase, a_reply_arrives_whole);
  tcase_add_test(tcase, an_error_status_is_a_reply);
  tcase_add_test(tcase, silence_ends_with_the_timeout);
  tcase_add_test(tcase, a_connection_that_breaks_is_a_failure);
  tcase_add_test(tcase, a_closed_port_is_a_failure);
  tcase_add_test(tcase, cancelling_one_client_leaves_the_other_alone);
  tcase_add_test(tcase, the_last_client_goes_at_once_while_requests_are_under_way);
  tcase_add_test(tcase, many_requests_travel_at_the_same_time);
  tcase_add_test(tcase, one_connection_serves_one_request_after_the_other);
  tcase_add_test(tcase, urls_are_judged_before_use);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(http_client)
