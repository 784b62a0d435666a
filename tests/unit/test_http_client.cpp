// SPDX-License-Identifier: LGPL-2.1-or-later
// The HTTP client: replies, failures, cancellation, and the end of its thread.
#include "emulator/emulator.hpp"
#include "net/http_client.hpp"
#include "support/certificate.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_server.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;
using gemini::test::Certificate;
using gemini::test::ManualClock;
using gemini::test::ScriptedServer;
using gemini::test::ServerReply;
using gemini::test::ServerRequest;
using Delivery = gemini::test::ServerReply::Delivery;
using Protocol = gemini::test::ScriptedServer::Protocol;

namespace {

void check_text(const std::string &is, const std::string &expected)
{
  fail_unless(is == expected, "'%s' is not '%s'", is.c_str(), expected.c_str());
}

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

std::shared_ptr<const std::string> text(std::string content)
{
  return std::make_shared<const std::string>(std::move(content));
}

net::HttpRequest request_to(const std::string &url, int timeout_ms = 20'000)
{
  return {.url = url + "/v1beta/models/gemini-flash-latest:generateContent",
          .headers = {{"x-goog-api-key", "emulator-key"}},
          .body = text(R"({"contents":[{"role":"user","parts":[{"text":"hello"}]}]})"),
          .timeout = std::chrono::milliseconds{timeout_ms}};
}

net::HttpRequest get(const std::string &url)
{
  return {.method = "GET", .url = url};
}

net::HttpResult result_of(net::HttpRequest request)
{
  net::HttpClient client;
  Mailbox mailbox;
  client.send(std::move(request), mailbox.done());
  return mailbox.wait();
}

const char *words_of(const net::HttpResult &result)
{
  return result ? "a reply" : result.error().message.c_str();
}

// A server that answers everything the same.
ScriptedServer::Handler always(ServerReply reply)
{
  return [reply = std::move(reply)](const ServerRequest &) { return reply; };
}

// An address on loopback that takes connections and bytes and never reads or answers any.
class DeafServer {
public:
  DeafServer()
  {
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string("127.0.0.1", 0);
    socket_ =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
    fail_unless(g_socket_bind(socket_, address, TRUE, nullptr) &&
                g_socket_listen(socket_, nullptr));
    g_autoptr(GSocketAddress) bound = g_socket_get_local_address(socket_, nullptr);
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
  }
  ~DeafServer() { g_object_unref(socket_); }
  DeafServer(const DeafServer &) = delete;
  DeafServer &operator=(const DeafServer &) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Waits for a connection on which something was sent.
  void wait_for_bytes()
  {
    g_socket_set_timeout(socket_, 20);
    g_autoptr(GSocket) connection = g_socket_accept(socket_, nullptr, nullptr);
    fail_unless(connection != nullptr, "nobody came");
    fail_unless(
        g_socket_condition_timed_wait(connection, G_IO_IN, 20 * G_USEC_PER_SEC, nullptr, nullptr),
        "nothing was sent");
    connection_ = std::unique_ptr<GSocket, decltype(&g_object_unref)>{
        G_SOCKET(g_object_ref(connection)), g_object_unref};
  }

private:
  GSocket *socket_ = nullptr;
  std::unique_ptr<GSocket, decltype(&g_object_unref)> connection_{nullptr, g_object_unref};
  int port_ = 0;
};

// Whether this test can have a certificate; says so where not.
bool has_certificate(const Certificate &certificate)
{
  if (!certificate.problem().empty())
    g_print("SKIPPED: %s\n", certificate.problem().c_str());
  return certificate.problem().empty();
}

} // namespace

GST_START_TEST(a_reply_arrives_whole)
{
  Emulator emulator;
  net::HttpClient client;
  Mailbox mailbox;
  client.send(request_to(emulator.url()), mailbox.done());
  const auto result = mailbox.wait();
  fail_unless(result.has_value(), "%s", result ? "" : result.error().message.c_str());
  fail_unless_equals_int(result->status, 200);
  fail_unless(result->body.find("\"candidates\"") != std::string::npos);
  const auto recorded = emulator.requests().at(0);
  check_text(recorded.method, "POST");
  std::map<std::string, std::string> headers{recorded.headers.begin(), recorded.headers.end()};
  check_text(headers["content-type"], "application/json");
  fail_unless(headers["user-agent"].starts_with("gst-gemini/"));
  fail_unless(recorded.query.empty()); // no key in any URL
}
GST_END_TEST

GST_START_TEST(an_error_status_is_a_reply)
{
  Emulator emulator{{.faults = "1 status 429-retry 7"}};
  net::HttpClient client;
  Mailbox mailbox;
  client.send(request_to(emulator.url()), mailbox.done());
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
    client.send(request_to(emulator.url(), 200), mailbox.done());
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
  client.send(request_to(emulator.url()), mailbox.done());
  const auto result = mailbox.wait();
  fail_unless(!result.has_value());
  fail_unless(result.error().kind == FailureKind::unreachable);
}
GST_END_TEST

GST_START_TEST(a_closed_port_is_a_failure)
{
  net::HttpClient client;
  Mailbox mailbox;
  client.send(request_to("http://127.0.0.1:9"), mailbox.done());
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
  one.send(request_to(emulator.url()), for_one.done());
  two.send(request_to(emulator.url()), for_two.done());
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
      client.send(request_to(emulator.url()), mailbox.done());
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
    client.send(request_to(emulator.url()), mailbox.done());
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
    client.send(request_to(emulator.url()), mailbox.done());
    fail_unless(mailbox.wait().has_value());
  }
  const auto requests = emulator.requests();
  fail_unless(requests.at(0).client_port != 0);
  fail_unless_equals_int(requests.at(0).client_port, requests.at(2).client_port);
}
GST_END_TEST

