// SPDX-License-Identifier: LGPL-2.1-or-later
// Scenes become sprites: the right ones, in the right places, inside the picture.

#include "render/palette.hpp"
#include "render/scene_renderer.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

constexpr PixelSize kPicture{640, 480};

std::vector<PixelRect> rects_of(const Drawing &drawing)
{
  std::vector<PixelRect> rects;
  for (const PlacedSprite &p : drawing)
    rects.push_back({p.at.x, p.at.y, p.sprite->size.width, p.sprite->size.height});
  return rects;
}

std::vector<PixelRect> boxes_only(const Rect &box, PixelSize picture = kPicture, int line_width = 4)
{
  SceneRenderer renderer;
  const Style style{.has_labels = false, .line_width = line_width};
  return rects_of(*renderer.render(picture, {{"person", box}}, style));
}

PlacedSprite label_only(const std::string &text, PixelSize picture = kPicture)
{
  SceneRenderer renderer;
  const auto drawing =
      renderer.render(picture, {{text, Rect{0.1, 0.3, 0.2, 0.2}}}, {.has_boxes = false});
  fail_unless_equals_uint64(drawing->size(), 1);
  return drawing->front();
}

// Pixels that are not the plate's own colour.
std::ptrdiff_t n_inked(const Sprite &sprite)
{
  return static_cast<std::ptrdiff_t>(sprite.pixels.size()) -
         std::count(sprite.pixels.begin(), sprite.pixels.end(), sprite.pixels.front());
}

void assert_inside(const Drawing &drawing, PixelSize picture)
{
  for (const PixelRect &r : rects_of(drawing))
    fail_unless(r.width > 0 && r.height > 0 && r.x >= 0 && r.y >= 0 && r.right() <= picture.width &&
                    r.bottom() <= picture.height,
                "%d,%d %dx%d in %dx%d", r.x, r.y, r.width, r.height, picture.width, picture.height);
}

} // namespace

GST_START_TEST(outline_runs_along_the_box)
{
  const std::vector<PixelRect> expected{
      {158, 118, 324, 4}, {158, 358, 324, 4}, {158, 122, 4, 236}, {478, 122, 4, 236}};
  fail_unless((boxes_only({0.25, 0.25, 0.5, 0.5}) == expected));
}
GST_END_TEST

GST_START_TEST(outline_of_a_box_beyond_the_picture_runs_along_its_border)
{
  const std::vector<PixelRect> expected{
      {0, 0, 640, 4}, {0, 476, 640, 4}, {0, 4, 4, 472}, {636, 4, 4, 472}};
  fail_unless((boxes_only({-0.5, -0.5, 2, 2}) == expected));
}
GST_END_TEST

GST_START_TEST(corners_leave_the_middle_of_each_side_free)
{
  SceneRenderer renderer;
  const Style style{.has_labels = false, .box_style = BoxStyle::corners, .line_width = 4};
  const auto corners = [&](const Rect &box) {
    return rects_of(*renderer.render(kPicture, {{"person", box}}, style));
  };
  // Arms are a quarter of their side.
  const std::vector<PixelRect> expected{{158, 118, 80, 4}, {402, 118, 80, 4}, {158, 358, 80, 4},
                                        {402, 358, 80, 4}, {158, 122, 4, 56}, {158, 302, 4, 56},
                                        {478, 122, 4, 56}, {478, 302, 4, 56}};
  fail_unless((corners({0.25, 0.25, 0.5, 0.5}) == expected));
  // Of a small box they are the outline.
  fail_unless((corners({0.5, 0.5, 0.02, 0.02}) == boxes_only({0.5, 0.5, 0.02, 0.02})));
  fail_unless((corners({0.5, 0.5, 0, 0}) == boxes_only({0.5, 0.5, 0, 0})));
}
GST_END_TEST

