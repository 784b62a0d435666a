// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is covered, for how long, and when nobody may see anything.
#include "plugin/redactor.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;

namespace {

constexpr PixelSize kFrame{640, 480};

Object person(double x, std::uint64_t id = 1)
{
  return {.id = id, .label = "Person", .box = Rect{x, 0.4, 0.1, 0.2}};
}

struct Fixture {
  CoverMap look(const std::vector<Object> &objects, std::chrono::nanoseconds time,
                bool is_certain = true)
  {
    return redactor.covered(
        kFrame, {.objects = objects, .is_certain = is_certain, .running_time = time}, settings);
  }

  RedactSettings settings;
  Redactor redactor;
};

// The cell in the middle of a person at `x`.
bool hides(const CoverMap &map, double x)
{
  return map.at(static_cast<int>((x + 0.05) * kFrame.width) / CoverMap::kCell,
                kFrame.height / 2 / CoverMap::kCell);
}

bool hides_all(const CoverMap &map)
{
  const auto rects = map.rects();
  return (rects == std::vector<PixelRect>{{0, 0, kFrame.width, kFrame.height}});
}

} // namespace

GST_START_TEST(who_is_seen_is_covered_where_he_is)
{
  Fixture f;
  fail_unless(f.look({}, 0s).empty());
  const CoverMap map = f.look({person(0.2), person(0.6, 2)}, 1s);
  fail_unless(hides(map, 0.2) && hides(map, 0.6) && !hides(map, 0.4));
  // Who has moved is not where he was.
  const CoverMap next = f.look({person(0.4), person(0.6, 2)}, 1040ms);
  fail_unless(hides(next, 0.4) && !hides(next, 0.2));
}
GST_END_TEST

GST_START_TEST(only_those_with_the_labels_are_covered)
{
  Fixture f;
  f.settings.labels = {"person", "car"};
  Object dog = person(0.6, 2);
  dog.label = "dog";
  const CoverMap map = f.look({person(0.2), dog}, 0s);
  fail_unless(hides(map, 0.2) && !hides(map, 0.6));
}
GST_END_TEST

GST_START_TEST(masks_come_before_boxes_and_both_have_a_margin)
{
  Fixture f;
  f.settings.margin = 0;
  Object masked = person(0.2);
  masked.box = Rect{0, 0, 1, 1};
  masked.mask = std::make_shared<const Mask>(Mask{{0.2, 0.4, 0.1, 0.2}, 1, 1, {255}});
  const auto rects = f.look({masked}, 0s).rects();
  fail_unless((rects == std::vector<PixelRect>{{128, 192, 64, 96}}));
  f.settings.margin = 0.25; // of 96 pixels
  const auto larger = f.look({masked}, 0s).rects();
  fail_unless((larger == std::vector<PixelRect>{{104, 168, 112, 144}}));
  masked.track.confidence = 0; // anywhere about
  const auto largest = f.look({masked}, 0s).rects();
  fail_unless((largest == std::vector<PixelRect>{{80, 144, 160, 192}}));
}
GST_END_TEST

GST_START_TEST(a_mask_that_shows_nothing_leaves_the_box)
{
  Fixture f;
  Object faint = person(0.2);
  faint.mask = std::make_shared<const Mask>(Mask{{0.2, 0.4, 0.1, 0.2}, 2, 1, {0, 0}});
  fail_unless(hides(f.look({faint}, 0s), 0.2));
}
GST_END_TEST

GST_START_TEST(who_is_somewhere_covers_all)
{
  Fixture f;
  const Object point{.id = 1, .label = "person", .point = Point{0.5, 0.5}};
  fail_unless(hides_all(f.look({point}, 0s)));
  fail_unless(hides_all(f.look({Object{.id = 2, .label = "person"}}, 0s)));
}
GST_END_TEST

GST_START_TEST(who_has_no_name_may_be_anybody)
{
  Fixture f;
  f.settings.labels = {"person"};
  Object unnamed = person(0.2);
  unnamed.label = "";
  fail_unless(hides(f.look({unnamed}, 0s), 0.2));
  unnamed.label = "object"; // of a region whose name was dropped on its way
  fail_unless(hides(f.look({unnamed}, 0s), 0.2));
}
GST_END_TEST

GST_START_TEST(where_somebody_may_have_been_is_held_too)
{
  Fixture f;
  f.look({person(0.2)}, 0s);
  Object hidden = person(0.6);
  hidden.track.state = TrackState::lost;
  f.look({hidden}, 3s);
  fail_unless(hides(f.look({}, 3040ms), 0.6)); // the answer does not name him any more
  fail_unless(f.look({}, 4001ms).empty());
  // Found again, he is where he is seen.
  f.look({person(0.2)}, 5s);
  f.look({hidden}, 5100ms);
  const auto found = f.look({person(0.4)}, 5200ms);
  fail_unless(hides(found, 0.4) && !hides(found, 0.6) && !hides(found, 0.2));
}
GST_END_TEST