GST_START_TEST(a_part_of_a_body_is_sent_without_the_rest)
{
  ScriptedServer server{always({})};
  const auto body = text("0123456789");
  for (const auto &[offset, size, part] :
       {std::tuple{0UL, std::string::npos, "0123456789"}, std::tuple{3UL, 4UL, "3456"},
        std::tuple{8UL, 4UL, "89"}, std::tuple{10UL, 4UL, ""}}) {
    fail_unless(result_of({.url = server.url(),
                           .body = body,
                           .body_offset = offset,
                           .body_size = size,
                           .content_type = "image/jpeg"})
                    .has_value());
    const auto request = server.requests().back();
    check_text(request.body, part);
    check_text(request.header("content-type"), "image/jpeg");
  }
  assert_equals_int(static_cast<int>(body.use_count()), 1); // nobody holds it any more
}
GST_END_TEST

GST_START_TEST(methods_other_than_post_go_without_a_body)
{
  ScriptedServer server{always({})};
  for (const char *method : {"GET", "DELETE", "POST"}) {
    fail_unless(result_of({.method = method, .url = server.url() + "/x"}).has_value());
    const auto request = server.requests().back();
    check_text(request.method, method);
    fail_unless(request.body.empty() && request.header("content-type").empty());
  }
  check_text(server.requests().back().header("content-length"), "0");
}
GST_END_TEST

GST_START_TEST(headers_of_a_reply_are_in_lower_case)
{
  ScriptedServer server{always({.headers = {{"X-Goog-Upload-URL", "https://Up"}}})};
  const auto result = result_of(get(server.url()));
  fail_unless(result.has_value());
  fail_unless(result->header("x-goog-upload-url") == "https://Up");
  fail_unless(result->header("x-other").empty());
}
GST_END_TEST

GST_START_TEST(a_time_limit_goes_by_the_clock)
{
  ManualClock clock;
  ScriptedServer server{always({.delivery = Delivery::silence})};
  net::HttpClient client;
  Mailbox mailbox;
  client.send({.url = server.url(), .timeout = 60s}, mailbox.done());
  fail_unless(server.wait_for_requests(1));
  clock.advance(59s);
  fail_unless(clock.wait_for_sleeper(1s)); // goes on waiting
  clock.advance(1s);
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().kind == FailureKind::timeout, "%s", words_of(result));
  fail_unless(result.error().was_sent);
}
GST_END_TEST

