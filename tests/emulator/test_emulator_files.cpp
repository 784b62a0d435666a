// SPDX-License-Identifier: LGPL-2.1-or-later
// The Files API: uploads whole and in chunks, what becomes of files, and whose they are.
#include "emulator.hpp"
#include "file_store.hpp"
#include "test_client.hpp"
#include "uploads.hpp"

#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;
using namespace std::chrono_literals;

namespace {

constexpr char kUpload[] = "/upload/v1beta/files";
constexpr std::size_t kChunk = 256 << 10;
const std::vector<std::uint8_t> kBytes{'a', 'b', 'c'};

void check_status(const Response &response, int status, const std::string &word)
{
  fail_unless(response.status == status && response.at("$.error.status") == word,
              "not %d %s but %d: %s", status, word.c_str(), response.status, response.body.c_str());
}

// The headers of a start, with some of them replaced or, where their value is empty, left out.
Headers start_headers(const std::string &size, const Headers &changes = {})
{
  Headers headers{{"x-goog-api-key", "emulator-key"},
                  {"X-Goog-Upload-Protocol", "resumable"},
                  {"X-Goog-Upload-Command", "start"},
                  {"X-Goog-Upload-Header-Content-Length", size},
                  {"X-Goog-Upload-Header-Content-Type", "image/jpeg"}};
  for (const auto &change : changes) {
    std::erase_if(headers, [&](const auto &header) { return header.first == change.first; });
    if (!change.second.empty())
      headers.push_back(change);
  }
  return headers;
}

Response start(const Emulator &emulator, std::size_t size, const std::string &body = "{}")
{
  return post(emulator.url() + kUpload, body, start_headers(std::to_string(size)));
}

Response send(const Response &started, const std::string &command, const std::string &bytes,
              std::size_t offset)
{
  return post(
      started.header("x-goog-upload-url"), bytes,
      {{"X-Goog-Upload-Command", command}, {"X-Goog-Upload-Offset", std::to_string(offset)}});
}

Response query(const Response &started)
{
  return post(started.header("x-goog-upload-url"), "", {{"X-Goog-Upload-Command", "query"}});
}

} // namespace

GST_START_TEST(a_file_is_uploaded_described_and_deleted)
{
  const Emulator emulator{{.vision = Vision::none}};
  const Response begun = start(emulator, 3,
                               R"({"file":{"display_name":"my file","mimeType":"image/jpeg",)"
                               R"("sizeBytes":"3","name":"files/my-file-1"}})");
  fail_unless(begun.status == 200 && begun.body.empty(), "%s", begun.body.c_str());
  check_text(begun.header("x-goog-upload-status"), "active");
  check_text(begun.header("x-goog-upload-chunk-granularity"), "262144");
  const std::string url = begun.header("x-goog-upload-url");
  fail_unless(url.starts_with(emulator.url() + kUpload + "?") &&
                  url.find("upload_id=") != std::string::npos,
              "%s", url.c_str());

  const Response sent = send(begun, "upload, finalize", "abc", 0);
  assert_equals_int(sent.status, 200);
  check_text(sent.header("x-goog-upload-status"), "final");
  check_text(sent.at("$.file.name"), "files/my-file-1");
  check_text(sent.at("$.file.displayName"), "my file");
  check_text(sent.at("$.file.mimeType"), "image/jpeg");
  fail_unless(sent.body.find(R"("sizeBytes":"3")") != std::string::npos);
  check_text(sent.at("$.file.uri"), emulator.url() + "/v1beta/files/my-file-1");
  check_text(sent.at("$.file.state"), "ACTIVE");
  check_text(sent.at("$.file.source"), "UPLOADED");
  // The base64 of ba7816bf..., which is the SHA-256 of abc.
  check_text(
      sent.at("$.file.sha256Hash"),
      "YmE3ODE2YmY4ZjAxY2ZlYTQxNDE0MGRlNWRhZTIyMjNiMDAzNjFhMzk2MTc3YTljYjQxMGZmNjFmMjAwMTVhZA"
      "==");
  g_autoptr(GDateTime) created =
      g_date_time_new_from_iso8601(sent.at("$.file.createTime").c_str(), nullptr);
  g_autoptr(GDateTime) expires =
      g_date_time_new_from_iso8601(sent.at("$.file.expirationTime").c_str(), nullptr);
  fail_unless(created && expires &&
              g_date_time_difference(expires, created) == 48 * G_TIME_SPAN_HOUR);
  check_text(sent.at("$.file.updateTime"), sent.at("$.file.createTime"));

  const std::string file = emulator.url() + "/v1beta/files/my-file-1";
  check_text(get(file).at("$.uri"), file);
  check_text(get(emulator.url() + "/v1/files/my-file-1").at("$.name"), "files/my-file-1");
  check_text(erase(file).body, "{}");
  check_status(get(file), 403, "PERMISSION_DENIED");
  check_status(erase(file), 403, "PERMISSION_DENIED");
  std::string calls;
  for (const auto &call : emulator.calls())
    calls += call.call + ' ';
  check_text(calls, "files.start files.upload files.get files.get files.delete files.get "
                    "files.delete ");
}
GST_END_TEST