GST_START_TEST(frames_of_the_same_time_are_frames_all_the_same)
{
  Fixture f;
  f.look({person(0.2), person(0.6, 0)}, 1s);
  const auto again = f.look({}, 1s);
  fail_unless(hides(again, 0.2) && hides(again, 0.6));
}
GST_END_TEST

GST_START_TEST(frames_of_another_size_are_of_the_same_people)
{
  Fixture f;
  f.look({person(0.2)}, 1s);
  const CoverMap small = f.redactor.covered(
      {320, 240}, {.objects = {}, .is_certain = true, .running_time = 1100ms}, f.settings);
  fail_unless(small.at(static_cast<int>(0.25 * 320) / CoverMap::kCell, 120 / CoverMap::kCell));
  fail_if(small.at(static_cast<int>(0.65 * 320) / CoverMap::kCell, 120 / CoverMap::kCell));
  f.redactor.covered({320, 240},
                     {.objects = {person(0.6, 0)}, .is_certain = true, .running_time = 5s},
                     f.settings);
  fail_unless(hides_all(f.look({}, 5100ms))); // of whom nobody knows who he is
  fail_unless(f.look({}, 7s).empty());
}
GST_END_TEST

GST_START_TEST(who_is_lost_stays_covered_for_a_while)
{
  Fixture f;
  f.look({person(0.2)}, 1s);
  fail_unless(hides(f.look({}, 1500ms), 0.2));
  fail_unless(hides(f.look({}, 2s), 0.2));
  fail_unless(f.look({}, 2001ms).empty());
  // He is told of, but cannot be seen: where he was, too.
  f.look({person(0.2)}, 3s);
  Object hidden = person(0.6);
  hidden.track.state = TrackState::lost;
  const auto both = f.look({hidden}, 3500ms);
  fail_unless(hides(both, 0.2) && hides(both, 0.6));
  const auto guess = f.look({hidden}, 5s);
  fail_unless(!hides(guess, 0.2) && hides(guess, 0.6));
  f.look({person(0.2)}, 6s);
  f.redactor.reset();
  fail_unless(f.look({}, 6s).empty());
}
GST_END_TEST

GST_START_TEST(who_has_no_id_is_held_always)
{
  Fixture f;
  f.look({person(0.2, 0)}, 1s);
  const auto both = f.look({person(0.6, 0)}, 1500ms);
  fail_unless(hides(both, 0.2) && hides(both, 0.6));
  const auto later = f.look({}, 2400ms);
  fail_unless(!hides(later, 0.2) && hides(later, 0.6));
  fail_unless(f.look({}, 4s).empty());
}
GST_END_TEST

GST_START_TEST(without_times_frames_are_counted)
{
  Fixture f;
  for (int i = 0; i < 100; ++i)
    f.look({person(0.2), person(0.6, 0)}, -1ns);
  for (int i = 0; i < 25; ++i) {
    const auto map = f.look({}, -1ns);
    fail_unless(hides(map, 0.2) && hides(map, 0.6), "frame %d", i);
  }
  for (int i = 0; i < 40; ++i)
    f.look({}, -1ns);
  fail_unless(f.look({}, -1ns).empty());
}
GST_END_TEST

GST_START_TEST(time_that_runs_back_uncovers_nobody)
{
  Fixture f;
  f.look({person(0.2)}, 10s);
  fail_unless(hides(f.look({}, 5s), 0.2));
}
GST_END_TEST

GST_START_TEST(strict_covers_all_while_nothing_is_certain)
{
  Fixture f;
  fail_unless(f.look({}, 0s, false).empty());
  f.settings.is_strict = true;
  fail_unless(hides_all(f.look({}, 0s, false)));
  fail_unless(hides_all(f.look({person(0.2)}, 0s, false)));
  const auto map = f.look({person(0.2)}, 1s);
  fail_unless(hides(map, 0.2) && !hides(map, 0.6));
}
GST_END_TEST

static Suite *redactor_suite()
{
  Suite *suite = suite_create("redactor");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, who_is_seen_is_covered_where_he_is);
  tcase_add_test(tcase, only_those_with_the_labels_are_covered);
  tcase_add_test(tcase, masks_come_before_boxes_and_both_have_a_margin);
  tcase_add_test(tcase, a_mask_that_shows_nothing_leaves_the_box);
  tcase_add_test(tcase, who_is_somewhere_covers_all);
  tcase_add_test(tcase, who_has_no_name_may_be_anybody);
  tcase_add_test(tcase, where_somebody_may_have_been_is_held_too);
  tcase_add_test(tcase, frames_of_the_same_time_are_frames_all_the_same);
  tcase_add_test(tcase, frames_of_another_size_are_of_the_same_people);
  tcase_add_test(tcase, who_is_lost_stays_covered_for_a_while);
  tcase_add_test(tcase, who_has_no_id_is_held_always);
  tcase_add_test(tcase, without_times_frames_are_counted);
  tcase_add_test(tcase, time_that_runs_back_uncovers_nobody);
  tcase_add_test(tcase, strict_covers_all_while_nothing_is_certain);
  return suite;
}

GST_CHECK_MAIN(redactor)
