// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks, points and boxes in space, pixel by pixel.

#include "render_canvas.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

constexpr PixelSize kPicture{640, 480};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kMost = std::numeric_limits<double>::max();

const Style kShapesOnly{.has_labels = false, .line_width = 4};

Annotation with_mask(std::shared_ptr<const Mask> mask)
{
  return {.label = "dog", .mask = std::move(mask)};
}

Annotation with_point(Point point)
{
  return {.label = "dog", .point = point};
}

Annotation with_box_3d(Box3d box)
{
  return {.label = "dog", .box_3d = box};
}

Drawing draw(const std::vector<Annotation> &annotations, const Style &style = kShapesOnly,
             PixelSize picture = kPicture)
{
  SceneRenderer renderer;
  return *renderer.render(picture, annotations, style);
}

std::uint32_t half_color()
{
  return argb(color_of("dog"), 128);
}

int alpha(std::uint32_t pixel)
{
  return static_cast<int>(pixel >> 24);
}

// The greatest difference of a channel.
int distance(std::uint32_t a, std::uint32_t b)
{
  int most = 0;
  for (const int shift : {0, 8, 16, 24})
    most = std::max(
        most, std::abs(static_cast<int>(a >> shift & 0xff) - static_cast<int>(b >> shift & 0xff)));
  return most;
}

// How many pixels of a column are drawn, from `top` up to `bottom`.
int n_drawn(const Canvas &canvas, int x, int top, int bottom)
{
  int n = 0;
  for (int y = top; y < bottom; ++y)
    n += alpha(canvas.at(x, y)) > 127;
  return n;
}

} // namespace

GST_START_TEST(mask_as_fine_as_the_picture_is_drawn_cell_by_cell)
{
  const Rect rect{0.25, 0.25, 3.0 / 640, 2.0 / 480};
  const Drawing drawing = draw({with_mask(make_mask(rect, 3, 2, {255, 0, 51, 0, 255, 255}))});
  fail_unless_equals_uint64(drawing.size(), 1);
  fail_unless((drawing.front().at == PixelPoint{160, 120}));
  const auto &[size, pixels] = *drawing.front().sprite;
  fail_unless((size == PixelSize{3, 2}));
  const std::uint32_t half = half_color();
  fail_unless(
      (pixels == std::vector<std::uint32_t>{half, 0, argb(color_of("dog"), 26), 0, half, half}));
}
GST_END_TEST

GST_START_TEST(mask_of_another_size_is_stretched_over_its_rectangle)
{
  // The left one of two cells, over 200 x 100 pixels.
  const Rect rect{0.25, 0.25, 200.0 / 640, 100.0 / 480};
  const Canvas canvas{kPicture, draw({with_mask(make_mask(rect, 2, 1, {255, 0}))})};
  for (const int y : {120, 170, 219}) {
    for (const int x : {160, 180, 209})
      fail_unless(distance(canvas.at(x, y), half_color()) <= 1, "%d,%d", x, y);
    for (const int x : {311, 340, 359})
      fail_unless_equals_uint64_hex(canvas.at(x, y), 0);
    fail_unless(std::abs(alpha(canvas.at(260, y)) - 64) <= 3);
  }
  fail_unless_equals_uint64_hex(canvas.at(159, 170), 0);
  fail_unless_equals_uint64_hex(canvas.at(180, 220), 0);
}
GST_END_TEST

GST_START_TEST(stretched_masks_do_not_fade_at_their_borders)
{
  for (const int cells : {1, 7, 200, 1500}) {
    const Drawing drawing = draw({with_mask(full_mask({0.1, 0.1, 0.5, 0.5}, cells, cells))});
    const auto &pixels = drawing.front().sprite->pixels;
    fail_unless((drawing.front().sprite->size == PixelSize{320, 240}));
    fail_unless(std::all_of(pixels.begin(), pixels.end(),
                            [](std::uint32_t p) { return distance(p, half_color()) <= 1; }),
                "%d cells", cells);
  }
}
GST_END_TEST

