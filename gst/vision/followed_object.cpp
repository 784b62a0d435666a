// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/followed_object.hpp"

#include "vision/picture_edge.hpp"
#include "vision/point_choice.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gemini::vision {

namespace {

constexpr double kInner = 0.7;     // of a place without a mask, in which its points are
constexpr double kLeastRegion = 6; // pixels: small ones have nothing but their outline
constexpr double kInset = 3;       // pixels from the edge of a mask
constexpr unsigned kCovered = 128;
constexpr double kSpotSide = 9;
constexpr int kMostChecks = 6; // of new points, a step: they take time

constexpr std::size_t kFewest = 3;      // points that tell where it is
constexpr std::size_t kScaling = 6;     // and how large it is
constexpr double kExpected = 1;         // pixels from where it should be, and
constexpr double kExpectedShare = 0.02; // of the size
constexpr double kMoves = 0.8;          // pixels a step that tell it from what stands still
constexpr double kStands = 0.35;        // of those
constexpr double kSpotLike = 0.5;       // likeness: a point that looks less like itself is lost
constexpr double kSpotSure = 0.7;       // and one that looks more like it is surely the same
constexpr double kLike = 0.45;          // to be taken for the object
constexpr double kUnsure = 0.7;         // less and points alone are not believed
constexpr double kBetter = 0.05;        // likeness that is more than theirs
constexpr double kUnlike = 0.2;         // less is something else
constexpr double kClear = 0.7;          // more and nothing is in front
constexpr double kContrast = 4;         // grey levels that make a look
constexpr double kMargin = 1.3;         // of what has too few inside: its outline
constexpr double kVelocitySeconds = 0.4;
constexpr double kUnclearShare = 0.3; // of what is seen then in the velocity
constexpr double kGoesOn = 6;         // times as long as it was seen well
constexpr double kGoesOnLeast = 0.2;
constexpr double kGoesOnMost = 4;     // seconds
constexpr double kSightSeconds = 0.4; // between two sights that new points are compared with
constexpr double kDoubt = 1.5;        // pixels: how wrong a guess may be, and
constexpr double kDoubtGrowth = 15;   // more a second
constexpr double kMostLook = 16;      // pixels

// How fast the confidence falls, by the second: always; for the share of the points that a step
// loses; while there are too few to see it move; while it is hidden.
// confidence = exp(-(sum of all that holds) * seconds)
constexpr double kFall = 0.1;
constexpr double kFallLost = 0.5;
constexpr double kFallBlind = 0.5;
constexpr double kFallHidden = 1;

bool is_off_picture(const Rect &place)
{
  return share_on_picture(place) <= kLeastOnPicture;
}

Rect covered(const Mask &mask)
{
  int left = mask.width;
  int right = 0;
  int top = mask.height;
  int bottom = 0;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      if (mask.coverage[static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) +
                        static_cast<std::size_t>(x)] >= kCovered) {
        left = std::min(left, x);
        right = std::max(right, x + 1);
        top = std::min(top, y);
        bottom = std::max(bottom, y + 1);
      }
  if (left >= right)
    return {};
  return {static_cast<double>(left) / mask.width, static_cast<double>(top) / mask.height,
          static_cast<double>(right - left) / mask.width,
          static_cast<double>(bottom - top) / mask.height};
}

} // namespace

FollowedObject::FollowedObject(const Seed &seed, std::shared_ptr<const LumaImage> image)
    : image_(std::move(image))
{
  const Rect &place = seed.place;
  followed_.place = place;
  followed_.has_left = is_off_picture(place);
  width_ = std::max(0.0, place.w * image_->width);
  height_ = std::max(0.0, place.h * image_->height);
  centre_ = {(place.x + place.w / 2) * image_->width, (place.y + place.h / 2) * image_->height};
  if (seed.velocity) {
    followed_.velocity = *seed.velocity;
    own_ = {seed.velocity->x * image_->width, seed.velocity->y * image_->height};
    clear_seconds_ = 1;
  }
  if (seed.mask && seed.mask->rect.area() > 0 && place.area() > 0)
    if (const Rect bounds = covered(*seed.mask); bounds.area() > 0) {
      mask_ = seed.mask;
      mask_rect_ = {(mask_->rect.x - place.x) / place.w, (mask_->rect.y - place.y) / place.h,
                    mask_->rect.w / place.w, mask_->rect.h / place.h};
      mask_bounds_ = {mask_rect_.x + bounds.x * mask_rect_.w,
                      mask_rect_.y + bounds.y * mask_rect_.h, bounds.w * mask_rect_.w,
                      bounds.h * mask_rect_.h};
    }
  looks_ = patch_of<ObjectPatch::kSide>(*image_, looks_box(box()));
  if (looks_.contrast < kContrast) {
    margin_ = kMargin;
    looks_ = patch_of<ObjectPatch::kSide>(*image_, looks_box(box()));
  }
  sight_ = {image_, centre_, scale_};
}

