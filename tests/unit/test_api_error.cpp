// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors of the service become a kind to act on and a sentence to read.
#include "wire/reply.hpp"
#include "wire/retry_after.hpp"
#include "wire_support.hpp"

#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Failure;
using gemini::FailureKind;
using gemini::test::repeated;
using gemini::test::same;
using gemini::wire::parse_duration;
using gemini::wire::parse_retry_after;
using gemini::wire::read_error;
using namespace std::chrono_literals;

namespace {

std::string google(int code, const std::string &status, const std::string &message,
                   const std::string &details = "")
{
  return R"({"error":{"code":)" + std::to_string(code) + R"(,"message":")" + message +
         R"(","status":")" + status + R"(","details":[)" + details + "]}}";
}

std::string error_info(const std::string &reason)
{
  return R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":")" + reason +
         R"(","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}})";
}

std::string in_paragraph(const std::string &words)
{
  return "<p>" + words + "</p>";
}

std::string in_violation(const std::string &words)
{
  return google(403, "PERMISSION_DENIED", words,
                R"({"fieldViolations":[{"field":")" + words + R"(","description":")" + words +
                    "\"}]}");
}

bool contains(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

GST_START_TEST(error_kind_follows_the_status)
{
  struct Case {
    int status;
    FailureKind kind;
  };
  for (const Case &c : {
           Case{301, FailureKind::bad_reply},       Case{302, FailureKind::bad_reply},
           Case{400, FailureKind::invalid_request}, Case{401, FailureKind::bad_key},
           Case{403, FailureKind::no_permission},   Case{404, FailureKind::unknown_model},
           Case{405, FailureKind::invalid_request}, Case{408, FailureKind::timeout},
           Case{413, FailureKind::invalid_request}, Case{418, FailureKind::invalid_request},
           Case{429, FailureKind::quota},           Case{499, FailureKind::server_error},
           Case{500, FailureKind::server_error},    Case{501, FailureKind::server_error},
           Case{502, FailureKind::server_error},    Case{503, FailureKind::overloaded},
           Case{504, FailureKind::timeout},         Case{505, FailureKind::server_error},
           Case{529, FailureKind::server_error},    Case{204, FailureKind::bad_reply},
           Case{999, FailureKind::bad_reply},       Case{0, FailureKind::bad_reply},
       }) {
    for (const std::string &body : {std::string{}, std::string{"<html><body>Oops.</body></html>"},
                                    google(c.status, "SOMETHING", "Oops.")}) {
      const Failure failure = read_error(c.status, body, "");
      fail_unless(failure.kind == c.kind, "%d: %s", c.status, to_string(failure.kind));
      fail_unless_equals_int(failure.http_status, c.status);
      fail_unless(contains(failure.message, "(HTTP " + std::to_string(c.status) + ")"));
      fail_unless(body.empty() || contains(failure.message, "Oops."));
      fail_unless(!failure.retry_after);
    }
  }
}
GST_END_TEST

GST_START_TEST(error_about_the_key_is_known_in_all_its_forms)
{
  struct Case {
    int status;
    std::string body;
    FailureKind kind;
  };
  for (const Case &c : {
           Case{400,
                google(400, "INVALID_ARGUMENT", "Bad credential.", error_info("API_KEY_INVALID")),
                FailureKind::bad_key},
           Case{400,
                google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
                FailureKind::bad_key},
           Case{400, google(400, "INVALID_ARGUMENT", "API Key not found."), FailureKind::bad_key},
           Case{400, R"({"error":{"code":"invalid_api_key","message":"No."}})",
                FailureKind::bad_key},
           Case{400, google(400, "INVALID_ARGUMENT", R"(Unknown name \"api_key\")"),
                FailureKind::invalid_request},
           Case{400, google(400, "FAILED_PRECONDITION", "User location is not supported."),
                FailureKind::invalid_request},
           Case{403, google(403, "PERMISSION_DENIED", "No.", error_info("API_KEY_SERVICE_BLOCKED")),
                FailureKind::bad_key},
           Case{403, google(403, "PERMISSION_DENIED", "Your API key was reported as leaked."),
                FailureKind::bad_key},
           Case{403, google(403, "PERMISSION_DENIED", "This credential was leaked."),
                FailureKind::bad_key},
           Case{403,
                google(403, "PERMISSION_DENIED",
                       "Method doesn't allow unregistered callers. Please use another identity."),
                FailureKind::bad_key},
           Case{403,
                google(403, "PERMISSION_DENIED", "Suspended.", error_info("CONSUMER_SUSPENDED")),
                FailureKind::bad_key},
           Case{403,
                google(403, "PERMISSION_DENIED",
                       "You do not have permission to access the File abc or it may not exist."),
                FailureKind::file_gone},
           Case{403,
                google(403, "PERMISSION_DENIED", "It is disabled.", error_info("SERVICE_DISABLED")),
                FailureKind::no_permission},
       }) {
    const Failure failure = read_error(c.status, c.body, "");
    fail_unless(failure.kind == c.kind, "%s: %s", c.body.c_str(), to_string(failure.kind));
  }
}
GST_END_TEST

GST_START_TEST(error_message_is_a_sentence_with_the_words_of_the_service)
{
  struct Case {
    int status;
    std::string body;
    const char *message;
  };
  for (
      const Case &c : {
          Case{400, google(400, "INVALID_ARGUMENT", "API key not valid."),
               "The service refused the API key: API key not valid. (HTTP 400)"},
          Case{404, google(404, "NOT_FOUND", "models/x is not found for API version v1beta."),
               "The service knows no such model or address: models/x is not found for API version "
               "v1beta. (HTTP 404)"},
          Case{500, google(500, "INTERNAL", "An internal error\\nhas \\t occurred."),
               "The service failed: An internal error has occurred. (HTTP 500)"},
          Case{503, "[" + google(503, "UNAVAILABLE", "The model is overloaded.") + "]",
               "The service is overloaded: The model is overloaded. (HTTP 503)"},
          Case{400, R"({"error":{"code":"invalid_request","message":"Bad input."}})",
               "The service refused the request: Bad input. (HTTP 400)"},
          Case{400, R"({"error":"plainly wrong"})",
               "The service refused the request: plainly wrong (HTTP 400)"},
          Case{400, R"({"message":"from a gateway"})",
               "The service refused the request: from a gateway (HTTP 400)"},
          Case{
              502,
              "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title><style>a{b:c}</style>"
              "<script>if (1 < 2) x();</script></head><body><!-- x -->&lt;nginx&gt; &amp; co</body>",
              "The service failed: 502 Bad Gateway <nginx> & co (HTTP 502)"},
          Case{502, "<p>Try again.</p><p>Or not.</p>", "The service failed: Try again. (HTTP 502)"},
          Case{502, "upstream connect error. reset\n",
               "The service failed: upstream connect error. (HTTP 502)"},
          Case{500, "", "The service failed (HTTP 500)"},
          Case{500, "{}", "The service failed (HTTP 500)"},
          Case{500, "[]", "The service failed (HTTP 500)"},
          Case{500, "<html></html>", "The service failed (HTTP 500)"},
          Case{429, R"({"error":{"code":429,"message":"Quota is gone)",
               "The quota is used up: Quota is gone (HTTP 429)"},
          Case{302, "", "The service sent an unexpected reply (HTTP 302)"},
      }) {
    fail_unless(same(read_error(c.status, c.body, "").message, c.message));
  }
}
GST_END_TEST

