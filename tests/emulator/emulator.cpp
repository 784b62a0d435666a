// SPDX-License-Identifier: LGPL-2.1-or-later
// Two threads: one moves bytes (libsoup), one reads requests and looks at pictures. So a slow look
// delays no other request's bytes, and waiting costs nobody anything.
#include "emulator.hpp"

#include "body_files.hpp"
#include "exchange.hpp"
#include "glib/main_context_thread.hpp"
#include "http2_front.hpp"
#include "listener.hpp"
#include "request_log.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <random>

GEMINI_REF_TRAITS(SoupServer, g_object_ref, g_object_unref);

namespace gemini::emulator {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr char kBearer[] = "Bearer ";

std::string header(SoupServerMessage *message, const char *name)
{
  const char *value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message), name);
  return value ? value : "";
}

// As the client sees this server, "http://127.0.0.1:8080".
std::string origin(SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri(message);
  const std::string host = header(message, "host");
  return std::string{g_uri_get_scheme(uri)} + "://" + (host.empty() ? g_uri_get_host(uri) : host);
}

HttpRequest read_request(SoupServerMessage *message, const char *path, GHashTable *query)
{
  HttpRequest out;
  out.method = soup_server_message_get_method(message);
  g_autofree char *decoded = g_uri_unescape_string(path, nullptr);
  out.path = decoded ? decoded : path;
  if (query) {
    GHashTableIter iter;
    gpointer name = nullptr;
    gpointer value = nullptr;
    g_hash_table_iter_init(&iter, query);
    while (g_hash_table_iter_next(&iter, &name, &value))
      out.query.emplace(static_cast<char *>(name), value ? static_cast<char *>(value) : "");
  }
  out.key = header(message, "x-goog-api-key");
  if (!out.key.empty())
    out.credential = "x-goog-api-key";
  if (const auto at = out.query.find("key"); at != out.query.end() && out.key.empty()) {
    out.key = at->second;
    out.credential = "key";
  }
  out.query.erase("key");
  if (const std::string value = header(message, "authorization"); value.starts_with(kBearer)) {
    out.token = value.substr(sizeof kBearer - 1);
    if (out.credential.empty())
      out.credential = "authorization";
  }
  const auto add = +[](const char *name, const char *value, gpointer data) noexcept {
    g_autofree char *lower = g_ascii_strdown(name, -1);
    if (std::string_view{lower} != "x-goog-api-key" && std::string_view{lower} != "authorization")
      static_cast<HttpRequest *>(data)->headers.emplace(lower, value);
  };
  soup_message_headers_foreach(soup_server_message_get_request_headers(message), add, &out);
  out.origin = origin(message);
  g_autoptr(GBytes) body = soup_message_body_flatten(soup_server_message_get_request_body(message));
  gsize size = 0;
  const auto *bytes = static_cast<const char *>(g_bytes_get_data(body, &size));
  out.body.assign(bytes ? bytes : "", size);
  return out;
}

RecordedRequest to_record(SoupServerMessage *message, const HttpRequest &request)
{
  RecordedRequest out{.call = call_name(find_route(request.method, request.path),
                                        request.header("x-goog-upload-command")),
                      .method = request.method,
                      .path = request.path,
                      .query = {},
                      .headers = {request.headers.begin(), request.headers.end()},
                      .body = request.body,
                      .has_key = !request.key.empty() || !request.token.empty()};
  if (auto *address = soup_server_message_get_remote_address(message);
      G_IS_INET_SOCKET_ADDRESS(address))
    out.client_port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
  for (const auto &[name, value] : request.query)
    out.query.append(out.query.empty() ? "" : "&").append(name).append(1, '=').append(value);
  return out;
}

} // namespace

class Emulator::Server {
public:
  explicit Server(Options options);
  ~Server();

  RequestLog log;
  std::string error; // these three: set before the constructor returns, then only read
  std::string url;
  bool has_http2 = false;

  void release();
  void forget_files() { service_->files().clear(); }

private:
  std::optional<std::string> prepare();
  void run_in_http(const std::function<void()> &job);
  void start();
  std::optional<std::string> listen();
  void stop();
  void handle(SoupServerMessage *message, const char *path, GHashTable *query);
  void note(const std::string &call, steady_clock::time_point arrival);
  void work(std::uint64_t number, const HttpRequest &request, const Fault &fault,
            steady_clock::time_point arrival);
  milliseconds latency();

