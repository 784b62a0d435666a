// SPDX-License-Identifier: LGPL-2.1-or-later
// Audits hold what went over the wire, and no secret.
#include "plugin/audit.hpp"
#include "plugin/audit_text.hpp"
#include "support/temporary_folder.hpp"
#include "wire_support.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Audit;
using gemini::file_word;
using gemini::net::HttpFailure;
using gemini::net::HttpReply;
using gemini::net::HttpRequest;
using gemini::net::HttpResult;
using gemini::test::is_private;
using gemini::test::read_file;
using gemini::test::same;
using gemini::test::TemporaryFolder;

namespace {

constexpr const char *kUrl =
    "https://example.org/v1beta/models/gemini-flash-latest:generateContent";

HttpRequest request_to(const std::string &url, const std::string &body = "{\"a\":1}")
{
  return {.url = url,
          .headers = {{"X-Goog-Api-Key", "the-emulator-key"}, {"X-Other", "kept"}},
          .body = std::make_shared<const std::string>(body)};
}

HttpResult reply(const std::string &body, gemini::net::Headers headers = {})
{
  HttpReply reply;
  reply.status = 200;
  reply.body = body;
  reply.headers = std::move(headers);
  return reply;
}

std::shared_ptr<Audit> open_audit(const std::string &folder, const std::string &name = "camera-1",
                                  std::function<std::string(std::string)> scrub = nullptr)
{
  const auto audit = Audit::open(folder, name, std::move(scrub));
  fail_unless(audit.has_value(), "%s", audit ? "" : audit.error().message.c_str());
  return *audit;
}

std::vector<std::string> names_in(const std::string &folder)
{
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator{folder})
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool contains(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

} // namespace

GST_START_TEST(an_exchange_is_two_files)
{
  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path("audit"));
  audit->add("generate", 7, 1, request_to(kUrl),
             reply("{\"b\":\"\xc3\xa9\r\n\"}", {{"content-type", "application/json"}}));
  fail_unless(names_in(folder.path("audit")).empty()); // add() writes nothing
  fail_unless(audit->write().empty());
  const std::string name = folder.path("audit/camera-1-000007-1-generate");
  fail_unless(same(read_file(name + ".request"),
                   "POST /v1beta/models/gemini-flash-latest:generateContent HTTP/1.1\r\n"
                   "Host: example.org\r\n"
                   "Content-Type: application/json\r\n"
                   "Content-Length: 7\r\n"
                   "X-Goog-Api-Key: (secret)\r\n"
                   "X-Other: kept\r\n"
                   "\r\n"
                   "{\"a\":1}"));
  fail_unless(same(read_file(name + ".response"), "HTTP/1.1 200\r\n"
                                                  "content-type: application/json\r\n"
                                                  "\r\n"
                                                  "{\"b\":\"\xc3\xa9\r\n\"}"));
  fail_unless_equals_int(static_cast<int>(names_in(folder.path("audit")).size()), 2);
}
GST_END_TEST

GST_START_TEST(folder_and_files_are_their_owners_alone)
{
  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path("deep/audit"));
  audit->add("generate", 1, 1, request_to(kUrl), reply(""));
  fail_unless(audit->write().empty());
  fail_unless(is_private(folder.path("deep/audit")));
  for (const std::string &name : names_in(folder.path("deep/audit")))
    fail_unless(is_private(folder.path("deep/audit/" + name)), "%s", name.c_str());
}
GST_END_TEST

GST_START_TEST(a_failure_says_what_went_wrong)
{
  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path());
  HttpFailure failure;
  failure.kind = gemini::FailureKind::timeout;
  failure.message = "The service did not answer in time.";
  failure.body = "data: {\"cut";
  audit->add("stream", 2, 3, request_to(kUrl), failure);
  fail_unless(audit->write().empty());
  fail_unless(same(read_file(folder.path("camera-1-000002-3-stream.response")),
                   "No whole reply (timeout): The service did not answer in time.\r\n\r\n"
                   "data: {\"cut"));
}
GST_END_TEST

