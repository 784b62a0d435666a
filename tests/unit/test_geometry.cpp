// SPDX-License-Identifier: LGPL-2.1-or-later
// Normalised rectangles.
#include "core/geometry.hpp"

#include <cmath>

#include <gst/check/gstcheck.h>

using gemini::intersect;
using gemini::iou;
using gemini::Rect;

namespace {

constexpr Rect kUnit{0, 0, 1, 1};

bool is_near(double a, double b)
{
  return std::fabs(a - b) < 1e-12;
}

} // namespace

GST_START_TEST(rect_knows_its_far_edges_and_area)
{
  const Rect rect{0.25, 0.5, 0.5, 0.125};
  fail_unless(rect.right() == 0.75);
  fail_unless(rect.bottom() == 0.625);
  fail_unless(rect.area() == 0.0625);
}
GST_END_TEST

GST_START_TEST(intersection_is_what_both_cover)
{
  fail_unless(intersect({0, 0, 0.5, 0.5}, {0.25, 0.125, 0.5, 0.25}) ==
              (Rect{0.25, 0.125, 0.25, 0.25}));
  fail_unless(intersect(kUnit, {-1, -1, 3, 3}) == kUnit);
}
GST_END_TEST

GST_START_TEST(intersection_of_rects_apart_has_no_area)
{
  const Rect apart = intersect({0, 0, 0.25, 0.25}, {0.5, 0, 0.25, 0.25});
  fail_unless(apart.w == 0 && apart.area() == 0);
  const Rect below = intersect({0, 0, 0.25, 0.25}, {0, 0.5, 0.25, 0.25});
  fail_unless(below.h == 0 && below.area() == 0);
  fail_unless(intersect({0, 0, 0.5, 1}, {0.5, 0, 0.5, 1}).area() == 0); // edges touch
}
GST_END_TEST

GST_START_TEST(iou_is_one_for_equal_and_zero_for_separate_rects)
{
  fail_unless(iou(kUnit, kUnit) == 1);
  fail_unless(iou({0, 0, 0.5, 1}, {0.5, 0, 0.5, 1}) == 0);
  fail_unless(iou({0, 0, 0.1, 0.1}, {0.9, 0.9, 0.1, 0.1}) == 0);
}
GST_END_TEST

GST_START_TEST(iou_is_common_area_over_covered_area)
{
  fail_unless(is_near(iou({0, 0, 0.5, 1}, kUnit), 0.5));
  fail_unless(is_near(iou({0, 0, 0.5, 0.5}, {0.25, 0, 0.5, 0.5}), 1.0 / 3));
  fail_unless(iou({0, 0, 0.5, 0.5}, {0.25, 0, 0.5, 0.5}) ==
              iou({0.25, 0, 0.5, 0.5}, {0, 0, 0.5, 0.5}));
}
GST_END_TEST

GST_START_TEST(iou_of_empty_rects_is_zero_and_no_division_by_it)
{
  fail_unless(iou({0.5, 0.5, 0, 0}, {0.5, 0.5, 0, 0}) == 0);
  fail_unless(iou({0.5, 0.5, 0, 0}, kUnit) == 0);
}
GST_END_TEST

static Suite *geometry_suite()
{
  Suite *suite = suite_create("geometry");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, rect_knows_its_far_edges_and_area);
  tcase_add_test(tcase, intersection_is_what_both_cover);
  tcase_add_test(tcase, intersection_of_rects_apart_has_no_area);
  tcase_add_test(tcase, iou_is_one_for_equal_and_zero_for_separate_rects);
  tcase_add_test(tcase, iou_is_common_area_over_covered_area);
  tcase_add_test(tcase, iou_of_empty_rects_is_zero_and_no_division_by_it);
  return suite;
}

GST_CHECK_MAIN(geometry)
