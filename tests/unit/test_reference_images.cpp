// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of reference images, and pictures of the web.
#include "net/http_client.hpp"
#include "plugin/reference_images.hpp"
#include "support/temporary_folder.hpp"
#include "wire_support.hpp"

#include <libsoup/soup.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

#include <sys/stat.h>
#include <unistd.h>

using gemini::Failure;
using gemini::FailureKind;
using gemini::fetch_reference;
using gemini::kLargestReference;
using gemini::read_reference_images;
using gemini::ReferenceImage;
using gemini::Result;
using gemini::test::same;
using gemini::test::TemporaryFolder;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

using Kind = ReferenceImage::Kind;

// Only the signatures count.
constexpr std::string_view kPng = "\x89PNG\r\n\x1a\nrest"sv;
constexpr std::string_view kJpeg = "\xff\xd8\xff\xe0rest"sv;
constexpr std::string_view kWebp = "RIFF\x10\0\0\0WEBPVP8 rest"sv;
constexpr std::string_view kHeic = "\0\0\0\x18"
                                   "ftypheic\0\0\0\0mif1heicrest"sv;
constexpr std::string_view kHeif = "\0\0\0\x14"
                                   "ftypmif1\0\0\0\0mif1rest"sv;

std::vector<ReferenceImage> images_of(const std::string &list)
{
  const auto images = read_reference_images(list);
  fail_unless(images.has_value(), "%s", images ? "" : images.error().message.c_str());
  return *images;
}

std::string problem_of(const std::string &list)
{
  const auto images = read_reference_images(list);
  return images ? "" : images.error().message;
}

// Answers in the thread of the test, as long as that waits for something.
class WebServer {
public:
  WebServer() : server_(soup_server_new("server-header", "test", nullptr))
  {
    soup_server_add_handler(server_, nullptr, answer, this, nullptr);
    fail_unless(soup_server_listen_local(server_, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, nullptr));
    GSList *uris = soup_server_get_uris(server_);
    g_autofree char *url = g_uri_to_string(static_cast<GUri *>(uris->data));
    g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(g_uri_unref));
    url_ = url;
    url_.pop_back();
  }
  ~WebServer()
  {
    soup_server_disconnect(server_);
    g_object_unref(server_);
  }
  WebServer(const WebServer &) = delete;
  WebServer &operator=(const WebServer &) = delete;

  std::string url(const std::string &path) const { return url_ + path; }
  // "METHOD /path?query", and the headers with names in lower case.
  using Request = std::pair<std::string, std::map<std::string, std::string>>;
  std::vector<Request> requests;

private:
  static void answer(SoupServer *, SoupServerMessage *message, const char *path, GHashTable *,
                     gpointer data)
  {
    auto &self = *static_cast<WebServer *>(data);
    const char *query = g_uri_get_query(soup_server_message_get_uri(message));
    Request request{std::string{soup_server_message_get_method(message)} + ' ' + path +
                        (query ? "?" + std::string{query} : ""),
                    {}};
    soup_message_headers_foreach(
        soup_server_message_get_request_headers(message),
        [](const char *name, const char *value, gpointer headers) {
          g_autofree char *lower = g_ascii_strdown(name, -1);
          (*static_cast<std::map<std::string, std::string> *>(headers))[lower] = value;
        },
        &request.second);
    self.requests.push_back(std::move(request));
    self.answer_path(message, path);
  }

  void answer_path(SoupServerMessage *message, const std::string &path)
  {
    static const std::string too_large(kLargestReference + 1, 'x');
    const auto reply = [message](unsigned status, std::string_view body) {
      soup_server_message_set_status(message, status, nullptr);
      soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_COPY, body.data(),
                                       body.size());
    };
    if (path == "/cat.png")
      reply(200, kPng);
    else if (path == "/moved")
      soup_server_message_set_redirect(message, 302, "/cat.png");
    else if (path == "/nowhere")
      reply(302, "");
    else if (path == "/words")
      reply(200, "<html>");
    else if (path == "/large")
      reply(200, too_large);
    else if (path == "/silent")
      soup_server_message_pause(message);
    else if (path.starts_with("/status/"))
      reply(static_cast<unsigned>(std::stoul(path.substr(8))), "no");
    else
      reply(404, "no");
  }

  SoupServer *server_;
  std::string url_;
};