GST_START_TEST(one_chunk_of_a_body_is_written_and_nothing_for_none)
{
  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path());
  HttpRequest chunk = request_to(kUrl, "0123456789");
  chunk.body_offset = 3;
  chunk.body_size = 4;
  audit->add("upload", 1, 1, chunk, reply(""));
  HttpRequest get{.method = "GET", .url = "https://example.org"};
  audit->add("get", 1, 1, get, reply(""));
  fail_unless(audit->write().empty());
  const std::string upload = read_file(folder.path("camera-1-000001-1-upload.request"));
  fail_unless(upload.ends_with("\r\n\r\n3456") && contains(upload, "Content-Length: 4\r\n"));
  fail_unless(same(read_file(folder.path("camera-1-000001-1-get.request")),
                   "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
}
GST_END_TEST

GST_START_TEST(no_secret_is_written_wherever_it_stands)
{
  const TemporaryFolder folder;
  const std::string secret = "s3cr3t-value";
  const auto audit = open_audit(folder.path(), "camera-1", [](std::string text) {
    const std::size_t at = text.find("former-key");
    return at == std::string::npos ? text : text.replace(at, 10, "(key)");
  });
  std::uint64_t id = 0;
  for (const char *name : {"x-goog-api-key", "X-Goog-Api-Key", "Authorization", "COOKIE",
                           "Set-Cookie", "Proxy-Authorization", "X-GUploader-UploadID"}) {
    HttpRequest request = request_to(kUrl);
    request.headers = {{name, secret}};
    audit->add("generate", ++id, 1, request, reply("you sent " + secret, {{"x-echo", secret}}));
    audit->add("generate", ++id, 1, request_to(kUrl), reply(secret, {{name, secret}}));
  }
  HttpRequest bearer = request_to(kUrl);
  bearer.headers = {{"authorization", "Bearer " + secret}};
  audit->add("generate", ++id, 1, bearer, reply("bad token " + secret));
  const std::string upload =
      "https://example.org/upload/v1beta/files?upload_id=" + secret + "&upload_protocol=resumable";
  audit->add("start", ++id, 1, request_to(kUrl),
             reply("", {{"x-goog-upload-url", upload}, {"location", upload}}));
  audit->add("upload", ++id, 1, request_to(upload), reply("upload " + secret + " is over"));
  audit->add("get", ++id, 1, request_to("https://example.org/a?alt=sse&KEY=" + secret + "&x#y"),
             reply("former-key", {{"x-echo", "former-key"}}));
  HttpFailure failure;
  failure.message = "no way to " + secret + " former-key";
  failure.body = secret;
  audit->add("get", ++id, 1, request_to("https://example.org/?key=" + secret), failure);
  fail_unless(audit->write().empty());

  const auto names = names_in(folder.path());
  fail_unless(names.size() == 2 * id);
  for (const std::string &name : names) {
    const std::string text = read_file(folder.path(name));
    fail_unless(!text.empty() && !contains(text, secret), "%s: %s", name.c_str(), text.c_str());
    fail_unless(!contains(text, "former-key"), "%s: %s", name.c_str(), text.c_str());
  }
  fail_unless(contains(read_file(folder.path("camera-1-000016-1-start.response")),
                       "x-goog-upload-url: https://example.org/upload/v1beta/files?"
                       "upload_id=(secret)&upload_protocol=resumable\r\n"));
  fail_unless(contains(read_file(folder.path("camera-1-000018-1-get.request")),
                       "POST /a?alt=sse&KEY=(secret)&x=(secret) HTTP/1.1\r\n"));
  fail_unless(
      contains(read_file(folder.path("camera-1-000001-1-generate.response")), "you sent (secret)"));
}
GST_END_TEST

GST_START_TEST(nothing_is_written_over)
{
  const TemporaryFolder folder;
  for (int run = 0; run < 2; ++run) {
    const auto audit = open_audit(folder.path());
    for (const char *body : {"one", "two"})
      audit->add("upload", 1, 1, request_to(kUrl, body + std::to_string(run)), reply(body));
    fail_unless(audit->write().empty());
  }
  fail_unless(names_in(folder.path()).size() == 8);
  fail_unless(read_file(folder.path("camera-1-000001-1-upload.request")).ends_with("one0"));
  fail_unless(read_file(folder.path("camera-1-000001-1-upload-4.request")).ends_with("two1"));
  fail_unless(read_file(folder.path("camera-1-000001-1-upload-4.response")).ends_with("two"));
}
GST_END_TEST

GST_START_TEST(any_name_becomes_one_of_a_file)
{
  fail_unless(same(file_word("camera-1"), "camera-1"));
  fail_unless(same(file_word("../../etc/passwd"), "_._.._etc_passwd"));
  fail_unless(same(file_word(".hidden"), "_hidden"));
  fail_unless(same(file_word("K\xc3\xbc"
                             "che 2\n"),
                   "K\xc3\xbc"
                   "che_2_"));
  fail_unless(same(file_word(""), "_"));
  fail_unless(!contains(file_word("\xff\xfe"), "\xff"));
  fail_unless(file_word(std::string(1000, 'x')).size() == 100);

  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path("audit"), "../a/b");
  audit->add("odd/word", 1, 1, request_to(kUrl), reply(""));
  fail_unless(audit->write().empty());
  fail_unless(names_in(folder.path("audit")).at(0) == "_._a_b-000001-1-odd_word.request");
}
GST_END_TEST

