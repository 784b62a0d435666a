// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects that are carried to where they are now.
#include "core/moved.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

constexpr double kAspect = 16.0 / 9;
constexpr double kFov = 60;
const Rect kFrom{0.2, 0.4, 0.2, 0.4};
const Rect kTo{0.5, 0.1, 0.1, 0.6}; // half as wide, half as high again

bool is_near(double a, double b, double most = 1e-9)
{
  return std::fabs(a - b) <= most;
}

bool is_near(const Point &a, const Point &b)
{
  return is_near(a.x, b.x) && is_near(a.y, b.y);
}

bool is_near(const Rect &a, const Rect &b)
{
  return is_near(a.x, b.x) && is_near(a.y, b.y) && is_near(a.w, b.w) && is_near(a.h, b.h);
}

std::shared_ptr<const Mask> mask_in(const Rect &rect)
{
  return std::make_shared<const Mask>(Mask{rect, 2, 1, {0, 255}});
}

// Where the middle of a box in space is seen: of a box without size all edges are there.
Point seen_at(Box3d box)
{
  box.size = {};
  const Wireframe frame = project(box, kFov, kAspect);
  fail_if(frame.edges.empty());
  return frame.edges.front().from;
}

Rect round_edges(const Box3d &box)
{
  Ring ends;
  for (const Line &edge : project(box, kFov, kAspect).edges) {
    ends.push_back(edge.from);
    ends.push_back(edge.to);
  }
  return bounds_of({&ends, 1});
}

} // namespace

GST_START_TEST(box_that_is_followed_is_where_it_was_followed_to)
{
  const Object object{.id = 3, .label = "cat", .confidence = 0.5, .box = kFrom};
  const Object now = moved(object, kFrom, kTo, kAspect);
  fail_unless(now.box == kTo); // to the last bit
  fail_unless_equals_uint64(now.id, 3);
  fail_unless_equals_string(now.label.c_str(), "cat");
  fail_unless(now.confidence == 0.5);
}
GST_END_TEST

GST_START_TEST(box_beside_what_is_followed_moves_and_grows_with_it)
{
  const Object now = moved({.label = "cat", .box = Rect{0.3, 0.6, 0.1, 0.2}}, kFrom, kTo, kAspect);
  fail_unless(is_near(*now.box, {0.55, 0.4, 0.05, 0.3}));
}
GST_END_TEST

GST_START_TEST(mask_moves_with_its_object_and_shares_its_cells)
{
  const Object object{.label = "cat", .box = kFrom, .mask = mask_in({0.25, 0.5, 0.1, 0.2})};
  const Object now = moved(object, kFrom, kTo, kAspect);
  fail_unless(is_near(now.mask->rect, {0.525, 0.25, 0.05, 0.3}));
  fail_unless(now.mask->coverage.share() == object.mask->coverage.share());
  fail_unless_equals_int(now.mask->width, 2);
  fail_unless_equals_int(now.mask->height, 1);
  fail_unless(object.mask->rect == (Rect{0.25, 0.5, 0.1, 0.2}));
}
GST_END_TEST

GST_START_TEST(outline_and_point_move_with_their_object)
{
  const Object object{
      .label = "cat",
      .polygon = {{{0.2, 0.4}, {0.4, 0.4}, {0.4, 0.8}}, {{0.3, 0.6}, {0.35, 0.6}, {0.3, 0.7}}},
      .point = Point{0.3, 0.6}};
  const Object now = moved(object, kFrom, kTo, kAspect);
  fail_unless_equals_uint64(now.polygon.size(), 2);
  fail_unless(is_near(now.polygon[0][0], {0.5, 0.1}) && is_near(now.polygon[0][2], {0.6, 0.7}));
  fail_unless(is_near(now.polygon[1][1], {0.575, 0.4}));
  fail_unless(is_near(*now.point, {0.55, 0.4}));
}
GST_END_TEST

