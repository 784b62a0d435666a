// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers that real models gave, where they are at hand: none may be read as nothing at all.
#include "wire/reply.hpp"
#include "wire_support.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
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

// The files that a line of the index names, whatever else stands in it.
std::vector<std::filesystem::path> files_of(const std::string &line)
{
  std::vector<std::filesystem::path> files;
  std::string field;
  for (const char c : line + "\t") {
    if (c != '\t' && c != '\r') {
      field += c;
      continue;
    }
    std::error_code no_file;
    if (!field.empty() && std::filesystem::is_regular_file(kFolder / field, no_file))
      files.push_back(kFolder / field);
    field.clear();
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
    const bool is_nothing_seen = text.find("[]") != std::string::npos;
    fail_unless(!reply->objects.empty() || reply->text || !reply->problems.empty() ||
                    is_nothing_seen,
                "%s as %s", file.c_str(), to_string(task));
  }
}

} // namespace

GST_START_TEST(real_answers_are_read)
{
  std::ifstream index{kFolder / "index.tsv"};
  if (!index) {
    g_print("SKIPPED: no recorded answers in %s\n", kFolder.c_str());
    return;
  }
  int files = 0;
  for (std::string line; std::getline(index, line);) {
    for (const std::filesystem::path &file : files_of(line)) {
      const std::string text = content(file);
      gemini::wire::read_reply({}, text); // some are whole replies
      check_text(file, text);
      ++files;
    }
  }
  fail_unless(files > 0, "the index names no file");
}
GST_END_TEST

static Suite *fixtures_suite()
{
  Suite *suite = suite_create("fixtures");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, real_answers_are_read);
  return suite;
}

GST_CHECK_MAIN(fixtures)