GST_START_TEST(what_waits_is_written_at_the_end)
{
  const TemporaryFolder folder;
  open_audit(folder.path())->add("generate", 1, 1, request_to(kUrl), reply(""));
  fail_unless(names_in(folder.path()).size() == 2);
}
GST_END_TEST

GST_START_TEST(what_waits_is_bounded)
{
  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path());
  const HttpRequest large = request_to(kUrl, std::string(Audit::kMostWaiting / 4, 'x'));
  for (std::uint64_t id = 1; id <= 4; ++id)
    audit->add("generate", id, 1, large, reply(""));
  const std::string sentence = audit->write();
  fail_unless(contains(sentence, "some are missing"), "%s", sentence.c_str());
  fail_unless(names_in(folder.path()).size() == 6); // the fourth would have been too much

  // What was written makes room.
  audit->add("generate", 5, 1, large, reply(""));
  fail_unless(audit->write().empty());
  fail_unless(names_in(folder.path()).size() == 8);
}
GST_END_TEST

GST_START_TEST(trouble_is_told_once_until_it_changes)
{
  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path("audit"));
  const auto write_one = [&audit] {
    audit->add("generate", 1, 1, request_to(kUrl), reply(""));
    return audit->write();
  };
  fail_unless(write_one().empty());
  std::filesystem::remove_all(folder.path("audit"));
  const std::string sentence = write_one();
  fail_unless(same(sentence, "audit-location: exchanges cannot be written to the folder " +
                                 folder.path("audit") + ": No such file or directory."));
  fail_unless(write_one().empty());
  fail_unless(audit->write().empty()); // nothing to write is no news
  fail_unless(write_one().empty());
}
GST_END_TEST

GST_START_TEST(exchanges_come_from_any_thread)
{
  const TemporaryFolder folder;
  const auto audit = open_audit(folder.path());
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread)
    threads.emplace_back([&audit, thread] {
      for (std::uint64_t i = 0; i < 25; ++i)
        audit->add("generate", thread * 100 + i, 1, request_to(kUrl), reply("x"));
    });
  for (int i = 0; i < 10; ++i)
    fail_unless(audit->write().empty());
  for (std::thread &thread : threads)
    thread.join();
  fail_unless(audit->write().empty());
  fail_unless(names_in(folder.path()).size() == 200);
}
GST_END_TEST

GST_START_TEST(a_folder_that_cannot_be_used_is_named)
{
  const TemporaryFolder folder;
  const std::string file = folder.file("file", "");
  for (const std::string &path : {file, file + "/below", std::string{}}) {
    const auto audit = Audit::open(path, "camera-1", nullptr);
    fail_unless(!audit && audit.error().message.starts_with("audit-location: the folder " + path));
  }
}
GST_END_TEST

static Suite *audit_suite()
{
  Suite *suite = suite_create("audit");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, an_exchange_is_two_files);
  tcase_add_test(tcase, folder_and_files_are_their_owners_alone);
  tcase_add_test(tcase, a_failure_says_what_went_wrong);
  tcase_add_test(tcase, one_chunk_of_a_body_is_written_and_nothing_for_none);
  tcase_add_test(tcase, no_secret_is_written_wherever_it_stands);
  tcase_add_test(tcase, nothing_is_written_over);
  tcase_add_test(tcase, any_name_becomes_one_of_a_file);
  tcase_add_test(tcase, what_waits_is_written_at_the_end);
  tcase_add_test(tcase, what_waits_is_bounded);
  tcase_add_test(tcase, trouble_is_told_once_until_it_changes);
  tcase_add_test(tcase, exchanges_come_from_any_thread);
  tcase_add_test(tcase, a_folder_that_cannot_be_used_is_named);
  return suite;
}

GST_CHECK_MAIN(audit)
