// SPDX-License-Identifier: LGPL-2.1-or-later
// Where points of one picture are on the next: pyramidal Lucas-Kanade of OpenCV.
#pragma once

#include "core/geometry.hpp"
#include "vision/luma_image.hpp"

#include <optional>
#include <span>
#include <vector>

#include <opencv2/core.hpp>

namespace gemini::vision {

// A picture at each of a row of sizes, each half as large as the one before, with its gradients.
// Throws cv::Exception, as all here does.
class FlowPyramid {
public:
  explicit FlowPyramid(const LumaImage &image);

  int width() const { return levels_[0].cols; }
  int height() const { return levels_[0].rows; }
  // How well a point there can be followed: the smaller eigenvalue of the gradients round it, in
  // squared grey levels a pixel. Pixels need not be on the picture.
  double texture(int x, int y) const;
  const std::vector<cv::Mat> &levels() const { return levels_; }

private:
  std::vector<cv::Mat> levels_; // pictures and gradients by turns
};

// The places on `now` of `points` of `before`, in pixels; none where a point cannot be followed or,
// with `checks_back`, does not lead back to where it was. The search begins at `guesses`.
std::vector<std::optional<Point>> follow(const FlowPyramid &before, const FlowPyramid &now,
                                         std::span<const Point> points,
                                         std::span<const Point> guesses, bool checks_back);

} // namespace gemini::vision