  const Options options_;
  FaultScript script_;
  BodyFiles files_;
  std::unique_ptr<Service> service_;  // worker thread, but for its files
  std::ofstream arrivals_;            // HTTP thread, once there is one
  std::mt19937 random_{1};            // HTTP thread; always the same sequence
  Ref<SoupServer> server_;            // HTTP thread
  std::unique_ptr<Http2Front> front_; // HTTP thread; none without HTTP/2
  std::map<std::uint64_t, std::unique_ptr<Exchange>>
      exchanges_; // HTTP thread; by number of request
  std::atomic<bool> is_stopping_ = false;

  std::unique_ptr<MainContextThread> http_;
  std::unique_ptr<MainContextThread> worker_;
};

Emulator::Server::Server(Options options)
    : options_(std::move(options)), files_(options_.record_dir)
{
  if (auto problem = prepare()) {
    error = *std::move(problem);
    return;
  }
  http_ = std::make_unique<MainContextThread>("emulator-http");
  worker_ = std::make_unique<MainContextThread>("emulator-work");
  run_in_http([this] { start(); });
}

Emulator::Server::~Server()
{
  if (!http_)
    return;
  is_stopping_ = true;
  // The server gives work to the worker, which gives answers back: each is used by nobody any more
  // when it ends.
  run_in_http([this] { stop(); });
  worker_.reset();
  http_.reset();
}

// Returns when `job` has run.
void Emulator::Server::run_in_http(const std::function<void()> &job)
{
  std::mutex mutex; // guards is_done
  std::condition_variable has_changed;
  bool is_done = false;
  http_->post([&] {
    job();
    // With the lock held, as the waiting thread takes the condition away once it sees the change.
    const std::lock_guard lock{mutex};
    is_done = true;
    has_changed.notify_one();
  });
  std::unique_lock lock{mutex};
  has_changed.wait(lock, [&] { return is_done; });
}

// What can be said before any thread exists.
std::optional<std::string> Emulator::Server::prepare()
{
  auto script = FaultScript::parse(options_.faults);
  if (!script)
    return script.error();
  script_ = std::move(*script);
  if (auto problem = files_.prepare())
    return problem;
  if (!options_.log_file.empty()) {
    arrivals_.open(options_.log_file);
    if (!arrivals_)
      return "the log " + options_.log_file + " cannot be written";
  }
  auto eyes = make_eyes(options_.vision, options_.models_dir);
  if (!eyes)
    return eyes.error();
  service_ = std::make_unique<Service>(options_, std::move(*eyes));
  return std::nullopt;
}

void Emulator::Server::start()
{
  server_ = Ref<SoupServer>::adopt(soup_server_new("server-header", "gemini-emulator", nullptr));
  const auto handler =
      +[](SoupServer *, SoupServerMessage *message, const char *path, GHashTable *query,
          gpointer self) noexcept { static_cast<Server *>(self)->handle(message, path, query); };
  soup_server_add_handler(server_.get(), nullptr, handler, this, nullptr);
  if (auto problem = listen())
    error = *std::move(problem);
}

