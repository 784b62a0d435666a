// SPDX-License-Identifier: LGPL-2.1-or-later

// `audit-location`: the exact bytes sent and received, frames included, secrets not.
#pragma once

#include "core/result.hpp"
#include "net/http_client.hpp"
#include "plugin/text_file.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace gemini {

// A folder with two files an exchange: NAME-000007-1-generate.request (request line, headers without
// secrets, empty line, body) and .response (status line, headers, empty line, body; or what went
// wrong). Bodies are as they went over the wire, but for secrets quoted in replies.
class Audit {
public:
  // Makes the folder where it is missing. `scrub` takes secrets out of text.
  static Result<std::shared_ptr<Audit>, SettingProblem>
  open(const std::string &folder, std::string stream_name,
       std::function<std::string(std::string)> scrub);
  ~Audit(); // writes what is waiting

  // One exchange, of any thread: it is written by write(). `what` is one word, such as "generate" or
  // "upload". What waits is bounded: beyond that exchanges are dropped, which write() tells.
  void add(const std::string &what, std::uint64_t request_id, int attempt,
           const net::HttpRequest &request, const net::HttpResult &result);
  // Writes what waits; the worker calls it. A sentence, once for each change, where something could
  // not be written; empty otherwise.
  std::string write();
};

} // namespace gemini
