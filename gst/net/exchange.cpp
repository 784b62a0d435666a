// SPDX-License-Identifier: LGPL-2.1-or-later
// What libsoup leaves to its users: time limits, redirects that keep to the rules, bodies that were
// cut, and sentences for persons.
#include "net/exchange.hpp"

#include "glib/clock_source.hpp"
#include "net/network.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

namespace gemini::net {

namespace {

constexpr gsize kReadSize = gsize{64} * 1024;
constexpr unsigned kMaxRedirects = 10;

// The reason in GIO's words, made one line.
std::string one_line(const char *text)
{
  std::string line{text ? text : "unknown reason"};
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

// A part of a body that somebody else may hold, too.
GBytes *share_bytes(const HttpRequest &request)
{
  using Body = std::shared_ptr<const std::string>;
  if (!request.body)
    return g_bytes_new_static("", 0);
  const std::size_t begin = std::min(request.body_offset, request.body->size());
  const std::size_t size = std::min(request.body_size, request.body->size() - begin);
  return g_bytes_new_with_free_func(
      request.body->data() + begin, size, [](gpointer body) { delete static_cast<Body *>(body); },
      new Body{request.body});
}

bool has_secret(const Headers &headers)
{
  return std::any_of(headers.begin(), headers.end(), [](const auto &header) {
    return g_ascii_strcasecmp(header.first.c_str(), "x-goog-api-key") == 0 ||
           g_ascii_strcasecmp(header.first.c_str(), "authorization") == 0;
  });
}

bool is_http(GUri *uri)
{
  const std::string_view scheme = g_uri_get_scheme(uri);
  const char *host = g_uri_get_host(uri);
  return (scheme == "http" || scheme == "https") && host && *host;
}

bool is_redirect(int status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Why a certificate was refused, as the end of a sentence.
std::string certificate_problem(GTlsCertificateFlags flags)
{
  if (flags & G_TLS_CERTIFICATE_REVOKED)
    return "it was revoked";
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return "it has expired";
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return "it is not valid yet: is the clock of this machine right?";
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return "it is self-signed or of an authority that this system does not trust";
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return "it is of another host";
  return "it is not secure";
}

Headers read_headers(SoupMessage *message)
{
  Headers headers;
  soup_message_headers_foreach(
      soup_message_get_response_headers(message),
      [](const char *name, const char *value, gpointer to) {
        g_autofree char *lower = g_ascii_strdown(name, -1);
        static_cast<Headers *>(to)->emplace_back(lower, value);
      },
      &headers);
  return headers;
}

} // namespace

Exchange::Exchange(Network *network, std::uint64_t client, std::uint64_t number,
                   HttpRequest request, HttpClient::Done done)
    : network_(network), client_(client), number_(number), request_(std::move(request)),
      done_(std::move(done)), cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())),
      started_(Clock::current().now())
{
  network_->exchanges_.insert(this);
}

Exchange::~Exchange()
{
  network_->exchanges_.erase(this);
  if (timer_)
    g_source_destroy(timer_.get());
  if (message_)
    g_signal_handlers_disconnect_by_data(message_.get(), this);
  // Of a reply that was not read to its end, this tells a server of HTTP/2 to stop. Without it
  // libsoup takes the connection for one in use.
  if (stream_)
    g_input_stream_close_async(stream_.get(), G_PRIORITY_DEFAULT, nullptr, nullptr, nullptr);
}

void Exchange::cancel()
{
  give_up(FailureKind::unreachable, "The request was given up");
}

// With HTTP/1.1 libsoup sees it.
void Exchange::lose(std::uint64_t connection)
{
  if (soup_message_get_http_version(message_.get()) == SOUP_HTTP_2_0 &&
      soup_message_get_connection_id(message_.get()) == connection)
    give_up(FailureKind::unreachable,
            "The connection to " + host() + " was closed in the middle of the reply");
}

// libsoup is not waited for: with HTTP/2 it notices no cancellation before something else happens
// on the connection.
void Exchange::give_up(FailureKind kind, std::string message)
{
  if (!done_)
    return;
  g_source_destroy(timer_.get());
  timer_ = {};
  const HttpClient::Done done = std::exchange(done_, nullptr);
  cancel_soon();
  done(HttpFailure{Failure{.kind = kind, .message = std::move(message)}, was_sent_,
                   std::move(body_)});
}

// libsoup 3.6 lets go of its own parts once too often where a message is cancelled before it has
// looked at it, so that happens when it has nothing else to do.
void Exchange::cancel_soon()
{
  const auto idle = Ref<GSource>::adopt(g_idle_source_new());
  g_source_set_priority(idle.get(), G_PRIORITY_LOW);
  g_source_set_callback(
      idle.get(),
      [](gpointer cancellable) -> gboolean {
        g_cancellable_cancel(static_cast<GCancellable *>(cancellable));
        return G_SOURCE_REMOVE;
      },
      g_object_ref(cancellable_.get()), g_object_unref);
  g_source_attach(idle.get(), network_->thread_.context());
}

void Exchange::start()
{
  if (!prepare(request_.url)) {
    fail(FailureKind::unreachable, "The address cannot be used: it is no http or https URL");
    return;
  }
  start_timer();
  send();
}

void Exchange::start_timer()
{
  timer_ = clock_source(started_ + request_.timeout, [this] {
    give_up(FailureKind::timeout, host() + " gave no whole answer within " +
                                      std::to_string(request_.timeout.count()) + " ms");
  });
  g_source_attach(timer_.get(), network_->thread_.context());
}

bool Exchange::prepare(const std::string &url)
{
  if (message_)
    g_signal_handlers_disconnect_by_data(message_.get(), this);
  g_autoptr(GUri) uri =
      g_uri_parse(url.c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr);
  if (!uri || !is_http(uri))
    return false;
  message_ = Ref<SoupMessage>::adopt(soup_message_new_from_uri(request_.method, uri));
  // libsoup would carry a key along to another host, so redirects are followed here, if at all. And
  // only for messages that are called idempotent does it use a connection again (or share one under
  // HTTP/2); others pay for a TLS handshake each. It sends no POST twice for that, unless the
  // server has said that it did nothing about it.
  soup_message_add_flags(message_.get(), static_cast<SoupMessageFlags>(SOUP_MESSAGE_NO_REDIRECT |
                                                                       SOUP_MESSAGE_IDEMPOTENT));
  for (const auto &[name, value] : request_.headers)
    soup_message_headers_replace(soup_message_get_request_headers(message_.get()), name.c_str(),
                                 value.c_str());
  // Without a body POST still says that it has none.
  if (request_.body || std::string_view{request_.method} == "POST") {
    g_autoptr(GBytes) body = share_bytes(request_);
    soup_message_set_request_body_from_bytes(
        message_.get(), request_.body ? request_.content_type.c_str() : nullptr, body);
  }
  g_signal_connect(message_.get(), "wrote-headers",
                   G_CALLBACK(+[](SoupMessage *, Exchange *self) { self->was_sent_ = true; }),
                   this);
  g_signal_connect(message_.get(), "network-event",
                   G_CALLBACK(+[](SoupMessage *, GSocketClientEvent event, GIOStream *connection,
                                  Exchange *self) { self->on_event(event, connection); }),
                   this);
  return true;
}

void Exchange::send()
{
  soup_session_send_async(
      network_->session_, message_.get(), G_PRIORITY_DEFAULT, cancellable_.get(),
      [](GObject *, GAsyncResult *result, gpointer self) {
        static_cast<Exchange *>(self)->on_sent(result);
      },
      this);
}

void Exchange::on_event(GSocketClientEvent event, GIOStream *connection)
{
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION(connection))
    network_->watch(g_socket_connection_get_socket(G_SOCKET_CONNECTION(connection)),
                    soup_message_get_connection_id(message_.get()));
}

