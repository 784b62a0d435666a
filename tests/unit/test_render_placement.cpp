// SPDX-License-Identifier: LGPL-2.1-or-later
// Where labels stand.

#include "render/label_placement.hpp"

#include <cstddef>
#include <random>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

constexpr PixelSize kPicture{640, 480};
constexpr PixelSize kLabel{80, 20};

std::vector<PixelRect> placed(const std::vector<LabelRequest> &requests,
                              PixelSize picture = kPicture)
{
  const std::vector<PixelPoint> places = place_labels(requests, picture);
  std::vector<PixelRect> rects;
  for (std::size_t i = 0; i < requests.size(); ++i)
    rects.push_back({places[i].x, places[i].y, requests[i].size.width, requests[i].size.height});
  return rects;
}

void assert_inside(const std::vector<PixelRect> &rects, PixelSize picture)
{
  for (const PixelRect &r : rects)
    fail_unless(r.x >= 0 && r.y >= 0 && r.right() <= picture.width && r.bottom() <= picture.height,
                "%d,%d %dx%d", r.x, r.y, r.width, r.height);
}

bool are_apart(const std::vector<PixelRect> &rects)
{
  for (std::size_t i = 0; i < rects.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (overlap(rects[i], rects[j]) > 0)
        return false;
    }
  }
  return true;
}

} // namespace

GST_START_TEST(label_stands_on_its_box)
{
  fail_unless((placed({{kLabel, {100, 100, 200, 200}}}).front() == PixelRect{100, 80, 80, 20}));
}
GST_END_TEST

GST_START_TEST(label_may_stand_beside)
{
  const auto beside = [](const PixelRect &box) {
    return placed({{kLabel, box, LabelSide::beside}}).front();
  };
  fail_unless((beside({100, 100, 10, 10}) == PixelRect{110, 95, 80, 20}));
  fail_unless((beside({600, 100, 10, 10}) == PixelRect{520, 95, 80, 20})); // no room to the right
  fail_unless((beside({0, 0, 10, 10}) == PixelRect{10, 0, 80, 20}));       // nor higher up
}
GST_END_TEST

GST_START_TEST(label_keeps_clear_of_what_is_taken)
{
  const std::vector<LabelRequest> request{{kLabel, {100, 100, 10, 10}, LabelSide::beside}};
  const auto at = [&](std::vector<PixelRect> taken) {
    return place_labels(request, kPicture, std::move(taken)).front();
  };
  fail_unless((at({{150, 90, 5, 30}}) == PixelPoint{20, 95}));
  fail_unless((at({{0, 0, 640, 480}}) == PixelPoint{110, 95})); // there is no room anywhere
}
GST_END_TEST

GST_START_TEST(label_moves_inside_where_there_is_no_room_above)
{
  fail_unless((placed({{kLabel, {100, 10, 200, 200}}}).front() == PixelRect{100, 10, 80, 20}));
  fail_unless((placed({{kLabel, {0, 0, 640, 480}}}).front() == PixelRect{0, 0, 80, 20}));
}
GST_END_TEST

GST_START_TEST(label_slides_in_at_the_right_border)
{
  fail_unless((placed({{kLabel, {620, 100, 20, 50}}}).front() == PixelRect{560, 80, 80, 20}));
}
GST_END_TEST

GST_START_TEST(labels_of_the_same_box_do_not_cover_each_other)
{
  const auto rects = placed(std::vector<LabelRequest>(20, {kLabel, {300, 200, 100, 100}}));
  assert_inside(rects, kPicture);
  fail_unless(are_apart(rects));
}
GST_END_TEST

GST_START_TEST(labels_are_apart_when_the_picture_has_just_enough_room)
{
  constexpr PixelSize kTight{160, 60};
  const auto rects = placed(std::vector<LabelRequest>(6, {kLabel, {0, 20, 30, 30}}), kTight);
  assert_inside(rects, kTight);
  fail_unless(are_apart(rects));
}
GST_END_TEST

GST_START_TEST(labels_stay_inside_when_there_is_no_room)
{
  constexpr PixelSize kTiny{100, 30};
  assert_inside(placed(std::vector<LabelRequest>(50, {kLabel, {10, 5, 20, 20}}), kTiny), kTiny);
  assert_inside(placed(std::vector<LabelRequest>(3, {{100, 30}, {99, 29, 1, 1}}), kTiny), kTiny);
}
GST_END_TEST

GST_START_TEST(random_scenes_keep_their_labels_inside_and_apart)
{
  std::mt19937 random{1};
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 200; ++round) {
    std::vector<LabelRequest> requests;
    for (int i = 0; i < 25; ++i) {
      const PixelRect box{below(630), below(470), 1 + below(200), 1 + below(200)};
      requests.push_back({{20 + below(100), 12 + below(12)}, box});
    }
    const auto rects = placed(requests);
    assert_inside(rects, kPicture);
    fail_unless(are_apart(rects), "round %d", round);
  }
}
GST_END_TEST

static Suite *render_placement_suite(void)
{
  Suite *suite = suite_create("render_placement");
  TCase *cases = tcase_create("placement");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, label_stands_on_its_box);
  tcase_add_test(cases, label_may_stand_beside);
  tcase_add_test(cases, label_keeps_clear_of_what_is_taken);
  tcase_add_test(cases, label_moves_inside_where_there_is_no_room_above);
  tcase_add_test(cases, label_slides_in_at_the_right_border);
  tcase_add_test(cases, labels_of_the_same_box_do_not_cover_each_other);
  tcase_add_test(cases, labels_are_apart_when_the_picture_has_just_enough_room);
  tcase_add_test(cases, labels_stay_inside_when_there_is_no_room);
  tcase_add_test(cases, random_scenes_keep_their_labels_inside_and_apart);
  return suite;
}

GST_CHECK_MAIN(render_placement)
