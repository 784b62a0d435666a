// SPDX-License-Identifier: LGPL-2.1-or-later
// The emulator as a process of its own.
#include "emulator_program.hpp"

#include <csignal>
#include <cstdint>
#include <fstream>
#include <utility>

namespace gemini::test {

EmulatorProgram::EmulatorProgram(const std::vector<std::string> &options, std::string log)
    : log_(std::move(log))
{
  const char *path = g_getenv("GEMINI_EMULATOR");
  std::vector<const char *> words{path ? path : "gemini-emulator", "--log", log_.c_str()};
  for (const std::string &option : options)
    words.push_back(option.c_str());
  words.push_back(nullptr);
  g_autoptr(GError) error = nullptr;
  program_ = g_subprocess_newv(words.data(), G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (!program_) {
    g_printerr("%s\n", error->message);
    return;
  }
  g_autoptr(GDataInputStream) out = g_data_input_stream_new(g_subprocess_get_stdout_pipe(program_));
  g_autofree char *line = g_data_input_stream_read_line(out, nullptr, nullptr, nullptr);
  const std::string prefix = "listening on ";
  if (const std::string greeting = line ? line : ""; greeting.starts_with(prefix))
    url_ = greeting.substr(prefix.size());
}

EmulatorProgram::~EmulatorProgram()
{
  if (!program_)
    return;
  g_subprocess_send_signal(program_, SIGTERM);
  g_subprocess_wait(program_, nullptr, nullptr);
  g_object_unref(program_);
}

std::map<std::string, EmulatorProgram::Arrivals> EmulatorProgram::arrivals() const
{
  std::map<std::string, Arrivals> all;
  std::ifstream lines{log_};
  std::int64_t time = 0;
  for (std::string call; lines >> time >> call;)
    all[call].emplace_back(time);
  return all;
}

} // namespace gemini::test
