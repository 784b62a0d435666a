// SPDX-License-Identifier: LGPL-2.1-or-later
// The requests so far, for tests to look at and to wait for.
#pragma once

#include "emulator.hpp"
#include "faults.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace gemini::emulator {

// Any thread.
class RequestLog {
public:
  // How many there are now, this one included.
  struct Place {
    std::uint64_t among_all = 0;
    Turn turn;
  };
  Place add(RecordedRequest request);

  std::vector<RecordedRequest> all() const;
  std::vector<RecordedRequest> generations() const;
  std::size_t count(const std::string &call) const;
  std::size_t count_generations() const;
  bool wait_for(const std::string &call, std::size_t n) const;
  bool wait_for_generations(std::size_t n) const;

private:
  void drop_oldest();
  // With the lock held.
  std::size_t n_calls(const std::string &call) const;

  mutable std::mutex mutex_; // guards everything below
  mutable std::condition_variable has_grown_;
  std::deque<RecordedRequest> requests_;
  std::map<std::string, std::size_t> n_calls_;
  std::size_t n_all_ = 0;
  std::size_t n_generations_ = 0;
  std::size_t n_bytes_ = 0; // of the bodies kept
};

} // namespace gemini::emulator
