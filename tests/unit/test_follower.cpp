// SPDX-License-Identifier: LGPL-2.1-or-later
// Textured objects over a textured background, moved by known motions, are followed.
#include "vision/follower.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::vision;
using namespace std::chrono_literals;

namespace {

constexpr int kWidth = 480;
constexpr int kHeight = 270;
constexpr auto kStep = 40ms;

double hash(int x, int y, unsigned seed)
{
  auto n = static_cast<std::uint32_t>(x) * 374761393U + static_cast<std::uint32_t>(y) * 668265263U +
           seed * 2246822519U;
  n = (n ^ (n >> 13)) * 1274126177U;
  return ((n ^ (n >> 16)) & 0xffff) / 65535.0;
}

// Smooth blobs of about `grain` pixels, 0..1.
double blobs(double x, double y, double grain, unsigned seed)
{
  x /= grain;
  y /= grain;
  const double left = std::floor(x);
  const double top = std::floor(y);
  const auto ease = [](double t) { return t * t * (3 - 2 * t); };
  const double u = ease(x - left);
  const double v = ease(y - top);
  const int i = static_cast<int>(left);
  const int j = static_cast<int>(top);
  const double upper = hash(i, j, seed) * (1 - u) + hash(i + 1, j, seed) * u;
  const double lower = hash(i, j + 1, seed) * (1 - u) + hash(i + 1, j + 1, seed) * u;
  return upper * (1 - v) + lower * v;
}

// Texture without an end: a sheet that repeats.
class Sheet {
public:
  explicit Sheet(unsigned seed) : pixels_(std::size_t{kSide} * kSide)
  {
    for (int y = 0; y < kSide; ++y)
      for (int x = 0; x < kSide; ++x)
        at(x, y) =
            static_cast<float>(40 + 110 * blobs(x, y, 17, seed) + 60 * blobs(x, y, 6, seed + 1));
  }
  double operator()(double x, double y)
  {
    const double left = std::floor(x);
    const double top = std::floor(y);
    const int i = static_cast<int>(left);
    const int j = static_cast<int>(top);
    const auto u = static_cast<float>(x - left);
    const auto v = static_cast<float>(y - top);
    const float upper = at(i, j) * (1 - u) + at(i + 1, j) * u;
    const float lower = at(i, j + 1) * (1 - u) + at(i + 1, j + 1) * u;
    return upper * (1 - v) + lower * v;
  }

private:
  static constexpr int kSide = 1024;
  float &at(int x, int y)
  {
    constexpr unsigned kMask = kSide - 1;
    return pixels_[(static_cast<unsigned>(y) & kMask) * kSide + (static_cast<unsigned>(x) & kMask)];
  }
  std::vector<float> pixels_;
};

double texture(double x, double y, unsigned seed)
{
  static std::map<unsigned, Sheet> sheets;
  static unsigned last = 0;
  static Sheet *sheet = nullptr;
  if (!sheet || seed != last) {
    sheet = &sheets.try_emplace(seed, seed).first->second;
    last = seed;
  }
  return (*sheet)(x, y);
}

// A rectangle of texture, in pixels. What is later in the list is in front.
struct Thing {
  double x = 0; // centre
  double y = 0;
  double w = 60;
  double h = 60;
  unsigned seed = 7;
  double scale = 1;
  double grey = -1; // without texture

