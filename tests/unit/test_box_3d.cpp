// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes in space as a camera sees them. The expected numbers are computed by hand.
#include "core/box_3d.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

// With 90 degrees the focal length is half of the picture's width, which makes it easy by hand.
constexpr double kRightAngle = 90;

bool is_near(double a, double b)
{
  return std::fabs(a - b) < 1e-9;
}

bool is_near(const Point &a, const Point &b)
{
  return is_near(a.x, b.x) && is_near(a.y, b.y);
}

bool has_line(const std::vector<Line> &lines, const Point &a, const Point &b)
{
  return std::any_of(lines.begin(), lines.end(), [&](const Line &line) {
    return (is_near(line.from, a) && is_near(line.to, b)) ||
           (is_near(line.from, b) && is_near(line.to, a));
  });
}

bool has_corner(const Wireframe &wireframe, const Point &corner)
{
  return std::any_of(wireframe.edges.begin(), wireframe.edges.end(), [&](const Line &line) {
    return is_near(line.from, corner) || is_near(line.to, corner);
  });
}

bool is_empty(const Wireframe &wireframe)
{
  return wireframe.edges.empty() && wireframe.front.empty();
}

// A box 2 m straight ahead.
Wireframe turned(std::array<double, 3> size, std::array<double, 3> rotation)
{
  return project({{0, 2, 0}, size, rotation}, kRightAngle, 1);
}

} // namespace

GST_START_TEST(box_straight_ahead_is_seen_in_perspective)
{
  // The near side is 1 m away and reaches from -1 to 1 m: from border to border. The far side is
  // 3 m away.
  const Wireframe seen = project({{0, 2, 0}, {2, 2, 2}, {}}, kRightAngle, 1);
  fail_unless_equals_uint64(seen.edges.size(), 12);
  fail_unless_equals_uint64(seen.front.size(), 4);
  const double third = 0.5 / 3;
  fail_unless(has_line(seen.front, {0, 0}, {1, 0}));
  fail_unless(has_line(seen.front, {0, 1}, {1, 1}));
  fail_unless(has_line(seen.front, {0, 0}, {0, 1}));
  fail_unless(has_line(seen.front, {1, 0}, {1, 1}));
  fail_unless(has_line(seen.edges, {0.5 - third, 0.5 - third}, {0.5 + third, 0.5 - third}));
  fail_unless(has_line(seen.edges, {0, 0}, {0.5 - third, 0.5 - third}));
  fail_unless(has_line(seen.edges, {1, 1}, {0.5 + third, 0.5 + third}));
}
GST_END_TEST

GST_START_TEST(right_is_right_and_up_is_up)
{
  // A speck 1 m to the right, 0.5 m up, 2 m ahead.
  const Wireframe seen = project({{1, 2, 0.5}, {}, {}}, kRightAngle, 1);
  fail_unless(has_corner(seen, {0.75, 0.375}));
}
GST_END_TEST

GST_START_TEST(field_of_view_and_aspect_count)
{
  // tan(30 degrees) = 1 / sqrt(3), so that a focal length is sqrt(3) / 2 widths.
  const Wireframe seen = project({{1, 2, 0.5}, {}, {}}, 60, 16.0 / 9);
  const double focal = std::sqrt(3.0) / 2;
  fail_unless(has_corner(seen, {0.5 + focal / 2, 0.5 - focal / 4 * 16 / 9}));
}
GST_END_TEST

GST_START_TEST(rotations_turn_about_their_axes)
{
  // A stick of 2 m, which after each turn points up, so that it is seen from 0 to 1 and 2 m away:
  // its ends are at 0.5 -/+ 0.25.
  for (const Wireframe &seen : {turned({2, 0, 0}, {0, 90, 0}),     // x about y
                                turned({0, 2, 0}, {90, 0, 0}),     // y about x
                                turned({2, 0, 0}, {0, -90, 0})}) { // and the other way round
    fail_unless(has_line(seen.edges, {0.5, 0.25}, {0.5, 0.75}));
  }
  // y about z: points to the right.
  fail_unless(has_line(turned({0, 2, 0}, {0, 0, 90}).edges, {0.25, 0.5}, {0.75, 0.5}));
}
GST_END_TEST

GST_START_TEST(positive_angles_turn_by_the_right_hand)
{
  // The right end of a stick along x: up with a negative pitch, ahead with a positive yaw.
  const double half = std::sqrt(0.5);
  fail_unless(has_corner(turned({2, 0, 0}, {0, -45, 0}), {0.5 + half / 4, 0.5 - half / 4}));
  const double away = 2 + half;
  fail_unless(has_corner(turned({2, 0, 0}, {0, 0, 45}), {0.5 + half / away / 2, 0.5}));
  // The far end of a stick along y: up with a positive roll.
  fail_unless(has_corner(turned({0, 2, 0}, {45, 0, 0}), {0.5, 0.5 - half / away / 2}));
}
GST_END_TEST

GST_START_TEST(roll_comes_first_and_yaw_last)
{
  // Roll puts the stick along y upright, then yaw cannot move it; in the other order it would
  // point to the left and roll could not move it.
  fail_unless(has_line(turned({0, 2, 0}, {90, 0, 90}).edges, {0.5, 0.25}, {0.5, 0.75}));
  // Roll does nothing to a stick along x, pitch puts it upright, then yaw does nothing.
  fail_unless(has_line(turned({2, 0, 0}, {90, 90, 90}).edges, {0.5, 0.25}, {0.5, 0.75}));
}
GST_END_TEST

