// SPDX-License-Identifier: LGPL-2.1-or-later
// The network thread: the one SoupSession of the process and the exchanges under way.
#pragma once

#include "glib/main_context_thread.hpp"
#include "net/http_client.hpp"

#include <libsoup/soup.h>

#include <memory>
#include <set>

namespace gemini::net {

class Exchange;

class Network {
public:
  // The process's network; it begins with the first share in it and ends with the last.
  static std::shared_ptr<Network> share();
  Network();
  ~Network(); // cancels everything, runs until all of it has ended, joins; not from the network
              // thread

  void post(const void *owner, HttpRequest request, HttpClient::Done done);
  void cancel(const void *owner);

private:
  friend class Exchange;

  // Both touched in the network thread only. Jobs hold plain `this`: they run before the thread
  // ends.
  SoupSession *session_ = nullptr;
  std::set<Exchange *> exchanges_; // each owned by its pending GIO call

  MainContextThread thread_; // last member: ends before the others go
};

} // namespace gemini::net
