// SPDX-License-Identifier: LGPL-2.1-or-later

// When a failed request is worth another try.
#pragma once

#include "core/failure.hpp"

#include <chrono>

namespace gemini {

// Whether the same request may succeed a little later: HTTP 408, 429 (but not for a daily quota),
// 500, 502, 503, 504, and failures of transport.
bool is_transient(const Failure &failure);

// The wait before the next try: exponential with full jitter, that is uniformly between 0 and
// 1 s * 2^(n_failures - 1), at most 60 s; or what the service wishes where it says so, plus a
// jitter of at most a tenth; a wish of no wait counts as none. `random` is in [0, 1). The scheme is
// that of "Exponential Backoff And Jitter" (M. Brooker, AWS Architecture Blog, 2015).
std::chrono::nanoseconds backoff(const Failure &failure, unsigned n_failures, double random);

// The next midnight in California, where daily quotas begin anew (summer time by the rule of the
// United States since 2007).
std::chrono::sys_seconds next_pacific_midnight(std::chrono::sys_seconds now);

} // namespace gemini