GST_START_TEST(a_start_says_what_comes)
{
  const struct {
    Headers changes;
    const char *body;
    const char *word; // of the message
  } kCases[] = {
      {{{"X-Goog-Upload-Protocol", ""}}, "{}", "X-Goog-Upload-Protocol"},
      {{{"X-Goog-Upload-Protocol", "multipart"}}, "{}", "multipart"},
      {{{"X-Goog-Upload-Command", "begin"}}, "{}", "X-Goog-Upload-Command"},
      {{{"X-Goog-Upload-Command", ""}}, "{}", "X-Goog-Upload-Command"},
      {{{"X-Goog-Upload-Header-Content-Length", ""}}, "{}", "Content-Length"},
      {{{"X-Goog-Upload-Header-Content-Length", "3 MB"}}, "{}", "Content-Length"},
      {{{"X-Goog-Upload-Header-Content-Length", "2147483649"}}, "{}", "2147483648"},
      {{{"X-Goog-Upload-Header-Content-Type", ""}}, "{}", "Content-Type"},
      {{}, "{", "parsed"},
      {{}, R"({"file":{"title":"x"}})", "title"},
      {{}, R"({"displayName":"x"})", "displayName"},
      {{}, R"({"file":{"name":"files/Upper"}})", "name"},
      {{}, R"({"file":{"name":"files/-x"}})", "name"},
      {{}, R"({"file":{"name":"files/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}})", "40"},
      {{}, R"({"file":{"mimeType":"image/png"}})", "mime_type"},
      {{}, R"({"file":{"sizeBytes":"4"}})", "size_bytes"},
      {{}, R"({"file":{"sizeBytes":"x"}})", "size_bytes"},
  };
  const Emulator emulator{{.vision = Vision::none}};
  for (const auto &[changes, body, word] : kCases) {
    const Response response = post(emulator.url() + kUpload, body, start_headers("3", changes));
    check_status(response, 400, "INVALID_ARGUMENT");
    const std::string message = response.at("$.error.message");
    fail_unless(message.find(word) != std::string::npos, "%s: %s", body, message.c_str());
    fail_unless(response.header("x-goog-upload-url").empty());
  }
  const std::string long_name = R"({"file":{"displayName":")" + std::string(513, 'x') + R"("}})";
  check_status(start(emulator, 3, long_name), 400, "INVALID_ARGUMENT");
  assert_equals_int(start(emulator, 3, "").status, 200);
  assert_equals_int(start(emulator, std::size_t{2} << 30).status, 200);
  const std::string name = R"({"file":{"name":"files/one"}})";
  assert_equals_int(send(start(emulator, 1, name), "upload, finalize", "x", 0).status, 200);
  check_status(start(emulator, 1, name), 409, "ALREADY_EXISTS");
  // The key is asked for here, and only here.
  check_status(post(emulator.url() + kUpload, "", start_headers("3", {{"x-goog-api-key", ""}})),
               403, "PERMISSION_DENIED");
  check_status(post(emulator.url() + kUpload, "", start_headers("3", {{"x-goog-api-key", "bad"}})),
               400, "INVALID_ARGUMENT");
}
GST_END_TEST