GST_START_TEST(mask_beyond_the_picture_is_cut)
{
  const auto lower_right = make_mask({-0.5, -0.5, 1, 1}, 2, 2, {0, 0, 0, 255});
  const Drawing drawing = draw({with_mask(lower_right)});
  fail_unless((drawing.front().at == PixelPoint{0, 0}));
  fail_unless((drawing.front().sprite->size == PixelSize{320, 240}));
  const Canvas canvas{kPicture, drawing};
  fail_unless(distance(canvas.at(319, 239), half_color()) <= 1);
  fail_unless(alpha(canvas.at(0, 0)) < 40);

  // The same where a cell is a pixel.
  std::vector<std::uint8_t> cells(640 * 480, 0);
  cells.back() = 255;
  const Canvas fine{kPicture, draw({with_mask(make_mask({-0.5, -0.5, 1, 1}, 640, 480, cells))})};
  fail_unless_equals_uint64_hex(fine.at(319, 239), half_color());
  fail_unless_equals_uint64_hex(fine.at(318, 239), 0);
}
GST_END_TEST

GST_START_TEST(opacity_goes_from_nothing_to_solid)
{
  Style style = kShapesOnly;
  const std::vector<Annotation> scene{with_mask(full_mask({0, 0, 0.5, 0.5}, 320, 240))};
  style.mask_opacity = 0;
  fail_unless_equals_uint64(draw(scene, style).size(), 0);
  style.mask_opacity = 1;
  fail_unless_equals_uint64_hex(draw(scene, style).front().sprite->pixels.front(),
                                color_pixel("dog"));
  for (const double nonsense : {kNan, -1.0, 7.0}) {
    style.mask_opacity = nonsense;
    draw(scene, style);
  }
}
GST_END_TEST

GST_START_TEST(mask_is_drawn_once_and_known_by_its_identity)
{
  SceneRenderer renderer;
  const Rect rect{0.1, 0.1, 0.25, 0.25};
  const auto mask = full_mask(rect, 160, 120);
  const auto before = renderer.render(kPicture, {with_mask(mask)}, kShapesOnly);
  fail_unless((renderer.render(kPicture, {with_mask(mask)}, kShapesOnly) == before));
  const auto with_more =
      renderer.render(kPicture, {with_mask(mask), with_point({0.5, 0.5})}, kShapesOnly);
  fail_unless(with_more->front().sprite == before->front().sprite);
  const auto other = renderer.render(kPicture, {with_mask(full_mask(rect, 160, 120))}, kShapesOnly);
  fail_unless(other->front().sprite != before->front().sprite);
}
GST_END_TEST

GST_START_TEST(mask_that_has_only_moved_is_not_drawn_again)
{
  SceneRenderer renderer;
  auto mask = *full_mask({0.1, 0.1, 0.25, 0.25}, 8, 8);
  const auto before =
      renderer.render(kPicture, {with_mask(std::make_shared<const Mask>(mask))}, kShapesOnly);
  mask.rect.x += 0.1;
  const auto after =
      renderer.render(kPicture, {with_mask(std::make_shared<const Mask>(mask))}, kShapesOnly);
  fail_unless(after->front().sprite == before->front().sprite);
  fail_unless_equals_int(after->front().at.x, before->front().at.x + 64);
}
GST_END_TEST

GST_START_TEST(moving_mask_keeps_its_size)
{
  // 10.5 pixels wide: rounded edge by edge it would be 10 here and 11 there.
  for (int step = 0; step < 20; ++step) {
    const Rect rect{0.25 + step * 0.3 / 640, 0.25, 10.5 / 640, 7.4 / 480};
    const Drawing drawing = draw({with_mask(full_mask(rect, 11, 7))});
    fail_unless((drawing.front().sprite->size == PixelSize{11, 7}), "step %d", step);
    fail_unless_equals_int(drawing.front().at.x, static_cast<int>(160 + step * 0.3 + 0.5));
  }
}
GST_END_TEST

