// SPDX-License-Identifier: LGPL-2.1-or-later

// What a user reads of a failure, and what can be done about it.
#include "plugin/failure_message.hpp"

#include <cstddef>
#include <string>

#include <gst/check/gstcheck.h>

using gemini::Failure;
using gemini::FailureKind;
using gemini::is_users_to_mend;
using gemini::post_failure;
using gemini::Severity;
using gemini::wire::Endpoint;
using gemini::wire::Platform;

namespace {

constexpr const char *kModel = "gemini-x";

Endpoint developer()
{
  return {.platform = Platform::developer, .base_url = "https://gemini", .api_version = "v1beta"};
}

Endpoint vertex()
{
  return {.platform = Platform::vertex,
          .base_url = "https://vertex",
          .api_version = "v1beta1",
          .project = "my-project",
          .location = "europe-west1"};
}

Endpoint express()
{
  return {.platform = Platform::vertex, .base_url = "https://vertex", .api_version = "v1beta1"};
}

struct Heard {
  GstMessageType type = GST_MESSAGE_UNKNOWN;
  GQuark domain = 0;
  int code = -1;
  std::string text;
  std::string debug;
};

Heard heard(const Failure &failure, const Endpoint &endpoint, Severity severity = Severity::warning)
{
  GstElement *element = gst_bin_new("analyzer");
  gst_object_ref_sink(element);
  GstBus *bus = gst_bus_new();
  gst_element_set_bus(element, bus);
  post_failure(element, severity, failure, kModel, endpoint);
  g_autoptr(GstMessage) message = gst_bus_pop(bus);
  gst_element_set_bus(element, nullptr);
  gst_object_unref(bus);
  gst_object_unref(element);
  fail_unless(message != nullptr);

  Heard result;
  result.type = GST_MESSAGE_TYPE(message);
  g_autoptr(GError) error = nullptr;
  g_autofree char *debug = nullptr;
  if (severity == Severity::error)
    gst_message_parse_error(message, &error, &debug);
  else
    gst_message_parse_warning(message, &error, &debug);
  result.domain = error->domain;
  result.code = error->code;
  result.text = error->message;
  result.debug = debug;
  return result;
}

Failure failure(FailureKind kind)
{
  return {.kind = kind, .message = "It went wrong", .http_status = 418};
}

std::string advice(FailureKind kind, const Endpoint &endpoint)
{
  return heard(failure(kind), endpoint).text;
}

bool contains(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

GST_START_TEST(every_kind_has_advice_and_a_fitting_code)
{
  for (std::size_t i = 0; i < gemini::kFailureKinds; ++i) {
    const auto kind = static_cast<FailureKind>(i);
    for (const Endpoint &endpoint : {developer(), vertex(), express()}) {
      const Heard message = heard(failure(kind), endpoint);
      fail_unless(message.type == GST_MESSAGE_WARNING);
      fail_unless(message.domain == GST_RESOURCE_ERROR || message.domain == GST_STREAM_ERROR, "%s",
                  to_string(kind));
      fail_unless(message.text.starts_with("It went wrong. "), "%s", message.text.c_str());
      fail_unless(message.text.size() > 30 && message.text.ends_with('.'), "%s",
                  message.text.c_str());
      fail_unless(contains(message.debug, std::string{to_string(kind)} + ", HTTP status 418"));
    }
  }
}
GST_END_TEST

GST_START_TEST(the_service_has_the_word_before_the_advice)
{
  Failure failed = failure(FailureKind::overloaded);
  failed.message = "The service is overloaded!";
  failed.http_status = 0;
  const Heard message = heard(failed, developer(), Severity::error);
  fail_unless(message.type == GST_MESSAGE_ERROR);
  fail_unless(message.text.starts_with("The service is overloaded! The next sample"));
  fail_unless(contains(message.debug, "overloaded") && !contains(message.debug, "HTTP"));
}
GST_END_TEST

GST_START_TEST(a_refused_secret_is_a_key_or_a_token)
{
  for (const Endpoint &endpoint : {developer(), express()}) {
    const std::string text = advice(FailureKind::bad_key, endpoint);
    fail_unless(contains(text, "api-key") && !contains(text, "access-token"));
  }
  const std::string text = advice(FailureKind::bad_key, vertex());
  fail_unless(contains(text, "access-token") && !contains(text, "api-key"));
}
GST_END_TEST

GST_START_TEST(a_missing_permission_is_of_the_key_or_of_the_account)
{
  fail_unless(contains(advice(FailureKind::no_permission, developer()), "the key's project"));
  const std::string text = advice(FailureKind::no_permission, vertex());
  fail_unless(contains(text, "access-token") && contains(text, "my-project") &&
              contains(text, kModel));
}
GST_END_TEST

GST_START_TEST(an_unknown_model_is_looked_for_where_it_was_asked_for)
{
  fail_unless(contains(advice(FailureKind::unknown_model, developer()), "(now gemini-x)"));
  const std::string text = advice(FailureKind::unknown_model, vertex());
  fail_unless(contains(text, "(now gemini-x)") && contains(text, "(now europe-west1)"));
  fail_unless(!contains(advice(FailureKind::unknown_model, express()), "vertex-location"));
}
GST_END_TEST

GST_START_TEST(a_quota_of_a_day_is_not_one_of_a_minute)
{
  Failure quota = failure(FailureKind::quota);
  const std::string minute = heard(quota, developer()).text;
  fail_unless(contains(minute, "requests-per-minute") && !contains(minute, "midnight"));
  fail_unless(contains(minute, quota_advice(quota)));
  quota.is_daily = true;
  const std::string day = heard(quota, developer()).text;
  fail_unless(contains(day, "midnight") && contains(day, "fallback-models"));
  fail_unless(contains(day, quota_advice(quota)));
}
GST_END_TEST

GST_START_TEST(a_limit_of_the_users_own_is_named_as_such)
{
  // Which one it is says the failure.
  const std::string text = advice(FailureKind::budget, developer());
  for (const char *words : {"Raise it", "analysis-rate", "same key"})
    fail_unless(contains(text, words));
  fail_unless(contains(advice(FailureKind::file_gone, developer()), "reference-images"));
  fail_unless(contains(advice(FailureKind::not_recorded, developer()), "replay-location"));
}
GST_END_TEST

GST_START_TEST(four_kinds_are_the_users_to_mend)
{
  for (std::size_t i = 0; i < gemini::kFailureKinds; ++i) {
    const auto kind = static_cast<FailureKind>(i);
    const bool is_users = kind == FailureKind::bad_key || kind == FailureKind::no_permission ||
                          kind == FailureKind::unknown_model ||
                          kind == FailureKind::invalid_request;
    fail_unless_equals_int(is_users_to_mend(kind), is_users);
  }
}
GST_END_TEST

static Suite *failure_message_suite()
{
  Suite *suite = suite_create("failure_message");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, every_kind_has_advice_and_a_fitting_code);
  tcase_add_test(tcase, the_service_has_the_word_before_the_advice);
  tcase_add_test(tcase, a_refused_secret_is_a_key_or_a_token);
  tcase_add_test(tcase, a_missing_permission_is_of_the_key_or_of_the_account);
  tcase_add_test(tcase, an_unknown_model_is_looked_for_where_it_was_asked_for);
  tcase_add_test(tcase, a_quota_of_a_day_is_not_one_of_a_minute);
  tcase_add_test(tcase, a_limit_of_the_users_own_is_named_as_such);
  tcase_add_test(tcase, four_kinds_are_the_users_to_mend);
  return suite;
}

GST_CHECK_MAIN(failure_message)