Result<ReferenceImage, Failure> fetch(const std::string &url,
                                      std::chrono::milliseconds timeout = 20s)
{
  gemini::net::HttpClient client;
  std::optional<Result<ReferenceImage, Failure>> result;
  std::atomic<bool> is_done = false;
  fetch_reference(client, images_of(url).at(0), timeout, [&](Result<ReferenceImage, Failure> r) {
    result = std::move(r);
    is_done = true;
    g_main_context_wakeup(nullptr);
  });
  while (!is_done)
    g_main_context_iteration(nullptr, TRUE);
  return *result;
}

Failure failure_of(const std::string &url, std::chrono::milliseconds timeout = 20s)
{
  const auto result = fetch(url, timeout);
  fail_unless(!result, "%s is there", url.c_str());
  return result ? Failure{} : result.error();
}

} // namespace

GST_START_TEST(a_list_has_one_entry_per_comma_or_line)
{
  const TemporaryFolder folder;
  const std::string a = folder.file("a.png", kPng);
  const std::string b = folder.file("b b.jpg", kJpeg);
  fail_unless(images_of("").empty() && images_of(" ,\n, ").empty());
  const auto images = images_of(" " + a + ",files/abc-1\r\n\n" + b + "\nhttps://h/c.jpg,");
  fail_unless(images.size() == 4);
  fail_unless(images[0].kind == Kind::content && same(images[0].uri, a));
  fail_unless(same(*images[0].content, std::string{kPng}) &&
              same(images[0].mime_type, "image/png"));
  fail_unless(images[1].kind == Kind::uploaded && same(images[1].name, "files/abc-1"));
  fail_unless(same(images[1].uri, "files/abc-1"));
  fail_unless(images[2].kind == Kind::content && same(images[2].mime_type, "image/jpeg"));
  fail_unless(images[3].kind == Kind::web && same(images[3].url, "https://h/c.jpg"));
}
GST_END_TEST

GST_START_TEST(file_uris_may_be_escaped)
{
  const TemporaryFolder folder;
  folder.file("caf\xc3\xa9, 100%.png", kPng);
  const std::string name = "/caf%C3%A9%2C%20100%25.png";
  for (const char *scheme : {"file://", "file://localhost", "FILE://"})
    fail_unless(images_of(scheme + folder.path() + name).at(0).kind == Kind::content);
  fail_unless(problem_of("file://elsewhere/a.png").find("another computer") != std::string::npos);
  fail_unless(!problem_of("file://%zz").empty());
  fail_unless(!problem_of("file:relative.png").empty());
}
GST_END_TEST

GST_START_TEST(paths_may_look_like_something_else)
{
  const TemporaryFolder folder;
  fail_unless(images_of(folder.file("a:b.png", kPng)).size() == 1);
  fail_unless(chdir(folder.path().c_str()) == 0);
  fail_unless(images_of("a:b.png").at(0).kind == Kind::content);
  for (const char *path : {"files/ABC", "files/", "files/a/b", "./files/abc"})
    fail_unless(problem_of(path).find("cannot be read") != std::string::npos, "%s", path);
  fail_unless(chdir("/") == 0);
}
GST_END_TEST

GST_START_TEST(what_a_picture_is_goes_by_its_content)
{
  const TemporaryFolder folder;
  const std::pair<std::string_view, const char *> kinds[] = {{kPng, "image/png"},
                                                             {kJpeg, "image/jpeg"},
                                                             {kWebp, "image/webp"},
                                                             {kHeic, "image/heic"},
                                                             {kHeif, "image/heif"}};
  for (const auto &[content, type] : kinds)
    fail_unless(same(images_of(folder.file("x.gif", content)).at(0).mime_type, type));
  for (const std::string_view content : {""sv, "GIF89a"sv, "<svg/>"sv}) {
    const std::string path = folder.file("x.png", content);
    fail_unless(same(problem_of(path), "reference-images: " + path +
                                           " is no picture that the service reads: it reads JPEG, "
                                           "PNG, WebP, HEIC or HEIF."));
  }
}
GST_END_TEST

