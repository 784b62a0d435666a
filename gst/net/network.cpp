// SPDX-License-Identifier: LGPL-2.1-or-later
// libsoup is used in this one thread only, which also keeps its connections together.
#include "net/network.hpp"

#include "glib/clock_source.hpp"
#include "net/exchange.hpp"

#include <bit>
#include <condition_variable>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

namespace gemini::net {

namespace {

constexpr guint kConnections = 64; // libsoup allows 2 a host unless told so at construction

} // namespace

std::shared_ptr<Network> Network::share()
{
  // Never destroyed: elements may still go when the process ends.
  static auto &mutex = *new std::mutex; // guards slot
  static auto &slot = *new std::weak_ptr<Network>;
  const std::lock_guard lock{mutex};
  auto network = slot.lock();
  if (!network) {
    network = std::make_shared<Network>();
    slot = network;
  }
  return network;
}

Network::Network() : thread_("gemini-net")
{
  thread_.post([this] {
    // The first lookup of a proxy asks for the file system under a lock of GIO's that another
    // thread, such as one that reads a picture, takes while it makes the file system: with GLib
    // 2.90 and libproxy both wait for ever. What is there already is not waited for.
    g_vfs_get_default();
    session_ =
        soup_session_new_with_options("max-conns", kConnections, "max-conns-per-host", kConnections,
                                      "user-agent", "gst-gemini/" PACKAGE_VERSION, nullptr);
  });
}

Network::~Network()
{
  std::mutex mutex; // guards is_over
  std::condition_variable changed;
  bool is_over = false;
  // A cancelled call still reports: ending the thread before would leak it.
  std::function<void()> drain = [&] {
    for (Exchange *exchange : exchanges_)
      exchange->cancel();
    if (!exchanges_.empty()) {
      shut_sockets();
      g_main_context_iteration(thread_.context(), TRUE);
      thread_.post(drain);
      return;
    }
    for (auto &[number, timer] : timers_)
      g_source_destroy(timer.source.get());
    timers_.clear();
    // libsoup lets go of connections and messages when idle.
    soup_session_abort(session_);
    while (g_main_context_iteration(thread_.context(), FALSE))
      ;
    g_clear_object(&session_);
    while (g_main_context_iteration(thread_.context(), FALSE))
      ;
    const std::lock_guard lock{mutex};
    is_over = true;
    changed.notify_one();
  };
  thread_.post(drain);
  std::unique_lock lock{mutex};
  changed.wait(lock, [&] { return is_over; });
}

void Network::join(std::uint64_t client)
{
  const std::lock_guard lock{mutex_};
  clients_.insert(client);
}

void Network::leave(std::uint64_t client)
{
  {
    const std::lock_guard lock{mutex_};
    clients_.erase(client);
  }
  cancel_all(client);
  thread_.post([this, client] { stop_timers(client); });
}

bool Network::is_there(std::uint64_t client) const
{
  const std::lock_guard lock{mutex_};
  return clients_.contains(client);
}

void Network::send(std::uint64_t client, std::uint64_t number, HttpRequest request,
                   HttpClient::Done done)
{
  thread_.post(
      [this, client, number, request = std::move(request), done = std::move(done)]() mutable {
        (new Exchange(this, client, number, std::move(request), std::move(done)))->start();
      });
}

// Who is told may only post, so the set does not change meanwhile.
void Network::cancel(std::uint64_t client, std::uint64_t number)
{
  thread_.post([this, client, number] {
    for (Exchange *exchange : exchanges_) {
      if (exchange->client() == client && exchange->number() == number)
        exchange->cancel();
    }
  });
}

void Network::cancel_all(std::uint64_t client)
{
  thread_.post([this, client] {
    for (Exchange *exchange : exchanges_) {
      if (exchange->client() == client)
        exchange->cancel();
    }
  });
}

void Network::run(std::uint64_t client, std::function<void()> job)
{
  thread_.post([this, client, job = std::move(job)] {
    if (is_there(client))
      job();
  });
}

void Network::run_at(std::uint64_t client, Clock::TimePoint when, std::function<void()> job)
{
  thread_.post([this, client, when, job = std::move(job)]() mutable {
    if (is_there(client))
      start_timer(client, when, std::move(job));
  });
}

// A connection whose other end has gone without a word would take all requests of HTTP/2 and answer
// none, for as long as TCP hopes: a quarter of an hour. And one that the other end has closed would
// do so for ever while libsoup waits for the rest of a reply on it: it does not look.
void Network::watch(GSocket *socket, std::uint64_t connection)
{
  constexpr int kSeconds = 20;
  std::erase_if(sockets_,
                [](const Ref<GSocket> &known) { return g_socket_is_closed(known.get()); });
  sockets_.push_back(Ref<GSocket>::share(socket));
  g_socket_set_keepalive(socket, TRUE);
  g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, kSeconds, nullptr);
  g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, kSeconds / 4, nullptr);
  g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 4, nullptr);
  g_socket_set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kSeconds * 2 * 1000, nullptr);

  struct Watch {
    Network *network;
    std::uint64_t connection;
  };
  // GLib has no name for the first, but hands it to poll().
  const unsigned events = POLLRDHUP | POLLHUP | POLLERR;
  const auto source = Ref<GSource>::adopt(
      g_socket_create_source(socket, std::bit_cast<GIOCondition>(events), nullptr));
  const GSocketSourceFunc closed = [](GSocket *, GIOCondition, gpointer data) {
    const auto *watch = static_cast<const Watch *>(data);
    watch->network->lose(watch->connection);
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(source.get(), G_SOURCE_FUNC(closed), new Watch{this, connection},
                        [](gpointer data) { delete static_cast<Watch *>(data); });
  g_source_attach(source.get(), thread_.context());
}

// What came before the end is read first. Real time: no clock of a test speeds libsoup up.
void Network::lose(std::uint64_t connection)
{
  constexpr guint kMilliseconds = 200;
  struct Loss {
    Network *network;
    std::uint64_t connection;
  };
  const auto source = Ref<GSource>::adopt(g_timeout_source_new(kMilliseconds));
  g_source_set_callback(
      source.get(),
      [](gpointer data) {
        const auto *loss = static_cast<const Loss *>(data);
        for (Exchange *exchange : loss->network->exchanges_)
          exchange->lose(loss->connection);
        return G_SOURCE_REMOVE;
      },
      new Loss{this, connection}, [](gpointer data) { delete static_cast<Loss *>(data); });
  g_source_attach(source.get(), thread_.context());
}

// So that libsoup looks at what was cancelled there: with HTTP/2 it does so only when something
// happens on the connection.
void Network::shut_sockets()
{
  for (const Ref<GSocket> &socket : sockets_)
    g_socket_shutdown(socket.get(), TRUE, TRUE, nullptr);
  sockets_.clear();
}

void Network::start_timer(std::uint64_t client, Clock::TimePoint when, std::function<void()> job)
{
  const std::uint64_t number = ++last_timer_;
  auto source = clock_source(when, [this, client, number, job = std::move(job)] {
    timers_.erase(number);
    if (is_there(client))
      job();
  });
  g_source_attach(source.get(), thread_.context());
  timers_[number] = {.client = client, .source = std::move(source)};
}

void Network::stop_timers(std::uint64_t client)
{
  std::erase_if(timers_, [client](const auto &entry) {
    if (entry.second.client != client)
      return false;
    g_source_destroy(entry.second.source.get());
    return true;
  });
}

} // namespace gemini::net
