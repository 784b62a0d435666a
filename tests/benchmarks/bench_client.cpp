// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request of 200 KB costs through HttpClient, in the caller and in the network thread,
// beside a bare SoupSession in one thread that does nothing else. The server's thread counts for
// neither. Fails when ours takes more than 1.5 times that over plain HTTP; TLS and HTTP/2 are shown
// beside it. All are measured in turns in the same run, and the best of each counts.
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
    g_object_unref(message);
  }

private:
  const std::string url_;
  GBytes *body_;
  SoupSession *session_;
  bool is_answered_ = false;
};

template <typename Client> double round_of(Client &client)
{
  const double begin = client.seconds();
  for (int i = 0; i < kRequests; ++i)
    client.ask();
  return (client.seconds() - begin) / kRequests;
}

// Whether the server takes bodies of this size at all: libsoup's own, of HTTP/2, reads no more than
// 64 KiB of a connection before libsoup 3.4.3.
bool takes(const ScriptedServer &server, std::size_t size)
{
  net::HttpClient client;
  std::promise<bool> answered;
  client.send(
      {.url = server.url(),
       .body = std::make_shared<const std::string>(size, 'x'),
       .timeout = std::chrono::seconds{2}},
      [&answered](const net::HttpResult &result) { answered.set_value(result.has_value()); });
  return answered.get_future().get();
}

// How much more ours takes; prints both.
double compare(const char *name, const ScriptedServer &server, std::size_t size)
{
  const std::string body(size, 'x');
  Ours ours{server.url(), body};
  Bare bare{server.url(), body};
  ours.ask(); // connects
  bare.ask();
  Best of_ours;
  Best of_bare;
  for (int round = 0; round < kRounds; ++round) {
    of_ours.add(round_of(ours));
    of_bare.add(round_of(bare));
  }
  const double ratio = of_ours.milliseconds() / of_bare.milliseconds();
  std::printf("%s, %zu KB: %.3f ms a request, bare %.3f ms, ratio %.2f\n", name, size / 1000,
              of_ours.milliseconds(), of_bare.milliseconds(), ratio);
  return ratio;
}

} // namespace

int main()
{
  const auto answer = [](const ServerRequest &) {
    return ServerReply{.body = std::string(kReply, 'y')};
  };
  double ratio = 0;
  {
    ScriptedServer server{answer};
    server.keep_no_requests();
    ratio = compare("HTTP/1.1", server, kBody);
  }
  const Certificate certificate;
  if (certificate.problem().empty()) {
    certificate.trust();
    ScriptedServer tls{answer, ScriptedServer::Protocol::https, certificate.cert(),
                       certificate.key()};
    tls.keep_no_requests();
    compare("HTTP/1.1 with TLS", tls, kBody);
    ScriptedServer http_2{answer, ScriptedServer::Protocol::https_2, certificate.cert(),
                          certificate.key()};
    http_2.keep_no_requests();
    if (takes(http_2, kBody))
      compare("HTTP/2 with TLS", http_2, kBody);
    else
      std::printf(
          "HTTP/2 with TLS: not measured, as the server of this libsoup reads too little\n");
  } else {
    std::printf("no TLS: %s\n", certificate.problem().c_str());
  }
  std::printf("ratio %.2f, at most %.2f\n", ratio, kMaxRatio);
  return ratio <= kMaxRatio ? 0 : 1;
}