GST_START_TEST(box_in_space_is_seen_where_its_object_is)
{
  const Box3d box{{-0.5, 4, 0.3}, {0.5, 0.5, 1}, {10, 20, 30}};
  const Point before = seen_at(box);
  const Rect from{before.x - 0.1, before.y - 0.2, 0.2, 0.4};
  const Rect to{0.6, 0.3, 0.4, 0.8}; // twice as large
  const Box3d now = *moved({.label = "cat", .box_3d = box}, from, to, kAspect).box_3d;
  fail_unless(is_near(seen_at(now), {0.8, 0.7}));
  fail_unless(is_near(now.center[1], 2));
  fail_unless(now.size == box.size && now.rotation == box.rotation);
}
GST_END_TEST

GST_START_TEST(box_in_space_looks_as_large_as_its_object_has_become)
{
  // Flat and facing the camera, so that it looks the same from everywhere.
  const Box3d box{{0.4, 5, -0.2}, {1, 0, 2}, {}};
  const Rect from = round_edges(box);
  const Rect to{0.3, 0.05, 1.5 * from.w, 1.5 * from.h};
  const Box3d now = *moved({.label = "cat", .box_3d = box}, from, to, kAspect).box_3d;
  fail_unless(is_near(round_edges(now), to));
}
GST_END_TEST

GST_START_TEST(box_in_space_behind_the_camera_stays)
{
  const Box3d box{{0, -1, 0}, {1, 4, 1}, {}};
  fail_unless(moved({.label = "cat", .box_3d = box}, kFrom, kTo, kAspect).box_3d == box);
  const Box3d before{{0, 1, 0}, {1, 1, 1}, {}};
  fail_unless(moved({.label = "cat", .box_3d = before}, kFrom, {0.5, 0.5, 0, 0}, kAspect).box_3d ==
              before);
}
GST_END_TEST

GST_START_TEST(what_has_not_moved_is_the_same_to_the_last_bit)
{
  const Object object{.label = "cat",
                      .box = Rect{0.123, 0.457, 0.3, 0.1},
                      .mask = mask_in({0.1, 0.2, 0.3, 0.7}),
                      .polygon = {{{0.1, 0.3}, {0.7, 0.11}, {0.13, 0.17}}},
                      .point = Point{0.3, 0.77},
                      .box_3d = Box3d{{1, 2, 3}, {1, 1, 1}, {}}};
  const Object now = moved(object, kFrom, kFrom, kAspect);
  fail_unless(now.box == object.box && now.mask == object.mask && now.point == object.point &&
              now.polygon == object.polygon && now.box_3d == object.box_3d);
}
GST_END_TEST

GST_START_TEST(object_without_width_or_height_is_shifted_only)
{
  const Rect line{0.2, 0.4, 0, 0.2};
  const Object object{.label = "cat",
                      .box = Rect{0.15, 0.4, 0.1, 0.2},
                      .mask = mask_in(line),
                      .point = Point{0.2, 0.5}};
  const Object now = moved(object, line, {0.5, 0.5, 0.1, 0.4}, kAspect);
  fail_unless(is_near(*now.box, {0.5, 0.5, 0.1, 0.4}));
  fail_unless(is_near(*now.point, {0.55, 0.7}));
  fail_unless(now.mask->rect == (Rect{0.5, 0.5, 0.1, 0.4}));
  const Object all =
      moved({.label = "cat", .point = Point{0.3, 0.3}, .box_3d = Box3d{{0, 1, 0}, {1, 1, 1}, {}}},
            {0.3, 0.3, 0, 0}, {0.5, 0.6, 0, 0}, kAspect);
  fail_unless(is_near(*all.point, {0.5, 0.6}));
  fail_unless(is_near(seen_at(*all.box_3d), {0.7, 0.8}));
}
GST_END_TEST