GST_START_TEST(a_reply_tells_how_long_it_took)
{
  ManualClock clock;
  ScriptedServer server{[&](const ServerRequest &) {
    clock.advance(1500ms);
    return ServerReply{};
  }};
  const auto result = result_of(get(server.url()));
  fail_unless(result && result->elapsed == 1500ms);
}
GST_END_TEST

GST_START_TEST(redirects_are_replies_unless_they_are_wanted)
{
  ScriptedServer server{[](const ServerRequest &request) {
    if (request.path == "/there")
      return ServerReply{.body = "here"};
    return ServerReply{.status = 302, .headers = {{"Location", "/there"}}};
  }};
  auto result = result_of(get(server.url()));
  fail_unless(result && result->status == 302);
  assert_equals_int(static_cast<int>(server.requests().size()), 1);
  auto request = get(server.url());
  request.follows_redirects = true;
  result = result_of(request);
  fail_unless(result && result->status == 200 && result->body == "here");
}
GST_END_TEST

GST_START_TEST(no_key_is_carried_along_a_redirect)
{
  ScriptedServer elsewhere{always({})};
  ScriptedServer server{
      always({.status = 307, .headers = {{"Location", elsewhere.url() + "/caught"}}})};
  for (const char *name : {"x-goog-api-key", "X-Goog-Api-Key", "Authorization"}) {
    auto request = get(server.url());
    request.headers = {{name, "secret"}};
    request.follows_redirects = true;
    const auto result = result_of(request);
    fail_unless(result && result->status == 307);
  }
  fail_unless(elsewhere.requests().empty());
}
GST_END_TEST

GST_START_TEST(redirects_without_end_or_sense_are_failures)
{
  for (const char *location : {"/again", "ftp://127.0.0.1/x", "file:///etc/hosts", "http://"}) {
    ScriptedServer server{always({.status = 302, .headers = {{"Location", location}}})};
    auto request = get(server.url() + "/begin?key=secret");
    request.follows_redirects = true;
    const auto result = result_of(request);
    fail_unless(!result && result.error().kind == FailureKind::bad_reply, "%s: %s", location,
                words_of(result));
    fail_unless(result.error().message.find("redirects") != std::string::npos, "%s",
                words_of(result));
    fail_unless(server.requests().size() <= 11);
  }
}
GST_END_TEST

GST_START_TEST(a_redirect_never_leads_from_https_to_http)
{
  const Certificate certificate;
  if (!has_certificate(certificate))
    return;
  certificate.trust();
  ScriptedServer plain{always({})};
  ScriptedServer server{always({.status = 301, .headers = {{"Location", plain.url()}}}),
                        Protocol::https, certificate.cert(), certificate.key()};
  auto request = get(server.url());
  request.follows_redirects = true;
  const auto result = result_of(request);
  fail_unless(!result && result.error().kind == FailureKind::bad_reply, "%s", words_of(result));
  fail_unless(result.error().message.find("from https to http") != std::string::npos);
  fail_unless(plain.requests().empty());
}
GST_END_TEST

