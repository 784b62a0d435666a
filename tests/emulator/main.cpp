// SPDX-License-Identifier: LGPL-2.1-or-later
// The program gemini-emulator.
#include "arguments.hpp"
#include "emulator.hpp"

#include <glib-unix.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

using namespace gemini::emulator;

namespace {

int complain(const char *problem)
{
  std::fprintf(stderr, "gemini-emulator: %s\n", problem);
  return 1;
}

void serve_until_signal(const Emulator &emulator)
{
  GMainLoop *loop = g_main_loop_new(nullptr, FALSE);
  const auto quit = +[](gpointer data) noexcept -> gboolean {
    g_main_loop_quit(static_cast<GMainLoop *>(data));
    return G_SOURCE_CONTINUE;
  };
  const guint on_int = g_unix_signal_add(SIGINT, quit, loop);
  const guint on_term = g_unix_signal_add(SIGTERM, quit, loop);
  // Whoever waits for this line may send a signal right after it.
  std::printf("listening on %s\n", emulator.url().c_str());
  std::fflush(stdout);
  g_main_loop_run(loop);
  g_source_remove(on_int);
  g_source_remove(on_term);
  g_main_loop_unref(loop);
}

int run(const std::vector<std::string> &words)
{
  const auto arguments = parse_arguments(words);
  if (!arguments)
    return complain(arguments.error().c_str());
  if (arguments->wants_help) {
    std::fputs(help_text(), stdout);
    return 0;
  }
  const Emulator emulator{arguments->options};
  if (!emulator.is_running())
    return complain(emulator.error().c_str());
  serve_until_signal(emulator);
  return 0;
}

} // namespace

int main(int argc, char **argv)
{
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception &e) {
    return complain(e.what());
  }
}
