// SPDX-License-Identifier: LGPL-2.1-or-later
// Who wants which file, which of them the service has, and what is to be deleted at the end.
#include "net/file_store.hpp"

#include "net/file_transfer.hpp"

#include <glib.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace gemini::net {

using std::chrono::milliseconds;
using wire::FileResource;

namespace {

constexpr milliseconds kEnd{500};         // for all deletions at the end
constexpr milliseconds kDeletion{30'000}; // for one before
constexpr std::chrono::hours kLife{48};   // of a file at the service, where it does not say

std::string sha256_of(const std::string &content)
{
  g_autofree char *digest = g_compute_checksum_for_data(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar *>(content.data()), content.size());
  return digest;
}

HttpFailure given_up()
{
  return {Failure{.kind = FailureKind::unreachable, .message = "The file was given up"}, false, {}};
}

HttpFailure too_late(milliseconds timeout)
{
  return {Failure{.kind = FailureKind::timeout,
                  .message = "A file was not ready for use within " +
                             std::to_string(timeout.count()) + " ms"},
          true,
          {}};
}

} // namespace

// All in the network thread.
class FileStore::Core : public std::enable_shared_from_this<Core> {
public:
  Core(HttpClient &client, wire::Endpoint endpoint)
      : client_(&client), endpoint_(std::move(endpoint))
  {
  }

  void upload(Upload upload, const std::string &sha256, Done done);
  void find(Lookup lookup, Done done);
  void forget(const std::string &uri);
  void remove(const std::string &uri);
  void cancel(const void *owner);
  // Gives everything up and deletes what was uploaded; `closed` is called when that is done.
  void close(std::function<void()> closed);
  // Uses the client no more.
  void detach();

private:
  struct Waiter {
    const void *owner = nullptr;
    Done done;
    Authorize authorize;
    Tap tap;
    milliseconds timeout;
    Clock::TimePoint deadline;
  };
  using WaiterPtr = std::shared_ptr<Waiter>;
  struct Transfer {
    std::string key; // what is shared; empty: nothing
    std::shared_ptr<FileTransfer> work;
    std::vector<WaiterPtr> waiters; // never empty while it is under way
    bool is_upload = false;
    std::string uri; // of what was uploaded, once the service has it
  };
  using TransferPtr = std::shared_ptr<Transfer>;
  struct Known {
    FileResource file;
    std::chrono::sys_seconds expires;
  };
  struct Uploaded {
    std::string name;
    bool is_going = false; // its deletion is under way
  };

  void start(const TransferPtr &transfer, FileTransfer::File file);
  FileTransfer::For who(const TransferPtr &transfer);
  void add(const TransferPtr &transfer, WaiterPtr waiter);
  template <typename Pick> void dismiss(Pick pick, const HttpFailure &why);
  void on_done(const TransferPtr &transfer, Result<FileResource, HttpFailure> result);
  void delete_file(const std::string &uri, milliseconds timeout);
  void look_whether_closed();

