// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks, as maps and as polygons, against pixels whose truth is known, and on a real photo.
#include "base64.hpp"
#include "emulator.hpp"
#include "eyes.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
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
constexpr char kMasksPrompt[] =
    R"(Give the segmentation masks for all things. JSON list with "box_2d", "mask" and "label".)";
constexpr char kPolygonSchema[] =
    R"("responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{
    "boxes":{"type":"ARRAY","items":{"type":"OBJECT","required":["box_2d","label"],"properties":{
    "box_2d":{"type":"ARRAY","items":{"type":"INTEGER"}},
    "mask":{"type":"ARRAY","items":{"type":"ARRAY","items":{"type":"INTEGER"}}},
    "label":{"type":"STRING"}}}}}})";

// The pixels of a picture that are of a thing.
struct Pixels {
  Pixels(int w, int h)
      : width(w), is_inside(static_cast<std::size_t>(w) * static_cast<std::size_t>(h))
  {
  }
  std::size_t index(int x, int y) const
  {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }

  int width;
  std::vector<bool> is_inside;
};

double iou(const Pixels &a, const Pixels &b)
{
  double common = 0;
  double all = 0;
  for (std::size_t i = 0; i < a.is_inside.size(); ++i) {
    common += a.is_inside[i] && b.is_inside[i] ? 1 : 0;
    all += a.is_inside[i] || b.is_inside[i] ? 1 : 0;
  }
  return all > 0 ? common / all : 0;
}

struct Shape {
  const char *label;
  std::function<void(Canvas &, Rgb)> draw;
  Rgb colour;
};

// Every size from 60 pixels on, every form, at places that are no multiples of anything.
std::vector<Shape> shapes()
{
  return {
      {"red rectangle", [](Canvas &c, Rgb rgb) { c.rectangle(rgb, 21.25, 33.75, 81.25, 93.75); },
       kRed},
      {"blue ellipse", [](Canvas &c, Rgb rgb) { c.ellipse(rgb, 231, 19.5, 474.5, 168); }, kBlue},
      {"green triangle", [](Canvas &c, Rgb rgb) { c.triangle(rgb, 60, 201, 31, 420, 250, 377); },
       kGreen},
      {"yellow ellipse", [](Canvas &c, Rgb rgb) { c.ellipse(rgb, 351.5, 233, 413, 294.5); },
       kYellow},
      {"blue rectangle", [](Canvas &c, Rgb rgb) { c.rectangle(rgb, 300, 330.5, 611.25, 455); },
       kBlue},
  };
}

Pixels truth(const Shape &shape, int width, int height)
{
  Canvas canvas{width, height, {1, 1, 1}};
  shape.draw(canvas, {0, 0, 0});
  const auto picture = decode_picture(canvas.png());
  Pixels out{width, height};
  for (std::size_t i = 0; i < out.is_inside.size(); ++i)
    out.is_inside[i] = picture->rgb[3 * i] < 128;
  return out;
}

double number_at(const Response &json, const std::string &path)
{
  return g_ascii_strtod(json.at(path.c_str()).c_str(), nullptr);
}

int index_of(const Response &json, const std::string &list, const std::string &label)
{
  for (int i = 0; i < json.length(list.c_str()); ++i) {
    if (json.at((list + "[" + std::to_string(i) + "].label").c_str()) == label)
      return i;
  }
  fail("no %s in %s", label.c_str(), json.body.c_str());
  return -1;
}

// A probability map over its box, as a client puts it on the picture.
Pixels put_on(const Response &json, const std::string &item, int width, int height)
{
  const std::string url = json.at((item + ".mask").c_str());
  constexpr std::string_view kPrefix = "data:image/png;base64,";
  fail_unless(url.starts_with(kPrefix), "%.60s", url.c_str());
  const auto map = decode_picture(*decode_base64(std::string_view{url}.substr(kPrefix.size())));
  fail_unless(map && map->width == 256 && map->height == 256);
  const double top = number_at(json, item + ".box_2d[0]") * height / 1000;
  const double left = number_at(json, item + ".box_2d[1]") * width / 1000;
  const double bottom = number_at(json, item + ".box_2d[2]") * height / 1000;
  const double right = number_at(json, item + ".box_2d[3]") * width / 1000;
  Pixels out{width, height};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = (x + 0.5 - left) / (right - left) * 256 - 0.5;
      const double v = (y + 0.5 - top) / (bottom - top) * 256 - 0.5;
      if (u < -0.5 || v < -0.5 || u > 255.5 || v > 255.5)
        continue;
      const auto at = [&](double mx, double my) {
        return static_cast<double>(map->at(static_cast<int>(std::clamp(mx, 0.0, 255.0)),
                                           static_cast<int>(std::clamp(my, 0.0, 255.0)))[0]);
      };
      const double fu = u - std::floor(u);
      const double fv = v - std::floor(v);
      const double x0 = std::floor(u);
      const double y0 = std::floor(v);
      const double value = (at(x0, y0) * (1 - fu) + at(x0 + 1, y0) * fu) * (1 - fv) +
                           (at(x0, y0 + 1) * (1 - fu) + at(x0 + 1, y0 + 1) * fu) * fv;
      out.is_inside[out.index(x, y)] = value > 127;
    }
  }
  return out;
}