std::optional<std::string> Emulator::Server::listen()
{
  g_autoptr(GError) problem = nullptr;
  const bool has_tls = !options_.tls_cert.empty() || !options_.tls_key.empty();
  if (has_tls) {
    g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_files(
        options_.tls_cert.c_str(), options_.tls_key.c_str(), &problem);
    if (!certificate)
      return "the TLS certificate cannot be used: " + std::string{problem->message};
    soup_server_set_tls_certificate(server_.get(), certificate);
  }
  has_http2 = has_tls && options_.http2 && Http2Front::is_available();
  const int port = has_http2 ? 0 : options_.port;
  const auto socket = listen_on(port);
  if (!socket)
    return socket.error();
  const auto flags =
      has_tls && !has_http2 ? SOUP_SERVER_LISTEN_HTTPS : static_cast<SoupServerListenOptions>(0);
  if (!soup_server_listen_socket(server_.get(), socket->get(), flags, &problem))
    return "port " + std::to_string(port) + " cannot be served: " + problem->message;
  int bound_port = port_of(socket->get());
  if (has_http2) {
    auto front = Http2Front::start(options_.port, bound_port, options_.tls_cert, options_.tls_key);
    if (!front)
      return front.error();
    front_ = std::move(*front);
    bound_port = front_->port();
  }
  url = (has_tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(bound_port);
  return std::nullopt;
}

void Emulator::Server::stop()
{
  front_.reset();
  exchanges_.clear();
  soup_server_disconnect(server_.get());
  server_ = {};
  // What was cancelled still calls back, and frees what it holds only then.
  while (g_main_context_iteration(g_main_context_get_thread_default(), FALSE))
    ;
}

void Emulator::Server::release()
{
  http_->post([this] {
    std::vector<std::uint64_t> numbers; // an exchange may end at once and leave the map
    for (const auto &[number, exchange] : exchanges_)
      numbers.push_back(number);
    for (const std::uint64_t number : numbers) {
      if (const auto at = exchanges_.find(number); at != exchanges_.end())
        at->second->release();
    }
  });
}

milliseconds Emulator::Server::latency()
{
  std::uniform_int_distribution<int> jitter{0, std::max(options_.jitter_ms, 0)};
  return milliseconds{options_.latency_ms + jitter(random_)};
}

void Emulator::Server::note(const std::string &call, steady_clock::time_point arrival)
{
  if (!arrivals_.is_open())
    return;
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  // At once, as whoever waits for a line may read along.
  arrivals_ << duration_cast<microseconds>(arrival.time_since_epoch()).count() << ' ' << call
            << std::endl;
}

void Emulator::Server::handle(SoupServerMessage *message, const char *path, GHashTable *query)
{
  const auto arrival = steady_clock::now();
  HttpRequest request = read_request(message, path, query);
  if (front_) // which speaks TLS with the client
    request.origin.replace(0, request.origin.find(':'), "https");
  if (request.method == "GET" && request.path == "/") {
    static constexpr char kHello[] =
        "gst-gemini's emulator of the Gemini service. Nothing here is Google's.\n";
    soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
    soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_STATIC, kHello,
                                     sizeof kHello - 1);
    return;
  }
  const auto [number, turn] = log.add(to_record(message, request));
  note(turn.call, arrival);
  const Fault fault = script_.at(turn);
  auto not_before = arrival + latency();
  if (fault.delivery.kind == DeliveryFault::Kind::slow)
    not_before += fault.delivery.duration;
  exchanges_[number] = std::make_unique<Exchange>(message, fault.delivery, not_before,
                                                  milliseconds{options_.stream_delay_ms},
                                                  [this, id = number] { exchanges_.erase(id); });
  worker_->post([this, id = number, request = std::move(request), fault, arrival] {
    work(id, request, fault, arrival);
  });
}

// Worker thread.
void Emulator::Server::work(std::uint64_t number, const HttpRequest &request, const Fault &fault,
                            steady_clock::time_point arrival)
{
  if (is_stopping_)
    return;
  files_.write_request(number, request);
  if (fault.delivery.kind == DeliveryFault::Kind::silence)
    return;
  Answer answer;
  try {
    answer = service_->answer(request, fault.content, arrival);
  } catch (const std::exception &e) { // of OpenCV
    answer = {.http_status = 500, .pieces = {error_body(internal(e.what()))}};
  }
  files_.write_response(number, request, answer);
  http_->post([this, number, answer = std::move(answer)]() mutable {
    if (const auto at = exchanges_.find(number); at != exchanges_.end())
      at->second->set_answer(std::move(answer));
  });
}

Emulator::Emulator(Options options) : server_(std::make_unique<Server>(std::move(options))) {}

Emulator::~Emulator() = default;

bool Emulator::is_running() const
{
  return server_->error.empty();
}

const std::string &Emulator::error() const
{
  return server_->error;
}

std::string Emulator::url() const
{
  return server_->url;
}

bool Emulator::has_http2() const
{
  return server_->has_http2;
}

std::vector<RecordedRequest> Emulator::requests() const
{
  return server_->log.generations();
}

std::size_t Emulator::n_requests() const
{
  return server_->log.count_generations();
}

bool Emulator::wait_for_requests(std::size_t n) const
{
  return server_->log.wait_for_generations(n);
}

std::vector<RecordedRequest> Emulator::calls() const
{
  return server_->log.all();
}

std::size_t Emulator::n_calls(const std::string &call) const
{
  return server_->log.count(call);
}

bool Emulator::wait_for_calls(const std::string &call, std::size_t n) const
{
  return server_->log.wait_for(call, n);
}

void Emulator::forget_files()
{
  if (is_running())
    server_->forget_files();
}

void Emulator::release()
{
  if (is_running())
    server_->release();
}

} // namespace gemini::emulator
