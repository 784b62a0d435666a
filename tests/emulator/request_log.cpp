// SPDX-License-Identifier: LGPL-2.1-or-later
// A bounded log.
#include "request_log.hpp"

#include <chrono>

namespace gemini::emulator {
namespace {

constexpr std::size_t kMaxRequests = 4096;
constexpr std::size_t kMaxBytes = 64UL << 20;
constexpr std::chrono::seconds kPatience{20};

} // namespace

std::uint64_t RequestLog::add(RecordedRequest request)
{
  std::uint64_t number = 0;
  {
    const std::lock_guard lock{mutex_};
    n_bytes_ += request.body.size();
    requests_.push_back(std::move(request));
    drop_oldest();
    number = ++n_requests_;
  }
  has_grown_.notify_all();
  return number;
}

// With the lock held. Bodies go before requests do.
void RequestLog::drop_oldest()
{
  for (auto request = requests_.begin(); n_bytes_ > kMaxBytes && request != requests_.end() - 1;
       ++request) {
    n_bytes_ -= request->body.size();
    request->body = {};
  }
  if (requests_.size() > kMaxRequests) {
    n_bytes_ -= requests_.front().body.size();
    requests_.pop_front();
  }
}

std::vector<RecordedRequest> RequestLog::all() const
{
  const std::lock_guard lock{mutex_};
  return {requests_.begin(), requests_.end()};
}

std::size_t RequestLog::count() const
{
  const std::lock_guard lock{mutex_};
  return n_requests_;
}

bool RequestLog::wait_for(std::size_t n) const
{
  std::unique_lock lock{mutex_};
  return has_grown_.wait_for(lock, kPatience, [&] { return n_requests_ >= n; });
}

} // namespace gemini::emulator
