// SPDX-License-Identifier: LGPL-2.1-or-later
// A label's hash picks from a palette that colour-blind people can tell apart.
#include "render/palette.hpp"

#include <glib.h>

#include <array>
#include <cmath>
#include <cstdint>

namespace gemini {
namespace {

// Okabe and Ito's palette without its black, which dark footage would swallow.
constexpr std::array kPalette{
    Color{0xe6, 0x9f, 0x00}, // orange
    Color{0x56, 0xb4, 0xe9}, // sky blue
    Color{0x00, 0x9e, 0x73}, // bluish green
    Color{0xf0, 0xe4, 0x42}, // yellow
    Color{0x00, 0x72, 0xb2}, // blue
    Color{0xd5, 0x5e, 0x00}, // vermilion
    Color{0xcc, 0x79, 0xa7}, // reddish purple
};

// FNV-1a. Not std::hash: its values may differ between standard libraries. The start value gives
// person, car, truck, bus, bicycle, dog and cat each a colour of its own, and persons the
// vermilion, which shows on light and dark alike.
std::uint32_t stable_hash(std::string_view text)
{
  std::uint32_t hash = 0x53b;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

// WCAG 2's relative luminance.
double luminance(Color c)
{
  const auto linear = [](std::uint8_t channel) {
    const double v = channel / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

} // namespace

std::string folded(std::string_view text)
{
  g_autofree gchar *valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  g_autofree gchar *result = g_utf8_casefold(valid, -1);
  return result;
}

Palette::Palette() : colors_(kPalette.begin(), kPalette.end()) {}

void Palette::set_color(std::string_view label, Color color)
{
  named_[folded(label)] = color;
}

Color Palette::of(std::string_view label) const
{
  const std::string name = folded(label);
  const auto named = named_.find(name);
  return named != named_.end() ? named->second : colors_[stable_hash(name) % colors_.size()];
}

Color Palette::of(std::uint64_t id) const
{
  return colors_[(id - 1) % colors_.size()];
}

Color color_of(std::string_view label)
{
  static const Palette palette;
  return palette.of(label);
}

Color ink_on(Color background)
{
  // Where black and white have the same contrast ratio: (l + 0.05)^2 = 1.05 * 0.05.
  constexpr double kMiddle = 0.179;
  return luminance(background) > kMiddle ? Color{0, 0, 0} : Color{255, 255, 255};
}

} // namespace gemini