  Rect place() const
  {
    return {(x - w * scale / 2) / kWidth, (y - h * scale / 2) / kHeight, w * scale / kWidth,
            h * scale / kHeight};
  }
};

struct Camera {
  double x = 0;
  double y = 0;
  double scale = 1; // about the middle
};

struct Picture {
  Camera camera = {};
  std::vector<Thing> things = {}; // where they are seen
  double noise = 0;
  double background_grey = -1;
};

std::shared_ptr<const LumaImage> draw(const Picture &picture, unsigned noise_seed = 1)
{
  auto image = std::make_shared<LumaImage>();
  image->width = kWidth;
  image->height = kHeight;
  image->pixels.reserve(std::size_t{kWidth} * kHeight);
  for (int j = 0; j < kHeight; ++j)
    for (int i = 0; i < kWidth; ++i) {
      const double px = i + 0.5;
      const double py = j + 0.5;
      double value = picture.background_grey;
      if (value < 0)
        value = texture((px - kWidth / 2.0) / picture.camera.scale - picture.camera.x,
                        (py - kHeight / 2.0) / picture.camera.scale - picture.camera.y, 1);
      for (const Thing &thing : picture.things) {
        const double x = (px - thing.x) / thing.scale;
        const double y = (py - thing.y) / thing.scale;
        // Edges as soft as a pixel.
        const double inside = std::clamp(
            std::min(thing.w / 2 - std::abs(x), thing.h / 2 - std::abs(y)) * thing.scale + 0.5, 0.0,
            1.0);
        if (inside > 0) {
          const double own = thing.grey >= 0 ? thing.grey : texture(x + 500, y + 500, thing.seed);
          value += (own - value) * inside;
        }
      }
      if (picture.noise > 0)
        value += (hash(i, j, noise_seed) + hash(i, j, noise_seed + 9999) - 1) * 2.4 * picture.noise;
      image->pixels.push_back(static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0)));
    }
  return image;
}

// What is seen after so many seconds.
using Film = std::function<Picture(double seconds)>;

struct Course {
  std::vector<Followed> last; // of each thing, in order
  std::vector<std::vector<Followed>> all;
  Picture picture; // the last
};

struct Run {
  double seconds = 2;
  std::chrono::nanoseconds step = kStep;
  double begin = 0;
  std::size_t followed = 1; // the first so many things
};

Course follow(const Film &film, const Run &run = {})
{
  const double step = std::chrono::duration<double>(run.step).count();
  const auto picture_at = [&](int i) { return film(run.begin + i * step); };
  const auto base = std::chrono::nanoseconds(std::int64_t(1e12));
  Picture picture = picture_at(0);
  Follower follower{draw(picture), base};
  std::vector<std::uint64_t> handles;
  for (std::size_t i = 0; i < run.followed; ++i)
    handles.push_back(follower.add({.place = picture.things[i].place()}));
  Course course;
  const int steps = static_cast<int>(std::lround(std::abs(run.seconds / step)));
  for (int i = 1; i <= steps; ++i) {
    picture = picture_at(i);
    follower.step(draw(picture, static_cast<unsigned>(i + 1)), base + i * run.step);
    course.last.clear();
    for (const std::uint64_t handle : handles)
      course.last.push_back(follower.at(handle));
    course.all.push_back(course.last);
  }
  course.picture = picture;
  return course;
}

double score(const Course &course, std::size_t i = 0)
{
  return iou(course.last[i].place, course.picture.things[i].place());
}

void check_score(const Course &course, double least, std::size_t i = 0)
{
  const double is = score(course, i);
  const Rect &p = course.last[i].place;
  const Rect t = course.picture.things[i].place();
  fail_unless(is >= least, "%zu: IoU %.3f, place %.3f %.3f %.3f %.3f, truth %.3f %.3f %.3f %.3f", i,
              is, p.x, p.y, p.w, p.h, t.x, t.y, t.w, t.h);
}

Film moving(double dx, double dy, double size = 60)
{
  return [=](double t) {
    return Picture{.things = {{.x = 200 + dx * t, .y = 130 + dy * t, .w = size, .h = size}}};
  };
}

// From about 0.9 to 2.1 s.
Picture behind_a_pillar(double t)
{
  return {.things = {{.x = 60 + 60 * t, .y = 130, .w = 40, .h = 50},
                     {.x = 150, .y = 135, .w = 56, .h = 270, .seed = 40}},
          .noise = 2};
}

} // namespace

GST_START_TEST(what_moves_is_followed)
{
  for (const double speed : {0.0, 20.0, 60.0})
    for (const auto step : {33ms, 80ms, 160ms}) {
      const Course course = follow(moving(speed, -speed / 3), {.seconds = 2, .step = step});
      check_score(course, 0.93);
      fail_unless(!course.last[0].is_hidden && !course.last[0].has_left);
      fail_unless(std::abs(course.last[0].velocity.x - speed / kWidth) < 0.02, "%.3f",
                  course.last[0].velocity.x);
    }
}
GST_END_TEST

