// SPDX-License-Identifier: LGPL-2.1-or-later
// The service without its network: from a request to an answer. Used by one thread at a time.
#pragma once

#include "eyes.hpp"
#include "faults.hpp"
#include "generate_request.hpp"
#include "rate_limit.hpp"
#include "route.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemini::emulator {

struct HttpRequest {
  std::string method;
  std::string path; // decoded
  std::map<std::string, std::string> query;
  std::string key;   // of the header x-goog-api-key, else of the query
  std::string token; // of the header Authorization: Bearer
  std::map<std::string, std::string> headers = {}; // names in lower case; without key and token
  std::string origin = {};                         // "http://127.0.0.1:8080"
  std::string body;

  // Empty where there is no such header.
  std::string header(const std::string &name) const;
};

struct Answer {
  int http_status = 200;
  std::string content_type = "application/json; charset=UTF-8";
  std::vector<std::string> pieces = {}; // of the body
  bool is_stream = false;               // no length is declared: the pieces follow each other

  std::string body() const;
};

class Service {
public:
  Service(const Options &options, std::unique_ptr<Eyes> eyes);

  // `arrival` counts for the rate limit.
  Answer answer(const HttpRequest &request, const ContentFault &fault,
                std::chrono::steady_clock::time_point arrival);

private:
  std::optional<ApiError> check_access(const HttpRequest &request, const Route &route) const;
  Answer run(const HttpRequest &request, const Route &route, const ContentFault &fault,
             std::chrono::steady_clock::time_point arrival);
  Answer read_and_run(const HttpRequest &request, const Route &route, const Model &model,
                      const ContentFault &fault);
  Answer generate(const GenerateRequest &request, const Route &route, const Model &model,
                  const ContentFault &fault, bool is_sse);

  std::string api_key_;
  Vision vision_;
  std::unique_ptr<Eyes> eyes_;
  RateLimit rate_limit_;
  unsigned n_answers_ = 0;
};

} // namespace gemini::emulator
