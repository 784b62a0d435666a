// SPDX-License-Identifier: LGPL-2.1-or-later
// What the Files API says of a file.
#include "wire/file_resource.hpp"
#include "wire_support.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <gst/check/gstcheck.h>

using gemini::FailureKind;
using gemini::test::same;
using gemini::wire::FileResource;
using gemini::wire::FileState;
using gemini::wire::read_file_resource;
using gemini::wire::upload_start_body;

namespace {

std::string file(const std::string &members)
{
  return R"({"name":"files/abc","uri":"https://host/v1beta/files/abc","mimeType":"image/png")" +
         members + "}";
}

FileResource read(const std::string &body)
{
  auto resource = read_file_resource(body);
  fail_unless(resource.has_value());
  return std::move(*resource);
}

} // namespace

GST_START_TEST(start_of_an_upload_tells_type_and_size)
{
  fail_unless(same(upload_start_body("", "image/jpeg", 7),
                   R"({"file":{"mimeType":"image/jpeg","sizeBytes":"7"}})"));
  fail_unless(same(upload_start_body("a \"b\"\n.png", "image/png", 12345678901),
                   R"({"file":{"mimeType":"image/png","sizeBytes":"12345678901",)"
                   R"("displayName":"a \"b\" .png"}})"));
}
GST_END_TEST

GST_START_TEST(name_of_a_file_is_cut_to_what_the_service_takes)
{
  const std::string body = upload_start_body(std::string(2000, 'x'), "image/png", 1);
  fail_unless(body.size() < 600);
  fail_unless(gemini::test::parse(body) != nullptr);
}
GST_END_TEST

GST_START_TEST(file_is_read_bare_and_wrapped)
{
  const std::string bare = file(R"(,"sizeBytes":"5","state":"ACTIVE","expirationTime":)"
                                R"("2026-11-24T10:20:30.123456789Z")");
  for (const std::string &body : {bare, R"({"file":)" + bare + "}"}) {
    const FileResource resource = read(body);
    fail_unless(same(resource.name, "files/abc"));
    fail_unless(same(resource.uri, "https://host/v1beta/files/abc"));
    fail_unless(same(resource.mime_type, "image/png"));
    fail_unless(resource.state == FileState::active);
    fail_unless(resource.problem.empty());
    using namespace std::chrono;
    fail_unless(resource.expires ==
                sys_days{year{2026} / 11 / 24} + hours{10} + minutes{20} + seconds{30});
  }
}
GST_END_TEST

GST_START_TEST(state_of_a_file_is_read)
{
  fail_unless(read(file("")).state == FileState::active);
  fail_unless(read(file(R"(,"state":"PROCESSING")")).state == FileState::processing);
  fail_unless(read(file(R"(,"state":"STATE_UNSPECIFIED")")).state == FileState::processing);
  const FileResource failed =
      read(file(R"(,"state":"FAILED","error":{"code":3,"message":"No such\nformat."})"));
  fail_unless(failed.state == FileState::failed);
  fail_unless(same(failed.problem, "No such format."));
  fail_unless(!read(file(R"(,"state":"FAILED")")).problem.empty());
}
GST_END_TEST

GST_START_TEST(digest_is_read_in_each_of_its_spellings)
{
  const std::string hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const char *const spellings[] = {
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
      "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
      "YmE3ODE2YmY4ZjAxY2ZlYTQxNDE0MGRlNWRhZTIyMjNiMDAzNjFhMzk2MTc3YTljYjQxMGZmNjFmMjAwMTVhZA==",
  };
  for (const char *const spelling : spellings)
    fail_unless(same(read(file(R"(,"sha256Hash":")" + std::string{spelling} + "\"")).sha256, hex));
  for (const char *const nonsense : {"", "abc", "AAAA", "!"})
    fail_unless(same(read(file(R"(,"sha256Hash":")" + std::string{nonsense} + "\"")).sha256, ""));
}
GST_END_TEST

GST_START_TEST(time_that_is_none_is_not_told)
{
  for (const char *const time : {"", "tomorrow", "2026-11-24", "2026-13-99T00:00:00Z"})
    fail_unless(
        !read(file(R"(,"expirationTime":")" + std::string{time} + "\"")).expires.has_value());
}
GST_END_TEST

GST_START_TEST(reply_that_describes_no_file_is_a_bad_reply)
{
  for (const char *const body :
       {"", "<html>no</html>", "[]", "{}", R"({"file":{}})", R"({"name":"files/abc"})",
        R"({"name":"people/abc","uri":"https://host/x"})",
        R"({"file":{"name":"files/abc","uri":)"}) {
    const auto resource = read_file_resource(body);
    fail_unless(!resource.has_value());
    fail_unless(resource.error().kind == FailureKind::bad_reply);
    fail_unless(!resource.error().message.empty());
  }
}
GST_END_TEST

GST_START_TEST(error_instead_of_a_file_keeps_its_kind)
{
  const auto resource =
      read_file_resource(R"({"error":{"code":503,"message":"Busy.","status":"UNAVAILABLE"}})");
  fail_unless(!resource.has_value());
  fail_unless(resource.error().kind == FailureKind::overloaded);
}
GST_END_TEST

static Suite *file_resource_suite()
{
  Suite *suite = suite_create("file_resource");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, start_of_an_upload_tells_type_and_size);
  tcase_add_test(tcase, name_of_a_file_is_cut_to_what_the_service_takes);
  tcase_add_test(tcase, file_is_read_bare_and_wrapped);
  tcase_add_test(tcase, state_of_a_file_is_read);
  tcase_add_test(tcase, digest_is_read_in_each_of_its_spellings);
  tcase_add_test(tcase, time_that_is_none_is_not_told);
  tcase_add_test(tcase, reply_that_describes_no_file_is_a_bad_reply);
  tcase_add_test(tcase, error_instead_of_a_file_keeps_its_kind);
  return suite;
}

GST_CHECK_MAIN(file_resource)
