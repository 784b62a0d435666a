// SPDX-License-Identifier: LGPL-2.1-or-later
// From a failure to a sentence on the bus that a user can act on.
#include "plugin/failure_message.hpp"

namespace gemini {

namespace {

struct Report {
  GQuark domain;
  int code;
  std::string text;
};

// "x" or "x." or nothing, as the end of a sentence after a colon.
std::string after_colon(const std::string &message)
{
  if (message.empty())
    return ".";
  const bool has_end = message.ends_with('.') || message.ends_with('!') || message.ends_with('?');
  return ": " + message + (has_end ? "" : ".");
}

Report report_of(const Failure &failure, const std::string &model, const std::string &base_url)
{
  const std::string why = after_colon(failure.message);
  switch (failure.kind) {
  case FailureKind::frame:
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_ENCODE, "A frame could not be prepared" + why};
  case FailureKind::unreachable:
    return {
        GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ,
        "Gemini cannot be reached at " + base_url + why +
            " Check the network and the property base-url; frames pass without results meanwhile."};
  case FailureKind::timeout:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
            "Gemini did not answer in time" + why + " The property timeout says how long to wait."};
  case FailureKind::bad_key:
    return {
        GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        "Gemini refuses the API key" + why +
            " Put a valid key into the environment variable GEMINI_API_KEY, or use the property "
            "api-key-file or api-key."};
  case FailureKind::no_permission:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
            "The API key may not use the model " + model + why +
                " Check the key's project and its restrictions."};
  case FailureKind::unknown_model:
    return {
        GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
        "Gemini has no model " + model + why +
            " Set the property model to one that exists, such as gemini-flash-latest, and check "
            "api-version and base-url."};
  case FailureKind::invalid_request:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
            "Gemini refuses the request" + why +
                " A property that was set may not suit the model " + model + "."};
  case FailureKind::quota:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY,
            "Gemini's quota is used up" + why +
                " Lower analysis-rate, or raise the quota of the key's project."};
  case FailureKind::server_error:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "Gemini failed to answer" + why};
  case FailureKind::overloaded:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, "Gemini is overloaded" + why};
  case FailureKind::bad_reply:
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE,
            "What came back from " + base_url + " is not an answer of Gemini's" + why};
  case FailureKind::too_late:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY,
            "A frame could not be asked about in time" + why +
                " Lower analysis-rate, or raise max-in-flight or max-latency."};
  case FailureKind::blocked:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
            "Gemini refuses to speak of a picture for safety's sake" + why};
  }
  return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED, failure.message};
}

} // namespace

void post_failure(GstElement *element, Severity severity, const Failure &failure,
                  const std::string &model, const std::string &base_url)
{
  const Report report = report_of(failure, model, base_url);
  g_autofree char *debug =
      failure.http_status
          ? g_strdup_printf("%s, HTTP status %d", to_string(failure.kind), failure.http_status)
          : g_strdup(to_string(failure.kind));
  gst_element_message_full(element,
                           severity == Severity::error ? GST_MESSAGE_ERROR : GST_MESSAGE_WARNING,
                           report.domain, report.code, g_strdup(report.text.c_str()),
                           g_steal_pointer(&debug), __FILE__, GST_FUNCTION, __LINE__);
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

} // namespace gemini
