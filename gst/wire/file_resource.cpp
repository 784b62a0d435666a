// SPDX-License-Identifier: LGPL-2.1-or-later
// The Files API's JSON.
#include "wire/file_resource.hpp"

#include "wire/api_error.hpp"
#include "wire/base64.hpp"
#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/text.hpp"

#include <glib.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace gemini::wire {
namespace {

constexpr std::size_t kMaxDisplayName = 512; // what the service takes
constexpr std::size_t kDigestBytes = 32;

Failure bad_reply(std::string message)
{
  return {.kind = FailureKind::bad_reply, .message = std::move(message), .http_status = 200};
}

// A state that is new to us is not yet one of use.
FileState read_state(std::string_view state)
{
  if (state.empty() || state == "ACTIVE")
    return FileState::active;
  return state == "FAILED" ? FileState::failed : FileState::processing;
}

std::optional<std::chrono::sys_seconds> read_time(std::string_view text)
{
  const std::string terminated{text};
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(terminated.c_str(), nullptr);
  if (!time)
    return std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds{g_date_time_to_unix(time)}};
}

bool is_hex(std::string_view text)
{
  return text.size() == kDigestBytes * 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return g_ascii_isxdigit(c); });
}

std::string lower(std::string_view text)
{
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), g_ascii_tolower);
  return out;
}

std::string hex_of(std::span<const std::uint8_t> bytes)
{
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// The API promises the base64 of the digest; recordings have the base64 of its hexadecimal text.
std::string read_digest(std::string_view text)
{
  if (is_hex(text))
    return lower(text);
  const auto bytes = decode_base64(text, kDigestBytes * 3); // padding counts
  if (!bytes)
    return {};
  if (bytes->size() == kDigestBytes)
    return hex_of(*bytes);
  const std::string decoded{bytes->begin(), bytes->end()};
  return is_hex(decoded) ? lower(decoded) : std::string{};
}

std::string read_problem(Json error)
{
  const std::string words = safe_line(error.member("message").text(), 200);
  return words.empty() ? "the service does not say why" : words;
}

} // namespace

std::string upload_start_body(std::string_view display_name, std::string_view mime_type,
                              std::size_t size)
{
  std::string body = "{\"file\":{\"mimeType\":";
  append_quoted(body, mime_type);
  body += ",\"sizeBytes\":\"" + std::to_string(size) + "\"";
  if (const std::string name = one_line(display_name, kMaxDisplayName); !name.empty()) {
    body += ",\"displayName\":";
    append_quoted(body, name);
  }
  return body + "}}";
}

Result<FileResource, Failure> read_file_resource(std::string_view body)
{
  const JsonDocument document = JsonDocument::whole(body);
  const Json root = document.root();
  if (!root.is_object())
    return bad_reply(trimmed(body).empty()
                         ? "The service sent an empty reply about a file."
                         : "The service sent a reply about a file that is not whole JSON: " +
                               plain_words(body, 120));
  const Json wrapped = root.member("file");
  const Json file = wrapped.is_object() ? wrapped : root;
  const std::string_view name = file.member("name").text();
  const std::string_view uri = file.member("uri").text();
  if (!name.starts_with("files/") || uri.empty()) {
    // A failed file has an error of its own; this one is of the call.
    if (root.member("error"))
      return read_error_in_reply(root);
    return bad_reply("The service sent a reply about a file without its name and address.");
  }
  FileResource resource{
      .name = std::string{name},
      .uri = std::string{uri},
      .mime_type = std::string{file.member("mimeType").text()},
      .state = read_state(file.member("state").text()),
      .expires = read_time(file.member("expirationTime").text()),
      .sha256 = read_digest(file.member("sha256Hash").text()),
  };
  if (resource.state == FileState::failed)
    resource.problem = read_problem(file.member("error"));
  return resource;
}

} // namespace gemini::wire
