// SPDX-License-Identifier: LGPL-2.1-or-later
// The fields of the message that begins an upload.
#include "schema.hpp"

namespace gemini::emulator {
namespace {

using enum Type;

constexpr std::string_view kStates[] = {"STATE_UNSPECIFIED", "PROCESSING", "ACTIVE", "FAILED"};
constexpr std::string_view kSources[] = {"SOURCE_UNSPECIFIED", "UPLOADED", "GENERATED",
                                         "REGISTERED"};

// Most of them are the service's to fill, but are known to it.
constexpr Field kFileFields[] = {
    {"name", string},
    {"displayName", string},
    {"mimeType", string},
    {"sizeBytes", int64},
    {"createTime", string},
    {"updateTime", string},
    {"expirationTime", string},
    {"sha256Hash", bytes},
    {"uri", string},
    {"downloadUri", string},
    {"state", word, false, nullptr, kStates},
    {"source", word, false, nullptr, kSources},
    {"videoMetadata", anything},
    {"error", anything},
};
constexpr Message kFile{kFileFields};

constexpr Field kCreateFileFields[] = {{"file", message, false, &kFile}};
constexpr Message kCreateFile{kCreateFileFields};

} // namespace

const Message &create_file_request()
{
  return kCreateFile;
}

} // namespace gemini::emulator
