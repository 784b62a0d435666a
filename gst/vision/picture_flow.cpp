// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/picture_flow.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <opencv2/video/tracking.hpp>

namespace gemini::vision {

namespace {

const cv::Size kWindow{13, 13};
constexpr int kTopLevel = 3;
const cv::TermCriteria kEnough{cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 12, 0.02};
constexpr double kFlat = 1e-4;
constexpr double kMostBackError = 1; // pixels
constexpr double kScharr = 32;       // what the gradients are multiplied by

std::vector<cv::Point2f> to_cv(std::span<const Point> points)
{
  std::vector<cv::Point2f> result;
  result.reserve(points.size());
  for (const Point &point : points)
    result.emplace_back(static_cast<float>(point.x), static_cast<float>(point.y));
  return result;
}

} // namespace

FlowPyramid::FlowPyramid(const LumaImage &image)
{
  // Read only: the levels are copies with a border.
  const cv::Mat picture{image.height, image.width, CV_8UC1,
                        const_cast<std::uint8_t *>(image.pixels.data())};
  cv::buildOpticalFlowPyramid(picture, levels_, kWindow, kTopLevel, true, cv::BORDER_REFLECT_101,
                              cv::BORDER_CONSTANT, false);
}

double FlowPyramid::texture(int x, int y) const
{
  const cv::Mat &gradients = levels_[1];
  double xx = 0;
  double xy = 0;
  double yy = 0;
  int n = 0;
  for (int j = std::max(0, y - 2); j <= std::min(height() - 1, y + 2); j += 2)
    for (int i = std::max(0, x - 2); i <= std::min(width() - 1, x + 2); i += 2) {
      const auto &gradient = gradients.at<cv::Vec2s>(j, i);
      xx += gradient[0] * gradient[0];
      xy += gradient[0] * gradient[1];
      yy += gradient[1] * gradient[1];
      ++n;
    }
  if (n == 0)
    return 0;
  const double least = (xx + yy - std::sqrt((xx - yy) * (xx - yy) + 4 * xy * xy)) / 2;
  return least / (n * kScharr * kScharr);
}

std::vector<std::optional<Point>> follow(const FlowPyramid &before, const FlowPyramid &now,
                                         std::span<const Point> points,
                                         std::span<const Point> guesses, bool checks_back)
{
  std::vector<std::optional<Point>> result(points.size());
  if (points.empty())
    return result;
  const std::vector<cv::Point2f> from = to_cv(points);
  std::vector<cv::Point2f> to = to_cv(guesses);
  std::vector<cv::Point2f> back;
  const int top_level = checks_back ? kTopLevel - 1 : kTopLevel;
  std::vector<std::uint8_t> is_found;
  std::vector<std::uint8_t> is_found_back(points.size(), 1);
  cv::calcOpticalFlowPyrLK(before.levels(), now.levels(), from, to, is_found, cv::noArray(),
                           kWindow, top_level, kEnough, cv::OPTFLOW_USE_INITIAL_FLOW, kFlat);
  if (checks_back)
    cv::calcOpticalFlowPyrLK(now.levels(), before.levels(), to, back, is_found_back, cv::noArray(),
                             kWindow, top_level, kEnough, 0, kFlat);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!is_found[i] || !is_found_back[i])
      continue;
    if (to[i].x < 0 || to[i].y < 0 || to[i].x > static_cast<float>(now.width() - 1) ||
        to[i].y > static_cast<float>(now.height() - 1))
      continue;
    if (checks_back && std::hypot(back[i].x - from[i].x, back[i].y - from[i].y) > kMostBackError)
      continue;
    result[i] = Point{to[i].x, to[i].y};
  }
  return result;
}

} // namespace gemini::vision
