// SPDX-License-Identifier: LGPL-2.1-or-later
// Small text files that a property names.
#include "plugin/text_file.hpp"

#include <glib/gstdio.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gemini {

namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20; // a prompt of a megabyte is a wrong file

// Closed with its owner.
class File {
public:
  // A pipe that nobody writes to would keep even who opens it waiting.
  File(const std::string &path, bool may_wait)
      : fd_(g_open(path.c_str(), O_RDONLY | O_CLOEXEC | (may_wait ? 0 : O_NONBLOCK), 0))
  {
  }
  ~File()
  {
    if (fd_ >= 0)
      close(fd_);
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  bool is_open() const { return fd_ >= 0; }
  bool is_regular() const
  {
    struct stat status {};
    return fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
  }
  // Adds what comes next to `text`. 0: that was all; negative: see errno.
  ssize_t read_into(std::string &text) const
  {
    std::array<char, 4096> some;
    ssize_t n = 0;
    do
      n = read(fd_, some.data(), some.size());
    while (n < 0 && errno == EINTR);
    if (n > 0)
      text.append(some.data(), static_cast<std::size_t>(n));
    return n;
  }

private:
  const int fd_;
};

Result<std::string, SettingProblem> read_file(const std::string &path, const char *property,
                                              bool may_wait)
{
  const auto problem = [&](const std::string &why) {
    return SettingProblem{std::string{property} + ": the file " + path + " " + why + "."};
  };
  const File file{path, may_wait};
  if (!file.is_open())
    return problem(std::string{"cannot be read: "} + g_strerror(errno));
  if (!may_wait && !file.is_regular())
    return problem("is no regular file");
  std::string text;
  ssize_t n = 0;
  while ((n = file.read_into(text)) > 0)
    if (text.size() > kLargestFile)
      return problem("is larger than 1 MiB, which no such text is");
  if (n < 0)
    return problem(std::string{"cannot be read: "} + g_strerror(errno));
  if (!g_utf8_validate_len(text.data(), text.size(), nullptr))
    return problem("is not UTF-8 text");
  return std::string{g_strstrip(text.data())};
}

} // namespace

Result<std::string, SettingProblem> read_text_file(const std::string &path, const char *property)
{
  return read_file(path, property, true);
}

Result<std::string, SettingProblem> read_regular_file(const std::string &path, const char *property)
{
  return read_file(path, property, false);
}

Result<std::string, SettingProblem> resolve_text(const std::string &value, const char *property)
{
  if (!value.starts_with('@'))
    return value;
  return read_text_file(value.substr(1), property);
}

} // namespace gemini
