// SPDX-License-Identifier: LGPL-2.1-or-later
// The coco vision on a real photo, where the network and the photo have been fetched.
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
  tcase_add_test(tcase, a_gray_picture_has_nothing_in_it);
  return suite;
}

GST_CHECK_MAIN(coco)
