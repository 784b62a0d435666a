// SPDX-License-Identifier: LGPL-2.1-or-later

// The Files API: what was uploaded with one key, shared by all elements of the process.
#pragma once

#include "core/result.hpp"
#include "net/http_client.hpp"
#include "wire/endpoint.hpp"
#include "wire/file_resource.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace gemini::net {

// A file that the service deletes sooner is as good as gone: nothing is begun with it.
inline constexpr std::chrono::hours kLeastFileLife{1};

// Uploads are resumable, in chunks of 8 MiB; a chunk whose reply lacks its status is sent again
// after 1, 2 and 4 s, and after a broken connection the service is asked how far it got. All waits
// are by Clock::current(). What several want at the same time is uploaded once; the upload goes on
// as long as one of them waits.
//
// All state belongs to the network thread; the functions may be called from any other thread and
// hand over.
class FileStore {
public:
  // The headers that carry the key; asked for each request, so that a key can be replaced. Called
  // in the network thread.
  using Authorize = std::function<Headers()>;
  // The bytes of an exchange, for auditing: in the network thread, unless cancelled before. Of an
  // upload that several wait for one of them is told.
  using Tap = std::function<void(const HttpRequest &, const HttpResult &)>;

  // The one of this endpoint and account (a digest of the key), while somebody holds it.
  static std::shared_ptr<FileStore> share(const wire::Endpoint &endpoint,
                                          const std::string &account);

  explicit FileStore(wire::Endpoint endpoint);
  // Deletes what it uploaded, for half a second of real time at most; the rest goes when its 48
  // hours are over. In the network thread it deletes nothing.
  ~FileStore();
  FileStore(const FileStore &) = delete;
  FileStore &operator=(const FileStore &) = delete;

  // In the network thread, once, also after cancel() (then with a Failure). Failures are as of the
  // requests (wire::read_error) or bad_reply; those that may heal are the caller's to try again.
  using Done = std::function<void(Result<wire::FileResource, HttpFailure>)>;

  struct Upload {
    const void *owner = nullptr; // who waits, for cancel(): compared, never followed
    std::shared_ptr<const std::string> content;
    std::string mime_type;
    std::string display_name;
    Authorize authorize;
    std::chrono::milliseconds timeout{60'000}; // for all of it
    bool is_single_use = false;                // never shared, and deleted by remove(): frames
    Tap tap = nullptr;                         // may be null
  };
  // The file of this content, uploaded unless it is known, active and has an hour left.
  void upload(Upload upload, Done done);

  // A file that the user uploaded himself: what the service knows of it.
  struct Lookup {
    const void *owner = nullptr;
    std::string name; // "files/abc"
    Authorize authorize;
    std::chrono::milliseconds timeout{60'000};
    Tap tap = nullptr;
  };
  void find(Lookup lookup, Done done);

  // The service says that it does not know this file any more: it is uploaded again when it is
  // wanted again.
  void forget(const std::string &uri);
  // Deletes one that was for single use; nobody waits for it.
  void remove(const std::string &uri);
  // The owner waits for nothing any more.
  void cancel(const void *owner);

private:
  class Core; // lives in the network thread, and uses the client as long as this lives
  std::unique_ptr<HttpClient> client_;
  std::shared_ptr<Core> core_;
};

} // namespace gemini::net
