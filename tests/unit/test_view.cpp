// SPDX-License-Identifier: LGPL-2.1-or-later
// From pictures back to the frame they were taken of: every way a frame can be turned, and crops.
#include "core/view.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

// A frame of 3x2 pixels, as it is stored and as it is seen.
constexpr std::string_view kStored = "abc"
                                     "def";
constexpr int kWidth = 3;
constexpr int kHeight = 2;
struct Case {
  Orientation orientation;
  int width, height; // of the picture
  std::string_view seen;
};
constexpr std::array<Case, 8> kCases{{
    {Orientation::identity, 3, 2, "abcdef"},
    {Orientation::rotate_90, 2, 3, "daebfc"},
    {Orientation::rotate_180, 3, 2, "fedcba"},
    {Orientation::rotate_270, 2, 3, "cfbead"},
    {Orientation::flip_horizontal, 3, 2, "cbafed"},
    {Orientation::flip_vertical, 3, 2, "defabc"},
    {Orientation::transpose, 2, 3, "adbecf"},
    {Orientation::anti_transpose, 2, 3, "fcebda"},
}};
constexpr std::array<Rect, 4> kParts{
    {{0, 0, 1, 1}, {0.25, 0.5, 0.5, 0.25}, {0, 0, 0.1, 0.3}, {0.7, 0.6, 0.3, 0.4}}};

Point middle(int x, int y, int width, int height)
{
  return {(x + 0.5) / width, (y + 0.5) / height};
}

Point placed(const Rect &part, const Point &point)
{
  return {part.x + point.x * part.w, part.y + point.y * part.h};
}

bool is_near(double a, double b, double most = 1e-9)
{
  return std::fabs(a - b) <= most;
}

bool is_near(const Point &a, const Point &b, double most = 1e-9)
{
  return is_near(a.x, b.x, most) && is_near(a.y, b.y, most);
}

bool is_near(const Rect &a, const Rect &b)
{
  return is_near(a.x, b.x) && is_near(a.y, b.y) && is_near(a.w, b.w) && is_near(a.h, b.h);
}

// Of the picture, width by height, of a frame of that aspect.
double aspect_of(const View &view, double aspect)
{
  const double across = view.part.w * aspect;
  return swaps_sides(view.orientation) ? view.part.h / across : across / view.part.h;
}

// The largest distance of an end of an edge, brought from the picture to the frame, from the
// nearest end of an edge on the frame.
double worst_miss(const View &view, const Wireframe &picture, const Wireframe &frame)
{
  double worst = 0;
  for (const Line &line : picture.edges) {
    for (const Point &end : {line.from, line.to}) {
      const Point at = to_frame(view, end);
      double nearest = 1e9;
      for (const Line &other : frame.edges)
        for (const Point &point : {other.from, other.to})
          nearest = std::min(nearest, std::hypot(point.x - at.x, point.y - at.y));
      worst = std::max(worst, nearest);
    }
  }
  return worst;
}

} // namespace

GST_START_TEST(every_pixel_is_found_again_on_the_frame)
{
  for (const Case &c : kCases)
    for (const Rect &part : kParts)
      for (int y = 0; y < c.height; ++y)
        for (int x = 0; x < c.width; ++x) {
          const char letter = c.seen[static_cast<std::size_t>(y * c.width + x)];
          const int stored = static_cast<int>(kStored.find(letter));
          const Point expected =
              placed(part, middle(stored % kWidth, stored / kWidth, kWidth, kHeight));
          const Point found = to_frame({part, c.orientation}, middle(x, y, c.width, c.height));
          fail_unless(is_near(found, expected), "%c is at %f %f for orientation %d", letter,
                      found.x, found.y, static_cast<int>(c.orientation));
        }
}
GST_END_TEST

GST_START_TEST(rectangles_stay_on_what_they_enclose)
{
  // Round the pixel d and the left half of e.
  const Rect stored{0, 0.5, 0.5, 0.5};
  for (const Case &c : kCases)
    for (const Rect &part : kParts) {
      const View view{part, c.orientation};
      const Rect seen = to_picture(view, {part.x, part.y + part.h / 2, part.w / 2, part.h / 2});
      fail_unless(
          is_near(to_frame(view, seen), {part.x + stored.x * part.w, part.y + stored.y * part.h,
                                         stored.w * part.w, stored.h * part.h}));
      // On the picture it holds d, and not f.
      const auto holds = [&](char letter) {
        const int at = static_cast<int>(c.seen.find(letter));
        const Point p = middle(at % c.width, at / c.width, c.width, c.height);
        return seen.x <= p.x && p.x < seen.right() && seen.y <= p.y && p.y < seen.bottom();
      };
      fail_unless(holds('d') && !holds('f') && !holds('a'));
    }
}
GST_END_TEST

