// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures in a row, and where things truly are on them.
#pragma once

#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "vision/luma_image.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace gemini::bench {

inline constexpr int kHorizons = 3; // boxes are judged 1, 2 and 3 seconds after the seed

// Where something is on one picture.
struct Truth {
  Rect place;         // of the whole thing, whatever hides it; may reach beyond the picture
  double visible = 1; // share of what is on the picture that nothing hides
  std::shared_ptr<const Mask> mask = nullptr; // of what is visible; only on pictures with seeds
};

// One thing on all pictures of a film.
using Course = std::vector<std::optional<Truth>>;

struct Film {
  std::string name;
  std::size_t rate = 0;                                        // pictures a second
  std::vector<cv::Mat> frames;                                 // I420; empty where nobody looks
  std::vector<std::shared_ptr<const vision::LumaImage>> lumas; // the same, as the plugin sees them
  std::vector<Course> courses;
  std::vector<std::size_t> starts; // the pictures with seeds

  std::chrono::nanoseconds time(std::size_t frame) const
  {
    return std::chrono::nanoseconds{std::chrono::seconds{1}} * frame / rate;
  }
};

inline Rect on_picture(const Rect &place)
{
  return intersect(place, {0, 0, 1, 1});
}

// A model names what it can see of.
inline bool can_be_seen(const std::optional<Truth> &truth)
{
  constexpr double kEnough = 0.6;
  return truth && truth->visible >= kEnough;
}

inline bool is_half_inside(const std::optional<Truth> &truth)
{
  return truth && on_picture(truth->place).area() >= truth->place.area() / 2;
}

cv::Mat bgr_of(const cv::Mat &i420);

// As geminianalyzer makes them.
class Thumbnails {
public:
  std::shared_ptr<const vision::LumaImage> of(const cv::Mat &i420);

private:
  vision::LumaShrinker shrinker_;
};

} // namespace gemini::bench
