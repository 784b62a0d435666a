// SPDX-License-Identifier: LGPL-2.1-or-later
// Captions, answers and classes below the picture.

#include "render_canvas.hpp"

#include <algorithm>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

constexpr PixelSize kPicture{640, 480};

Drawing draw(const std::string &text, const std::vector<Annotation> &annotations = {},
             const Style &style = {}, PixelSize picture = kPicture)
{
  SceneRenderer renderer;
  return *renderer.render(picture, annotations, style, text);
}

PixelSize size_of(const std::string &text, const std::vector<Annotation> &annotations = {},
                  const Style &style = {}, PixelSize picture = kPicture)
{
  const Drawing drawing = draw(text, annotations, style, picture);
  fail_unless_equals_uint64(drawing.size(), 1);
  fail_unless(is_inside(drawing, picture));
  return drawing.front().sprite->size;
}

std::ptrdiff_t n_inked(const Sprite &sprite)
{
  return static_cast<std::ptrdiff_t>(sprite.pixels.size()) -
         std::count(sprite.pixels.begin(), sprite.pixels.end(), sprite.pixels.front());
}

std::string many_words(int n)
{
  std::string words;
  for (int i = 0; i < n; ++i)
    words += "word ";
  return words;
}

} // namespace

GST_START_TEST(words_stand_on_a_plate_at_the_lower_border)
{
  const Drawing drawing = draw("Two cats sleep.");
  fail_unless_equals_uint64(drawing.size(), 1);
  const auto &[sprite, at] = drawing.front();
  const int right = kPicture.width - at.x - sprite->size.width;
  const int below = kPicture.height - at.y - sprite->size.height;
  fail_unless(std::abs(right - at.x) <= 2); // in the middle
  fail_unless(below > 0 && below < 20);
  const std::uint32_t plate = sprite->pixels.front();
  fail_unless(plate >> 24 > 100 && plate >> 24 < 255 && (plate & 0xffffff) == 0);
  fail_unless(n_inked(*sprite) > 100);
}
GST_END_TEST

