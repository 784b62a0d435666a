// SPDX-License-Identifier: LGPL-2.1-or-later
// The files that were uploaded, each of them the property of the key that uploaded it: what the
// service calls a project is here a key. Any thread.
#pragma once

#include "core/result.hpp"
#include "errors.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gemini::emulator {

using WallTime = std::chrono::system_clock::time_point;

enum class FileState { processing, active, failed };

// What the one who uploads says about a file.
struct NewFile {
  std::string owner = {}; // a key
  std::string id = {};    // "abc" of files/abc; empty: the store thinks of one
  std::string display_name = {};
  std::string mime_type = {};
  std::int64_t size = 0;
  std::string origin = {}; // of the server as that client sees it
};

struct StoredFile {
  NewFile about;
  std::shared_ptr<const std::string> bytes;
  std::string sha256; // in hexadecimal digits
  WallTime created;
  WallTime ready; // until then it is being processed
  WallTime expires;
  bool has_failed = false; // to be processed

  FileState state(WallTime now) const;
};

// The resource that the service returns, as JSON.
std::string file_resource(const StoredFile &file, WallTime now);

class FileStore {
public:
  struct Limits {
    std::chrono::milliseconds lifetime = std::chrono::hours{48};
    std::chrono::milliseconds processing{0};
    std::int64_t file_bytes = std::int64_t{2} << 30;
    std::int64_t project_bytes = std::int64_t{20} << 30;
  };
  // How the processing of a file goes where a fault script says so.
  struct Processing {
    std::optional<std::chrono::milliseconds> duration = {};
    bool fails = false;
  };

  explicit FileStore(const Limits &limits) : limits_(limits) {}

  // Whether there is room for it, and whether its name is free.
  std::optional<ApiError> refusal(const NewFile &file, WallTime now);
  // `file.size` is that of `bytes`. Refuses like refusal().
  Result<StoredFile, ApiError> add(NewFile file, std::string bytes, WallTime now,
                                   const Processing &processing);

  // Files that are unknown, expired or another's cannot be told apart.
  std::optional<StoredFile> find(const std::string &owner, const std::string &id, WallTime now);
  bool remove(const std::string &owner, const std::string &id, WallTime now);

  struct Page {
    std::vector<StoredFile> files; // newest first
    std::string next;              // token of the page behind it; empty where there is none
  };
  // Nothing where there never was such a token. An empty one is that of the first page.
  std::optional<Page> list(const std::string &owner, std::size_t size, const std::string &token,
                           WallTime now);

  // As if all had expired.
  void clear();

private:
  // With the lock held:
  void drop_expired(WallTime now);
  std::optional<ApiError> refusal_of(const NewFile &file) const;
  std::string unused_id() const;
  bool is_taken(const std::string &id) const;
  using Files = std::map<std::uint64_t, StoredFile>; // in the order of arrival
  Files::iterator position(const std::string &owner, const std::string &id);

  const Limits limits_;
  std::mutex mutex_; // guards everything below
  Files files_;
  std::uint64_t n_files_ = 0; // ever
};

} // namespace gemini::emulator
