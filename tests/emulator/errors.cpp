// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's error bodies.
#include "errors.hpp"

#include "json.hpp"

#include <cstdio>

namespace gemini::emulator {
namespace {

constexpr char kSomeModel[] = "gemini-flash-latest"; // where a fault script tells of one
constexpr char kService[] = "generativelanguage.googleapis.com";

std::string type(const char *name)
{
  return json::quote(std::string{"type.googleapis.com/google.rpc."} + name);
}

std::string error_info(const char *reason)
{
  return json::object({{"@type", type("ErrorInfo")},
                       {"reason", json::quote(reason)},
                       {"domain", json::quote("googleapis.com")},
                       {"metadata", json::object({{"service", json::quote(kService)}})}});
}

std::string quota_failure(Quota quota, const std::string &model, int limit)
{
  const std::string id = quota == Quota::per_day
                             ? "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
                             : "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
  const std::string violation = json::object({
      {"quotaMetric", json::quote(std::string{kService} + "/generate_content_free_tier_requests")},
      {"quotaId", json::quote(id)},
      {"quotaDimensions",
       json::object({{"model", json::quote(model)}, {"location", json::quote("global")}})},
      {"quotaValue", json::quote(std::to_string(limit))},
  });
  return json::object({{"@type", type("QuotaFailure")}, {"violations", json::array({violation})}});
}

std::string help()
{
  return json::object(
      {{"@type", type("Help")},
       {"links",
        json::array({json::object(
            {{"description", json::quote("About the limits of the Gemini API")},
             {"url", json::quote("https://ai.google.dev/gemini-api/docs/rate-limits")}})})}});
}

// protobuf's Duration: decimal seconds with the suffix s, "26s" or "26.500s".
std::string duration(std::chrono::milliseconds delay)
{
  const long long ms = delay.count();
  char text[40];
  if (ms % 1000 == 0)
    std::snprintf(text, sizeof text, "%llds", ms / 1000);
  else
    std::snprintf(text, sizeof text, "%lld.%03llds", ms / 1000, ms % 1000);
  return text;
}

} // namespace

std::string error_body(const ApiError &error)
{
  const std::string details = error.details.empty() ? "" : json::array(error.details);
  return json::object({{"error", json::object({{"code", std::to_string(error.http_status)},
                                               {"message", json::quote(error.message)},
                                               {"status", json::quote(error.status)},
                                               {"details", details}})}});
}

ApiError invalid_argument(const std::string &message)
{
  return {400, "INVALID_ARGUMENT", message, {}};
}

FieldViolation unknown_name(const std::string &name, const std::string &path)
{
  const std::string where = path.empty() ? "" : " at '" + path + "'";
  return {path,
          "The JSON payload has an unknown name \"" + name + "\"" + where + ": no such field."};
}

ApiError bad_fields(const std::vector<FieldViolation> &violations)
{
  std::string message;
  std::vector<std::string> items;
  for (const auto &violation : violations) {
    message += (message.empty() ? "" : "\n") + violation.description;
    items.push_back(
        json::object({{"field", violation.field.empty() ? "" : json::quote(violation.field)},
                      {"description", json::quote(violation.description)}}));
  }
  ApiError error = invalid_argument(message);
  error.details.push_back(
      json::object({{"@type", type("BadRequest")}, {"fieldViolations", json::array(items)}}));
  return error;
}

ApiError bad_field(const std::string &path, const std::string &why)
{
  return bad_fields({{path, path + ": " + why}});
}

ApiError bad_key(const std::string &message)
{
  return {400,
          "INVALID_ARGUMENT",
          message.empty() ? "This API key is not valid. Pass a valid one." : message,
          {error_info("API_KEY_INVALID")}};
}

ApiError missing_key()
{
  return {403,
          "PERMISSION_DENIED",
          "The caller is not identified. Send an API key or another identity with the call.",
          {}};
}

ApiError bad_token()
{
  return {401,
          "UNAUTHENTICATED",
          "The request lacks valid credentials: an OAuth 2 access token was expected.",
          {error_info("ACCESS_TOKEN_EXPIRED")}};
}

ApiError unknown_model(const std::string &model, const std::string &version,
                       const std::string &method)
{
  return {404,
          "NOT_FOUND",
          "models/" + model + " does not exist in API version " + version +
              (method.empty() ? "" : ", or does not support " + method) +
              ". ListModels tells which models there are.",
          {}};
}

ApiError no_such_file(const std::string &uri)
{
  return {403,
          "PERMISSION_DENIED",
          "You have no permission for the File " + uri + ", or it does not exist.",
          {}};
}

ApiError internal(const std::string &message)
{
  return {500, "INTERNAL", message, {}};
}

ApiError quota_exceeded(Quota quota, const std::string &model, int limit,
                        std::optional<std::chrono::milliseconds> retry_delay)
{
  ApiError error{429,
                 "RESOURCE_EXHAUSTED",
                 "You exceeded your quota of " + std::to_string(limit) + " requests per " +
                     (quota == Quota::per_day ? "day" : "minute") + " for the model " + model + ".",
                 {quota_failure(quota, model, limit), help()}};
  if (retry_delay) {
    error.details.push_back(json::object(
        {{"@type", type("RetryInfo")}, {"retryDelay", json::quote(duration(*retry_delay))}}));
  }
  return error;
}

namespace {

// The quota of a minute is used up, and the header alone says how long to wait.
ApiError quota_header(std::chrono::milliseconds delay, bool is_date)
{
  ApiError error = quota_exceeded(Quota::per_minute, kSomeModel, 10, std::nullopt);
  error.retry_after = delay;
  error.is_retry_date = is_date;
  return error;
}

std::optional<ApiError> error_by_number(const std::string &word)
{
  static const ApiError kPlain[] = {
      {400, "INVALID_ARGUMENT", "The request has an invalid argument.", {}},
      {403, "PERMISSION_DENIED", "The caller has no permission for this call.", {}},
      {408, "DEADLINE_EXCEEDED", "The request took too long to arrive.", {}},
      {413, "INVALID_ARGUMENT", "The request is too large.", {}},
      {499, "CANCELLED", "The caller cancelled the call.", {}},
      {500, "INTERNAL", "The service failed for a reason of its own.", {}},
      {501, "UNIMPLEMENTED", "The service does not do this.", {}},
      {502, "UNAVAILABLE", "The gateway got no valid answer.", {}},
      {503, "UNAVAILABLE", "The model is overloaded. Try again later.", {}},
      {504, "DEADLINE_EXCEEDED", "The answer was not ready in time.", {}},
  };
  for (const auto &error : kPlain) {
    if (std::to_string(error.http_status) == word)
      return error;
  }
  return std::nullopt;
}

} // namespace

std::optional<ApiError> error_by_word(const std::string &word,
                                      std::chrono::milliseconds retry_delay)
{
  if (word == "400-key")
    return bad_key();
  if (word == "400-precondition")
    return ApiError{400,
                    "FAILED_PRECONDITION",
                    "The location of the caller is not supported without billing.",
                    {}};
  if (word == "401")
    return bad_token();
  if (word == "403-file")
    return no_such_file("files/gone");
  if (word == "403-key-leaked")
    return ApiError{
        403, "PERMISSION_DENIED", "This API key was reported as leaked. Use another API key.", {}};
  if (word == "404")
    return unknown_model("gone", "v1beta", "generateContent");
  if (word == "429")
    return quota_exceeded(Quota::per_minute, kSomeModel, 10, std::nullopt);
  if (word == "429-retry")
    return quota_exceeded(Quota::per_minute, kSomeModel, 10, retry_delay);
  if (word == "429-header")
    return quota_header(retry_delay, false);
  if (word == "429-date")
    return quota_header(retry_delay, true);
  if (word == "429-perday")
    return quota_exceeded(Quota::per_day, kSomeModel, 250, std::nullopt);
  if (word == "429-vertex") {
    ApiError error{429, "RESOURCE_EXHAUSTED", "The shared resources are exhausted.", {}};
    error.is_in_list = true;
    return error;
  }
  if (word == "503-retry") {
    auto error = error_by_number("503");
    error->retry_after = retry_delay;
    return error;
  }
  return error_by_number(word);
}

} // namespace gemini::emulator