// What of the box is looked at.
PixelBox FollowedObject::looks_box(const PixelBox &at) const
{
  return {{at.centre.x + (mask_bounds_.x + mask_bounds_.w / 2 - 0.5) * at.width,
           at.centre.y + (mask_bounds_.y + mask_bounds_.h / 2 - 0.5) * at.height},
          at.width * mask_bounds_.w * margin_,
          at.height * mask_bounds_.h * margin_};
}

double FollowedObject::size() const
{
  return std::max(width_, height_) * scale_;
}

Point FollowedObject::expected(const Point &at, const Similarity &camera, double seconds) const
{
  const Point carried = camera(at);
  return {carried.x + own_.x * seconds, carried.y + own_.y * seconds};
}

bool FollowedObject::is_in_mask(const Point &at) const
{
  if (!mask_)
    return true;
  const double x = (at.x - centre_.x) / (width_ * scale_) + 0.5;
  const double y = (at.y - centre_.y) / (height_ * scale_) + 0.5;
  const double u = (x - mask_rect_.x) / mask_rect_.w;
  const double v = (y - mask_rect_.y) / mask_rect_.h;
  if (!(u >= 0 && v >= 0 && u < 1 && v < 1))
    return false;
  const auto column = static_cast<std::size_t>(u * mask_->width);
  const auto row = static_cast<std::size_t>(v * mask_->height);
  return mask_->coverage[row * static_cast<std::size_t>(mask_->width) + column] >= kCovered;
}

// Not at its edge, which goes along with what is behind.
bool FollowedObject::is_well_in_mask(const Point &at) const
{
  if (!mask_)
    return true;
  const Rect region = spot_region();
  const double inset = std::min(kInset, std::min(region.w, region.h) / 8);
  return is_in_mask({at.x - inset, at.y - inset}) && is_in_mask({at.x + inset, at.y - inset}) &&
         is_in_mask({at.x - inset, at.y + inset}) && is_in_mask({at.x + inset, at.y + inset});
}

Rect FollowedObject::spot_region() const
{
  const PixelBox at = box();
  if (mask_)
    return {at.centre.x + (mask_bounds_.x - 0.5) * at.width,
            at.centre.y + (mask_bounds_.y - 0.5) * at.height, mask_bounds_.w * at.width,
            mask_bounds_.h * at.height};
  const double width = std::max(at.width * kInner, std::min(at.width + 4, kLeastRegion));
  const double height = std::max(at.height * kInner, std::min(at.height + 4, kLeastRegion));
  return {at.centre.x - width / 2, at.centre.y - height / 2, width, height};
}

// A new point, if it is of the object: it was there too when that was last seen well.
std::optional<FollowedObject::Spot> FollowedObject::spot_at(const Point &at) const
{
  Spot spot;
  spot.at = at;
  spot.offset = {(at.x - centre_.x) / scale_, (at.y - centre_.y) / scale_};
  spot.side = kSpotSide / scale_;
  spot.looks = patch_of<SpotPatch::kSide>(*image_, {at, kSpotSide, kSpotSide});
  if (sight_.image == image_)
    return spot;
  const Point then{sight_.centre.x + spot.offset.x * sight_.scale,
                   sight_.centre.y + spot.offset.y * sight_.scale};
  const double side = spot.side * sight_.scale;
  const Sighting sighting = look_for(spot.looks, *sight_.image, {then, side, side}, 2, 4);
  if (sighting.likeness >= kSpotSure) {
    spot.offset = {(sighting.centre.x - sight_.centre.x) / sight_.scale,
                   (sighting.centre.y - sight_.centre.y) / sight_.scale};
    return spot;
  }
  if (is_clear_)
    return spot;
  return std::nullopt;
}

