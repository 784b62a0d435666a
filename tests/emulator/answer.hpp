// SPDX-License-Identifier: LGPL-2.1-or-later
// An answer as it goes to the network.
#pragma once

#include "errors.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gemini::emulator {

struct Answer {
  int http_status = 200;
  std::string content_type = "application/json; charset=UTF-8";
  std::vector<std::string> pieces = {}; // of the body
  bool is_stream = false;               // no length is declared: the pieces follow each other
  std::vector<std::pair<std::string, std::string>> headers = {}; // besides type and length

  std::string body() const;
};

Answer json_answer(const std::string &body);
// Whoever streams without alt=sse gets an array, also of errors.
Answer error_answer(const ApiError &error, bool is_in_array = false);
Answer html_page(int status, const std::string &title);

} // namespace gemini::emulator
