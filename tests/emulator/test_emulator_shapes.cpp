// SPDX-License-Identifier: LGPL-2.1-or-later
// The shapes vision against pictures whose truth is known.
#include "shapes.hpp"
#include "test_canvas.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

constexpr Rgb kGray{0.45, 0.45, 0.45};
constexpr Rgb kRed{0.85, 0.1, 0.1};
constexpr Rgb kGreen{0.1, 0.6, 0.15};
constexpr Rgb kBlue{0.1, 0.2, 0.85};
constexpr Rgb kYellow{0.9, 0.85, 0.1};
constexpr Rgb kWhite{1, 1, 1};
constexpr Rgb kBlack{0, 0, 0};

struct Truth {
  std::string label;
  Box box;
};

std::vector<Sight> look_at(const std::vector<std::uint8_t> &bytes)
{
  const auto picture = decode_picture(bytes);
  fail_unless(picture.has_value());
  return find_shapes(*picture);
}

double worst_side(const Box &a, const Box &b)
{
  return std::max({std::abs(a.left - b.left), std::abs(a.top - b.top), std::abs(a.right - b.right),
                   std::abs(a.bottom - b.bottom)});
}

std::string describe(const std::vector<Sight> &sights)
{
  std::string out;
  for (const auto &s : sights) {
    char line[160];
    g_snprintf(line, sizeof line, "\n  %s %.2f %.2f %.2f %.2f (%.0f)", s.label.c_str(), s.box.left,
               s.box.top, s.box.right, s.box.bottom, s.weight);
    out += line;
  }
  return out;
}

// Exactly these shapes are seen, in any order, and each side within `tolerance` pixels.
void check(const std::vector<Sight> &sights, const std::vector<Truth> &truths,
           const std::string &what, double tolerance = 0.5)
{
  fail_unless(sights.size() == truths.size(), "%s: %zu shapes instead of %zu%s", what.c_str(),
              sights.size(), truths.size(), describe(sights).c_str());
  for (const auto &truth : truths) {
    const auto at = std::find_if(sights.begin(), sights.end(),
                                 [&](const Sight &s) { return s.label == truth.label; });
    fail_unless(at != sights.end(), "%s: no %s in%s", what.c_str(), truth.label.c_str(),
                describe(sights).c_str());
    const double off = worst_side(at->box, truth.box);
    fail_unless(off <= tolerance, "%s: the %s is off by %.2f px: %.2f %.2f %.2f %.2f", what.c_str(),
                truth.label.c_str(), off, at->box.left, at->box.top, at->box.right, at->box.bottom);
  }
}

// Four shapes at odd places, in parts of a picture of any size; `scale` is from the picture to the
// truth's pixels.
std::vector<Truth> draw_scene(Canvas &canvas, double scale = 1)
{
  const double w = canvas.width();
  const double h = canvas.height();
  const Box red{0.07 * w, 0.11 * h, 0.31 * w, 0.44 * h};
  const Box blue{0.52 * w, 0.08 * h, 0.83 * w, 0.37 * h};
  const Box green{0.12 * w, 0.58 * h, 0.4 * w, 0.93 * h};
  const Box yellow{0.55 * w, 0.5 * h, 0.91 * w, 0.9 * h};
  canvas.rectangle(kRed, red.left, red.top, red.right, red.bottom);
  canvas.ellipse(kBlue, blue.left, blue.top, blue.right, blue.bottom);
  canvas.triangle(kGreen, 0.2 * w, green.top, green.left, green.bottom, green.right, 0.81 * h);
  canvas.rectangle(kYellow, yellow.left, yellow.top, yellow.right, yellow.bottom);
  const auto scaled = [&](const Box &box) {
    return Box{box.left * scale, box.top * scale, box.right * scale, box.bottom * scale};
  };
  return {{"red rectangle", scaled(red)},
          {"blue ellipse", scaled(blue)},
          {"green triangle", scaled(green)},
          {"yellow rectangle", scaled(yellow)}};
}

