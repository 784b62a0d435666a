// SPDX-License-Identifier: LGPL-2.1-or-later
// Labels made fit to be drawn, and their colours.

#include "render/label_text.hpp"
#include "render/palette.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

void assert_cleaned(const std::string &label, const std::string &expected)
{
  const std::string clean = clean_label(label);
  fail_unless(clean == expected, "'%s' became '%s'", label.c_str(), clean.c_str());
}

int rgb(Color c)
{
  return c.red << 16 | c.green << 8 | c.blue;
}

} // namespace

GST_START_TEST(plain_labels_and_markup_stay_as_they_are)
{
  for (const char *label : {"person", "M&M <none>", "<b>bold</b> &amp;", "日本語 😀", "مرحبا"})
    assert_cleaned(label, label);
}
GST_END_TEST

GST_START_TEST(controls_and_white_space_become_single_spaces)
{
  assert_cleaned("a\nb\tc\r\n d\x1b[31m", "a b c d [31m");
  assert_cleaned("  left and right \n", "left and right");
  assert_cleaned("a\u2028b\u00a0c", "a b c");
  assert_cleaned("\n\t ", "");
}
GST_END_TEST

GST_START_TEST(characters_that_reorder_text_go)
{
  assert_cleaned("a\u202egnp.exe\u202c", "agnp.exe");
  assert_cleaned("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469");
}
GST_END_TEST

GST_START_TEST(invalid_utf8_becomes_replacement_characters)
{
  assert_cleaned("caf\xe9", "caf\ufffd");
  assert_cleaned("\xff\xfe", "\ufffd\ufffd");
}
GST_END_TEST

GST_START_TEST(very_long_labels_are_cut)
{
  for (const char *character : {"x", "é", "語", "😀"}) {
    std::string label;
    while (label.size() < 10'000)
      label += character;
    const std::string clean = clean_label(label);
    fail_unless(g_utf8_validate(clean.c_str(), -1, nullptr));
    fail_unless_equals_int64(g_utf8_strlen(clean.c_str(), -1), 201);
    fail_unless(clean.ends_with("\u2026"));
  }
}
GST_END_TEST

GST_START_TEST(lines_of_a_text_stay_apart)
{
  const auto assert_lines = [](const std::string &text, const std::string &expected) {
    const std::string clean = clean_text(text);
    fail_unless(clean == expected, "'%s' became '%s'", text.c_str(), clean.c_str());
  };
  assert_lines("a\nb\r\nc\rd", "a\nb\nc\nd");
  assert_lines("\n\n a \t b \n \n\n c \n\n", "a b\nc");
  assert_lines("a\u2028b\u2029c\u0085d\ve", "a\nb\nc\nd\ne");
  assert_lines("<b>\u202eM&M\u202c \x1b", "<b>M&M");
  assert_lines("", "");
}
GST_END_TEST

GST_START_TEST(very_long_texts_are_cut)
{
  for (const char *character : {"x", "語", "😀"}) {
    std::string text;
    while (text.size() < 100'000)
      text += character;
    const std::string clean = clean_text(text);
    fail_unless(g_utf8_validate(clean.c_str(), -1, nullptr));
    fail_unless_equals_int64(g_utf8_strlen(clean.c_str(), -1), 2001);
    fail_unless(clean.ends_with("\u2026"));
  }
}
GST_END_TEST

GST_START_TEST(colours_are_the_same_in_every_run)
{
  fail_unless_equals_int(rgb(color_of("person")), 0xd55e00);
  fail_unless_equals_int(rgb(color_of("car")), 0x56b4e9);
  fail_unless_equals_int(rgb(color_of("自転車")), rgb(color_of("自転車")));
  fail_unless(color_of("Person") == color_of("person"));
  fail_unless(color_of("\xff") == color_of("\xff"));
}
GST_END_TEST

GST_START_TEST(common_things_have_colours_of_their_own)
{
  std::set<int> colors;
  for (const char *label : {"person", "car", "truck", "bus", "bicycle", "dog", "cat"})
    colors.insert(rgb(color_of(label)));
  fail_unless_equals_uint64(colors.size(), 7);
}
GST_END_TEST

GST_START_TEST(ink_is_readable_on_every_plate)
{
  const auto luminance = [](Color c) {
    const auto linear = [](int v) { return std::pow(v / 255.0, 2.2); };
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
  };
  for (int i = 0; i < 100; ++i) {
    const Color plate = color_of("label " + std::to_string(i));
    const double a = luminance(plate) + 0.05;
    const double b = luminance(ink_on(plate)) + 0.05;
    fail_unless(std::max(a, b) / std::min(a, b) >= 4.5, "label %d", i); // WCAG's AA
  }
}
GST_END_TEST

static Suite *render_text_suite(void)
{
  Suite *suite = suite_create("render_text");
  TCase *cases = tcase_create("text");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, plain_labels_and_markup_stay_as_they_are);
  tcase_add_test(cases, controls_and_white_space_become_single_spaces);
  tcase_add_test(cases, characters_that_reorder_text_go);
  tcase_add_test(cases, invalid_utf8_becomes_replacement_characters);
  tcase_add_test(cases, very_long_labels_are_cut);
  tcase_add_test(cases, lines_of_a_text_stay_apart);
  tcase_add_test(cases, very_long_texts_are_cut);
  tcase_add_test(cases, colours_are_the_same_in_every_run);
  tcase_add_test(cases, common_things_have_colours_of_their_own);
  tcase_add_test(cases, ink_is_readable_on_every_plate);
  return suite;
}

GST_CHECK_MAIN(render_text)