GST_START_TEST(chunks_follow_each_other)
{
  const Emulator emulator{{.vision = Vision::none}};
  const std::string bytes(2 * kChunk + 5, 'x');
  const Response begun = start(emulator, bytes.size());
  const Response first = send(begun, "upload", bytes.substr(0, kChunk), 0);
  fail_unless(first.status == 200 && first.body.empty());
  check_text(first.header("x-goog-upload-status"), "active");

  const struct {
    const char *command;
    std::string bytes;
    std::size_t offset;
    const char *word; // of the message
  } kRefused[] = {
      {"upload", bytes.substr(0, kChunk), 0, "offset"},
      {"upload", bytes.substr(0, kChunk), kChunk + 1, "offset"},
      {"upload", bytes.substr(0, kChunk - 1), kChunk, "multiple"},
      {"upload, finalize", bytes.substr(0, kChunk), kChunk, "ends"},
      {"upload, finalize", bytes, kChunk, "more"},
  };
  for (const auto &[command, chunk, offset, word] : kRefused) {
    const Response refused = send(begun, command, chunk, offset);
    check_status(refused, 400, "INVALID_ARGUMENT");
    fail_unless(refused.at("$.error.message").find(word) != std::string::npos, "%s",
                refused.body.c_str());
    check_text(refused.header("x-goog-upload-status"), "active");
  }
  check_status(post(begun.header("x-goog-upload-url"), "x", {{"X-Goog-Upload-Command", "upload"}}),
               400, "INVALID_ARGUMENT");
  check_status(post(emulator.url() + kUpload + "?upload_id=x", "x",
                    {{"X-Goog-Upload-Command", "upload"}, {"X-Goog-Upload-Offset", "0"}}),
               404, "NOT_FOUND");

  Response asked = query(begun);
  check_text(asked.header("x-goog-upload-status"), "active");
  check_text(asked.header("x-goog-upload-size-received"), std::to_string(kChunk));
  assert_equals_int(send(begun, "upload", bytes.substr(0, kChunk), kChunk).status, 200);
  const Response last = send(begun, "upload, finalize", bytes.substr(0, 5), 2 * kChunk);
  check_text(last.header("x-goog-upload-status"), "final");
  check_text(last.at("$.file.sizeBytes"), std::to_string(bytes.size()));

  // Whoever has lost that answer can still learn what it said.
  asked = query(begun);
  check_text(asked.header("x-goog-upload-status"), "final");
  check_text(asked.header("x-goog-upload-size-received"), std::to_string(bytes.size()));
  check_text(asked.at("$.file.name"), last.at("$.file.name"));
  const Response again = send(begun, "upload, finalize", bytes.substr(0, 5), 2 * kChunk);
  check_status(again, 400, "INVALID_ARGUMENT");
  check_text(again.header("x-goog-upload-status"), "final");
  assert_equals_int(get(emulator.url() + "/v1beta/files").length("$.files"), 1);
}
GST_END_TEST

GST_START_TEST(an_upload_may_be_ended_later_or_given_up)
{
  const Emulator emulator{{.vision = Vision::none}};
  const Response begun = start(emulator, kChunk);
  assert_equals_int(send(begun, "upload", std::string(kChunk, 'x'), 0).status, 200);
  const Response ended =
      post(begun.header("x-goog-upload-url"), "", {{"X-Goog-Upload-Command", "finalize"}});
  check_text(ended.header("x-goog-upload-status"), "final");
  const Response other = start(emulator, 3);
  const Response cancelled =
      post(other.header("x-goog-upload-url"), "", {{"X-Goog-Upload-Command", "cancel"}});
  check_text(cancelled.header("x-goog-upload-status"), "cancelled");
  check_status(send(other, "upload, finalize", "abc", 0), 400, "INVALID_ARGUMENT");
  assert_equals_int(get(emulator.url() + "/v1beta/files").length("$.files"), 1);
}
GST_END_TEST

GST_START_TEST(uploads_given_up_do_not_pile_up)
{
  Uploads uploads;
  const std::string first = uploads.begin({.owner = "a"});
  std::string last;
  for (int i = 0; i < 255; ++i)
    last = uploads.begin({.owner = "a"});
  fail_unless(uploads.find(first) && uploads.find(last));
  uploads.begin({.owner = "a"});
  fail_unless(!uploads.find(first) && uploads.find(last));
}
GST_END_TEST

GST_START_TEST(files_are_listed_in_pages)
{
  const Emulator emulator{{.vision = Vision::none}};
  const std::string url = emulator.url() + "/v1beta/files";
  check_text(get(url).body, "{}");
  std::vector<std::string> names; // newest first
  for (int i = 0; i < 12; ++i)
    names.insert(names.begin(), upload(emulator.url(), kBytes).at("$.file.name"));
  std::vector<std::string> listed;
  std::string token;
  int n_pages = 0;
  do {
    const Response page = get(url + "?pageSize=5&pageToken=" + token);
    assert_equals_int(page.status, 200);
    for (int i = 0; i < page.length("$.files"); ++i)
      listed.push_back(page.at(("$.files[" + std::to_string(i) + "].name").c_str()));
    token = page.at("$.nextPageToken");
    ++n_pages;
  } while (!token.empty());
  assert_equals_int(n_pages, 3);
  fail_unless(listed == names);
  assert_equals_int(get(url).length("$.files"), 10);
  assert_equals_int(get(url + "?pageSize=1000").length("$.files"), 12);
  check_status(get(url + "?pageSize=many"), 400, "INVALID_ARGUMENT");
  check_status(get(url + "?pageToken=99"), 400, "INVALID_ARGUMENT");
}
GST_END_TEST

