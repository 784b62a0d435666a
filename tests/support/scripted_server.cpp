// SPDX-License-Identifier: LGPL-2.1-or-later
// One thread with a SoupServer in it.
#include "scripted_server.hpp"

#include <chrono>
#include <future>

namespace gemini::test {
namespace {

ServerRequest read_request(SoupServerMessage *message, const char *path)
{
  ServerRequest request{.method = soup_server_message_get_method(message),
                        .path = path,
                        .query = {},
                        .headers = {},
                        .body = {}};
  if (const char *query = g_uri_get_query(soup_server_message_get_uri(message)))
    request.query = query;
  soup_message_headers_foreach(
      soup_server_message_get_request_headers(message),
      [](const char *name, const char *value, gpointer to) {
        g_autofree char *lower = g_ascii_strdown(name, -1);
        (*static_cast<std::map<std::string, std::string> *>(to))[lower] = value;
      },
      &request.headers);
  g_autoptr(GBytes) body = soup_message_body_flatten(soup_server_message_get_request_body(message));
  gsize size = 0;
  const auto *bytes = static_cast<const char *>(g_bytes_get_data(body, &size));
  request.body.assign(bytes ? bytes : "", size);
  request.version = soup_server_message_get_http_version(message) == SOUP_HTTP_2_0 ? 2 : 1;
  if (auto *address = soup_server_message_get_remote_address(message);
      G_IS_INET_SOCKET_ADDRESS(address))
    request.client_port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
  return request;
}

// The head and half of the body, for who breaks off there.
std::string half_of(const ServerReply &reply)
{
  std::string bytes = "HTTP/1.1 " + std::to_string(reply.status) +
                      " Status\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
  for (const auto &[name, value] : reply.headers)
    bytes += name + ": " + value + "\r\n";
  return bytes + "\r\n" + reply.body.substr(0, reply.body.size() / 2);
}

} // namespace

ScriptedServer::ScriptedServer(Handler handler, Protocol protocol, const std::string &cert,
                               const std::string &key)
    : handler_(std::move(handler)), http_(std::make_unique<MainContextThread>("scripted-http"))
{
  run([&] { start(protocol, cert, key); });
}

ScriptedServer::~ScriptedServer()
{
  run([this] {
    for (SoupServerMessage *message : held_)
      g_object_unref(message);
    soup_server_disconnect(server_);
    g_clear_object(&server_);
    // What was cancelled still calls back, and frees what it holds only then.
    while (g_main_context_iteration(g_main_context_get_thread_default(), FALSE))
      ;
  });
  http_.reset();
}

// Returns when `job` has run in the server's thread.
void ScriptedServer::run(const std::function<void()> &job)
{
  std::promise<void> ran;
  http_->post([&] {
    job();
    ran.set_value();
  });
  ran.get_future().wait();
}

void ScriptedServer::start(Protocol protocol, const std::string &cert, const std::string &key)
{
  // libsoup reads it when a server is made. Nobody else reads or writes the environment meanwhile.
  if (protocol == Protocol::https_2)
    g_setenv("SOUP_SERVER_HTTP2", "1", TRUE);
  server_ = soup_server_new("server-header", "scripted", nullptr);
  g_unsetenv("SOUP_SERVER_HTTP2");
  if (protocol != Protocol::http) {
    g_autoptr(GTlsCertificate) certificate =
        g_tls_certificate_new_from_files(cert.c_str(), key.c_str(), nullptr);
    soup_server_set_tls_certificate(server_, certificate);
  }
  soup_server_add_early_handler(
      server_, nullptr,
      [](SoupServer *, SoupServerMessage *, const char *, GHashTable *, gpointer self) {
        static_cast<ScriptedServer *>(self)->on_head();
      },
      this, nullptr);
  soup_server_add_handler(
      server_, nullptr,
      [](SoupServer *, SoupServerMessage *message, const char *path, GHashTable *, gpointer self) {
        static_cast<ScriptedServer *>(self)->on_request(message, path);
      },
      this, nullptr);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string("127.0.0.1", 0);
  const auto flags = protocol == Protocol::http ? static_cast<SoupServerListenOptions>(0)
                                                : SOUP_SERVER_LISTEN_HTTPS;
  // Of more than the ten connections at a time that GLib has by default, some would wait a second.
  g_autoptr(GError) error = nullptr;
  g_autoptr(GSocket) socket =
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  if (socket)
    g_socket_set_listen_backlog(socket, 128);
  if (!socket || !g_socket_bind(socket, address, TRUE, &error) ||
      !g_socket_listen(socket, &error) ||
      !soup_server_listen_socket(server_, socket, flags, &error))
    g_error("the scripted server cannot listen: %s", error->message);
  GSList *uris = soup_server_get_uris(server_);
  url_ = (protocol == Protocol::http ? "http://127.0.0.1:" : "https://127.0.0.1:") +
         std::to_string(g_uri_get_port(static_cast<GUri *>(uris->data)));
  g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri *>(uri)); });
}