struct Size {
  int width;
  int height;
};
constexpr Size kSizes[] = {{1024, 576}, {640, 480}, {333, 217}, {576, 1024}};

} // namespace

GST_START_TEST(boxes_end_at_the_true_edges_in_jpegs_of_all_sizes)
{
  for (const Size size : kSizes) {
    for (const int subsampling : {TJSAMP_420, TJSAMP_444}) {
      for (const int quality : {75, 85, 95}) {
        Canvas canvas{size.width, size.height, kGray};
        const auto truths = draw_scene(canvas);
        check(look_at(canvas.jpeg(quality, subsampling)), truths,
              std::to_string(size.width) + " quality " + std::to_string(quality) +
                  (subsampling == TJSAMP_420 ? " 4:2:0" : " 4:4:4"));
      }
    }
  }
}
GST_END_TEST

GST_START_TEST(boxes_end_at_the_true_edges_in_pngs)
{
  for (const Size size : kSizes) {
    Canvas canvas{size.width, size.height, kGray};
    const auto truths = draw_scene(canvas);
    check(look_at(canvas.png()), truths, std::to_string(size.width));
  }
}
GST_END_TEST

GST_START_TEST(boxes_survive_scaling)
{
  Canvas full{1920, 1080, kGray};
  const double scale = 1024.0 / 1920;
  const auto truths = draw_scene(full, scale);
  Canvas sent{1024, 576, kGray};
  sent.paint_scaled(full);
  check(look_at(sent.jpeg()), truths, "1920 to 1024");
}
GST_END_TEST

GST_START_TEST(shapes_are_found_on_any_background)
{
  for (const Rgb background : {kWhite, kBlack, Rgb{0.2, 0.3, 0.4}, Rgb{0.9, 0.7, 0.6}}) {
    Canvas canvas{640, 480, background};
    const auto truths = draw_scene(canvas);
    check(look_at(canvas.jpeg()), truths, "background " + std::to_string(background.r));
  }
}
GST_END_TEST

GST_START_TEST(a_background_may_change_slowly)
{
  Canvas canvas{640, 480, kGray};
  canvas.shade(0.3, 0.6);
  const auto truths = draw_scene(canvas);
  check(look_at(canvas.jpeg()), truths, "shaded");
}
GST_END_TEST

GST_START_TEST(edges_between_pixels_are_found)
{
  for (const double shift : {0.0, 0.25, 0.5, 0.75}) {
    Canvas canvas{320, 240, kGray};
    const Box box{40 + shift, 50 + shift, 200 + shift, 160 + shift};
    canvas.rectangle(kRed, box.left, box.top, box.right, box.bottom);
    check(look_at(canvas.jpeg(90)), {{"red rectangle", box}}, "shift " + std::to_string(shift),
          0.3);
  }
}
GST_END_TEST

GST_START_TEST(shapes_at_the_border_end_there)
{
  Canvas canvas{320, 240, kGray};
  canvas.rectangle(kRed, -10, 60, 80, 300);
  canvas.rectangle(kBlue, 200, -5, 400, 90);
  check(look_at(canvas.jpeg()),
        {{"red rectangle", {0, 60, 80, 240}}, {"blue rectangle", {200, 0, 320, 90}}}, "border");
}
GST_END_TEST

GST_START_TEST(triangles_are_measured_to_their_tips)
{
  for (const double lean : {0.0, 0.3, 0.5, 1.0}) {
    Canvas canvas{400, 300, kWhite};
    canvas.triangle(kBlue, 60 + lean * 240, 40, 60, 250, 300, 250);
    check(look_at(canvas.jpeg()), {{"blue triangle", {60, 40, 300, 250}}},
          "lean " + std::to_string(lean));
  }
}
GST_END_TEST

