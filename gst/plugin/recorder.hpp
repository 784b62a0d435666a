// SPDX-License-Identifier: LGPL-2.1-or-later

// `record-location`: every analysis as a line of NDJSON.
#pragma once

#include "core/analysis.hpp"
#include "core/result.hpp"
#include "plugin/text_file.hpp"

#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace gemini {

// One thread at a time.
class Recorder {
public:
  // Begins the file anew. A device of characters or a pipe will do, too, such as /dev/stdout; a
  // pipe must have its reader by then.
  static Result<std::unique_ptr<Recorder>, SettingProblem> open(const std::string &path);
  ~Recorder();
  Recorder(const Recorder &) = delete;
  Recorder &operator=(const Recorder &) = delete;

  // The line is on its way to the disk when this returns; it waits at most half a second for a pipe
  // to be read. After a failure (the disk is full) nothing more is written; the sentence that says
  // so comes once, empty otherwise.
  std::string write(const Analysis &analysis);

private:
  Recorder(int file, bool is_regular, std::string path);
  int write_all(std::string_view text); // 0 or an errno
  void close();

  int file_; // -1 after a failure
  const bool is_regular_;
  off_t size_ = 0; // of the whole lines in a regular file
  const std::string path_;
};

} // namespace gemini
