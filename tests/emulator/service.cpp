// SPDX-License-Identifier: LGPL-2.1-or-later
// Access, the calls, and the faults that change what an answer says.
#include "service.hpp"

#include "frames.hpp"
#include "json.hpp"
#include "model_text.hpp"
#include "refusal.hpp"
#include "reply.hpp"
#include "schema.hpp"
#include "stream.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace gemini::emulator {
namespace {

using std::chrono::milliseconds;

// Refused with 400, as the smaller limit of 2025 was; whether it is 413 now is not known.
constexpr std::size_t kInlineLimit = 100UL << 20;
constexpr std::int64_t kInputTokenLimit = 1048576;

std::vector<std::string> comma_separated(const std::string &list)
{
  std::vector<std::string> out;
  std::istringstream rest{list};
  for (std::string item; std::getline(rest, item, ',');) {
    if (!item.empty())
      out.push_back(item);
  }
  return out;
}

// The service reads every picture; these eyes can look at some kinds only.
std::optional<ApiError> check_frames(const GenerateRequest &request)
{
  const std::size_t n_images = request.images.size();
  for (std::size_t i = n_images - n_frames(request); i < n_images; ++i) {
    if (!is_readable(request.images[i].format))
      return unreadable_image("image " + std::to_string(i + 1) + " is " +
                              mime_type(request.images[i].format) +
                              ", which the emulator cannot look at, and");
  }
  return std::nullopt;
}

// For the faults that leave a candidate without text; false for all others.
bool make_silent(const ContentFault &fault, Reply &reply)
{
  switch (fault.kind) {
  case ContentFault::Kind::recitation:
    reply.finish_reason = "RECITATION";
    return true;
  case ContentFault::Kind::thought_only:
    reply.thoughts = "I think about this for as long as I may.";
    reply.finish_reason = "MAX_TOKENS";
    return true;
  case ContentFault::Kind::no_parts:
    return true;
  default:
    return false;
  }
}

// The body ends in the middle, and the headers agree with that.
Answer cut_in_half(Answer answer)
{
  const std::string body = answer.body();
  answer.pieces = {body.substr(0, body.size() / 2)};
  return answer;
}

// One block of stored bytes, as many as there may be, and then one of a kind that does not exist:
// clients take what is wrong from the start for something that is not compressed after all.
std::string broken_gzip()
{
  constexpr std::size_t kStored = 0xffff;
  constexpr char kHead[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03"
                           "\0\xff\xff\0\0";
  std::string said = R"({"candidates":[)";
  said.resize(kStored, ' ');
  return std::string{kHead, sizeof kHead - 1} + said + std::string(64, '\7');
}

// The faults that need neither a good request nor eyes.
std::optional<Answer> canned_answer(const ContentFault &fault, const HttpRequest &request)
{
  switch (fault.kind) {
  case ContentFault::Kind::status:
    return error_answer(fault.error);
  case ContentFault::Kind::html:
    return html_page(fault.http_status, "A page of some proxy");
  case ContentFault::Kind::empty:
    return Answer{.http_status = fault.http_status};
  case ContentFault::Kind::redirect:
    return Answer{.http_status = 302, .headers = {{"Location", fault.text}}};
  case ContentFault::Kind::bad_gzip:
    return Answer{.pieces = {broken_gzip()}, .headers = {{"Content-Encoding", "gzip"}}};
  case ContentFault::Kind::echo_key:
    return error_answer(bad_key(
        "The API key '" + (request.key.empty() ? request.token : request.key) + "' is not valid."));
  case ContentFault::Kind::none:
  case ContentFault::Kind::cut_json:
  case ContentFault::Kind::array:
  case ContentFault::Kind::text:
  case ContentFault::Kind::blocked:
  case ContentFault::Kind::recitation:
  case ContentFault::Kind::no_parts:
  case ContentFault::Kind::thought_only:
  case ContentFault::Kind::max_tokens:
  case ContentFault::Kind::refuse:
  case ContentFault::Kind::masks:
  case ContentFault::Kind::file_processing:
  case ContentFault::Kind::file_failed:
  case ContentFault::Kind::stream_error:
    break;
  }
  return std::nullopt;
}

std::size_t query_number(const HttpRequest &request, const char *name, std::size_t fallback)
{
  const auto at = request.query.find(name);
  if (at == request.query.end())
    return fallback;
  std::size_t value = fallback;
  std::from_chars(at->second.data(), at->second.data() + at->second.size(), value);
  return value;
}

// A page token is the number of the first model of the page.
Answer list_models(const HttpRequest &request, bool is_vertex)
{
  const std::size_t size = std::clamp<std::size_t>(query_number(request, "pageSize", 50), 1, 1000);
  const std::size_t first = std::min(query_number(request, "pageToken", 0), models().size());
  const auto page = models().subspan(first, std::min(size, models().size() - first));
  std::vector<std::string> resources;
  std::ranges::transform(page, std::back_inserter(resources),
                         is_vertex ? publisher_model_resource : model_resource);
  const std::size_t next = first + page.size();
  return json_answer(json::object(
      {{is_vertex ? "publisherModels" : "models", json::array(resources)},
       {"nextPageToken", next < models().size() ? json::quote(std::to_string(next)) : ""}}));
}

bool is_about_files(Route::Kind kind)
{
  return kind == Route::Kind::upload || kind == Route::Kind::get_file ||
         kind == Route::Kind::list_files || kind == Route::Kind::delete_file;
}

bool is_sse(const HttpRequest &request)
{
  const auto alt = request.query.find("alt");
  return alt != request.query.end() && alt->second == "sse";
}

// A bare name, as the field `model` may give it with its collection, models/ or projects/...
std::string model_name(const std::string &name)
{
  return name.substr(name.rfind('/') + 1);
}

const Message &request_message(const Route &route)
{
  if (route.kind == Route::Kind::count_tokens)
    return route.is_vertex ? vertex_count_tokens_request() : count_tokens_request();
  return route.is_vertex ? vertex_generate_content_request() : generate_content_request();
}

} // namespace

Service::Service(const Options &options, std::unique_ptr<Eyes> eyes)
    : api_keys_(comma_separated(options.api_key)), vision_(options.vision), eyes_(std::move(eyes)),
      requests_per_minute_(options.requests_per_minute),
      files_({.lifetime = milliseconds{options.file_lifetime_ms},
              .processing = milliseconds{options.file_processing_ms},
              .project_bytes = options.project_bytes})
{
}

Answer Service::answer(const HttpRequest &request, const ContentFault &fault,
                       std::chrono::steady_clock::time_point arrival)
{
  if (auto canned = canned_answer(fault, request))
    return *std::move(canned);
  const auto route = find_route(request.method, request.path);
  if (!route)
    return html_page(404, "Error 404 (Not Found)");
  Answer answer = run(request, *route, fault, arrival);
  if (fault.kind == ContentFault::Kind::cut_json)
    return cut_in_half(std::move(answer));
  if (fault.kind == ContentFault::Kind::array && !answer.is_stream)
    answer.pieces = {"[" + answer.body() + "]"};
  return answer;
}

bool Service::is_valid(const std::string &key_or_token) const
{
  return std::ranges::count(api_keys_, key_or_token) > 0;
}

std::optional<ApiError> Service::check_access(const HttpRequest &request, const Route &route) const
{
  // Vertex AI's models can be read with either.
  if (route.is_for_project || (route.is_vertex && request.key.empty()))
    return is_valid(request.token) ? std::nullopt : std::optional{bad_token()};
  // Who knows an upload's URL needs no key for it.
  if (request.key.empty() && route.kind == Route::Kind::upload &&
      request.header("x-goog-upload-command") != "start")
    return std::nullopt;
  if (request.key.empty())
    return missing_key();
  return is_valid(request.key) ? std::nullopt : std::optional{bad_key()};
}

Answer Service::run(const HttpRequest &request, const Route &route, const ContentFault &fault,
                    std::chrono::steady_clock::time_point arrival)
{
  const bool is_in_array = route.kind == Route::Kind::stream && !is_sse(request);
  if (const auto refusal = check_access(request, route))
    return error_answer(*refusal, is_in_array);
  if (route.kind == Route::Kind::list_models)
    return list_models(request, route.is_vertex);
  if (is_about_files(route.kind))
    return files_api_.answer(request, route, request.key, fault, std::chrono::system_clock::now());
  const Model *model = find_model(route.model);
  if (route.kind == Route::Kind::get_model && model)
    return json_answer(route.is_vertex ? publisher_model_resource(*model) : model_resource(*model));
  if (!model)
    return error_answer(unknown_model(route.model, route.version, method_name(route.kind)),
                        is_in_array);
  const std::string &caller = route.is_for_project ? request.token : request.key;
  auto &limit = rate_limits_.try_emplace(caller, requests_per_minute_).first->second;
  if (const auto delay = limit.take(arrival))
    return error_answer(quota_exceeded(Quota::per_minute, model->name, limit.limit(), delay),
                        is_in_array);
  Answer answer = read_and_run(request, route, *model, fault);
  if (answer.http_status != 200 && is_in_array)
    answer.pieces = {"[" + answer.body() + "]"};
  return answer;
}

Answer Service::read_and_run(const HttpRequest &request, const Route &route, const Model &model,
                             const ContentFault &fault)
{
  if (request.body.size() > kInlineLimit)
    return error_answer(invalid_argument("The request's payload is larger than the limit of " +
                                         std::to_string(kInlineLimit) + " bytes."));
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) error = nullptr;
  if (!json_parser_load_from_data(parser, request.body.data(),
                                  static_cast<gssize>(request.body.size()), &error))
    return error_answer(invalid_argument("The JSON payload cannot be parsed."));
  JsonNode *root = json_parser_get_root(parser);

