// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects of 12 to 150 pixels, up to 260 pixels a second, for six seconds.
#include "scenes.hpp"

#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace gemini::bench {
namespace {

constexpr double kTurn = 2 * CV_PI;

cv::Mat cut(const cv::Mat &photo, const cv::Rect &part, cv::Size size)
{
  cv::Mat picture;
  cv::resize(photo(part), picture, size, 0, 0, cv::INTER_AREA);
  return picture;
}

cv::Mat larger(const cv::Mat &photo, double scale)
{
  cv::Mat picture;
  cv::resize(photo, picture, {}, scale, scale, cv::INTER_CUBIC);
  return picture;
}

std::vector<cv::Point2d> ellipse(cv::Point2d middle, cv::Point2d radius)
{
  constexpr int kCorners = 48;
  std::vector<cv::Point2d> outline;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = kTurn * i / kCorners;
    outline.emplace_back(middle.x + radius.x * std::cos(angle),
                         middle.y + radius.y * std::sin(angle));
  }
  return outline;
}

Outlines oval(double)
{
  return {ellipse({0.5, 0.5}, {0.5, 0.5})};
}

// With bumps, so that it is not the same all round.
Outlines lump(double)
{
  constexpr int kCorners = 64;
  std::vector<cv::Point2d> outline;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = kTurn * i / kCorners;
    const double radius = 0.42 + 0.06 * std::cos(3 * angle + 0.6) + 0.02 * std::cos(5 * angle);
    outline.emplace_back(0.5 + radius * std::cos(angle), 0.5 + radius * std::sin(angle));
  }
  return {outline};
}

Outlines block(double)
{
  return {{{0, 0}, {1, 0}, {1, 1}, {0, 1}}};
}

// Head, body and two legs, which take `pace` double steps a second.
Shape walker(double pace, double phase)
{
  return [=](double seconds) {
    const double swing = 0.3 * std::sin(kTurn * (pace * seconds + phase));
    const auto leg = [](double hip, double foot) {
      return std::vector<cv::Point2d>{
          {hip - 0.13, 0.55}, {hip + 0.13, 0.55}, {foot + 0.1, 1}, {foot - 0.12, 1}};
    };
    return Outlines{ellipse({0.5, 0.1}, {0.2, 0.1}), ellipse({0.5, 0.38}, {0.36, 0.22}),
                    leg(0.42, 0.45 + swing), leg(0.58, 0.55 - swing)};
  };
}

// Straight on, being at `at` after three of the six seconds.
std::function<Pose(double)> steady(cv::Point2d at, cv::Point2d speed)
{
  return [=](double seconds) { return Pose{at + speed * (seconds - 3)}; };
}

std::function<Pose(double)> standing(cv::Point2d at)
{
  return steady(at, {});
}

// The same way, but as things do it: a seventh slower and faster by turns, and not quite straight.
std::function<Pose(double)> going(cv::Point2d at, cv::Point2d speed)
{
  return [=](double seconds) {
    const double ahead = 0.05 * std::sin(kTurn * seconds / 2.3 + at.x);
    const double aside = 0.02 * std::sin(kTurn * seconds / 3.1 + at.y);
    return Pose{at + speed * (seconds - 3 + ahead) + cv::Point2d{-speed.y, speed.x} * aside};
  };
}

// Up and down a little, as one walks.
std::function<Pose(double)> walking(cv::Point2d at, cv::Point2d speed, double pace)
{
  return [=](double seconds) {
    const cv::Point2d bob{0, std::abs(std::sin(kTurn * pace * seconds))};
    return Pose{going(at, speed)(seconds).centre - bob};
  };
}

// By a hand: about `pixels` this way and that, several times a second.
cv::Point2d shake(double seconds, double pixels)
{
  return {
      pixels * (0.6 * std::sin(kTurn * 3.1 * seconds) + 0.4 * std::sin(kTurn * 5.3 * seconds + 1)),
      pixels * (0.6 * std::sin(kTurn * 2.7 * seconds + 2) + 0.4 * std::sin(kTurn * 6.1 * seconds))};
}

// What things are made of: parts of photos with something to see in them.
class Wardrobe {
public:
  explicit Wardrobe(const Photos &photos) : photos_(photos) {}

