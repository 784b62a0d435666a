// SPDX-License-Identifier: LGPL-2.1-or-later
// Uploads to a small Files API that fails as it is told to.
#include "net/file_store.hpp"
#include "net/file_transfer.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_server.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;
using gemini::test::ManualClock;
using gemini::test::ScriptedServer;
using gemini::test::ServerReply;
using gemini::test::ServerRequest;
using Delivery = gemini::test::ServerReply::Delivery;

namespace {

void check_text(const std::string &is, const std::string &expected)
{
  fail_unless(is == expected, "'%s' is not '%s'", is, expected);
}

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr char kGoogle[] = "https://generativelanguage.googleapis.com";

std::string sha256_of(const std::string &content)
{
  g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, content.data(),
                                                          static_cast<gssize>(content.size()));
  return digest;
}

std::string base64_of(const std::string &content)
{
  g_autofree char *text =
      g_base64_encode(reinterpret_cast<const guchar *>(content.data()), content.size());
  return text;
}

std::shared_ptr<const std::string> some_bytes(std::size_t size, unsigned seed = 1)
{
  std::string bytes(size, '\0');
  unsigned state = seed;
  for (char &byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24);
  }
  return std::make_shared<const std::string>(std::move(bytes));
}

// Takes files as the service does, unless told otherwise.
class FileService {
public:
  // Called for each request before anything else, with the number of requests of its kind so far,
  // from 1; none: go on. In the server's thread.
  using Meddle = std::function<std::optional<ServerReply>(const std::string &kind, int n,
                                                          const ServerRequest &)>;

  explicit FileService(Meddle meddle = nullptr)
      : meddle_(std::move(meddle)),
        server_([this](const ServerRequest &request) { return answer(request); })
  {
  }

  const std::string &url() const { return server_.url(); }
  ScriptedServer &server() { return server_; }
  wire::Endpoint endpoint() const { return {.base_url = server_.url(), .api_version = "v1beta"}; }
  // What it did: "start", "upload", "upload, finalize", "query", "get", "delete".
  std::string log() const
  {
    std::string log;
    for (const auto &request : server_.requests())
      log += (log.empty() ? "" : " | ") + kind_of(request);
    return log;
  }

  // To be set before anything is sent.
  std::string state = "ACTIVE"; // of new files
  std::function<std::string(const std::string &content)> sha = [](const std::string &content) {
    return base64_of(sha256_of(content));
  };
  std::string expires = "2026-11-24T12:00:00Z"; // 48 hours after the manual clock begins

  // Server's thread, or after the end of what asks.
  std::string &received() { return uploads_[newest_]; } // by the upload asked about of late
  std::map<std::string, std::string> files;             // name: content
  std::string file(const std::string &name)
  {
    return R"({"name":")" + name + R"(","uri":")" + kGoogle + "/v1beta/" + name +
           R"(","mimeType":"image/png","sizeBytes":"1","state":")" + state +
           R"(","expirationTime":")" + expires + R"(","sha256Hash":")" + sha(files[name]) +
           R"(","error":{"code":3,"message":"the picture is upside down"}})";
  }

  static std::string kind_of(const ServerRequest &request)
  {
    if (request.method == "GET")
      return "get";
    if (request.method == "DELETE")
      return "delete";
    return request.header("x-goog-upload-command");
  }

private:
  ServerReply answer(const ServerRequest &request)
  {
    const std::string kind = kind_of(request);
    const int n = ++counts_[kind];
    if (!request.query.empty())
      newest_ = request.query;
    if (meddle_) {
      if (auto reply = meddle_(kind, n, request))
        return *std::move(reply);
    }
    if (request.header("x-goog-api-key").empty())
      return {.status = 403, .body = R"({"error":{"status":"PERMISSION_DENIED"}})"};
    if (kind == "start") {
      const std::string id = n_uploads_++ == 0 ? "hidden" : std::to_string(n_uploads_);
      return {.headers = {{"X-Goog-Upload-URL",
                           std::string{kGoogle} + "/upload/v1beta/files?upload_id=" + id}}};
    }
    if (kind == "query")
      return {.headers = {{"X-Goog-Upload-Status", "active"},
                          {"X-Goog-Upload-Size-Received", std::to_string(received().size())}}};
    const std::string name = request.path.substr(request.path.find("files"));
    if (kind == "get" || kind == "delete") {
      if (!files.contains(name))
        return {
            .status = 403,
            .body =
                R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"You do not have permission to access the File )" +
                name.substr(6) + R"( or it may not exist."}})"};
      if (kind == "get")
        return {.body = file(name)};
      files.erase(name);
      return {.body = "{}"};
    }
    if (request.header("x-goog-upload-offset") != std::to_string(received().size()))
      return {.status = 400, .body = R"({"error":{"status":"INVALID_ARGUMENT"}})"};
    received() += request.body;
    if (kind == "upload")
      return {.headers = {{"X-Goog-Upload-Status", "active"}}};
    const std::string created = "files/n" + std::to_string(++n_files_);
    files[created] = received();
    return {.headers = {{"X-Goog-Upload-Status", "final"}},
            .body = R"({"file":)" + file(created) + "}"};
  }

  const Meddle meddle_;
  std::map<std::string, int> counts_;
  int n_files_ = 0;
  int n_uploads_ = 0;
  std::map<std::string, std::string> uploads_; // by query: what came
  std::string newest_;
  ScriptedServer server_; // last: ends before the others go
};