GST_START_TEST(what_lies_outside_of_the_view_is_outside_of_the_picture)
{
  const Rect seen = to_picture({.part = {0.5, 0.5, 0.5, 0.5}}, {0.25, 0.25, 0.5, 0.5});
  fail_unless(is_near(seen, {-0.5, -0.5, 1, 1}));
  const Rect turned = to_picture({{0.5, 0.5, 0.5, 0.5}, Orientation::rotate_90}, {0, 0, 0.5, 0.25});
  fail_unless(is_near(turned, {1.5, -1, 0.5, 1}));
}
GST_END_TEST

GST_START_TEST(masks_are_turned_cell_by_cell)
{
  for (const Case &c : kCases)
    for (const Rect &part : kParts) {
      Object object;
      object.mask = std::make_shared<const Mask>(
          Mask{{0, 0, 1, 1},
               c.width,
               c.height,
               std::vector<std::uint8_t>(c.seen.begin(), c.seen.end())});
      const auto mask = to_frame({part, c.orientation}, object, 1.5).mask;
      fail_unless(is_near(mask->rect, part));
      fail_unless_equals_int(mask->width, kWidth);
      fail_unless_equals_int(mask->height, kHeight);
      fail_unless(
          std::equal(mask->coverage.begin(), mask->coverage.end(), kStored.begin(), kStored.end()));
    }
}
GST_END_TEST

GST_START_TEST(all_shapes_of_an_object_follow)
{
  const View view{{0.5, 0.25, 0.5, 0.5}, Orientation::rotate_90};
  Object object;
  object.id = 7;
  object.label = "parcel";
  object.box = Rect{0, 0, 0.5, 0.25};
  object.point = Point{0, 0};
  object.polygon = {{{0, 0}, {1, 0}, {1, 1}}, {{0.5, 0.5}, {0.5, 0.75}, {0.25, 0.5}}};
  const Object moved = to_frame(view, object, 1.5);
  fail_unless_equals_uint64(moved.id, 7);
  fail_unless_equals_string(moved.label.c_str(), "parcel");
  // The top left corner of the picture is the bottom left one of what is stored.
  fail_unless(is_near(*moved.box, {0.5, 0.5, 0.125, 0.25}));
  fail_unless(is_near(*moved.point, {0.5, 0.75}));
  fail_unless_equals_uint64(moved.polygon.size(), 2);
  fail_unless(is_near(moved.polygon[0][0], {0.5, 0.75}));
  fail_unless(is_near(moved.polygon[0][1], {0.5, 0.25}));
  fail_unless(is_near(moved.polygon[0][2], {1, 0.25}));
  fail_unless(is_near(moved.polygon[1][0], {0.75, 0.5}));
  fail_unless(!moved.mask && !moved.box_3d);
}
GST_END_TEST

