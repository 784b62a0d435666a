// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a request has no usable answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace gemini {

enum class FailureKind {
  frame,           // the frame could not be mapped, scaled or encoded
  unreachable,     // no connection: host unknown, refused, TLS refused, reset
  timeout,         // `timeout` passed without a whole answer
  bad_key,         // key or token missing, wrong, expired or blocked
  no_permission,   // the key is good, but not for this
  unknown_model,   // the model does not exist or is shut down
  invalid_request, // the service refuses a field or a value
  quota,           // too many requests or tokens
  server_error,    // the service failed
  overloaded,      // the service is busy
  bad_reply,       // the body is not what the API promises
  too_late,        // held back longer than the frame could wait
  blocked,         // the service will not speak of this picture, for safety's sake
  file_gone,       // an uploaded file is unknown, expired or another project's
  budget, // a limit that the user set (requests-per-minute, max-requests, max-tokens) is reached
  not_recorded, // replay: the record has no answer for this sample
};
inline constexpr std::size_t kFailureKinds = 16;

// The hyphenated word for NDJSON and `stats`.
constexpr const char *to_string(FailureKind kind)
{
  switch (kind) {
  case FailureKind::frame:
    return "frame";
  case FailureKind::unreachable:
    return "unreachable";
  case FailureKind::timeout:
    return "timeout";
  case FailureKind::bad_key:
    return "bad-key";
  case FailureKind::no_permission:
    return "no-permission";
  case FailureKind::unknown_model:
    return "unknown-model";
  case FailureKind::invalid_request:
    return "invalid-request";
  case FailureKind::quota:
    return "quota";
  case FailureKind::server_error:
    return "server-error";
  case FailureKind::overloaded:
    return "overloaded";
  case FailureKind::bad_reply:
    return "bad-reply";
  case FailureKind::too_late:
    return "too-late";
  case FailureKind::blocked:
    return "blocked";
  case FailureKind::file_gone:
    return "file-gone";
  case FailureKind::budget:
    return "budget";
  case FailureKind::not_recorded:
    return "not-recorded";
  }
  return "unknown";
}

struct Failure {
  FailureKind kind = FailureKind::bad_reply;
  std::string message; // one sentence for a person; no key, no image data, no line breaks
  int http_status = 0; // 0: there was no HTTP reply
  std::optional<std::chrono::nanoseconds> retry_after = std::nullopt; // the service's own wish
  bool is_daily = false; // a quota that does not heal before midnight in California
};

} // namespace gemini