GST_START_TEST(error_message_names_the_field_or_the_quota)
{
  const auto field = [](const std::string &message, const std::string &violation) {
    return read_error(400,
                      google(400, "INVALID_ARGUMENT", message,
                             R"({"@type":"type.googleapis.com/google.rpc.BadRequest",)"
                             R"("fieldViolations":[)" +
                                 violation + "]}"),
                      "")
        .message;
  };
  fail_unless(
      same(field("Invalid value.",
                 R"({"field":"generation_config.temperature","description":"must be at most 2"})"),
           "The service refused the request: Invalid value. [field generation_config.temperature, "
           "must be at most 2] (HTTP 400)"));
  // What was said is not said again.
  fail_unless(same(field("Unknown name x.", R"({"field":"x","description":"Unknown name x."})"),
                   "The service refused the request: Unknown name x. [field x] (HTTP 400)"));
  const Failure quota = read_error(
      429,
      google(429, "RESOURCE_EXHAUSTED", "Quota exceeded.",
             R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{)"
             R"("quotaMetric":"generativelanguage.googleapis.com/x","quotaId":)"
             R"("GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"20"}]})"),
      "");
  fail_unless(same(quota.message, "The quota is used up: Quota exceeded. [quota "
                                  "GenerateRequestsPerDayPerProjectPerModel-FreeTier] (HTTP 429)"));
}
GST_END_TEST