GST_START_TEST(what_moves_is_followed_backwards_in_time)
{
  const Course course = follow(moving(50, 10), {.seconds = 2, .step = -80ms, .begin = 3});
  check_score(course, 0.93);
  fail_unless(std::abs(course.last[0].velocity.x - 50.0 / kWidth) < 0.01, "%.3f",
              course.last[0].velocity.x);
}
GST_END_TEST

GST_START_TEST(the_camera_pans_and_shakes)
{
  const Film film = [](double t) {
    const double x = 40 * t + 3 * std::sin(t * 40);
    const double y = 3 * std::sin(t * 53);
    return Picture{.camera = {.x = x, .y = y},
                   .things = {{.x = 120 + x, .y = 100 + y},
                              {.x = 200 + x + 20 * t, .y = 200 + y, .w = 30, .h = 50, .seed = 20}},
                   .noise = 3};
  };
  const Course course = follow(film, {.seconds = 3, .followed = 2});
  check_score(course, 0.92);
  check_score(course, 0.85, 1);
}
GST_END_TEST

GST_START_TEST(what_comes_nearer_grows)
{
  const Film film = [](double t) {
    return Picture{.things = {{.x = 240 + 10 * t, .y = 130, .scale = 1 + 0.2 * t}}};
  };
  check_score(follow(film, {.seconds = 3}), 0.9);
  check_score(follow(film, {.seconds = 3, .step = -40ms, .begin = 3}), 0.9);
}
GST_END_TEST

GST_START_TEST(the_camera_zooms)
{
  const Film film = [](double t) {
    const double scale = 1 + 0.15 * t;
    return Picture{
        .camera = {.scale = scale},
        .things = {
            {.x = 240 + 40 * scale, .y = 135 - 20 * scale, .w = 24, .h = 40, .scale = scale}}};
  };
  check_score(follow(film, {.seconds = 3}), 0.85);
}
GST_END_TEST

GST_START_TEST(noise_does_not_shrink_small_ones)
{
  const Film film = [](double t) {
    return Picture{.things = {{.x = 100 + 15 * t, .y = 100, .w = 14, .h = 30}}, .noise = 5};
  };
  const Course course = follow(film, {.seconds = 4});
  check_score(course, 0.7);
  const double ratio = course.last[0].place.h * kHeight / 30;
  fail_unless(ratio > 0.9 && ratio < 1.1, "%.3f", ratio);
}
GST_END_TEST

GST_START_TEST(what_is_hidden_goes_on_and_is_found_again)
{
  Course course = follow(behind_a_pillar, {.seconds = 3});
  check_score(course, 0.8);
  fail_unless(!course.last[0].is_hidden);
  const bool was_hidden = std::any_of(course.all.begin(), course.all.end(),
                                      [](const auto &all) { return all[0].is_hidden; });
  fail_unless(was_hidden);
  course = follow(behind_a_pillar, {.seconds = 1.5});
  check_score(course, 0.5);
  fail_unless(course.last[0].is_hidden);
}
GST_END_TEST

GST_START_TEST(two_that_cross_keep_apart)
{
  const Film film = [](double t) {
    return Picture{.things = {{.x = 120 + 60 * t, .y = 130, .w = 30, .h = 60, .seed = 5},
                              {.x = 280 - 60 * t, .y = 140, .w = 30, .h = 60, .seed = 15}},
                   .noise = 2};
  };
  const Course course = follow(film, {.seconds = 2.6, .followed = 2});
  check_score(course, 0.6, 0);
  check_score(course, 0.8, 1);
}
GST_END_TEST