  cv::Mat face(cv::Size size) const { return cut(photos_.astronaut, {160, 20, 140, 160}, size); }
  cv::Mat suit(cv::Size size) const { return cut(photos_.astronaut, {120, 200, 260, 300}, size); }
  cv::Mat shuttle(cv::Size size) const { return cut(photos_.astronaut, {350, 20, 150, 300}, size); }
  cv::Mat cat(cv::Size size) const { return cut(photos_.chelsea, {110, 20, 240, 240}, size); }
  cv::Mat cup(cv::Size size) const { return cut(photos_.coffee, {140, 20, 330, 300}, size); }
  cv::Mat spoon(cv::Size size) const { return cut(photos_.coffee, {400, 180, 180, 180}, size); }

  Thing walker_in(const cv::Mat &clothes, cv::Point2d at, cv::Point2d speed, double phase) const
  {
    const double pace = 0.9 + 0.1 * phase;
    return {clothes, walker(pace, phase), walking(at, speed, pace)};
  }

private:
  const Photos &photos_;
};

std::vector<Scene> camera_pans(const Photos &photos)
{
  const Wardrobe wear{photos};
  std::vector<Scene> scenes;
  // Enough things along the way that some are in the picture at any time.
  const auto along = [&wear](double step, int count) {
    const std::array<cv::Mat, 5> pictures = {wear.suit({90, 110}), wear.cat({80, 80}),
                                             wear.cup({110, 90}), wear.shuttle({60, 120}),
                                             wear.face({70, 80})};
    std::vector<Thing> things;
    for (int i = 0; i < count; ++i) {
      const double height = (i % 2 == 0 ? 90 : -90) + 15 * (i % 3);
      things.push_back({pictures[static_cast<std::size_t>(i) % pictures.size()],
                        i % 3 == 0 ? oval : lump, standing({step * i - 300, height})});
    }
    return things;
  };
  scenes.push_back({.name = "slow pan",
                    .half = Half::tuning,
                    .background = photos.street,
                    .things = along(110, 8),
                    .camera = steady({60, 0}, {60, 0})});
  scenes.push_back({.name = "pan with shake",
                    .half = Half::tuning,
                    .background = larger(photos.coffee, 1.5),
                    .things = {{wear.suit({90, 110}), lump, standing({-250, 60})},
                               {wear.cat({80, 80}), oval, standing({-60, -90})},
                               {wear.face({80, 90}), oval, standing({120, 80})},
                               {wear.shuttle({60, 120}), oval, standing({260, -60})},
                               {wear.cat({90, 80}), lump, standing({420, 60})}},
                    .camera =
                        [](double t) {
                          return Pose{cv::Point2d{100 * (t - 3), 0} + shake(t, 4)};
                        },
                    .noise = 3});
  scenes.push_back({.name = "tilt after a walker",
                    .half = Half::tuning,
                    .background = larger(photos.street, 1.2),
                    .things = {{wear.cup({120, 100}), lump, standing({60, -80})},
                               {wear.cat({80, 80}), oval, standing({-130, 100})},
                               {wear.face({80, 90}), oval, standing({200, 160})},
                               wear.walker_in(wear.suit({36, 90}), {0, 20}, {70, 30}, 0.2)},
                    .camera = steady({0, 20}, {60, 40})});
  scenes.push_back({.name = "fast pan",
                    .half = Half::report,
                    .background = photos.street,
                    .things = along(105, 12),
                    .camera = steady({200, 0}, {160, 0}),
                    .exposures = 4});
  scenes.push_back({.name = "hand-held",
                    .half = Half::report,
                    .background = photos.street,
                    .things = {{wear.cup({110, 90}), oval, standing({-200, -70})},
                               {wear.suit({90, 120}), lump, standing({-20, 70})},
                               {wear.shuttle({60, 110}), lump, standing({150, -60})},
                               {wear.cat({80, 70}), oval, standing({300, 80})}},
                    .camera =
                        [](double t) {
                          return Pose{cv::Point2d{80 * (t - 3), 15 * (t - 3)} + shake(t, 6), 1,
                                      2 * std::sin(kTurn * 0.4 * t)};
                        },
                    .noise = 4});
  scenes.push_back({.name = "pan and zoom",
                    .half = Half::report,
                    .background = larger(photos.astronaut, 2),
                    .things = {{wear.cup({100, 90}), lump, standing({-150, -60})},
                               {wear.cat({70, 70}), oval, standing({40, 80})},
                               {wear.spoon({80, 80}), lump, standing({170, -70})},
                               wear.walker_in(wear.cup({34, 84}), {90, 10}, {50, 0}, 0.7)},
                    .camera = [](double t) {
                      return Pose{{60 * (t - 3), 0}, 1 + 0.06 * t};
                    }});
  for (Scene &scene : scenes)
    scene.group = Group::camera_pan;
  return scenes;
}