GST_START_TEST(error_message_is_short_clean_and_without_secrets)
{
  const std::string key = "AIza" + repeated("SyD3x", 7);
  const std::string blob = repeated("iVBORw0KGgoAAAANSUhEUgAAAQAAAAEAC/9+", 50);
  for (const std::string &words : std::vector<std::string>{
           repeated("word ", 1000), repeated("\xc3\xa9", 1000), repeated("x", 5000), "a" + blob,
           "Consumer 'api_key:" + key + "' has been suspended.", std::string{"bad \xff\xc3 bytes"},
           std::string{"a\0b\x01\x1b[31m\nc", 11}, "line\r\nline\r\nline"}) {
    for (const std::string &body : {words, google(403, "PERMISSION_DENIED", words),
                                    in_paragraph(words), in_violation(words)}) {
      const std::string message = read_error(403, body, "").message;
      fail_unless(message.size() <= 300, "%zu", message.size());
      fail_unless(g_utf8_validate(message.data(), static_cast<gssize>(message.size()), nullptr),
                  "%s", message.c_str());
      for (const char c : message)
        fail_unless(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "%s", message.c_str());
      fail_unless(!contains(message, "AIza") && !contains(message, "iVBORw0K"), "%s",
                  message.c_str());
      fail_unless(message.ends_with(" (HTTP 403)"));
    }
  }
}
GST_END_TEST

GST_START_TEST(error_says_how_long_to_wait)
{
  const auto with_delay = [](const std::string &delay) {
    return google(429, "RESOURCE_EXHAUSTED", "Slow down.",
                  error_info("RATE_LIMIT_EXCEEDED") +
                      R"(,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" +
                      delay + "\"}");
  };
  fail_unless(read_error(429, with_delay("26s"), "").retry_after == 26s);
  fail_unless(read_error(429, with_delay("26.5s"), "").retry_after == 26500ms);
  fail_unless(read_error(429, with_delay("0.41s"), "").retry_after == 410ms);
  fail_unless(!read_error(429, with_delay("soon"), "").retry_after);
  fail_unless(!read_error(429, "", "").retry_after);
  fail_unless(read_error(503, "", "7").retry_after == 7s);
  // The service itself knows better than the header of a proxy.
  fail_unless(read_error(429, with_delay("26s"), "7").retry_after == 26s);
  fail_unless(read_error(429, with_delay("soon"), "7").retry_after == 7s);
}
GST_END_TEST

GST_START_TEST(error_takes_a_date_as_time_to_wait)
{
  const std::time_t in_100_s = std::time(nullptr) + 100;
  std::tm utc{};
  gmtime_r(&in_100_s, &utc);
  char date[64];
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  const auto wait = read_error(503, "", date).retry_after;
  fail_unless(wait && *wait > 60s && *wait <= 100s);
}
GST_END_TEST

