// SPDX-License-Identifier: LGPL-2.1-or-later
// From a failure to a sentence on the bus that a user can act on.
#include "plugin/failure_message.hpp"

namespace gemini {

namespace {

// What a user can do about it; the failure itself says what happened.
struct Report {
  GQuark domain;
  int code;
  std::string advice;
};

// Vertex AI with a project goes by token; everything else goes by key.
bool goes_by_token(const wire::Endpoint &endpoint)
{
  return endpoint.platform == wire::Platform::vertex && !endpoint.project.empty();
}

std::string advice_on_secret(const wire::Endpoint &endpoint)
{
  if (goes_by_token(endpoint))
    return "Set access-token to a new token, which lasts for about an hour, or to @ and the path of "
           "a file in which tokens are renewed.";
  return "Put a valid key into the environment variable GEMINI_API_KEY, or use the property "
         "api-key-file or api-key.";
}

std::string advice_on_permission(const std::string &model, const wire::Endpoint &endpoint)
{
  if (goes_by_token(endpoint))
    return "Check that the account of access-token may use Vertex AI in the project " +
           endpoint.project +
           ", that the service is enabled there, and whether it allows the model " + model + ".";
  return "Check the key's project and its restrictions, and whether they allow the model " + model +
         ".";
}

std::string advice_on_model(const std::string &model, const wire::Endpoint &endpoint)
{
  if (goes_by_token(endpoint))
    return "Set the property model (now " + model + ") to one that vertex-location (now " +
           endpoint.location + ") has, and check vertex-project, api-version and base-url.";
  return "Set the property model (now " + model +
         ") to one that exists, such as gemini-flash-latest, and check api-version and base-url.";
}

Report report_of(const Failure &failure, const std::string &model, const wire::Endpoint &endpoint)
{
  const std::string &base_url = endpoint.base_url;
  switch (failure.kind) {
  case FailureKind::frame:
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_ENCODE,
            "Put videoconvert in front of the element if all frames are like this."};
  case FailureKind::unreachable:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ,
            "Check the network and the property base-url (now " + base_url +
                "); frames pass without results meanwhile."};
  case FailureKind::timeout:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
            "The property timeout says how long to wait."};
  case FailureKind::bad_key:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED, advice_on_secret(endpoint)};
  case FailureKind::no_permission:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
            advice_on_permission(model, endpoint)};
  case FailureKind::unknown_model:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, advice_on_model(model, endpoint)};
  case FailureKind::invalid_request:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
            "A property that was set may not suit the model " + model + "."};
  case FailureKind::quota:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, quota_advice(failure)};
  case FailureKind::server_error:
  case FailureKind::overloaded:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, "The next sample is asked about anew."};
  case FailureKind::bad_reply:
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE,
            "Check that base-url (now " + base_url + ") is Gemini's and no proxy is in between."};
  case FailureKind::too_late:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY,
            "Lower analysis-rate, or raise max-in-flight or max-latency."};
  case FailureKind::blocked:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
            "The frames of this sample have no results."};
  case FailureKind::file_gone:
    return {
        GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
        "Uploaded files are kept for 48 hours and only for the project that uploaded them: of "
        "the entries of reference-images, file:// and https:// are uploaded again, but files/ID "
        "has to be replaced."};
  case FailureKind::budget:
    return {
        GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "Raise it, which is possible while playing, or lower analysis-rate; all elements of the "
        "process that use the same key count together."};
  case FailureKind::not_recorded:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
            "Play what was recorded, with the analysis-rate of then, or record it anew with "
            "record-location and without replay-location."};
  }
  return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED, ""};
}

} // namespace

void post_failure(GstElement *element, Severity severity, const Failure &failure,
                  const std::string &model, const wire::Endpoint &endpoint)
{
  const Report report = report_of(failure, model, endpoint);
  const bool has_end = failure.message.ends_with('.') || failure.message.ends_with('!') ||
                       failure.message.ends_with('?');
  const std::string text = failure.message + (has_end ? " " : ". ") + report.advice;
  g_autofree char *debug =
      failure.http_status
          ? g_strdup_printf("%s, HTTP status %d", to_string(failure.kind), failure.http_status)
          : g_strdup(to_string(failure.kind));
  gst_element_message_full(element,
                           severity == Severity::error ? GST_MESSAGE_ERROR : GST_MESSAGE_WARNING,
                           report.domain, report.code, g_strdup(text.c_str()),
                           g_steal_pointer(&debug), __FILE__, GST_FUNCTION, __LINE__);
}

std::string quota_advice(const Failure &failure)
{
  if (failure.is_daily)
    return "It is one of a day, which begins anew at midnight in California: name other models in "
           "fallback-models, raise the quota of the project, or lower analysis-rate or set "
           "max-requests so that it lasts for a day.";
  return "Set requests-per-minute to what the quota allows, lower analysis-rate, or raise the quota "
         "of the project.";
}

bool is_users_to_mend(FailureKind kind)
{
  switch (kind) {
  case FailureKind::bad_key:
  case FailureKind::no_permission:
  case FailureKind::unknown_model:
  case FailureKind::invalid_request:
    return true;
  default:
    return false;
  }
}

bool is_failure_of_service(FailureKind kind)
{
  switch (kind) {
  case FailureKind::frame:
  case FailureKind::too_late:
  case FailureKind::blocked:
  case FailureKind::budget:
  case FailureKind::not_recorded:
    return false;
  default:
    return true;
  }
}

} // namespace gemini
