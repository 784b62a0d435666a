// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks from maps and from outlines.
#include "core/mask.hpp"
#include "mask_support.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>
#include <random>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::bounds_of;
using gemini::grid_size;
using gemini::GridSize;
using gemini::Mask;
using gemini::mask_from_map;
using gemini::mask_from_rings;
using gemini::max_mask_cells;
using gemini::Point;
using gemini::Rect;
using gemini::Ring;
using gemini::test::area_of;
using gemini::test::in_ellipse;
using gemini::test::in_rectangle;
using gemini::test::in_triangle;
using gemini::test::iou_with;
using gemini::test::map_of;
using gemini::test::reference_mask;
using gemini::test::Shape;
using gemini::test::to_text;

namespace {

constexpr Rect kUnit{0, 0, 1, 1};

bool in_ring(double x, double y)
{
  const double radius = std::hypot(x - 0.5, y - 0.5);
  return radius < 0.45 && radius > 0.2;
}

// Two cells of 256 wide.
bool in_thin_cross(double x, double y)
{
  return std::fabs(x - 0.5) < 1.0 / 256 || std::fabs(y - 0.5) < 1.0 / 256;
}

// Blocks of 16 cells of 256.
bool in_blocks(double x, double y)
{
  return (static_cast<int>(x * 16) * 7 + static_cast<int>(y * 16) * 5) % 3 == 0;
}

const std::vector<GridSize> kSizes = {
    {256, 256}, {257, 255}, {480, 380}, {700, 300}, {512, 512}, {1000, 64},
    {255, 257}, {128, 128}, {100, 333}, {64, 48},   {31, 77},
};

struct Outline {
  const char *name;
  Ring ring;
  Shape shape;
  double area;
};

std::vector<Outline> outlines()
{
  Ring circle;
  for (int i = 0; i < 200; ++i)
    circle.push_back({0.5 + 0.5 * std::cos(i * M_PI / 100), 0.5 + 0.5 * std::sin(i * M_PI / 100)});
  return {
      {"ellipse", circle, in_ellipse, M_PI / 4},
      {"triangle", {{0.5, 0}, {1, 1}, {0, 1}}, in_triangle, 0.5},
      {"rectangle", {{0.1, 0.2}, {0.9, 0.2}, {0.9, 0.7}, {0.1, 0.7}}, in_rectangle, 0.4},
  };
}

} // namespace

GST_START_TEST(mask_has_the_area_of_the_map_resized_bilinearly)
{
  const std::vector<std::pair<const char *, Shape>> shapes = {{"round", in_ellipse},
                                                              {"ring", in_ring},
                                                              {"thin", in_thin_cross},
                                                              {"blocks", in_blocks},
                                                              {"triangle", in_triangle}};
  for (const auto &[name, shape] : shapes) {
    const std::vector<std::uint8_t> map = map_of(shape, 256, 256);
    for (const GridSize size : kSizes) {
      const Mask mask = mask_from_map(map, {256, 256}, kUnit, size, 127);
      const double is = area_of(mask.coverage);
      const double should = area_of(reference_mask(map, {256, 256}, size, 127));
      fail_unless(std::fabs(is - should) <= should * 0.01, "%s at %dx%d: %g, should be %g", name,
                  size.width, size.height, is, should);
    }
  }
}
GST_END_TEST

GST_START_TEST(mask_is_the_map_resized_bilinearly_cell_by_cell)
{
  std::mt19937 random{1};
  const std::vector<GridSize> maps = {{1, 1}, {1, 5}, {7, 1}, {2, 2}, {13, 9}, {64, 33}};
  const std::vector<GridSize> sizes = {{1, 1}, {3, 4}, {13, 9}, {40, 5}, {5, 40}, {100, 90}};
  for (const GridSize from : maps) {
    std::vector<std::uint8_t> map(static_cast<std::size_t>(from.width * from.height));
    for (std::uint8_t &value : map)
      value = static_cast<std::uint8_t>(random());
    for (const GridSize to : sizes) {
      for (const unsigned threshold : {0U, 60U, 127U, 200U}) {
        const Mask mask = mask_from_map(map, from, kUnit, to, threshold);
        const std::vector<std::uint8_t> should = reference_mask(map, from, to, threshold);
        fail_unless(mask.width == to.width && mask.height == to.height);
        fail_unless(mask.coverage.size() == should.size());
        std::size_t differing = 0;
        for (std::size_t i = 0; i < should.size(); ++i)
          differing += mask.coverage[i] != should[i] ? 1U : 0U;
        // Our weights are rounded, so that a value right at the threshold may fall either way.
        fail_unless(differing <= should.size() / 200, "%zu of %zu differ, %dx%d to %dx%d",
                    differing, should.size(), from.width, from.height, to.width, to.height);
      }
    }
  }
}
GST_END_TEST

