// SPDX-License-Identifier: LGPL-2.1-or-later
// The coco vision on a real photo, where the network and the photo have been fetched.
#include "emulator.hpp"
#include "eyes.hpp"
#include "test_canvas.hpp"
#include "test_client.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini::emulator;
using namespace gemini::emulator::test;

namespace {

std::unique_ptr<Eyes> coco_eyes()
{
  auto eyes = make_eyes(Vision::coco, default_models_dir());
  if (eyes)
    return std::move(*eyes);
  g_print("SKIPPED: %s\n", eyes.error().c_str());
  return nullptr;
}

std::optional<Picture> photo(const char *name)
{
  const std::string path = default_models_dir() + "/../media/" + name;
  auto picture = decode_picture(read_file(path));
  if (!picture)
    g_print("SKIPPED: no %s; tests/get-media.sh fetches it\n", path.c_str());
  return picture;
}

} // namespace

GST_START_TEST(a_person_is_found_in_a_photo)
{
  const auto eyes = coco_eyes();
  const auto picture = photo("astronaut.png");
  if (!eyes || !picture)
    return;
  const auto sights = eyes->look(*picture);
  assert_equals_int(static_cast<int>(sights.size()), 1);
  check_text(sights[0].label, "person");
  fail_unless(sights[0].weight > 0.6);
  // The astronaut sits in the middle and left of the 512 x 512 picture.
  const Box &box = sights[0].box;
  fail_unless(box.left < 60 && box.right > 320 && box.right < 420, "%.0f %.0f", box.left,
              box.right);
  fail_unless(box.top < 50 && box.bottom > 480, "%.0f %.0f", box.top, box.bottom);
}
GST_END_TEST

GST_START_TEST(a_cup_is_found_in_a_photo)
{
  const auto eyes = coco_eyes();
  const auto picture = photo("coffee.png");
  if (!eyes || !picture)
    return;
  const auto sights = eyes->look(*picture);
  fail_unless(
      std::any_of(sights.begin(), sights.end(), [](const Sight &s) { return s.label == "cup"; }));
}
GST_END_TEST

GST_START_TEST(questions_about_a_photo_are_answered)
{
  const Emulator emulator{{.vision = Vision::coco}};
  const auto bytes = read_file(default_models_dir() + "/../media/astronaut.png");
  if (!emulator.is_running() || bytes.empty()) {
    g_print("SKIPPED: no network or no photo\n");
    return;
  }
  const auto said = [&](const std::string &prompt, const std::string &config = "") {
    return ask(emulator.url(), "gemini-3.8-flash", bytes, prompt, config);
  };
  check_text(said("How many people are in this picture?").text(), "There is a person.");
  check_text(said("Is there a dog?").text(), "No, the picture does not show that.");
  const Response classes =
      said(R"(Classify this. JSON list of "label" and "confidence". Labels: pedestrian, car.)");
  check_text(classes.said().at("$[0].label"), "pedestrian");
  const double confidence = std::stod(classes.said().at("$[0].confidence"));
  fail_unless(confidence > 0.6 && confidence < 0.9, "%f", confidence);
  check_text(said("Look.", R"("responseMimeType":"application/json","responseSchema":{
      "type":"OBJECT","properties":{"people":{"type":"INTEGER"},"has_car":{"type":"BOOLEAN"}}})")
                 .text(),
             R"({"people":1,"has_car":false})");
  // The point is on her, and she is as high and as far as people are.
  const Response point = said(R"(Point to the person: "point" as [y, x], "label".)").said();
  fail_unless(std::stod(point.at("$[0].point[0]")) > 300);
  const Response space = said(R"(3-D bounding boxes: JSON list of "label" and "box_3d".)").said();
  const double distance = std::stod(space.at("$[0].box_3d[1]"));
  fail_unless(distance > 1 && distance < 3, "%.2f m", distance);
}
GST_END_TEST

GST_START_TEST(a_gray_picture_has_nothing_in_it)
{
  const auto eyes = coco_eyes();
  if (!eyes)
    return;
  Canvas canvas{320, 240, {0.5, 0.5, 0.5}};
  fail_unless(eyes->look(*decode_picture(canvas.png())).empty());
}
GST_END_TEST

static Suite *coco_suite()
{
  Suite *suite = suite_create("emulator coco");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_person_is_found_in_a_photo);
  tcase_add_test(tcase, a_cup_is_found_in_a_photo);
  tcase_add_test(tcase, questions_about_a_photo_are_answered);
  tcase_add_test(tcase, a_gray_picture_has_nothing_in_it);
  return suite;
}

GST_CHECK_MAIN(coco)
