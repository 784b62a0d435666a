// SPDX-License-Identifier: LGPL-2.1-or-later
// The service without its network: from a request to an answer. Used by one thread at a time.
#pragma once

#include "answer.hpp"
#include "eyes.hpp"
#include "faults.hpp"
#include "files_api.hpp"
#include "generate_request.hpp"
#include "http_request.hpp"
#include "rate_limit.hpp"
#include "route.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemini::emulator {

class Service {
public:
  Service(const Options &options, std::unique_ptr<Eyes> eyes);

  // `arrival` counts for the rate limit.
  Answer answer(const HttpRequest &request, const ContentFault &fault,
                std::chrono::steady_clock::time_point arrival);

  // May be used by any thread.
  FileStore &files() { return files_; }

private:
  std::optional<ApiError> check_access(const HttpRequest &request, const Route &route) const;
  Answer run(const HttpRequest &request, const Route &route, const ContentFault &fault,
             std::chrono::steady_clock::time_point arrival);
  Answer read_and_run(const HttpRequest &request, const Route &route, const Model &model,
                      const ContentFault &fault);
  Answer generate(const GenerateRequest &request, const Route &route, const Model &model,
                  const ContentFault &fault, bool is_sse);

  bool is_valid(const std::string &key_or_token) const;

  std::vector<std::string> api_keys_;
  Vision vision_;
  std::unique_ptr<Eyes> eyes_;
  int requests_per_minute_;
  std::map<std::string, RateLimit> rate_limits_; // by key: each stands for a project
  FileStore files_;
  FilesApi files_api_{files_};
  unsigned n_answers_ = 0;
};

} // namespace gemini::emulator
