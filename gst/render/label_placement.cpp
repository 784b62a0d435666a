// SPDX-License-Identifier: LGPL-2.1-or-later
// Greedy placement: the best free place at the box, else the nearest free place in the picture.
#include "render/label_placement.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace gemini {
namespace {

// The search beyond the box costs the cube of the number of labels, and in such a crowd a label
// that stands elsewhere tells nothing.
constexpr std::size_t kMaxLabelsToSearchAmong = 40;

class Placement {
public:
  Placement(PixelSize picture, std::vector<PixelRect> taken)
      : picture_(picture), taken_(std::move(taken))
  {
  }

  PixelPoint place(const LabelRequest &request)
  {
    const PixelPoint at = choose(request);
    taken_.push_back({at.x, at.y, request.size.width, request.size.height});
    return at;
  }

private:
  PixelPoint choose(const LabelRequest &request) const
  {
    const std::vector<PixelPoint> places = places_at_box(request);
    const auto covered = [&](PixelPoint at) { return covered_by(at, request.size); };
    const auto best =
        std::min_element(places.begin(), places.end(),
                         [&](PixelPoint a, PixelPoint b) { return covered(a) < covered(b); });
    if (covered(*best) == 0 || taken_.size() > kMaxLabelsToSearchAmong)
      return *best;
    return nearest_free(request.size, places.front()).value_or(*best);
  }

  // In order of liking: outside of the box it hides nothing of the object.
  std::vector<PixelPoint> places_at_box(const LabelRequest &request) const
  {
    const auto &[size, box, side] = request;
    const int left = clamp_x(box.x, size);
    const int right = clamp_x(box.right() - size.width, size);
    const int above = box.y - size.height;
    const int below = box.bottom();
    const int middle = clamp_y(box.y + (box.height - size.height) / 2, size);
    std::vector<PixelPoint> wishes;
    if (side == LabelSide::beside)
      wishes = {{box.right(), middle}, {box.x - size.width, middle}};
    wishes.insert(wishes.end(), {
                                    {left, above},
                                    {right, above},
                                    {left, box.y},
                                    {right, box.y},
                                    {left, below},
                                    {right, below},
                                    {left, below - size.height},
                                    {right, below - size.height},
                                });
    std::vector<PixelPoint> places;
    for (const PixelPoint wish : wishes) {
      if (wish.x == clamp_x(wish.x, size) && wish.y == clamp_y(wish.y, size))
        places.push_back(wish);
    }
    if (places.empty())
      places.push_back({left, clamp_y(above, size)});
    return places;
  }

  // A free place exists only if there is one that touches labels or borders on two sides.
  std::optional<PixelPoint> nearest_free(PixelSize size, PixelPoint wish) const
  {
    std::vector<int> xs{wish.x, 0, picture_.width - size.width};
    std::vector<int> ys{wish.y, 0, picture_.height - size.height};
    for (const PixelRect &label : taken_) {
      xs.insert(xs.end(), {label.x - size.width, label.right()});
      ys.insert(ys.end(), {label.y - size.height, label.bottom()});
    }
    std::optional<PixelPoint> nearest;
    std::int64_t shortest = 0;
    for (const int y : ys) {
      for (const int x : xs) {
        if (x != clamp_x(x, size) || y != clamp_y(y, size))
          continue;
        const std::int64_t dx = x - wish.x;
        const std::int64_t dy = y - wish.y;
        const std::int64_t distance = dx * dx + dy * dy;
        if ((!nearest || distance < shortest) && covered_by({x, y}, size) == 0) {
          nearest = PixelPoint{x, y};
          shortest = distance;
        }
      }
    }
    return nearest;
  }

  std::int64_t covered_by(PixelPoint at, PixelSize size) const
  {
    std::int64_t sum = 0;
    for (const PixelRect &label : taken_)
      sum += overlap(label, {at.x, at.y, size.width, size.height});
    return sum;
  }

  int clamp_x(int x, PixelSize size) const
  {
    return std::clamp(x, 0, std::max(0, picture_.width - size.width));
  }
  int clamp_y(int y, PixelSize size) const
  {
    return std::clamp(y, 0, std::max(0, picture_.height - size.height));
  }

  PixelSize picture_;
  std::vector<PixelRect> taken_;
};

} // namespace

std::vector<PixelPoint> place_labels(std::span<const LabelRequest> requests, PixelSize picture,
                                     std::vector<PixelRect> taken)
{
  Placement placement{picture, std::move(taken)};
  std::vector<PixelPoint> places;
  places.reserve(requests.size());
  for (const LabelRequest &request : requests)
    places.push_back(placement.place(request));
  return places;
}

} // namespace gemini