GST_START_TEST(bytes_are_handed_over_as_they_come)
{
  std::string body;
  for (int i = 0; i < 100'000; ++i)
    body += std::to_string(i);
  for (const int status : {200, 500}) {
    ScriptedServer server{always({.status = status, .body = body})};
    std::string seen; // written in the network thread before the reply
    auto request = get(server.url());
    request.on_bytes = [&](std::string_view bytes) { seen += bytes; };
    const auto result = result_of(request);
    fail_unless(result && result->body == body);
    fail_unless(seen == (status == 200 ? body : ""));
  }
}
GST_END_TEST

GST_START_TEST(what_came_of_a_cut_reply_is_kept)
{
  ScriptedServer server{always({.body = "0123456789", .delivery = Delivery::cut})};
  const auto result = result_of(get(server.url()));
  fail_unless(!result && result.error().kind == FailureKind::unreachable, "%s", words_of(result));
  check_text(result.error().body, "01234");
  fail_unless(result.error().was_sent);
}
GST_END_TEST

GST_START_TEST(a_reply_that_is_too_large_is_not_read_to_its_end)
{
  ScriptedServer server{always({.body = std::string(1'000'000, 'x')})};
  auto request = get(server.url());
  request.largest_reply = 100'000;
  const auto result = result_of(request);
  fail_unless(!result && result.error().kind == FailureKind::bad_reply);
  fail_unless(result.error().message.find("100000 bytes") != std::string::npos, "%s",
              words_of(result));
  assert_equals_int(static_cast<int>(result.error().body.size()), 100'000);
  request.largest_reply = 1'000'000;
  fail_unless(result_of(request).has_value());
}
GST_END_TEST

GST_START_TEST(what_was_never_sent_is_known_as_such)
{
  const Certificate certificate;
  std::vector<std::string> urls{"http://127.0.0.1:9", "http://host.invalid"};
  std::unique_ptr<ScriptedServer> server;
  if (has_certificate(certificate)) {
    server = std::make_unique<ScriptedServer>(always({}), Protocol::https, certificate.cert(),
                                              certificate.key());
    urls.push_back(server->url());
  }
  for (const auto &url : urls) {
    const auto result = result_of(get(url));
    fail_unless(!result && !result.error().was_sent, "%s", url.c_str());
  }
}
GST_END_TEST

GST_START_TEST(a_certificate_that_nobody_vouches_for_is_refused)
{
  const Certificate certificate;
  if (!has_certificate(certificate))
    return;
  ScriptedServer server{always({}), Protocol::https, certificate.cert(), certificate.key()};
  const auto result = result_of(get(server.url()));
  fail_unless(!result && result.error().kind == FailureKind::unreachable);
  fail_unless(result.error().message.find("certificate of 127.0.0.1") != std::string::npos &&
                  result.error().message.find("self-signed") != std::string::npos,
              "%s", words_of(result));
  fail_unless(server.requests().empty());
  certificate.trust();
  fail_unless(result_of(get(server.url())).has_value());
}
GST_END_TEST

GST_START_TEST(no_failure_shows_what_is_secret)
{
  const Certificate certificate;
  std::vector<std::unique_ptr<ScriptedServer>> servers;
  for (const auto delivery : {Delivery::silence, Delivery::cut, Delivery::reset})
    servers.push_back(
        std::make_unique<ScriptedServer>(always({.body = "body", .delivery = delivery})));
  servers.push_back(std::make_unique<ScriptedServer>(
      always({.status = 302, .headers = {{"Location", "/again?token=hidden"}}})));
  if (has_certificate(certificate))
    servers.push_back(std::make_unique<ScriptedServer>(always({}), Protocol::https,
                                                       certificate.cert(), certificate.key()));
  std::vector<std::string> urls{"http://127.0.0.1:9", "http://host.invalid", "http://[::1",
                                "hidden"};
  for (const auto &server : servers)
    urls.push_back(server->url());
  for (const auto &url : urls) {
    auto request = get(url + "/hidden?key=hidden#hidden");
    request.follows_redirects = true;
    request.timeout = 300ms;
    const auto result = result_of(request);
    fail_unless(!result, "%s", url.c_str());
    fail_unless(!result.error().message.empty() &&
                    result.error().message.find("hidden") == std::string::npos &&
                    result.error().message.find('\n') == std::string::npos,
                "%s", words_of(result));
  }
}
GST_END_TEST

GST_START_TEST(one_request_of_several_is_given_up)
{
  Emulator emulator{{.faults = "* hold"}};
  net::HttpClient client;
  Mailbox mailboxes[2];
  const auto first = client.send(request_to(emulator.url()), mailboxes[0].done());
  const auto second = client.send(request_to(emulator.url()), mailboxes[1].done());
  fail_unless(first != 0 && second != 0 && first != second);
  fail_unless(emulator.wait_for_requests(2));
  net::HttpClient other;
  other.cancel(second); // is not its own
  client.cancel(first);
  const auto result = mailboxes[0].wait();
  fail_unless(!result.has_value());
  check_text(result.error().message, "The request was given up");
  emulator.release();
  fail_unless(mailboxes[1].wait().has_value());
  client.cancel(second); // is over
}
GST_END_TEST

GST_START_TEST(what_may_cost_something_is_not_sent_twice)
{
  for (const char *method : {"GET", "POST"}) {
    int n = 0; // server's thread
    ScriptedServer server{[&n](const ServerRequest &) {
      return ServerReply{.delivery = ++n == 2 ? Delivery::reset : Delivery::whole};
    }};
    net::HttpClient client;
    Mailbox first;
    client.send({.url = server.url(), .body = text("a")}, first.done());
    fail_unless(first.wait().has_value()); // its connection is kept
    Mailbox second;
    client.send({.method = method, .url = server.url()}, second.done());
    const auto result = second.wait();
    const bool may_be_resent = method == std::string_view{"GET"};
    fail_unless(result.has_value() == may_be_resent, "%s", words_of(result));
    fail_unless(may_be_resent || result.error().was_sent);
    assert_equals_int(static_cast<int>(server.requests().size()), may_be_resent ? 3 : 2);
  }
}
GST_END_TEST

GST_START_TEST(jobs_run_in_the_network_thread_in_their_order)
{
  net::HttpClient client;
  fail_unless(!client.is_network_thread());
  std::promise<std::string> done;
  std::string order; // network thread
  client.run([&] { order += client.is_network_thread() ? "a" : "x"; });
  client.run([&] {
    order += "b";
    done.set_value(order);
  });
  check_text(done.get_future().get(), "ab");
}
GST_END_TEST

GST_START_TEST(jobs_run_when_their_time_has_come)
{
  ManualClock clock;
  net::HttpClient client;
  std::promise<void> early;
  std::promise<void> late;
  std::atomic<bool> is_late = false;
  client.run_at(clock.now() + 2s, [&] {
    is_late = true;
    late.set_value();
  });
  client.run_at(clock.now() + 1s, [&] { early.set_value(); });
  fail_unless(clock.wait_for_sleeper(1s) && clock.wait_for_sleeper(2s));
  clock.advance(1s);
  early.get_future().get();
  fail_unless(clock.wait_for_sleeper(1s) && !is_late);
  clock.advance(1s);
  late.get_future().get();
}
GST_END_TEST

GST_START_TEST(jobs_go_with_their_client)
{
  ManualClock clock;
  net::HttpClient other; // keeps the network alive
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  std::promise<void> blocked;
  {
    net::HttpClient client;
    client.run_at(clock.now() + 1s, [held] { fail("it ran"); });
    fail_unless(clock.wait_for_sleeper(1s));
    other.run([&] { blocked.get_future().wait(); });
    client.run([held] { fail("it ran"); });
    client.run_at(clock.now(), [held] { fail("it ran"); });
    held.reset();
  }
  blocked.set_value();
  clock.advance(1s);
  for (int round = 0; round < 2; ++round) { // jobs go when those that came with them have run
    std::promise<void> after;
    other.run([&] { after.set_value(); });
    after.get_future().get();
  }
  fail_unless(watch.expired());
}
GST_END_TEST

GST_START_TEST(an_upload_is_given_up_in_its_middle)
{
  DeafServer server;
  net::HttpClient client;
  Mailbox mailbox;
  const auto body = std::make_shared<const std::string>(std::size_t{64} << 20, 'x');
  const auto number = client.send({.url = server.url(), .body = body}, mailbox.done());
  server.wait_for_bytes();
  client.cancel(number);
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().was_sent);
  check_text(result.error().message, "The request was given up");
}
GST_END_TEST

GST_START_TEST(the_client_goes_in_the_middle_of_an_upload)
{
  DeafServer server;
  Mailbox mailbox;
  {
    net::HttpClient client;
    client.send({.url = server.url(),
                 .body = std::make_shared<const std::string>(std::size_t{64} << 20, 'x')},
                mailbox.done());
    server.wait_for_bytes();
  }
  fail_unless(!mailbox.wait().has_value());
}
GST_END_TEST

GST_START_TEST(a_body_that_stops_coming_ends_with_the_timeout)
{
  ManualClock clock;
  ScriptedServer server{always({.body = "0123456789", .delivery = Delivery::stuck})};
  net::HttpClient client;
  Mailbox mailbox;
  std::promise<void> came;
  auto request = get(server.url());
  request.timeout = 10s;
  request.on_bytes = [&](std::string_view) { came.set_value(); };
  client.send(request, mailbox.done());
  came.get_future().get();
  clock.advance(10s);
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().kind == FailureKind::timeout);
  check_text(result.error().body, "01234");
}
GST_END_TEST