GST_START_TEST(filled_boxes_are_tinted_inside)
{
  SceneRenderer renderer;
  Style style{
      .has_labels = false, .box_style = BoxStyle::filled, .line_width = 4, .mask_opacity = 0.25};
  const auto drawing = renderer.render(kPicture, {{"person", Rect{0.25, 0.25, 0.5, 0.5}}}, style);
  fail_unless_equals_uint64(drawing->size(), 5);
  fail_unless((rects_of(*drawing).front() == PixelRect{162, 122, 316, 236}));
  fail_unless(drawing->front().sprite->pixels.front() == argb(color_of("person"), 64));
  style.mask_opacity = 0;
  fail_unless_equals_uint64(
      renderer.render(kPicture, {{"person", Rect{0.25, 0.25, 0.5, 0.5}}}, style)->size(), 4);
  fail_unless_equals_uint64(renderer.render(kPicture, {{"a", Rect{0.5, 0.5, 0, 0}}}, style)->size(),
                            1);
}
GST_END_TEST

GST_START_TEST(captions_and_colours_of_others_are_taken)
{
  SceneRenderer renderer;
  Annotation annotation{.label = "person", .box = Rect{0.1, 0.3, 0.2, 0.2}};
  const auto plain = renderer.render(kPicture, {annotation}, {});
  annotation.color = Color{1, 2, 3};
  const auto dark = renderer.render(kPicture, {annotation}, {});
  for (const PlacedSprite &placed : *dark) // bars, and the plate of the label
    fail_unless(placed.sprite->pixels.front() == argb({1, 2, 3}));
  annotation.caption = "somebody\nwith a long name";
  const auto named = renderer.render(kPicture, {annotation}, {});
  fail_unless(named->back().sprite->size.width > plain->back().sprite->size.width);
  fail_unless(named->back().sprite->size.height == plain->back().sprite->size.height);
  annotation.caption = "";
  fail_unless_equals_uint64(renderer.render(kPicture, {annotation}, {})->size(), 4); // no label
}
GST_END_TEST

GST_START_TEST(text_stands_where_it_is_wanted)
{
  SceneRenderer renderer;
  const auto at = [&](TextPosition position) {
    const Style style{.text_position = position};
    const auto drawing = renderer.render(kPicture, {}, style, "A cat", "2.3 s old");
    fail_unless_equals_uint64(drawing->size(), 2);
    assert_inside(*drawing, kPicture);
    const auto rects = rects_of(*drawing);
    fail_unless(overlap(rects[0], rects[1]) == 0, "the status covers the text");
    return rects[1];
  };
  const auto is_left = [](const PixelRect &r) { return r.right() < kPicture.width / 3; };
  const auto is_right = [](const PixelRect &r) { return r.x > 2 * kPicture.width / 3; };
  const auto is_above = [](const PixelRect &r) { return r.bottom() < kPicture.height / 4; };
  const auto is_below = [](const PixelRect &r) { return r.y > 3 * kPicture.height / 4; };
  struct {
    TextPosition position;
    bool left, right, above, below;
  } cases[] = {{TextPosition::bottom_left, true, false, false, true},
               {TextPosition::bottom, false, false, false, true},
               {TextPosition::bottom_right, false, true, false, true},
               {TextPosition::top_left, true, false, true, false},
               {TextPosition::top, false, false, true, false},
               {TextPosition::top_right, false, true, true, false},
               {TextPosition::center, false, false, false, false}};
  for (const auto &c : cases) {
    const PixelRect r = at(c.position);
    fail_unless(is_left(r) == c.left && is_right(r) == c.right && is_above(r) == c.above &&
                    is_below(r) == c.below,
                "%d: %d,%d %dx%d", static_cast<int>(c.position), r.x, r.y, r.width, r.height);
  }
}
GST_END_TEST

GST_START_TEST(outline_of_a_tiny_box_is_a_dot)
{
  const std::vector<PixelRect> expected{{318, 238, 4, 4}};
  fail_unless((boxes_only({0.5, 0.5, 0, 0}) == expected));
}
GST_END_TEST

