// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request of 200 KB costs through HttpClient, in the caller and in the network thread,
// beside a bare SoupSession in one thread that does nothing else. The server's thread counts for
// neither. Fails when ours takes more than 1.5 times that over plain HTTP; TLS and HTTP/2 are shown
// beside it. All are measured in turns in the same run, and the best of each counts.
#include "emulator/http2_front.hpp"
#include "net/http_client.hpp"
#include "stopwatch.hpp"
#include "support/certificate.hpp"
#include "support/scripted_server.hpp"

#include <libsoup/soup.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <string>

#include <pthread.h>
#include <time.h>

using gemini::bench::Best;
using gemini::emulator::Http2Front;
using gemini::test::Certificate;
using gemini::test::ScriptedServer;
using gemini::test::ServerReply;
using gemini::test::ServerRequest;
namespace net = gemini::net;

namespace {

constexpr int kRounds = 15;
constexpr int kRequests = 50; // in a round
constexpr double kMaxRatio = 1.5;
constexpr std::size_t kBody = 200'000;
constexpr std::size_t kReply = 2000;

double cpu_seconds(pthread_t thread)
{
  clockid_t clock{};
  timespec now{};
  if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &now) != 0)
    std::abort();
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Ours {
public:
  Ours(std::string url, const std::string &body)
      : url_(std::move(url)), body_(std::make_shared<const std::string>(body))
  {
    std::promise<pthread_t> thread;
    client_.run([&thread] { thread.set_value(pthread_self()); });
    network_ = thread.get_future().get();
  }

  double seconds() const { return cpu_seconds(network_) + cpu_seconds(pthread_self()); }

  void ask()
  {
    is_answered_ = false;
    client_.send({.url = url_, .body = body_}, [this](const net::HttpResult &result) {
      if (!result || result->status != 200 || result->body.size() != kReply)
        std::abort();
      const std::lock_guard lock{mutex_};
      is_answered_ = true;
      changed_.notify_one();
    });
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_answered_; });
  }

private:
  const std::string url_;
  const std::shared_ptr<const std::string> body_;
  std::mutex mutex_; // guards is_answered_
  std::condition_variable changed_;
  bool is_answered_ = false;
  pthread_t network_{};
  net::HttpClient client_; // last: ends before the others go
};

class Bare {
public:
  Bare(std::string url, const std::string &body)
      : url_(std::move(url)), body_(g_bytes_new_static(body.data(), body.size())),
        session_(soup_session_new())
  {
  }
  ~Bare()
  {
    g_object_unref(session_);
    g_bytes_unref(body_);
  }
  Bare(const Bare &) = delete;
  Bare &operator=(const Bare &) = delete;

  static double seconds() { return cpu_seconds(pthread_self()); }
  // What the last answer came by.
  const char *protocol() const { return version_ == SOUP_HTTP_2_0 ? "HTTP/2" : "HTTP/1.1"; }

  void ask()
  {
    SoupMessage *message = soup_message_new("POST", url_.c_str());
    soup_message_add_flags(message, SOUP_MESSAGE_IDEMPOTENT); // or no connection is kept
    soup_message_set_request_body_from_bytes(message, "application/json", body_);
    is_answered_ = false;
    soup_session_send_and_read_async(
        session_, message, G_PRIORITY_DEFAULT, nullptr,
        [](GObject *session, GAsyncResult *result, gpointer self) {
          g_autoptr(GBytes) reply =
              soup_session_send_and_read_finish(SOUP_SESSION(session), result, nullptr);
          if (!reply || g_bytes_get_size(reply) != kReply)
            std::abort();
          static_cast<Bare *>(self)->is_answered_ = true;
        },
        this);
    while (!is_answered_)
      g_main_context_iteration(nullptr, TRUE);
    version_ = soup_message_get_http_version(message);
    g_object_unref(message);
  }

private:
  const std::string url_;
  GBytes *body_;
  SoupSession *session_;
  SoupHTTPVersion version_ = SOUP_HTTP_1_0;
  bool is_answered_ = false;
};

template <typename Client> double round_of(Client &client)
{
  const double begin = client.seconds();
  for (int i = 0; i < kRequests; ++i)
    client.ask();
  return (client.seconds() - begin) / kRequests;
}

// How much more ours takes; prints both.
double compare(const std::string &url, std::size_t size)
{
  const std::string body(size, 'x');
  Ours ours{url, body};
  Bare bare{url, body};
  ours.ask(); // connects
  bare.ask();
  Best of_ours;
  Best of_bare;
  for (int round = 0; round < kRounds; ++round) {
    of_ours.add(round_of(ours));
    of_bare.add(round_of(bare));
  }
  const double ratio = of_ours.milliseconds() / of_bare.milliseconds();
  std::printf("%s%s, %zu KB: %.3f ms a request, bare %.3f ms, ratio %.2f\n", bare.protocol(),
              url.starts_with("https") ? " with TLS" : "", size / 1000, of_ours.milliseconds(),
              of_bare.milliseconds(), ratio);
  return ratio;
}

// libsoup's own server of HTTP/2 reads no more than 64 KiB of a connection before libsoup 3.4.3, so
// that another one stands in front.
void compare_http_2(const ScriptedServer &server, const Certificate &certificate)
{
  if (!Http2Front::is_available()) {
    std::printf("HTTP/2 with TLS: no nghttpx (Debian: apt install nghttp2-proxy)\n");
    return;
  }
  const int port = std::stoi(server.url().substr(server.url().rfind(':') + 1));
  const auto front = Http2Front::start(0, port, certificate.cert(), certificate.key());
  if (!front) {
    std::printf("HTTP/2 with TLS: %s\n", front.error().c_str());
    return;
  }
  compare("https://127.0.0.1:" + std::to_string((*front)->port()), kBody);
}

} // namespace

int main()
{
  const auto answer = [](const ServerRequest &) {
    return ServerReply{.body = std::string(kReply, 'y')};
  };
  ScriptedServer server{answer};
  server.keep_no_requests();
  const double ratio = compare(server.url(), kBody);

  const Certificate certificate;
  if (certificate.problem().empty()) {
    certificate.trust();
    ScriptedServer tls{answer, ScriptedServer::Protocol::https, certificate.cert(),
                       certificate.key()};
    tls.keep_no_requests();
    compare(tls.url(), kBody);
    compare_http_2(server, certificate);
  } else {
    std::printf("no TLS: %s\n", certificate.problem().c_str());
  }
  std::printf("ratio %.2f, at most %.2f\n", ratio, kMaxRatio);
  return ratio <= kMaxRatio ? 0 : 1;
}
