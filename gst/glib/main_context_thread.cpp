// SPDX-License-Identifier: LGPL-2.1-or-later
// The hand-over is a std::mutex and a wake-up of the context, not g_main_context_invoke, so that
// ThreadSanitizer sees the order of things.
#include "glib/main_context_thread.hpp"

#include <utility>

#include <pthread.h>

namespace gemini {

MainContextThread::MainContextThread(const char *name)
    : context_(Ref<GMainContext>::adopt(g_main_context_new())), thread_([this, name] { run(name); })
{
}

MainContextThread::~MainContextThread()
{
  {
    const std::lock_guard lock{mutex_};
    is_quitting_ = true;
  }
  g_main_context_wakeup(context_.get());
  thread_.join();
}

void MainContextThread::post(std::function<void()> job)
{
  {
    const std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
  }
  g_main_context_wakeup(context_.get());
}

void MainContextThread::run(const char *name)
{
  pthread_setname_np(pthread_self(), name);
  g_main_context_push_thread_default(context_.get());
  for (;;) {
    std::deque<std::function<void()>> jobs;
    bool is_quitting = false;
    {
      const std::lock_guard lock{mutex_};
      jobs.swap(jobs_);
      is_quitting = is_quitting_;
    }
    for (auto &job : jobs)
      job();
    if (!jobs.empty())
      continue; // what the jobs posted comes before waiting
    if (is_quitting)
      break;
    g_main_context_iteration(context_.get(), TRUE);
  }
  g_main_context_pop_thread_default(context_.get());
}

} // namespace gemini