GST_START_TEST(front_is_the_near_side_in_the_box_own_frame)
{
  // Turned half round, the box's own -y side is the far one.
  const Wireframe seen = project({{0, 2, 0}, {2, 2, 2}, {0, 0, 180}}, kRightAngle, 1);
  const double third = 0.5 / 3;
  fail_unless_equals_uint64(seen.front.size(), 4);
  fail_unless(has_line(seen.front, {0.5 - third, 0.5 - third}, {0.5 + third, 0.5 - third}));
}
GST_END_TEST

GST_START_TEST(box_behind_the_camera_is_not_seen)
{
  fail_unless(is_empty(project({{0, -2, 0}, {1, 1, 1}, {}}, 60, 1)));
  fail_unless(is_empty(project({{0, 0, 0}, {1, 0.09, 1}, {}}, 60, 1)));
}
GST_END_TEST

GST_START_TEST(edges_through_the_near_plane_are_cut_there)
{
  // From 1 m behind to 1 m ahead, 0.1 m to each side: four edges are cut at 5 cm, where they are
  // seen 0.1 / 0.05 / 2 = 1 beside the middle; those of the side behind are gone.
  const Wireframe seen = project({{0, 0, 0}, {0.2, 2, 0.2}, {}}, kRightAngle, 1);
  fail_unless_equals_uint64(seen.edges.size(), 8);
  fail_unless(seen.front.empty());
  fail_unless(has_line(seen.edges, {0.55, 0.45}, {1.5, -0.5}));
  fail_unless(has_line(seen.edges, {0.45, 0.55}, {-0.5, 1.5}));
}
GST_END_TEST

GST_START_TEST(camera_within_the_box_sees_what_is_ahead)
{
  const Wireframe seen = project({{0, 0, 0}, {4, 4, 4}, {10, 20, 30}}, 60, 16.0 / 9);
  fail_if(seen.edges.empty());
  for (const Line &line : seen.edges)
    fail_unless(std::isfinite(line.from.x + line.from.y + line.to.x + line.to.y));
}
GST_END_TEST

GST_START_TEST(nonsense_is_not_seen)
{
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const Box3d sane{{0, 2, 0}, {1, 1, 1}, {}};
  for (const double bad : {kNan, kInfinite, -kInfinite}) {
    for (std::size_t i = 0; i < 3; ++i) {
      Box3d box = sane;
      box.center[i] = bad;
      fail_unless(is_empty(project(box, 60, 1)));
      box = sane;
      box.size[i] = bad;
      fail_unless(is_empty(project(box, 60, 1)));
      box = sane;
      box.rotation[i] = bad;
      fail_unless(is_empty(project(box, 60, 1)));
    }
    fail_unless(is_empty(project(sane, bad, 1)));
    fail_unless(is_empty(project(sane, 60, bad)));
  }
  for (const double fov : {0.0, -60.0, 180.0, 360.0})
    fail_unless(is_empty(project(sane, fov, 1)));
  fail_unless(is_empty(project(sane, 60, 0)));
}
GST_END_TEST

GST_START_TEST(huge_numbers_stay_finite)
{
  constexpr double kMost = std::numeric_limits<double>::max();
  for (const double huge : {1e6, 1e100, 1e300, kMost}) {
    for (const Box3d &box :
         {Box3d{{huge, 1, 0}, {1, 1, 1}, {}}, Box3d{{0, huge, 0}, {1, 1, 1}, {}},
          Box3d{{0, 2, 0}, {huge, huge, huge}, {}}, Box3d{{0, 2, 0}, {1, 1, 1}, {huge, 1, 1}},
          Box3d{{huge, huge, huge}, {huge, huge, huge}, {45, 45, 45}}}) {
      for (const Line &line : project(box, 60, 1).edges)
        fail_unless(std::isfinite(line.from.x) && std::isfinite(line.from.y) &&
                    std::isfinite(line.to.x) && std::isfinite(line.to.y));
    }
  }
}
GST_END_TEST

static Suite *box_3d_suite(void)
{
  Suite *suite = suite_create("box_3d");
  TCase *cases = tcase_create("box_3d");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, box_straight_ahead_is_seen_in_perspective);
  tcase_add_test(cases, right_is_right_and_up_is_up);
  tcase_add_test(cases, field_of_view_and_aspect_count);
  tcase_add_test(cases, rotations_turn_about_their_axes);
  tcase_add_test(cases, positive_angles_turn_by_the_right_hand);
  tcase_add_test(cases, roll_comes_first_and_yaw_last);
  tcase_add_test(cases, front_is_the_near_side_in_the_box_own_frame);
  tcase_add_test(cases, box_behind_the_camera_is_not_seen);
  tcase_add_test(cases, edges_through_the_near_plane_are_cut_there);
  tcase_add_test(cases, camera_within_the_box_sees_what_is_ahead);
  tcase_add_test(cases, nonsense_is_not_seen);
  tcase_add_test(cases, huge_numbers_stay_finite);
  return suite;
}

GST_CHECK_MAIN(box_3d)
