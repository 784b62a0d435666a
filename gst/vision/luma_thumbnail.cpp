// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether anything has changed between two pictures.
#include "vision/luma_thumbnail.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gemini::vision {

namespace {

// What counts as light: clouds and an exposure that follows them.
constexpr double kLeastGain = 0.8;
constexpr double kMostGain = 1.25;
constexpr float kMostOffset = 25; // of 255

using Values = std::vector<float>;

double mean_of(const Values &values)
{
  double sum = 0;
  for (const float value : values)
    sum += value;
  return sum / static_cast<double>(values.size());
}

// By least squares. A picture without contrast has none to lose.
float gain_between(const Values &before, const Values &now)
{
  const double mean_before = mean_of(before);
  const double mean_now = mean_of(now);
  double variance = 0;
  double covariance = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double from_mean = before[i] - mean_before;
    variance += from_mean * from_mean;
    covariance += from_mean * (now[i] - mean_now);
  }
  if (variance < static_cast<double>(before.size()))
    return 1;
  return static_cast<float>(std::clamp(covariance / variance, kLeastGain, kMostGain));
}

// The median, so that a large thing does not count as light.
float median_of(Values values)
{
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

} // namespace

double difference(const LumaGrid &before, const LumaGrid &now)
{
  if (before.columns != now.columns || before.rows != now.rows || before.means.empty())
    return 1;
  Values change(before.means.size());
  const float gain = gain_between(before.means, now.means);
  for (std::size_t i = 0; i < change.size(); ++i)
    change[i] = now.means[i] - gain * before.means[i];
  const float offset = std::clamp(median_of(change), -kMostOffset, kMostOffset);
  for (float &value : change)
    value = std::abs(value - offset);

  const auto columns = static_cast<std::size_t>(now.columns);
  const auto rows = static_cast<std::size_t>(now.rows);
  const std::size_t across = std::min<std::size_t>(2, columns);
  const std::size_t down = std::min<std::size_t>(2, rows);
  float most = 0;
  for (std::size_t y = 0; y + down <= rows; ++y)
    for (std::size_t x = 0; x + across <= columns; ++x) {
      float sum = 0;
      for (std::size_t j = 0; j < down; ++j)
        for (std::size_t i = 0; i < across; ++i)
          sum += change[(y + j) * columns + x + i];
      most = std::max(most, sum);
    }
  return static_cast<double>(most) / static_cast<double>(across * down) / 255;
}

} // namespace gemini::vision