// Takes one result over from the network thread.
class Mailbox {
public:
  net::FileStore::Done done()
  {
    return [this](Result<wire::FileResource, net::HttpFailure> result) {
      const std::lock_guard lock{mutex_};
      fail_unless(!result_, "called twice");
      result_ = std::move(result);
      changed_.notify_one();
    };
  }
  Result<wire::FileResource, net::HttpFailure> wait()
  {
    std::unique_lock lock{mutex_};
    fail_unless(changed_.wait_for(lock, 20s, [this] { return result_.has_value(); }),
                "no result came");
    return *result_;
  }
  bool is_empty() const
  {
    const std::lock_guard lock{mutex_};
    return !result_;
  }

private:
  mutable std::mutex mutex_; // guards result_
  std::condition_variable changed_;
  std::optional<Result<wire::FileResource, net::HttpFailure>> result_;
};

net::FileStore::Upload upload_of(std::shared_ptr<const std::string> content,
                                 const void *owner = nullptr)
{
  return {.owner = owner,
          .content = std::move(content),
          .mime_type = "image/png",
          .display_name = "a picture",
          .authorize = [] {
            return net::Headers{{"x-goog-api-key", "key"}};
          }};
}

Result<wire::FileResource, net::HttpFailure> put(net::FileStore &store,
                                                 std::shared_ptr<const std::string> content)
{
  Mailbox mailbox;
  store.upload(upload_of(std::move(content)), mailbox.done());
  return mailbox.wait();
}

template <typename R> const char *words_of(const R &result)
{
  return result ? "a file" : result.error().message.c_str();
}

// Lets the clock run as soon as somebody sleeps for exactly these times, one after the other.
void let_pass(ManualClock &clock, const std::vector<std::chrono::seconds> &times)
{
  for (const auto time : times) {
    fail_unless(clock.wait_for_sleeper(time), "nobody waits for %d s",
                static_cast<int>(time.count()));
    clock.advance(time);
  }
}

// Waits until what was posted before has been dealt with and answered: a look at a file comes last.
void settle(net::FileStore &store)
{
  Mailbox mailbox;
  store.find({.name = "files/none",
              .authorize =
                  [] {
                    return net::Headers{{"x-goog-api-key", "key"}};
                  }},
             mailbox.done());
  mailbox.wait();
}

} // namespace

GST_START_TEST(a_file_is_begun_and_sent)
{
  FileService service;
  net::FileStore store{service.endpoint()};
  const auto content = some_bytes(1000);
  const auto result = put(store, content);
  fail_unless(result.has_value(), "%s", words_of(result));
  check_text(result->name, "files/n1");
  check_text(result->uri, "https://generativelanguage.googleapis.com/v1beta/files/n1");
  const auto requests = service.server().requests();
  check_text(service.log(), "start | upload, finalize");
  const auto &start = requests[0];
  check_text(start.path, "/upload/v1beta/files");
  check_text(start.header("x-goog-upload-protocol"), "resumable");
  check_text(start.header("x-goog-upload-header-content-length"), "1000");
  check_text(start.header("x-goog-upload-header-content-type"), "image/png");
  check_text(start.header("content-type"), "application/json");
  fail_unless(start.body.find("\"displayName\":\"a picture\"") != std::string::npos);
  const auto &chunk = requests[1];
  check_text(chunk.path, "/upload/v1beta/files"); // at our host
  check_text(chunk.query, "upload_id=hidden");
  check_text(chunk.header("x-goog-upload-offset"), "0");
  fail_unless(chunk.body == *content);
  for (const auto &request : requests)
    check_text(request.header("x-goog-api-key"), "key");
}
GST_END_TEST

