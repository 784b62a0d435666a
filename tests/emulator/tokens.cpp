// SPDX-License-Identifier: LGPL-2.1-or-later
// Token counts.
#include "tokens.hpp"

#include <glib.h>

#include <algorithm>

namespace gemini::emulator {
namespace {

// 2.5: small pictures are one tile, larger ones are cut into tiles of two thirds of their shorter
// side.
std::int64_t tile_tokens(const ImagePart &image)
{
  constexpr std::int64_t kTile = 258;
  constexpr int kSmall = 384;
  if (image.width <= kSmall && image.height <= kSmall)
    return kTile;
  const int unit = std::max(1, std::min(image.width, image.height) * 2 / 3);
  const std::int64_t columns = (image.width + unit - 1) / unit;
  const std::int64_t rows = (image.height + unit - 1) / unit;
  return kTile * columns * rows;
}

std::int64_t tokens_2_5(const ImagePart &image)
{
  switch (image.resolution) {
  case MediaResolution::low:
    return 64;
  case MediaResolution::medium:
    return 256;
  case MediaResolution::unspecified:
  case MediaResolution::high:
  case MediaResolution::ultra_high:
    break;
  }
  return tile_tokens(image);
}

// From 3 on: a budget, whatever the size of the picture.
std::int64_t tokens_3(MediaResolution resolution)
{
  switch (resolution) {
  case MediaResolution::low:
    return 280;
  case MediaResolution::medium:
    return 560;
  case MediaResolution::ultra_high:
    return 2240;
  case MediaResolution::unspecified:
  case MediaResolution::high:
    break;
  }
  return 1120;
}

} // namespace

std::int64_t image_tokens(const Model &model, const ImagePart &image)
{
  return model.family == Family::gemini_2_5 ? tokens_2_5(image) : tokens_3(image.resolution);
}

std::int64_t text_tokens(std::string_view text)
{
  constexpr auto kPerToken = static_cast<std::int64_t>(kCharactersPerToken);
  return (g_utf8_strlen(text.data(), static_cast<gssize>(text.size())) + kPerToken - 1) / kPerToken;
}

PromptTokens prompt_tokens(const Model &model, const GenerateRequest &request)
{
  PromptTokens tokens{text_tokens(request.text), 0};
  for (const auto &image : request.images)
    tokens.images += image_tokens(model, image);
  return tokens;
}

} // namespace gemini::emulator
