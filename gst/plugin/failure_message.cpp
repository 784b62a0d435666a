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

Report report_of(FailureKind kind, const std::string &model, const std::string &base_url)
{
  switch (kind) {
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
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
            "Put a valid key into the environment variable GEMINI_API_KEY, or use the property "
            "api-key-file or api-key."};
  case FailureKind::no_permission:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
            "Check the key's project and its restrictions, and whether they allow the model " +
                model + "."};
  case FailureKind::unknown_model:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
            "Set the property model (now " + model +
                ") to one that exists, such as gemini-flash-latest, and check api-version and "
                "base-url."};
  case FailureKind::invalid_request:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
            "A property that was set may not suit the model " + model + "."};
  case FailureKind::quota:
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY,
            "Lower analysis-rate, or raise the quota of the key's project."};
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
  }
  return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED, ""};
}

} // namespace

void post_failure(GstElement *element, Severity severity, const Failure &failure,
                  const std::string &model, const std::string &base_url)
{
  const Report report = report_of(failure.kind, model, base_url);
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
