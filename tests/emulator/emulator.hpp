// SPDX-License-Identifier: LGPL-2.1-or-later
// A stand-in for the Gemini service on loopback that really looks at the pictures it is sent. It
// never pretends to be Google's: its modelVersion begins with "emulator/". All functions may be
// called from any thread.
#pragma once

#include "options.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gemini::emulator {

struct RecordedRequest {
  std::string call; // which one of call_names() in route.hpp
  std::string method;
  std::string path;  // decoded
  std::string query; // without a key
  std::vector<std::pair<std::string, std::string>>
      headers;          // names in lower case; without key and token
  std::string body;     // empty once the bodies kept are too large together
  bool has_key = false; // a key or token was sent, in header or query
  int client_port = 0;  // tells connections apart, but not where HTTP/2 is served
};

class Emulator {
public:
  // A failure to start (port taken, fault script not understood, no models): is_running() is false,
  // error() says why.
  explicit Emulator(Options options = {});
  // Takes a moment at most: drops all connections, also those that are kept waiting.
  ~Emulator();
  Emulator(const Emulator &) = delete;
  Emulator &operator=(const Emulator &) = delete;

  bool is_running() const;
  const std::string &error() const; // one sentence; empty while running
  std::string url() const;          // "http://127.0.0.1:PORT"
  bool has_http2() const;           // serves HTTP/2 besides HTTP/1.1

  // The requests that ask a model to generate, in the order of arrival, of the newest few thousand
  // calls.
  std::vector<RecordedRequest> requests() const;
  std::size_t n_requests() const; // all of them
  // Waits until `n` requests have arrived; false where that does not happen within 20 seconds.
  bool wait_for_requests(std::size_t n) const;
  // The same for whatever is called: models, countTokens, files, and requests too. (GET / is none.)
  std::vector<RecordedRequest> calls() const;
  std::size_t n_calls(const std::string &call) const; // "files.start"
  bool wait_for_calls(const std::string &call, std::size_t n) const;
  // Forgets all files that were uploaded, as the service does after two days.
  void forget_files();
  // Lets go of the requests that a `hold` of the fault script keeps at this moment.
  void release();

private:
  class Server;
  std::unique_ptr<Server> server_;
};

} // namespace gemini::emulator
