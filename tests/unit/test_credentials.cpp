// SPDX-License-Identifier: LGPL-2.1-or-later

// Where the service is, what opens it, and how that changes while playing.
#include "plugin/credentials.hpp"

#include <glib/gstdio.h>

#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gst/check/gstcheck.h>

#include <sys/stat.h>

using gemini::AnalyzerSettings;
using gemini::Credentials;
using gemini::find_endpoint;
using gemini::wire::Endpoint;
using gemini::wire::Platform;

namespace {

class TempFile {
public:
  TempFile()
  {
    g_autofree char *path = nullptr;
    g_close(g_file_open_tmp("gst-gemini-XXXXXX", &path, nullptr), nullptr);
    path_ = path;
  }
  ~TempFile() { g_unlink(path_.c_str()); }
  TempFile(const TempFile &) = delete;
  TempFile &operator=(const TempFile &) = delete;
  const std::string &path() const { return path_; }
  void write(const std::string &text) const { std::ofstream{path_} << text; }
  void remove() const { g_unlink(path_.c_str()); }

private:
  std::string path_;
};

// Each case begins without a key.
void empty_environment()
{
  for (const char *name : {"GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"})
    g_unsetenv(name);
}

AnalyzerSettings with(const std::function<void(AnalyzerSettings &)> &change)
{
  AnalyzerSettings settings;
  change(settings);
  return settings;
}

Endpoint endpoint_of(const AnalyzerSettings &settings)
{
  const auto endpoint = find_endpoint(settings);
  fail_unless(endpoint.has_value(), "%s", endpoint ? "" : endpoint.error().message.c_str());
  return *endpoint;
}

std::shared_ptr<Credentials> found(const AnalyzerSettings &settings)
{
  const auto credentials = Credentials::find(settings, endpoint_of(settings));
  fail_unless(credentials.has_value(), "%s",
              credentials ? "" : credentials.error().message.c_str());
  return *credentials;
}

// Of either; empty where there is none.
std::string problem_of(const AnalyzerSettings &settings)
{
  const auto endpoint = find_endpoint(settings);
  if (!endpoint)
    return endpoint.error().message;
  const auto credentials = Credentials::find(settings, *endpoint);
  return credentials ? "" : credentials.error().message;
}

std::string header_of(const Credentials &credentials)
{
  const auto headers = credentials.headers();
  fail_unless_equals_int(static_cast<int>(headers.size()), 1);
  return headers.front().first + ": " + headers.front().second;
}

bool contains(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

// Says what differs, where something does.
bool same(const std::string &is, const std::string &should)
{
  if (is != should)
    g_printerr("is:     %s\nshould: %s\n", is.c_str(), should.c_str());
  return is == should;
}

AnalyzerSettings vertex(const std::string &token)
{
  return with([&](AnalyzerSettings &s) {
    s.vertex_project = "my-project";
    s.vertex_location = "europe-west1";
    s.access_token = token;
  });
}

} // namespace

GST_START_TEST(the_gemini_api_is_where_google_has_it_unless_told_otherwise)
{
  const Endpoint endpoint = endpoint_of({});
  fail_unless(endpoint.platform == Platform::developer);
  fail_unless(same(endpoint.base_url, "https://generativelanguage.googleapis.com"));
  fail_unless(same(endpoint.api_version, "v1beta"));
  fail_unless(endpoint.project.empty() && endpoint.location.empty());

  g_setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:8080/", TRUE);
  fail_unless(same(endpoint_of({}).base_url, "http://127.0.0.1:8080"));
  const auto own = with([](AnalyzerSettings &s) { s.base_url = "https://proxy.example/gemini//"; });
  fail_unless(same(endpoint_of(own).base_url, "https://proxy.example/gemini"));
  const auto empty = with([](AnalyzerSettings &s) { s.base_url = ""; });
  fail_unless(same(endpoint_of(empty).base_url, "http://127.0.0.1:8080"));
}
GST_END_TEST

GST_START_TEST(an_address_that_cannot_be_asked_is_refused_and_its_source_named)
{
  for (const char *bad : {"ftp://host", "host", "https://", "https://user:password@host",
                          "https://host?key=x", "https://host#x"}) {
    const auto settings = with([bad](AnalyzerSettings &s) { s.base_url = bad; });
    const std::string problem = problem_of(settings);
    fail_unless(problem.starts_with("base-url is not the address of a service"), "%s: %s", bad,
                problem.c_str());
    fail_unless(!contains(problem, "password@"));
  }
  g_setenv("GOOGLE_GEMINI_BASE_URL", "nonsense", TRUE);
  fail_unless(problem_of({}).starts_with("GOOGLE_GEMINI_BASE_URL is not the address"));
}
GST_END_TEST

GST_START_TEST(vertex_is_meant_where_a_project_or_a_location_is_set)
{
  struct Case {
    std::optional<std::string> project;
    std::optional<std::string> location;
    const char *base_url;
    const char *endpoint_project;
    const char *endpoint_location;
  };
  g_setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:8080", TRUE); // of the Gemini API only
  for (const Case &c : {
           Case{"p", std::nullopt, "https://aiplatform.googleapis.com", "p", "global"},
           Case{"p", "", "https://aiplatform.googleapis.com", "p", "global"},
           Case{"example.com:p-1", "us-central1", "https://us-central1-aiplatform.googleapis.com",
                "example.com:p-1", "us-central1"},
           Case{"123456", "eu", "https://aiplatform.eu.rep.googleapis.com", "123456", "eu"},
           // Express mode names neither.
           Case{std::nullopt, "global", "https://aiplatform.googleapis.com", "", ""},
           Case{"", "us-central1", "https://us-central1-aiplatform.googleapis.com", "", ""},
       }) {
    const Endpoint endpoint = endpoint_of(with([&c](AnalyzerSettings &s) {
      s.vertex_project = c.project;
      s.vertex_location = c.location;
    }));
    fail_unless(endpoint.platform == Platform::vertex);
    fail_unless(same(endpoint.base_url, c.base_url));
    fail_unless(same(endpoint.project, c.endpoint_project));
    fail_unless(same(endpoint.location, c.endpoint_location));
    fail_unless(same(endpoint.api_version, "v1beta1"));
  }
}
GST_END_TEST

GST_START_TEST(an_address_and_a_version_that_are_set_hold_for_vertex_too)
{
  const Endpoint endpoint = endpoint_of(with([](AnalyzerSettings &s) {
    s.vertex_project = "p";
    s.base_url = "http://127.0.0.1:9/";
    s.api_version = "v1";
  }));
  fail_unless(same(endpoint.base_url, "http://127.0.0.1:9"));
  fail_unless(same(endpoint.api_version, "v1"));
}
GST_END_TEST

GST_START_TEST(names_that_would_lead_elsewhere_are_refused)
{
  for (const char *bad :
       {"a/b", "..", ".", "a b", "a\nb", "\xc3\xa9", "-a", "a?b", "a_b", "a%2fb"}) {
    const std::string project =
        problem_of(with([bad](AnalyzerSettings &s) { s.vertex_project = bad; }));
    fail_unless(project.starts_with("vertex-project is not a name"), "%s", project.c_str());
    const std::string location =
        problem_of(with([bad](AnalyzerSettings &s) { s.vertex_location = bad; }));
    fail_unless(location.starts_with("vertex-location is not a name"), "%s", location.c_str());
  }
  for (const char *bad : {"evil.com", "a:b"})
    fail_unless(problem_of(with([bad](AnalyzerSettings &s) {
                  s.vertex_location = bad;
                })).starts_with("vertex-location"));
  // Such as a token in the wrong place.
  fail_unless(!contains(
      problem_of(with([](AnalyzerSettings &s) { s.vertex_project = "ya29.a_b"; })), "ya29"));
}
GST_END_TEST

GST_START_TEST(the_key_is_taken_from_the_first_place_that_has_one)
{
  const TempFile file;
  file.write("  file-key\n");
  g_setenv("GEMINI_API_KEY", "gemini-key", TRUE);
  fail_unless(header_of(*found({})) == "x-goog-api-key: gemini-key");
  g_setenv("GOOGLE_API_KEY", "google-key", TRUE);
  fail_unless(header_of(*found({})) == "x-goog-api-key: google-key");
  AnalyzerSettings settings;
  settings.api_key_file = file.path();
  fail_unless(header_of(*found(settings)) == "x-goog-api-key: file-key");
  settings.api_key = "own-key";
  fail_unless(header_of(*found(settings)) == "x-goog-api-key: own-key");
  fail_unless(found(settings)->account() == "own-key");
  settings.api_key = "";
  settings.api_key_file = "";
  fail_unless(header_of(*found(settings)) == "x-goog-api-key: google-key");
}
GST_END_TEST

GST_START_TEST(a_key_that_is_missing_or_unusable_is_a_clear_problem)
{
  fail_unless(contains(problem_of({}), "There is no API key for Gemini: set"));
  for (const char *bad : {"a b", "a\nb", " a", "\xc3\xa9", "a\x7f"}) {
    const std::string problem = problem_of(with([bad](AnalyzerSettings &s) { s.api_key = bad; }));
    fail_unless(problem.starts_with("The API key has characters that no key has"), "%s",
                problem.c_str());
  }
  const TempFile file;
  const auto from_file = with([&file](AnalyzerSettings &s) { s.api_key_file = file.path(); });
  fail_unless(problem_of(from_file) == "api-key-file: the file " + file.path() + " is empty.");
  file.remove();
  fail_unless(problem_of(from_file).starts_with("api-key-file: "));
}
GST_END_TEST

GST_START_TEST(a_token_opens_a_project)
{
  const auto credentials = found(vertex("ya29.token"));
  fail_unless(header_of(*credentials) == "Authorization: Bearer ya29.token");
  // Tokens change by the hour, the account does not.
  fail_unless(credentials->account() == "my-project/europe-west1");
  g_setenv("GOOGLE_API_KEY", "google-key", TRUE);
  fail_unless(header_of(*found(vertex("t"))) == "Authorization: Bearer t");
}
GST_END_TEST

GST_START_TEST(a_key_opens_vertex_in_express_mode)
{
  auto settings = with([](AnalyzerSettings &s) { s.vertex_location = "global"; });
  fail_unless(contains(problem_of(settings), "Vertex AI"));
  settings.api_key = "own-key";
  fail_unless(header_of(*found(settings)) == "x-goog-api-key: own-key");
  fail_unless(found(settings)->account() == "own-key");
}
GST_END_TEST

GST_START_TEST(token_and_project_belong_together)
{
  const auto only_token = with([](AnalyzerSettings &s) {
    s.access_token = "ya29.secret";
    s.api_key = "own-key";
  });
  fail_unless(contains(problem_of(only_token), "vertex-project"));
  auto express = only_token;
  express.vertex_location = "global";
  fail_unless(contains(problem_of(express), "vertex-project"));
  const auto only_project = with([](AnalyzerSettings &s) {
    s.vertex_project = "p";
    s.api_key = "own-key";
  });
  fail_unless(contains(problem_of(only_project), "set access-token"));
  fail_unless(!contains(problem_of(only_token), "ya29") &&
              !contains(problem_of(only_project), "own-key"));
}
GST_END_TEST

GST_START_TEST(a_token_that_is_unusable_is_a_clear_problem)
{
  for (const char *bad : {"Bearer ya29", "ya29\r\nx: y", "\xc3\xa9"}) {
    const std::string problem = problem_of(vertex(bad));
    fail_unless(problem.starts_with("access-token has characters that no token has"), "%s",
                problem.c_str());
    fail_unless(!contains(problem, "ya29"));
  }
  const TempFile file;
  fail_unless(problem_of(vertex("@" + file.path())) ==
              "access-token: the file " + file.path() + " is empty.");
  file.remove();
  fail_unless(problem_of(vertex("@" + file.path())).starts_with("access-token: "));
}
GST_END_TEST

GST_START_TEST(a_file_is_read_again)
{
  for (const bool is_token : {false, true}) {
    const TempFile file;
    file.write("first\n");
    const auto credentials =
        found(is_token ? vertex("@" + file.path())
                       : with([&file](AnalyzerSettings &s) { s.api_key_file = file.path(); }));
    const std::string begin = is_token ? "Authorization: Bearer " : "x-goog-api-key: ";
    fail_unless(header_of(*credentials) == begin + "first");
    const unsigned generation = credentials->generation();
    fail_unless(!credentials->read_again());
    fail_unless(credentials->generation() == generation);

    file.write("second\n");
    fail_unless(header_of(*credentials) == begin + "first");
    fail_unless(credentials->read_again());
    fail_unless(!credentials->read_again());
    fail_unless(header_of(*credentials) == begin + "second");
    fail_unless(credentials->generation() == generation + 1);
    fail_unless(credentials->account() == (is_token ? "my-project/europe-west1" : "second"));

    // Nothing of use has replaced it.
    for (const char *bad : {"", "a b", "\xff"}) {
      file.write(bad);
      fail_unless(!credentials->read_again());
    }
    file.remove();
    fail_unless(!credentials->read_again());
    fail_unless(header_of(*credentials) == begin + "second");
    fail_unless(credentials->generation() == generation + 1);
  }
}
GST_END_TEST

GST_START_TEST(a_pipe_is_read_at_start_and_waited_for_no_more)
{
  for (const bool is_token : {false, true}) {
    const TempFile file;
    file.remove();
    fail_unless_equals_int(mkfifo(file.path().c_str(), 0600), 0);
    std::thread writer{[&file] { file.write("first\n"); }};
    const auto credentials =
        found(is_token ? vertex("@" + file.path())
                       : with([&file](AnalyzerSettings &s) { s.api_key_file = file.path(); }));
    writer.join();
    const std::string begin = is_token ? "Authorization: Bearer " : "x-goog-api-key: ";
    fail_unless(header_of(*credentials) == begin + "first");
    fail_unless(!credentials->read_again()); // nobody writes
    fail_unless(header_of(*credentials) == begin + "first");
    // What stands there now is no pipe any more.
    file.remove();
    file.write("second\n");
    fail_unless(credentials->read_again());
    fail_unless(header_of(*credentials) == begin + "second");
  }
}
GST_END_TEST

GST_START_TEST(what_came_from_no_file_stays_when_read_again)
{
  g_setenv("GEMINI_API_KEY", "gemini-key", TRUE);
  const auto credentials = found({});
  g_setenv("GEMINI_API_KEY", "other-key", TRUE);
  fail_unless(!credentials->read_again());
  fail_unless(!found(vertex("t"))->read_again());
  fail_unless(header_of(*credentials) == "x-goog-api-key: gemini-key");
}
GST_END_TEST

GST_START_TEST(a_token_is_replaced_while_playing)
{
  const TempFile file;
  file.write("from-file");
  const auto credentials = found(vertex("first"));
  const auto same = credentials->set_token("first");
  fail_unless(same && !*same);
  fail_unless(credentials->generation() == 1);
  const auto other = credentials->set_token("second");
  fail_unless(other && *other);
  fail_unless(header_of(*credentials) == "Authorization: Bearer second");
  fail_unless(credentials->generation() == 2);

  for (const auto &bad :
       std::vector<std::optional<std::string>>{std::nullopt, "", "a b", "@/nonexistent/token"}) {
    const auto refused = credentials->set_token(bad);
    fail_unless(!refused && contains(refused.error().message, "access-token"));
    fail_unless(header_of(*credentials) == "Authorization: Bearer second");
  }
  fail_unless(credentials->generation() == 2);

  const auto from_file = credentials->set_token("@" + file.path());
  fail_unless(from_file && *from_file);
  file.write("from-file-again");
  fail_unless(credentials->read_again());
  fail_unless(header_of(*credentials) == "Authorization: Bearer from-file-again");
  // The file is no more where the token comes from.
  fail_unless(credentials->set_token("third").has_value());
  fail_unless(!credentials->read_again());
  fail_unless(header_of(*credentials) == "Authorization: Bearer third");
}
GST_END_TEST

GST_START_TEST(a_token_is_of_no_use_where_a_key_is)
{
  const auto credentials = found(with([](AnalyzerSettings &s) { s.api_key = "own-key"; }));
  const auto unset = credentials->set_token(std::nullopt);
  fail_unless(unset && !*unset);
  const auto set = credentials->set_token("ya29.secret");
  fail_unless(!set && contains(set.error().message, "vertex-project"));
  fail_unless(!contains(set.error().message, "ya29"));
  fail_unless(header_of(*credentials) == "x-goog-api-key: own-key");
}
GST_END_TEST

GST_START_TEST(every_secret_that_was_held_is_blotted_out)
{
  const auto credentials = found(vertex("secret"));
  fail_unless(credentials->set_token("secret-longer").has_value());
  fail_unless(credentials->set_token("third").has_value());
  fail_unless(same(credentials->scrub("secret, secret-longer and third; secretthird"),
                   "(token), (token) and (token); (token)(token)"));
  fail_unless(same(credentials->scrub("nothing"), "nothing"));

  const auto key = found(with([](AnalyzerSettings &s) { s.api_key = "ke"; }));
  fail_unless(same(key->scrub("ke y"), "(key) y")); // which holds "ke" again
}
GST_END_TEST

GST_START_TEST(threads_may_use_and_replace_a_secret_at_once)
{
  const TempFile file;
  file.write("0");
  const auto credentials = found(vertex("@" + file.path()));
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&credentials, i] {
      for (int n = 0; n < 200; ++n) {
        if (i == 0)
          static_cast<void>(credentials->set_token("t" + std::to_string(n)));
        else if (i == 1)
          static_cast<void>(credentials->read_again());
        static_cast<void>(credentials->headers());
        static_cast<void>(credentials->scrub("t1"));
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  fail_unless(header_of(*credentials) == "Authorization: Bearer t199");
}
GST_END_TEST

static Suite *credentials_suite()
{
  Suite *suite = suite_create("credentials");
  TCase *tcase = tcase_create("general");
  tcase_add_checked_fixture(tcase, empty_environment, nullptr);
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, the_gemini_api_is_where_google_has_it_unless_told_otherwise);
  tcase_add_test(tcase, an_address_that_cannot_be_asked_is_refused_and_its_source_named);
  tcase_add_test(tcase, vertex_is_meant_where_a_project_or_a_location_is_set);
  tcase_add_test(tcase, an_address_and_a_version_that_are_set_hold_for_vertex_too);
  tcase_add_test(tcase, names_that_would_lead_elsewhere_are_refused);
  tcase_add_test(tcase, the_key_is_taken_from_the_first_place_that_has_one);
  tcase_add_test(tcase, a_key_that_is_missing_or_unusable_is_a_clear_problem);
  tcase_add_test(tcase, a_token_opens_a_project);
  tcase_add_test(tcase, a_key_opens_vertex_in_express_mode);
  tcase_add_test(tcase, token_and_project_belong_together);
  tcase_add_test(tcase, a_token_that_is_unusable_is_a_clear_problem);
  tcase_add_test(tcase, a_file_is_read_again);
  tcase_add_test(tcase, a_pipe_is_read_at_start_and_waited_for_no_more);
  tcase_add_test(tcase, what_came_from_no_file_stays_when_read_again);
  tcase_add_test(tcase, a_token_is_replaced_while_playing);
  tcase_add_test(tcase, a_token_is_of_no_use_where_a_key_is);
  tcase_add_test(tcase, every_secret_that_was_held_is_blotted_out);
  tcase_add_test(tcase, threads_may_use_and_replace_a_secret_at_once);
  return suite;
}

GST_CHECK_MAIN(credentials)
