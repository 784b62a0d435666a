// SPDX-License-Identifier: LGPL-2.1-or-later
// Built without OpenCV: everything goes on as it came.
#include "vision/follower.hpp"
#include "vision/picture_edge.hpp"

#include <cmath>
#include <map>
#include <utility>

namespace gemini::vision {

struct Follower::Parts {
  std::shared_ptr<const LumaImage> image;
  std::chrono::nanoseconds time{};
  std::uint64_t next = 1;
  std::map<std::uint64_t, Followed> objects;
};

namespace {

constexpr double kFall = 0.6; // of the confidence, by the second: exp(-kFall * seconds)

bool is_off_picture(const Rect &place)
{
  return share_on_picture(place) <= kLeastOnPicture;
}

Followed begin(const Seed &seed)
{
  return {.place = seed.place,
          .velocity = seed.velocity.value_or(Velocity{}),
          .has_left = is_off_picture(seed.place)};
}

} // namespace

Follower::Follower(std::shared_ptr<const LumaImage> image, std::chrono::nanoseconds time)
    : parts_(std::make_unique<Parts>())
{
  parts_->image = std::move(image);
  parts_->time = time;
}
Follower::~Follower() = default;
Follower::Follower(Follower &&) noexcept = default;
Follower &Follower::operator=(Follower &&) noexcept = default;

std::uint64_t Follower::add(const Seed &seed)
{
  parts_->objects.emplace(parts_->next, begin(seed));
  return parts_->next++;
}

void Follower::step(std::shared_ptr<const LumaImage> image, std::chrono::nanoseconds time)
{
  const double seconds = std::chrono::duration<double>(time - parts_->time).count();
  parts_->time = time;
  const bool is_other =
      image && parts_->image &&
      (image->width != parts_->image->width || image->height != parts_->image->height);
  if (image)
    parts_->image = std::move(image);
  for (auto &[handle, object] : parts_->objects) {
    object.has_left = object.has_left || is_other;
    if (object.has_left)
      continue;
    object.place.x += object.velocity.x * seconds;
    object.place.y += object.velocity.y * seconds;
    object.confidence *= std::exp(-kFall * std::abs(seconds));
    object.has_left = is_off_picture(object.place);
  }
}

const Followed &Follower::at(std::uint64_t handle) const
{
  return parts_->objects.at(handle);
}

std::chrono::nanoseconds Follower::time() const
{
  return parts_->time;
}

bool sees_motion()
{
  return false;
}

} // namespace gemini::vision