std::vector<Spot> spots_at(const Response &json, const std::string &path, int width, int height)
{
  std::vector<Spot> out;
  const int n = json.length(path.c_str());
  for (int i = 0; i < n; ++i) {
    const std::string spot = path + "[" + std::to_string(i) + "]";
    out.push_back({number_at(json, spot + "[0]") * width / 1000,
                   number_at(json, spot + "[1]") * height / 1000});
  }
  return out;
}

Pixels inside_of(const std::vector<Spot> &polygon, int width, int height)
{
  Pixels out{width, height};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      bool is_inside = false;
      for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Spot &a = polygon[i];
        const Spot &b = polygon[(i + 1) % polygon.size()];
        if ((a.y > y + 0.5) != (b.y > y + 0.5) &&
            x + 0.5 < (b.x - a.x) * (y + 0.5 - a.y) / (b.y - a.y) + a.x)
          is_inside = !is_inside;
      }
      out.is_inside[out.index(x, y)] = is_inside;
    }
  }
  return out;
}

std::optional<std::vector<std::uint8_t>> photo(const char *name)
{
  const std::string path = default_models_dir() + "/../media/" + name;
  auto bytes = read_file(path);
  if (!bytes.empty())
    return bytes;
  g_print("SKIPPED: no %s; tests/get-media.sh fetches it\n", path.c_str());
  return std::nullopt;
}

} // namespace

GST_START_TEST(maps_lie_on_the_true_pixels)
{
  constexpr int kWidth = 640;
  constexpr int kHeight = 480;
  Canvas canvas{kWidth, kHeight, kGray};
  for (const auto &shape : shapes())
    shape.draw(canvas, shape.colour);
  const Emulator emulator;
  for (const auto &bytes : {canvas.png(), canvas.jpeg(90)}) {
    const Response json = ask(emulator.url(), "gemini-2.5-flash", bytes, kMasksPrompt).said();
    for (const auto &shape : shapes()) {
      const std::string item = "$[" + std::to_string(index_of(json, "$", shape.label)) + "]";
      const double common = iou(put_on(json, item, kWidth, kHeight), truth(shape, kWidth, kHeight));
      fail_unless(common >= 0.98, "%s: %.4f", shape.label, common);
    }
  }
}
GST_END_TEST

GST_START_TEST(polygons_lie_on_the_true_pixels)
{
  constexpr int kWidth = 640;
  constexpr int kHeight = 480;
  Canvas canvas{kWidth, kHeight, kGray};
  for (const auto &shape : shapes())
    shape.draw(canvas, shape.colour);
  const Emulator emulator;
  for (const auto &bytes : {canvas.png(), canvas.jpeg(90)}) {
    const Response json =
        ask(emulator.url(), "gemini-3.8-flash", bytes, "Segment all.", kPolygonSchema).said();
    for (const auto &shape : shapes()) {
      const std::string item =
          "$.boxes[" + std::to_string(index_of(json, "$.boxes", shape.label)) + "].mask";
      const auto polygon = spots_at(json, item, kWidth, kHeight);
      fail_unless(polygon.size() >= 3 && polygon.size() <= 80);
      const double common = iou(inside_of(polygon, kWidth, kHeight), truth(shape, kWidth, kHeight));
      fail_unless(common >= 0.98, "%s: %.4f", shape.label, common);
    }
  }
}
GST_END_TEST

GST_START_TEST(covered_and_turned_shapes_have_their_own_outlines)
{
  constexpr int kWidth = 400;
  constexpr int kHeight = 300;
  // The blue one covers a corner of the red one.
  const Shape blue{"blue rectangle",
                   [](Canvas &c, Rgb rgb) { c.rectangle(rgb, 150, 120, 260, 200); }, kBlue};
  const Shape red{"red rectangle", [](Canvas &c, Rgb rgb) { c.rectangle(rgb, 40, 40, 200, 180); },
                  kRed};
  const Shape turned{"",
                     [](Canvas &c, Rgb rgb) {
                       c.triangle(rgb, 320, 20, 380, 80, 320, 140);
                       c.triangle(rgb, 320.5, 20, 260, 80, 320.5, 140);
                     },
                     kGreen};
  Canvas canvas{kWidth, kHeight, kGray};
  red.draw(canvas, kRed);
  blue.draw(canvas, kBlue);
  turned.draw(canvas, kGreen);
  const auto picture = decode_picture(canvas.png());
  const auto eyes = make_eyes(Vision::shapes, "");
  auto sights = (*eyes)->look(*picture);
  assert_equals_int(static_cast<int>(sights.size()), 3);
  for (auto &sight : sights) {
    (*eyes)->outline(*picture, sight);
    const bool is_red = sight.label.starts_with("red");
    const bool is_blue = sight.label.starts_with("blue");
    Pixels expected = truth(is_red ? red : is_blue ? blue : turned, kWidth, kHeight);
    if (is_red) {
      const Pixels cover = truth(blue, kWidth, kHeight);
      for (std::size_t i = 0; i < cover.is_inside.size(); ++i)
        expected.is_inside[i] = expected.is_inside[i] && !cover.is_inside[i];
    }
    const double common = iou(inside_of(sight.rings.front(), kWidth, kHeight), expected);
    fail_unless(common >= 0.97, "%s: %.4f", sight.label.c_str(), common);
  }
}
GST_END_TEST