GST_START_TEST(what_leaves_has_left)
{
  for (const auto &[dx, dy] : {std::pair{-1.0, 0.0}, {1.0, 0.0}, {0.0, -1.0}, {0.0, 1.0}}) {
    const double sx = dx;
    const double sy = dy;
    const Film film = [sx, sy](double t) {
      return Picture{.things = {{.x = 240 + sx * (150 + 70 * t), .y = 135 + sy * (55 + 70 * t)}}};
    };
    const Course partly = follow(film, {.seconds = sx != 0 ? 1.2 : 1.1});
    check_score(partly, 0.8);
    fail_unless(!partly.last[0].has_left);
    const Course course = follow(film, {.seconds = 2.6});
    fail_unless(course.last[0].has_left, "%g %g: %.3f %.3f", sx, sy, course.last[0].place.x,
                course.last[0].place.y);
  }
}
GST_END_TEST

GST_START_TEST(what_has_no_texture_is_followed_all_the_same)
{
  const Film film = [](double t) {
    return Picture{.things = {{.x = 140 + 30 * t, .y = 130, .grey = 250}}};
  };
  check_score(follow(film), 0.7);
  const Film panned = [](double t) {
    return Picture{.camera = {.x = 40 * t}, .things = {{.x = 140 + 40 * t, .y = 130, .grey = 100}}};
  };
  check_score(follow(panned), 0.8);
}
GST_END_TEST

GST_START_TEST(tiny_ones_are_followed)
{
  const Film film = [](double t) {
    return Picture{.things = {{.x = 140 + 10 * t, .y = 130, .w = 4, .h = 4, .grey = 255}},
                   .background_grey = 60};
  };
  check_score(follow(film), 0.4);
}
GST_END_TEST

GST_START_TEST(an_empty_picture_changes_nothing)
{
  const Film film = [](double) {
    return Picture{.things = {{.x = 140, .y = 130, .grey = 60}}, .background_grey = 60};
  };
  const Course course = follow(film);
  check_score(course, 0.99);
  fail_unless(course.last[0].confidence < 1 && course.last[0].confidence > 0);
}
GST_END_TEST

GST_START_TEST(confidence_falls_and_never_rises)
{
  const Course course = follow(behind_a_pillar, {.seconds = 3});
  double last = 1;
  for (const auto &all : course.all) {
    fail_unless(all[0].confidence < last && all[0].confidence > 0);
    last = all[0].confidence;
  }
}
GST_END_TEST

GST_START_TEST(what_is_hidden_is_less_sure)
{
  const Course hidden = follow(behind_a_pillar, {.seconds = 3});
  const Course easy = follow(moving(60, 0), {.seconds = 3});
  fail_unless(easy.last[0].confidence > hidden.last[0].confidence + 0.1, "%.3f %.3f",
              easy.last[0].confidence, hidden.last[0].confidence);
}
GST_END_TEST

GST_START_TEST(what_has_a_velocity_goes_on)
{
  // There is nothing to be seen.
  const auto image = draw({.background_grey = 60});
  for (const int direction : {1, -1}) {
    Follower follower{image, 10s};
    const Rect place{0.4, 0.4, 0.1, 0.2};
    const auto handle = follower.add({.place = place, .velocity = Velocity{0.2, -0.1}});
    for (int i = 1; i <= 25; ++i)
      follower.step(image, 10s + i * direction * 40ms);
    const Rect is = follower.at(handle).place;
    const Rect expected{0.4 + direction * 0.2, 0.4 - direction * 0.1, 0.1, 0.2};
    fail_unless(iou(is, expected) > 0.8, "%.3f %.3f", is.x, is.y);
    for (int i = 26; i <= 25 * 5; ++i)
      follower.step(image, 10s + i * direction * 40ms);
    fail_unless(follower.at(handle).has_left);
  }
}
GST_END_TEST

