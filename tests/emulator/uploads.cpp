// SPDX-License-Identifier: LGPL-2.1-or-later
// Checking chunks and putting them together.
#include "uploads.hpp"

#include <glib.h>

#include <algorithm>

namespace gemini::emulator {

const char *to_string(Upload::Status status)
{
  switch (status) {
  case Upload::Status::active:
    return "active";
  case Upload::Status::final:
    return "final";
  case Upload::Status::cancelled:
    break;
  }
  return "cancelled";
}

std::string Uploads::begin(NewFile file)
{
  constexpr std::size_t kMost = 256;
  g_autofree char *id = g_uuid_string_random();
  uploads_.emplace_back(id, Upload{.about = std::move(file), .bytes = {}});
  if (uploads_.size() > kMost)
    uploads_.pop_front();
  return id;
}

Upload *Uploads::find(const std::string &id)
{
  const auto at =
      std::ranges::find_if(uploads_, [&](const auto &upload) { return upload.first == id; });
  return at == uploads_.end() ? nullptr : &at->second;
}

std::optional<ApiError> take_chunk(Upload &upload, const std::string &bytes, std::int64_t offset,
                                   bool is_last)
{
  const std::int64_t so_far = upload.size_received();
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (upload.status != Upload::Status::active)
    return invalid_argument("The upload has ended already.");
  if (offset != so_far)
    return invalid_argument("The upload offset " + std::to_string(offset) + " is not " +
                            std::to_string(so_far) + ", where the bytes received so far end.");
  if (so_far + size > upload.about.size)
    return invalid_argument("The upload has more than the " + std::to_string(upload.about.size) +
                            " bytes that were announced.");
  if (is_last && so_far + size < upload.about.size)
    return invalid_argument("The upload ends at " + std::to_string(so_far + size) + " of the " +
                            std::to_string(upload.about.size) + " bytes that were announced.");
  if (!is_last && size % kChunkGranularity != 0)
    return invalid_argument("A chunk that is not the last one must have a multiple of " +
                            std::to_string(kChunkGranularity) + " bytes, not " +
                            std::to_string(size) + ".");
  upload.bytes += bytes;
  return std::nullopt;
}

} // namespace gemini::emulator
