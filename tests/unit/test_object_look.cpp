// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugin/object_look.hpp"

#include <string>
#include <utility>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;

namespace {

ObjectLook look(const LookSettings &settings)
{
  auto made = ObjectLook::from(settings);
  fail_unless(made.has_value(), "%s", made ? "" : made.error().message.c_str());
  return std::move(*made);
}

Object object(const char *label, std::uint64_t id = 0)
{
  return {.id = id, .label = label, .box = Rect{0.1, 0.1, 0.2, 0.2}};
}

Object aged(std::chrono::nanoseconds age)
{
  Object old = object("cup");
  old.track.age = age;
  return old;
}

int strength(const ObjectLook &look, const Object &object)
{
  const auto annotation = look.annotation_of(object);
  return annotation ? annotation->strength : 0;
}

Color color(const ObjectLook &look, const Object &object)
{
  return *look.annotation_of(object)->color;
}

void check_problem(const LookSettings &settings, const char *says)
{
  const auto made = ObjectLook::from(settings);
  fail_if(made.has_value());
  fail_unless(made.error().message.find(says) != std::string::npos, "%s",
              made.error().message.c_str());
}

} // namespace

GST_START_TEST(by_default_all_is_drawn_as_it_is)
{
  const auto annotation = ObjectLook{}.annotation_of(aged(1h));
  fail_unless(annotation && annotation->label == "cup" && !annotation->caption);
  fail_unless(annotation->color == color_of("cup"));
  fail_unless_equals_int(annotation->strength, kFullStrength);
  fail_unless(annotation->box == object("cup").box);
}
GST_END_TEST

GST_START_TEST(labels_are_chosen_whatever_their_case)
{
  const ObjectLook some = look({.only_labels = "Person, \xc3\x89t\xc3\xa9"});
  fail_unless(some.annotation_of(object("person")).has_value());
  fail_unless(some.annotation_of(object("\xc3\xa9T\xc3\x89")).has_value());
  fail_if(some.annotation_of(object("persons")).has_value());
  fail_if(some.annotation_of(object("")).has_value());
}
GST_END_TEST

GST_START_TEST(who_is_not_sure_enough_is_left_out_and_who_says_nothing_is_not)
{
  const ObjectLook sure = look({.min_confidence = 0.5});
  Object cup = object("cup");
  fail_unless(sure.annotation_of(cup).has_value());
  cup.confidence = 0.49;
  fail_if(sure.annotation_of(cup).has_value());
  cup.confidence = 0.5;
  fail_unless(sure.annotation_of(cup).has_value());
}
GST_END_TEST

GST_START_TEST(objects_fade_in_the_second_half_of_their_time)
{
  const ObjectLook fading = look({.max_age_ms = 2000});
  fail_unless_equals_int(strength(fading, aged(0s)), kFullStrength);
  fail_unless_equals_int(strength(fading, aged(1s)), kFullStrength);
  fail_unless_equals_int(strength(fading, aged(1500ms)), kFullStrength / 2);
  fail_unless_equals_int(strength(fading, aged(1999ms)), 1);
  fail_unless_equals_int(strength(fading, aged(2s)), 0);
  fail_unless_equals_int(strength(fading, aged(1h)), 0);
}
GST_END_TEST

GST_START_TEST(colours_are_those_that_are_chosen)
{
  const ObjectLook own = look({.colors = "Person = #f80,teal\n a=b=#102030"});
  fail_unless((color(own, object("person")) == Color{0xff, 0x88, 0}));
  fail_unless((color(own, object("a=b")) == Color{0x10, 0x20, 0x30}));
  for (const char *label : {"cup", "dog", "car"})
    fail_unless((color(own, object(label)) == Color{0, 0x80, 0x80}), "%s", label);
  const ObjectLook one = look({.colors = "person=#000"});
  fail_unless(color(one, object("cup")) == color_of("cup"));
}
GST_END_TEST

GST_START_TEST(neighbours_differ_by_their_ids)
{
  const ObjectLook by_id = look({.color_by = ColorBy::id});
  fail_if(color(by_id, object("cup", 1)) == color(by_id, object("cup", 2)));
  fail_unless(color(by_id, object("cup", 1)) == color(by_id, object("dog", 1)));
  fail_unless(color(by_id, object("cup")) == color_of("cup")); // without an id
  color(by_id, object("cup", UINT64_MAX));
}
GST_END_TEST

GST_START_TEST(labels_say_what_is_wanted)
{
  const ObjectLook named = look({.label_format = "{label}[ #{id}] {state}"});
  fail_unless(*named.annotation_of(object("cup", 3))->caption == "cup #3 new");
  fail_unless(*named.annotation_of(object("cup"))->caption == "cup new");
}
GST_END_TEST

GST_START_TEST(problems_name_the_property)
{
  check_problem({.colors = "person=reddish"}, "colors: \"reddish\"");
  check_problem({.colors = "#12"}, "colors");
  check_problem({.label_format = "{nme}"}, "label-format: there is no field {nme}");
}
GST_END_TEST

static Suite *object_look_suite()
{
  Suite *suite = suite_create("object_look");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, by_default_all_is_drawn_as_it_is);
  tcase_add_test(tcase, labels_are_chosen_whatever_their_case);
  tcase_add_test(tcase, who_is_not_sure_enough_is_left_out_and_who_says_nothing_is_not);
  tcase_add_test(tcase, objects_fade_in_the_second_half_of_their_time);
  tcase_add_test(tcase, colours_are_those_that_are_chosen);
  tcase_add_test(tcase, neighbours_differ_by_their_ids);
  tcase_add_test(tcase, labels_say_what_is_wanted);
  tcase_add_test(tcase, problems_name_the_property);
  return suite;
}

GST_CHECK_MAIN(object_look)
