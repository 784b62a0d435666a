// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing masks.
#include "mask_text.hpp"

#include "json.hpp"
#include "png.hpp"
#include "spatial_text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace gemini::emulator {
namespace {

constexpr int kMapSize = 256;

constexpr std::pair<std::string_view, MaskDialect> kWords[] = {
    {"none", MaskDialect::none},
    {"png", MaskDialect::png},
    {"base64", MaskDialect::base64},
    {"inline-data", MaskDialect::inline_data},
    {"placeholder", MaskDialect::placeholder},
    {"polygon", MaskDialect::polygon},
    {"polygon-yx", MaskDialect::polygon_yx},
    {"flat", MaskDialect::flat},
    {"chunks", MaskDialect::chunks},
    {"rings", MaskDialect::rings},
    {"text", MaskDialect::text},
    {"tokens", MaskDialect::tokens},
    {"tokens-png", MaskDialect::tokens_png},
    {"booleans", MaskDialect::booleans},
};

std::string png(const Sight &sight, const Picture &picture)
{
  // Over the box as it is written, so that rounding it moves no pixel.
  auto values = resampled(*sight.map, rounded(sight.box, picture), kMapSize, kMapSize);
  // Masks of the service are sure of nearly all pixels, and so take few tokens.
  constexpr double kSurety = 8;
  for (auto &value : values)
    value = static_cast<std::uint8_t>(std::clamp(127.5 + (value - 127.5) * kSurety, 0.0, 255.0));
  return gray_png_base64(values, kMapSize, kMapSize);
}

// A ring as models draw it: with no more corners than it takes, and not too many of them.
Ring drawn(const Ring &ring)
{
  constexpr std::size_t kMostCorners = 80;
  constexpr double kTolerance = 0.3; // pixels
  Ring out = ring.size() <= kMostCorners ? ring : simplified(ring, kTolerance);
  for (double tolerance = 2 * kTolerance; out.size() > kMostCorners; tolerance *= 1.5)
    out = simplified(ring, tolerance);
  return out;
}

std::string pairs(const Ring &ring, const Picture &picture, Axes axes)
{
  std::vector<std::string> items;
  for (const auto &spot : drawn(ring)) {
    std::string item = pair(spot, picture, axes);
    if (items.empty() || item != items.back())
      items.push_back(std::move(item));
  }
  return json::array(items);
}

// "y,x,y,x"
std::string numbers(const Ring &ring, const Picture &picture)
{
  std::string out;
  for (const auto &spot : drawn(ring)) {
    out += (out.empty() ? "" : ",") + std::to_string(scaled(spot.y, picture.height)) + "," +
           std::to_string(scaled(spot.x, picture.width));
  }
  return out;
}

template <typename F> std::string each_ring(const Sight &sight, F &&write)
{
  std::vector<std::string> items;
  for (const auto &ring : sight.rings)
    items.push_back(write(ring));
  return json::array(items);
}

// They come from the pixels, although there is no way back.
std::string tokens(const Sight &sight, const Picture &picture)
{
  constexpr int kSide = 4;
  std::string out = "<start_of_mask>";
  for (const auto value : resampled(*sight.map, rounded(sight.box, picture), kSide, kSide))
    out += "<seg_" + std::to_string(value / 2) + ">";
  return out;
}

std::string booleans(const Sight &sight, const Picture &picture)
{
  constexpr int kSide = 8;
  std::vector<std::string> items;
  for (const auto value : resampled(*sight.map, rounded(sight.box, picture), kSide, kSide))
    items.emplace_back(value > 127 ? "true" : "false");
  return json::array(items);
}

} // namespace

std::optional<MaskDialect> mask_dialect_by_word(std::string_view word)
{
  const auto *const at =
      std::ranges::find(kWords, word, &std::pair<std::string_view, MaskDialect>::first);
  return at == std::end(kWords) ? std::nullopt : std::optional{at->second};
}

std::string mask_text(const Sight &sight, const Picture &picture, MaskDialect dialect)
{
  const std::string url = "data:image/png;base64,";
  if (!sight.map || sight.rings.empty())
    return {};
  const Ring &ring = sight.rings.front();
  switch (dialect) {
  case MaskDialect::none:
    return {};
  case MaskDialect::png:
    return json::quote(url + png(sight, picture));
  case MaskDialect::base64:
    return json::quote(png(sight, picture));
  case MaskDialect::inline_data:
    return json::object(
        {{"inline_data", json::object({{"mime_type", json::quote("image/png")},
                                       {"data", json::quote(png(sight, picture))}})}});
  case MaskDialect::placeholder:
    return json::quote("gimme_mask_for_this");
  case MaskDialect::polygon:
    return pairs(ring, picture, Axes::xy);
  case MaskDialect::polygon_yx:
    return pairs(ring, picture, Axes::yx);
  case MaskDialect::flat:
    return "[" + numbers(ring, picture) + "]";
  case MaskDialect::chunks:
    return each_ring(sight, [&](const Ring &r) { return "[" + numbers(r, picture) + "]"; });
  case MaskDialect::rings:
    return each_ring(sight, [&](const Ring &r) { return pairs(r, picture, Axes::xy); });
  case MaskDialect::text:
    return json::quote(numbers(ring, picture));
  case MaskDialect::tokens:
    return json::quote(tokens(sight, picture));
  case MaskDialect::tokens_png:
    return json::quote(tokens(sight, picture) + url + png(sight, picture));
  case MaskDialect::booleans:
    return booleans(sight, picture);
  }
  return {};
}

} // namespace gemini::emulator