  HttpClient *client_; // null: detached
  const wire::Endpoint endpoint_;
  std::vector<TransferPtr> transfers_;
  std::map<std::string, Known> known_;       // by key
  std::map<std::string, Uploaded> uploaded_; // by URI: not deleted yet
  Headers headers_;                          // of the last request, for deletions
  std::function<void()> closed_;
};

void FileStore::Core::upload(Upload upload, const std::string &sha256, Done done)
{
  auto waiter = std::make_shared<Waiter>(Waiter{.owner = upload.owner,
                                                .done = std::move(done),
                                                .authorize = std::move(upload.authorize),
                                                .tap = std::move(upload.tap),
                                                .timeout = upload.timeout,
                                                .deadline = {}});
  const std::string key = upload.is_single_use ? "" : sha256 + " " + upload.mime_type;
  if (!key.empty()) {
    if (const auto known = known_.find(key);
        known != known_.end() &&
        known->second.expires - Clock::current().wall() >= kLeastFileLife) {
      waiter->done(known->second.file);
      return;
    }
    for (const TransferPtr &transfer : transfers_) {
      if (transfer->key == key) {
        add(transfer, std::move(waiter));
        return;
      }
    }
  }
  auto transfer = std::make_shared<Transfer>(
      Transfer{.key = key, .work = nullptr, .waiters = {}, .is_upload = true, .uri = {}});
  add(transfer, std::move(waiter));
  start(transfer, {.content = std::move(upload.content),
                   .name = {},
                   .mime_type = std::move(upload.mime_type),
                   .display_name = std::move(upload.display_name),
                   .sha256 = sha256});
}

void FileStore::Core::find(Lookup lookup, Done done)
{
  auto transfer = std::make_shared<Transfer>();
  add(transfer, std::make_shared<Waiter>(Waiter{.owner = lookup.owner,
                                                .done = std::move(done),
                                                .authorize = std::move(lookup.authorize),
                                                .tap = std::move(lookup.tap),
                                                .timeout = lookup.timeout,
                                                .deadline = {}}));
  start(transfer, {.content = nullptr, .name = std::move(lookup.name)});
}

void FileStore::Core::start(const TransferPtr &transfer, FileTransfer::File file)
{
  transfers_.push_back(transfer);
  transfer->work =
      std::make_shared<FileTransfer>(*client_, endpoint_, std::move(file), who(transfer));
  transfer->work->start();
}

FileTransfer::For FileStore::Core::who(const TransferPtr &transfer)
{
  return {
      .headers =
          [this, transfer] {
            const Authorize &authorize = transfer->waiters.front()->authorize;
            return headers_ = authorize ? authorize() : Headers{};
          },
      .deadline =
          [transfer] {
            return (*std::max_element(transfer->waiters.begin(), transfer->waiters.end(),
                                      [](const WaiterPtr &a, const WaiterPtr &b) {
                                        return a->deadline < b->deadline;
                                      }))
                ->deadline;
          },
      .saw =
          [transfer](const HttpRequest &request, const HttpResult &result) {
            if (const Tap &tap = transfer->waiters.front()->tap)
              tap(request, result);
          },
      .arrived =
          [this, transfer](const FileResource &file) {
            if (!transfer->is_upload)
              return;
            transfer->uri = file.uri;
            uploaded_[file.uri] = {.name = file.name};
          },
      .done =
          [this, transfer](Result<FileResource, HttpFailure> result) {
            on_done(transfer, std::move(result));
          },
  };
}

void FileStore::Core::add(const TransferPtr &transfer, WaiterPtr waiter)
{
  waiter->deadline = Clock::current().now() + waiter->timeout;
  const auto when_too_late = [weak = weak_from_this(), late = std::weak_ptr{waiter}] {
    const auto core = weak.lock();
    const auto who = late.lock();
    if (core && who)
      core->dismiss([&](const Waiter &each) { return &each == who.get(); }, too_late(who->timeout));
  };
  client_->run_at(waiter->deadline, when_too_late);
  transfer->waiters.push_back(std::move(waiter));
}

// Those that `pick` wants out wait no more, and what nobody waits for ends.
template <typename Pick> void FileStore::Core::dismiss(Pick pick, const HttpFailure &why)
{
  std::vector<WaiterPtr> dismissed;
  std::vector<TransferPtr> going;
  std::vector<TransferPtr> ended;
  for (const TransferPtr &transfer : transfers_) {
    auto &waiters = transfer->waiters;
    const auto out = std::stable_partition(waiters.begin(), waiters.end(),
                                           [&](const WaiterPtr &waiter) { return !pick(*waiter); });
    dismissed.insert(dismissed.end(), out, waiters.end());
    waiters.erase(out, waiters.end());
    (waiters.empty() ? ended : going).push_back(transfer);
  }
  transfers_ = std::move(going);
  for (const TransferPtr &transfer : ended) {
    transfer->work->cancel();
    if (!transfer->uri.empty())
      delete_file(transfer->uri, kDeletion);
  }
  for (const WaiterPtr &waiter : dismissed)
    waiter->done(why);
}

void FileStore::Core::on_done(const TransferPtr &transfer, Result<FileResource, HttpFailure> result)
{
  std::erase(transfers_, transfer);
  if (result && !transfer->key.empty())
    known_[transfer->key] = {.file = *result,
                             .expires = result->expires.value_or(Clock::current().wall() + kLife)};
  if (!result && !transfer->uri.empty())
    delete_file(transfer->uri, kDeletion);
  for (const WaiterPtr &waiter : std::exchange(transfer->waiters, {}))
    waiter->done(result);
}

void FileStore::Core::forget(const std::string &uri)
{
  std::erase_if(known_, [&](const auto &entry) { return entry.second.file.uri == uri; });
  uploaded_.erase(uri);
}

void FileStore::Core::remove(const std::string &uri)
{
  std::erase_if(known_, [&](const auto &entry) { return entry.second.file.uri == uri; });
  delete_file(uri, kDeletion);
}

void FileStore::Core::cancel(const void *owner)
{
  dismiss([owner](const Waiter &waiter) { return waiter.owner == owner; }, given_up());
}

// One that cannot be deleted now is tried once more at the end.
void FileStore::Core::delete_file(const std::string &uri, milliseconds timeout)
{
  const auto file = uploaded_.find(uri);
  if (file == uploaded_.end() || std::exchange(file->second.is_going, true))
    return;
  client_->send({.method = "DELETE",
                 .url = endpoint_.file_url(file->second.name),
                 .headers = headers_,
                 .timeout = timeout},
                [self = shared_from_this(), uri](const HttpResult &result) {
                  if (const auto gone = self->uploaded_.find(uri); gone != self->uploaded_.end()) {
                    if (result || self->closed_)
                      self->uploaded_.erase(gone);
                    else
                      gone->second.is_going = false;
                  }
                  self->look_whether_closed();
                });
}

void FileStore::Core::close(std::function<void()> closed)
{
  dismiss([](const Waiter &) { return true; }, given_up());
  closed_ = std::move(closed);
  std::vector<std::string> uris;
  for (const auto &[uri, file] : uploaded_)
    uris.push_back(uri);
  for (const std::string &uri : uris)
    delete_file(uri, kEnd);
  look_whether_closed();
}

void FileStore::Core::look_whether_closed()
{
  if (closed_ && uploaded_.empty())
    std::exchange(closed_, nullptr)();
}

void FileStore::Core::detach()
{
  dismiss([](const Waiter &) { return true; }, given_up());
  closed_ = nullptr;
  client_ = nullptr;
}

std::shared_ptr<FileStore> FileStore::share(const wire::Endpoint &endpoint,
                                            const std::string &account)
{
  // Never destroyed: elements may still go when the process ends.
  static auto &mutex = *new std::mutex; // guards stores
  static auto &stores = *new std::map<std::vector<std::string>, std::weak_ptr<FileStore>>;
  const std::vector<std::string> key{
      account,          endpoint.base_url, endpoint.api_version,
      endpoint.project, endpoint.location, endpoint.has_files() ? "" : "-"};
  const std::lock_guard lock{mutex};
  std::erase_if(stores, [](const auto &entry) { return entry.second.expired(); });
  auto &slot = stores[key];
  auto store = slot.lock();
  if (!store) {
    store = std::make_shared<FileStore>(endpoint);
    slot = store;
  }
  return store;
}

FileStore::FileStore(wire::Endpoint endpoint)
    : client_(std::make_unique<HttpClient>()),
      core_(std::make_shared<Core>(*client_, std::move(endpoint)))
{
}

FileStore::~FileStore()
{
  if (client_->is_network_thread()) {
    core_->detach();
    return;
  }
  // The limit is one of real time, whatever the clock says: a user waits for it.
  struct End {
    std::mutex mutex; // guards the rest
    std::condition_variable changed;
    bool is_closed = false;
    bool is_detached = false;
  };
  const auto end = std::make_shared<End>();
  client_->run([core = core_, end] {
    core->close([end] {
      const std::lock_guard lock{end->mutex};
      end->is_closed = true;
      end->changed.notify_all();
    });
  });
  std::unique_lock lock{end->mutex};
  end->changed.wait_for(lock, kEnd, [&] { return end->is_closed; });
  client_->run([core = core_, end] {
    core->detach();
    const std::lock_guard detached{end->mutex};
    end->is_detached = true;
    end->changed.notify_all();
  });
  end->changed.wait(lock, [&] { return end->is_detached; });
}

void FileStore::upload(Upload upload, Done done)
{
  std::string sha256 = sha256_of(*upload.content);
  client_->run([core = core_, upload = std::move(upload), sha256 = std::move(sha256),
                done = std::move(done)]() mutable {
    core->upload(std::move(upload), sha256, std::move(done));
  });
}

void FileStore::find(Lookup lookup, Done done)
{
  client_->run([core = core_, lookup = std::move(lookup), done = std::move(done)]() mutable {
    core->find(std::move(lookup), std::move(done));
  });
}

void FileStore::forget(const std::string &uri)
{
  client_->run([core = core_, uri] { core->forget(uri); });
}

void FileStore::remove(const std::string &uri)
{
  client_->run([core = core_, uri] { core->remove(uri); });
}

void FileStore::cancel(const void *owner)
{
  client_->run([core = core_, owner] { core->cancel(owner); });
}

} // namespace gemini::net