void Exchange::on_sent(GAsyncResult *result)
{
  g_autoptr(GError) error = nullptr;
  stream_ = Ref<GInputStream>::adopt(soup_session_send_finish(network_->session_, result, &error));
  if (!done_)
    delete this;
  else if (!stream_)
    finish(HttpFailure{failure_of(error), was_sent_, {}});
  else if (!follow_redirect())
    read_more();
}

// Whether the reply was one, and is dealt with.
bool Exchange::follow_redirect()
{
  const char *location =
      soup_message_headers_get_one(soup_message_get_response_headers(message_.get()), "Location");
  if (!request_.follows_redirects || std::string_view{request_.method} != "GET" || !location ||
      !is_redirect(static_cast<int>(soup_message_get_status(message_.get()))) ||
      has_secret(request_.headers))
    return false;
  const std::string from = host();
  GUri *old = soup_message_get_uri(message_.get());
  g_autoptr(GUri) uri =
      g_uri_parse_relative(old, location, static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr);
  const std::string_view scheme = uri ? g_uri_get_scheme(uri) : "";
  const bool was_https = std::string_view{g_uri_get_scheme(old)} == "https";
  if (was_https && scheme == "http") {
    fail(FailureKind::bad_reply, from + " redirects from https to http, which is not followed");
    return true;
  }
  if (++n_redirects_ > kMaxRedirects) {
    fail(FailureKind::bad_reply,
         from + " redirects more than " + std::to_string(kMaxRedirects) + " times");
    return true;
  }
  g_autofree char *url = uri ? g_uri_to_string(uri) : nullptr;
  if (!url || !prepare(url)) {
    fail(FailureKind::bad_reply, from + " redirects to what is no http or https address");
    return true;
  }
  stream_ = {};
  send();
  return true;
}

