// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeping files, and describing them.
#include "file_store.hpp"

#include "json.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <random>

namespace gemini::emulator {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// "2026-11-22T16:00:00.123456Z"
std::string timestamp(WallTime time)
{
  const auto whole = std::chrono::floor<seconds>(time);
  const auto rest = std::chrono::duration_cast<microseconds>(time - whole);
  g_autoptr(GDateTime) date =
      g_date_time_new_from_unix_utc(std::chrono::system_clock::to_time_t(whole));
  g_autofree char *text = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S");
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%06dZ", static_cast<int>(rest.count()));
  return std::string{text} + fraction;
}

std::string sha256(const std::string &bytes)
{
  g_autofree char *digest = g_compute_checksum_for_data(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar *>(bytes.data()), bytes.size());
  return digest;
}

const char *to_string(FileState state)
{
  switch (state) {
  case FileState::processing:
    return "PROCESSING";
  case FileState::active:
    return "ACTIVE";
  case FileState::failed:
    break;
  }
  return "FAILED";
}

std::string failure()
{
  return json::object(
      {{"code", "3"}, {"message", json::quote("The file could not be processed.")}});
}

} // namespace

FileState StoredFile::state(WallTime now) const
{
  if (now < ready)
    return FileState::processing;
  return has_failed ? FileState::failed : FileState::active;
}

std::string file_resource(const StoredFile &file, WallTime now)
{
  const NewFile &about = file.about;
  const FileState state = file.state(now);
  // As recorded from the service: base64 of the digits, not of the hash itself.
  g_autofree char *hash =
      g_base64_encode(reinterpret_cast<const guchar *>(file.sha256.data()), file.sha256.size());
  return json::object({
      {"name", json::quote("files/" + about.id)},
      {"displayName", about.display_name.empty() ? "" : json::quote(about.display_name)},
      {"mimeType", json::quote(about.mime_type)},
      {"sizeBytes", json::quote(std::to_string(about.size))},
      {"createTime", json::quote(timestamp(file.created))},
      {"updateTime", json::quote(timestamp(std::clamp(now, file.created, file.ready)))},
      {"expirationTime", json::quote(timestamp(file.expires))},
      {"sha256Hash", json::quote(hash)},
      {"uri", json::quote(about.origin + "/v1beta/files/" + about.id)},
      {"state", json::quote(to_string(state))},
      {"source", json::quote("UPLOADED")},
      {"error", state == FileState::failed ? failure() : ""},
  });
}

std::optional<ApiError> FileStore::refusal(const NewFile &file, WallTime now)
{
  const std::lock_guard lock{mutex_};
  drop_expired(now);
  return refusal_of(file);
}

std::optional<ApiError> FileStore::refusal_of(const NewFile &file) const
{
  if (file.size > limits_.file_bytes)
    return invalid_argument("The file has " + std::to_string(file.size) +
                            " bytes, which is more than the limit of " +
                            std::to_string(limits_.file_bytes) + ".");
  std::int64_t sum = file.size;
  for (const auto &[number, other] : files_)
    sum += other.about.owner == file.owner ? other.about.size : 0;
  // No recording of the service shows this refusal.
  if (sum > limits_.project_bytes)
    return ApiError{429,
                    "RESOURCE_EXHAUSTED",
                    "The files of this project would have " + std::to_string(sum) +
                        " bytes, which is more than the limit of " +
                        std::to_string(limits_.project_bytes) + ".",
                    {}};
  if (!file.id.empty() && is_taken(file.id))
    return ApiError{409, "ALREADY_EXISTS", "There is a File files/" + file.id + " already.", {}};
  return std::nullopt;
}

Result<StoredFile, ApiError> FileStore::add(NewFile about, std::string bytes, WallTime now,
                                            const Processing &processing)
{
  const std::string digest = sha256(bytes);
  const std::lock_guard lock{mutex_};
  drop_expired(now);
  if (auto refused = refusal_of(about))
    return *std::move(refused);
  if (about.id.empty())
    about.id = unused_id();
  StoredFile file{.about = std::move(about),
                  .bytes = std::make_shared<const std::string>(std::move(bytes)),
                  .sha256 = digest,
                  .created = now,
                  .ready = now + processing.duration.value_or(limits_.processing),
                  .expires = now + limits_.lifetime,
                  .has_failed = processing.fails};
  files_.emplace(++n_files_, file);
  return file;
}

std::optional<StoredFile> FileStore::find(const std::string &owner, const std::string &id,
                                          WallTime now)
{
  const std::lock_guard lock{mutex_};
  drop_expired(now);
  const auto at = position(owner, id);
  return at == files_.end() ? std::nullopt : std::optional{at->second};
}

bool FileStore::remove(const std::string &owner, const std::string &id, WallTime now)
{
  const std::lock_guard lock{mutex_};
  drop_expired(now);
  const auto at = position(owner, id);
  if (at == files_.end())
    return false;
  files_.erase(at);
  return true;
}

// A token is the number of the last file before the page.
std::optional<FileStore::Page> FileStore::list(const std::string &owner, std::size_t size,
                                               const std::string &token, WallTime now)
{
  const std::lock_guard lock{mutex_};
  drop_expired(now);
  std::uint64_t before = n_files_ + 1;
  const char *end = token.data() + token.size();
  if (!token.empty() &&
      (std::from_chars(token.data(), end, before).ptr != end || before == 0 || before > n_files_))
    return std::nullopt;
  Page page;
  std::uint64_t last = 0;
  for (auto at = files_.rbegin(); at != files_.rend(); ++at) {
    if (at->first >= before || at->second.about.owner != owner)
      continue;
    if (page.files.size() == size) {
      page.next = std::to_string(last);
      break;
    }
    page.files.push_back(at->second);
    last = at->first;
  }
  return page;
}

void FileStore::clear()
{
  const std::lock_guard lock{mutex_};
  files_.clear();
}

void FileStore::drop_expired(WallTime now)
{
  std::erase_if(files_, [&](const auto &entry) { return entry.second.expires <= now; });
}

std::string FileStore::unused_id() const
{
  static constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::random_device random; // so that the files of two emulators are not mistaken for each other
  std::uniform_int_distribution<std::size_t> digit{0, kDigits.size() - 1};
  std::string id;
  do {
    id.clear();
    while (id.size() < 12)
      id += kDigits[digit(random)];
  } while (is_taken(id));
  return id;
}

bool FileStore::is_taken(const std::string &id) const
{
  return std::ranges::any_of(files_,
                             [&](const auto &entry) { return entry.second.about.id == id; });
}

FileStore::Files::iterator FileStore::position(const std::string &owner, const std::string &id)
{
  return std::ranges::find_if(files_, [&](const auto &entry) {
    return entry.second.about.id == id && entry.second.about.owner == owner;
  });
}

} // namespace gemini::emulator
