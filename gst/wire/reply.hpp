// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the body of a generateContent reply, leniently.
#pragma once

#include "core/analysis.hpp"
#include "core/failure.hpp"
#include "core/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

// What one reply says. Objects have no ids yet: the element gives them.
struct Reply {
  AnalysisStatus status = AnalysisStatus::ok; // ok, partial or blocked
  std::string finish_reason;
  std::string model_version;
  Usage usage;
  std::vector<Object> objects;
  std::vector<std::string> problems;
  std::string block_message; // one sentence, when blocked
};

// Reads the body of an HTTP 200. A body that is no JSON, or lacks what the API promises, is a
// Failure of kind bad_reply; a model text that cannot be read is a Reply with problems. At most
// `max_objects` objects are kept.
Result<Reply, Failure> read_reply(Task task, std::string_view body, std::size_t max_objects);

// Reads the body of any other HTTP status: Google's error object, the same in a one-item array, or
// whatever a proxy sent (HTML, plain text, nothing). `retry_after` is the header of that name, or
// empty.
Failure read_error(int http_status, std::string_view body, std::string_view retry_after);

} // namespace gemini::wire
