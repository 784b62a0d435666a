// SPDX-License-Identifier: LGPL-2.1-or-later
// Built with OpenCV.
#include "vision/camera_motion.hpp"
#include "vision/followed_object.hpp"
#include "vision/follower.hpp"
#include "vision/picture_flow.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <mutex>
#include <utility>

namespace gemini::vision {

namespace {

// Points are what a step costs.
constexpr std::size_t kMostPoints = 240; // of all objects
constexpr std::size_t kPointsEach = 18;
constexpr std::size_t kFewestEach = 3;
constexpr int kLeastSide = 8; // of a picture in which anything is followed

// Stands for the first picture where there is none.
std::shared_ptr<const LumaImage> nothing()
{
  static const auto image = std::make_shared<const LumaImage>(
      LumaImage{.width = 1, .height = 1, .pixels = std::vector<std::uint8_t>(1)});
  return image;
}

// That a loop is inside of another one OpenCV notes once for the whole process: of two elements the
// first that is done would let the other's loops spread. Held for about a millisecond.
std::mutex one_at_a_time;

// Runs what calls OpenCV: its loops inside of another one run on the thread that calls them, and
// start no threads of OpenCV's. Whether nothing went wrong.
template <typename Work> bool run_here(Work work)
{
  const std::lock_guard lock{one_at_a_time};
  try {
    cv::parallel_for_(cv::Range(0, 1), [&](const cv::Range &) { work(); });
    return true;
  } catch (const cv::Exception &) {
    return false;
  }
}

} // namespace

struct Follower::Parts {
  std::shared_ptr<const LumaImage> image;
  std::chrono::nanoseconds time{};
  std::optional<FlowPyramid> pyramid; // of the image; none where nothing can be seen
  std::uint64_t next = 1;
  std::map<std::uint64_t, FollowedObject> objects; // by handle

  void take(std::shared_ptr<const LumaImage> newest)
  {
    image = std::move(newest);
    pyramid.reset();
    if (std::min(image->width, image->height) < kLeastSide)
      return;
    if (!run_here([&] { pyramid.emplace(*image); }))
      pyramid.reset();
  }

  std::vector<FollowedObject *> present()
  {
    std::vector<FollowedObject *> result;
    for (auto &[handle, object] : objects)
      if (!object.followed().has_left)
        result.push_back(&object);
    return result;
  }

  void choose_spots(std::span<FollowedObject *const> present) const
  {
    const std::size_t each = std::clamp(kMostPoints / std::max<std::size_t>(1, present.size()),
                                        kFewestEach, kPointsEach);
    for (FollowedObject *object : present)
      object->choose_spots(*pyramid, each);
  }
};

Follower::Follower(std::shared_ptr<const LumaImage> image, std::chrono::nanoseconds time)
    : parts_(std::make_unique<Parts>())
{
  parts_->take(image ? std::move(image) : nothing());
  parts_->time = time;
}
Follower::~Follower() = default;
Follower::Follower(Follower &&) noexcept = default;
Follower &Follower::operator=(Follower &&) noexcept = default;

std::uint64_t Follower::add(const Seed &seed)
{
  parts_->objects.emplace(parts_->next, FollowedObject{seed, parts_->image});
  return parts_->next++;
}

void Follower::step(std::shared_ptr<const LumaImage> image, std::chrono::nanoseconds time)
{
  Parts &p = *parts_;
  const double seconds = std::chrono::duration<double>(time - p.time).count();
  p.time = time;
  const std::vector<FollowedObject *> present = p.present();
  if (!image) { // the next one is compared with the last that there was
    for (FollowedObject *object : present)
      object->guess(p.image, seconds);
    return;
  }
  if (p.image == nothing()) {
    p.take(std::move(image));
    for (FollowedObject *object : present) {
      object->guess(nothing(), seconds);
      *object = FollowedObject{
          {.place = object->followed().place, .velocity = object->followed().velocity}, p.image};
    }
    return;
  }
  if (image->width != p.image->width || image->height != p.image->height) {
    for (FollowedObject *object : present)
      object->leave();
    p.take(std::move(image));
    return;
  }
  if (p.pyramid)
    p.choose_spots(present);
  const std::optional<FlowPyramid> before = std::move(p.pyramid);
  p.take(std::move(image));

  Similarity camera;
  std::vector<std::optional<Point>> seen;
  const bool is_seen = before && p.pyramid && run_here([&] {
                         std::vector<PixelBox> boxes;
                         for (const FollowedObject *object : present)
                           boxes.push_back(object->box());
                         camera = camera_motion(*before, *p.pyramid, boxes).value_or(Similarity{});
                         std::vector<Point> points;
                         std::vector<Point> guesses;
                         for (const FollowedObject *object : present)
                           for (std::size_t i = 0; i < object->spots(); ++i) {
                             points.push_back(object->spot(i));
                             guesses.push_back(object->expected(points.back(), camera, seconds));
                           }
                         seen = follow(*before, *p.pyramid, points, guesses, true);
                       });
  std::size_t first = 0;
  for (FollowedObject *object : present) {
    if (!is_seen) {
      object->guess(p.image, seconds);
      continue;
    }
    const std::size_t count = object->spots();
    object->step(p.image, camera, seconds, std::span{seen}.subspan(first, count));
    first += count;
  }
}

const Followed &Follower::at(std::uint64_t handle) const
{
  return parts_->objects.at(handle).followed();
}

std::chrono::nanoseconds Follower::time() const
{
  return parts_->time;
}

bool sees_motion()
{
  return true;
}

} // namespace gemini::vision