GST_START_TEST(large_files_go_in_chunks)
{
  const struct {
    std::size_t size;
    const char *log;
  } kCases[] = {
      {0, "start | upload, finalize"},
      {8 * kMiB, "start | upload, finalize"},
      {8 * kMiB + 1, "start | upload | upload, finalize"},
      {20 * kMiB, "start | upload | upload | upload, finalize"},
  };
  for (const auto &[size, log] : kCases) {
    FileService service;
    net::FileStore store{service.endpoint()};
    const auto content = some_bytes(size);
    const auto result = put(store, content);
    fail_unless(result.has_value(), "%s", words_of(result));
    check_text(service.log(), log);
    fail_unless(service.received() == *content);
  }
}
GST_END_TEST

GST_START_TEST(a_broken_upload_goes_on_where_it_broke)
{
  FileService *self = nullptr;
  FileService service{[&](const std::string &kind, int n,
                          const ServerRequest &request) -> std::optional<ServerReply> {
    if (kind != "upload" || n != 2)
      return std::nullopt;
    self->received() += request.body.substr(0, 3 * kMiB);
    return ServerReply{.delivery = Delivery::reset};
  }};
  self = &service;
  net::FileStore store{service.endpoint()};
  const auto content = some_bytes(20 * kMiB);
  const auto result = put(store, content);
  fail_unless(result.has_value(), "%s", words_of(result));
  check_text(service.log(), "start | upload | upload | query | upload | upload, finalize");
  fail_unless(service.received() == *content);
  const auto requests = service.server().requests();
  check_text(requests[4].header("x-goog-upload-offset"), "11534336");
  check_text(requests[3].header("x-goog-api-key"), "key");
}
GST_END_TEST

GST_START_TEST(a_file_that_arrived_before_the_break_is_not_sent_again)
{
  FileService *self = nullptr;
  FileService service{[&](const std::string &kind, int,
                          const ServerRequest &request) -> std::optional<ServerReply> {
    if (kind == "upload, finalize") {
      self->files["files/there"] = request.body;
      return ServerReply{.delivery = Delivery::reset};
    }
    if (kind == "query")
      return ServerReply{.headers = {{"X-Goog-Upload-Status", "final"}},
                         .body = R"({"file":)" + self->file("files/there") + "}"};
    return std::nullopt;
  }};
  self = &service;
  net::FileStore store{service.endpoint()};
  const auto result = put(store, some_bytes(100));
  fail_unless(result && result->name == "files/there", "%s", words_of(result));
  check_text(service.log(), "start | upload, finalize | query");
}
GST_END_TEST

GST_START_TEST(a_connection_that_keeps_breaking_is_given_up_after_a_while)
{
  ManualClock clock;
  FileService service{
      [](const std::string &kind, int, const ServerRequest &) -> std::optional<ServerReply> {
        if (kind == "start")
          return std::nullopt;
        return ServerReply{.delivery = Delivery::reset};
      }};
  net::FileStore store{service.endpoint()};
  Mailbox mailbox;
  store.upload(upload_of(some_bytes(100)), mailbox.done());
  let_pass(clock, {1s, 2s, 4s});
  const auto result = mailbox.wait();
  fail_unless(!result && result.error().kind == FailureKind::unreachable, "%s", words_of(result));
  fail_unless(result.error().was_sent);
  check_text(service.log(), "start | upload, finalize | query | query | query | query");
}
GST_END_TEST

GST_START_TEST(trouble_of_the_service_is_waited_for)
{
  ManualClock clock;
  FileService service{
      [](const std::string &kind, int n, const ServerRequest &) -> std::optional<ServerReply> {
        if (kind == "upload, finalize" && n <= 2)
          return ServerReply{.status = 503};
        return std::nullopt;
      }};
  net::FileStore store{service.endpoint()};
  Mailbox mailbox;
  store.upload(upload_of(some_bytes(100)), mailbox.done());
  let_pass(clock, {1s, 2s});
  fail_unless(mailbox.wait().has_value());
  check_text(service.log(), "start | upload, finalize | query | upload, finalize | query | "
                            "upload, finalize");
}
GST_END_TEST