  const bool is_count = route.kind == Route::Kind::count_tokens;
  const auto wrong = violations(root, request_message(route));
  if (!wrong.empty())
    return error_answer(bad_fields(wrong));
  if (fault.kind == ContentFault::Kind::refuse &&
      (fault.model.empty() || fault.model == model.name)) {
    if (const auto refused = refused_fields(root, fault.names); !refused.empty())
      return error_answer(bad_fields(refused));
  }
  for (JsonNode *holder : {root, json::member(root, "generateContentRequest")}) {
    const std::string named = json::string_member(holder, "model");
    if (!named.empty() && model_name(named) != model.name)
      return error_answer(invalid_argument("The model in the path is not the model in the body."));
  }
  // On Vertex AI there are no files.
  const std::string owner = route.is_vertex ? "" : request.key;
  const FileOpener open = [&](const std::string &uri) -> Result<FileContent, ApiError> {
    const auto file =
        open_file(files_, uri, request.origin, owner, std::chrono::system_clock::now());
    if (!file)
      return file.error();
    return FileContent{file->about.mime_type, file->bytes};
  };
  const auto read = is_count ? read_count_tokens_request(root, model, open)
                             : read_generate_request(root, model, open);
  if (!read)
    return error_answer(read.error());
  if (is_count)
    return json_answer(count_body(prompt_tokens(model, *read)));
  return generate(*read, route, model, fault, is_sse(request));
}

