// SPDX-License-Identifier: LGPL-2.1-or-later
// One file on its way to the service, or one that is looked for there, until it may be used.
#pragma once

#include "core/result.hpp"
#include "glib/clock.hpp"
#include "net/http_client.hpp"
#include "wire/endpoint.hpp"
#include "wire/file_resource.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace gemini::net {

// Where the parts of a file go: to the address that the service said, at the host that the user has
// chosen, as the service knows itself by Google's name also where a proxy or a stand-in is asked.
// Empty where that is none to be trusted with the key.
std::string upload_address(const std::string &base_url, const std::string &said);

// The network thread's. Owned by a shared_ptr.
class FileTransfer : public std::enable_shared_from_this<FileTransfer> {
public:
  struct File {
    std::shared_ptr<const std::string> content; // null: the service has it, under `name`
    std::string name = {};
    std::string mime_type = {};
    std::string display_name = {};
    std::string sha256 = {}; // of the content, in hexadecimal
  };
  // Who it is for. Each is asked whenever it is needed, and not after the end.
  struct For {
    std::function<Headers()> headers; // that carry the key
    std::function<Clock::TimePoint()> deadline;
    std::function<void(const HttpRequest &, const HttpResult &)> saw; // an exchange
    // The service has got the file, whatever becomes of it.
    std::function<void(const wire::FileResource &)> arrived;
    std::function<void(Result<wire::FileResource, HttpFailure>)> done; // once, at the end
  };

  // `client` is not used any more after the end.
  FileTransfer(HttpClient &client, const wire::Endpoint &endpoint, File file, For who);
  void start();
  // Ends it; done() is not called.
  void cancel();

private:
  using Handler = void (FileTransfer::*)(HttpResult);
  using Step = void (FileTransfer::*)();

  void begin();
  void on_begun(HttpResult result);
  void send_chunk();
  void on_chunk(HttpResult result);
  void send_again();
  void resume(HttpFailure failure);
  void query();
  void on_queried(HttpResult result);
  void begin_again(HttpFailure failure);
  void look();
  void on_looked(HttpResult result);
  void look_again(HttpFailure failure);
  void judge(const std::string &body);
  void poll();

  void send(HttpRequest request, Handler handler);
  void wait(std::chrono::seconds time, Step next);
  void fail(std::string message);
  void finish(Result<wire::FileResource, HttpFailure> result);

  std::size_t size() const { return file_.content->size(); }
  bool is_last_chunk() const { return offset_ + chunk_ == size(); }

  HttpClient &client_;
  const wire::Endpoint endpoint_;
  const File file_;
  For who_;
  std::string name_;       // of the file at the service
  std::string upload_url_; // holds an id that nobody is to see
  std::size_t offset_ = 0; // what the service has
  std::size_t chunk_ = 0;  // size of the one under way
  unsigned n_silent_ = 0;  // replies without a status, one after the other
  unsigned n_broken_ = 0;  // breaks, one after the other
  std::chrono::seconds poll_interval_{1};
  bool has_begun_again_ = false;
  bool has_arrived_ = false;
  std::uint64_t request_ = 0; // under way
  bool is_over_ = false;
};

} // namespace gemini::net
