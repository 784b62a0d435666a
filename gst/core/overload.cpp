// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether one more sample would be answered in time.
#include "core/overload.hpp"

#include <algorithm>

namespace gemini {

void Overload::answered(std::uint64_t sample, std::optional<std::chrono::milliseconds> took)
{
  open_.erase(sample);
  if (!took)
    return;
  constexpr double kNewest = 0.25; // of the mean
  mean_ = mean_ ? *mean_ * (1 - kNewest) + *took * kNewest : *took * 1.0;
}

bool Overload::would_be_late(TimePoint now, const Terms &terms) const
{
  std::chrono::duration<double, std::milli> one = mean_.value_or(std::chrono::milliseconds{0});
  // A service that has become silent tells no latency: what is waited for already does.
  if (!open_.empty())
    one = std::max<std::chrono::duration<double, std::milli>>(one, now - open_.begin()->second -
                                                                       terms.gathers);
  const std::size_t n_rounds = open_.size() / std::max<std::size_t>(1, terms.places) + 1;
  return one * static_cast<double>(n_rounds) > terms.patience;
}

} // namespace gemini
