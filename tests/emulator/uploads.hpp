// SPDX-License-Identifier: LGPL-2.1-or-later
// Resumable uploads on their way to becoming files. Used by one thread at a time.
#pragma once

#include "file_store.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace gemini::emulator {

inline constexpr std::int64_t kChunkGranularity = 256 << 10;

struct Upload {
  enum class Status { active, final, cancelled };

  NewFile about;
  std::string bytes; // received so far
  Status status = Status::active;
  std::optional<StoredFile> file = {}; // what it has become

  std::int64_t size_received() const
  {
    return file ? file->about.size : static_cast<std::int64_t>(bytes.size());
  }
};

// As in the header X-Goog-Upload-Status.
const char *to_string(Upload::Status status);

// The newest of them: those that were given up do not pile up.
class Uploads {
public:
  // Returns the upload's id.
  std::string begin(NewFile file);
  // Null where there is none, or no more.
  Upload *find(const std::string &id);

private:
  std::deque<std::pair<std::string, Upload>> uploads_; // by id, oldest first
};

// Takes a chunk that begins at `offset` and, where it is the last one, ends the upload's growth.
// What is refused changes nothing.
std::optional<ApiError> take_chunk(Upload &upload, const std::string &bytes, std::int64_t offset,
                                   bool is_last);

} // namespace gemini::emulator
