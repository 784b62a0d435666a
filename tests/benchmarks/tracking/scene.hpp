// SPDX-License-Identifier: LGPL-2.1-or-later
// Films made of parts of photos that move over a real background, so that it is known to the pixel
// where everything is.
#pragma once

#include "film.hpp"

#include <functional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace gemini::bench {

// Where something is in the world. The world is measured in pixels, with its origin in the middle
// of the background.
struct Pose {
  cv::Point2d centre;
  double scale = 1;
  double degrees = 0;
};

// Outlines over the picture of a thing, 0..1 across and down, at a time in seconds.
using Outlines = std::vector<std::vector<cv::Point2d>>;
using Shape = std::function<Outlines(double)>;

struct Thing {
  cv::Mat picture; // as large as the thing at scale 1
  Shape shape;
  std::function<Pose(double)> pose;
  bool is_judged = true; // false: only there to hide others
};

enum class Group { camera_pan, open_scene, occlusion };
enum class Half { tuning, report };

struct Scene {
  std::string name;
  Group group = Group::open_scene;
  Half half = Half::tuning;
  cv::Mat background;        // goes on beyond its edges as in a mirror
  std::vector<Thing> things; // the nearest last
  std::function<Pose(double)> camera = [](double) { return Pose{}; };
  cv::Size size{640, 480};
  double noise = 2;  // standard deviation of the sensor's, in levels
  double blur = 0;   // of the lens, in pixels
  int exposures = 1; // pictures of which one is the mean: moving things smear
};

inline constexpr std::size_t kSceneRate = 24;
inline constexpr std::size_t kSceneSeconds = 6;

// Always the same film of the same scene.
Film film_of(const Scene &scene);

} // namespace gemini::bench
