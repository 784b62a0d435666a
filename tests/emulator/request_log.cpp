// SPDX-License-Identifier: LGPL-2.1-or-later
// A bounded log.
#include "request_log.hpp"

#include "route.hpp"

#include <chrono>

namespace gemini::emulator {
namespace {

constexpr std::size_t kMaxRequests = 4096;
constexpr std::size_t kMaxBytes = 64UL << 20;
constexpr std::chrono::seconds kPatience{20};

} // namespace

RequestLog::Place RequestLog::add(RecordedRequest request)
{
  Place place{.among_all = 0, .turn = {.call = request.call}};
  {
    const std::lock_guard lock{mutex_};
    place.among_all = ++n_all_;
    place.turn.of_call = ++n_calls_[request.call];
    if (is_generation(request.call))
      place.turn.of_generations = ++n_generations_;
    n_bytes_ += request.body.size();
    requests_.push_back(std::move(request));
    drop_oldest();
  }
  has_grown_.notify_all();
  return place;
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

std::vector<RecordedRequest> RequestLog::generations() const
{
  auto out = all();
  std::erase_if(out, [](const RecordedRequest &one) { return !is_generation(one.call); });
  return out;
}

std::size_t RequestLog::n_calls(const std::string &call) const
{
  const auto at = n_calls_.find(call);
  return at == n_calls_.end() ? 0 : at->second;
}

std::size_t RequestLog::count(const std::string &call) const
{
  const std::lock_guard lock{mutex_};
  return n_calls(call);
}

std::size_t RequestLog::count_generations() const
{
  const std::lock_guard lock{mutex_};
  return n_generations_;
}

bool RequestLog::wait_for(const std::string &call, std::size_t n) const
{
  std::unique_lock lock{mutex_};
  return has_grown_.wait_for(lock, kPatience, [&] { return n_calls(call) >= n; });
}

bool RequestLog::wait_for_generations(std::size_t n) const
{
  std::unique_lock lock{mutex_};
  return has_grown_.wait_for(lock, kPatience, [&] { return n_generations_ >= n; });
}

} // namespace gemini::emulator
