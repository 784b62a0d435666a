// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/appearance.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gemini::vision {

namespace {

constexpr double kFlat = 1.5; // grey levels: less contrast is noise

template <int Side> void normalise(Patch<Side> &patch)
{
  float sum = 0;
  for (const float sample : patch.samples)
    sum += sample;
  const float mean = sum / static_cast<float>(patch.samples.size());
  float squares = 0;
  for (float &sample : patch.samples) {
    sample -= mean;
    squares += sample * sample;
  }
  patch.contrast = std::sqrt(squares / static_cast<float>(patch.samples.size()));
}

// Which two pixels of a line a sample is between.
template <int Side> struct Between {
  std::array<int, std::size_t{Side}> first{};
  std::array<int, std::size_t{Side}> second{};
  std::array<float, std::size_t{Side}> share{}; // of the second

  Between(double centre, double size, int pixels)
  {
    for (int i = 0; i < Side; ++i) {
      const double at = std::clamp(centre + ((i + 0.5) / Side - 0.5) * size - 0.5, 0.0,
                                   static_cast<double>(pixels - 1));
      const auto n = static_cast<std::size_t>(i);
      first[n] = static_cast<int>(at);
      second[n] = std::min(first[n] + 1, pixels - 1);
      share[n] = static_cast<float>(at - first[n]);
    }
  }
};

} // namespace

template <int Side> Patch<Side> patch_of(const LumaImage &image, const PixelBox &box)
{
  Patch<Side> patch;
  if (image.width < 1 || image.height < 1)
    return patch;
  const Between<Side> x{box.centre.x, box.width, image.width};
  const Between<Side> y{box.centre.y, box.height, image.height};
  float *to = patch.samples.data();
  for (std::size_t j = 0; j < std::size_t{Side}; ++j) {
    const std::uint8_t *upper = image.pixels.data() + std::ptrdiff_t{y.first[j]} * image.width;
    const std::uint8_t *lower = image.pixels.data() + std::ptrdiff_t{y.second[j]} * image.width;
    for (std::size_t i = 0; i < std::size_t{Side}; ++i) {
      const auto left = static_cast<float>(upper[x.first[i]]) * (1 - y.share[j]) +
                        static_cast<float>(lower[x.first[i]]) * y.share[j];
      const auto right = static_cast<float>(upper[x.second[i]]) * (1 - y.share[j]) +
                         static_cast<float>(lower[x.second[i]]) * y.share[j];
      *to++ = left + (right - left) * x.share[i];
    }
  }
  normalise(patch);
  return patch;
}

template <int Side> double likeness(const Patch<Side> &a, const Patch<Side> &b)
{
  if (a.contrast < kFlat || b.contrast < kFlat)
    return 0;
  float sum = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i)
    sum += a.samples[i] * b.samples[i];
  return static_cast<double>(sum) / static_cast<double>(a.samples.size()) /
         (a.contrast * b.contrast);
}

template <int Side> void blend(Patch<Side> &patch, const Patch<Side> &now, double share)
{
  const auto part = static_cast<float>(share);
  for (std::size_t i = 0; i < patch.samples.size(); ++i)
    patch.samples[i] += (now.samples[i] - patch.samples[i]) * part;
  normalise(patch);
}

template <int Side>
Sighting look_for(const Patch<Side> &patch, const LumaImage &image, const PixelBox &guess,
                  double radius, double doubt)
{
  Sighting best{.centre = guess.centre};
  double most = -1e9;
  const auto look = [&](const Point &centre) {
    PixelBox box = guess;
    box.centre = centre;
    const double is_like = likeness(patch, patch_of<Side>(image, box));
    const double x = (centre.x - guess.centre.x) / doubt;
    const double y = (centre.y - guess.centre.y) / doubt;
    const double score = is_like - 0.1 * (x * x + y * y);
    if (score > most) {
      most = score;
      best = {centre, is_like};
    }
  };
  look(guess.centre);
  // A correlation falls off over about a sixth of the object.
  double step = std::clamp(std::min(guess.width, guess.height) / 6, 1.0, std::max(1.0, radius));
  const int reach = std::min(6, static_cast<int>(std::ceil(radius / step)));
  for (int y = -reach; y <= reach; ++y)
    for (int x = -reach; x <= reach; ++x)
      if ((x != 0 || y != 0) && x * x + y * y <= reach * reach)
        look({guess.centre.x + x * step, guess.centre.y + y * step});
  for (; step > 0.3; step /= 2) {
    const Point around = best.centre;
    for (int y = -1; y <= 1; ++y)
      for (int x = -1; x <= 1; ++x)
        if (x != 0 || y != 0)
          look({around.x + x * step / 2, around.y + y * step / 2});
  }
  return best;
}

template ObjectPatch patch_of(const LumaImage &, const PixelBox &);
template double likeness(const ObjectPatch &, const ObjectPatch &);
template void blend(ObjectPatch &, const ObjectPatch &, double);
template Sighting look_for(const ObjectPatch &, const LumaImage &, const PixelBox &, double,
                           double);
template SpotPatch patch_of(const LumaImage &, const PixelBox &);
template double likeness(const SpotPatch &, const SpotPatch &);
template void blend(SpotPatch &, const SpotPatch &, double);
template Sighting look_for(const SpotPatch &, const LumaImage &, const PixelBox &, double, double);

} // namespace gemini::vision
