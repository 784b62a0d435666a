// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls of the Files API: resumable upload, get, list and delete.
#pragma once

#include "answer.hpp"
#include "faults.hpp"
#include "file_store.hpp"
#include "http_request.hpp"
#include "route.hpp"
#include "uploads.hpp"

#include <string>

namespace gemini::emulator {

class FilesApi {
public:
  explicit FilesApi(FileStore &store) : store_(store) {}

  // `owner` is the key that is sent; the later steps of an upload need none, since only who began
  // it knows its URL.
  Answer answer(const HttpRequest &request, const Route &route, const std::string &owner,
                const ContentFault &fault, WallTime now);

private:
  Answer start(const HttpRequest &request, const std::string &owner, WallTime now);
  Answer proceed(const HttpRequest &request, const ContentFault &fault, WallTime now);
  Answer take(const HttpRequest &request, Upload &upload, bool is_last, const ContentFault &fault,
              WallTime now);
  Answer list(const HttpRequest &request, const std::string &owner, WallTime now);

  FileStore &store_;
  Uploads uploads_;
};

// The file that a fileUri means, as a request to `origin` with the key `owner` may use it.
Result<StoredFile, ApiError> open_file(FileStore &store, const std::string &uri,
                                       const std::string &origin, const std::string &owner,
                                       WallTime now);

} // namespace gemini::emulator
