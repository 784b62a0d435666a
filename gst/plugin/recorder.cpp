// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing records.
#include "plugin/recorder.hpp"

#include "wire/ndjson.hpp"

#include <glib.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gemini {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kPatience = 500ms; // a state change may wait for the thread that writes

// Writing to a pipe that nobody reads any more must not end the application.
class WithoutSigpipe {
public:
  WithoutSigpipe()
  {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe()
  {
    // Taken off before it is let through again, unless it is somebody else's.
    constexpr timespec kNow{};
    while (!was_pending_ && sigtimedwait(&pipe_, nullptr, &kNow) < 0 && errno == EINTR)
      ;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe &) = delete;
  WithoutSigpipe &operator=(const WithoutSigpipe &) = delete;

private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

// Waits until a pipe has room. 0 or an errno.
int wait_for_room(int file, SteadyClock::time_point deadline)
{
  pollfd waited{.fd = file, .events = POLLOUT, .revents = 0};
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
  const int ready = left > 0 ? poll(&waited, 1, static_cast<int>(left)) : 0;
  if (ready == 0)
    return ETIMEDOUT;
  return ready < 0 && errno != EINTR ? errno : 0;
}

SettingProblem unusable(const std::string &path, const std::string &why)
{
  return {"record-location: " + path + ' ' + why + '.'};
}

} // namespace

Result<std::unique_ptr<Recorder>, SettingProblem> Recorder::open(const std::string &path)
{
  // Not emptied before it is known what it is; not waiting for the reader of a pipe.
  constexpr int kFlags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  const int file = ::open(path.c_str(), kFlags, S_IRUSR | S_IWUSR);
  if (file < 0 && errno == ENXIO)
    return unusable(path, "is a pipe that nobody reads: start its reader first");
  if (file < 0)
    return unusable(path, std::string{"cannot be written: "} + g_strerror(errno));
  struct stat status {};
  const bool is_known = fstat(file, &status) == 0;
  const bool is_regular = is_known && S_ISREG(status.st_mode);
  std::unique_ptr<Recorder> recorder{new Recorder{file, is_regular, path}};
  if (!is_regular && !S_ISCHR(status.st_mode) && !S_ISFIFO(status.st_mode))
    return unusable(path, "is neither a file nor a pipe, and is left alone");
  if (is_regular && ftruncate(file, 0) != 0)
    return unusable(path, std::string{"cannot be emptied: "} + g_strerror(errno));
  return recorder;
}

Recorder::Recorder(int file, bool is_regular, std::string path)
    : file_(file), is_regular_(is_regular), path_(std::move(path))
{
}

Recorder::~Recorder()
{
  close();
}

void Recorder::close()
{
  if (file_ >= 0)
    ::close(std::exchange(file_, -1));
}

int Recorder::write_all(std::string_view text)
{
  const WithoutSigpipe without_sigpipe;
  const auto deadline = SteadyClock::now() + kPatience;
  while (!text.empty()) {
    const ssize_t written = ::write(file_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EAGAIN) {
      if (const int error = wait_for_room(file_, deadline); error != 0)
        return error;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

std::string Recorder::write(const Analysis &analysis)
{
  if (file_ < 0)
    return {};
  const std::string line = wire::to_ndjson(analysis) + '\n';
  const int error = write_all(line);
  if (error == 0) {
    size_ += static_cast<off_t>(line.size());
    return {};
  }
  // Half a line would make the record useless to whoever reads it.
  if (is_regular_)
    static_cast<void>(ftruncate(file_, size_) == 0);
  close();
  const char *why = error == ETIMEDOUT ? "nobody reads it" : g_strerror(error);
  return "record-location: " + path_ + " cannot be written any more (" + why +
         "): the results from here on are not recorded.";
}

} // namespace gemini