GST_START_TEST(unsound_masks_are_not_drawn)
{
  const Rect all{0, 0, 1, 1};
  for (const auto &mask :
       {make_mask(all, 0, 0, {}), make_mask(all, -1, -1, {255}), make_mask(all, 2, 2, {255}),
        full_mask({kNan, 0, 1, 1}, 2, 2), full_mask({0, 0, kInfinite, 1}, 2, 2),
        full_mask({0, 0, kMost, kMost}, 2, 2), full_mask({0.5, 0.5, -0.2, 0.2}, 2, 2),
        full_mask({2, 2, 1, 1}, 2, 2), full_mask({-kMost, 0, 1, 1}, 2, 2)})
    fail_unless_equals_uint64(draw({with_mask(mask)}).size(), 0);
}
GST_END_TEST

GST_START_TEST(many_large_masks_become_one_sprite_that_looks_the_same)
{
  std::vector<Annotation> scene;
  for (const char *label : {"person", "dog", "cat", "bus"}) {
    scene.push_back({.label = label, .mask = full_mask({0, 0, 1, 1}, 64, 48)});
    scene.push_back({.label = label, .mask = full_mask({0.5, 0.5, 0.4, 0.4}, 256, 192)});
  }
  const Drawing together = draw(scene);
  fail_unless_equals_uint64(together.size(), 1);
  Drawing apart;
  for (const Annotation &annotation : scene)
    apart.push_back(draw({annotation}).front());
  const Canvas canvas{kPicture, together};
  const Canvas expected{kPicture, apart};
  for (const PixelPoint p : {PixelPoint{0, 0}, {100, 100}, {400, 300}, {639, 479}})
    fail_unless(distance(canvas.at(p.x, p.y), expected.at(p.x, p.y)) <= 3, "%d,%d", p.x, p.y);
}
GST_END_TEST

GST_START_TEST(thousands_of_shapes_of_a_4k_picture_are_one_sprite_of_each_kind)
{
  std::vector<Annotation> scene(2000, with_mask(full_mask({0, 0, 1, 1}, 16, 9)));
  scene.resize(4000, with_box_3d({{0, 2, 0}, {2.5, 0.5, 1.5}, {}}));
  const Drawing drawing = draw(scene, kShapesOnly, {3840, 2160});
  fail_unless_equals_uint64(drawing.size(), 2);
  for (const PlacedSprite &placed : drawing)
    fail_unless((placed.sprite->size == PixelSize{3840, 2160}));
}
GST_END_TEST

GST_START_TEST(point_is_a_disc_with_rings)
{
  const Drawing drawing = draw({with_point({0.5, 0.5})});
  fail_unless_equals_uint64(drawing.size(), 1);
  const Canvas canvas{kPicture, drawing};
  fail_unless_equals_uint64_hex(canvas.at(320, 240), color_pixel("dog"));
  const int radius = drawing.front().sprite->size.width / 2;
  fail_unless(radius >= 6 && radius <= 20);
  bool has_white = false;
  for (int x = 320; x < 320 + radius; ++x)
    has_white |= distance(canvas.at(x, 240), 0xffffffffu) < 16;
  fail_unless(has_white);
  const std::uint32_t rim = canvas.at(320 + radius - 1, 240);
  fail_unless(alpha(rim) > 60 && (rim & 0xffffffu) < 0x404040u); // dark and translucent
  fail_unless(alpha(canvas.at(320 + radius, 240 - radius)) < 20);
}
GST_END_TEST