GST_START_TEST(the_whole_frame_upright_changes_nothing)
{
  Object object;
  object.box = Rect{0.1, 0.2, 0.3, 0.4};
  object.box_3d = Box3d{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
  const Object same = to_frame({}, object, 1.5);
  fail_unless(*same.box == *object.box);
  fail_unless(*same.box_3d == *object.box_3d);
}
GST_END_TEST

GST_START_TEST(a_box_in_space_is_seen_where_the_model_saw_it)
{
  const Box3d model{{0.4, 4, -0.3}, {0.3, 0.5, 0.2}, {10, -20, 35}};
  for (const Case &c : kCases)
    for (const Rect &part : kParts)
      for (const double aspect : {16.0 / 9, 0.75})
        for (const double fov : {60.0, 90.0}) {
          const View view{part, c.orientation};
          Object object;
          object.box_3d = model;
          const Box3d moved = *to_frame(view, object, aspect, fov).box_3d;
          fail_unless(moved.size == model.size);
          // Its middle to the point, its corners as well as a box can.
          const Box3d speck{model.center, {}, {}};
          const Box3d moved_speck{moved.center, {}, {}};
          const double picture_aspect = aspect_of(view, aspect);
          const double middle_miss = worst_miss(view, project(speck, fov, picture_aspect),
                                                project(moved_speck, fov, aspect));
          fail_unless(middle_miss < 1e-9, "the middle is %g off", middle_miss);
          const double miss =
              worst_miss(view, project(model, fov, picture_aspect), project(moved, fov, aspect));
          // The box is an eighth of its distance deep: what the other distance changes of its
          // perspective is less than a fortieth of the picture.
          fail_unless(miss < 0.025 * std::max(part.w, part.h), "orientation %d: corners are %g off",
                      static_cast<int>(c.orientation), miss);
        }
}
GST_END_TEST

GST_START_TEST(a_distant_box_in_space_keeps_all_corners)
{
  // So small beside its distance that the approximation has no error: in the middle of its picture,
  // which is anywhere on the frame.
  const Box3d model{{0, 100, 0}, {1, 0.01, 0.5}, {10, -20, 35}};
  for (const Case &c : kCases)
    for (const Rect &part : {Rect{0, 0, 1, 1}, Rect{0.25, 0.25, 0.5, 0.5}}) {
      const View view{part, c.orientation};
      Object object;
      object.box_3d = model;
      const Box3d moved = *to_frame(view, object, 1.5).box_3d;
      const double miss =
          worst_miss(view, project(model, 60, aspect_of(view, 1.5)), project(moved, 60, 1.5));
      fail_unless(miss < 1e-4, "orientation %d: %g off", static_cast<int>(c.orientation), miss);
    }
}
GST_END_TEST

GST_START_TEST(the_front_of_a_box_in_space_stays_its_front)
{
  const Box3d model{{0.2, 5, 0.1}, {1, 1, 1}, {5, 10, 15}};
  for (const Case &c : kCases)
    for (const Rect &part : kParts) {
      const View view{part, c.orientation};
      Object object;
      object.box_3d = model;
      const auto span = [](const std::vector<Line> &lines) {
        double left = 1e9;
        double right = -1e9;
        for (const Line &line : lines)
          for (const Point &end : {line.from, line.to}) {
            left = std::min(left, end.x);
            right = std::max(right, end.x);
          }
        return right - left;
      };
      const Wireframe frame = project(*to_frame(view, object, 1.5).box_3d, 60, 1.5);
      fail_unless_equals_uint64(frame.front.size(), 4);
      // The front is nearer, so that it is seen larger than the back would be.
      std::vector<Line> back;
      for (const Line &line : frame.edges)
        if (std::find(frame.front.begin(), frame.front.end(), line) == frame.front.end())
          back.push_back(line);
      fail_unless(span(frame.front) > 0.5 * span(back));
    }
}
GST_END_TEST

GST_START_TEST(a_crop_of_half_the_width_is_twice_as_far_away)
{
  Object object;
  object.box_3d = Box3d{{0.5, 3, 0.25}, {1, 2, 3}, {}};
  const Box3d moved = *to_frame({.part = {0.25, 0.25, 0.5, 0.5}}, object, 1.5).box_3d;
  fail_unless(is_near(moved.center[0], 0.5) && is_near(moved.center[1], 6) &&
              is_near(moved.center[2], 0.25));
}
GST_END_TEST

static Suite *view_suite()
{
  Suite *suite = suite_create("view");
  TCase *tcase = tcase_create("view");
  tcase_add_test(tcase, every_pixel_is_found_again_on_the_frame);
  tcase_add_test(tcase, rectangles_stay_on_what_they_enclose);
  tcase_add_test(tcase, what_lies_outside_of_the_view_is_outside_of_the_picture);
  tcase_add_test(tcase, masks_are_turned_cell_by_cell);
  tcase_add_test(tcase, all_shapes_of_an_object_follow);
  tcase_add_test(tcase, the_whole_frame_upright_changes_nothing);
  tcase_add_test(tcase, a_box_in_space_is_seen_where_the_model_saw_it);
  tcase_add_test(tcase, a_distant_box_in_space_keeps_all_corners);
  tcase_add_test(tcase, the_front_of_a_box_in_space_stays_its_front);
  tcase_add_test(tcase, a_crop_of_half_the_width_is_twice_as_far_away);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(view)