GST_START_TEST(what_is_no_file_is_named)
{
  const TemporaryFolder folder;
  const std::string missing = folder.path("missing.png");
  fail_unless(same(problem_of(missing),
                   "reference-images: " + missing + " cannot be read: No such file or directory."));
  fail_unless(
      same(problem_of(folder.path()), "reference-images: " + folder.path() + " is no file."));
  const std::string pipe = folder.path("pipe");
  fail_unless(mkfifo(pipe.c_str(), 0600) == 0);
  fail_unless(same(problem_of(pipe), "reference-images: " + pipe + " is no file."));
}
GST_END_TEST

GST_START_TEST(a_file_may_have_64_mib)
{
  const TemporaryFolder folder;
  const std::string path = folder.file("large.png", kPng);
  fail_unless(truncate(path.c_str(), static_cast<off_t>(kLargestReference)) == 0);
  fail_unless(images_of(path).at(0).content->size() == kLargestReference);
  fail_unless(truncate(path.c_str(), static_cast<off_t>(kLargestReference) + 1) == 0);
  fail_unless(same(problem_of(path), "reference-images: " + path + " is larger than 64 MiB."));
}
GST_END_TEST

GST_START_TEST(a_list_has_64_entries_at_most)
{
  std::string list;
  for (int i = 0; i < 64; ++i)
    list += "files/a,";
  fail_unless(images_of(list).size() == 64);
  fail_unless(
      same(problem_of(list + "files/b"), "reference-images: there are more than 64 pictures."));
}
GST_END_TEST

GST_START_TEST(an_address_is_kept_whole_but_shown_without_its_query)
{
  const std::string url = "https://h.example/a%2Cb.jpg?signature=secret#part";
  const auto images = images_of("files/a," + url);
  fail_unless(same(images.at(1).url, url));
  fail_unless(same(images.at(1).uri, "https://h.example/a%2Cb.jpg"));
  for (const char *loopback :
       {"http://127.0.0.1:80/a", "http://localhost/a", "http://[::1]/a", "HTTPS://h/a"})
    fail_unless(images_of(loopback).at(0).kind == Kind::web, "%s", loopback);
}
GST_END_TEST

GST_START_TEST(addresses_of_no_use_are_refused_without_quoting_them)
{
  for (const char *bad : {"https://user:hush@h/a.jpg", "https://hush@h/a.jpg",
                          "http://hush.example/a.jpg", "https://", "https:hush", "https://h:hush/",
                          "gs://hush/a.jpg", "ftp://hush/a.jpg", "data:image/png;base64,hush"}) {
    const std::string problem = problem_of("files/a\n" + std::string{bad});
    fail_unless(problem.starts_with("reference-images: entry 2 "), "%s: %s", bad, problem.c_str());
    fail_unless(problem.find("hush") == std::string::npos, "%s", problem.c_str());
  }
}
GST_END_TEST

GST_START_TEST(a_picture_of_the_web_becomes_content)
{
  WebServer server;
  const std::string url = server.url("/cat.png");
  const auto image = fetch(url + "?size=1");
  fail_unless(image.has_value(), "%s", image ? "" : image.error().message.c_str());
  fail_unless(image->kind == Kind::content && same(image->uri, url));
  fail_unless(same(*image->content, std::string{kPng}) && same(image->mime_type, "image/png"));
  fail_unless(same(server.requests.at(0).first, "GET /cat.png?size=1"));
}
GST_END_TEST

