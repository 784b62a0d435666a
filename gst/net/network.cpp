// SPDX-License-Identifier: LGPL-2.1-or-later
// libsoup is used in this one thread only, which also keeps its connections together.
#include "net/network.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace gemini::net {

namespace {

// A reply larger than this is not read to its end: no model writes so much, and memory is bounded.
constexpr std::size_t kLargestReply = std::size_t{64} << 20;
constexpr gsize kReadSize = gsize{64} * 1024;
constexpr guint kConnections = 64; // libsoup allows 2 a host unless told so at construction

// The reason in libsoup's words, made one line.
std::string one_line(const char *text)
{
  std::string line{text ? text : "unknown reason"};
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

} // namespace

// One request and its reply. Lives from start() to finish(), in the network thread, and deletes
// itself.
class Exchange {
public:
  Exchange(Network *network, const void *owner, HttpRequest request, HttpClient::Done done)
      : network_(network), owner_(owner), request_(std::move(request)), done_(std::move(done)),
        cancellable_(Ref<GCancellable>::adopt(g_cancellable_new()))
  {
    network_->exchanges_.insert(this);
  }
  ~Exchange()
  {
    network_->exchanges_.erase(this);
    if (timer_)
      g_source_destroy(timer_.get());
    g_clear_object(&stream_);
    g_clear_object(&message_);
  }
  Exchange(const Exchange &) = delete;
  Exchange &operator=(const Exchange &) = delete;

  const void *owner() const { return owner_; }
  void cancel() { g_cancellable_cancel(cancellable_.get()); }

  void start(SoupSession *session)
  {
    started_ = std::chrono::steady_clock::now();
    message_ = soup_message_new(SOUP_METHOD_POST, request_.url.c_str());
    if (!message_) {
      finish(Failure{.kind = FailureKind::unreachable, .message = "The URL cannot be used"});
      return;
    }
    // A redirect would carry the key to another host. And only for messages that are called
    // idempotent does libsoup use a connection again (or share one under HTTP/2); others pay for a
    // TLS handshake each. What it sends again by itself for that is a request whose connection
    // turned out to be closed before any reply.
    soup_message_add_flags(message_, static_cast<SoupMessageFlags>(SOUP_MESSAGE_NO_REDIRECT |
                                                                   SOUP_MESSAGE_IDEMPOTENT));
    for (const auto &[name, value] : request_.headers)
      soup_message_headers_replace(soup_message_get_request_headers(message_), name.c_str(),
                                   value.c_str());
    // The request lives as long as this, and this as long as the call.
    g_autoptr(GBytes) body = g_bytes_new_static(request_.body.data(), request_.body.size());
    soup_message_set_request_body_from_bytes(message_, "application/json", body);

    timer_ = Ref<GSource>::adopt(g_timeout_source_new(
        static_cast<guint>(std::max<std::int64_t>(1, request_.timeout.count()))));
    g_source_set_callback(
        timer_.get(),
        [](gpointer self) {
          static_cast<Exchange *>(self)->on_timeout();
          return G_SOURCE_REMOVE;
        },
        this, nullptr);
    g_source_attach(timer_.get(), network_->thread_.context());

    soup_session_send_async(
        session, message_, G_PRIORITY_DEFAULT, cancellable_.get(),
        [](GObject *source, GAsyncResult *result, gpointer self) {
          static_cast<Exchange *>(self)->on_sent(SOUP_SESSION(source), result);
        },
        this);
  }

private:
  void on_timeout()
  {
    is_timed_out_ = true;
    cancel();
  }

  void on_sent(SoupSession *session, GAsyncResult *result)
  {
    g_autoptr(GError) error = nullptr;
    stream_ = soup_session_send_finish(session, result, &error);
    if (!stream_) {
      finish(failure_of(error));
      return;
    }
    read_more();
  }

  void read_more()
  {
    g_input_stream_read_bytes_async(
        stream_, kReadSize, G_PRIORITY_DEFAULT, cancellable_.get(),
        [](GObject *, GAsyncResult *result, gpointer self) {
          static_cast<Exchange *>(self)->on_read(result);
        },
        this);
  }

  void on_read(GAsyncResult *result)
  {
    g_autoptr(GError) error = nullptr;
    g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish(stream_, result, &error);
    if (!bytes) {
      finish(failure_of(error));
      return;
    }
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
    if (size > 0) {
      body_.append(data, size);
      if (body_.size() > kLargestReply)
        finish(Failure{.kind = FailureKind::bad_reply,
                       .message = "The service sent a reply larger than 64 MiB"});
      else
        read_more();
      return;
    }
    HttpReply reply{.status = static_cast<int>(soup_message_get_status(message_)),
                    .body = std::move(body_),
                    .retry_after = {},
                    .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::steady_clock::now() - started_)};
    if (const char *value = soup_message_headers_get_one(
            soup_message_get_response_headers(message_), "Retry-After"))
      reply.retry_after = value;
    // libsoup ends a body that was cut short without an error where the length was declared.
    if (is_cut_short(reply.body.size()))
      finish(Failure{.kind = FailureKind::unreachable,
                     .message = "The connection was closed in the middle of the reply"});
    else
      finish(std::move(reply));
  }

  bool is_cut_short(std::size_t received) const
  {
    SoupMessageHeaders *headers = soup_message_get_response_headers(message_);
    return soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           !soup_message_headers_get_one(headers, "Content-Encoding") &&
           received < static_cast<std::size_t>(soup_message_headers_get_content_length(headers));
  }

  Failure failure_of(const GError *error) const
  {
    if (is_timed_out_)
      return {.kind = FailureKind::timeout,
              .message = "The service gave no whole answer within " +
                         std::to_string(request_.timeout.count()) + " ms"};
    return {.kind = FailureKind::unreachable,
            .message =
                "The service cannot be reached: " + one_line(error ? error->message : nullptr)};
  }

  void finish(HttpResult result)
  {
    const HttpClient::Done done = std::move(done_);
    delete this;
    done(std::move(result));
  }

  Network *network_;
  const void *owner_; // which client: compared, never followed
  HttpRequest request_;
  HttpClient::Done done_;
  Ref<GCancellable> cancellable_;
  Ref<GSource> timer_;
  SoupMessage *message_ = nullptr;
  GInputStream *stream_ = nullptr;
  std::string body_;
  std::chrono::steady_clock::time_point started_;
  bool is_timed_out_ = false;
};

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
      g_main_context_iteration(thread_.context(), TRUE);
      thread_.post(drain);
      return;
    }
    soup_session_abort(session_);
    g_clear_object(&session_);
    const std::lock_guard lock{mutex};
    is_over = true;
    changed.notify_one();
  };
  thread_.post(drain);
  std::unique_lock lock{mutex};
  changed.wait(lock, [&] { return is_over; });
}

void Network::post(const void *owner, HttpRequest request, HttpClient::Done done)
{
  thread_.post([this, owner, request = std::move(request), done = std::move(done)]() mutable {
    (new Exchange(this, owner, std::move(request), std::move(done)))->start(session_);
  });
}

void Network::cancel(const void *owner)
{
  thread_.post([this, owner] {
    // Cancelling reports later, from the main context, so the set does not change meanwhile.
    for (Exchange *exchange : exchanges_)
      if (exchange->owner() == owner)
        exchange->cancel();
  });
}

} // namespace gemini::net
