// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/tracked_scene.hpp"

#include <cmath>
#include <memory>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;

namespace {

TrackedObject tracked(const Rect &from, const Rect &place, const Velocity &velocity = {})
{
  Object object;
  object.id = 7;
  object.box = from;
  object.point = Point{from.x + from.w / 2, from.y};
  return {.seen = std::make_shared<const Object>(object),
          .from = from,
          .place = place,
          .velocity = velocity,
          .state = TrackState::kept,
          .confidence = 0.5,
          .confirmed = 2s,
          .first_seen = 1s};
}

bool is_about(double a, double b)
{
  return std::abs(a - b) < 1e-9;
}

} // namespace

GST_START_TEST(an_object_is_where_it_is_now_and_says_how_old_that_is)
{
  const auto object =
      object_at(tracked({0.1, 0.1, 0.2, 0.2}, {}), {0.5, 0.5, 0.4, 0.4}, 5s).value();
  fail_unless(is_about(object.box->x, 0.5) && is_about(object.box->w, 0.4));
  fail_unless(is_about(object.point->x, 0.7) && is_about(object.point->y, 0.5));
  fail_unless(object.track ==
              (Track{.state = TrackState::kept, .age = 3s, .confidence = 0.5, .known = 4s}));
}
GST_END_TEST

GST_START_TEST(no_age_is_less_than_none_but_some_are_known_later)
{
  TrackedObject early = tracked({0.1, 0.1, 0.2, 0.2}, {});
  fail_unless(object_at(early, early.seen->box.value(), 0s)->track.age == 0s);
  fail_unless(object_at(early, early.seen->box.value(), 0s)->track.known == -early.first_seen);
  early.confirmed = 1s; // an answer ahead is as far away
  early.first_seen = 7s;
  const Track track = object_at(early, early.seen->box.value(), 4s)->track;
  fail_unless(track.age == 3s && track.known == -3s);
}
GST_END_TEST

GST_START_TEST(what_is_outside_is_cut_off)
{
  const TrackedObject object = tracked({0.1, 0.1, 0.2, 0.2}, {});
  const auto cut = object_at(object, {-0.1, 0.9, 0.2, 0.2}, 2s).value();
  fail_unless(is_about(cut.box->x, 0) && is_about(cut.box->w, 0.1) && is_about(cut.box->h, 0.1));
  fail_if(object_at(object, {1, 0.5, 0.2, 0.2}, 2s).has_value());
  fail_if(object_at(object, {0.5, -0.3, 0.2, 0.2}, 2s).has_value());
}
GST_END_TEST

GST_START_TEST(it_goes_on_for_half_a_second)
{
  TrackedScene scene{.time = 3s,
                     .objects = {tracked({0.1, 0.1, 0.2, 0.2}, {0.4, 0.4, 0.2, 0.2}, {0.2, -0.1})}};
  const auto x_at = [&](std::chrono::nanoseconds time) {
    return objects_at(scene, time).at(0).box->x;
  };
  fail_unless(is_about(x_at(3s), 0.4) && is_about(x_at(3250ms), 0.45));
  fail_unless(is_about(x_at(3500ms), 0.5) && is_about(x_at(60s), 0.5));
  fail_unless(is_about(x_at(2750ms), 0.35) && is_about(x_at(0s), 0.3));
  fail_unless(objects_at(scene, 60s).at(0).track.age == 58s);
}
GST_END_TEST

GST_START_TEST(what_has_no_place_is_told_as_it_is)
{
  Object night;
  night.label = "night";
  TrackedObject object;
  object.seen = std::make_shared<const Object>(night);
  const TrackedScene scene{.time = 3s, .objects = {object}};
  const auto objects = objects_at(scene, 4s);
  fail_unless(objects.size() == 1 && objects[0].label == "night" && !objects[0].box);
  fail_unless(objects_at({}, 4s).empty());
}
GST_END_TEST

static Suite *tracked_scene_suite()
{
  Suite *suite = suite_create("tracked_scene");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, an_object_is_where_it_is_now_and_says_how_old_that_is);
  tcase_add_test(tcase, no_age_is_less_than_none_but_some_are_known_later);
  tcase_add_test(tcase, what_is_outside_is_cut_off);
  tcase_add_test(tcase, it_goes_on_for_half_a_second);
  tcase_add_test(tcase, what_has_no_place_is_told_as_it_is);
  return suite;
}

GST_CHECK_MAIN(tracked_scene)
