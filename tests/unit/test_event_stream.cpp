// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams of events, cut anywhere.
#include "wire/event_stream.hpp"
#include "wire/reply.hpp"
#include "wire_support.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::FailureKind;
using gemini::test::join;
using gemini::test::repeated;
using gemini::test::reply_body;
using gemini::test::same;
using gemini::wire::EventStream;
using gemini::wire::StreamedBody;

namespace {

void take(EventStream &stream, std::vector<std::string> &events)
{
  while (auto event = stream.next())
    events.push_back(std::move(*event));
}

// The events of a stream that comes in pieces of `size` bytes; what is left stands behind "rest:".
std::string events_of(const std::string &bytes, std::size_t size)
{
  EventStream stream;
  std::vector<std::string> events;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    stream.feed(std::string_view{bytes}.substr(at, size));
    take(stream, events);
  }
  if (const auto rest = stream.rest())
    events.push_back("rest:" + *rest);
  return join(events);
}

} // namespace

GST_START_TEST(events_are_the_same_however_they_are_cut)
{
  struct Case {
    std::string bytes;
    const char *events;
  };
  for (const Case &c : {
           Case{"data: a\n\ndata: b\n\n", "a | b"},
           Case{"data: a\r\rdata: b\r\r", "a | b"},
           Case{"data: a\r\n\r\ndata: b\r\n\r\n", "a | b"},
           Case{"data: a\r\n\ndata: b\n\r\n", "a | b"},
           Case{"data:a\n\n", "a"},
           Case{"data:  a \n\n", " a "},
           Case{"data: a\ndata: b\n\n", "a\nb"},
           Case{"data: a\n\ndata\n\ndata\ndata\n\n", "a |  | \n"},
           Case{": note\nevent: x\nid: 7\nretry: 9\ndatabase: y\ndata: a\nx\n\n\n\n", "a"},
           Case{"\xef\xbb\xbf"
                "data: a\n\n",
                "a"},
           Case{"data: \xef\xbb\xbf"
                "\xf0\x9f\x90\x95\xc3\xa9\n\n",
                "\xef\xbb\xbf\xf0\x9f\x90\x95\xc3\xa9"},
           Case{"data: {\"a\":\ndata: 1}\n\n", "{\"a\":\n1}"},
           Case{"", ""},
           Case{"\n\n", ""},
           Case{"<html>\n\n", ""},
       }) {
    for (const std::size_t size : {1U, 2U, 3U, 7U, 1000U})
      fail_unless(same(events_of(c.bytes, size), c.events));
  }
}
GST_END_TEST

GST_START_TEST(bare_json_between_events_is_given_like_one)
{
  struct Case {
    std::string bytes;
    const char *events;
  };
  for (const Case &c : {
           Case{"data: a\n\n{\"error\":{}}", "a | {\"error\":{}}"},
           Case{"data: a\n\n{\"error\":{}}\n", "a | {\"error\":{}}"},
           Case{"data: a\r\n\r\n{\r\n \"error\": {}\r\n}\r\n\r\ndata: b\n\n",
                "a | {\r\n \"error\": {}\r\n} | b"},
           Case{"data: a\n{\"error\":{}}\n", "a | {\"error\":{}}"},
           Case{"{\"e\":\"}\\\"]\\\\\"}\n", "{\"e\":\"}\\\"]\\\\\"}"},
           Case{"[{\"a\":1}\n,\n{\"b\":[2]}\n]", "[{\"a\":1}\n,\n{\"b\":[2]}\n]"},
           Case{"{}{}\n", "{} | {}"},
           Case{"\xef\xbb\xbf{\"e\":[\n1]}\n", "{\"e\":[\n1]}"},
       }) {
    for (const std::size_t size : {1U, 2U, 3U, 7U, 1000U})
      fail_unless(same(events_of(c.bytes, size), c.events));
  }
}
GST_END_TEST

GST_START_TEST(stream_that_is_cut_leaves_a_rest)
{
  for (const std::size_t size : {1U, 3U, 1000U}) {
    fail_unless(same(events_of("data: a\n\ndata: b", size), "a | rest:b"));
    fail_unless(same(events_of("data: a\n\ndata: b\n", size), "a | rest:b"));
    fail_unless(same(events_of("data: a\ndata: b\r", size), "rest:a\nb"));
    fail_unless(same(events_of("data: a\n\n{\"error\":{\"co", size), "a | rest:{\"error\":{\"co"));
    fail_unless(same(events_of("data: a\n\n: no", size), "a"));
  }
}
GST_END_TEST