void Exchange::read_more()
{
  g_input_stream_read_bytes_async(
      stream_.get(), kReadSize, G_PRIORITY_DEFAULT, cancellable_.get(),
      [](GObject *, GAsyncResult *result, gpointer self) {
        static_cast<Exchange *>(self)->on_read(result);
      },
      this);
}

void Exchange::on_read(GAsyncResult *result)
{
  g_autoptr(GError) error = nullptr;
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish(stream_.get(), result, &error);
  if (!done_) {
    delete this;
    return;
  }
  if (!bytes) {
    finish(HttpFailure{failure_of(error), was_sent_, std::move(body_)});
    return;
  }
  gsize size = 0;
  const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
  if (size > 0)
    take(data, size);
  else
    end_of_body();
}

void Exchange::take(const char *data, std::size_t size)
{
  body_.append(data, size);
  if (body_.size() > request_.largest_reply) {
    body_.resize(request_.largest_reply);
    fail(FailureKind::bad_reply,
         host() + " sent a reply larger than " + std::to_string(request_.largest_reply) + " bytes");
    return;
  }
  if (request_.on_bytes && soup_message_get_status(message_.get()) == SOUP_STATUS_OK)
    request_.on_bytes({data, size});
  read_more();
}

void Exchange::end_of_body()
{
  // libsoup ends a body that was cut short without an error where the length was declared.
  if (is_cut_short()) {
    fail(FailureKind::unreachable,
         "The connection to " + host() + " was closed in the middle of the reply");
    return;
  }
  finish(HttpReply{.status = static_cast<int>(soup_message_get_status(message_.get())),
                   .body = std::move(body_),
                   .headers = read_headers(message_.get()),
                   .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
                       Clock::current().now() - started_)});
}

bool Exchange::is_cut_short() const
{
  SoupMessageHeaders *headers = soup_message_get_response_headers(message_.get());
  return soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH &&
         !soup_message_headers_get_one(headers, "Content-Encoding") &&
         std::string_view{request_.method} != "HEAD" &&
         body_.size() < static_cast<std::size_t>(soup_message_headers_get_content_length(headers));
}

// The query may hold what nobody is to see, so never more of the URL than this is shown.
std::string Exchange::host() const
{
  return g_uri_get_host(soup_message_get_uri(message_.get()));
}

Failure Exchange::failure_of(const GError *error) const
{
  if (g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return {.kind = FailureKind::unreachable,
            .message =
                "The certificate of " + host() + " is refused: " +
                certificate_problem(soup_message_get_tls_peer_certificate_errors(message_.get()))};
  if (stream_ && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    return {.kind = FailureKind::bad_reply,
            .message = host() + " sent a reply that cannot be decompressed"};
  return {.kind = FailureKind::unreachable,
          .message = host() + " cannot be reached: " + one_line(error ? error->message : nullptr)};
}

void Exchange::fail(FailureKind kind, std::string message)
{
  finish(HttpFailure{Failure{.kind = kind, .message = std::move(message)}, was_sent_,
                     std::move(body_)});
}

void Exchange::finish(HttpResult result)
{
  const HttpClient::Done done = std::move(done_);
  delete this;
  done(std::move(result));
}

} // namespace gemini::net
