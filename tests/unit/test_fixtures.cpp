// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers that real models gave, where they are at hand: none may be read as nothing at all.
#include "wire/event_stream.hpp"
#include "wire/file_resource.hpp"
#include "wire/reply.hpp"
#include "wire_support.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Task;

namespace {

const std::filesystem::path kFolder = FIXTURES;

std::string content(const std::filesystem::path &path)
{
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

// All but the index, whatever the folders are called.
std::vector<std::filesystem::path> recorded_files()
{
  std::vector<std::filesystem::path> files;
  std::error_code no_folder;
  for (const auto &entry : std::filesystem::recursive_directory_iterator{kFolder, no_folder}) {
    if (entry.is_regular_file() && entry.path().filename() != "index.tsv")
      files.push_back(entry.path());
  }
  return files;
}

void check_text(const std::filesystem::path &file, const std::string &text)
{
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) ||
      text.find('\0') != std::string::npos)
    return; // no text of a model
  for (const Task task : {Task::detect, Task::segment, Task::point, Task::boxes_3d, Task::caption,
                          Task::classify, Task::ask}) {
    const auto reply = gemini::wire::read_reply({.task = task, .width = 640, .height = 480},
                                                gemini::test::reply_body(text));
    fail_unless(reply.has_value(), "%s", file.c_str());
    const bool is_nothing_seen = text.find("[]") != std::string::npos ||
                                 text.find("{}") != std::string::npos ||
                                 text.find("null") != std::string::npos;
    fail_unless(!reply->objects.empty() || reply->text || !reply->problems.empty() ||
                    is_nothing_seen,
                "%s as %s", file.c_str(), to_string(task));
  }
}

} // namespace

GST_START_TEST(real_answers_are_read)
{
  const auto files = recorded_files();
  if (files.empty())
    g_print("SKIPPED: no recorded answers in %s\n", kFolder.c_str());
  for (const std::filesystem::path &file : files) {
    const std::string text = content(file);
    gemini::wire::read_reply({}, text); // some are whole replies
    check_text(file, text);
  }
}
GST_END_TEST

// Bodies of the service itself, by the beginning of their names.
GST_START_TEST(real_replies_of_the_service_are_understood)
{
  std::size_t n = 0;
  for (const std::filesystem::path &file : recorded_files()) {
    const std::string name = file.filename().string();
    const std::string text = content(file);
    constexpr std::string_view kError = "api-error-";
    if (name.starts_with(kError)) {
      const int status = std::atoi(name.c_str() + kError.size());
      fail_unless(status >= 400, "%s", file.c_str());
      const auto failure = gemini::wire::read_error(status, text, {});
      fail_unless_equals_int(failure.http_status, status);
      fail_unless(failure.kind != gemini::FailureKind::bad_reply, "%s", file.c_str());
      fail_unless(failure.message.size() > 20, "%s: %s", file.c_str(), failure.message.c_str());
    } else if (name.starts_with("api-prompt-blocked")) {
      const auto reply = gemini::wire::read_reply({}, text);
      fail_unless(reply && reply->status == gemini::AnalysisStatus::blocked, "%s", file.c_str());
    } else if (name.starts_with("api-sse-")) {
      gemini::wire::EventStream events;
      gemini::wire::StreamedBody body;
      events.feed(text);
      while (const auto event = events.next())
        body.add(*event);
      fail_unless(gemini::wire::read_reply({.task = Task::ask}, body.body()).has_value(), "%s",
                  file.c_str());
    } else if (name.starts_with("api-file-")) {
      fail_unless(gemini::wire::read_file_resource(text).has_value(), "%s", file.c_str());
    } else {
      continue;
    }
    ++n;
  }
  if (n == 0)
    g_print("SKIPPED: no recorded replies of the service in %s\n", kFolder.c_str());
}
GST_END_TEST

static Suite *fixtures_suite()
{
  Suite *suite = suite_create("fixtures");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, real_answers_are_read);
  tcase_add_test(tcase, real_replies_of_the_service_are_understood);
  return suite;
}

GST_CHECK_MAIN(fixtures)
