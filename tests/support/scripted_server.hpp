// SPDX-License-Identifier: LGPL-2.1-or-later
// An HTTP server on loopback that answers what a test tells it to, and keeps what it was asked.
#pragma once

#include "glib/main_context_thread.hpp"

#include <libsoup/soup.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace gemini::test {

struct ServerRequest {
  std::string method;
  std::string path;
  std::string query;
  std::map<std::string, std::string> headers; // names in lower case
  std::string body;
  int version = 1; // of HTTP
  int client_port = 0;

  std::string header(const std::string &name) const
  {
    const auto at = headers.find(name);
    return at == headers.end() ? std::string{} : at->second;
  }
};

struct ServerReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  enum class Delivery {
    whole,
    silence, // nothing, ever
    cut,     // the connection ends after half of the body (HTTP/1.1 only)
    reset,   // the connection ends without a byte (HTTP/1.1 only)
    stuck,   // half of the body, then nothing (HTTP/1.1 only)
  } delivery = Delivery::whole;
};

class ScriptedServer {
public:
  // Called in the server's thread for each whole request.
  using Handler = std::function<ServerReply(const ServerRequest &)>;

  enum class Protocol { http, https, https_2 };
  // Of https, `cert` and `key` are PEM files.
  explicit ScriptedServer(Handler handler, Protocol protocol = Protocol::http,
                          const std::string &cert = "", const std::string &key = "");
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer &) = delete;
  ScriptedServer &operator=(const ScriptedServer &) = delete;

  const std::string &url() const { return url_; } // "http://127.0.0.1:PORT"
  std::vector<ServerRequest> requests() const;
  // Waits until `n` whole requests have come, or the heads of `n`; false where that takes longer
  // than 20 seconds.
  bool wait_for_requests(std::size_t n) const;
  bool wait_for_heads(std::size_t n) const;
  void keep_no_requests(); // for benchmarks

private:
  void run(const std::function<void()> &job);
  void start(Protocol protocol, const std::string &cert, const std::string &key);
  void on_head();
  void on_request(SoupServerMessage *message, const char *path);
  static void send_half(SoupServerMessage *message, const ServerReply &reply);
  void send_raw(SoupServerMessage *message, const std::string &bytes);

  const Handler handler_;
  std::string url_;          // set before the constructor returns
  mutable std::mutex mutex_; // guards the next four, not changed_
  mutable std::condition_variable changed_;
  std::vector<ServerRequest> requests_;
  std::size_t n_requests_ = 0;
  std::size_t n_heads_ = 0;
  bool keeps_requests_ = true;

  SoupServer *server_ = nullptr;          // server's thread
  std::vector<SoupServerMessage *> held_; // server's thread: never answered
  std::unique_ptr<MainContextThread> http_;
};

} // namespace gemini::test
