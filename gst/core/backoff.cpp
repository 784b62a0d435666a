// SPDX-License-Identifier: LGPL-2.1-or-later

// When a failed request is worth another try.
#include "core/backoff.hpp"

#include <algorithm>

namespace gemini {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr seconds kFirstWait{1};
constexpr unsigned kLastDoubling = 6;
constexpr seconds kLongestWait{60};
constexpr double kJitterOfWish = 0.1;

// From Pacific time to UTC at the first moment of a day there. Clocks change at two in the morning:
// to summer time on the second Sunday of March, back on the first of November.
hours midnight_offset(sys_days day)
{
  using namespace std::chrono;
  const year_month_day date{day};
  const sys_days begins{date.year() / March / Sunday[2]};
  const sys_days ends{date.year() / November / Sunday[1]};
  return day > begins && day <= ends ? hours{7} : hours{8};
}

} // namespace

bool is_transient(const Failure &failure)
{
  switch (failure.kind) {
  case FailureKind::unreachable:
  case FailureKind::timeout:
  case FailureKind::overloaded:
    return true;
  case FailureKind::quota:
    return !failure.is_daily;
  case FailureKind::server_error:
    return failure.http_status == 500 || failure.http_status == 502 || failure.http_status == 503 ||
           failure.http_status == 504;
  default:
    return false;
  }
}

nanoseconds backoff(const Failure &failure, unsigned n_failures, double random)
{
  // A service that wishes no wait at all would be asked in a tight loop.
  if (failure.retry_after && *failure.retry_after > nanoseconds{0}) {
    const nanoseconds wish = *failure.retry_after;
    const double jitter = static_cast<double>(wish.count()) * kJitterOfWish * random;
    return wish + nanoseconds{static_cast<nanoseconds::rep>(jitter)};
  }
  const unsigned doublings = std::min(std::max(n_failures, 1U) - 1, kLastDoubling);
  const nanoseconds longest = std::min(kFirstWait * (1U << doublings), kLongestWait);
  return nanoseconds{static_cast<nanoseconds::rep>(static_cast<double>(longest.count()) * random)};
}

sys_seconds next_pacific_midnight(sys_seconds now)
{
  sys_days day = std::chrono::floor<days>(now - hours{8});
  while (day + midnight_offset(day) <= now)
    day += days{1};
  return day + midnight_offset(day);
}

} // namespace gemini