std::vector<Scene> open_scenes(const Photos &photos)
{
  const Wardrobe wear{photos};
  std::vector<Scene> scenes;
  scenes.push_back({.name = "straight on",
                    .half = Half::tuning,
                    .background = photos.street,
                    .things = {{wear.cat({100, 90}), oval, going({0, -130}, {90, 0})},
                               {wear.cup({120, 100}), lump, going({20, 0}, {-60, 10})},
                               {wear.suit({80, 110}), lump, going({-40, 140}, {45, -5})}}});
  scenes.push_back(
      {.name = "nearer and farther",
       .half = Half::tuning,
       .background = larger(photos.coffee, 1.4),
       .things = {{wear.suit({120, 150}), lump,
                   [](double t) {
                     return Pose{{-180 + 10 * t, -20}, 0.6 + 0.08 * t};
                   }},
                  {wear.cat({130, 120}), oval,
                   [](double t) {
                     return Pose{{20 + 8 * t, 90}, 1 - 0.07 * t};
                   }},
                  {wear.face({110, 120}), oval, [](double t) {
                     return Pose{{200, -110 + 12 * t}, 0.8 + 0.2 * std::sin(kTurn * t / 5)};
                   }}}});
  scenes.push_back({.name = "small walkers",
                    .half = Half::tuning,
                    .background = photos.street,
                    .things = {wear.walker_in(wear.suit({12, 30}), {-80, -90}, {34, 4}, 0.1),
                               wear.walker_in(wear.shuttle({12, 30}), {60, -50}, {-30, 6}, 0.5),
                               wear.walker_in(wear.face({13, 32}), {-150, 20}, {40, 0}, 0.3),
                               wear.walker_in(wear.cup({14, 34}), {130, 70}, {-44, 2}, 0.8),
                               wear.walker_in(wear.cat({14, 36}), {0, 140}, {50, -4}, 0.6)},
                    .noise = 3});
  scenes.push_back(
      {.name = "turning",
       .half = Half::report,
       .background = photos.street,
       .things = {{wear.cup({120, 90}), oval,
                   [](double t) {
                     return Pose{{-170 + 20 * t, -100}, 1, 20 * std::sin(kTurn * t / 4)};
                   }},
                  {wear.suit({90, 120}), lump,
                   [](double t) {
                     return Pose{{100 * std::cos(kTurn * t / 9), 70 + 60 * std::sin(kTurn * t / 9)},
                                 1,
                                 8 * t - 24};
                   }},
                  {wear.cat({90, 90}), lump, [](double t) {
                     return Pose{{230 - 25 * t, -60 + 8 * t}, 1, 12 * t};
                   }}}});
  scenes.push_back({.name = "coming and leaving",
                    .half = Half::report,
                    .background = larger(photos.coffee, 1.4),
                    .things = {{wear.cat({100, 100}), oval, going({250, -120}, {70, 0})},
                               {wear.suit({100, 130}), lump, going({-230, 0}, {80, 5})},
                               {wear.face({90, 100}), oval, going({120, 110}, {-75, 25})},
                               {wear.shuttle({60, 120}), oval, going({60, -170}, {20, 60})}}});
  scenes.push_back({.name = "walkers out of focus",
                    .half = Half::report,
                    .background = photos.street,
                    .things = {wear.walker_in(wear.cup({14, 35}), {-120, -110}, {40, 5}, 0.4),
                               wear.walker_in(wear.suit({15, 36}), {90, -60}, {-38, 4}, 0.9),
                               wear.walker_in(wear.cat({16, 40}), {-60, 10}, {52, 0}, 0.2),
                               wear.walker_in(wear.shuttle({22, 56}), {140, 90}, {-60, 5}, 0.7),
                               wear.walker_in(wear.face({26, 64}), {-150, 170}, {64, -6}, 0.0)},
                    .size = {768, 576},
                    .noise = 4,
                    .blur = 1.1});
  for (Scene &scene : scenes)
    scene.group = Group::open_scene;
  return scenes;
}