// HTTP/2 by libsoup's own server, which reads no more than 64 KiB before libsoup 3.4.3 and pauses
// in no reply: what is slow in a reply is left to HTTP/1.1.
class Http2 {
public:
  explicit Http2(ScriptedServer::Handler handler)
  {
    if (!has_certificate(certificate_))
      return;
    certificate_.trust();
    server_ = std::make_unique<ScriptedServer>(std::move(handler), Protocol::https_2,
                                               certificate_.cert(), certificate_.key());
  }
  ScriptedServer *server() const { return server_.get(); }

private:
  Certificate certificate_;
  std::unique_ptr<ScriptedServer> server_;
};

GST_START_TEST(http_2_is_spoken_over_one_connection)
{
  const Http2 http2{[](const ServerRequest &request) {
    return ServerReply{.headers = {{"X-Path", request.path}}, .body = request.body};
  }};
  if (!http2.server())
    return;
  net::HttpClient client;
  Mailbox first;
  client.send({.url = http2.server()->url(), .body = text("first")}, first.done());
  fail_unless(first.wait().has_value());
  Mailbox mailboxes[8];
  for (auto &mailbox : mailboxes)
    client.send({.url = http2.server()->url() + "/path", .body = text("hello")}, mailbox.done());
  for (auto &mailbox : mailboxes) {
    const auto result = mailbox.wait();
    fail_unless(result && result->body == "hello", "%s", words_of(result));
    fail_unless(result->header("x-path") == "/path");
  }
  for (const auto &request : http2.server()->requests()) {
    assert_equals_int(request.version, 2);
    assert_equals_int(request.client_port, http2.server()->requests().front().client_port);
  }
}
GST_END_TEST

