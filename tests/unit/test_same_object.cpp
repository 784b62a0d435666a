// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is the same from answer to answer.
#include "core/same_object.hpp"

#include <gst/check/gstcheck.h>

using gemini::label_likeness;
using gemini::same_objects;
using gemini::Sighting;

namespace {

using Pairs = std::vector<std::optional<std::size_t>>;

Sighting at(const char *label, double x, double y, double w = 0.1, double h = 0.3)
{
  return {.label = label, .place = gemini::Rect{x, y, w, h}};
}

Pairs same(const std::vector<Sighting> &before, const std::vector<Sighting> &now)
{
  return same_objects(before, now);
}

} // namespace

GST_START_TEST(labels_are_alike_by_their_words)
{
  fail_unless(label_likeness("Person", "person") == 1);
  fail_unless(label_likeness("person walking", "a person") == 0.5);
  fail_unless(label_likeness("person_in_red", "red car") == 0.5);
  fail_unless(label_likeness("man", "woman") == 0);
  fail_unless(label_likeness("", "") == 1);
  fail_unless(label_likeness("", "cat") == 0);
  fail_unless(label_likeness("žena", "žena") == 1);
}
GST_END_TEST

GST_START_TEST(who_overlaps_clearly_is_the_same_whatever_it_is_called)
{
  fail_unless(same({at("man", 0.4, 0.2)}, {at("pedestrian", 0.41, 0.21)}) == Pairs{0});
}
GST_END_TEST

GST_START_TEST(who_hardly_overlaps_has_to_be_called_alike)
{
  fail_unless(same({at("man", 0.4, 0.2)}, {at("dog", 0.44, 0.2)}) == Pairs{std::nullopt});
  fail_unless(same({at("man", 0.4, 0.2)}, {at("Man", 0.44, 0.2)}) == Pairs{0});
}
GST_END_TEST

GST_START_TEST(who_is_far_away_or_of_another_size_is_another)
{
  fail_unless(same({at("man", 0.1, 0.2)}, {at("man", 0.4, 0.2)}) == Pairs{std::nullopt});
  fail_unless(same({at("man", 0.4, 0.2)}, {at("man", 0.43, 0.3, 0.04, 0.1)}) ==
              Pairs{std::nullopt});
}
GST_END_TEST

GST_START_TEST(who_has_not_been_seen_for_long_may_be_farther_off)
{
  Sighting lost = at("man", 0.4, 0.2);
  const Sighting found = at("man", 0.48, 0.2);
  fail_unless(same({lost}, {found}) == Pairs{std::nullopt});
  lost.reach = 2;
  fail_unless(same({lost}, {found}) == Pairs{0});
}
GST_END_TEST

GST_START_TEST(neighbours_keep_apart)
{
  // Each has moved half way to where the next one was.
  const std::vector<Sighting> before{at("man", 0.1, 0.2), at("man", 0.2, 0.2), at("man", 0.3, 0.2)};
  const std::vector<Sighting> now{at("man", 0.34, 0.2), at("man", 0.24, 0.2), at("man", 0.14, 0.2)};
  fail_unless((same(before, now) == Pairs{2, 1, 0}));
}
GST_END_TEST

GST_START_TEST(a_rider_and_a_bicycle_keep_their_names)
{
  const std::vector<Sighting> before{at("bicycle", 0.4, 0.3, 0.1, 0.2),
                                     at("rider", 0.4, 0.2, 0.1, 0.25)};
  const std::vector<Sighting> now{at("rider", 0.41, 0.22, 0.1, 0.25),
                                  at("bicycle", 0.41, 0.3, 0.1, 0.2)};
  fail_unless((same(before, now) == Pairs{1, 0}));
}
GST_END_TEST

GST_START_TEST(what_has_no_place_is_the_same_by_its_name)
{
  const Sighting sunny{.label = "sunny"};
  const Sighting busy{.label = "busy"};
  fail_unless((same({sunny, busy}, {busy, sunny}) == Pairs{1, 0}));
  fail_unless(same({sunny}, {busy}) == Pairs{std::nullopt});
  fail_unless(same({sunny}, {at("sunny", 0.4, 0.2)}) == Pairs{std::nullopt});
}
GST_END_TEST

GST_START_TEST(places_without_a_size_are_nobody)
{
  fail_unless(same({at("man", 0.4, 0.2, 0, 0)}, {at("man", 0.4, 0.2, 0, 0)}) ==
              Pairs{std::nullopt});
}
GST_END_TEST

static Suite *same_object_suite()
{
  Suite *suite = suite_create("same_object");
  TCase *tc = tcase_create("same_object");
  tcase_add_test(tc, labels_are_alike_by_their_words);
  tcase_add_test(tc, who_overlaps_clearly_is_the_same_whatever_it_is_called);
  tcase_add_test(tc, who_hardly_overlaps_has_to_be_called_alike);
  tcase_add_test(tc, who_is_far_away_or_of_another_size_is_another);
  tcase_add_test(tc, who_has_not_been_seen_for_long_may_be_farther_off);
  tcase_add_test(tc, neighbours_keep_apart);
  tcase_add_test(tc, a_rider_and_a_bicycle_keep_their_names);
  tcase_add_test(tc, what_has_no_place_is_the_same_by_its_name);
  tcase_add_test(tc, places_without_a_size_are_nobody);
  suite_add_tcase(suite, tc);
  return suite;
}

GST_CHECK_MAIN(same_object)
