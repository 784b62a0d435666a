// SPDX-License-Identifier: LGPL-2.1-or-later
// Error bodies: Google's error object in its two dialects, or HTML and plain text of a proxy.
#include "wire/api_error.hpp"

#include "wire/reply.hpp"
#include "wire/retry_after.hpp"
#include "wire/text.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

namespace gemini::wire {
namespace {

constexpr std::size_t kMaxWords = 200;   // of the service's own words
constexpr std::size_t kMaxMessage = 300; // of the whole sentence

// What of an error body matters.
struct ErrorBody {
  std::string message; // one line
  std::string reason;  // of ErrorInfo
  std::string code;    // "INVALID_ARGUMENT", or the string codes of the Interactions API
  std::string detail;  // the field or the quota that was violated
  std::optional<std::chrono::nanoseconds> retry_delay;
  bool is_daily = false; // of a quota
};

// The quota that heals last is the one to know.
void read_quotas(Json violations, ErrorBody &error)
{
  for (const Json violation : violations) {
    const std::string_view quota = violation.member("quotaId").text();
    const bool is_daily = contains_word(quota, "PerDay");
    if (!quota.empty() && (error.detail.empty() || (is_daily && !error.is_daily)))
      error.detail = "quota " + std::string{quota};
    error.is_daily = error.is_daily || is_daily;
  }
}

void read_detail(Json detail, ErrorBody &error)
{
  if (error.reason.empty())
    error.reason = safe_line(detail.member("reason").text(), 100);
  if (const auto delay = parse_duration(detail.member("retryDelay").text()))
    error.retry_delay = delay;
  read_quotas(detail.member("violations"), error);
  if (!error.detail.empty())
    return;
  const Json field = detail.member("fieldViolations").front();
  if (const std::string_view name = field.member("field").text(); !name.empty()) {
    error.detail = "field " + std::string{name};
    if (const std::string_view why = field.member("description").text();
        !why.empty() && error.message.find(why) == std::string::npos)
      error.detail += ", " + std::string{why};
  }
}

ErrorBody read_error_object(Json root)
{
  ErrorBody body;
  const Json error = root.member("error");
  const Json object = error.is_object() ? error : root;
  for (const Json words :
       {object.member("message"), error, root.member("error_description"), root.member("detail")}) {
    if (body.message.empty() && words.is_string())
      body.message = safe_line(words.text(), kMaxWords);
  }
  body.code = safe_line(object.member("status").text(), 100);
  if (body.code.empty())
    body.code = safe_line(object.member("code").text(), 100);
  for (const Json detail : object.member("details"))
    read_detail(detail, body);
  body.detail = safe_line(body.detail, 150);
  return body;
}

ErrorBody read_body(std::string_view text)
{
  if (const std::string_view body = trimmed(text); body.starts_with('{') || body.starts_with('[')) {
    // A proxy may have cut it, which does not matter here.
    const JsonDocument document = JsonDocument::scattered(body);
    const Json root = document.root();
    return read_error_object(root.is_array() ? root.front() : root);
  }
  ErrorBody body;
  body.message = plain_words(text, kMaxWords);
  return body;
}

bool is_about_key(const ErrorBody &error)
{
  return error.reason.starts_with("API_KEY_") || error.reason == "CONSUMER_SUSPENDED" ||
         contains_word(error.code, "api_key") || contains_word(error.message, "api key");
}

// A 403 may also be about a model, a file or a project that the key has no right to.
bool is_key_refused(const ErrorBody &error)
{
  return is_about_key(error) || contains_word(error.message, "leaked") ||
         contains_word(error.message, "unregistered callers");
}

// "the File abc", "files/abc": of one that was uploaded. Not of "profiles" or the Files API.
bool is_about_file(const ErrorBody &error)
{
  const auto is_letter = [&error](std::size_t at) {
    return at < error.message.size() && g_ascii_isalnum(error.message[at]);
  };
  const std::string_view words = error.message;
  for (std::size_t at = 0; at + 4 <= words.size(); ++at) {
    const bool is_begin = at == 0 || !is_letter(at - 1);
    if (!is_begin || g_ascii_strncasecmp(words.data() + at, "file", 4) != 0)
      continue;
    if (!is_letter(at + 4) || words.substr(at + 4).starts_with("s/"))
      return true;
  }
  return false;
}

// The credential that was sent, or that is asked for, is a token as of Vertex AI.
bool is_about_token(const ErrorBody &error)
{
  return error.reason.starts_with("ACCESS_TOKEN_") ||
         contains_word(error.message, "access token") || contains_word(error.message, "OAuth");
}

FailureKind kind_of(int status, const ErrorBody &error)
{
  switch (status) {
  case 400:
    return is_about_key(error) ? FailureKind::bad_key : FailureKind::invalid_request;
  case 401:
    return FailureKind::bad_key;
  case 403:
    if (is_key_refused(error))
      return FailureKind::bad_key;
    return is_about_file(error) ? FailureKind::file_gone : FailureKind::no_permission;
  case 404:
    return is_about_file(error) ? FailureKind::file_gone : FailureKind::unknown_model;
  case 408:
  case 504:
    return FailureKind::timeout;
  case 429:
    return FailureKind::quota;
  case 499:
    return FailureKind::server_error;
  case 503:
    return FailureKind::overloaded;
  default:
    if (status >= 400 && status < 500)
      return FailureKind::invalid_request;
    return status >= 500 && status < 600 ? FailureKind::server_error : FailureKind::bad_reply;
  }
}

const char *lead_in(FailureKind kind, int status, const ErrorBody &error)
{
  switch (kind) {
  case FailureKind::bad_key:
    return status == 401 && is_about_token(error) ? "The service wants a valid access token"
                                                  : "The service refused the API key";
  case FailureKind::no_permission:
    return is_about_token(error) ? "The access token has no permission for this"
                                 : "The API key has no permission for this";
  case FailureKind::file_gone:
    return "The service does not know an uploaded file any more";
  case FailureKind::unknown_model:
    return "The service knows no such model or address";
  case FailureKind::invalid_request:
    return "The service refused the request";
  case FailureKind::quota:
    return "The quota is used up";
  case FailureKind::overloaded:
    return "The service is overloaded";
  case FailureKind::timeout:
    return "The service did not finish in time";
  case FailureKind::server_error:
    return "The service failed";
  default:
    return "The service sent an unexpected reply";
  }
}

Failure to_failure(int status, const ErrorBody &error)
{
  const FailureKind kind = kind_of(status, error);
  std::string tail = " (HTTP " + std::to_string(status) + ")";
  std::string sentence = lead_in(kind, status, error);
  if (!error.message.empty())
    sentence += ": " + error.message;
  if (!error.detail.empty())
    sentence += " [" + error.detail + "]";
  return {.kind = kind,
          .message = safe_line(sentence, kMaxMessage - tail.size()) + tail,
          .http_status = status,
          .retry_after = error.retry_delay,
          .is_daily = kind == FailureKind::quota && error.is_daily};
}

// The HTTP status that goes with a status word of either dialect; 0 when unknown.
int status_of(std::string_view code)
{
  constexpr std::array<std::pair<std::string_view, int>, 15> kCodes = {{
      {"INVALID_ARGUMENT", 400},
      {"FAILED_PRECONDITION", 400},
      {"OUT_OF_RANGE", 400},
      {"INVALID_REQUEST", 400},
      {"UNAUTHENTICATED", 401},
      {"PERMISSION_DENIED", 403},
      {"NOT_FOUND", 404},
      {"RESOURCE_EXHAUSTED", 429},
      {"RATE_LIMIT_EXCEEDED", 429},
      {"CANCELLED", 499},
      {"INTERNAL", 500},
      {"UNKNOWN", 500},
      {"UNAVAILABLE", 503},
      {"OVERLOADED", 503},
      {"DEADLINE_EXCEEDED", 504},
  }};
  const auto *const found = std::find_if(kCodes.begin(), kCodes.end(), [code](const auto &known) {
    return code.size() == known.first.size() && contains_word(code, known.first);
  });
  return found == kCodes.end() ? 0 : found->second;
}

// Whether `html` begins with a tag that stands inside words and sentences.
bool is_inline_tag(std::string_view html)
{
  constexpr std::array<std::string_view, 8> kNames = {"a", "b",   "code", "em",
                                                      "i", "ins", "span", "strong"};
  html.remove_prefix(html.starts_with("</") ? 2 : 1);
  const std::string_view name = html.substr(0, html.find_first_of(" \t\r\n/>"));
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// What the tag, comment, script or style at the beginning of `html` ends with.
std::string_view end_of_tag(std::string_view html)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLong = {
      {{"<script", "</script>"}, {"<style", "</style>"}, {"<!--", "-->"}}};
  for (const auto &[begin, end] : kLong) {
    if (contains_word(html.substr(0, begin.size()), begin))
      return end;
  }
  return ">";
}

// The text of HTML without its tags, scripts and styles.
std::string without_tags(std::string_view html)
{
  std::string text;
  for (;;) {
    const std::size_t tag = std::min(html.find('<'), html.size());
    text += html.substr(0, tag);
    html.remove_prefix(tag);
    if (html.empty())
      return text;
    if (!is_inline_tag(html))
      text += ' ';
    const std::string_view end = end_of_tag(html);
    const std::size_t stop = html.find(end);
    html.remove_prefix(stop == std::string_view::npos ? html.size() : stop + end.size());
  }
}

std::string decode_entities(std::string text)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEntities = {{
      {"&lt;", "<"},
      {"&gt;", ">"},
      {"&quot;", "\""},
      {"&#39;", "'"},
      {"&apos;", "'"},
      {"&nbsp;", " "},
      {"&amp;", "&"},
  }};
  for (const auto &[entity, character] : kEntities) {
    for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos;
         at += character.size())
      text.replace(at, entity.size(), character);
  }
  return text;
}

} // namespace

std::string plain_words(std::string_view body, std::size_t max_bytes)
{
  constexpr std::size_t kEnough = 16384; // a proxy's page may be long, its point comes early
  std::string text{body.substr(0, kEnough)};
  if (trimmed(text).starts_with('<'))
    text = decode_entities(without_tags(text));
  text = safe_line(text, kEnough);
  if (const std::size_t end = text.find(". "); end != std::string::npos)
    text.resize(end + 1);
  return one_line(text, max_bytes);
}

Failure read_error_in_reply(Json root)
{
  const ErrorBody error = read_error_object(root);
  const double code = root.member("error").member("code").number().value_or(0);
  const bool is_status = code >= 400 && code < 600;
  const int status = is_status ? static_cast<int>(code) : status_of(error.code);
  return to_failure(status > 0 ? status : 200, error);
}

Failure read_error(int http_status, std::string_view body, std::string_view retry_after)
{
  Failure failure = to_failure(http_status, read_body(body));
  if (!failure.retry_after) {
    const auto now = std::chrono::system_clock::now();
    failure.retry_after =
        parse_retry_after(retry_after, std::chrono::floor<std::chrono::seconds>(now));
  }
  return failure;
}

} // namespace gemini::wire