GST_START_TEST(points_at_the_border_are_cut_and_those_outside_not_drawn)
{
  for (const Point point : {Point{0, 0}, {1, 1}, {1, 0.5}, {0.001, 0.999}}) {
    const Drawing drawing = draw({with_point(point)});
    fail_unless_equals_uint64(drawing.size(), 1);
    fail_unless(is_inside(drawing, kPicture));
  }
  fail_unless_equals_uint64_hex(Canvas(kPicture, draw({with_point({0, 0})})).at(0, 0),
                                color_pixel("dog"));
  for (const Point point :
       {Point{-0.01, 0.5}, {0.5, 1.01}, {kNan, 0.5}, {0.5, kInfinite}, {kMost, 0}})
    fail_unless_equals_uint64(draw({with_point(point)}).size(), 0);
}
GST_END_TEST

GST_START_TEST(box_in_space_is_drawn_along_its_edges)
{
  // With 90 degrees: the near side from 160 to 480 across and 80 to 400 down, the far one half as
  // large.
  Style style = kShapesOnly;
  style.camera_fov = 90;
  const Drawing drawing = draw({with_box_3d({{0, 3, 0}, {2, 2, 2}, {}})}, style);
  fail_unless_equals_uint64(drawing.size(), 1);
  const Canvas canvas{kPicture, drawing};
  for (const PixelPoint p : {PixelPoint{160, 240},
                             {480, 240},
                             {320, 80},
                             {320, 400},
                             {240, 240},
                             {400, 240},
                             {320, 160},
                             {320, 320},
                             {200, 120},
                             {440, 360}})
    fail_unless_equals_uint64_hex(canvas.at(p.x, p.y), color_pixel("dog"));
  for (const PixelPoint p : {PixelPoint{320, 240}, {200, 240}, {320, 120}, {140, 240}, {320, 60}})
    fail_unless_equals_uint64_hex(canvas.at(p.x, p.y), 0);
  // The side towards the camera is stronger.
  fail_unless(n_drawn(canvas, 320, 60, 100) > n_drawn(canvas, 320, 140, 180));
}
GST_END_TEST

GST_START_TEST(field_of_view_and_pixel_aspect_change_the_projection)
{
  const std::vector<Annotation> scene{with_box_3d({{0, 4, 0}, {1, 1, 1}, {}})};
  Style style = kShapesOnly;
  const PixelSize normal = draw(scene, style).front().sprite->size;
  style.camera_fov = 90;
  const PixelSize wide = draw(scene, style).front().sprite->size;
  fail_unless(wide.width < normal.width - 20 && wide.height < normal.height - 20);
  style.pixel_aspect = 2; // the pixels are flat, so the same height takes more of them
  const PixelSize flat = draw(scene, style).front().sprite->size;
  fail_unless_equals_int(flat.width, wide.width);
  fail_unless(flat.height > wide.height * 3 / 2);
}
GST_END_TEST

GST_START_TEST(boxes_in_space_of_any_numbers_are_survived)
{
  fail_unless_equals_uint64(draw({with_box_3d({{0, -3, 0}, {1, 1, 1}, {}})}).size(), 0);
  fail_unless_equals_uint64(draw({with_box_3d({{0, kNan, 0}, {1, 1, 1}, {}})}).size(), 0);
  // The camera is within: nothing but far lines, or none at all.
  for (const Box3d &box :
       {Box3d{{0, 0, 0}, {4, 4, 4}, {1, 2, 3}}, Box3d{{0, 2, 0}, {kMost, kMost, kMost}, {}},
        Box3d{{1e9, 1e9, 1e9}, {1e9, 1e9, 1e9}, {45, 45, 45}},
        Box3d{{0, 0.06, 0}, {9, 0.01, 9}, {}}, Box3d{{0, 1e-300, 0}, {1e-300, 1, 1e300}, {}}}) {
    for (const PixelSize picture : {PixelSize{1, 1}, {321, 241}, {3840, 2160}})
      fail_unless(is_inside(draw({with_box_3d(box)}, kShapesOnly, picture), picture));
  }
  Style style = kShapesOnly;
  for (const double nonsense : {kNan, 0.0, 180.0, -5.0}) {
    style.camera_fov = nonsense;
    fail_unless_equals_uint64(draw({with_box_3d({{0, 3, 0}, {1, 1, 1}, {}})}, style).size(), 0);
  }
}
GST_END_TEST