GST_START_TEST(a_chunk_without_a_status_is_sent_again)
{
  for (const int n_missing : {1, 3, 4}) {
    ManualClock clock;
    FileService service{
        [&](const std::string &kind, int n, const ServerRequest &) -> std::optional<ServerReply> {
          if (kind == "upload, finalize" && n <= n_missing)
            return ServerReply{};
          return std::nullopt;
        }};
    net::FileStore store{service.endpoint()};
    Mailbox mailbox;
    store.upload(upload_of(some_bytes(100)), mailbox.done());
    let_pass(clock, n_missing == 1 ? std::vector{1s} : std::vector{1s, 2s, 4s});
    const auto result = mailbox.wait();
    fail_unless(result.has_value() == (n_missing < 4), "%s", words_of(result));
    fail_unless(result || result.error().kind == FailureKind::bad_reply);
    assert_equals_int(static_cast<int>(service.server().requests().size()),
                      std::min(n_missing + 2, 5));
  }
}
GST_END_TEST

GST_START_TEST(an_upload_that_the_service_lost_begins_again_once)
{
  for (const int n_lost : {1, 2}) {
    FileService service{
        [&](const std::string &kind, int n, const ServerRequest &) -> std::optional<ServerReply> {
          if (kind == "upload, finalize" && n <= n_lost)
            return ServerReply{.delivery = Delivery::reset};
          if (kind == "query")
            return ServerReply{.status = 404};
          return std::nullopt;
        }};
    net::FileStore store{service.endpoint()};
    const auto result = put(store, some_bytes(100));
    fail_unless(result.has_value() == (n_lost == 1), "%s", words_of(result));
    check_text(service.log(),
               n_lost == 1 ? "start | upload, finalize | query | start | upload, finalize"
                           : "start | upload, finalize | query | start | upload, finalize | query");
  }
}
GST_END_TEST

GST_START_TEST(what_the_service_refuses_is_a_failure_as_of_any_request)
{
  const struct {
    const char *kind;
    int status;
    const char *body;
    FailureKind expected;
  } kCases[] = {
      {"start", 400, R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":"no"}})",
       FailureKind::invalid_request},
      {"start", 429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"no"}})",
       FailureKind::quota},
      {"start", 503, "", FailureKind::overloaded},
      {"start", 200, "{}", FailureKind::bad_reply}, // no address
      {"upload, finalize", 413, "", FailureKind::invalid_request},
  };
  for (const auto &each : kCases) {
    FileService service{
        [&](const std::string &kind, int, const ServerRequest &) -> std::optional<ServerReply> {
          if (kind == each.kind)
            return ServerReply{.status = each.status, .body = each.body};
          return std::nullopt;
        }};
    net::FileStore store{service.endpoint()};
    const auto result = put(store, some_bytes(100));
    fail_unless(!result && result.error().kind == each.expected, "%s %d: %s", each.kind,
                each.status, words_of(result));
    fail_unless(!result.error().message.empty());
  }
  net::FileStore nowhere{{.base_url = "http://127.0.0.1:9", .api_version = "v1beta"}};
  const auto result = put(nowhere, some_bytes(100));
  fail_unless(!result && result.error().kind == FailureKind::unreachable);
  fail_unless(!result.error().was_sent);
}
GST_END_TEST

GST_START_TEST(an_upload_that_ends_out_of_turn_is_a_failure)
{
  const struct {
    const char *kind;
    const char *status;
  } kCases[] = {{"upload", "final"}, {"upload, finalize", "active"}, {"upload", "cancelled"}};
  for (const auto &each : kCases) {
    FileService service{
        [&](const std::string &kind, int, const ServerRequest &) -> std::optional<ServerReply> {
          if (kind == each.kind)
            return ServerReply{.headers = {{"X-Goog-Upload-Status", each.status}}};
          return std::nullopt;
        }};
    net::FileStore store{service.endpoint()};
    const auto result = put(store, some_bytes(9 * kMiB));
    fail_unless(!result && result.error().kind == FailureKind::bad_reply, "%s", words_of(result));
  }
}
GST_END_TEST

GST_START_TEST(a_file_is_waited_for_until_it_is_active)
{
  ManualClock clock;
  FileService *self = nullptr;
  FileService service{
      [&](const std::string &kind, int n, const ServerRequest &) -> std::optional<ServerReply> {
        if (kind == "get" && n == 2)
          return ServerReply{.delivery = Delivery::reset}; // nothing is lost by that
        if (kind == "get" && n == 4)
          return ServerReply{.status = 500};
        if (kind == "get" && n == 6)
          self->state = "ACTIVE";
        return std::nullopt;
      }};
  self = &service;
  service.state = "PROCESSING";
  net::FileStore store{service.endpoint()};
  Mailbox mailbox;
  store.upload(upload_of(some_bytes(100)), mailbox.done());
  // GET is sent once more by libsoup itself, so that the third look is the second of ours.
  let_pass(clock, {1s, 2s, 4s, 8s, 10s});
  const auto result = mailbox.wait();
  fail_unless(result && result->state == wire::FileState::active, "%s", words_of(result));
}
GST_END_TEST

