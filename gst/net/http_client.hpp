// SPDX-License-Identifier: LGPL-2.1-or-later
// One element's way to the service: POST a body, get the answer's body, give up when told.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gemini::net {

class Network;

struct HttpRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers; // may hold a key: never logged
  std::string body;                                         // JSON
  std::chrono::milliseconds timeout{60'000};                // for the whole exchange
};

struct HttpReply {
  int status = 0;
  std::string body;
  std::string retry_after; // the header of that name, or empty
  std::chrono::milliseconds elapsed{0};
};

// A Failure is one of transport (unreachable, timeout) or of size (bad_reply); any HTTP status is a
// reply.
using HttpResult = Result<HttpReply, Failure>;

// All clients of the process share one network thread and its connections; the thread ends with the
// last client. May be used from any thread but the network thread.
class HttpClient {
public:
  // Called once in the network thread, also after cancel_all() (then with a Failure): it must be
  // brief, must not own the client, and must check for itself whether anybody still waits.
  using Done = std::function<void(HttpResult)>;

  HttpClient();
  // Gives up what is under way. For the last client of the process this waits until the network
  // thread has ended, which cancellation makes a matter of milliseconds.
  ~HttpClient();
  HttpClient(const HttpClient &) = delete;
  HttpClient &operator=(const HttpClient &) = delete;

  void post(HttpRequest request, Done done);
  // Gives up everything under way, without waiting.
  void cancel_all();

private:
  std::shared_ptr<Network> network_;
};

// Whether `url` is one that post() can use; if not, why, as the end of a sentence.
std::string url_problem(const std::string &url);

} // namespace gemini::net
