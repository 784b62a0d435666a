// SPDX-License-Identifier: LGPL-2.1-or-later
// Small text files that a property names.
#include "plugin/text_file.hpp"

#include <glib.h>

namespace gemini {

namespace {

constexpr gsize kLargestFile = gsize{1} << 20; // a prompt of a megabyte is a wrong file

}

Result<std::string, SettingProblem> read_text_file(const std::string &path, const char *property)
{
  g_autofree char *contents = nullptr;
  gsize size = 0;
  g_autoptr(GError) error = nullptr;
  if (!g_file_get_contents(path.c_str(), &contents, &size, &error))
    return SettingProblem{std::string{property} + ": " + error->message + "."};
  if (size > kLargestFile)
    return SettingProblem{std::string{property} + ": the file " + path +
                          " is larger than 1 MiB, which no such text is."};
  if (!g_utf8_validate_len(contents, size, nullptr))
    return SettingProblem{std::string{property} + ": the file " + path + " is not UTF-8 text."};
  return std::string{g_strstrip(contents)};
}

Result<std::string, SettingProblem> resolve_text(const std::string &value, const char *property)
{
  if (!value.starts_with('@'))
    return value;
  return read_text_file(value.substr(1), property);
}

} // namespace gemini
