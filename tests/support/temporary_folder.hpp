// SPDX-License-Identifier: LGPL-2.1-or-later
// A folder for the files of one test, or a single file; gone with all that is in it at its end.
// Include before gstcheck.h.
#pragma once

#include <glib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace gemini::test {

class TemporaryFolder {
public:
  TemporaryFolder()
  {
    g_autofree char *path = g_dir_make_tmp("gst-gemini-XXXXXX", nullptr);
    path_ = path;
  }
  ~TemporaryFolder()
  {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  std::string path(std::string_view name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  // Writes a file and returns its path.
  std::string file(std::string_view name, std::string_view content) const
  {
    std::ofstream{path_ / name, std::ios::binary}.write(
        content.data(), static_cast<std::streamsize>(content.size()));
    return path(name);
  }

private:
  std::filesystem::path path_;
};

// Written anew at will, all at once for whoever reads it meanwhile.
class TemporaryFile {
public:
  explicit TemporaryFile(std::string_view content) : path_(folder_.path("file")) { write(content); }
  void write(std::string_view content) const
  {
    g_file_set_contents(path_.c_str(), content.data(), static_cast<gssize>(content.size()),
                        nullptr);
  }
  const std::string &path() const { return path_; }

private:
  TemporaryFolder folder_;
  std::string path_;
};

inline std::string read_file(const std::string &path)
{
  g_autofree char *content = nullptr;
  gsize size = 0;
  if (!g_file_get_contents(path.c_str(), &content, &size, nullptr))
    return {};
  return {content, size};
}

// Whether one file or folder is its owner's alone.
inline bool is_private(const std::string &path)
{
  using std::filesystem::perms;
  const perms all = std::filesystem::status(path).permissions();
  return (all & (perms::group_all | perms::others_all)) == perms::none;
}

} // namespace gemini::test