void FollowedObject::choose_spots(const FlowPyramid &picture, std::size_t count)
{
  if (followed_.has_left || followed_.is_hidden || spots_.size() * 10 >= count * 8)
    return;
  const Rect region = spot_region();
  const double spacing = std::max(2.0, 0.6 * std::sqrt(region.area() / static_cast<double>(count)));
  const auto is_free = [&](const Point &at) {
    return std::none_of(spots_.begin(), spots_.end(), [&](const Spot &spot) {
      return std::hypot(spot.at.x - at.x, spot.at.y - at.y) < spacing;
    });
  };
  int checks = 0;
  for (const Point &at :
       choose_points(picture, region, count + count / 3,
                     [&](const Point &candidate) { return is_well_in_mask(candidate); })) {
    if (spots_.size() >= count || checks >= kMostChecks)
      return;
    if (!is_free(at))
      continue;
    checks += sight_.image == image_ ? 0 : 1;
    if (auto spot = spot_at(at))
      spots_.push_back(*std::move(spot));
  }
}

std::optional<FollowedObject::Fit>
FollowedObject::fit_spots(const Point &expected, const Similarity &camera, double seconds,
                          std::span<const std::optional<Point>> seen)
{
  const double usual_scale = scale_ * camera.scale();
  const double moves = std::hypot(own_.x, own_.y) * std::abs(seconds);
  std::vector<Spot> kept;
  std::vector<Anchored> anchored;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i])
      continue;
    Spot spot = spots_[i];
    spot.at = *seen[i];
    const double side = spot.side * usual_scale;
    const auto now = patch_of<SpotPatch::kSide>(*image_, {spot.at, side, side});
    const double is_like = likeness(spot.looks, now);
    if (is_like < kSpotLike)
      continue;
    // What stands still where it moves is in front of it, as a rule.
    const Point carried = camera(spots_[i].at);
    const double strays = std::hypot(spot.at.x - carried.x, spot.at.y - carried.y);
    if (!is_clear_ && moves > kMoves && strays < kStands * moves)
      continue;
    if (is_like > kSpotSure)
      blend(spot.looks, now, 0.1);
    kept.push_back(spot);
  }
  // What comes in front takes points with it, in the end most of them.
  if (!is_clear_) {
    const auto is_as_expected = [&](const Spot &spot) {
      return std::hypot(spot.at.x - usual_scale * spot.offset.x - expected.x,
                        spot.at.y - usual_scale * spot.offset.y - expected.y) <=
             kExpected + kExpectedShare * size();
    };
    const auto n = std::count_if(kept.begin(), kept.end(), is_as_expected);
    if (n >= static_cast<std::ptrdiff_t>(kFewest) && n * 4 >= std::ssize(kept))
      std::erase_if(kept, [&](const Spot &spot) { return !is_as_expected(spot); });
  }
  for (const Spot &spot : kept)
    anchored.push_back({spot.offset, spot.at});
  spots_.clear();
  if (kept.size() < kFewest)
    return std::nullopt;
  const BoxFit fit = fit_box(anchored, usual_scale, is_clear_ && kept.size() >= kScaling);
  const double slipped = std::clamp(3 * fit.scatter + 0.5, 1.5, 2 + 0.1 * size());
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (fit.distance[i] <= slipped)
      spots_.push_back(kept[i]);
  if (spots_.size() < kFewest) {
    spots_.clear();
    return std::nullopt;
  }
  return Fit{fit.centre, fit.scale};
}

void FollowedObject::move(const Fit &fit, const Point &carried, double seconds)
{
  if (seconds != 0) {
    const double passed = std::abs(seconds);
    velocity_seconds_ += passed;
    clear_seconds_ += is_clear_ ? passed : 0;
    const double share =
        std::max((is_clear_ ? 1 : kUnclearShare) * (1 - std::exp(-passed / kVelocitySeconds)),
                 passed / velocity_seconds_);
    own_.x += ((fit.centre.x - carried.x) / seconds - own_.x) * share;
    own_.y += ((fit.centre.y - carried.y) / seconds - own_.y) * share;
  }
  centre_ = fit.centre;
  scale_ = std::clamp(fit.scale, 0.05, 20.0);
}

