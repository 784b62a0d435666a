// SPDX-License-Identifier: LGPL-2.1-or-later
// A request as it came over the network.
#pragma once

#include <map>
#include <string>

namespace gemini::emulator {

struct HttpRequest {
  std::string method;
  std::string path; // decoded
  std::map<std::string, std::string> query;
  std::string key;   // of the header x-goog-api-key, else of the query
  std::string token; // of the header Authorization: Bearer
  // Where the key or token was: "x-goog-api-key", "authorization", or "key" for the query.
  std::string credential = {};
  std::map<std::string, std::string> headers = {}; // names in lower case; without key and token
  std::string origin = {};                         // "http://127.0.0.1:8080"
  std::string body;

  // Empty where there is no such header.
  std::string header(const std::string &name) const;
  // Of the query; empty where there is no such parameter.
  std::string parameter(const std::string &name) const;
};

} // namespace gemini::emulator
