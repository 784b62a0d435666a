// SPDX-License-Identifier: LGPL-2.1-or-later
// One request and its reply, in the network thread.
#pragma once

#include "glib/clock.hpp"
#include "glib/ref.hpp"
#include "net/http_client.hpp"

#include <libsoup/soup.h>

#include <cstddef>
#include <cstdint>
#include <string>

GEMINI_REF_TRAITS(GInputStream, g_object_ref, g_object_unref);
GEMINI_REF_TRAITS(SoupMessage, g_object_ref, g_object_unref);

namespace gemini::net {

class Network;

// Lives from start() until libsoup is done with it, and deletes itself then. What is given up
// reports at once, though.
class Exchange {
public:
  Exchange(Network *network, std::uint64_t client, std::uint64_t number, HttpRequest request,
           HttpClient::Done done);
  ~Exchange();
  Exchange(const Exchange &) = delete;
  Exchange &operator=(const Exchange &) = delete;

  std::uint64_t client() const { return client_; }
  std::uint64_t number() const { return number_; }
  void start();
  void cancel(); // calls back at once, unless that has happened before
  // The other end has closed this connection, and what came before was read.
  void lose(std::uint64_t connection);

private:
  void start_timer();
  bool prepare(const std::string &url);
  void send();
  void on_event(GSocketClientEvent event, GIOStream *connection);
  void on_sent(GAsyncResult *result);
  bool follow_redirect();
  void read_more();
  void on_read(GAsyncResult *result);
  void take(const char *data, std::size_t size);
  void end_of_body();
  bool is_cut_short() const;
  std::string host() const;
  Failure failure_of(const GError *error) const;
  void give_up(FailureKind kind, std::string message);
  void cancel_soon();
  void fail(FailureKind kind, std::string message);
  void finish(HttpResult result);

  Network *network_;
  const std::uint64_t client_;
  const std::uint64_t number_;
  HttpRequest request_;
  HttpClient::Done done_; // null: has been called
  Ref<GCancellable> cancellable_;
  Ref<GSource> timer_;
  Ref<SoupMessage> message_;
  Ref<GInputStream> stream_;
  std::string body_; // of the reply, as far as it has come
  Clock::TimePoint started_;
  unsigned n_redirects_ = 0;
  bool was_sent_ = false;
};

} // namespace gemini::net