GST_START_TEST(boxes_outside_and_nonsense_draw_nothing)
{
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  for (const Rect &box : {Rect{2, 0, 1, 1}, Rect{-3, 0, 1, 1}, Rect{0, 1.5, 1, 1},
                          Rect{kNan, 0, 1, 1}, Rect{0, 0, kInfinite, 1}, Rect{0.8, 0.1, -0.5, 0.1}})
    fail_unless_equals_uint64(boxes_only(box).size(), 0);
}
GST_END_TEST

GST_START_TEST(everything_is_inside_pictures_of_any_size)
{
  const std::string long_label(10'000, 'W');
  for (const PixelSize picture : {PixelSize{1, 1},
                                  {2, 2},
                                  {15, 7},
                                  {333, 217},
                                  {1080, 1920},
                                  {3840, 2160},
                                  {7, 2000},
                                  {2000, 7}}) {
    for (const int size : {0, 1, 100, 512}) {
      SceneRenderer renderer;
      const Style style{.line_width = size / 2, .font_size = size};
      const auto drawing = renderer.render(picture,
                                           {{"person", Rect{0.1, 0.1, 0.5, 0.5}},
                                            {long_label, Rect{0.9, 0.9, 0.1, 0.1}},
                                            {"日本語 😀 مرحبا", Rect{-1, 0.5, 5, 0.5}}},
                                           style);
      fail_unless(!drawing->empty());
      assert_inside(*drawing, picture);
    }
  }
}
GST_END_TEST

GST_START_TEST(any_text_is_drawn)
{
  std::string stacked = "a";
  for (int i = 0; i < 5000; ++i)
    stacked += "\u0301";
  for (const std::string &text : {std::string("person"), std::string("M&M <none>"),
                                  std::string("</span>"), std::string("مرحبا بالعالم"),
                                  std::string("日本語"), std::string("👩‍👩‍👧‍👦"),
                                  std::string("caf\xe9"), std::string("a\nb"), stacked}) {
    const PlacedSprite label = label_only(text);
    fail_unless(n_inked(*label.sprite) > 10, "'%s' left no ink", text.c_str());
    fail_unless(label.sprite->size.height < 60, "'%s' takes more than a line", text.c_str());
  }
}
GST_END_TEST

GST_START_TEST(markup_is_shown_and_not_obeyed)
{
  fail_unless(label_only("<b>x</b>").sprite->size.width > label_only("bxb").sprite->size.width);
  fail_unless(label_only("&lt;&lt;").sprite->size.width > label_only("<<").sprite->size.width);
}
GST_END_TEST

GST_START_TEST(long_labels_end_within_half_of_the_picture)
{
  const PlacedSprite label = label_only(std::string(10'000, 'W'));
  fail_unless(label.sprite->size.width <= kPicture.width / 2);
  fail_unless(label.sprite->size.width > kPicture.width / 3);
}
GST_END_TEST

GST_START_TEST(right_to_left_text_stands_on_its_plate)
{
  // The layout is much wider than the text, which stands at the layout's right end.
  const PlacedSprite label = label_only("مرحبا");
  fail_unless(label.sprite->size.width < 100);
  fail_unless(n_inked(*label.sprite) > 10);
}
GST_END_TEST

GST_START_TEST(empty_label_has_no_plate)
{
  SceneRenderer renderer;
  const auto drawing = renderer.render(kPicture, {{" \n", Rect{0.1, 0.1, 0.5, 0.5}}}, {});
  fail_unless_equals_uint64(drawing->size(), 4);
}
GST_END_TEST

GST_START_TEST(box_has_the_colour_of_its_label)
{
  SceneRenderer renderer;
  const auto drawing = renderer.render(kPicture, {{"dog", Rect{0.1, 0.3, 0.5, 0.5}}}, {});
  const Color c = color_of("dog");
  const auto argb = 0xff000000u | static_cast<unsigned>(c.red << 16 | c.green << 8 | c.blue);
  for (const PlacedSprite &placed : *drawing)
    fail_unless_equals_uint64_hex(placed.sprite->pixels.front(), argb);
}
GST_END_TEST

GST_START_TEST(same_scene_gives_the_very_same_drawing)
{
  SceneRenderer renderer;
  const std::vector<Annotation> scene{{"cat", Rect{0.1, 0.3, 0.5, 0.5}}};
  const auto first = renderer.render(kPicture, scene, {});
  fail_unless((renderer.render(kPicture, scene, {}) == first));
  fail_unless((renderer.render(kPicture, scene, {.font_size = 30}) != first));
  fail_unless((renderer.render({320, 240}, scene, {}) != first));
}
GST_END_TEST

GST_START_TEST(moving_box_keeps_its_sprites)
{
  SceneRenderer renderer;
  const auto before = renderer.render(kPicture, {{"cat", Rect{0.1, 0.3, 0.5, 0.5}}}, {});
  const auto after = renderer.render(kPicture, {{"cat", Rect{0.2, 0.35, 0.5, 0.5}}}, {});
  fail_unless_equals_uint64(before->size(), after->size());
  for (std::size_t i = 0; i < before->size(); ++i) {
    fail_unless((*before)[i].sprite == (*after)[i].sprite);
    fail_unless((*before)[i].at != (*after)[i].at);
  }
}
GST_END_TEST

GST_START_TEST(reset_forgets_the_sprites)
{
  SceneRenderer renderer;
  const std::vector<Annotation> scene{{"cat", Rect{0.1, 0.3, 0.5, 0.5}}};
  const auto first = renderer.render(kPicture, scene, {});
  renderer.reset();
  fail_unless((renderer.render(kPicture, scene, {})->back().sprite != first->back().sprite));
}
GST_END_TEST

GST_START_TEST(sizes_grow_with_the_picture)
{
  const PixelSize pictures[] = {{426, 240}, {854, 480}, {1280, 720}, {1920, 1080}, {3840, 2160}};
  int last = 0;
  for (const PixelSize picture : pictures) {
    const int font = automatic_font_size(picture);
    fail_unless(font >= 11 && font > last - 1, "font of %d", picture.height);
    fail_unless(font * 20 >= picture.height / 2 && font * 15 <= picture.height);
    fail_unless(automatic_line_width(picture) >= 2);
    fail_unless_equals_int(automatic_line_width(picture) % 2, 0);
    last = font;
  }
  fail_unless((automatic_font_size({1080, 1920}) < automatic_font_size({1920, 1080}) + 1));
}
GST_END_TEST

static Suite *render_scene_suite(void)
{
  Suite *suite = suite_create("render_scene");
  TCase *cases = tcase_create("scene");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, outline_runs_along_the_box);
  tcase_add_test(cases, outline_of_a_box_beyond_the_picture_runs_along_its_border);
  tcase_add_test(cases, corners_leave_the_middle_of_each_side_free);
  tcase_add_test(cases, filled_boxes_are_tinted_inside);
  tcase_add_test(cases, captions_and_colours_of_others_are_taken);
  tcase_add_test(cases, text_stands_where_it_is_wanted);
  tcase_add_test(cases, outline_of_a_tiny_box_is_a_dot);
  tcase_add_test(cases, boxes_outside_and_nonsense_draw_nothing);
  tcase_add_test(cases, everything_is_inside_pictures_of_any_size);
  tcase_add_test(cases, any_text_is_drawn);
  tcase_add_test(cases, markup_is_shown_and_not_obeyed);
  tcase_add_test(cases, long_labels_end_within_half_of_the_picture);
  tcase_add_test(cases, right_to_left_text_stands_on_its_plate);
  tcase_add_test(cases, empty_label_has_no_plate);
  tcase_add_test(cases, box_has_the_colour_of_its_label);
  tcase_add_test(cases, same_scene_gives_the_very_same_drawing);
  tcase_add_test(cases, moving_box_keeps_its_sprites);
  tcase_add_test(cases, reset_forgets_the_sprites);
  tcase_add_test(cases, sizes_grow_with_the_picture);
  return suite;
}

GST_CHECK_MAIN(render_scene)
