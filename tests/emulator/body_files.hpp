// SPDX-License-Identifier: LGPL-2.1-or-later
// Requests and answers as files, without keys: the bodies as 000001-request.json and
// 000001-response.json, and how the request was made as 000001-head.json.
#pragma once

#include "service.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gemini::emulator {

class BodyFiles {
public:
  explicit BodyFiles(std::string dir) : dir_(std::move(dir)) {} // empty: writes nothing

  // Makes the folder; returns what is wrong, or nothing.
  std::optional<std::string> prepare() const;
  void write_request(std::uint64_t number, const HttpRequest &request) const;
  void write_response(std::uint64_t number, const HttpRequest &request, const Answer &answer) const;

private:
  void write(std::uint64_t number, const char *name, const HttpRequest &request,
             std::string body) const;

  std::string dir_;
};

} // namespace gemini::emulator