GST_START_TEST(points_are_of_the_mask)
{
  // A thin thing in a large box: what is seen round it stands still.
  const Film film = [](double t) {
    return Picture{.things = {{.x = 140 + 40 * t, .y = 130, .w = 24, .h = 24}}};
  };
  Picture picture = film(0);
  const Rect thing = picture.things[0].place();
  const Rect place{thing.x - thing.w, thing.y - thing.h, 3 * thing.w, 3 * thing.h};
  auto mask = std::make_shared<Mask>();
  mask->rect = place;
  mask->width = mask->height = 30;
  std::vector<std::uint8_t> coverage(900);
  for (std::size_t y = 10; y < 20; ++y)
    for (std::size_t x = 10; x < 20; ++x)
      coverage[y * 30 + x] = 255;
  mask->coverage = std::move(coverage);
  Follower follower{draw(picture), 0s};
  const auto handle = follower.add({.place = place, .mask = mask});
  for (int i = 1; i <= 40; ++i)
    follower.step(draw(film(i * 0.05)), i * 50ms);
  const Rect expected{place.x + 80.0 / kWidth, place.y, place.w, place.h};
  const Rect is = follower.at(handle).place;
  fail_unless(iou(is, expected) > 0.9, "%.3f %.3f %.3f %.3f", is.x, is.y, is.w, is.h);
}
GST_END_TEST

GST_START_TEST(a_picture_that_is_missing_ends_nothing)
{
  const auto image = draw({});
  for (const bool is_first : {true, false}) {
    Follower follower{is_first ? nullptr : image, 0s};
    const auto handle = follower.add({.place = {0.4, 0.4, 0.1, 0.2}, .velocity = Velocity{0.1, 0}});
    follower.step(is_first ? image : nullptr, 1s);
    fail_unless(std::fabs(follower.at(handle).place.x - 0.5) < 1e-6, "%.3f",
                follower.at(handle).place.x);
    follower.step(image, 1040ms);
    fail_if(follower.at(handle).has_left);
    follower.step(nullptr, 1080ms);
    follower.step(nullptr, 1120ms);
    fail_if(follower.at(handle).has_left);
  }
}
GST_END_TEST

GST_START_TEST(odd_places_do_no_harm)
{
  const auto image = draw({});
  Follower follower{image, 0s};
  std::vector<std::uint64_t> handles;
  for (const Rect &place : {Rect{},
                            {0.5, 0.5, 0, 0},
                            {0.5, 0.5, 0.3, 0},
                            {-3, -3, 0.1, 0.1},
                            {0.99, 0.99, 5, 5},
                            {-1, -1, 3, 3},
                            {1, 1, 0, 0},
                            {0.2, 0.2, -0.1, -0.1},
                            {0.3, 0.3, 1e-9, 1e-9},
                            {-0.05, 0.4, 0.1, 0.1}})
    handles.push_back(follower.add({.place = place}));
  for (int i = 1; i <= 10; ++i)
    follower.step(draw({.camera = {.x = 4.0 * i}}), i * 40ms);
  for (const auto handle : handles) {
    const Followed &followed = follower.at(handle);
    for (const double value : {followed.place.x, followed.place.y, followed.place.w,
                               followed.place.h, followed.velocity.x, followed.confidence})
      fail_unless(std::isfinite(value));
  }
  fail_unless(follower.at(handles[3]).has_left);
  fail_unless(!follower.at(handles[1]).has_left);
}
GST_END_TEST

GST_START_TEST(pictures_of_any_size_are_taken)
{
  for (const auto &[width, height] : {std::pair{1, 1}, {7, 300}, {300, 2}, {16, 16}, {9, 9}}) {
    const auto image = std::make_shared<LumaImage>(LumaImage{
        width, height,
        std::vector<std::uint8_t>(
            static_cast<std::size_t>(width) * static_cast<std::size_t>(height), std::uint8_t{90})});
    Follower follower{image, 0s};
    const auto handle = follower.add({.place = {0.2, 0.2, 0.5, 0.5}});
    follower.step(image, 40ms);
    follower.step(image, 80ms);
    fail_unless(iou(follower.at(handle).place, {0.2, 0.2, 0.5, 0.5}) > 0.99);
  }
}
GST_END_TEST