GST_START_TEST(http_2_keeps_the_others_when_one_is_given_up_or_too_slow)
{
  ManualClock clock;
  const Http2 http2{[](const ServerRequest &request) {
    return ServerReply{.body = "answer",
                       .delivery = request.path == "/silent" ? Delivery::silence : Delivery::whole};
  }};
  if (!http2.server())
    return;
  net::HttpClient client;
  const std::string url = http2.server()->url();
  Mailbox mailboxes[3];
  client.send({.url = url, .body = text("x")}, mailboxes[0].done());
  fail_unless(mailboxes[0].wait().has_value());
  const auto number =
      client.send({.url = url + "/silent", .body = text("x"), .timeout = 60s}, mailboxes[1].done());
  client.send({.url = url + "/silent", .body = text("x"), .timeout = 5s}, mailboxes[2].done());
  fail_unless(http2.server()->wait_for_requests(3));
  client.cancel(number);
  const auto cancelled = mailboxes[1].wait();
  fail_unless(!cancelled && cancelled.error().was_sent);
  clock.advance(5s);
  const auto late = mailboxes[2].wait();
  fail_unless(!late && late.error().kind == FailureKind::timeout, "%s", words_of(late));
  Mailbox after;
  client.send({.url = url, .body = text("x")}, after.done());
  fail_unless(after.wait().has_value());
}
GST_END_TEST

GST_START_TEST(http_2_uploads_are_given_up_in_their_middle)
{
  const Http2 http2{always({.delivery = Delivery::silence})};
  if (!http2.server())
    return;
  net::HttpClient client;
  Mailbox mailbox;
  const auto body = std::make_shared<const std::string>(std::size_t{32} << 20, 'x');
  const std::weak_ptr<const std::string> watch = body;
  const auto number = client.send({.url = http2.server()->url(), .body = body}, mailbox.done());
  fail_unless(http2.server()->wait_for_heads(1));
  client.cancel(number);
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().was_sent);
  Mailbox gone;
  {
    net::HttpClient other;
    other.send({.url = http2.server()->url(), .body = body}, gone.done());
    fail_unless(http2.server()->wait_for_heads(2));
  }
  fail_unless(!gone.wait().has_value());
}
GST_END_TEST