GST_START_TEST(each_kind_is_drawn_only_where_it_is_wanted)
{
  const Annotation all{.label = "dog",
                       .box = Rect{0.1, 0.1, 0.2, 0.2},
                       .mask = full_mask({0.1, 0.1, 0.2, 0.2}, 8, 8),
                       .point = Point{0.8, 0.8},
                       .box_3d = Box3d{{0, 3, 0}, {1, 1, 1}, {}}};
  const Style none{.has_boxes = false,
                   .has_labels = false,
                   .has_masks = false,
                   .has_points = false,
                   .has_boxes_3d = false,
                   .has_text = false};
  fail_unless_equals_uint64(draw({all}, none).size(), 0);
  for (const auto &[member, n] : {std::pair{&Style::has_boxes, 4U},
                                  {&Style::has_labels, 1U},
                                  {&Style::has_masks, 1U},
                                  {&Style::has_points, 1U},
                                  {&Style::has_boxes_3d, 1U}}) {
    Style style = none;
    style.*member = true;
    fail_unless_equals_uint64(draw({all}, style).size(), n);
  }
}
GST_END_TEST

GST_START_TEST(kinds_lie_over_each_other_in_one_order)
{
  SceneRenderer renderer;
  const std::vector<Annotation> scene{
      {.label = "dog", .point = Point{0.5, 0.5}},
      {.label = "dog", .box_3d = Box3d{{0, 3, 0}, {1, 1, 1}, {}}},
      {.label = "dog",
       .box = Rect{0.1, 0.1, 0.2, 0.2},
       .mask = full_mask({0.1, 0.1, 0.2, 0.2}, 128, 96)},
  };
  const auto drawing = *renderer.render(kPicture, scene, {}, "words");
  fail_unless_equals_uint64(drawing.size(), 1 + 1 + 4 + 1 + 3 + 1);
  fail_unless((drawing[0].sprite->size == PixelSize{128, 96}));              // the mask
  fail_unless(drawing[1].sprite->size.width > 100);                          // the box in space
  fail_unless(drawing[2].sprite->size.height < 5);                           // a bar
  fail_unless_equals_uint64_hex(drawing[6].sprite->pixels.front() >> 24, 0); // the disc
  for (const std::size_t label : {7U, 8U, 9U})
    fail_unless_equals_uint64_hex(drawing[label].sprite->pixels.front(), color_pixel("dog"));
  fail_unless(drawing[10].at.y > 440); // the words
}
GST_END_TEST

GST_START_TEST(labels_stand_at_masks_points_and_boxes_in_space)
{
  const auto label_of = [](Annotation annotation) {
    const Drawing drawing = draw({std::move(annotation)}, {.has_boxes = false,
                                                           .has_masks = false,
                                                           .has_points = false,
                                                           .has_boxes_3d = false,
                                                           .line_width = 4});
    fail_unless_equals_uint64(drawing.size(), 1);
    return drawing.front();
  };
  const PlacedSprite mask = label_of(with_mask(full_mask({0.25, 0.5, 0.25, 0.25}, 4, 4)));
  fail_unless(std::abs(mask.at.x - 160) < 6 && mask.at.y < 240 && mask.at.y > 200);
  const PlacedSprite point = label_of(with_point({0.5, 0.5}));
  fail_unless(point.at.x > 320 && point.at.x < 340 && std::abs(point.at.y + 10 - 240) < 10);
  const PlacedSprite at_border = label_of(with_point({0.99, 0.5}));
  fail_unless(at_border.at.x + at_border.sprite->size.width < 634);
  const PlacedSprite box = label_of(with_box_3d({{0, 3, 0}, {1, 1, 1}, {}}));
  fail_unless(box.at.y > 80 && box.at.y < 160);
}
GST_END_TEST