GST_START_TEST(a_picture_of_another_size_ends_it)
{
  Follower follower{draw({}), 0s};
  const auto handle = follower.add({.place = {0.2, 0.2, 0.5, 0.5}});
  const auto other = std::make_shared<LumaImage>(
      LumaImage{100, 100, std::vector<std::uint8_t>(10000, std::uint8_t{9})});
  follower.step(other, 40ms);
  fail_unless(follower.at(handle).has_left);
  const auto next = follower.add({.place = {0.2, 0.2, 0.5, 0.5}});
  fail_unless(next > handle);
  follower.step(other, 80ms);
  fail_unless(!follower.at(next).has_left);
  fail_unless(follower.time() == 80ms);
}
GST_END_TEST

GST_START_TEST(the_same_pictures_give_the_same_places)
{
  const Film film = [](double t) {
    return Picture{.camera = {.x = 20 * t},
                   .things = {{.x = 120 + 60 * t, .y = 130, .w = 30, .h = 60, .seed = 5},
                              {.x = 280 - 60 * t, .y = 140, .w = 30, .h = 60, .seed = 15},
                              {.x = 60, .y = 60, .w = 8, .h = 8}},
                   .noise = 4};
  };
  const Course one = follow(film, {.seconds = 1.6, .followed = 3});
  const Course two = follow(film, {.seconds = 1.6, .followed = 3});
  for (std::size_t i = 0; i < one.all.size(); ++i)
    for (std::size_t j = 0; j < 3; ++j)
      fail_unless(one.all[i][j].place == two.all[i][j].place &&
                  std::equal_to<>{}(one.all[i][j].confidence, two.all[i][j].confidence));
}
GST_END_TEST

GST_START_TEST(many_objects_are_followed)
{
  Follower follower{draw({}), 0s};
  std::vector<std::uint64_t> handles;
  for (int i = 0; i < 200; ++i)
    handles.push_back(
        follower.add({.place = {(i % 20) / 20.0, (i / 20) / 10.0, 1 / 20.0, 1 / 10.0}}));
  for (int i = 1; i <= 10; ++i)
    follower.step(draw({.camera = {.x = 2.0 * i}}), i * 40ms);
  int n_good = 0;
  for (int i = 0; i < 200; ++i) {
    const Rect expected{(i % 20) / 20.0 + 20.0 / kWidth, (i / 20) / 10.0, 1 / 20.0, 1 / 10.0};
    n_good += iou(follower.at(handles[static_cast<std::size_t>(i)]).place, expected) > 0.7 ? 1 : 0;
  }
  fail_unless(n_good >= 180, "%d", n_good);
}
GST_END_TEST

static Suite *follower_suite()
{
  Suite *suite = suite_create("follower");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, an_empty_picture_changes_nothing);
  tcase_add_test(tcase, confidence_falls_and_never_rises);
  tcase_add_test(tcase, a_picture_that_is_missing_ends_nothing);
  tcase_add_test(tcase, odd_places_do_no_harm);
  tcase_add_test(tcase, pictures_of_any_size_are_taken);
  tcase_add_test(tcase, a_picture_of_another_size_ends_it);
  tcase_add_test(tcase, the_same_pictures_give_the_same_places);
  tcase_add_test(tcase, what_has_a_velocity_goes_on);
  if (!sees_motion())
    return suite;
  tcase_add_test(tcase, what_moves_is_followed);
  tcase_add_test(tcase, what_moves_is_followed_backwards_in_time);
  tcase_add_test(tcase, the_camera_pans_and_shakes);
  tcase_add_test(tcase, what_comes_nearer_grows);
  tcase_add_test(tcase, the_camera_zooms);
  tcase_add_test(tcase, noise_does_not_shrink_small_ones);
  tcase_add_test(tcase, what_is_hidden_goes_on_and_is_found_again);
  tcase_add_test(tcase, two_that_cross_keep_apart);
  tcase_add_test(tcase, what_leaves_has_left);
  tcase_add_test(tcase, what_has_no_texture_is_followed_all_the_same);
  tcase_add_test(tcase, tiny_ones_are_followed);
  tcase_add_test(tcase, points_are_of_the_mask);
  tcase_add_test(tcase, many_objects_are_followed);
  tcase_add_test(tcase, what_is_hidden_is_less_sure);
  return suite;
}

GST_CHECK_MAIN(follower)