// Just enough of an HTTP/2 server to send half of a reply to the first request and then do what no
// server should.
class RudeHttp2 {
public:
  enum class End { closes, keeps_silent };
  RudeHttp2(const Certificate &certificate, End end)
      : end_(end), certificate_(g_tls_certificate_new_from_files(
                       certificate.cert().c_str(), certificate.key().c_str(), nullptr)),
        listener_(g_socket_listener_new())
  {
    port_ = g_socket_listener_add_any_inet_port(listener_, nullptr, nullptr);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~RudeHttp2()
  {
    may_go_.set_value();
    thread_.join();
    g_object_unref(listener_);
    g_object_unref(certificate_);
  }
  RudeHttp2(const RudeHttp2 &) = delete;
  RudeHttp2 &operator=(const RudeHttp2 &) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

private:
  void serve()
  {
    g_autoptr(GSocketConnection) socket =
        g_socket_listener_accept(listener_, nullptr, nullptr, nullptr);
    g_autoptr(GIOStream) tls =
        g_tls_server_connection_new(G_IO_STREAM(socket), certificate_, nullptr);
    const char *const protocols[] = {"h2", nullptr};
    g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(tls), protocols);
    from_ = g_io_stream_get_input_stream(tls);
    to_ = g_io_stream_get_output_stream(tls);
    if (!read(24).empty()) { // the preface
      write(4, 0, 0, "");    // our settings: none
      answer_one();
    }
    if (end_ == End::keeps_silent)
      may_go_.get_future().wait();
    g_io_stream_close(G_IO_STREAM(socket), nullptr, nullptr); // not a word of TLS
  }

  void answer_one()
  {
    for (;;) {
      const std::string head = read(9);
      if (head.empty())
        return;
      const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(head[at]); };
      read(static_cast<std::size_t>(byte(0) << 16 | byte(1) << 8 | byte(2)));
      const int type = byte(3);
      const bool is_end = (byte(4) & 1) != 0 && type <= 1; // of the request: data or headers
      if (type == 4 && (byte(4) & 1) == 0)
        write(4, 1, 0, ""); // agrees to the settings
      if (is_end) {
        write(1, 4, byte(8), "\x88"); // ":status: 200"
        write(0, 0, byte(8), "half");
        return;
      }
    }
  }

  std::string read(std::size_t size)
  {
    std::string bytes(size, '\0');
    gsize n_read = 0;
    if (!g_input_stream_read_all(from_, bytes.data(), size, &n_read, nullptr, nullptr) ||
        n_read < size)
      return {};
    return bytes;
  }
  void write(int type, int flags, unsigned char stream, const std::string &payload)
  {
    std::string frame{'\0',
                      '\0',
                      static_cast<char>(payload.size()),
                      static_cast<char>(type),
                      static_cast<char>(flags),
                      '\0',
                      '\0',
                      '\0',
                      static_cast<char>(stream)};
    frame += payload;
    g_output_stream_write_all(to_, frame.data(), frame.size(), nullptr, nullptr, nullptr);
  }

  const End end_;
  GTlsCertificate *certificate_;
  GSocketListener *listener_;
  int port_ = 0;
  GInputStream *from_ = nullptr; // these two: of the connection, in the thread
  GOutputStream *to_ = nullptr;
  std::promise<void> may_go_;
  std::thread thread_;
};

GST_START_TEST(http_2_replies_that_stop_coming_end_with_the_timeout)
{
  const Certificate certificate;
  if (!has_certificate(certificate))
    return;
  certificate.trust();
  ManualClock clock;
  const RudeHttp2 server{certificate, RudeHttp2::End::keeps_silent};
  net::HttpClient client;
  Mailbox mailbox;
  std::promise<void> came;
  client.send({.url = server.url(),
               .body = text("x"),
               .timeout = 10s,
               .on_bytes = [&](std::string_view) { came.set_value(); }},
              mailbox.done());
  fail_unless(came.get_future().wait_for(20s) == std::future_status::ready);
  clock.advance(10s);
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().kind == FailureKind::timeout, "%s", words_of(result));
  check_text(result.error().body, "half");
}
GST_END_TEST

