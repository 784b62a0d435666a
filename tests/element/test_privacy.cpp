// SPDX-License-Identifier: LGPL-2.1-or-later
// What is blacked out never leaves the machine: shown on the pictures of the recorded requests.
#include "gemini/gstgemini-private.hpp"
#include "sent_pictures.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace gemini::test;
using gemini::emulator::Emulator;
using gemini::emulator::Picture;

namespace {

struct Box { // in pixels of a picture
  int x, y, w, h;
};

// The brightest of all values in the box.
int brightest(const Picture &picture, const Box &box)
{
  int most = 0;
  for (int y = box.y; y < box.y + box.h; ++y)
    for (int x = box.x; x < box.x + box.w; ++x)
      most = std::max(
          {most, int{picture.at(x, y)[0]}, int{picture.at(x, y)[1]}, int{picture.at(x, y)[2]}});
  return most;
}

// JPEG rings at edges.
constexpr int kBlack = 48;
constexpr int kGround = 200; // of the frames that are drawn

void check_hidden(const Picture &picture, const Box &box, const std::string &where)
{
  const int most = brightest(picture, box);
  fail_unless(most < kBlack, "%s: a pixel of %d at %d,%d %dx%d", where.c_str(), most, box.x, box.y,
              box.w, box.h);
}

// Of the ground, a few pixels beside a box as JPEG mixes the chroma of neighbours.
void check_seen(const Picture &picture, int x, int y, const std::string &where)
{
  for (int i = 0; i < 3; ++i)
    fail_unless(std::abs(picture.at(x, y)[i] - kGround) < 30, "%s: %d at %d,%d", where.c_str(),
                picture.at(x, y)[i], x, y);
}

void push(Analyzer &analyzer, GstBuffer *frame)
{
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(out != nullptr);
}

Picture picture_of(const Emulator &emulator, std::size_t request, std::size_t part = 0)
{
  return pictures_of(emulator.requests().at(request)).at(part);
}

constexpr const char *kFine = "mode=accurate jpeg-quality=100 max-image-size=0 ";

} // namespace

GST_START_TEST(fixed_regions_are_black_in_every_format)
{
  // The first is at odd pixels: 33..116 across, 25..94 down.
  const std::string regions = "privacy-regions=\"0.1032 0.1042 0.26 0.2874, 0.75 0.75 0.25 0.25\"";
  for (const char *format : {"I420", "NV12", "BGRx", "GRAY8", "YUY2", "RGB", "P010_10LE"}) {
    const std::string caps =
        std::string{"video/x-raw,width=320,height=240,framerate=1/1,format="} + format;
    Emulator emulator;
    Analyzer analyzer{emulator.url(), kFine + regions, caps};
    push(analyzer, draw_found(caps, {{40, 30, 60, 50, 250, 250, 250}}, {}));
    const Picture picture = picture_of(emulator, 0);
    fail_unless(picture.width == 320 && picture.height == 240);
    check_hidden(picture, {33, 25, 84, 69}, format);
    check_hidden(picture, {240, 180, 80, 60}, format);
    for (const auto &[x, y] : {std::pair{20, 60}, {130, 60}, {70, 12}, {70, 110}, {230, 200}})
      check_seen(picture, x, y, format);
  }
}
GST_END_TEST

GST_START_TEST(boxes_from_upstream_are_black_wherever_they_are)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kFine} + "privacy-labels=\"face, Person\""};
  const std::vector<Shape> white{{0, 0, 320, 240, kGround, kGround, kGround}};
  push(analyzer,
       draw_found(kCaps, white, {{"person", 1, 21, 31, 50, 60}, {"car", 2, 200, 100, 50, 50}}));
  push(analyzer,
       draw_found(kCaps, white, {{"PERSON", 1, 121, 61, 50, 60}, {"face", 0, 301, 200, 40, 60}},
                  GST_SECOND));
  push(analyzer, draw_found(kCaps, white, {}, 2 * GST_SECOND));
  const Picture first = picture_of(emulator, 0);
  check_hidden(first, {21, 31, 50, 60}, "first");
  check_seen(first, 225, 125, "first");
  check_seen(first, 146, 91, "first");
  const Picture second = picture_of(emulator, 1);
  check_hidden(second, {121, 61, 50, 60}, "second");
  check_hidden(second, {301, 200, 19, 40}, "second");
  check_seen(second, 46, 61, "second");
  check_seen(picture_of(emulator, 2), 146, 91, "third");
}
GST_END_TEST

GST_START_TEST(what_is_hidden_is_hidden_in_scaled_pictures_and_regions)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate jpeg-quality=100 max-image-size=80 "
                                    "region=0.5,0,0.5,1 privacy-regions=\"0 0 0.75 0.5\""};
  push(analyzer, draw_found(kCaps, {}, {}));
  const Picture picture = picture_of(emulator, 0);
  fail_unless(picture.width < 80 && picture.height == 80);
  const int w = picture.width;
  check_hidden(picture, {0, 0, w / 2 - 2, 38}, "region");
  check_seen(picture, w - 8, 20, "region");
  check_seen(picture, 8, 60, "region");
}
GST_END_TEST

