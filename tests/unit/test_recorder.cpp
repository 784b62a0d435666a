// SPDX-License-Identifier: LGPL-2.1-or-later
// Records: whole lines, at once, and in nothing but files and pipes.
#include "plugin/recorder.hpp"
#include "support/temporary_folder.hpp"
#include "wire/ndjson.hpp"
#include "wire_support.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include <gst/check/gstcheck.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using gemini::Analysis;
using gemini::Recorder;
using gemini::test::is_private;
using gemini::test::read_file;
using gemini::test::same;
using gemini::test::TemporaryFolder;

namespace {

Analysis analysis_number(std::uint64_t number)
{
  Analysis analysis;
  analysis.request_id = number;
  return analysis;
}

std::string line_number(std::uint64_t number)
{
  return gemini::wire::to_ndjson(analysis_number(number)) + "\n";
}

std::string problem_of(const std::string &path)
{
  const auto recorder = Recorder::open(path);
  return recorder ? "" : recorder.error().message;
}

// Of a pipe as a file, opened for reading.
class PipeReader {
public:
  explicit PipeReader(const std::string &path)
  {
    fail_unless(mkfifo(path.c_str(), 0600) == 0);
    file_ = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    fail_unless(file_ >= 0);
  }
  ~PipeReader() { leave(); }
  PipeReader(const PipeReader &) = delete;
  PipeReader &operator=(const PipeReader &) = delete;

  std::string read_some()
  {
    std::array<char, 4096> text{};
    const ssize_t size = read(file_, text.data(), text.size());
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }
  void leave()
  {
    if (file_ >= 0)
      close(file_);
    file_ = -1;
  }

private:
  int file_ = -1;
};

} // namespace

GST_START_TEST(each_line_is_in_the_file_when_write_returns)
{
  const TemporaryFolder folder;
  const std::string path = folder.path("record.ndjson");
  const auto recorder = Recorder::open(path);
  fail_unless(recorder.has_value(), "%s", recorder ? "" : recorder.error().message.c_str());
  fail_unless(read_file(path).empty());
  fail_unless((*recorder)->write(analysis_number(1)).empty());
  fail_unless(same(read_file(path), line_number(1)));
  fail_unless((*recorder)->write(analysis_number(2)).empty());
  fail_unless(same(read_file(path), line_number(1) + line_number(2)));
}
GST_END_TEST

GST_START_TEST(a_new_file_is_its_owners_alone)
{
  const TemporaryFolder folder;
  fail_unless(Recorder::open(folder.path("record.ndjson")).has_value());
  fail_unless(is_private(folder.path("record.ndjson")));
}
GST_END_TEST

GST_START_TEST(an_old_record_is_begun_anew)
{
  const TemporaryFolder folder;
  const std::string path =
      folder.file("record.ndjson", "an old record, longer than what comes now");
  {
    const auto recorder = Recorder::open(path);
    fail_unless(recorder.has_value());
  }
  fail_unless(read_file(path).empty());
}
GST_END_TEST

