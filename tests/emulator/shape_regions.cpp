// SPDX-License-Identifier: LGPL-2.1-or-later
// Regions: the frequent colours first, then what hangs together in each of them, then which is the
// background.
#include "shape_regions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gemini::emulator {
namespace {

constexpr int kMinPixels = 12; // of a colour that counts, and of a region
constexpr std::size_t kMaxColours = 256;
constexpr std::size_t kBinWidth = 8;           // levels
constexpr std::size_t kBins = 256 / kBinWidth; // of each component

Colour to_colour(const std::uint8_t *rgb)
{
  const auto r = static_cast<float>(rgb[0]);
  const auto g = static_cast<float>(rgb[1]);
  const auto b = static_cast<float>(rgb[2]);
  const float y = 0.299F * r + 0.587F * g + 0.114F * b;
  return {y, 128 + (b - y) * 0.564F, 128 + (r - y) * 0.713F};
}

// Colours that differ by less than kBinWidth, counted together.
struct Bin {
  int n = 0;
  Colour sum;
  int colour = -1; // index of the frequent colour that it belongs to

  void add(const Colour &pixel)
  {
    ++n;
    sum.y += pixel.y;
    sum.cb += pixel.cb;
    sum.cr += pixel.cr;
  }

  Colour mean() const
  {
    const auto count = static_cast<float>(n);
    return {sum.y / count, sum.cb / count, sum.cr / count};
  }
};

std::size_t bin_index(const Colour &c)
{
  const auto level = [](float v) {
    return static_cast<std::size_t>(std::clamp(v, 0.0F, 255.0F)) / kBinWidth;
  };
  return (level(c.y) * kBins + level(c.cb)) * kBins + level(c.cr);
}

std::vector<Bin> count_colours(const std::vector<Colour> &pixels)
{
  std::vector<Bin> bins(kBins * kBins * kBins);
  for (const auto &pixel : pixels)
    bins[bin_index(pixel)].add(pixel);
  return bins;
}

// Gives each bin the frequent colour it is near to, and returns those colours, the most frequent
// first.
std::vector<Colour> find_palette(std::vector<Bin> &bins)
{
  std::vector<Bin *> by_count;
  for (auto &bin : bins) {
    if (bin.n > 0)
      by_count.push_back(&bin);
  }
  std::ranges::sort(by_count, std::greater{}, &Bin::n);
  std::vector<Colour> palette;
  for (Bin *peak : by_count) {
    if (peak->colour >= 0)
      continue;
    if (peak->n < kMinPixels || palette.size() == kMaxColours)
      break;
    const Colour centre = peak->mean();
    for (Bin *bin : by_count) {
      if (bin->colour < 0 && distance(bin->mean(), centre) <= kSameColour)
        bin->colour = static_cast<int>(palette.size());
    }
    palette.push_back(centre);
  }
  return palette;
}

// Marks everything that hangs together with (x, y) in the colour at hand.
Region flood(Regions &out, const std::vector<int> &colour_of, int x, int y)
{
  const int number = static_cast<int>(out.regions.size());
  const int colour = colour_of[out.index(x, y)];
  Region region;
  region.left = region.right = x;
  region.top = region.bottom = y;
  struct Place {
    int x;
    int y;
  };
  std::vector<Place> open{{x, y}};
  out.region_of[out.index(x, y)] = number;
  while (!open.empty()) {
    const Place place = open.back();
    open.pop_back();
    ++region.n_pixels;
    region.left = std::min(region.left, place.x);
    region.right = std::max(region.right, place.x);
    region.top = std::min(region.top, place.y);
    region.bottom = std::max(region.bottom, place.y);
    for (const Place next : {Place{place.x - 1, place.y}, Place{place.x + 1, place.y},
                             Place{place.x, place.y - 1}, Place{place.x, place.y + 1}}) {
      if (!out.contains(next.x, next.y))
        continue;
      const std::size_t i = out.index(next.x, next.y);
      if (out.region_of[i] < 0 && colour_of[i] == colour) {
        out.region_of[i] = number;
        open.push_back(next);
      }
    }
  }
  return region;
}

// The mean colour away from the edges.
void measure_inside(const Regions &all, int number, Region &region)
{
  double y_sum = 0;
  double cb_sum = 0;
  double cr_sum = 0;
  for (int y = std::max(region.top, 1); y <= std::min(region.bottom, all.height - 2); ++y) {
    for (int x = std::max(region.left, 1); x <= std::min(region.right, all.width - 2); ++x) {
      bool is_inside = true;
      for (int dy = -1; dy <= 1 && is_inside; ++dy) {
        for (int dx = -1; dx <= 1 && is_inside; ++dx)
          is_inside = all.region_of[all.index(x + dx, y + dy)] == number;
      }
      if (!is_inside)
        continue;
      const Colour &pixel = all.pixels[all.index(x, y)];
      y_sum += static_cast<double>(pixel.y);
      cb_sum += static_cast<double>(pixel.cb);
      cr_sum += static_cast<double>(pixel.cr);
      ++region.n_inside;
    }
  }
  if (region.n_inside > 0) {
    region.colour = {static_cast<float>(y_sum / region.n_inside),
                     static_cast<float>(cb_sum / region.n_inside),
                     static_cast<float>(cr_sum / region.n_inside)};
  }
}

// A JPEG's noise near edges makes patches of a colour like the one around them. They are thin or
// small, while a shape of so little contrast has to be larger to count.
bool may_be_noise(const Region &region)
{
  return region.n_pixels >= kMinPixels && 10 * region.n_inside < 6 * region.n_pixels;
}

template <typename F> void each_pixel(const Regions &all, int number, const Region &region, F &&f)
{
  for (int y = region.top; y <= region.bottom; ++y) {
    for (int x = region.left; x <= region.right; ++x) {
      if (all.region_of[all.index(x, y)] == number)
        f(x, y);
    }
  }
}

Colour mean_colour(const Regions &all, int number, const Region &region)
{
  Bin sum;
  each_pixel(all, number, region, [&](int x, int y) { sum.add(all.pixels[all.index(x, y)]); });
  return sum.mean();
}

// The much larger region of a colour alike that touches region `number`; -1 where there is none.
int find_parent(const Regions &all, int number)
{
  const Region &region = all.regions[static_cast<std::size_t>(number)];
  const Colour colour = mean_colour(all, number, region);
  int parent = -1;
  const auto consider = [&](int x, int y) {
    const int other = all.contains(x, y) ? all.region_of[all.index(x, y)] : -1;
    if (other < 0 || other == number || parent >= 0)
      return;
    const Region &candidate = all.regions[static_cast<std::size_t>(other)];
    if (candidate.n_inside > 4 * region.n_pixels &&
        distance(candidate.colour, colour) <= 2 * kSameColour)
      parent = other;
  };
  each_pixel(all, number, region, [&](int x, int y) {
    consider(x - 1, y);
    consider(x + 1, y);
    consider(x, y - 1);
    consider(x, y + 1);
  });
  return parent;
}

void absorb_noise(Regions &all)
{
  for (std::size_t i = 0; i < all.regions.size(); ++i) {
    if (!may_be_noise(all.regions[i]))
      continue;
    const int number = static_cast<int>(i);
    const int parent = find_parent(all, number);
    if (parent < 0)
      continue;
    Region &region = all.regions[i];
    Region &to = all.regions[static_cast<std::size_t>(parent)];
    each_pixel(all, number, region, [&](int x, int y) { all.region_of[all.index(x, y)] = parent; });
    to.n_pixels += region.n_pixels;
    to.left = std::min(to.left, region.left);
    to.top = std::min(to.top, region.top);
    to.right = std::max(to.right, region.right);
    to.bottom = std::max(to.bottom, region.bottom);
    region = Region{};
  }
}

// How many pixels of each frequent colour lie along the picture's border.
std::vector<int> count_border(const Regions &all, const std::vector<int> &colour_of,
                              std::size_t n_colours)
{
  std::vector<int> counts(n_colours);
  const auto count = [&](int x, int y) {
    if (const int colour = colour_of[all.index(x, y)]; colour >= 0)
      ++counts[static_cast<std::size_t>(colour)];
  };
  for (int x = 0; x < all.width; ++x) {
    count(x, 0);
    count(x, all.height - 1);
  }
  for (int y = 0; y < all.height; ++y) {
    count(0, y);
    count(all.width - 1, y);
  }
  return counts;
}

// The background's colour is the one that is seen most along the border; a background that changes
// slowly across the picture is several colours, each near to the next.
std::vector<bool> find_background(const Regions &all, const std::vector<int> &colour_of,
                                  const std::vector<Colour> &palette)
{
  // Each shade reaches kSameColour to both sides, and there are no shades within a bin.
  constexpr float kNextShade = 2 * kSameColour + kBinWidth;
  std::vector<bool> is_background(palette.size());
  const auto border = count_border(all, colour_of, palette.size());
  if (palette.empty())
    return is_background;
  std::vector<std::size_t> open{
      static_cast<std::size_t>(std::ranges::max_element(border) - border.begin())};
  is_background[open.front()] = true;
  const int enough = (all.width + all.height) / 25;
  while (!open.empty()) {
    const Colour shade = palette[open.back()];
    open.pop_back();
    for (std::size_t i = 0; i < palette.size(); ++i) {
      if (!is_background[i] && border[i] >= enough && distance(palette[i], shade) <= kNextShade) {
        is_background[i] = true;
        open.push_back(i);
      }
    }
  }
  return is_background;
}

} // namespace