GST_START_TEST(small_and_near_shapes_are_told_apart)
{
  Canvas canvas{320, 240, kGray};
  canvas.rectangle(kRed, 40, 40, 60, 60);
  canvas.rectangle(kBlue, 70, 40, 90, 60);
  canvas.rectangle(kGreen, 40, 70, 56, 90);
  check(look_at(canvas.jpeg()),
        {{"red rectangle", {40, 40, 60, 60}},
         {"blue rectangle", {70, 40, 90, 60}},
         {"green rectangle", {40, 70, 56, 90}}},
        "near");
}
GST_END_TEST

GST_START_TEST(shapes_that_touch_are_told_apart)
{
  Canvas canvas{320, 240, kGray};
  canvas.rectangle(kRed, 40, 40, 120, 160);
  canvas.rectangle(kBlue, 120, 40, 260, 160);
  check(look_at(canvas.jpeg()),
        {{"red rectangle", {40, 40, 120, 160}}, {"blue rectangle", {120, 40, 260, 160}}},
        "touching");
}
GST_END_TEST

GST_START_TEST(colours_have_their_names)
{
  struct {
    Rgb colour;
    const char *name;
  } const kColours[] = {
      {kRed, "red"},
      {kGreen, "green"},
      {kBlue, "blue"},
      {kYellow, "yellow"},
      {kWhite, "white"},
      {kBlack, "black"},
      {{1, 0.55, 0}, "orange"},
      {{0, 0.8, 0.8}, "cyan"},
      {{0.6, 0.1, 0.8}, "purple"},
      {{1, 0.6, 0.7}, "pink"},
      {{0.45, 0.25, 0.1}, "brown"},
      {{0.75, 0.75, 0.75}, "gray"},
  };
  for (const auto &[colour, name] : kColours) {
    Canvas canvas{160, 120, {0.5, 0.5, 0.5}};
    canvas.rectangle(colour, 30, 30, 100, 90);
    check(look_at(canvas.jpeg()), {{std::string{name} + " rectangle", {30, 30, 100, 90}}}, name);
  }
}
GST_END_TEST

GST_START_TEST(an_empty_picture_has_no_shapes)
{
  for (const Size size : kSizes) {
    Canvas canvas{size.width, size.height, kGray};
    check(look_at(canvas.jpeg()), {}, "empty");
  }
}
GST_END_TEST

GST_START_TEST(broken_pictures_are_no_pictures)
{
  Canvas canvas{64, 48, kGray};
  auto jpeg = canvas.jpeg();
  auto png = canvas.png();
  jpeg.resize(jpeg.size() / 2);
  png.resize(png.size() / 2);
  fail_unless(!decode_picture(jpeg).has_value());
  fail_unless(!decode_picture(png).has_value());
  fail_unless(!decode_picture(std::vector<std::uint8_t>{}).has_value());
  fail_unless(
      !decode_picture(std::vector<std::uint8_t>{'G', 'I', 'F', '8', '9', 'a', 0, 0}).has_value());
}
GST_END_TEST

static Suite *shapes_suite()
{
  Suite *suite = suite_create("emulator shapes");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, boxes_end_at_the_true_edges_in_jpegs_of_all_sizes);
  tcase_add_test(tcase, boxes_end_at_the_true_edges_in_pngs);
  tcase_add_test(tcase, boxes_survive_scaling);
  tcase_add_test(tcase, shapes_are_found_on_any_background);
  tcase_add_test(tcase, a_background_may_change_slowly);
  tcase_add_test(tcase, edges_between_pixels_are_found);
  tcase_add_test(tcase, shapes_at_the_border_end_there);
  tcase_add_test(tcase, triangles_are_measured_to_their_tips);
  tcase_add_test(tcase, small_and_near_shapes_are_told_apart);
  tcase_add_test(tcase, shapes_that_touch_are_told_apart);
  tcase_add_test(tcase, colours_have_their_names);
  tcase_add_test(tcase, an_empty_picture_has_no_shapes);
  tcase_add_test(tcase, broken_pictures_are_no_pictures);
  return suite;
}

GST_CHECK_MAIN(shapes)
