// SPDX-License-Identifier: LGPL-2.1-or-later
// The emulator as a process of its own, whose memory and time are not those of the test.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace gemini::test {

class EmulatorProgram {
public:
  // GEMINI_EMULATOR in the environment is the program. `log` is its option --log.
  EmulatorProgram(const std::vector<std::string> &options, std::string log);
  ~EmulatorProgram();
  EmulatorProgram(const EmulatorProgram &) = delete;
  EmulatorProgram &operator=(const EmulatorProgram &) = delete;

  const std::string &url() const { return url_; } // empty: it does not run

  // When calls came, in order, so far.
  using Arrivals = std::vector<std::chrono::microseconds>;
  std::map<std::string, Arrivals> arrivals() const;

private:
  const std::string log_;
  std::string url_;
  GSubprocess *program_ = nullptr;
};

} // namespace gemini::test