void ScriptedServer::on_head()
{
  const std::lock_guard lock{mutex_};
  ++n_heads_;
  changed_.notify_all();
}

void ScriptedServer::on_request(SoupServerMessage *message, const char *path)
{
  const ServerRequest request = read_request(message, path);
  const ServerReply reply = handler_(request);
  {
    const std::lock_guard lock{mutex_};
    ++n_requests_;
    if (keeps_requests_)
      requests_.push_back(request);
    changed_.notify_all();
  }
  switch (reply.delivery) {
  case ServerReply::Delivery::whole:
    break;
  case ServerReply::Delivery::silence:
    soup_server_message_pause(message);
    held_.push_back(SOUP_SERVER_MESSAGE(g_object_ref(message)));
    return;
  case ServerReply::Delivery::reset:
    send_raw(message, "");
    return;
  case ServerReply::Delivery::cut:
    send_raw(message, half_of(reply));
    return;
  case ServerReply::Delivery::stuck:
    send_half(message, reply);
    return;
  }
  soup_server_message_set_status(message, static_cast<guint>(reply.status), nullptr);
  for (const auto &[name, value] : reply.headers)
    soup_message_headers_replace(soup_server_message_get_response_headers(message), name.c_str(),
                                 value.c_str());
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, reply.body.data(),
                                   reply.body.size());
}

// libsoup pauses the message by itself when it has written all that is there.
void ScriptedServer::send_half(SoupServerMessage *message, const ServerReply &reply)
{
  soup_server_message_set_status(message, static_cast<guint>(reply.status), nullptr);
  soup_message_headers_set_content_length(soup_server_message_get_response_headers(message),
                                          static_cast<goffset>(reply.body.size()));
  soup_message_body_append(soup_server_message_get_response_body(message), SOUP_MEMORY_COPY,
                           reply.body.data(), reply.body.size() / 2);
}

// Ends the connection after these bytes.
void ScriptedServer::send_raw(SoupServerMessage *message, const std::string &bytes)
{
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection(message);
  g_output_stream_write_all(g_io_stream_get_output_stream(stream), bytes.data(), bytes.size(),
                            nullptr, nullptr, nullptr);
  g_io_stream_close(stream, nullptr, nullptr);
}

std::vector<ServerRequest> ScriptedServer::requests() const
{
  const std::lock_guard lock{mutex_};
  return requests_;
}

bool ScriptedServer::wait_for_requests(std::size_t n) const
{
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return n_requests_ >= n; });
}

bool ScriptedServer::wait_for_heads(std::size_t n) const
{
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return n_heads_ >= n; });
}

void ScriptedServer::keep_no_requests()
{
  const std::lock_guard lock{mutex_};
  keeps_requests_ = false;
}

} // namespace gemini::test
