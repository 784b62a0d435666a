// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading records.
#include "plugin/replay.hpp"

#include "wire/ndjson_read.hpp"

#include <glib.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/stat.h>

namespace gemini {
namespace {

// Hours of masks. What is larger is no record, or was not meant to be held in memory.
constexpr std::size_t kLargestRecord = std::size_t{1} << 30;

struct CloseFile {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, CloseFile>;

// Lines, one after the other, with the file's errors told apart from its end.
class Lines {
public:
  explicit Lines(FilePtr file) : file_(std::move(file)) {}
  ~Lines() { std::free(line_); }
  Lines(const Lines &) = delete;
  Lines &operator=(const Lines &) = delete;

  // Without the line break; none at the end and after an error.
  std::optional<std::string_view> next()
  {
    errno = 0;
    const ssize_t size = getline(&line_, &room_, file_.get());
    if (size < 0) {
      error_ = std::ferror(file_.get()) ? errno : 0;
      return std::nullopt;
    }
    ++number_;
    std::string_view line{line_, static_cast<std::size_t>(size)};
    while (line.ends_with('\n') || line.ends_with('\r'))
      line.remove_suffix(1);
    return line;
  }
  std::size_t number() const { return number_; } // of the line, from 1
  int error() const { return error_; }

private:
  FilePtr file_;
  char *line_ = nullptr;
  std::size_t room_ = 0;
  std::size_t number_ = 0;
  int error_ = 0;
};

SettingProblem unusable(const std::string &path, const std::string &why)
{
  return {"replay-location: " + path + ' ' + why + '.'};
}

} // namespace

Result<std::shared_ptr<const Replay>, SettingProblem> Replay::open(const std::string &path)
{
  // A pipe would be waited for, and a device may have no end.
  struct stat status {};
  if (stat(path.c_str(), &status) != 0)
    return unusable(path, std::string{"cannot be read: "} + g_strerror(errno));
  if (!S_ISREG(status.st_mode))
    return unusable(path, "is no regular file");
  if (static_cast<std::size_t>(status.st_size) > kLargestRecord)
    return unusable(path, "is larger than 1 GiB, too large to be replayed in one piece");
  FilePtr file{std::fopen(path.c_str(), "re")};
  if (!file)
    return unusable(path, std::string{"cannot be read: "} + g_strerror(errno));

  Lines lines{std::move(file)};
  std::shared_ptr<Replay> replay{new Replay};
  std::size_t bytes = 0; // the file may grow while it is read
  while (const auto line = lines.next()) {
    bytes += line->size();
    if (bytes > kLargestRecord)
      return unusable(path, "is larger than 1 GiB, too large to be replayed in one piece");
    if (line->empty())
      continue;
    const auto analysis = wire::from_ndjson(*line);
    if (!analysis)
      return SettingProblem{"replay-location: line " + std::to_string(lines.number()) + " of " +
                            path + ' ' + analysis.error() + '.'};
    if (!analysis->is_growing && analysis->pts >= std::chrono::nanoseconds{0})
      replay->by_pts_.insert_or_assign(analysis->pts, std::string{*line});
  }
  if (lines.error() != 0)
    return unusable(path, std::string{"cannot be read: "} + g_strerror(lines.error()));
  if (replay->by_pts_.empty())
    return unusable(path, "holds no answer that could be replayed");
  return std::shared_ptr<const Replay>{std::move(replay)};
}

std::shared_ptr<const Analysis> Replay::find(std::chrono::nanoseconds pts,
                                             std::chrono::nanoseconds tolerance) const
{
  if (pts < std::chrono::nanoseconds{0})
    return nullptr;
  // Of two as near the earlier one.
  auto nearest = by_pts_.lower_bound(pts);
  if (nearest != by_pts_.begin()) {
    const auto before = std::prev(nearest);
    if (nearest == by_pts_.end() || pts - before->first <= nearest->first - pts)
      nearest = before;
  }
  if (nearest == by_pts_.end())
    return nullptr;
  const auto distance = nearest->first < pts ? pts - nearest->first : nearest->first - pts;
  if (distance > tolerance)
    return nullptr;
  auto analysis = wire::from_ndjson(nearest->second);
  return analysis ? std::make_shared<const Analysis>(std::move(*analysis)) : nullptr;
}

} // namespace gemini
