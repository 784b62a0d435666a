// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's error bodies: its codes and structure, our own wording.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gemini::emulator {

struct ApiError {
  int http_status = 500;
  std::string status; // "INVALID_ARGUMENT"
  std::string message;
  std::vector<std::string> details; // JSON objects
  // What the header Retry-After says, in whole seconds or as a date.
  std::optional<std::chrono::milliseconds> retry_after = {};
  bool is_retry_date = false;
  bool is_in_list = false; // the body is a list of one error
};

struct FieldViolation {
  std::string field; // path of the message that holds the field, in snake_case; empty for the root
  std::string description;
};

std::string error_body(const ApiError &error);

ApiError invalid_argument(const std::string &message);
// The violation for a name that the message at `path` does not have.
FieldViolation unknown_name(const std::string &name, const std::string &path);
ApiError bad_fields(const std::vector<FieldViolation> &violations);
// A single one; the message begins with the field's path.
ApiError bad_field(const std::string &path, const std::string &why);
ApiError bad_key(const std::string &message = {});
ApiError missing_key();
ApiError bad_token();
ApiError unknown_model(const std::string &model, const std::string &version,
                       const std::string &method);
ApiError no_such_file(const std::string &uri);
ApiError internal(const std::string &message);

enum class Quota { per_minute, per_day };
ApiError quota_exceeded(Quota quota, const std::string &model, int limit,
                        std::optional<std::chrono::milliseconds> retry_delay);

// The error that the `status` action of a fault script names ("503", "429-perday", "429-retry");
// nothing where there is no such word. `retry_delay` is for those that name one.
std::optional<ApiError> error_by_word(const std::string &word,
                                      std::chrono::milliseconds retry_delay);

} // namespace gemini::emulator
