// SPDX-License-Identifier: LGPL-2.1-or-later
// One thread that runs jobs in order, now or at a time.
#pragma once

#include "glib/clock.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace gemini {

class Worker {
public:
  using Job = std::function<void()>;

  explicit Worker(const char *name); // at most 15 characters, shown by debuggers
  ~Worker();                         // stops
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  // Any thread; never blocks. In the order of posting. After stop() jobs are dropped.
  void post(Job job);
  // At `when` by Clock::current(), or as soon after that as the thread is free.
  void post_at(Clock::TimePoint when, Job job);
  // Ends the thread after the job that runs now and `last`; what else waits is dropped. Not from
  // the thread itself. Again: nothing.
  void stop(Job last = nullptr);

private:
  void run(const char *name);

  std::mutex mutex_; // guards all below; held to push, pop and wait only
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::multimap<Clock::TimePoint, Job> timed_;
  Job last_;
  bool is_stopping_ = false;

  std::thread thread_; // last member: starts when the others exist
};

} // namespace gemini