GST_START_TEST(what_is_hidden_is_hidden_in_crops)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kFine} +
                                        "regions=detections region-labels=car "
                                        "privacy-labels=person privacy-regions=\"0 0 1 0.25\""};
  push(analyzer, draw_found(kCaps, {},
                            {{"car", 1, 40, 20, 120, 100},
                             {"person", 2, 81, 70, 31, 40},
                             {"car", 3, 200, 120, 100, 100}}));
  const Picture first = picture_of(emulator, 0, 0);
  fail_unless(first.width == 120 && first.height == 100);
  check_hidden(first, {41, 50, 31, 40}, "first");
  check_hidden(first, {0, 0, 120, 40}, "first");
  check_seen(first, 20, 70, "first");
  check_seen(first, 100, 70, "first");
  check_seen(picture_of(emulator, 0, 1), 50, 50, "second");
}
GST_END_TEST

GST_START_TEST(regions_may_change_while_playing_and_a_bad_change_hides_as_before)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kFine} + "privacy-regions=\"0 0 0.5 1\""};
  push(analyzer, draw_found(kCaps, {}, {}));
  for (const char *bad : {"0 0 0.5", "0 0 2 2", "0,0,0.5,1", "@/nowhere/at/all"}) {
    g_object_set(analyzer.element(), "privacy-regions", bad, nullptr);
    g_autoptr(GstMessage) warning = analyzer.wait_for(GST_MESSAGE_WARNING);
    fail_unless(warning != nullptr);
    g_autoptr(GError) error = nullptr;
    gst_message_parse_warning(warning, &error, nullptr);
    fail_unless(std::string{error->message}.find("privacy-regions") != std::string::npos, "%s",
                error->message);
  }
  push(analyzer, draw_found(kCaps, {}, {}, GST_SECOND));
  g_object_set(analyzer.element(), "privacy-regions", "0.5 0 0.5 1", nullptr);
  push(analyzer, draw_found(kCaps, {}, {}, 2 * GST_SECOND));
  for (const std::size_t i : {0U, 1U}) {
    check_hidden(picture_of(emulator, i), {0, 0, 158, 240}, "before");
    check_seen(picture_of(emulator, i), 200, 120, "before");
  }
  check_hidden(picture_of(emulator, 2), {162, 0, 158, 240}, "after");
  check_seen(picture_of(emulator, 2), 100, 120, "after");
}
GST_END_TEST

GST_START_TEST(a_list_that_cannot_be_read_is_an_error_before_anything_is_sent)
{
  Emulator emulator;
  for (const char *bad : {"privacy-regions=\"0 0 0.5 1, 0 0 1\"", "privacy-regions=all",
                          "privacy-labels=@/nowhere/at/all"}) {
    Pipeline pipeline{std::string{"videotestsrc num-buffers=2 ! "} + kCaps +
                          " ! {} ! fakesink sync=false",
                      emulator.url(), bad};
    fail_unless(!pipeline.run(), "%s is taken", bad);
    fail_unless(pipeline.error().find("privacy-") != std::string::npos, "%s",
                pipeline.error().c_str());
  }
  fail_unless_equals_uint64(emulator.requests().size(), 0);
}
GST_END_TEST

// Nobody can say where the people are.
GST_START_TEST(without_a_whole_answer_of_the_analyzer_upstream_nothing_is_sent)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), std::string{kFine} + "privacy-labels=person"};
  GstClockTime pts = 0;
  for (const auto status : {gemini::Scene::Status::pending, gemini::Scene::Status::failed,
                            gemini::Scene::Status::partial, gemini::Scene::Status::ok}) {
    gemini::Scene scene;
    scene.status = status;
    scene.objects = {{.id = 1, .label = "person", .box = gemini::Rect{0.25, 0.25, 0.25, 0.5}}};
    g_autoptr(GstGeminiScene) wrapped =
        gst_gemini_scene_new_private(std::make_shared<const gemini::Scene>(std::move(scene)));
    GstBuffer *frame = draw_found(kCaps, {}, {}, pts);
    gst_gemini_meta_add(frame, wrapped);
    push(analyzer, frame);
    pts += GST_SECOND;
  }
  fail_unless_equals_uint64(analyzer.stat("skipped-privacy"), 3);
  fail_unless_equals_uint64(emulator.requests().size(), 1);
  check_hidden(picture_of(emulator, 0), {80, 60, 80, 120}, "whole");
  check_seen(picture_of(emulator, 0), 250, 120, "whole");
}
GST_END_TEST

static Suite *privacy_suite()
{
  Suite *suite = suite_create("privacy");
  TCase *tcase = tcase_create("privacy");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, fixed_regions_are_black_in_every_format);
  tcase_add_test(tcase, boxes_from_upstream_are_black_wherever_they_are);
  tcase_add_test(tcase, what_is_hidden_is_hidden_in_scaled_pictures_and_regions);
  tcase_add_test(tcase, what_is_hidden_is_hidden_in_crops);
  tcase_add_test(tcase, regions_may_change_while_playing_and_a_bad_change_hides_as_before);
  tcase_add_test(tcase, a_list_that_cannot_be_read_is_an_error_before_anything_is_sent);
  tcase_add_test(tcase, without_a_whole_answer_of_the_analyzer_upstream_nothing_is_sent);
  return suite;
}
GST_CHECK_MAIN(privacy)
