// SPDX-License-Identifier: LGPL-2.1-or-later

// `record-location`: every analysis as a line of NDJSON.
#pragma once

#include "core/analysis.hpp"
#include "core/result.hpp"
#include "plugin/text_file.hpp"

#include <cstdio>
#include <memory>
#include <string>

namespace gemini {

// One thread at a time.
class Recorder {
public:
  // Begins the file anew.
  static Result<std::unique_ptr<Recorder>, SettingProblem> open(const std::string &path);
  ~Recorder();
  Recorder(const Recorder &) = delete;
  Recorder &operator=(const Recorder &) = delete;

  // The line is on its way to the disk when this returns. After a failure (the disk is full) nothing
  // more is written; the sentence that says so comes once, empty otherwise.
  std::string write(const Analysis &analysis);

private:
  Recorder(std::FILE *file, std::string path);

  std::FILE *file_; // null after a failure
  const std::string path_;
};

} // namespace gemini