GST_START_TEST(long_texts_wrap_and_end_within_a_third_of_the_picture)
{
  const int line = size_of("word").height;
  const PixelSize some = size_of(many_words(30));
  fail_unless(some.height > line && some.height < 4 * line);
  fail_unless(some.width <= kPicture.width - 10 && some.width > kPicture.width * 3 / 4);
  for (const int n : {300, 10'000}) {
    const PixelSize many = size_of(many_words(n));
    fail_unless(many.height <= kPicture.height / 3 && many.height > kPicture.height / 4);
  }
}
GST_END_TEST

GST_START_TEST(text_that_is_cut_ends_in_an_ellipsis)
{
  // The last line of many short ones has more ink than the line itself would.
  std::string lines;
  for (int i = 0; i < 100; ++i)
    lines += ".\n";
  std::string fewer;
  for (int i = 0; i < 9; ++i)
    fewer += ".\n";
  const Drawing cut = draw(lines);
  fail_unless(cut.front().sprite->size.height <= kPicture.height / 3);
  fail_unless(size_of(lines).width > size_of(fewer).width);
}
GST_END_TEST

GST_START_TEST(lines_stay_lines)
{
  const int one = size_of("cat dog").height;
  const int two = size_of("cat\ndog").height;
  fail_unless(two > one * 3 / 2);
  fail_unless_equals_int(size_of("cat\n\n\r\n dog\n").height, two);
  fail_unless(size_of("cat\ndog").width < size_of("cat dog").width);
}
GST_END_TEST

GST_START_TEST(long_words_are_broken)
{
  const PixelSize size = size_of(std::string(300, 'W'));
  fail_unless(size.width <= kPicture.width && size.height > 2 * size_of("W").height);
}
GST_END_TEST

GST_START_TEST(classes_are_lines_below_the_words)
{
  const std::vector<Annotation> classes{{.label = "indoors"}, {.label = "a portrait"}};
  const PixelSize both = size_of("", classes);
  fail_unless(both == size_of("indoors\na portrait"));
  fail_unless(size_of("Words", classes) == size_of("Words\nindoors\na portrait"));
  fail_unless_equals_uint64(draw("", {{.label = " "}}).size(), 0);
  const std::vector<Annotation> endless(1000, {.label = "a\nclass " + std::string(10'000, 'x')});
  fail_unless(size_of("", endless).height <= kPicture.height / 3);
}
GST_END_TEST

GST_START_TEST(markup_is_shown_and_not_obeyed)
{
  fail_unless(size_of("<b>x</b>").width > size_of("bxb").width);
  fail_unless(size_of("&lt;&lt;").width > size_of("<<").width);
}
GST_END_TEST

GST_START_TEST(any_script_is_drawn)
{
  for (const char *text : {"日本語の説明", "مرحبا بالعالم", "שלום עולם",
                           "👩‍👩‍👧‍👦", "caf\xe9", "नमस्ते दुनिया", "\x1b[31mred"}) {
    const Drawing drawing = draw(text);
    fail_unless_equals_uint64(drawing.size(), 1);
    fail_unless(n_inked(*drawing.front().sprite) > 10, "'%s' left no ink", text);
    fail_unless(drawing.front().sprite->size.width < 400, "'%s'", text);
  }
}
GST_END_TEST

GST_START_TEST(lines_of_both_directions_share_a_narrow_plate)
{
  const int wider = std::max(size_of("indoors").width, size_of("مرحبا بالعالم").width);
  fail_unless(std::abs(size_of("indoors\nمرحبا بالعالم").width - wider) <= 2);
  const PixelSize wrapped = size_of("مرحبا بالعالم " + many_words(40));
  fail_unless(wrapped.height > 2 * size_of("word").height);
}
GST_END_TEST

GST_START_TEST(letters_shrink_to_fit_and_none_is_drawn_where_none_would_be_read)
{
  fail_unless(size_of("word", {}, {.font_size = 512}).height <= kPicture.height / 3);
  for (const PixelSize picture : {PixelSize{1, 1}, {7, 2000}, {2000, 7}, {17, 9}})
    fail_unless_equals_uint64(draw("word", {}, {}, picture).size(), 0);
  fail_unless(size_of(many_words(20), {}, {}, {160, 90}).height <= 30);
}
GST_END_TEST

GST_START_TEST(no_words_no_plate)
{
  fail_unless_equals_uint64(draw("").size(), 0);
  fail_unless_equals_uint64(draw(" \n\t").size(), 0);
  fail_unless_equals_uint64(draw("word", {{.label = "class"}}, {.has_text = false}).size(), 0);
}
GST_END_TEST

GST_START_TEST(labels_keep_clear_of_the_words)
{
  const Drawing drawing = draw("Two cats sleep.",
                               {{.label = "cat", .box = Rect{0.45, 0.98, 0.1, 0.02}},
                                {.label = "another cat", .point = Point{0.45, 0.95}}},
                               {.has_boxes = false, .has_points = false});
  fail_unless_equals_uint64(drawing.size(), 3);
  const auto rect_of = [](const PlacedSprite &p) {
    return PixelRect{p.at.x, p.at.y, p.sprite->size.width, p.sprite->size.height};
  };
  for (const std::size_t label : {0U, 1U})
    fail_unless_equals_int64(overlap(rect_of(drawing[label]), rect_of(drawing.back())), 0);
}
GST_END_TEST

GST_START_TEST(same_words_give_the_very_same_drawing)
{
  SceneRenderer renderer;
  const auto words = renderer.render(kPicture, {}, {}, "words");
  fail_unless(renderer.render(kPicture, {}, {}, "words") == words);
  fail_unless(renderer.render(kPicture, {}, {}, "other words") != words);
  const auto again = renderer.render(kPicture, {{.label = "", .point = Point{}}}, {}, "words");
  fail_unless(again->back().sprite == words->back().sprite);
}
GST_END_TEST

// A caption of a crop changes from answer to answer; the colour is that of the label.
GST_START_TEST(words_about_a_thing_stand_behind_its_label)
{
  const Rect box{0.25, 0.25, 0.5, 0.5};
  const Drawing alone = draw("", {{.label = "man", .box = box}});
  const Drawing with_words = draw("", {{.label = "man", .box = box, .words = "with\na hat"}});
  fail_unless_equals_uint64(alone.size(), with_words.size());
  fail_unless(alone.front().sprite->pixels == with_words.front().sprite->pixels);
  fail_unless(with_words.back().sprite->size.width > alone.back().sprite->size.width);
  fail_unless_equals_int(with_words.back().sprite->size.height, alone.back().sprite->size.height);
  fail_unless(is_inside(draw("", {{.label = "", .box = box, .words = many_words(500)}}), kPicture));
}
GST_END_TEST

static Suite *render_words_suite(void)
{
  Suite *suite = suite_create("render_words");
  TCase *cases = tcase_create("words");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, words_about_a_thing_stand_behind_its_label);
  tcase_add_test(cases, words_stand_on_a_plate_at_the_lower_border);
  tcase_add_test(cases, long_texts_wrap_and_end_within_a_third_of_the_picture);
  tcase_add_test(cases, text_that_is_cut_ends_in_an_ellipsis);
  tcase_add_test(cases, lines_stay_lines);
  tcase_add_test(cases, long_words_are_broken);
  tcase_add_test(cases, classes_are_lines_below_the_words);
  tcase_add_test(cases, markup_is_shown_and_not_obeyed);
  tcase_add_test(cases, any_script_is_drawn);
  tcase_add_test(cases, lines_of_both_directions_share_a_narrow_plate);
  tcase_add_test(cases, letters_shrink_to_fit_and_none_is_drawn_where_none_would_be_read);
  tcase_add_test(cases, no_words_no_plate);
  tcase_add_test(cases, labels_keep_clear_of_the_words);
  tcase_add_test(cases, same_words_give_the_very_same_drawing);
  return suite;
}

GST_CHECK_MAIN(render_words)