GST_START_TEST(a_file_that_the_service_cannot_use_is_a_failure)
{
  FileService service;
  service.state = "FAILED";
  net::FileStore store{service.endpoint()};
  const auto result = put(store, some_bytes(100));
  fail_unless(!result && result.error().kind == FailureKind::bad_reply);
  fail_unless(result.error().message.find("files/n1: the picture is upside down") !=
                  std::string::npos,
              "%s", words_of(result));
  settle(store);
  fail_unless(service.files.empty()); // it is of no use to anybody
}
GST_END_TEST

GST_START_TEST(a_file_that_was_damaged_on_its_way_is_a_failure)
{
  const auto hex = [](const std::string &content) { return sha256_of(content); };
  const auto raw = [](const std::string &content) {
    guint8 digest[32];
    gsize size = sizeof digest;
    GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, reinterpret_cast<const guchar *>(content.data()),
                      static_cast<gssize>(content.size()));
    g_checksum_get_digest(checksum, digest, &size);
    g_checksum_free(checksum);
    return base64_of({reinterpret_cast<const char *>(digest), size});
  };
  const struct {
    std::function<std::string(const std::string &)> sha;
    bool is_good;
  } kCases[] = {
      {[](const std::string &content) { return base64_of(sha256_of(content)); }, true},
      {hex, true},
      {raw, true},
      {[](const std::string &) { return ""; }, true},
      {[=](const std::string &content) { return hex(content + "x"); }, false},
      {[=](const std::string &content) { return raw(content + "x"); }, false},
      {[](const std::string &content) { return base64_of(sha256_of(content + "x")); }, false},
  };
  for (const auto &[sha, is_good] : kCases) {
    FileService service;
    service.sha = sha;
    net::FileStore store{service.endpoint()};
    const auto result = put(store, some_bytes(100));
    fail_unless(result.has_value() == is_good, "%s", words_of(result));
    settle(store);
    fail_unless(service.files.empty() == !is_good);
    if (!is_good) {
      fail_unless(result.error().kind == FailureKind::bad_reply);
      fail_unless(result.error().message.find("damaged") != std::string::npos);
    }
  }
}
GST_END_TEST

GST_START_TEST(what_is_known_is_not_uploaded_again)
{
  ManualClock clock;
  FileService service;
  net::FileStore store{service.endpoint()};
  const auto content = some_bytes(100);
  fail_unless(put(store, content)->name == "files/n1");
  fail_unless(put(store, some_bytes(100))->name == "files/n1"); // the same bytes elsewhere
  clock.advance(47h);
  fail_unless(put(store, content)->name == "files/n1");
  clock.advance(1s); // less than an hour left
  service.expires = "2026-11-26T12:00:00Z";
  fail_unless(put(store, content)->name == "files/n2");
  fail_unless(put(store, content)->name == "files/n2");
  fail_unless(put(store, some_bytes(100, 2))->name == "files/n3"); // other bytes
  auto other_type = upload_of(content);
  other_type.mime_type = "image/webp";
  Mailbox mailbox;
  store.upload(other_type, mailbox.done());
  fail_unless(mailbox.wait()->name == "files/n4");
}
GST_END_TEST

GST_START_TEST(a_file_of_no_told_end_lives_for_48_hours)
{
  ManualClock clock;
  FileService service;
  service.expires = "";
  net::FileStore store{service.endpoint()};
  const auto content = some_bytes(100);
  fail_unless(put(store, content)->name == "files/n1");
  clock.advance(47h);
  fail_unless(put(store, content)->name == "files/n1");
  clock.advance(1s);
  fail_unless(put(store, content)->name == "files/n2");
}
GST_END_TEST

GST_START_TEST(what_the_service_forgot_is_uploaded_again)
{
  FileService service;
  net::FileStore store{service.endpoint()};
  const auto first = put(store, some_bytes(100));
  const auto other = put(store, some_bytes(100, 2));
  store.forget(first->uri);
  fail_unless(put(store, some_bytes(100))->name == "files/n3");
  fail_unless(put(store, some_bytes(100, 2))->name == other->name);
}
GST_END_TEST