GST_START_TEST(rings_go_round_what_is_inside)
{
  // A frame around a hole, and a pixel that touches it at a corner only.
  PixelMap map{10, 20, 5, 5, {}};
  for (const char *row : {"####.", "#..#.", "#..#.", "####.", "....#"}) {
    for (const char *c = row; *c; ++c)
      map.values.push_back(*c == '#' ? 255 : 0);
  }
  const auto rings = rings_of(map);
  assert_equals_int(static_cast<int>(rings.size()), 3);
  fail_unless(signed_area(rings[0]) == 16 && rings[0].size() == 4);
  fail_unless(signed_area(rings[1]) == -4 && rings[1].size() == 4);
  fail_unless(signed_area(rings[2]) == 1 && rings[2][0].x == 15 && rings[2][0].y == 24);
}
GST_END_TEST

GST_START_TEST(interior_points_are_far_from_edges)
{
  // An L: the middle of its box is not inside.
  PixelMap map{0, 0, 40, 40, {}};
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x)
      map.values.push_back(x < 12 || y >= 28 ? 255 : 0);
  }
  const Spot spot = interior_point(map);
  fail_unless(spot.x < 12 && spot.x > 4 && spot.y > 28 && spot.y < 36, "%.1f %.1f", spot.x, spot.y);
}
GST_END_TEST

GST_START_TEST(a_person_in_a_photo_is_outlined)
{
  const Emulator emulator{{.vision = Vision::coco}};
  if (!emulator.is_running()) {
    g_print("SKIPPED: %s\n", emulator.error().c_str());
    return;
  }
  const auto bytes = photo("astronaut.png");
  if (!bytes)
    return;
  const Response map = ask(emulator.url(), "gemini-2.5-flash", *bytes, kMasksPrompt).said();
  const Pixels by_map = put_on(map, "$[0]", 512, 512);
  const auto has = [&](int x, int y) { return by_map.is_inside[by_map.index(x, y)]; };
  // Face, hair, both shoulders and the chest are hers; flag, wall and shuttle are not.
  fail_unless(has(225, 100) && has(225, 40) && has(80, 330) && has(340, 330) && has(200, 420));
  fail_unless(!has(60, 60) && !has(130, 80) && !has(330, 120) && !has(440, 150) && !has(40, 200));
  const Response polygon =
      ask(emulator.url(), "gemini-3.8-flash", *bytes, "Segment.", kPolygonSchema).said();
  const auto spots = spots_at(polygon, "$.boxes[0].mask", 512, 512);
  fail_unless(spots.size() > 20 && spots.size() <= 80, "%zu corners", spots.size());
  const double common = iou(by_map, inside_of(spots, 512, 512));
  fail_unless(common > 0.96, "%.4f", common);
}
GST_END_TEST

GST_START_TEST(a_cup_in_a_photo_is_outlined)
{
  const auto eyes = make_eyes(Vision::coco, default_models_dir());
  const auto bytes = photo("coffee.png");
  if (!eyes)
    g_print("SKIPPED: %s\n", eyes.error().c_str());
  if (!eyes || !bytes)
    return;
  const auto picture = decode_picture(*bytes);
  auto sights = (*eyes)->look(*picture);
  const auto cup = std::find_if(sights.begin(), sights.end(),
                                [](const Sight &sight) { return sight.label == "cup"; });
  fail_unless(cup != sights.end());
  (*eyes)->outline(*picture, *cup);
  fail_unless(cup->map.has_value() && !cup->rings.empty());
  const auto has = [&](int x, int y) {
    return cup->map->is_inside(x - cup->map->left, y - cup->map->top);
  };
  // The rim, the coffee and the front of the cup; not the table.
  fail_unless(has(290, 30) && has(290, 120) && has(290, 190) && !has(160, 30) && !has(410, 30));
}
GST_END_TEST

static Suite *masks_suite()
{
  Suite *suite = suite_create("emulator masks");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, maps_lie_on_the_true_pixels);
  tcase_add_test(tcase, polygons_lie_on_the_true_pixels);
  tcase_add_test(tcase, covered_and_turned_shapes_have_their_own_outlines);
  tcase_add_test(tcase, rings_go_round_what_is_inside);
  tcase_add_test(tcase, interior_points_are_far_from_edges);
  tcase_add_test(tcase, a_person_in_a_photo_is_outlined);
  tcase_add_test(tcase, a_cup_in_a_photo_is_outlined);
  return suite;
}

GST_CHECK_MAIN(masks)
