// SPDX-License-Identifier: LGPL-2.1-or-later
// What a process has learned about the models of a service.
#include "plugin/learned_profiles.hpp"

#include <gst/check/gstcheck.h>

using gemini::LearnedProfiles;
using gemini::wire::MaskFormat;
using gemini::wire::OwnField;

GST_START_TEST(a_refused_field_is_remembered_for_its_model_and_service)
{
  LearnedProfiles learned;
  fail_unless(learned.unwanted("https://a", "m").none());
  fail_unless(learned.learn("https://a", "m", OwnField::response_schema));
  fail_unless(!learned.learn("https://a", "m", OwnField::response_schema));
  fail_unless(contains(learned.unwanted("https://a", "m"), OwnField::response_schema));
  fail_unless(!contains(learned.unwanted("https://a", "m"), OwnField::thinking_config));
  fail_unless(learned.unwanted("https://a", "n").none());
  fail_unless(learned.unwanted("https://b", "m").none());
}
GST_END_TEST

// From December 2026 on another model answers for this one, and draws masks in another way.
GST_START_TEST(the_model_that_answered_last_is_the_one_that_is_asked)
{
  LearnedProfiles learned;
  const char *model = "gemini-2.5-flash";
  fail_unless(learned.profile("https://a", model).masks == MaskFormat::png);
  learned.learn_version("https://a", model, "gemini-3.5-flash-lite");
  fail_unless(learned.profile("https://a", model).masks == MaskFormat::polygon);
  fail_unless(learned.profile("https://b", model).masks == MaskFormat::png);
  learned.learn_version("https://a", model, "gemini-2.5-flash");
  fail_unless(learned.profile("https://a", model).masks == MaskFormat::png);
}
GST_END_TEST

static Suite *learned_profiles_suite()
{
  Suite *suite = suite_create("learned_profiles");
  TCase *tcase = tcase_create("profiles");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_refused_field_is_remembered_for_its_model_and_service);
  tcase_add_test(tcase, the_model_that_answered_last_is_the_one_that_is_asked);
  return suite;
}
GST_CHECK_MAIN(learned_profiles)
