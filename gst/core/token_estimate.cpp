// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request will cost in tokens of input.
#include "core/token_estimate.hpp"

#include <algorithm>

namespace gemini {
namespace {

constexpr std::int64_t kTile = 258;
constexpr int kSmall = 384; // both sides at most: one tile
constexpr std::size_t kBytesPerToken = 4;

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b)
{
  return (a + b - 1) / b;
}

// The picture is cut into squares of two thirds of its shorter side.
std::int64_t tiles(int width, int height)
{
  if (width <= kSmall && height <= kSmall)
    return 1;
  const std::int64_t unit =
      std::max<std::int64_t>(std::int64_t{std::min(width, height)} * 2 / 3, 1);
  return ceil_div(width, unit) * ceil_div(height, unit);
}

std::int64_t tile_tokens(MediaResolution resolution, int width, int height)
{
  switch (resolution) {
  case MediaResolution::low:
    return 64;
  case MediaResolution::medium:
    return 256;
  case MediaResolution::high: // "pan and scan", which is to say tiles
  case MediaResolution::ultra_high:
  case MediaResolution::unset:
    break;
  }
  return kTile * tiles(width, height);
}

std::int64_t budget_tokens(MediaResolution resolution)
{
  switch (resolution) {
  case MediaResolution::low:
    return 280;
  case MediaResolution::medium:
    return 560;
  case MediaResolution::ultra_high:
    return 2240;
  case MediaResolution::high:
  case MediaResolution::unset:
    break;
  }
  return 1120;
}

} // namespace

std::int64_t image_tokens(TokenRule rule, MediaResolution resolution, int width, int height)
{
  return rule == TokenRule::tiles ? tile_tokens(resolution, width, height)
                                  : budget_tokens(resolution);
}

std::int64_t text_tokens(std::size_t bytes)
{
  return static_cast<std::int64_t>((bytes + kBytesPerToken - 1) / kBytesPerToken);
}

} // namespace gemini