GST_START_TEST(http_2_replies_whose_connection_ended_are_cut)
{
  const Certificate certificate;
  if (!has_certificate(certificate))
    return;
  certificate.trust();
  const RudeHttp2 server{certificate, RudeHttp2::End::closes};
  net::HttpClient client;
  Mailbox mailbox;
  client.send({.url = server.url(), .body = text("x"), .timeout = 60s}, mailbox.done());
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().kind == FailureKind::unreachable, "%s", words_of(result));
  // Newer versions of libsoup give nothing of what came before.
  if (!result.error().body.empty())
    check_text(result.error().body, "half");
  fail_unless(result.error().was_sent);
}
GST_END_TEST

GST_START_TEST(http_2_requests_fail_when_the_server_goes)
{
  auto http2 = std::make_unique<Http2>(always({.delivery = Delivery::silence}));
  if (!http2->server())
    return;
  net::HttpClient client;
  Mailbox mailbox;
  client.send({.url = http2->server()->url(), .body = text("x"), .timeout = 60s}, mailbox.done());
  fail_unless(http2->server()->wait_for_requests(1));
  http2.reset();
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().kind == FailureKind::unreachable, "%s", words_of(result));
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
  tcase_add_test(tcase, a_part_of_a_body_is_sent_without_the_rest);
  tcase_add_test(tcase, methods_other_than_post_go_without_a_body);
  tcase_add_test(tcase, headers_of_a_reply_are_in_lower_case);
  tcase_add_test(tcase, a_time_limit_goes_by_the_clock);
  tcase_add_test(tcase, a_reply_tells_how_long_it_took);
  tcase_add_test(tcase, redirects_are_replies_unless_they_are_wanted);
  tcase_add_test(tcase, no_key_is_carried_along_a_redirect);
  tcase_add_test(tcase, redirects_without_end_or_sense_are_failures);
  tcase_add_test(tcase, a_redirect_never_leads_from_https_to_http);
  tcase_add_test(tcase, bytes_are_handed_over_as_they_come);
  tcase_add_test(tcase, what_came_of_a_cut_reply_is_kept);
  tcase_add_test(tcase, a_reply_that_is_too_large_is_not_read_to_its_end);
  tcase_add_test(tcase, what_was_never_sent_is_known_as_such);
  tcase_add_test(tcase, a_certificate_that_nobody_vouches_for_is_refused);
  tcase_add_test(tcase, no_failure_shows_what_is_secret);
  tcase_add_test(tcase, one_request_of_several_is_given_up);
  tcase_add_test(tcase, what_may_cost_something_is_not_sent_twice);
  tcase_add_test(tcase, jobs_run_in_the_network_thread_in_their_order);
  tcase_add_test(tcase, jobs_run_when_their_time_has_come);
  tcase_add_test(tcase, jobs_go_with_their_client);
  tcase_add_test(tcase, an_upload_is_given_up_in_its_middle);
  tcase_add_test(tcase, the_client_goes_in_the_middle_of_an_upload);
  tcase_add_test(tcase, a_body_that_stops_coming_ends_with_the_timeout);
  tcase_add_test(tcase, http_2_is_spoken_over_one_connection);
  tcase_add_test(tcase, http_2_keeps_the_others_when_one_is_given_up_or_too_slow);
  tcase_add_test(tcase, http_2_uploads_are_given_up_in_their_middle);
#ifndef __SANITIZE_ADDRESS__ // libsoup 3.2 loses a connection here, which is no leak of ours
  tcase_add_test(tcase, http_2_replies_that_stop_coming_end_with_the_timeout);
  tcase_add_test(tcase, http_2_replies_whose_connection_ended_are_cut);
#endif
  tcase_add_test(tcase, http_2_requests_fail_when_the_server_goes);
  tcase_add_test(tcase, urls_are_judged_before_use);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(http_client)