GST_START_TEST(redirects_are_followed_without_any_key)
{
  WebServer server;
  const auto image = fetch(server.url("/moved"));
  fail_unless(image.has_value(), "%s", image ? "" : image.error().message.c_str());
  fail_unless(same(image->uri, server.url("/moved")));
  fail_unless(server.requests.size() == 2);
  for (const auto &[line, headers] : server.requests)
    for (const auto &[name, value] : headers)
      fail_unless(name != "authorization" && name != "cookie" && !name.starts_with("x-goog"), "%s",
                  name.c_str());
}
GST_END_TEST

GST_START_TEST(what_is_not_to_be_had_is_named_and_told_from_what_may_heal)
{
  WebServer server;
  struct Case {
    const char *path;
    FailureKind kind;
    const char *why;
  };
  const Case cases[] = {
      {"/status/404", FailureKind::invalid_request, "does not exist (HTTP 404)"},
      {"/status/410", FailureKind::invalid_request, "does not exist (HTTP 410)"},
      {"/status/403", FailureKind::invalid_request, "is not public (HTTP 403)"},
      {"/status/418", FailureKind::invalid_request, "is refused by its server (HTTP 418)"},
      {"/status/204", FailureKind::invalid_request, "is refused by its server (HTTP 204)"},
      {"/nowhere", FailureKind::invalid_request, "is moved to where it must not be followed"},
      {"/status/429", FailureKind::overloaded, "as its server is busy (HTTP 429)"},
      {"/status/503", FailureKind::overloaded, "as its server is busy (HTTP 503)"},
      {"/status/500", FailureKind::server_error, "as its server failed (HTTP 500)"},
      {"/words", FailureKind::invalid_request, "is no picture that the service reads"},
      {"/large", FailureKind::invalid_request, "is larger than 64 MiB"},
  };
  for (const Case &one : cases) {
    const Failure failure = failure_of(server.url(one.path) + "?token=hush");
    fail_unless(failure.kind == one.kind, "%s: %s", one.path, to_string(failure.kind));
    const std::string beginning = "The reference image " + server.url(one.path) + " ";
    fail_unless(failure.message.starts_with(beginning), "%s", failure.message.c_str());
    fail_unless(failure.message.find(one.why) != std::string::npos, "%s", failure.message.c_str());
    fail_unless(failure.message.find("hush") == std::string::npos, "%s", failure.message.c_str());
  }
}
GST_END_TEST

GST_START_TEST(a_server_that_says_nothing_is_not_waited_for)
{
  WebServer server;
  const Failure failure = failure_of(server.url("/silent?token=hush"), 100ms);
  fail_unless(failure.kind == FailureKind::timeout, "%s", failure.message.c_str());
  fail_unless(failure.message.starts_with("The reference image " + server.url("/silent") +
                                          " cannot be fetched: "));
  fail_unless(failure.message.find("hush") == std::string::npos, "%s", failure.message.c_str());
}
GST_END_TEST

static Suite *reference_images_suite()
{
  Suite *suite = suite_create("reference_images");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_list_has_one_entry_per_comma_or_line);
  tcase_add_test(tcase, file_uris_may_be_escaped);
  tcase_add_test(tcase, paths_may_look_like_something_else);
  tcase_add_test(tcase, what_a_picture_is_goes_by_its_content);
  tcase_add_test(tcase, what_is_no_file_is_named);
  tcase_add_test(tcase, a_file_may_have_64_mib);
  tcase_add_test(tcase, a_list_has_64_entries_at_most);
  tcase_add_test(tcase, an_address_is_kept_whole_but_shown_without_its_query);
  tcase_add_test(tcase, addresses_of_no_use_are_refused_without_quoting_them);
  tcase_add_test(tcase, a_picture_of_the_web_becomes_content);
  tcase_add_test(tcase, redirects_are_followed_without_any_key);
  tcase_add_test(tcase, what_is_not_to_be_had_is_named_and_told_from_what_may_heal);
  tcase_add_test(tcase, a_server_that_says_nothing_is_not_waited_for);
  return suite;
}

GST_CHECK_MAIN(reference_images)