void FollowedObject::step(std::shared_ptr<const LumaImage> image, const Similarity &camera,
                          double seconds, std::span<const std::optional<Point>> seen)
{
  image_ = std::move(image);
  const Point before = centre_;
  const Point carried = camera(centre_);
  const double passed = std::abs(seconds);
  const auto had = static_cast<double>(spots_.size());
  PixelBox guess = box();
  guess.centre = expected(centre_, camera, seconds);
  guess.width *= camera.scale();
  guess.height *= camera.scale();
  const bool has_looks = looks_.contrast > kContrast && guess.width >= 4 && guess.height >= 4;

  std::optional<Fit> fit = fit_spots(guess.centre, camera, seconds, seen);
  const auto likeness_at = [&](const Fit &at) {
    return likeness(looks_,
                    patch_of<ObjectPatch::kSide>(
                        *image_, looks_box({at.centre, width_ * at.scale, height_ * at.scale})));
  };
  double is_like = fit ? likeness_at(*fit) : 0;
  // Where it looks most like itself; of use where the points may have gone over to something else.
  std::optional<Sighting> sighting;
  if (has_looks && (!fit || is_like < kUnsure)) {
    const double doubt = kDoubt + kDoubtGrowth * (passed + unseen_seconds_);
    const PixelBox around = looks_box(guess);
    sighting = look_for(looks_, *image_, around, std::min(kMostLook, 2 * doubt), doubt);
    sighting->centre = {guess.centre.x + sighting->centre.x - around.centre.x,
                        guess.centre.y + sighting->centre.y - around.centre.y};
    if (fit && (is_like < kUnlike || sighting->likeness > is_like + kBetter))
      fit.reset();
  }
  const double lost =
      fit ? 1 - static_cast<double>(spots_.size()) / had : 1; // share of those there were
  const bool is_blind = !fit;
  bool is_hidden = false;
  if (!fit) {
    spots_.clear();
    if (sighting) {
      is_like = sighting->likeness;
      is_hidden = is_like < kLike;
      if (!is_hidden)
        fit = Fit{sighting->centre, scale_ * camera.scale()};
    }
  }
  is_clear_ = !is_blind && lost < 0.3 && (!has_looks || is_like > kClear);
  if (fit) {
    move(*fit, carried, seconds);
  } else {
    centre_ = guess.centre;
    scale_ *= camera.scale();
    // What was seen longer goes on longer.
    const double lasts = std::clamp(kGoesOn * clear_seconds_, kGoesOnLeast, kGoesOnMost);
    if (unseen_seconds_ + passed > lasts) {
      const double left = std::exp(-passed / lasts);
      own_ = {own_.x * left, own_.y * left};
    }
  }
  followed_.is_hidden = is_hidden;
  unseen_seconds_ = fit ? 0 : unseen_seconds_ + passed;
  sight_seconds_ += passed;
  if (is_clear_) {
    blend(looks_, patch_of<ObjectPatch::kSide>(*image_, looks_box(box())),
          std::min(0.5, passed / 2));
    if (sight_seconds_ >= kSightSeconds) {
      sight_ = {image_, centre_, scale_};
      sight_seconds_ = 0;
    }
  }
  const double fall =
      kFall + kFallLost * lost + (is_blind ? kFallBlind : 0) + (is_hidden ? kFallHidden : 0);
  followed_.confidence *= std::exp(-fall * passed);
  tell(before, seconds);
}

void FollowedObject::guess(std::shared_ptr<const LumaImage> image, double seconds)
{
  image_ = std::move(image);
  const Point before = centre_;
  spots_.clear();
  centre_ = expected(centre_, {}, seconds);
  followed_.is_hidden = true;
  unseen_seconds_ += std::abs(seconds);
  followed_.confidence *= std::exp(-(kFall + kFallHidden) * std::abs(seconds));
  tell(before, seconds);
}

void FollowedObject::tell(const Point &before, double seconds)
{
  const PixelBox now = box();
  followed_.place = {(now.centre.x - now.width / 2) / image_->width,
                     (now.centre.y - now.height / 2) / image_->height, now.width / image_->width,
                     now.height / image_->height};
  if (seconds != 0) {
    const double share =
        std::max(1 - std::exp(-std::abs(seconds) / kVelocitySeconds),
                 std::min(1.0, std::abs(seconds) / std::max(velocity_seconds_, 1e-9)));
    Velocity &velocity = followed_.velocity;
    velocity.x += ((centre_.x - before.x) / image_->width / seconds - velocity.x) * share;
    velocity.y += ((centre_.y - before.y) / image_->height / seconds - velocity.y) * share;
  }
  followed_.has_left = is_off_picture(followed_.place);
}

} // namespace gemini::vision
