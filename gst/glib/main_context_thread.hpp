// SPDX-License-Identifier: LGPL-2.1-or-later
// A thread that runs a main context of its own, and the one way to run something in it.
#pragma once

#include "glib/ref.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace gemini {

class MainContextThread {
public:
  // The context exists when the constructor returns; `name` is shown by debuggers (15 characters at
  // most).
  explicit MainContextThread(const char *name);
  // Runs what was posted before, then ends the thread and joins it. Not to be called from the
  // thread itself.
  ~MainContextThread();
  MainContextThread(const MainContextThread &) = delete;
  MainContextThread &operator=(const MainContextThread &) = delete;

  // Runs `job` in the thread, once, in the order of posting. From any thread; never blocks.
  void post(std::function<void()> job);
  // The thread's context, to attach sources to from a job.
  GMainContext *context() const { return context_.get(); }
  bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }

private:
  void run(const char *name);

  Ref<GMainContext> context_;
  std::mutex mutex_; // guards jobs_ and is_quitting_; held only to push or swap
  std::deque<std::function<void()>> jobs_;
  bool is_quitting_ = false;
  std::thread thread_; // last member: starts when the others exist
};

} // namespace gemini
