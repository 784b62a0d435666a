// SPDX-License-Identifier: LGPL-2.1-or-later
// Renders scenes. A pixel's middle is at whole coordinates, as for OpenCV.
#include "scene.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace gemini::bench {
namespace {

constexpr double kShutter = 0.5; // of the time between two pictures
constexpr int kSubpixelBits = 4;

using Transform = cv::Matx33d;

Transform shifted(double x, double y)
{
  return {1, 0, x, 0, 1, y, 0, 0, 1};
}

Transform turned(double scale, double degrees)
{
  const double angle = degrees * CV_PI / 180;
  const double c = scale * std::cos(angle);
  const double s = scale * std::sin(angle);
  return {c, -s, 0, s, c, 0, 0, 0, 1};
}

// From the world to the picture.
Transform view_of(const Pose &camera, cv::Size size)
{
  return shifted((size.width - 1) / 2.0, (size.height - 1) / 2.0) *
         turned(camera.scale, camera.degrees) * shifted(-camera.centre.x, -camera.centre.y);
}

// From the pixels of something that lies with its middle at `pose` to the world.
Transform placing_of(const Pose &pose, cv::Size size)
{
  return shifted(pose.centre.x, pose.centre.y) * turned(pose.scale, pose.degrees) *
         shifted((1 - size.width) / 2.0, (1 - size.height) / 2.0);
}

cv::Point2d moved(const Transform &transform, const cv::Point2d &point)
{
  const cv::Vec3d to = transform * cv::Vec3d{point.x, point.y, 1};
  return {to[0], to[1]};
}

// Of a thing at one moment, in pixels of the picture.
Outlines outlines_of(const Thing &thing, const Transform &view, double seconds)
{
  const Transform transform = view * placing_of(thing.pose(seconds), thing.picture.size());
  Outlines outlines = thing.shape(seconds);
  for (auto &outline : outlines)
    for (cv::Point2d &point : outline)
      point = moved(transform,
                    {point.x * thing.picture.cols - 0.5, point.y * thing.picture.rows - 0.5});
  return outlines;
}

Rect bounds_of(const Outlines &outlines, cv::Size size)
{
  double left = std::numeric_limits<double>::max();
  double top = left;
  double right = std::numeric_limits<double>::lowest();
  double bottom = right;
  for (const auto &outline : outlines)
    for (const cv::Point2d &point : outline) {
      left = std::min(left, point.x);
      right = std::max(right, point.x);
      top = std::min(top, point.y);
      bottom = std::max(bottom, point.y);
    }
  return {(left + 0.5) / size.width, (top + 0.5) / size.height, (right - left) / size.width,
          (bottom - top) / size.height};
}

// The pixels that `place` touches, with a margin for soft edges.
cv::Rect pixels_of(const Rect &place, cv::Size size)
{
  constexpr int kMargin = 3;
  const int left = static_cast<int>(std::floor(place.x * size.width)) - kMargin;
  const int top = static_cast<int>(std::floor(place.y * size.height)) - kMargin;
  const int right = static_cast<int>(std::ceil(place.right() * size.width)) + kMargin;
  const int bottom = static_cast<int>(std::ceil(place.bottom() * size.height)) + kMargin;
  return cv::Rect{left, top, right - left, bottom - top} & cv::Rect{{0, 0}, size};
}

// How much of each pixel of `area` is of the thing, 0..255.
cv::Mat coverage_of(const Outlines &outlines, const cv::Rect &area)
{
  constexpr double kOne = 1 << kSubpixelBits;
  cv::Mat coverage = cv::Mat::zeros(area.size(), CV_8UC1);
  for (const auto &outline : outlines) {
    std::vector<cv::Point> points;
    for (const cv::Point2d &point : outline)
      points.emplace_back(cvRound((point.x - area.x) * kOne), cvRound((point.y - area.y) * kOne));
    cv::fillPoly(coverage, std::vector<std::vector<cv::Point>>{points}, cv::Scalar{255},
                 cv::LINE_AA, kSubpixelBits);
  }
  cv::GaussianBlur(coverage, coverage, {3, 3}, 0.7);
  return coverage;
}

void blend(const cv::Mat &colours, const cv::Mat &coverage, cv::Mat &&onto)
{
  for (int y = 0; y < onto.rows; ++y) {
    const auto *from = colours.ptr<cv::Vec3b>(y);
    const auto *share = coverage.ptr<std::uint8_t>(y);
    auto *to = onto.ptr<cv::Vec3b>(y);
    for (int x = 0; x < onto.cols; ++x)
      for (int i = 0; i < 3; ++i)
        to[x][i] = static_cast<std::uint8_t>(
            (from[x][i] * share[x] + to[x][i] * (255 - share[x]) + 127) / 255);
  }
}

cv::Mat sharp_picture(const Scene &scene, double seconds)
{
  const Transform view = view_of(scene.camera(seconds), scene.size);
  cv::Mat picture;
  cv::warpAffine(scene.background, picture,
                 (view * placing_of({}, scene.background.size())).get_minor<2, 3>(0, 0), scene.size,
                 cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
  for (const Thing &thing : scene.things) {
    const Outlines outlines = outlines_of(thing, view, seconds);
    const cv::Rect area = pixels_of(bounds_of(outlines, scene.size), scene.size);
    if (area.empty())
      continue;
    const Transform transform =
        shifted(-area.x, -area.y) * view * placing_of(thing.pose(seconds), thing.picture.size());
    cv::Mat colours;
    cv::warpAffine(thing.picture, colours, transform.get_minor<2, 3>(0, 0), area.size(),
                   cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
    blend(colours, coverage_of(outlines, area), picture(area));
  }
  return picture;
}

// What a camera makes of a scene: smeared, out of focus and noisy.
class Camera {
public:
  explicit Camera(const Scene &scene) : scene_(scene), grain_(scene.size + kSpare, CV_16SC3)
  {
    random_.fill(grain_, cv::RNG::NORMAL, 0, scene.noise);
  }

  cv::Mat take(double seconds)
  {
    cv::Mat sum = cv::Mat::zeros(scene_.size, CV_16UC3);
    for (int i = 0; i < scene_.exposures; ++i) {
      const double share = (i + 0.5) / scene_.exposures - 0.5;
      cv::add(sum, sharp_picture(scene_, seconds + share * kShutter / kSceneRate), sum, {}, CV_16U);
    }
    cv::Mat picture;
    sum.convertTo(picture, CV_8U, 1.0 / scene_.exposures);
    if (scene_.blur > 0)
      cv::GaussianBlur(picture, picture, {}, scene_.blur);
    const cv::Point corner{random_.uniform(0, kSpare.width), random_.uniform(0, kSpare.height)};
    cv::add(picture, grain_({corner, scene_.size}), picture, {}, CV_8U);
    return picture;
  }

private:
  // Of one field of grain each picture gets another part.
  static inline const cv::Size kSpare{97, 89};

  const Scene &scene_;
  cv::RNG random_{1};
  cv::Mat grain_;
};

// As it is shown on `picture`: what is nearer hides it.
enum class Masks { yes, no };
void look_at(const Scene &scene, std::size_t index, double seconds, Masks masks, Truth &truth)
{
  const Transform view = view_of(scene.camera(seconds), scene.size);
  const cv::Rect area = pixels_of(truth.place, scene.size);
  if (area.empty()) {
    truth.visible = 0;
    return;
  }
  cv::Mat coverage = coverage_of(outlines_of(scene.things[index], view, seconds), area);
  const double all = cv::sum(coverage)[0];
  for (std::size_t nearer = index + 1; nearer < scene.things.size(); ++nearer) {
    const cv::Mat hidden = coverage_of(outlines_of(scene.things[nearer], view, seconds), area);
    cv::multiply(coverage, cv::Scalar::all(255) - hidden, coverage, 1 / 255.0);
  }
  truth.visible = all > 0 ? cv::sum(coverage)[0] / all : 0;
  if (masks == Masks::no)
    return;
  auto mask = std::make_shared<Mask>();
  const auto width = static_cast<double>(scene.size.width);
  const auto height = static_cast<double>(scene.size.height);
  mask->rect = {area.x / width, area.y / height, area.width / width, area.height / height};
  mask->width = area.width;
  mask->height = area.height;
  mask->coverage =
      std::vector<std::uint8_t>(coverage.begin<std::uint8_t>(), coverage.end<std::uint8_t>());
  truth.mask = std::move(mask);
}

} // namespace

Film film_of(const Scene &scene)
{
  Film film{.name = scene.name,
            .rate = kSceneRate,
            .frames = {},
            .lumas = {},
            .courses = {},
            .starts = {kSceneRate, 2 * kSceneRate, 3 * kSceneRate}};
  constexpr std::size_t kFrames = kSceneRate * kSceneSeconds + 1;
  film.frames.resize(kFrames);
  film.lumas.resize(kFrames);
  Camera camera{scene};
  Thumbnails thumbnails;
  const auto seconds_at = [](std::size_t frame) {
    return static_cast<double>(frame) / static_cast<double>(kSceneRate);
  };
  for (std::size_t frame = film.starts.front(); frame < kFrames; ++frame) {
    cv::cvtColor(camera.take(seconds_at(frame)), film.frames[frame], cv::COLOR_BGR2YUV_I420);
    film.lumas[frame] = thumbnails.of(film.frames[frame]);
  }
  for (std::size_t i = 0; i < scene.things.size(); ++i) {
    if (!scene.things[i].is_judged)
      continue;
    Course course;
    for (std::size_t frame = 0; frame < kFrames; ++frame) {
      const double seconds = seconds_at(frame);
      const Transform view = view_of(scene.camera(seconds), scene.size);
      course.push_back(Truth{bounds_of(outlines_of(scene.things[i], view, seconds), scene.size)});
    }
    for (std::size_t frame = film.starts.front(); frame < kFrames; ++frame) {
      const bool is_start = std::ranges::find(film.starts, frame) != film.starts.end();
      look_at(scene, i, seconds_at(frame), is_start ? Masks::yes : Masks::no, *course[frame]);
    }
    film.courses.push_back(std::move(course));
  }
  return film;
}

} // namespace gemini::bench