GST_START_TEST(object_without_a_place_stays_as_it_is)
{
  const Object object{.id = 1, .label = "indoor", .text = "words"};
  fail_if(place_of(object, kAspect));
  const Object now = moved(object, kFrom, kTo, kAspect);
  fail_unless(!now.box && !now.mask && now.polygon.empty() && !now.point && !now.box_3d);
  fail_unless_equals_string(now.label.c_str(), "indoor");
  fail_unless(now.text == "words");
}
GST_END_TEST

GST_START_TEST(place_is_the_box_else_what_is_round_the_shape)
{
  const Rect box{0.1, 0.2, 0.3, 0.4};
  const Rect grid{0.5, 0.5, 0.25, 0.25};
  const std::vector<Ring> outline{{{0.2, 0.3}, {0.6, 0.4}, {0.3, 0.9}}};
  const Point point{0.5, 0.5};
  const Box3d space{{0.4, 5, -0.2}, {1, 2, 2}, {}};
  Object object{.label = "cat",
                .box = box,
                .mask = mask_in(grid),
                .polygon = outline,
                .point = point,
                .box_3d = space};
  fail_unless(place_of(object, kAspect) == box);
  object.box.reset();
  fail_unless(place_of(object, kAspect) == bounds_of(outline));
  object.polygon.clear();
  fail_unless(place_of(object, kAspect) == grid);
  object.mask.reset();
  fail_unless(is_near(*place_of(object, kAspect), {0.471875, 0.45, 0.05625, 0.1}));
  fail_unless(is_near(*place_of(object, 0.5), {0.45, 0.475, 0.1, 0.05}));
  object.point.reset();
  fail_unless(place_of(object, kAspect) == round_edges(space));
  object.box_3d->center[1] = -5;
  fail_if(place_of(object, kAspect));
}
GST_END_TEST

GST_START_TEST(many_objects_with_large_masks_move_in_no_time)
{
  constexpr std::size_t kCells = std::size_t{1} << 20;
  std::vector<Object> objects(25);
  for (Object &object : objects) {
    object.box = kFrom;
    object.label = "person with a long label";
    object.mask = std::make_shared<const Mask>(
        Mask{kFrom, 1024, 1024, std::vector<std::uint8_t>(kCells, 255)});
    object.polygon.assign(1, Ring(100, Point{0.3, 0.5}));
  }
  // The best of many tries, as other programs may have the processor meanwhile. A copy of the cells
  // of one mask alone takes about 50 microseconds.
  auto best = std::chrono::nanoseconds::max();
  for (int i = 0; i < 200; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    for (const Object &object : objects)
      fail_unless(moved(object, kFrom, kTo, kAspect).box == kTo);
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
  }
  GST_INFO("%zu objects moved in %" G_GINT64_FORMAT " ns", objects.size(), gint64{best.count()});
  fail_unless(best < std::chrono::milliseconds{1}, "%" G_GINT64_FORMAT " ns", gint64{best.count()});
}
GST_END_TEST

static Suite *moved_suite()
{
  Suite *suite = suite_create("moved");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, box_that_is_followed_is_where_it_was_followed_to);
  tcase_add_test(tcase, box_beside_what_is_followed_moves_and_grows_with_it);
  tcase_add_test(tcase, mask_moves_with_its_object_and_shares_its_cells);
  tcase_add_test(tcase, outline_and_point_move_with_their_object);
  tcase_add_test(tcase, box_in_space_is_seen_where_its_object_is);
  tcase_add_test(tcase, box_in_space_looks_as_large_as_its_object_has_become);
  tcase_add_test(tcase, box_in_space_behind_the_camera_stays);
  tcase_add_test(tcase, what_has_not_moved_is_the_same_to_the_last_bit);
  tcase_add_test(tcase, object_without_width_or_height_is_shifted_only);
  tcase_add_test(tcase, object_without_a_place_stays_as_it_is);
  tcase_add_test(tcase, place_is_the_box_else_what_is_round_the_shape);
  tcase_add_test(tcase, many_objects_with_large_masks_move_in_no_time);
  return suite;
}

GST_CHECK_MAIN(moved)