GST_START_TEST(several_who_want_the_same_wait_for_one_upload)
{
  std::promise<void> go;
  const std::shared_future<void> may_go = go.get_future();
  FileService service{
      [=](const std::string &kind, int, const ServerRequest &) -> std::optional<ServerReply> {
        if (kind == "start")
          may_go.wait();
        return std::nullopt;
      }};
  net::FileStore store{service.endpoint()};
  const auto content = some_bytes(100);
  Mailbox mailboxes[3];
  for (auto &mailbox : mailboxes)
    store.upload(upload_of(content, &mailbox), mailbox.done());
  store.cancel(&mailboxes[0]); // whose key it was sent with
  const auto cancelled = mailboxes[0].wait();
  fail_unless(!cancelled && cancelled.error().message == "The file was given up");
  go.set_value();
  fail_unless(mailboxes[1].wait()->name == "files/n1");
  fail_unless(mailboxes[2].wait()->name == "files/n1");
  check_text(service.log(), "start | upload, finalize");
}
GST_END_TEST

GST_START_TEST(an_upload_that_nobody_waits_for_is_given_up)
{
  FileService service{
      [](const std::string &kind, int, const ServerRequest &) -> std::optional<ServerReply> {
        if (kind == "upload")
          return ServerReply{.delivery = Delivery::silence};
        return std::nullopt;
      }};
  // The store answers whoever still waits when it ends.
  Mailbox mailbox;
  Mailbox again;
  net::FileStore store{service.endpoint()};
  int owner = 0;
  int other = 0;
  const auto content = some_bytes(9 * kMiB);
  const std::weak_ptr<const std::string> watch = content;
  store.upload(upload_of(content, &owner), mailbox.done());
  fail_unless(service.server().wait_for_requests(2));
  store.cancel(&other);
  settle(store);
  fail_unless(mailbox.is_empty());
  store.cancel(&owner);
  fail_unless(!mailbox.wait().has_value());
  // It begins from the start when it is wanted again.
  store.upload(upload_of(content, &owner), again.done());
  fail_unless(service.server().wait_for_requests(5));
  check_text(service.log(), "start | upload | get | start | upload");
}
GST_END_TEST

GST_START_TEST(a_file_takes_no_longer_than_its_time)
{
  ManualClock clock;
  FileService service;
  service.state = "PROCESSING"; // for ever
  net::FileStore store{service.endpoint()};
  auto patient = upload_of(some_bytes(100));
  patient.timeout = 6s;
  auto hasty = patient;
  hasty.timeout = 2s;
  Mailbox for_patient;
  Mailbox for_hasty;
  store.upload(hasty, for_hasty.done());
  store.upload(patient, for_patient.done());
  let_pass(clock, {1s});
  fail_unless(clock.wait_for_sleeper(1s));
  fail_unless(for_hasty.is_empty());
  clock.advance(1s);
  const auto late = for_hasty.wait();
  fail_unless(!late && late.error().kind == FailureKind::timeout);
  fail_unless(late.error().message.find("2000 ms") != std::string::npos, "%s", words_of(late));
  fail_unless(for_patient.is_empty());
  fail_unless(clock.wait_for_sleeper(4s));
  clock.advance(4s);
  fail_unless(for_patient.wait().error().kind == FailureKind::timeout);
  settle(store);
  fail_unless(service.files.empty()); // nobody will ask about it
}
GST_END_TEST

GST_START_TEST(a_silent_service_ends_with_the_time)
{
  ManualClock clock;
  FileService service{
      [](const std::string &, int, const ServerRequest &) -> std::optional<ServerReply> {
        return ServerReply{.delivery = Delivery::silence};
      }};
  net::FileStore store{service.endpoint()};
  Mailbox mailbox;
  store.upload(upload_of(some_bytes(100)), mailbox.done());
  fail_unless(service.server().wait_for_requests(1));
  let_pass(clock, {60s});
  fail_unless(mailbox.wait().error().kind == FailureKind::timeout);
}
GST_END_TEST

GST_START_TEST(frames_are_never_shared_and_go_when_they_were_used)
{
  FileService service;
  {
    net::FileStore store{service.endpoint()};
    auto frame = upload_of(some_bytes(100));
    frame.is_single_use = true;
    Mailbox mailboxes[3];
    for (auto &mailbox : mailboxes)
      store.upload(frame, mailbox.done());
    std::vector<std::string> uris;
    for (auto &mailbox : mailboxes)
      uris.push_back(mailbox.wait()->uri);
    fail_unless(uris[0] != uris[1] && uris[1] != uris[2]);
    store.remove(uris[0]);
    store.remove(uris[0]);
    store.remove(uris[1]);
    fail_unless(service.server().wait_for_requests(8));
    settle(store);
    assert_equals_int(static_cast<int>(service.files.size()), 1);
  }
  fail_unless(service.files.empty(), "%s", service.log().c_str()); // the last one at the end
  const auto requests = service.server().requests();
  int n_deletions = 0;
  for (const auto &request : requests) {
    if (request.method == "DELETE") {
      ++n_deletions;
      check_text(request.header("x-goog-api-key"), "key");
    }
  }
  assert_equals_int(n_deletions, 3);
}
GST_END_TEST