Answer Service::generate(const GenerateRequest &request, const Route &route, const Model &model,
                         const ContentFault &fault, bool is_sse)
{
  Reply reply{.model = &model,
              .text = {},
              .prompt = prompt_tokens(model, request),
              .candidate_count = request.candidate_count,
              .response_id = "emulator-" + std::to_string(++n_answers_)};
  if (reply.prompt.total() > kInputTokenLimit)
    return error_answer(invalid_argument("The input has more tokens than the model takes, " +
                                         std::to_string(kInputTokenLimit) + "."));
  if (const auto problem = check_frames(request))
    return error_answer(*problem);
  const bool is_stream = route.kind == Route::Kind::stream;
  if (fault.kind == ContentFault::Kind::blocked) {
    const std::string body = blocked_body(reply);
    return is_stream ? stream_answer({body}, is_sse) : json_answer(body);
  }
  const bool is_silent = make_silent(fault, reply);
  if (fault.kind == ContentFault::Kind::text) {
    reply.text = fault.text;
  } else if (!is_silent) {
    const auto masks =
        fault.kind == ContentFault::Kind::masks ? std::optional{fault.masks} : std::nullopt;
    ModelText said = model_text(request, model, vision_, *eyes_, masks);
    reply.thoughts = std::move(said.thoughts);
    reply.text = std::move(said.answer);
  }
  // Thoughts count against the limit too, and may leave nothing for the answer.
  std::size_t limit = SIZE_MAX;
  if (request.max_output_tokens) {
    const std::int64_t left = *request.max_output_tokens - text_tokens(reply.thoughts);
    limit = left > 0 ? static_cast<std::size_t>(left) * kCharactersPerToken : 0;
  }
  if (fault.kind == ContentFault::Kind::max_tokens)
    limit = std::min(limit, reply.text.size() / 2);
  const std::string said = first_characters(reply.text, limit);
  if (said.size() < reply.text.size()) {
    reply.text = said;
    reply.finish_reason = "MAX_TOKENS";
  }
  if (!is_stream)
    return json_answer(reply_body(reply));
  if (fault.kind == ContentFault::Kind::stream_error)
    return failing_stream_answer(reply_pieces(reply), fault.n_pieces, fault.error, is_sse);
  return stream_answer(reply_pieces(reply), is_sse);
}

} // namespace gemini::emulator