GST_START_TEST(files_belong_to_the_key_that_uploaded_them)
{
  const Emulator emulator{{.api_key = "mine,yours", .vision = Vision::none}};
  const Headers mine{{"x-goog-api-key", "mine"}};
  const Headers yours{{"x-goog-api-key", "yours"}};
  const std::string uri = upload(emulator.url(), kBytes, "image/jpeg", mine).at("$.file.uri");
  check_status(get(uri, yours), 403, "PERMISSION_DENIED");
  check_status(erase(uri, yours), 403, "PERMISSION_DENIED");
  check_text(get(emulator.url() + "/v1beta/files", yours).body, "{}");
  assert_equals_int(get(uri, mine).status, 200);
  assert_equals_int(erase(uri, mine).status, 200);
}
GST_END_TEST

GST_START_TEST(files_may_take_time_or_fail)
{
  const Emulator slow{{.vision = Vision::none, .file_processing_ms = 100}};
  const Response sent = upload(slow.url(), kBytes);
  check_text(sent.at("$.file.state"), "PROCESSING");
  const std::string uri = sent.at("$.file.uri");
  while (get(uri).at("$.state") == "PROCESSING")
    g_usleep(10 * 1000);
  check_text(get(uri).at("$.state"), "ACTIVE");

  const Emulator scripted{
      {.vision = Vision::none,
       .faults = "files.upload 1 file-processing 60000\nfiles.upload 2 file-failed"}};
  check_text(upload(scripted.url(), kBytes).at("$.file.state"), "PROCESSING");
  const Response failed = upload(scripted.url(), kBytes);
  check_text(failed.at("$.file.state"), "FAILED");
  fail_unless(!failed.at("$.file.error.message").empty());
  check_text(upload(scripted.url(), kBytes).at("$.file.state"), "ACTIVE");
}
GST_END_TEST

GST_START_TEST(files_are_forgotten)
{
  Emulator emulator{{.vision = Vision::none}};
  const std::string uri = upload(emulator.url(), kBytes).at("$.file.uri");
  assert_equals_int(get(uri).status, 200);
  emulator.forget_files();
  check_status(get(uri), 403, "PERMISSION_DENIED");
  const Emulator brief{{.vision = Vision::none, .file_lifetime_ms = 0}};
  const std::string gone = upload(brief.url(), kBytes).at("$.file.uri");
  check_status(get(gone), 403, "PERMISSION_DENIED");
}
GST_END_TEST

GST_START_TEST(a_project_has_room_for_so_much)
{
  const Emulator emulator{{.api_key = "a,b", .vision = Vision::none, .project_bytes = 5}};
  const Headers a{{"x-goog-api-key", "a"}};
  const Response first = upload(emulator.url(), kBytes, "image/jpeg", a);
  check_status(upload(emulator.url(), kBytes, "image/jpeg", a), 429, "RESOURCE_EXHAUSTED");
  assert_equals_int(upload(emulator.url(), kBytes, "image/jpeg", {{"x-goog-api-key", "b"}}).status,
                    200);
  erase(first.at("$.file.uri"), a);
  assert_equals_int(upload(emulator.url(), kBytes, "image/jpeg", a).status, 200);
}
GST_END_TEST

GST_START_TEST(the_store_goes_by_the_time_it_is_told)
{
  FileStore store{{.processing = 10s}};
  const WallTime begin{1000h};
  const auto file = store.add({.owner = "a", .size = 1}, "x", begin, {});
  fail_unless(file.has_value());
  const std::string id = file->about.id;
  fail_unless(id.size() <= 40 && file->state(begin) == FileState::processing);
  fail_unless(file_resource(*file, begin).find(R"("createTime":"1970-02-11T16:00:00.000000Z")") !=
              std::string::npos);
  fail_unless(store.find("a", id, begin + 10s)->state(begin + 10s) == FileState::active);
  fail_unless(!store.find("b", id, begin));
  fail_unless(store.find("a", id, begin + 48h - 1s).has_value());
  fail_unless(!store.find("a", id, begin + 48h));
}
GST_END_TEST

static Suite *files_suite()
{
  Suite *suite = suite_create("emulator files");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_file_is_uploaded_described_and_deleted);
  tcase_add_test(tcase, a_start_says_what_comes);
  tcase_add_test(tcase, chunks_follow_each_other);
  tcase_add_test(tcase, an_upload_may_be_ended_later_or_given_up);
  tcase_add_test(tcase, uploads_given_up_do_not_pile_up);
  tcase_add_test(tcase, files_are_listed_in_pages);
  tcase_add_test(tcase, files_belong_to_the_key_that_uploaded_them);
  tcase_add_test(tcase, files_may_take_time_or_fail);
  tcase_add_test(tcase, files_are_forgotten);
  tcase_add_test(tcase, a_project_has_room_for_so_much);
  tcase_add_test(tcase, the_store_goes_by_the_time_it_is_told);
  return suite;
}

GST_CHECK_MAIN(files)
