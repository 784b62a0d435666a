// SPDX-License-Identifier: LGPL-2.1-or-later

// `audit-location`: the exact bytes sent and received, frames included, secrets not.
#pragma once

#include "core/result.hpp"
#include "net/http_client.hpp"
#include "plugin/text_file.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace gemini {

// A folder with two files an exchange: NAME-000007-1-generate.request (request line, headers
// without secrets, empty line, body) and .response (status line, headers, empty line, body; or what
// went wrong). Where these are there already, say of a former run, the name goes on with -2, -3 and
// so on. Bodies are as they went over the wire, but for secrets quoted in replies.
class Audit {
public:
  // Makes the folder where it is missing. `scrub` takes secrets out of text.
  static Result<std::shared_ptr<Audit>, SettingProblem>
  open(const std::string &folder, std::string stream_name,
       std::function<std::string(std::string)> scrub);
  ~Audit(); // writes what is waiting
  Audit(const Audit &) = delete;
  Audit &operator=(const Audit &) = delete;

  // One exchange, of any thread: it is written by write(). `what` is one word, such as "generate"
  // or "upload". What waits is bounded: beyond that exchanges are dropped, which write() tells.
  void add(const std::string &what, std::uint64_t request_id, int attempt,
           const net::HttpRequest &request, const net::HttpResult &result);
  // Writes what waits; the worker calls it, one thread at a time. A sentence, once for each change,
  // where something could not be written; empty otherwise.
  std::string write();

  // How many bytes may wait.
  static constexpr std::size_t kMostWaiting = std::size_t{64} << 20;

private:
  // The request without what is no bytes of it, and its body still shared.
  struct Exchange {
    std::string name; // of the files
    net::HttpRequest request;
    net::HttpResult result;
    std::size_t bytes = 0;
  };

  Audit(int folder, std::string path, std::string stream_name,
        std::function<std::string(std::string)> scrub);
  // 0 or an errno.
  int write_exchange(const Exchange &exchange) const;

  const int folder_;
  const std::string path_;
  const std::string stream_name_; // as a file may be called
  const std::function<std::string(std::string)> scrub_;
  std::string told_; // the last sentence of write(); empty after all went well

  std::mutex mutex_; // guards all below; not held while writing
  std::deque<Exchange> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t n_dropped_ = 0;
};

} // namespace gemini