GST_START_TEST(labels_leave_points_visible)
{
  // In a row, so that each label would cover the next point.
  std::vector<Annotation> scene;
  for (int i = 0; i < 5; ++i)
    scene.push_back({.label = "dog", .point = Point{0.3 + 0.05 * i, 0.5}});
  const Canvas canvas{kPicture, draw(scene, {.line_width = 4})};
  for (int i = 0; i < 5; ++i) {
    bool has_ring = false; // the label's plate has the point's colour, but no ring
    for (int x = -12; x <= 12; ++x)
      has_ring |= distance(canvas.at(192 + 32 * i + x, 240), 0xffffffffu) < 16;
    fail_unless(has_ring, "point %d", i);
  }
}
GST_END_TEST

GST_START_TEST(everything_is_inside_pictures_of_any_size)
{
  for (const PixelSize picture :
       {PixelSize{1, 1}, {2, 2}, {15, 7}, {333, 217}, {321, 241}, {1080, 1920}, {7, 2000}}) {
    for (const int size : {0, 1, 100, 256}) {
      SceneRenderer renderer;
      const auto drawing =
          renderer.render(picture,
                          {with_mask(full_mask({0.9, 0.9, 0.3, 0.3}, 30, 20)),
                           with_point({0.99, 0.01}),
                           with_point({0, 1}),
                           with_box_3d({{0.5, 1, 0.2}, {1, 1, 1}, {10, 20, 30}}),
                           with_box_3d({{0, 0, 0}, {1, 3, 1}, {0, 0, 5}}),
                           {.label = "a class"}},
                          {.line_width = size, .font_size = size}, "words\nand more words");
      fail_unless(!drawing->empty());
      fail_unless(is_inside(*drawing, picture), "%dx%d, size %d", picture.width, picture.height,
                  size);
    }
  }
}
GST_END_TEST

static Suite *render_shapes_suite(void)
{
  Suite *suite = suite_create("render_shapes");
  TCase *cases = tcase_create("shapes");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, mask_as_fine_as_the_picture_is_drawn_cell_by_cell);
  tcase_add_test(cases, mask_of_another_size_is_stretched_over_its_rectangle);
  tcase_add_test(cases, stretched_masks_do_not_fade_at_their_borders);
  tcase_add_test(cases, mask_beyond_the_picture_is_cut);
  tcase_add_test(cases, opacity_goes_from_nothing_to_solid);
  tcase_add_test(cases, mask_is_drawn_once_and_known_by_its_identity);
  tcase_add_test(cases, mask_that_has_only_moved_is_not_drawn_again);
  tcase_add_test(cases, moving_mask_keeps_its_size);
  tcase_add_test(cases, unsound_masks_are_not_drawn);
  tcase_add_test(cases, many_large_masks_become_one_sprite_that_looks_the_same);
  tcase_add_test(cases, thousands_of_shapes_of_a_4k_picture_are_one_sprite_of_each_kind);
  tcase_add_test(cases, point_is_a_disc_with_rings);
  tcase_add_test(cases, points_at_the_border_are_cut_and_those_outside_not_drawn);
  tcase_add_test(cases, box_in_space_is_drawn_along_its_edges);
  tcase_add_test(cases, field_of_view_and_pixel_aspect_change_the_projection);
  tcase_add_test(cases, boxes_in_space_of_any_numbers_are_survived);
  tcase_add_test(cases, each_kind_is_drawn_only_where_it_is_wanted);
  tcase_add_test(cases, kinds_lie_over_each_other_in_one_order);
  tcase_add_test(cases, labels_stand_at_masks_points_and_boxes_in_space);
  tcase_add_test(cases, labels_leave_points_visible);
  tcase_add_test(cases, everything_is_inside_pictures_of_any_size);
  return suite;
}

GST_CHECK_MAIN(render_shapes)
