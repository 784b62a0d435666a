// SPDX-License-Identifier: LGPL-2.1-or-later
// The network thread: the one SoupSession of the process, the exchanges under way, and what waits
// for its time.
#pragma once

#include "glib/clock.hpp"
#include "glib/main_context_thread.hpp"
#include "net/http_client.hpp"

#include <libsoup/soup.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

GEMINI_REF_TRAITS(GSocket, g_object_ref, g_object_unref);

namespace gemini::net {

class Exchange;

// Any thread, unless told otherwise.
class Network {
public:
  // The process's network; it begins with the first share in it and ends with the last.
  static std::shared_ptr<Network> share();
  Network();
  ~Network(); // cancels everything, runs until all of it has ended, joins; not from the network
              // thread
  Network(const Network &) = delete;
  Network &operator=(const Network &) = delete;

  // A client comes, and goes with all that is its own.
  void join(std::uint64_t client);
  void leave(std::uint64_t client);

  void send(std::uint64_t client, std::uint64_t number, HttpRequest request, HttpClient::Done done);
  void cancel(std::uint64_t client, std::uint64_t number);
  void cancel_all(std::uint64_t client);
  void run(std::uint64_t client, std::function<void()> job);
  void run_at(std::uint64_t client, Clock::TimePoint when, std::function<void()> job);

  bool is_current() const { return thread_.is_current(); }

private:
  friend class Exchange;

  bool is_there(std::uint64_t client) const;
  void watch(GSocket *socket, std::uint64_t connection);
  void lose(std::uint64_t connection);
  void shut_sockets();
  void start_timer(std::uint64_t client, Clock::TimePoint when, std::function<void()> job);
  void stop_timers(std::uint64_t client);

  mutable std::mutex mutex_; // guards clients_; held only to look or change
  std::set<std::uint64_t> clients_;

  // The rest is touched in the network thread only. Jobs hold plain `this`: they run before the
  // thread ends.
  SoupSession *session_ = nullptr;
  std::set<Exchange *> exchanges_;    // each owned by its pending GIO call
  std::vector<Ref<GSocket>> sockets_; // of connections, some of which may be closed
  struct Timer {
    std::uint64_t client = 0;
    Ref<GSource> source;
  };
  std::map<std::uint64_t, Timer> timers_; // by number
  std::uint64_t last_timer_ = 0;

  MainContextThread thread_; // last member: ends before the others go
};

} // namespace gemini::net
