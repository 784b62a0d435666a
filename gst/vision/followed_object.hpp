// SPDX-License-Identifier: LGPL-2.1-or-later
// An object that is followed from picture to picture by points on it.
//
// Its points are anchored: each knows where it is from the object's centre, so that the small
// errors of the steps do not add up and one that slips off shows. Each also knows what it looks
// like, so that one that goes over to what comes in front shows too. New points are compared with
// the last picture on which the object was seen well.
#pragma once

#include "vision/appearance.hpp"
#include "vision/follower.hpp"
#include "vision/motion_fit.hpp"
#include "vision/picture_flow.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gemini::vision {

class FollowedObject {
public:
  FollowedObject(const Seed &seed, std::shared_ptr<const LumaImage> image);

  const Followed &followed() const { return followed_; }
  PixelBox box() const { return {centre_, width_ * scale_, height_ * scale_}; }
  std::size_t spots() const { return spots_.size(); }
  Point spot(std::size_t i) const { return spots_[i].at; }
  // Where a point of it is expected after so many seconds.
  Point expected(const Point &at, const Similarity &camera, double seconds) const;

  // Fills its points up to `count`, on the newest picture.
  void choose_spots(const FlowPyramid &picture, std::size_t count);
  // To the next picture, on which its points are where `seen` says.
  void step(std::shared_ptr<const LumaImage> image, const Similarity &camera, double seconds,
            std::span<const std::optional<Point>> seen);
  // To a picture on which nothing can be seen.
  void guess(std::shared_ptr<const LumaImage> image, double seconds);
  void leave() { followed_.has_left = true; }

private:
  struct Spot {
    Point at;
    Point offset;    // from the centre, at scale 1
    SpotPatch looks; // round it
    double side = 0; // of that, at scale 1
  };
  struct Sight { // of it as a whole
    std::shared_ptr<const LumaImage> image;
    Point centre;
    double scale = 1;
  };
  struct Fit {
    Point centre;
    double scale = 1;
  };

  double size() const;
  PixelBox looks_box(const PixelBox &at) const;
  bool is_in_mask(const Point &at) const;
  bool is_well_in_mask(const Point &at) const;
  Rect spot_region() const;
  std::optional<Spot> spot_at(const Point &at) const;
  std::optional<Fit> fit_spots(const Point &expected, const Similarity &camera, double seconds,
                               std::span<const std::optional<Point>> seen);
  void move(const Fit &fit, const Point &carried, double seconds);
  void tell(const Point &before, double seconds);

  Followed followed_;
  std::shared_ptr<const LumaImage> image_;
  // In pixels.
  Point centre_;
  double width_ = 0; // at scale 1
  double height_ = 0;
  double scale_ = 1;
  Point own_; // a second, more than the camera
  std::vector<Spot> spots_;
  std::shared_ptr<const Mask> mask_;
  Rect mask_rect_;               // 0..1 over the place
  Rect mask_bounds_{0, 0, 1, 1}; // of what is covered; 0..1 over the place
  ObjectPatch looks_;
  double margin_ = 1;           // what is looked at, by the box
  Sight sight_;                 // the last good one
  double sight_seconds_ = 0;    // since then
  double velocity_seconds_ = 0; // during which the velocity was seen
  double clear_seconds_ = 0;    // and nothing was in front
  double unseen_seconds_ = 0;   // since it could be seen last
  bool is_clear_ = true;        // nothing speaks for something in front
};

} // namespace gemini::vision