GST_START_TEST(durations_are_read_as_protobuf_writes_them)
{
  fail_unless(parse_duration("26s") == 26s);
  fail_unless(parse_duration(" 1.000000001s ") == 1'000'000'001ns);
  fail_unless(parse_duration("0s") == 0s);
  for (const char *text : {"", "s", "26", "-1s", "nans", "1 m", "1ms", "abc", "26s s", "0x1s"})
    fail_unless(!parse_duration(text), "%s", text);
  for (const char *text : {"1e300s", "infs", "99999999999999999999s"})
    fail_unless(parse_duration(text) == std::chrono::days{7}, "%s", text);
}
GST_END_TEST

GST_START_TEST(retry_after_is_seconds_or_one_of_three_dates)
{
  using namespace std::chrono;
  const sys_seconds now = sys_days{year{1994} / 11 / 6} + 8h + 49min + 0s;
  for (const char *text : {"37", " 37 ", "Sun, 06 Nov 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    fail_unless(parse_retry_after(text, now) == 37s, "%s", text);
  fail_unless(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now) == 0s);
  fail_unless(parse_retry_after("Sun, 06 Nov 2094 08:00:00 GMT", now) == days{7});
  for (const char *text :
       {"", "soon", "-5", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 28:49:37 GMT", "Sun, 06 Nov 1994", "06 Nov",
        "Sun, 06 Nov 99999999999 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT"})
    fail_unless(!parse_retry_after(text, now), "%s", text);
}
GST_END_TEST

// An upload lives for two days; it is no reason to doubt the key.
GST_START_TEST(error_about_a_file_is_not_about_the_key)
{
  struct Case {
    int status;
    const char *message;
    FailureKind kind;
  };
  for (const Case &c : {
           Case{403, "You do not have permission to access the File abc or it may not exist.",
                FailureKind::file_gone},
           Case{403, "Permission denied on files/abc.", FailureKind::file_gone},
           Case{404, "The file was not found", FailureKind::file_gone},
           Case{404, "Requested file", FailureKind::file_gone},
           Case{404, "models/x is not found.", FailureKind::unknown_model},
           Case{403, "The profile has no rights.", FailureKind::no_permission},
           Case{403, "Files API is disabled.", FailureKind::no_permission},
           Case{403, "File abc: your API key was reported as leaked.", FailureKind::bad_key},
           Case{400, "Unsupported file.", FailureKind::invalid_request},
       }) {
    const Failure failure = read_error(c.status, google(c.status, "NO", c.message), "");
    fail_unless(failure.kind == c.kind, "%s: %s", c.message, to_string(failure.kind));
  }
  fail_unless(same(read_error(403, google(403, "PERMISSION_DENIED", "No File abc."), "").message,
                   "The service does not know an uploaded file any more: No File abc. (HTTP 403)"));
}
GST_END_TEST

GST_START_TEST(error_about_a_token_speaks_of_the_token)
{
  const std::string expired =
      google(401, "UNAUTHENTICATED",
             "Request had invalid authentication credentials. Expected OAuth 2 access token.",
             error_info("ACCESS_TOKEN_EXPIRED"));
  const Failure failure = read_error(401, expired, "");
  fail_unless(failure.kind == FailureKind::bad_key);
  fail_unless(failure.message.starts_with("The service wants a valid access token: Request had"));
  const Failure no_words = read_error(
      401, google(401, "UNAUTHENTICATED", "No.", error_info("ACCESS_TOKEN_EXPIRED")), "");
  fail_unless(no_words.message.starts_with("The service wants a valid access token"));
  fail_unless(read_error(401, "", "").message.starts_with("The service refused the API key"));
}
GST_END_TEST

GST_START_TEST(quota_of_a_day_is_told_from_that_of_a_minute)
{
  const auto quotas = [](const std::string &violations, int status = 429) {
    return read_error(status,
                      google(status, "RESOURCE_EXHAUSTED", "Quota exceeded.",
                             R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure",)"
                             R"("violations":[)" +
                                 violations + "]}"),
                      "");
  };
  const std::string minute = R"({"quotaId":"GenerateRequestsPerMinutePerProject"})";
  const std::string day = R"({"quotaMetric":"x","quotaId":"GenerateRequestsPerDayPerProject"})";
  fail_unless(!quotas(minute).is_daily);
  fail_unless(quotas(day).is_daily);
  fail_unless(quotas(day + "," + minute).is_daily);
  fail_unless(quotas(minute + ",{}," + day).is_daily);
  fail_unless(contains(quotas(minute + "," + day).message, "[quota GenerateRequestsPerDay"));
  fail_unless(!quotas(day, 503).is_daily);
  fail_unless(!read_error(429, "", "").is_daily);
}
GST_END_TEST

GST_START_TEST(wait_is_found_wherever_it_stands)
{
  const std::string retry =
      R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"26s"})";
  const std::string quota = R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure",)"
                            R"("violations":[{"quotaId":"PerMinute"}]})";
  const std::string help = R"({"@type":"type.googleapis.com/google.rpc.Help","links":[]})";
  const std::string unclear = R"({"retryDelay":"soon"})";
  for (const std::string &details :
       {retry, retry + "," + quota + "," + help, quota + "," + retry + "," + help,
        quota + "," + help + "," + retry, retry + "," + unclear, unclear + "," + retry}) {
    const std::string body = google(429, "RESOURCE_EXHAUSTED", "Slow down.", details);
    fail_unless(read_error(429, body, "").retry_after == 26s);
    fail_unless(read_error(429, "[" + body + "]", "").retry_after == 26s); // as of Vertex AI
  }
}
GST_END_TEST

static Suite *api_error_suite()
{
  Suite *suite = suite_create("api_error");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, error_kind_follows_the_status);
  tcase_add_test(tcase, error_about_the_key_is_known_in_all_its_forms);
  tcase_add_test(tcase, error_message_is_a_sentence_with_the_words_of_the_service);
  tcase_add_test(tcase, error_message_names_the_field_or_the_quota);
  tcase_add_test(tcase, error_message_is_short_clean_and_without_secrets);
  tcase_add_test(tcase, error_says_how_long_to_wait);
  tcase_add_test(tcase, error_takes_a_date_as_time_to_wait);
  tcase_add_test(tcase, error_about_a_file_is_not_about_the_key);
  tcase_add_test(tcase, error_about_a_token_speaks_of_the_token);
  tcase_add_test(tcase, quota_of_a_day_is_told_from_that_of_a_minute);
  tcase_add_test(tcase, wait_is_found_wherever_it_stands);
  tcase_add_test(tcase, durations_are_read_as_protobuf_writes_them);
  tcase_add_test(tcase, retry_after_is_seconds_or_one_of_three_dates);
  return suite;
}

GST_CHECK_MAIN(api_error)
