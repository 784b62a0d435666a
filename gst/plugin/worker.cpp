// SPDX-License-Identifier: LGPL-2.1-or-later
// One thread that runs jobs in order, now or at a time.
#include "plugin/worker.hpp"

#include <optional>
#include <utility>

#include <pthread.h>

namespace gemini {

Worker::Worker(const char *name) : thread_([this, name] { run(name); }) {}

Worker::~Worker()
{
  stop();
}

void Worker::post(Job job)
{
  {
    const std::lock_guard lock{mutex_};
    if (is_stopping_)
      return;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void Worker::post_at(Clock::TimePoint when, Job job)
{
  {
    const std::lock_guard lock{mutex_};
    if (is_stopping_)
      return;
    timed_.emplace(when, std::move(job));
  }
  changed_.notify_one();
}

void Worker::stop(Job last)
{
  if (!thread_.joinable())
    return;
  std::deque<Job> dropped;
  std::multimap<Clock::TimePoint, Job> dropped_timed;
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
    last_ = std::move(last);
    dropped.swap(jobs_);
    dropped_timed.swap(timed_);
  }
  changed_.notify_one();
  thread_.join();
}

void Worker::run(const char *name)
{
  pthread_setname_np(pthread_self(), name);
  Clock &clock = Clock::current();
  std::unique_lock lock{mutex_};
  for (;;) {
    std::optional<Clock::TimePoint> until;
    if (!timed_.empty())
      until = timed_.begin()->first;
    // A new job that is due earlier ends the wait as any other does.
    clock.wait(lock, changed_, until, [&] {
      return is_stopping_ || !jobs_.empty() ||
             (!timed_.empty() && (!until || timed_.begin()->first < *until));
    });
    Job job;
    const bool is_stopping = is_stopping_;
    if (is_stopping) {
      job = std::move(last_);
    } else if (!jobs_.empty()) {
      job = std::move(jobs_.front());
      jobs_.pop_front();
    } else if (!timed_.empty() && timed_.begin()->first <= clock.now()) {
      job = std::move(timed_.begin()->second);
      timed_.erase(timed_.begin());
    } else {
      continue;
    }
    lock.unlock();
    if (job)
      job();
    job = nullptr; // what it holds goes without the lock
    if (is_stopping)
      return;
    lock.lock();
  }
}

} // namespace gemini
