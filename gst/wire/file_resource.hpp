// SPDX-License-Identifier: LGPL-2.1-or-later

// The Files API's JSON: what starts an upload, and what the service knows of a file.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gemini::wire {

enum class FileState { processing, active, failed };

struct FileResource {
  std::string name; // "files/abc"
  std::string uri;  // for fileData
  std::string mime_type;
  FileState state = FileState::active;
  std::string problem = {}; // of a failed one
  std::optional<std::chrono::sys_seconds> expires = std::nullopt;
  std::string sha256 = {}; // in hexadecimal, lower case; empty: not told
};

// The body of the request that starts an upload.
std::string upload_start_body(std::string_view display_name, std::string_view mime_type,
                              std::size_t size);

// The body of files.get, or of the last chunk's reply, which wraps it in {"file": ...}. bad_reply
// where it is none.
Result<FileResource, Failure> read_file_resource(std::string_view body);

} // namespace gemini::wire
