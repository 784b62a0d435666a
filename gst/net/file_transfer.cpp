// SPDX-License-Identifier: LGPL-2.1-or-later
// Google's resumable uploads, and the wait until a file may be used.
#include "net/file_transfer.hpp"

#include "wire/reply.hpp"

#include <libsoup/soup.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace gemini::net {

using wire::FileResource;
using wire::FileState;

namespace {

constexpr std::size_t kChunk = std::size_t{8} << 20;
constexpr unsigned kMaxRepeats = 3; // after 1, 2 and 4 s
constexpr std::chrono::seconds kLongestPoll{10};

bool is_good(int status)
{
  return status >= 200 && status < 300;
}

HttpFailure refusal(const HttpReply &reply)
{
  return {wire::read_error(reply.status, reply.body, reply.header("retry-after")), true, {}};
}

// The network, the service or what stands before it is in trouble, the upload is not.
std::optional<HttpFailure> hiccup(HttpResult &result)
{
  if (!result)
    return std::move(result.error());
  if (result->status == 408 || result->status >= 500)
    return refusal(*result);
  return std::nullopt;
}

HttpFailure bad_reply(std::string message)
{
  return {Failure{.kind = FailureKind::bad_reply, .message = std::move(message)}, true, {}};
}

std::optional<std::size_t> number(std::string_view text)
{
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

bool is_googles(GUri *uri)
{
  const std::string_view host = g_uri_get_host(uri) ? g_uri_get_host(uri) : "";
  return host == "googleapis.com" || host.ends_with(".googleapis.com");
}

} // namespace

std::string upload_address(const std::string &base_url, const std::string &said)
{
  constexpr auto kFlags = static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS);
  g_autoptr(GUri) base = g_uri_parse(base_url.c_str(), kFlags, nullptr);
  g_autoptr(GUri) uri = g_uri_parse(said.c_str(), kFlags, nullptr);
  if (!base || !uri)
    return {};
  if (is_googles(base))
    return is_googles(uri) && std::string_view{g_uri_get_scheme(uri)} == "https" ? said
                                                                                 : std::string{};
  std::string path = g_uri_get_path(uri);
  std::string_view prefix = g_uri_get_path(base); // of a proxy that serves others, too
  if (prefix.ends_with('/'))
    prefix.remove_suffix(1);
  if (!path.starts_with(std::string{prefix} + "/"))
    path.insert(0, prefix);
  g_autoptr(GUri) moved =
      g_uri_build(kFlags, g_uri_get_scheme(base), nullptr, g_uri_get_host(base),
                  g_uri_get_port(base), path.c_str(), g_uri_get_query(uri), nullptr);
  g_autofree char *url = g_uri_to_string(moved);
  return url;
}

FileTransfer::FileTransfer(HttpClient &client, const wire::Endpoint &endpoint, File file, For who)
    : client_(client), endpoint_(endpoint), file_(std::move(file)), who_(std::move(who)),
      name_(file_.name)
{
}

void FileTransfer::start()
{
  if (file_.content)
    begin();
  else
    look();
}

void FileTransfer::cancel()
{
  if (std::exchange(is_over_, true))
    return;
  client_.cancel(request_);
  who_ = {};
}

void FileTransfer::begin()
{
  send({.url = endpoint_.upload_url(),
        .headers = {{"X-Goog-Upload-Protocol", "resumable"},
                    {"X-Goog-Upload-Command", "start"},
                    {"X-Goog-Upload-Header-Content-Length", std::to_string(size())},
                    {"X-Goog-Upload-Header-Content-Type", file_.mime_type}},
        .body = std::make_shared<const std::string>(
            wire::upload_start_body(file_.display_name, file_.mime_type, size()))},
       &FileTransfer::on_begun);
}

void FileTransfer::on_begun(HttpResult result)
{
  if (!result) {
    finish(std::move(result.error()));
    return;
  }
  if (!is_good(result->status)) {
    finish(refusal(*result));
    return;
  }
  upload_url_ =
      upload_address(endpoint_.base_url, std::string{result->header("x-goog-upload-url")});
  if (upload_url_.empty()) {
    fail("The service did not say to which address of its own a file is to be sent");
    return;
  }
  offset_ = 0;
  send_chunk();
}

void FileTransfer::send_chunk()
{
  chunk_ = std::min(kChunk, size() - offset_);
  send({.url = upload_url_,
        .headers = {{"X-Goog-Upload-Command", is_last_chunk() ? "upload, finalize" : "upload"},
                    {"X-Goog-Upload-Offset", std::to_string(offset_)}},
        .body = file_.content,
        .body_offset = offset_,
        .body_size = chunk_,
        .content_type = "application/octet-stream"},
       &FileTransfer::on_chunk);
}

void FileTransfer::on_chunk(HttpResult result)
{
  if (auto failure = hiccup(result)) {
    resume(*std::move(failure));
    return;
  }
  if (!is_good(result->status)) {
    finish(refusal(*result));
    return;
  }
  const std::string_view status = result->header("x-goog-upload-status");
  if (status.empty()) {
    send_again();
    return;
  }
  n_silent_ = 0;
  n_broken_ = 0;
  if (status == "final") {
    if (is_last_chunk())
      judge(result->body);
    else
      fail("The service ended the upload of a file before it had all of it");
  } else if (status == "active" && !is_last_chunk()) {
    offset_ += chunk_;
    send_chunk();
  } else {
    fail("The service did not take a file that was sent to its end");
  }
}