float distance(const Colour &a, const Colour &b)
{
  return std::max({std::abs(a.y - b.y), std::abs(a.cb - b.cb), std::abs(a.cr - b.cr)});
}

Regions find_regions(const Picture &picture)
{
  Regions out{picture.width, picture.height, {}, {}, {}};
  const std::size_t n = picture.rgb.size() / 3;
  out.pixels.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    out.pixels.push_back(to_colour(picture.rgb.data() + 3 * i));
  auto bins = count_colours(out.pixels);
  const auto palette = find_palette(bins);
  std::vector<int> colour_of(n);
  std::ranges::transform(out.pixels, colour_of.begin(),
                         [&](const Colour &pixel) { return bins[bin_index(pixel)].colour; });
  const auto is_background = find_background(out, colour_of, palette);

  out.region_of.assign(n, -1);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const std::size_t i = out.index(x, y);
      if (colour_of[i] < 0 || out.region_of[i] >= 0)
        continue;
      Region region = flood(out, colour_of, x, y);
      region.is_background = is_background[static_cast<std::size_t>(colour_of[i])];
      out.regions.push_back(region);
    }
  }
  for (std::size_t i = 0; i < out.regions.size(); ++i) {
    if (out.regions[i].n_pixels >= kMinPixels)
      measure_inside(out, static_cast<int>(i), out.regions[i]);
  }
  absorb_noise(out);
  return out;
}

} // namespace gemini::emulator
