// SPDX-License-Identifier: LGPL-2.1-or-later
// The Files API over HTTP: headers, bodies and the errors for them.
#include "files_api.hpp"

#include "json.hpp"
#include "schema.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace gemini::emulator {
namespace {

constexpr std::size_t kLongestId = 40;
constexpr long kLongestDisplayName = 512;
constexpr std::size_t kUsualPage = 10;
constexpr std::size_t kLargestPage = 100; // the service's limit is not documented
constexpr std::string_view kCollection = "files/";

std::optional<std::int64_t> to_count(const std::string &text)
{
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

bool is_id(std::string_view id)
{
  return !id.empty() && id.size() <= kLongestId && id.front() != '-' && id.back() != '-' &&
         std::ranges::all_of(
             id, [](char c) { return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '-'; });
}

ApiError bad_header(const char *name, const std::string &why)
{
  return invalid_argument(std::string{"The header "} + name + " " + why + ".");
}

Answer upload_answer(const Upload &upload, const std::string &body)
{
  Answer answer = json_answer(body);
  answer.headers.emplace_back("X-Goog-Upload-Status", to_string(upload.status));
  return answer;
}

Answer upload_error(const Upload &upload, const ApiError &error)
{
  Answer answer = error_answer(error);
  answer.headers.emplace_back("X-Goog-Upload-Status", to_string(upload.status));
  return answer;
}

std::string whole_resource(const StoredFile &file, WallTime now)
{
  return json::object({{"file", file_resource(file, now)}});
}

// The headers that announce the file.
Result<NewFile, ApiError> announced(const HttpRequest &request)
{
  NewFile file;
  if (const std::string protocol = request.header("x-goog-upload-protocol");
      protocol != "resumable")
    return bad_header("X-Goog-Upload-Protocol", "is not resumable, but '" + protocol + "'");
  const auto size = to_count(request.header("x-goog-upload-header-content-length"));
  if (!size)
    return bad_header("X-Goog-Upload-Header-Content-Length", "is not the number of bytes to come");
  file.size = *size;
  file.mime_type = request.header("x-goog-upload-header-content-type");
  if (file.mime_type.find('/') == std::string::npos)
    return bad_header("X-Goog-Upload-Header-Content-Type", "is not the type of the file to come");
  return file;
}

// What the body adds to that; it may be empty.
std::optional<ApiError> read_body(const std::string &body, NewFile &file)
{
  if (body.empty())
    return std::nullopt;
  g_autoptr(JsonParser) parser = json_parser_new();
  if (!json_parser_load_from_data(parser, body.data(), static_cast<gssize>(body.size()), nullptr))
    return invalid_argument("The JSON payload cannot be parsed.");
  JsonNode *root = json_parser_get_root(parser);
  if (const auto wrong = violations(root, create_file_request()); !wrong.empty())
    return bad_fields(wrong);
  JsonNode *about = json::member(root, "file");
  file.display_name = json::string_member(about, "displayName");
  if (g_utf8_strlen(file.display_name.c_str(), -1) > kLongestDisplayName)
    return bad_field("file.display_name", "it has more than 512 characters.");
  if (const std::string name = json::string_member(about, "name"); !name.empty()) {
    file.id = name.starts_with(kCollection) ? name.substr(kCollection.size()) : name;
    if (!is_id(file.id))
      return bad_field("file.name", "files/ID has at most 40 lower-case letters, digits and dashes "
                                    "as its ID, none of these at its ends.");
  }
  if (const std::string type = json::string_member(about, "mimeType");
      !type.empty() && type != file.mime_type)
    return bad_field("file.mime_type", "it is not the announced " + file.mime_type + ".");
  if (JsonNode *size = json::member(about, "sizeBytes");
      size && json::number(size) != static_cast<double>(file.size))
    return bad_field("file.size_bytes",
                     "it is not the announced " + std::to_string(file.size) + ".");
  return std::nullopt;
}

FileStore::Processing processing_by(const ContentFault &fault)
{
  switch (fault.kind) {
  case ContentFault::Kind::file_processing:
    return {.duration = fault.duration};
  case ContentFault::Kind::file_failed:
    return {.fails = true};
  default:
    return {};
  }
}

ApiError no_such_upload()
{
  return {404, "NOT_FOUND", "There is no such upload, or no more.", {}};
}

} // namespace

Answer FilesApi::answer(const HttpRequest &request, const Route &route, const std::string &owner,
                        const ContentFault &fault, WallTime now)
{
  const std::string name{kCollection};
  switch (route.kind) {
  case Route::Kind::upload:
    return request.header("x-goog-upload-command") == "start" ? start(request, owner, now)
                                                              : proceed(request, fault, now);
  case Route::Kind::list_files:
    return list(request, owner, now);
  case Route::Kind::get_file:
    if (const auto file = store_.find(owner, route.file, now))
      return json_answer(file_resource(*file, now));
    break;
  default:
    if (store_.remove(owner, route.file, now))
      return json_answer("{}");
    break;
  }
  return error_answer(no_such_file(name + route.file));
}

Answer FilesApi::start(const HttpRequest &request, const std::string &owner, WallTime now)
{
  auto file = announced(request);
  if (!file)
    return error_answer(file.error());
  file->owner = owner;
  file->origin = request.origin;
  if (const auto problem = read_body(request.body, *file))
    return error_answer(*problem);
  if (const auto refused = store_.refusal(*file, now))
    return error_answer(*refused);
  const std::string url = request.origin + request.path +
                          "?upload_id=" + uploads_.begin(*std::move(file)) +
                          "&upload_protocol=resumable";
  return {.content_type = "text/plain; charset=utf-8",
          .headers = {{"X-Goog-Upload-Status", "active"},
                      {"X-Goog-Upload-URL", url},
                      {"X-Goog-Upload-Control-URL", url},
                      {"X-Goog-Upload-Chunk-Granularity", std::to_string(kChunkGranularity)}}};
}

Answer FilesApi::proceed(const HttpRequest &request, const ContentFault &fault, WallTime now)
{
  const std::string command = request.header("x-goog-upload-command");
  const bool is_last = command == "upload, finalize" || command == "finalize";
  const bool is_known = is_last || command == "upload" || command == "query" || command == "cancel";
  if (!is_known)
    return error_answer(bad_header("X-Goog-Upload-Command", "is none of start, upload, 'upload, "
                                                            "finalize', finalize, query and "
                                                            "cancel"));
  Upload *upload = uploads_.find(request.parameter("upload_id"));
  if (!upload)
    return error_answer(no_such_upload());
  if (command == "query") {
    Answer answer =
        upload_answer(*upload, upload->file ? whole_resource(*upload->file, now) : std::string{});
    answer.headers.emplace_back("X-Goog-Upload-Size-Received",
                                std::to_string(upload->size_received()));
    return answer;
  }
  if (command == "cancel") {
    if (upload->status == Upload::Status::active)
      upload->status = Upload::Status::cancelled;
    upload->bytes = {};
    return upload_answer(*upload, "");
  }
  return take(request, *upload, is_last, fault, now);
}

Answer FilesApi::take(const HttpRequest &request, Upload &upload, bool is_last,
                      const ContentFault &fault, WallTime now)
{
  const auto offset = to_count(request.header("x-goog-upload-offset"));
  // Who only ends an upload need not say where.
  const bool needs_offset = request.header("x-goog-upload-command") != "finalize";
  if (!offset && needs_offset)
    return upload_error(upload,
                        bad_header("X-Goog-Upload-Offset", "does not say where the bytes begin"));
  if (const auto problem =
          take_chunk(upload, request.body, offset.value_or(upload.size_received()), is_last))
    return upload_error(upload, *problem);
  if (!is_last)
    return upload_answer(upload, "");
  upload.status = Upload::Status::final;
  auto file = store_.add(upload.about, std::exchange(upload.bytes, {}), now, processing_by(fault));
  if (!file)
    return upload_error(upload, file.error());
  upload.file = *file;
  upload.file->bytes = {}; // the store keeps them as long as there is a file
  return upload_answer(upload, whole_resource(*file, now));
}

Answer FilesApi::list(const HttpRequest &request, const std::string &owner, WallTime now)
{
  const std::string asked = request.parameter("pageSize");
  const auto size = asked.empty() ? std::int64_t{0} : to_count(asked).value_or(-1);
  if (size < 0)
    return error_answer(invalid_argument("page_size is no number from 0 on: '" + asked + "'."));
  const std::size_t most = size == 0 ? kUsualPage : static_cast<std::size_t>(size);
  const auto page =
      store_.list(owner, std::min(most, kLargestPage), request.parameter("pageToken"), now);
  if (!page)
    return error_answer(invalid_argument("page_token is not one of an earlier page."));
  std::vector<std::string> resources;
  for (const auto &file : page->files)
    resources.push_back(file_resource(file, now));
  return json_answer(
      json::object({{"files", resources.empty() ? "" : json::array(resources)},
                    {"nextPageToken", page->next.empty() ? "" : json::quote(page->next)}}));
}

Result<StoredFile, ApiError> open_file(FileStore &store, const std::string &uri,
                                       const std::string &origin, const std::string &owner,
                                       WallTime now)
{
  const std::size_t at = uri.rfind("/files/");
  if (at == std::string::npos)
    return invalid_argument("'" + uri + "' is not the URI of a File.");
  const std::string id = uri.substr(at + 1 + kCollection.size());
  const auto file = store.find(owner, id, now);
  const auto is_of = [&](const std::string &server) {
    return uri == server + "/v1beta/files/" + id || uri == server + "/v1/files/" + id;
  };
  if (!file || !(is_of(origin) || is_of(file->about.origin)))
    return no_such_file(uri);
  if (file->state(now) != FileState::active)
    return ApiError{400,
                    "FAILED_PRECONDITION",
                    "The File files/" + id + " is not in the state ACTIVE and cannot be used.",
                    {}};
  return *file;
}

} // namespace gemini::emulator