GST_START_TEST(event_without_an_end_is_given_up)
{
  const std::string piece(std::size_t{1} << 20, 'x');
  for (const std::string begin : {"data: ", "{\"a\":\"", ""}) {
    EventStream stream;
    stream.feed("data: good\n\n" + begin);
    for (int i = 0; i < 70; ++i)
      stream.feed(piece);
    fail_unless(stream.is_too_large());
    stream.feed("\n\ndata: more\n\n");
    fail_unless(same(stream.next().value_or("none"), "good"));
    fail_unless(!stream.next() && !stream.rest());
  }
  // However many lines it has.
  EventStream stream;
  const std::string line = "data: " + piece + "\n";
  for (int i = 0; i < 70; ++i)
    stream.feed(line);
  fail_unless(stream.is_too_large());
}
GST_END_TEST

// Quadratic time would take minutes.
GST_START_TEST(long_stream_is_read_in_linear_time)
{
  const auto start = std::chrono::steady_clock::now();
  const std::string event = "data: " + std::string(1000, 'x') + "\n\n";
  EventStream stream;
  std::size_t n = 0;
  stream.feed(repeated(event, 40'000));
  while (stream.next())
    ++n;
  fail_unless(n == 40'000);
  const std::string one = "data: " + std::string(1'000'000, 'x') + "\n\n";
  for (const char c : one)
    stream.feed({&c, 1});
  fail_unless(stream.next() && !stream.next());
  fail_unless(std::chrono::steady_clock::now() - start < std::chrono::seconds{20});
}
GST_END_TEST

GST_START_TEST(chunks_become_one_body)
{
  StreamedBody body;
  fail_unless(body.empty());
  fail_unless(same(body.body(), "[]"));
  body.add("{\"a\":1}");
  body.add(" ");
  body.add("[{\"b\":2},{\"c\":3}]");
  body.add("[DONE]");
  body.add("[]");
  fail_unless(!body.empty());
  fail_unless(same(body.body(), "[{\"a\":1},{\"b\":2},{\"c\":3}]"));
}
GST_END_TEST

GST_START_TEST(streamed_answer_is_read_as_a_whole)
{
  const std::string bytes = "data: " + reply_body("[{\"box_2d\":[100,200,", "") +
                            "\r\n\r\ndata: " + reply_body("300,400],\"label\":\"cat\"}]") +
                            "\r\n\r\n";
  EventStream stream;
  StreamedBody body;
  stream.feed(bytes);
  while (const auto event = stream.next())
    body.add(*event);
  const auto reply = gemini::wire::read_reply({}, body.body());
  fail_unless(reply.has_value());
  fail_unless(same(gemini::test::describe(reply->objects), "cat[200,100,400,300]"));
  fail_unless(reply->problems.empty());
}
GST_END_TEST

GST_START_TEST(error_inside_a_stream_is_that_error)
{
  EventStream stream;
  StreamedBody body;
  stream.feed("data: " + reply_body("[{\"box_2d\":", "") +
              "\n\n{\"error\":{\"code\":503,\"message\":\"Busy.\",\"status\":\"UNAVAILABLE\"}}\n");
  while (const auto event = stream.next())
    body.add(*event);
  const auto reply = gemini::wire::read_reply({}, body.body());
  fail_unless(!reply.has_value());
  fail_unless(reply.error().kind == FailureKind::overloaded);
  fail_unless(same(reply.error().message, "The service is overloaded: Busy. (HTTP 503)"));
}
GST_END_TEST

static Suite *event_stream_suite()
{
  Suite *suite = suite_create("event_stream");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, events_are_the_same_however_they_are_cut);
  tcase_add_test(tcase, bare_json_between_events_is_given_like_one);
  tcase_add_test(tcase, stream_that_is_cut_leaves_a_rest);
  tcase_add_test(tcase, event_without_an_end_is_given_up);
  tcase_add_test(tcase, long_stream_is_read_in_linear_time);
  tcase_add_test(tcase, chunks_become_one_body);
  tcase_add_test(tcase, streamed_answer_is_read_as_a_whole);
  tcase_add_test(tcase, error_inside_a_stream_is_that_error);
  return suite;
}

GST_CHECK_MAIN(event_stream)
