// SPDX-License-Identifier: LGPL-2.1-or-later
// Streamed answers: how they are cut, framed, delayed and broken.
#include "emulator.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

constexpr char kStream[] = "/v1beta/models/gemini-flash-latest:streamGenerateContent";

struct Received {
  std::string bytes;
  double seconds = 0; // from the first bytes to the end
};

// What arrives of an answer, also of one that breaks off. (libsoup takes a connection that is
// closed between two chunks for the end of the body.)
Received receive(const std::string &url, const std::string &body)
{
  g_autoptr(GMainContext) context = g_main_context_new();
  g_main_context_push_thread_default(context);
  Received out;
  {
    g_autoptr(SoupSession) session = soup_session_new();
    g_autoptr(SoupMessage) message = soup_message_new("POST", url.c_str());
    soup_message_headers_replace(soup_message_get_request_headers(message), "x-goog-api-key",
                                 "emulator-key");
    g_autoptr(GBytes) bytes = g_bytes_new(body.data(), body.size());
    soup_message_set_request_body_from_bytes(message, "application/json", bytes);
    g_autoptr(GInputStream) stream = soup_session_send(session, message, nullptr, nullptr);
    fail_unless(stream != nullptr);
    char buffer[4096];
    gssize size = 0;
    gint64 begin = 0;
    while ((size = g_input_stream_read(stream, buffer, sizeof buffer, nullptr, nullptr)) > 0) {
      out.bytes.append(buffer, static_cast<std::size_t>(size));
      if (begin == 0)
        begin = g_get_monotonic_time();
    }
    out.seconds = static_cast<double>(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
    soup_session_abort(session);
  }
  while (g_main_context_iteration(context, FALSE))
    ;
  g_main_context_pop_thread_default(context);
  return out;
}

// The bodies in server-sent events; what follows the last whole event is left in `rest`.
std::vector<Response> events_of(const std::string &bytes, std::string *rest = nullptr)
{
  std::vector<Response> events;
  std::size_t at = 0;
  for (std::size_t end = 0; (end = bytes.find("\n\n", at)) != std::string::npos; at = end + 2) {
    fail_unless(bytes.compare(at, 6, "data: ") == 0, "%s", bytes.c_str() + at);
    events.push_back(
        {.status = 200, .content_type = {}, .body = bytes.substr(at + 6, end - at - 6)});
  }
  if (rest)
    *rest = bytes.substr(at);
  else
    fail_unless(at == bytes.size(), "%s", bytes.c_str() + at);
  return events;
}

std::string many_boxes()
{
  Canvas canvas{600, 100, {0.5, 0.5, 0.5}};
  for (int i = 0; i < 20; ++i)
    canvas.rectangle({0.9, 0.1, 0.1}, i * 30 + 5, 20, i * 30 + 25, 80);
  return picture_request(canvas.png(), kBoxesPrompt);
}

} // namespace

GST_START_TEST(objects_arrive_one_after_the_other)
{
  const Emulator emulator;
  const Response whole = post(emulator.url() + kGenerate, many_boxes());
  const auto events = events_of(post(emulator.url() + kStream + "?alt=sse", many_boxes()).body);
  std::string text;
  int tokens = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const bool is_last = i + 1 == events.size();
    const std::string part = events[i].text();
    fail_unless(part.size() == 200 || (is_last && part.size() < 200), "%zu", part.size());
    text += part;
    check_text(events[i].at("$.candidates[0].finishReason"), is_last ? "STOP" : "");
    const int so_far = std::stoi(events[i].at("$.usageMetadata.candidatesTokenCount"));
    fail_unless(so_far > tokens);
    tokens = so_far;
  }
  fail_unless(events.size() > 4);
  check_text(text, whole.text());
  check_text(events.back().at("$.usageMetadata.totalTokenCount"),
             whole.at("$.usageMetadata.totalTokenCount"));
}
GST_END_TEST

GST_START_TEST(without_alt_sse_an_array_grows)
{
  const Emulator emulator;
  const Response array = post(emulator.url() + kStream, many_boxes());
  const Response events = post(emulator.url() + kStream + "?alt=sse", many_boxes());
  fail_unless(array.content_type.starts_with("application/json"));
  assert_equals_int(array.length("$"), static_cast<int>(events_of(events.body).size()));
}
GST_END_TEST

GST_START_TEST(pieces_take_the_time_between_them)
{
  const Emulator emulator{{.stream_delay_ms = 50}};
  const Received slow = receive(emulator.url() + kStream + "?alt=sse", many_boxes());
  const auto events = events_of(slow.bytes);
  fail_unless(slow.seconds >= 0.05 * static_cast<double>(events.size() - 1), "%f s", slow.seconds);
  check_text(events.back().at("$.candidates[0].finishReason"), "STOP");
}
GST_END_TEST

GST_START_TEST(a_stream_is_cut_behind_its_pieces)
{
  for (const int delay : {0, 20}) {
    for (const int n : {1, 3}) {
      const Emulator emulator{
          {.stream_delay_ms = delay, .faults = "1 stream-cut " + std::to_string(n)}};
      const Received cut = receive(emulator.url() + kStream + "?alt=sse", many_boxes());
      const auto events = events_of(cut.bytes);
      assert_equals_int(static_cast<int>(events.size()), n);
      check_text(events.back().at("$.candidates[0].finishReason"), "");
      const Received whole = receive(emulator.url() + kStream + "?alt=sse", many_boxes());
      check_text(events_of(whole.bytes).back().at("$.candidates[0].finishReason"), "STOP");
    }
  }
  const Emulator emulator{{.faults = "1 stream-cut 2\n3 stream-cut 1"}};
  const auto receive_raw = [&emulator] {
    return post_raw(emulator.url(), std::string{kStream} + "?alt=sse", many_boxes());
  };
  const std::string cut = receive_raw();
  fail_unless(cut.find("data: ") != std::string::npos && !cut.ends_with("\r\n0\r\n\r\n"));
  fail_unless(receive_raw().ends_with("\r\n0\r\n\r\n"));
  assert_equals_int(post(emulator.url() + kGenerate, kHello).status, 200);
}
GST_END_TEST

GST_START_TEST(an_error_stands_in_a_stream_without_an_event)
{
  const Emulator emulator{{.faults = "1 stream-error 2\n2 stream-error 1 429\n3 stream-error 0"}};
  const std::string url = emulator.url() + kStream;
  std::string rest;
  const Response events = post(url + "?alt=sse", many_boxes());
  assert_equals_int(events.status, 200);
  assert_equals_int(static_cast<int>(events_of(events.body, &rest).size()), 2);
  const Response error{.status = 200, .content_type = {}, .body = rest};
  check_text(error.at("$.error.status"), "UNAVAILABLE");
  const Response array = post(url, many_boxes());
  fail_unless(!array.at("$[0].candidates[0].content").empty());
  check_text(array.at("$[1].error.status"), "RESOURCE_EXHAUSTED");
  check_text(post(url + "?alt=sse", many_boxes()).at("$.error.code"), "503");
}
GST_END_TEST

static Suite *stream_suite()
{
  Suite *suite = suite_create("emulator stream");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, objects_arrive_one_after_the_other);
  tcase_add_test(tcase, without_alt_sse_an_array_grows);
  tcase_add_test(tcase, pieces_take_the_time_between_them);
  tcase_add_test(tcase, a_stream_is_cut_behind_its_pieces);
  tcase_add_test(tcase, an_error_stands_in_a_stream_without_an_event);
  return suite;
}

GST_CHECK_MAIN(stream)
