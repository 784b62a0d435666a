// SPDX-License-Identifier: LGPL-2.1-or-later
// Which frames are sampled.
#include "core/sampler.hpp"

namespace gemini {

// Nanoseconds times a large numerator pass 64 bits.
__extension__ using Wide = __int128;

void Sampler::set_rate(Rate rate)
{
  if (rate == rate_)
    return;
  rate_ = rate;
  last_slot_.reset();
}

bool Sampler::is_due(std::chrono::nanoseconds running_time)
{
  if (rate_.numerator <= 0 || rate_.denominator <= 0 || running_time.count() < 0)
    return false;
  const auto slot = static_cast<std::int64_t>(Wide{running_time.count()} * rate_.numerator /
                                              (Wide{rate_.denominator} * 1'000'000'000));
  if (last_slot_ && slot == *last_slot_)
    return false;
  last_slot_ = slot;
  return true;
}

} // namespace gemini