GST_START_TEST(what_was_uploaded_is_deleted_at_the_end)
{
  FileService service;
  {
    net::FileStore store{service.endpoint()};
    for (unsigned seed = 1; seed <= 20; ++seed)
      fail_unless(put(store, some_bytes(100, seed)).has_value());
    assert_equals_int(static_cast<int>(service.files.size()), 20);
  }
  fail_unless(service.files.empty(), "%s", service.log().c_str());
}
GST_END_TEST

GST_START_TEST(the_end_waits_half_a_second_at_most)
{
  FileService service{
      [](const std::string &kind, int, const ServerRequest &) -> std::optional<ServerReply> {
        if (kind == "delete" || kind == "upload")
          return ServerReply{.delivery = Delivery::silence};
        return std::nullopt;
      }};
  Mailbox mailbox;
  auto store = std::make_unique<net::FileStore>(service.endpoint());
  fail_unless(put(*store, some_bytes(100)).has_value());
  store->upload(upload_of(some_bytes(9 * kMiB)), mailbox.done());
  fail_unless(service.server().wait_for_requests(4));
  const auto begin = std::chrono::steady_clock::now();
  store.reset();
  const auto took = std::chrono::steady_clock::now() - begin;
  fail_unless(took < 900ms);
  fail_unless(!mailbox.wait().has_value()); // who waited was told
}
GST_END_TEST

GST_START_TEST(a_file_of_the_users_own_is_looked_up)
{
  ManualClock clock;
  FileService *self = nullptr;
  FileService service{
      [&](const std::string &kind, int n, const ServerRequest &) -> std::optional<ServerReply> {
        if (kind == "get" && n == 2)
          self->state = "ACTIVE";
        return std::nullopt;
      }};
  self = &service;
  service.files["files/mine"] = "content";
  service.state = "PROCESSING";
  {
    net::FileStore store{service.endpoint()};
    Mailbox mailbox;
    store.find({.name = "files/mine",
                .authorize =
                    [] {
                      return net::Headers{{"x-goog-api-key", "key"}};
                    }},
               mailbox.done());
    let_pass(clock, {1s});
    const auto result = mailbox.wait();
    fail_unless(result && result->mime_type == "image/png", "%s", words_of(result));
    check_text(service.server().requests()[0].path, "/v1beta/files/mine");
    Mailbox none;
    store.find({.name = "files/none",
                .authorize =
                    [] {
                      return net::Headers{{"x-goog-api-key", "key"}};
                    }},
               none.done());
    const auto gone = none.wait();
    fail_unless(!gone && gone.error().kind == FailureKind::file_gone, "%s", words_of(gone));
  }
  fail_unless(service.files.contains("files/mine")); // it is not ours to delete
}
GST_END_TEST

GST_START_TEST(the_key_is_asked_for_each_request)
{
  FileService service;
  net::FileStore store{service.endpoint()};
  auto upload = upload_of(some_bytes(9 * kMiB));
  int n = 0; // network thread
  upload.authorize = [&n] { return net::Headers{{"x-goog-api-key", "key" + std::to_string(++n)}}; };
  Mailbox mailbox;
  store.upload(upload, mailbox.done());
  fail_unless(mailbox.wait().has_value());
  const auto requests = service.server().requests();
  for (std::size_t i = 0; i < 3; ++i)
    fail_unless(requests.at(i).header("x-goog-api-key") == "key" + std::to_string(i + 1));
}
GST_END_TEST

GST_START_TEST(auditors_see_every_exchange)
{
  FileService service;
  net::FileStore store{service.endpoint()};
  auto upload = upload_of(some_bytes(9 * kMiB));
  std::vector<std::string> seen; // network thread, until the upload is done
  upload.tap = [&seen](const net::HttpRequest &request, const net::HttpResult &result) {
    seen.push_back(std::string{request.method} + " " +
                   std::to_string(std::min(request.body_size, request.body->size())) + " " +
                   std::to_string(result ? result->status : 0));
  };
  Mailbox mailbox;
  store.upload(upload, mailbox.done());
  fail_unless(mailbox.wait().has_value());
  assert_equals_int(static_cast<int>(seen.size()), 3);
  check_text(seen[1], "POST 8388608 200");
  check_text(seen[2], "POST 1048576 200");
}
GST_END_TEST

