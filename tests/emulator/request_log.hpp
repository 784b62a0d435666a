// SPDX-License-Identifier: LGPL-2.1-or-later
// The requests so far, for tests to look at and to wait for.
#pragma once

#include "emulator.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

namespace gemini::emulator {

// Any thread.
class RequestLog {
public:
  // Returns the request's number, from 1.
  std::uint64_t add(RecordedRequest request);

  std::vector<RecordedRequest> all() const;
  std::size_t count() const;
  bool wait_for(std::size_t n) const;

private:
  void drop_oldest();

  mutable std::mutex mutex_; // guards everything below
  mutable std::condition_variable has_grown_;
  std::deque<RecordedRequest> requests_;
  std::size_t n_requests_ = 0;
  std::size_t n_bytes_ = 0; // of the bodies kept
};

} // namespace gemini::emulator
