// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers and small pictures for the tests of what is followed between answers.
#pragma once

#include "core/analysis.hpp"
#include "vision/luma_image.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gemini {

constexpr int kPictureWidth = 240;
constexpr int kPictureHeight = 135;

inline double texture_at(double x, double y)
{
  const double waves =
      std::sin(x * 0.71 + 2 * std::sin(y * 0.31)) + std::sin(y * 0.83 + 2 * std::sin(x * 0.23));
  return waves + 0.7 * std::sin(x * 0.13 + y * 0.17) + 0.5 * std::sin(x * 0.37 - y * 0.29);
}

// A bright thing of 0.2 x 0.3 with its left at `x`, in front of something darker that stands still,
// and behind what is `cover`.
inline std::shared_ptr<const vision::LumaImage> picture_of(double x, Rect cover = {})
{
  auto image = std::make_shared<vision::LumaImage>();
  image->width = kPictureWidth;
  image->height = kPictureHeight;
  for (int j = 0; j < kPictureHeight; ++j)
    for (int i = 0; i < kPictureWidth; ++i) {
      const double u = (i + 0.5) / kPictureWidth;
      const double v = (j + 0.5) / kPictureHeight;
      double value = 70 + 12 * texture_at(i + 300, j * 1.1);
      if (u >= cover.x && u < cover.right() && v >= cover.y && v < cover.bottom())
        value = 30 + 8 * texture_at(j + 70, i + 20);
      else if (u >= x && u < x + 0.2 && v >= 0.3 && v < 0.6)
        value = 170 + 20 * texture_at(i - x * kPictureWidth, j);
      image->pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
    }
  return image;
}

inline Rect thing_at(double x)
{
  return {x, 0.3, 0.2, 0.3};
}

inline Object boxed(std::uint64_t id, const std::string &label, const Rect &box)
{
  Object object;
  object.id = id;
  object.label = label;
  object.box = box;
  return object;
}

inline Analysis answer_of(std::uint64_t request, std::chrono::nanoseconds time,
                          std::vector<Object> objects, AnalysisStatus status = AnalysisStatus::ok)
{
  Analysis analysis;
  analysis.request_id = request;
  analysis.pts = analysis.running_time = time;
  analysis.width = 768;
  analysis.height = 432;
  analysis.status = status;
  analysis.objects = std::move(objects);
  return analysis;
}

inline const Object *find_object(const std::vector<Object> &objects, std::uint64_t id)
{
  const auto found =
      std::find_if(objects.begin(), objects.end(), [id](const Object &o) { return o.id == id; });
  return found == objects.end() ? nullptr : &*found;
}

inline bool is_finite(const Object &object)
{
  const auto is = [](const Rect &rect) {
    return std::isfinite(rect.x) && std::isfinite(rect.y) && std::isfinite(rect.w) &&
           std::isfinite(rect.h);
  };
  return (!object.box || is(*object.box)) && (!object.mask || is(object.mask->rect)) &&
         (!object.point || (std::isfinite(object.point->x) && std::isfinite(object.point->y))) &&
         std::isfinite(object.track.confidence);
}

} // namespace gemini
