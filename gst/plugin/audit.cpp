// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing audits.
#include "plugin/audit.hpp"

#include "plugin/audit_text.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gemini {
namespace {

constexpr int kMostSameNames = 100'000;

SettingProblem unusable(const std::string &folder, const std::string &why)
{
  return {"audit-location: the folder " + folder + ' ' + why + '.'};
}

// What an exchange takes while it waits, bodies aside.
std::size_t size_of(const std::string &url, const net::Headers &headers)
{
  std::size_t bytes = 1024 + url.size();
  for (const auto &[name, value] : headers)
    bytes += 64 + name.size() + value.size();
  return bytes;
}

// A file that did not exist. -1 and errno otherwise.
int create(int folder, const std::string &name)
{
  return openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

// 0 or an errno.
int write_all(int file, std::initializer_list<std::string_view> parts)
{
  for (std::string_view part : parts) {
    while (!part.empty()) {
      const ssize_t written = ::write(file, part.data(), part.size());
      if (written < 0 && errno != EINTR)
        return errno;
      if (written > 0)
        part.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  return 0;
}

// NAME-000007-1-generate
std::string name_of(const std::string &stream, std::uint64_t request_id, int attempt,
                    const std::string &what)
{
  std::array<char, 64> numbers{};
  std::snprintf(numbers.data(), numbers.size(), "-%06llu-%d-",
                static_cast<unsigned long long>(request_id), attempt);
  return stream + numbers.data() + file_word(what);
}

} // namespace

Result<std::shared_ptr<Audit>, SettingProblem>
Audit::open(const std::string &folder, std::string stream_name,
            std::function<std::string(std::string)> scrub)
{
  if (g_mkdir_with_parents(folder.c_str(), S_IRWXU) != 0)
    return unusable(folder, std::string{"cannot be made: "} + g_strerror(errno));
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return unusable(folder, std::string{"cannot be opened: "} + g_strerror(errno));
  std::shared_ptr<Audit> audit{new Audit{file, folder, std::move(stream_name), std::move(scrub)}};
  if (faccessat(file, ".", W_OK | X_OK, 0) != 0)
    return unusable(folder, std::string{"cannot be written to: "} + g_strerror(errno));
  return audit;
}

Audit::Audit(int folder, std::string path, std::string stream_name,
             std::function<std::string(std::string)> scrub)
    : folder_(folder), path_(std::move(path)), stream_name_(file_word(stream_name)),
      scrub_(std::move(scrub))
{
}

Audit::~Audit()
{
  write();
  close(folder_);
}

void Audit::add(const std::string &what, std::uint64_t request_id, int attempt,
                const net::HttpRequest &request, const net::HttpResult &result)
{
  std::size_t bytes = size_of(request.url, request.headers);
  if (request.body)
    bytes += std::min(request.body_size, request.body->size());
  bytes += result ? size_of({}, result->headers) + result->body.size()
                  : result.error().message.size() + result.error().body.size();
  {
    const std::lock_guard lock{mutex_};
    if (waiting_bytes_ + bytes > kMostWaiting) {
      ++n_dropped_;
      return;
    }
    waiting_bytes_ += bytes;
  }
  Exchange exchange{.name = name_of(stream_name_, request_id, attempt, what),
                    .request = {.method = request.method,
                                .url = request.url,
                                .headers = request.headers,
                                .body = request.body,
                                .body_offset = request.body_offset,
                                .body_size = request.body_size,
                                .content_type = request.content_type},
                    .result = result,
                    .bytes = bytes};
  const std::lock_guard lock{mutex_};
  waiting_.push_back(std::move(exchange));
}

int Audit::write_exchange(const Exchange &exchange) const
{
  std::string name;
  int request = -1;
  int response = -1;
  for (int n = 1; request < 0 && n < kMostSameNames; ++n) {
    name = n == 1 ? exchange.name : exchange.name + '-' + std::to_string(n);
    request = create(folder_, name + ".request");
    if (request < 0 && errno != EEXIST)
      return errno;
  }
  if (request < 0)
    return EEXIST;
  const AuditText text{exchange.request, exchange.result, scrub_};
  int error = write_all(request, {text.request_head(), text.request_body()});
  if (close(request) != 0 && error == 0)
    error = errno;
  if (error == 0) {
    response = create(folder_, name + ".response");
    error = response < 0 ? errno : write_all(response, {text.response()});
    if (response >= 0 && close(response) != 0 && error == 0)
      error = errno;
  }
  if (error != 0) { // half an exchange proves nothing
    unlinkat(folder_, (name + ".request").c_str(), 0);
    if (response >= 0)
      unlinkat(folder_, (name + ".response").c_str(), 0);
  }
  return error;
}

std::string Audit::write()
{
  std::deque<Exchange> exchanges;
  std::uint64_t n_dropped = 0;
  {
    const std::lock_guard lock{mutex_};
    exchanges.swap(waiting_);
    n_dropped = std::exchange(n_dropped_, 0);
  }
  if (exchanges.empty() && n_dropped == 0)
    return {};
  std::string sentence;
  if (n_dropped > 0)
    sentence = "audit-location: exchanges come faster than they can be written to the folder " +
               path_ + ": some are missing there.";
  for (; !exchanges.empty(); exchanges.pop_front()) {
    if (const int error = write_exchange(exchanges.front()); error != 0)
      sentence = "audit-location: exchanges cannot be written to the folder " + path_ + ": " +
                 g_strerror(error) + '.';
    const std::lock_guard lock{mutex_};
    waiting_bytes_ -= exchanges.front().bytes;
  }
  if (sentence == told_)
    return {};
  told_ = sentence;
  return sentence;
}

} // namespace gemini