GST_START_TEST(what_cannot_be_a_record_is_refused_and_left_alone)
{
  const TemporaryFolder folder;
  fail_unless(problem_of(folder.path("no/such/folder")).find("record-location: ") == 0);
  fail_unless(problem_of(folder.path()).find("cannot be written: Is a directory.") !=
              std::string::npos);
  fail_unless(problem_of("").find("cannot be written") != std::string::npos);

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder.path("socket");
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket_file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  fail_unless(bind(socket_file, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0);
  fail_unless(!problem_of(path).empty());
  fail_unless(std::filesystem::is_socket(path));
  close(socket_file);
}
GST_END_TEST

GST_START_TEST(a_device_of_characters_will_do)
{
  const auto recorder = Recorder::open("/dev/null");
  fail_unless(recorder.has_value(), "%s", recorder ? "" : recorder.error().message.c_str());
  fail_unless((*recorder)->write(analysis_number(1)).empty());
}
GST_END_TEST

GST_START_TEST(a_full_disk_is_told_once)
{
  const auto recorder = Recorder::open("/dev/full");
  fail_unless(recorder.has_value());
  const std::string sentence = (*recorder)->write(analysis_number(1));
  fail_unless(same(sentence, "record-location: /dev/full cannot be written any more (No space left "
                             "on device): the results from here on are not recorded."));
  fail_unless((*recorder)->write(analysis_number(2)).empty());
}
GST_END_TEST

GST_START_TEST(no_half_line_is_left_behind)
{
  const TemporaryFolder folder;
  const std::string path = folder.path("record.ndjson");
  const auto recorder = Recorder::open(path);
  fail_unless(recorder.has_value());
  fail_unless((*recorder)->write(analysis_number(1)).empty());
  const std::string one = line_number(1);

  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit limit = before;
  limit.rlim_cur = one.size() + 100;
  setrlimit(RLIMIT_FSIZE, &limit);
  const std::string sentence = (*recorder)->write(analysis_number(2));
  setrlimit(RLIMIT_FSIZE, &before);

  fail_unless(sentence.find("File too large") != std::string::npos, "%s", sentence.c_str());
  fail_unless(same(read_file(path), one));
}
GST_END_TEST

GST_START_TEST(a_pipe_gets_the_lines)
{
  const TemporaryFolder folder;
  PipeReader reader{folder.path("pipe")};
  const auto recorder = Recorder::open(folder.path("pipe"));
  fail_unless(recorder.has_value(), "%s", recorder ? "" : recorder.error().message.c_str());
  fail_unless((*recorder)->write(analysis_number(1)).empty());
  fail_unless(same(reader.read_some(), line_number(1)));
}
GST_END_TEST

GST_START_TEST(a_pipe_without_a_reader_is_refused)
{
  const TemporaryFolder folder;
  const std::string path = folder.path("pipe");
  fail_unless(mkfifo(path.c_str(), 0600) == 0);
  const std::string problem = problem_of(path);
  fail_unless(problem.find("start its reader first") != std::string::npos, "%s", problem.c_str());
}
GST_END_TEST

GST_START_TEST(a_reader_that_leaves_ends_the_record_but_not_the_process)
{
  const TemporaryFolder folder;
  PipeReader reader{folder.path("pipe")};
  const auto recorder = Recorder::open(folder.path("pipe"));
  fail_unless(recorder.has_value());
  reader.leave();
  signal(SIGPIPE, SIG_DFL);
  const std::string sentence = (*recorder)->write(analysis_number(1));
  fail_unless(sentence.find("Broken pipe") != std::string::npos, "%s", sentence.c_str());
  fail_unless((*recorder)->write(analysis_number(2)).empty());
}
GST_END_TEST

GST_START_TEST(a_pipe_that_is_not_read_holds_nobody_up_for_long)
{
  const TemporaryFolder folder;
  const PipeReader reader{folder.path("pipe")};
  const auto recorder = Recorder::open(folder.path("pipe"));
  fail_unless(recorder.has_value());
  Analysis large = analysis_number(1);
  large.text = std::string(std::size_t{2} << 20, 'x'); // more than any pipe holds
  const auto start = std::chrono::steady_clock::now();
  const std::string sentence = (*recorder)->write(large);
  fail_unless(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
  fail_unless(sentence.find("nobody reads it") != std::string::npos, "%s", sentence.c_str());
}
GST_END_TEST

static Suite *recorder_suite()
{
  Suite *suite = suite_create("recorder");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, each_line_is_in_the_file_when_write_returns);
  tcase_add_test(tcase, a_new_file_is_its_owners_alone);
  tcase_add_test(tcase, an_old_record_is_begun_anew);
  tcase_add_test(tcase, what_cannot_be_a_record_is_refused_and_left_alone);
  tcase_add_test(tcase, a_device_of_characters_will_do);
  tcase_add_test(tcase, a_full_disk_is_told_once);
  tcase_add_test(tcase, no_half_line_is_left_behind);
  tcase_add_test(tcase, a_pipe_gets_the_lines);
  tcase_add_test(tcase, a_pipe_without_a_reader_is_refused);
  tcase_add_test(tcase, a_reader_that_leaves_ends_the_record_but_not_the_process);
  tcase_add_test(tcase, a_pipe_that_is_not_read_holds_nobody_up_for_long);
  return suite;
}

GST_CHECK_MAIN(recorder)