std::vector<Scene> occlusions(const Photos &photos)
{
  const Wardrobe wear{photos};
  std::vector<Scene> scenes;
  const auto pillar = [](const cv::Mat &picture, double x) {
    return Thing{picture, block, standing({x, 0}), false};
  };
  scenes.push_back({.name = "behind a pillar",
                    .half = Half::tuning,
                    .background = photos.street,
                    .things = {{wear.suit({70, 100}), lump, going({0, -100}, {70, 0})},
                               wear.walker_in(wear.cat({40, 100}), {10, 30}, {-60, 0}, 0.3),
                               {wear.face({70, 80}), oval, going({-60, 150}, {50, 0})},
                               pillar(cut(photos.coffee, {0, 0, 60, 400}, {44, 480}), 20)}});
  scenes.push_back({.name = "crossing",
                    .half = Half::tuning,
                    .background = larger(photos.coffee, 1.4),
                    .things = {{wear.cat({80, 80}), oval, going({10, -110}, {60, 0})},
                               {wear.suit({90, 100}), lump, going({-10, -95}, {-60, 0})},
                               wear.walker_in(wear.shuttle({44, 110}), {40, 100}, {45, 0}, 0.1),
                               wear.walker_in(wear.face({44, 116}), {20, 110}, {-40, 0}, 0.6)}});
  scenes.push_back({.name = "passing slowly",
                    .half = Half::tuning,
                    .background = photos.street,
                    .things = {wear.walker_in(wear.suit({36, 90}), {-30, -60}, {30, 0}, 0.2),
                               wear.walker_in(wear.cup({38, 94}), {-10, -50}, {-15, 0}, 0.7),
                               {wear.cat({90, 80}), oval, standing({120, 110})},
                               {wear.face({80, 90}), oval, going({110, 100}, {-45, 0})}},
                    .noise = 3});
  scenes.push_back({.name = "between pillars",
                    .half = Half::report,
                    .background = larger(photos.chelsea, 2.2),
                    .things = {wear.walker_in(wear.suit({40, 100}), {-20, -110}, {64, 0}, 0.5),
                               {wear.cup({90, 80}), lump, going({20, 20}, {-66, 4})},
                               wear.walker_in(wear.shuttle({42, 106}), {-60, 130}, {55, -4}, 0.0),
                               pillar(cut(photos.astronaut, {0, 0, 60, 512}, {40, 480}), -110),
                               pillar(cut(photos.astronaut, {440, 0, 60, 512}, {36, 480}), 100)}});
  scenes.push_back({.name = "three ways",
                    .half = Half::report,
                    .background = photos.street,
                    .things = {{wear.cat({80, 90}), lump, going({0, 0}, {55, 20})},
                               {wear.cup({90, 80}), oval, going({10, 10}, {-60, 15})},
                               {wear.suit({80, 100}), oval, going({0, -10}, {10, -55})}}});
  scenes.push_back({.name = "walkers alike",
                    .half = Half::report,
                    .background = photos.street,
                    .things = {wear.walker_in(wear.suit({26, 64}), {-40, -100}, {40, 0}, 0.1),
                               wear.walker_in(wear.suit({28, 68}), {-30, -94}, {-34, 0}, 0.6),
                               wear.walker_in(wear.face({30, 76}), {50, 20}, {52, 3}, 0.3),
                               wear.walker_in(wear.face({32, 80}), {60, 30}, {-46, 0}, 0.9),
                               wear.walker_in(wear.cat({36, 90}), {-20, 150}, {60, 0}, 0.4),
                               wear.walker_in(wear.suit({38, 96}), {20, 160}, {18, 0}, 0.8)},
                    .size = {768, 576},
                    .noise = 3});
  for (Scene &scene : scenes)
    scene.group = Group::occlusion;
  return scenes;
}

} // namespace

std::vector<Scene> make_scenes(const Photos &photos)
{
  std::vector<Scene> scenes = camera_pans(photos);
  for (const auto &more : {open_scenes(photos), occlusions(photos)})
    scenes.insert(scenes.end(), more.begin(), more.end());
  return scenes;
}

} // namespace gemini::bench