GST_START_TEST(mask_of_a_map_of_its_own_size_is_cut_and_nothing_else)
{
  const std::vector<std::uint8_t> map = {0, 126, 127, 128, 254, 255};
  fail_unless(to_text(mask_from_map(map, {3, 2}, kUnit, {3, 2}, 127)) == ".../###");
  fail_unless(to_text(mask_from_map(map, {3, 2}, kUnit, {3, 2}, 0)) == ".##/###");
  fail_unless(to_text(mask_from_map(map, {3, 2}, kUnit, {3, 2}, 254)) == ".../..#");
  fail_unless(to_text(mask_from_map(map, {3, 2}, kUnit, {3, 2}, 255)) == ".../...");
  fail_unless(to_text(mask_from_map(map, {3, 2}, kUnit, {3, 2}, 100'000)) == ".../...");
}
GST_END_TEST

GST_START_TEST(mask_of_an_even_map_is_even_at_every_size)
{
  for (const GridSize size : kSizes) {
    for (const int side : {1, 3, 256, 1000}) {
      const auto cells = static_cast<std::size_t>(side * side);
      const std::vector<std::uint8_t> at(cells, 127);
      const std::vector<std::uint8_t> above(cells, 128);
      const double all = static_cast<double>(size.width) * size.height;
      fail_unless(area_of(mask_from_map(at, {side, side}, kUnit, size, 127).coverage) == 0);
      fail_unless(area_of(mask_from_map(above, {side, side}, kUnit, size, 127).coverage) == all);
    }
  }
}
GST_END_TEST

GST_START_TEST(mask_of_a_map_that_is_too_short_is_empty)
{
  const std::vector<std::uint8_t> map(8, 255);
  fail_unless(to_text(mask_from_map(map, {3, 3}, kUnit, {2, 2}, 127)) == "../..");
  fail_unless(to_text(mask_from_map({}, {0, 0}, kUnit, {2, 2}, 127)) == "../..");
  fail_unless(mask_from_map(map, {4, 2}, kUnit, {0, 5}, 127).coverage.empty());
}
GST_END_TEST

GST_START_TEST(outline_is_filled_with_its_area_and_shape)
{
  for (const Outline &outline : outlines()) {
    for (const GridSize size : kSizes) {
      const Mask mask = mask_from_rings(std::vector<Ring>{outline.ring}, kUnit, size);
      const double area = area_of(mask.coverage) / size.width / size.height;
      fail_unless(std::fabs(area - outline.area) < 0.004, "%s at %dx%d: %g", outline.name,
                  size.width, size.height, area);
      const double overlap = iou_with(outline.shape, mask);
      fail_unless(overlap >= 0.95, "%s at %dx%d: %g", outline.name, size.width, size.height,
                  overlap);
    }
  }
}
GST_END_TEST

GST_START_TEST(outline_has_smooth_edges)
{
  // The right edge covers a quarter of the last column, the lower one a half of the last row.
  const std::vector<Ring> rings = {{{0, 0}, {0.8125, 0}, {0.8125, 0.875}, {0, 0.875}}};
  const Mask mask = mask_from_rings(rings, kUnit, {4, 4});
  fail_unless_equals_int(mask.coverage[0], 255);
  fail_unless_equals_int(mask.coverage[3], 64);
  fail_unless_equals_int(mask.coverage[12], 128);
  fail_unless_equals_int(mask.coverage[15], 32);
}
GST_END_TEST

GST_START_TEST(outline_inside_another_is_a_hole)
{
  const Ring outer = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
  const Ring inner = {{0.25, 0.25}, {0.75, 0.25}, {0.75, 0.75}, {0.25, 0.75}};
  const Ring turned(inner.rbegin(), inner.rend());
  const std::string should = "####/#..#/#..#/####";
  fail_unless(to_text(mask_from_rings(std::vector{outer, inner}, kUnit, {4, 4})) == should);
  fail_unless(to_text(mask_from_rings(std::vector{turned, outer}, kUnit, {4, 4})) == should);
}
GST_END_TEST

GST_START_TEST(outline_may_cross_itself)
{
  // An hourglass: two triangles of a quarter each.
  const std::vector<Ring> rings = {{{0, 0}, {1, 0}, {0, 1}, {1, 1}}};
  const Mask mask = mask_from_rings(rings, kUnit, {200, 200});
  fail_unless(std::fabs(area_of(mask.coverage) / 40'000 - 0.5) < 0.003);
  fail_unless(mask.coverage[20 * 200 + 100] == 255);
  fail_unless(mask.coverage[100 * 200 + 20] == 0);
  fail_unless(mask.coverage[180 * 200 + 100] == 255);
}
GST_END_TEST

GST_START_TEST(outline_is_cut_where_the_rectangle_ends)
{
  const double huge = std::numeric_limits<double>::max();
  const std::vector<Ring> around = {{{-5, -5}, {7, -5}, {7, 7}, {-5, 7}}};
  const std::vector<Ring> endless = {{{-huge, -huge}, {huge, -huge}, {huge, huge}, {-huge, huge}}};
  const std::vector<Ring> left = {{{-1, -1}, {0.5, -1}, {0.5, 2}, {-1, 2}}};
  const std::vector<Ring> beside = {{{2, 0}, {3, 0}, {3, 1}, {2, 1}}};
  fail_unless(to_text(mask_from_rings(around, kUnit, {2, 2})) == "##/##");
  fail_unless(to_text(mask_from_rings(endless, kUnit, {2, 2})) == "##/##");
  fail_unless(to_text(mask_from_rings(left, kUnit, {4, 2})) == "##../##..");
  fail_unless(to_text(mask_from_rings(beside, kUnit, {2, 2})) == "../..");
  fail_unless(to_text(mask_from_rings(left, {0.25, 0.5, 0.5, 0.25}, {4, 1})) == "##..");
}
GST_END_TEST

GST_START_TEST(outline_without_an_inside_is_empty)
{
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::vector<Ring>> cases = {
      {},
      {{}},
      {{{0.5, 0.5}}},
      {{{0.1, 0.1}, {0.9, 0.9}}},
      {{{0, 0}, {0.5, 0.5}, {1, 1}}},
      {{{nan, nan}, {nan, 1}, {1, nan}}},
  };
  for (const std::vector<Ring> &rings : cases)
    fail_unless(area_of(mask_from_rings(rings, kUnit, {8, 8}).coverage) == 0);
  const std::vector<Ring> square = {{{0, 0}, {1, 0}, {1, 1}, {0, 1}}};
  fail_unless(area_of(mask_from_rings(square, {0.5, 0.5, 0, 0.1}, {8, 8}).coverage) == 0);
  fail_unless(mask_from_rings(square, kUnit, {0, 8}).coverage.empty());
}
GST_END_TEST

GST_START_TEST(outline_of_countless_crossings_takes_a_bounded_time)
{
  Ring zigzag;
  for (int i = 0; i < 1'000'000; ++i)
    zigzag.push_back({i / 1e6, i % 2 == 0 ? 0.0 : 1.0});
  Ring circle;
  for (int i = 0; i < 1'000'000; ++i)
    circle.push_back({0.5 + 0.5 * std::cos(i * M_PI / 5e5), 0.5 + 0.5 * std::sin(i * M_PI / 5e5)});
  const std::clock_t begin = std::clock();
  mask_from_rings(std::vector<Ring>{zigzag}, kUnit, {1000, 1000});
  const Mask round = mask_from_rings(std::vector<Ring>{circle}, kUnit, {1000, 1000});
  const double taken = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  // In full 16 thousand million crossings.
  fail_unless(taken < 10, "%g s", taken);
  fail_unless(iou_with(in_ellipse, round) > 0.99);
}
GST_END_TEST

GST_START_TEST(grid_is_as_fine_as_the_picture)
{
  const GridSize grid = grid_size({0.25, 0.5, 0.375, 0.25}, 1280, 720, 1 << 20);
  fail_unless((grid == GridSize{480, 180}));
  fail_unless((grid_size({0, 0, 0.0001, 0.0001}, 1280, 720, 1000) == GridSize{1, 1}));
  fail_unless((grid_size(kUnit, 0, -3, 1000) == GridSize{1, 1}));
  fail_unless((grid_size(kUnit, 640, 480, 0) == GridSize{1, 1}));
}
GST_END_TEST

GST_START_TEST(grid_keeps_its_proportion_within_the_bound)
{
  const GridSize grid = grid_size(kUnit, 3840, 2160, 671'088);
  fail_unless(grid.width * grid.height <= 671'088);
  fail_unless(grid.width * grid.height > 660'000);
  fail_unless(std::fabs(static_cast<double>(grid.width) / grid.height - 16.0 / 9) < 0.01);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const int huge = std::numeric_limits<int>::max();
  for (const Rect &rect : {kUnit, Rect{0, 0, 1, 1e-9}, Rect{0, 0, 1e-9, 1}, Rect{0, 0, 50, -1},
                           Rect{0, 0, nan, nan}, Rect{0, 0, 1e300, 1e300}}) {
    for (const std::size_t most : {1U, 2U, 3U, 10U, 1000U, 1U << 20}) {
      for (const int width : {1, 7, 1920, huge}) {
        for (const int height : {1, 7, 1080, huge}) {
          const GridSize size = grid_size(rect, width, height, most);
          fail_unless(size.width >= 1 && size.height >= 1);
          fail_unless(
              static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) <= most);
        }
      }
    }
  }
}
GST_END_TEST

GST_START_TEST(masks_of_an_answer_share_one_bound)
{
  for (const std::size_t objects : {0U, 1U, 16U, 25U, 1000U, 100'000'000U})
    fail_unless(max_mask_cells(objects) * objects <= gemini::kMaxMaskBytes);
  fail_unless(max_mask_cells(1) == std::size_t{1} << 20);
}
GST_END_TEST

GST_START_TEST(bounds_hold_all_points_within_the_picture)
{
  const std::vector<Ring> rings = {{{0.5, 0.25}, {0.75, 0.5}}, {{0.25, 0.375}}};
  fail_unless((bounds_of(rings) == Rect{0.25, 0.25, 0.5, 0.25}));
  const std::vector<Ring> outside = {{{-1, 0.5}, {3, 0.75}}};
  fail_unless((bounds_of(outside) == Rect{0, 0.5, 1, 0.25}));
  const std::vector<Ring> beside = {{{2, 2}, {3, 3}}};
  fail_unless(bounds_of(beside).area() == 0);
  fail_unless(bounds_of({}).area() == 0);
}
GST_END_TEST

static Suite *mask_suite()
{
  Suite *suite = suite_create("mask");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, mask_has_the_area_of_the_map_resized_bilinearly);
  tcase_add_test(tcase, mask_is_the_map_resized_bilinearly_cell_by_cell);
  tcase_add_test(tcase, mask_of_a_map_of_its_own_size_is_cut_and_nothing_else);
  tcase_add_test(tcase, mask_of_an_even_map_is_even_at_every_size);
  tcase_add_test(tcase, mask_of_a_map_that_is_too_short_is_empty);
  tcase_add_test(tcase, outline_is_filled_with_its_area_and_shape);
  tcase_add_test(tcase, outline_has_smooth_edges);
  tcase_add_test(tcase, outline_inside_another_is_a_hole);
  tcase_add_test(tcase, outline_may_cross_itself);
  tcase_add_test(tcase, outline_is_cut_where_the_rectangle_ends);
  tcase_add_test(tcase, outline_without_an_inside_is_empty);
  tcase_add_test(tcase, outline_of_countless_crossings_takes_a_bounded_time);
  tcase_add_test(tcase, grid_is_as_fine_as_the_picture);
  tcase_add_test(tcase, grid_keeps_its_proportion_within_the_bound);
  tcase_add_test(tcase, masks_of_an_answer_share_one_bound);
  tcase_add_test(tcase, bounds_hold_all_points_within_the_picture);
  return suite;
}

GST_CHECK_MAIN(mask)