void FileTransfer::send_again()
{
  if (n_silent_ == kMaxRepeats)
    fail("The service did not say whether it took a part of a file, four times");
  else
    wait(std::chrono::seconds{1 << n_silent_++}, &FileTransfer::send_chunk);
}

// Asks how far the service got, at once the first time; three times more after ever longer waits.
void FileTransfer::resume(HttpFailure failure)
{
  if (n_broken_ > kMaxRepeats) {
    finish(std::move(failure));
    return;
  }
  // What is in trouble is better not asked at once.
  if (n_broken_ == 0 && failure.http_status != 0)
    n_broken_ = 1;
  if (n_broken_++ == 0)
    query();
  else
    wait(std::chrono::seconds{1 << (n_broken_ - 2)}, &FileTransfer::query);
}

void FileTransfer::query()
{
  send({.url = upload_url_, .headers = {{"X-Goog-Upload-Command", "query"}}},
       &FileTransfer::on_queried);
}

void FileTransfer::on_queried(HttpResult result)
{
  if (auto failure = hiccup(result)) {
    resume(*std::move(failure));
    return;
  }
  if (!is_good(result->status)) {
    begin_again(refusal(*result)); // it knows nothing of this upload any more
    return;
  }
  const std::string_view status = result->header("x-goog-upload-status");
  if (status == "final" && wire::read_file_resource(result->body)) {
    judge(result->body);
    return;
  }
  const auto received = number(result->header("x-goog-upload-size-received"));
  if (status != "active" || !received || *received > size()) {
    begin_again(bad_reply("The service did not say how much of a file it has"));
    return;
  }
  if (*received > offset_)
    n_broken_ = 1;
  offset_ = *received;
  send_chunk();
}

void FileTransfer::begin_again(HttpFailure failure)
{
  if (std::exchange(has_begun_again_, true))
    finish(std::move(failure));
  else
    begin();
}

void FileTransfer::look()
{
  send({.method = "GET", .url = endpoint_.file_url(name_)}, &FileTransfer::on_looked);
}

void FileTransfer::on_looked(HttpResult result)
{
  if (auto failure = hiccup(result))
    look_again(*std::move(failure));
  else if (is_good(result->status))
    judge(result->body);
  else
    finish(refusal(*result));
}

// The first look is the caller's to try again: there is nothing to lose yet.
void FileTransfer::look_again(HttpFailure failure)
{
  if (!has_arrived_ || n_broken_++ == kMaxRepeats)
    finish(std::move(failure));
  else
    poll();
}

// Whether a file can be used.
void FileTransfer::judge(const std::string &body)
{
  auto resource = wire::read_file_resource(body);
  if (!resource) {
    finish(HttpFailure{std::move(resource.error()), true, {}});
    return;
  }
  n_broken_ = 0;
  name_ = resource->name;
  if (!std::exchange(has_arrived_, true))
    who_.arrived(*resource);
  if (!file_.sha256.empty() && !resource->sha256.empty() && resource->sha256 != file_.sha256)
    fail("A file was damaged on its way to the service: its SHA-256 there is not that of what was "
         "sent");
  else if (resource->state == FileState::failed)
    fail("The service cannot use the file " + resource->name + ": " + resource->problem);
  else if (resource->state == FileState::processing)
    poll();
  else
    finish(*std::move(resource));
}

void FileTransfer::poll()
{
  wait(std::exchange(poll_interval_, std::min(poll_interval_ * 2, kLongestPoll)),
       &FileTransfer::look);
}

void FileTransfer::send(HttpRequest request, Handler handler)
{
  for (auto &header : who_.headers())
    request.headers.push_back(std::move(header));
  request.timeout = std::max(
      std::chrono::ceil<std::chrono::milliseconds>(who_.deadline() - Clock::current().now()),
      std::chrono::milliseconds{1});
  auto sent = std::make_shared<const HttpRequest>(request); // its body is shared
  request_ = client_.send(std::move(request), [self = shared_from_this(), handler,
                                               sent = std::move(sent)](HttpResult result) {
    if (self->is_over_)
      return;
    self->who_.saw(*sent, result);
    (self.get()->*handler)(std::move(result));
  });
}

void FileTransfer::wait(std::chrono::seconds time, Step next)
{
  client_.run_at(Clock::current().now() + time, [weak = weak_from_this(), next] {
    if (const auto self = weak.lock(); self && !self->is_over_)
      (self.get()->*next)();
  });
}

void FileTransfer::fail(std::string message)
{
  finish(bad_reply(std::move(message)));
}

void FileTransfer::finish(Result<FileResource, HttpFailure> result)
{
  is_over_ = true;
  const auto done = std::move(who_.done);
  who_ = {}; // may hold who owns this
  done(std::move(result));
}

} // namespace gemini::net
