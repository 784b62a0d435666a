// SPDX-License-Identifier: LGPL-2.1-or-later
// Which frames are sampled.
#include "core/sampler.hpp"

#include <algorithm>

namespace gemini {

// Nanoseconds times a large numerator pass 64 bits.
__extension__ using Wide = __int128;

constexpr std::int64_t kSecond = 1'000'000'000;
// Containers round timestamps down, some to a millisecond. Without a little grace a frame that
// belongs to the beginning of a slot would count for the slot before it, and be lost where the
// video has no more frames than slots.
constexpr std::int64_t kGrace = 1'000'000;

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
  const Wide interval = Wide{rate_.denominator} * kSecond; // times the numerator
  const Wide grace = std::min(Wide{kGrace} * rate_.numerator, interval / 4);
  const auto slot =
      static_cast<std::int64_t>((Wide{running_time.count()} * rate_.numerator + grace) / interval);
  if (last_slot_ && slot <= *last_slot_ && newest_ - running_time <= kFarBack) {
    newest_ = std::max(newest_, running_time);
    return false;
  }
  if (last_slot_ && slot == *last_slot_)
    return false;
  last_slot_ = slot;
  newest_ = running_time;
  return true;
}

} // namespace gemini