GST_START_TEST(a_store_is_shared_by_endpoint_and_account)
{
  const wire::Endpoint one{.base_url = "http://127.0.0.1:9", .api_version = "v1beta"};
  const wire::Endpoint other{.base_url = "http://127.0.0.1:10", .api_version = "v1beta"};
  auto store = net::FileStore::share(one, "a");
  fail_unless(net::FileStore::share(one, "a") == store);
  fail_unless(net::FileStore::share(one, "b") != store);
  fail_unless(net::FileStore::share(other, "a") != store);
  const std::weak_ptr<net::FileStore> watch = store;
  store.reset();
  fail_unless(watch.expired());
}
GST_END_TEST

GST_START_TEST(chunks_go_only_where_the_key_may_go)
{
  const std::string at_google = std::string{kGoogle} + "/upload/v1beta/files?upload_id=x";
  const struct {
    std::string base;
    std::string said;
    std::string address;
  } kCases[] = {
      {kGoogle, at_google, at_google},
      {kGoogle, "https://upload.googleapis.com/x?y=z", "https://upload.googleapis.com/x?y=z"},
      {kGoogle, "http://generativelanguage.googleapis.com/upload", ""},
      {kGoogle, "https://example.org/upload?upload_id=x", ""},
      {kGoogle, "https://evilgoogleapis.com/upload", ""},
      {kGoogle, "", ""},
      {"http://127.0.0.1:8080", at_google, "http://127.0.0.1:8080/upload/v1beta/files?upload_id=x"},
      {"http://127.0.0.1:8080", "https://example.org/u?a=b%2Fc", "http://127.0.0.1:8080/u?a=b%2Fc"},
      {"https://proxy/gemini", at_google, "https://proxy/gemini/upload/v1beta/files?upload_id=x"},
      {"https://proxy/gemini", "https://proxy/gemini/u?i=x", "https://proxy/gemini/u?i=x"},
      {"https://proxy", "not an address", ""},
  };
  for (const auto &[base, said, address] : kCases)
    check_text(net::upload_address(base, said), address);
}
GST_END_TEST

static Suite *file_store_suite()
{
  Suite *suite = suite_create("file_store");
  TCase *tcase = tcase_create("file_store");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_file_is_begun_and_sent);
  tcase_add_test(tcase, large_files_go_in_chunks);
  tcase_add_test(tcase, a_broken_upload_goes_on_where_it_broke);
  tcase_add_test(tcase, a_file_that_arrived_before_the_break_is_not_sent_again);
  tcase_add_test(tcase, a_connection_that_keeps_breaking_is_given_up_after_a_while);
  tcase_add_test(tcase, trouble_of_the_service_is_waited_for);
  tcase_add_test(tcase, a_chunk_without_a_status_is_sent_again);
  tcase_add_test(tcase, an_upload_that_the_service_lost_begins_again_once);
  tcase_add_test(tcase, what_the_service_refuses_is_a_failure_as_of_any_request);
  tcase_add_test(tcase, an_upload_that_ends_out_of_turn_is_a_failure);
  tcase_add_test(tcase, a_file_is_waited_for_until_it_is_active);
  tcase_add_test(tcase, a_file_that_the_service_cannot_use_is_a_failure);
  tcase_add_test(tcase, a_file_that_was_damaged_on_its_way_is_a_failure);
  tcase_add_test(tcase, what_is_known_is_not_uploaded_again);
  tcase_add_test(tcase, a_file_of_no_told_end_lives_for_48_hours);
  tcase_add_test(tcase, what_the_service_forgot_is_uploaded_again);
  tcase_add_test(tcase, several_who_want_the_same_wait_for_one_upload);
  tcase_add_test(tcase, an_upload_that_nobody_waits_for_is_given_up);
  tcase_add_test(tcase, a_file_takes_no_longer_than_its_time);
  tcase_add_test(tcase, a_silent_service_ends_with_the_time);
  tcase_add_test(tcase, frames_are_never_shared_and_go_when_they_were_used);
  tcase_add_test(tcase, what_was_uploaded_is_deleted_at_the_end);
  tcase_add_test(tcase, the_end_waits_half_a_second_at_most);
  tcase_add_test(tcase, a_file_of_the_users_own_is_looked_up);
  tcase_add_test(tcase, the_key_is_asked_for_each_request);
  tcase_add_test(tcase, auditors_see_every_exchange);
  tcase_add_test(tcase, a_store_is_shared_by_endpoint_and_account);
  tcase_add_test(tcase, chunks_go_only_where_the_key_may_go);
  return suite;
}
GST_CHECK_MAIN(file_store)
