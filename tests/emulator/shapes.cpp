// SPDX-License-Identifier: LGPL-2.1-or-later
// Naming the regions of a picture that are shapes.
#include "shapes.hpp"

#include "shape_outline.hpp"

#include <algorithm>
#include <string>

namespace gemini::emulator {
namespace {

constexpr int kMinSize = 4; // pixels

// Hue in degrees, the rest 0..1.
struct Hsv {
  double hue = 0;
  double saturation = 0;
  double value = 0;
};

Hsv to_hsv(const Colour &c)
{
  const auto level = [](float v) { return std::clamp(static_cast<double>(v) / 255, 0.0, 1.0); };
  const double r = level(c.y + 1.402F * (c.cr - 128));
  const double g = level(c.y - 0.344F * (c.cb - 128) - 0.714F * (c.cr - 128));
  const double b = level(c.y + 1.772F * (c.cb - 128));
  const double highest = std::max({r, g, b});
  const double range = highest - std::min({r, g, b});
  if (range <= 0)
    return {0, 0, highest};
  double hue = 0;
  if (highest == r)
    hue = 60 * (g - b) / range;
  else if (highest == g)
    hue = 120 + 60 * (b - r) / range;
  else
    hue = 240 + 60 * (r - g) / range;
  return {hue < 0 ? hue + 360 : hue, range / highest, highest};
}

const char *colour_name(const Colour &colour)
{
  const Hsv hsv = to_hsv(colour);
  if (hsv.value < 0.16)
    return "black";
  if (hsv.saturation < 0.16)
    return hsv.value > 0.88 ? "white" : "gray";
  if (hsv.hue < 15 || hsv.hue >= 345)
    return hsv.saturation < 0.55 && hsv.value > 0.8 ? "pink" : "red";
  if (hsv.hue < 45)
    return hsv.value < 0.7 ? "brown" : "orange";
  if (hsv.hue < 70)
    return "yellow";
  if (hsv.hue < 165)
    return "green";
  if (hsv.hue < 195)
    return "cyan";
  if (hsv.hue < 260)
    return "blue";
  return hsv.hue < 315 ? "purple" : "pink";
}

bool is_shape(const Region &region)
{
  return !region.is_background && region.is_solid() && region.right - region.left >= kMinSize - 1 &&
         region.bottom - region.top >= kMinSize - 1;
}

} // namespace

std::vector<Sight> find_shapes(const Picture &picture)
{
  const Regions all = find_regions(picture);
  std::vector<Sight> sights;
  for (std::size_t i = 0; i < all.regions.size(); ++i) {
    const Region &region = all.regions[i];
    if (!is_shape(region))
      continue;
    const Shape shape = measure(all, trace(all, static_cast<int>(i)));
    sights.push_back({std::string{colour_name(region.colour)} + ' ' + to_string(shape.form),
                      shape.box,
                      static_cast<double>(region.n_pixels),
                      {shape.ring}});
  }
  std::ranges::stable_sort(sights, std::greater{}, &Sight::weight);
  return sights;
}

} // namespace gemini::emulator
