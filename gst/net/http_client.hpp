// SPDX-License-Identifier: LGPL-2.1-or-later

// One user's way to servers: sends requests, gets replies, gives up when told.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini::net {

class Network;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  const char *method = "POST";
  std::string url;
  Headers headers = {}; // may hold a key: never logged
  // Null: none. Shared, as it may be large and whoever audits wants it, too.
  std::shared_ptr<const std::string> body = nullptr;
  // A part of the body only, such as one chunk of an upload; npos: to its end.
  std::size_t body_offset = 0;
  std::size_t body_size = std::string::npos;
  std::string content_type = "application/json";
  std::chrono::milliseconds timeout{60'000}; // for the whole exchange, by Clock::current()
  // Redirects are an unexpected status unless this is set, which no request with a key may do.
  bool follows_redirects = false;
  std::size_t largest_reply = std::size_t{64} << 20; // in bytes: more is a bad_reply
  // Called in the network thread with each piece of the body of a reply with status 200, as it
  // comes; the reply's own body holds it all the same.
  std::function<void(std::string_view)> on_bytes = nullptr;
};

struct HttpReply {
  int status = 0;
  std::string body;
  Headers headers; // names in lower case
  std::chrono::milliseconds elapsed{0};

  // Empty where there is none of that name (in lower case).
  std::string_view header(std::string_view name) const;
};

// A Failure is one of transport (unreachable, timeout) or of size (bad_reply); any HTTP status is a
// reply. Whether the request may have reached the service, and so may cost something, is told
// apart: see `was_sent`.
struct HttpFailure : Failure {
  bool was_sent = false; // some of it went out
  // What of the body had come, for streams that were cut.
  std::string body = {};
};
using HttpResult = Result<HttpReply, HttpFailure>;

// All clients of the process share one network thread and its connections; the thread ends with the
// last client. May be used from any thread.
class HttpClient {
public:
  // Called once in the network thread, also after cancel() (then with a Failure): it must be brief,
  // must not own the client, and must check for itself whether anybody still waits.
  using Done = std::function<void(HttpResult)>;

  HttpClient();
  // Gives up what is under way. Not in the network thread where it may be the last client of the
  // process: this waits until the network thread has ended, which cancellation makes a matter of
  // milliseconds.
  ~HttpClient();
  HttpClient(const HttpClient &) = delete;
  HttpClient &operator=(const HttpClient &) = delete;

  // Returns a number for cancel(), never 0.
  std::uint64_t send(HttpRequest request, Done done);
  // Gives one request up, or everything under way, without waiting.
  void cancel(std::uint64_t request);
  void cancel_all();
  // Runs `job` in the network thread, at `when` by Clock::current() or at once; never, where the
  // client is gone by then. (A job that has begun runs to its end meanwhile.)
  void run(std::function<void()> job);
  void run_at(std::chrono::steady_clock::time_point when, std::function<void()> job);
  // Whether the caller is the network thread.
  bool is_network_thread() const;

private:
  std::shared_ptr<Network> network_;
  const std::uint64_t id_; // among all clients that the process ever has
};

// Whether `url` is one that can be asked; if not, why, as the end of a sentence.
std::string url_problem(const std::string &url);

} // namespace gemini::net
