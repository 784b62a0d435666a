// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties that say which parts of a frame are sent.
#include "plugin/part_settings.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::AnalyzerSettings;
using gemini::read_part_settings;
using gemini::Rect;
using gemini::SentParts;

namespace {

AnalyzerSettings with(std::optional<std::string> AnalyzerSettings::*property,
                      const std::string &text)
{
  AnalyzerSettings settings;
  settings.*property = text;
  return settings;
}

AnalyzerSettings with_region(const std::string &text)
{
  return with(&AnalyzerSettings::region, text);
}

AnalyzerSettings with_privacy(const std::string &text)
{
  return with(&AnalyzerSettings::privacy_regions, text);
}

SentParts read(const AnalyzerSettings &settings)
{
  const auto parts = read_part_settings(settings);
  fail_unless(bool{parts}, "%s", parts ? "" : parts.error().message.c_str());
  return *parts;
}

std::string problem_of(const AnalyzerSettings &settings)
{
  const auto parts = read_part_settings(settings);
  fail_unless(!parts, "it is taken");
  return parts.error().message;
}

void check_rect(const Rect &rect, const Rect &expected)
{
  fail_unless(rect == expected, "%g %g %g %g", rect.x, rect.y, rect.w, rect.h);
}

void check_parts_of(const std::string &text, std::initializer_list<const char *> parts)
{
  for (const char *part : parts)
    fail_unless(text.find(part) != std::string::npos, "%s is not in: %s", part, text.c_str());
}

} // namespace

GST_START_TEST(what_is_not_set_is_the_whole_frame)
{
  const SentParts parts = read({});
  check_rect(parts.region, {0, 0, 1, 1});
  fail_unless(parts.region_labels.empty() && parts.privacy_regions.empty() &&
              parts.privacy_labels.empty());
  check_rect(read(with_region(" ")).region, {0, 0, 1, 1});
}
GST_END_TEST

GST_START_TEST(a_region_is_four_numbers)
{
  check_rect(read(with_region("0.25,0.5,0.5,0.25")).region, {0.25, 0.5, 0.5, 0.25});
  check_rect(read(with_region(" 0.25 0.5\t.5, 0.25\n")).region, {0.25, 0.5, 0.5, 0.25});
  check_rect(read(with_region("0,0,1,1")).region, {0, 0, 1, 1});
  // What is written so ends at the edge.
  const Rect rect = read(with_region("0.7,0.1,0.3000001,0.9")).region;
  fail_unless(rect.right() <= 1 && rect.bottom() <= 1);
}
GST_END_TEST

GST_START_TEST(a_bad_region_is_named_with_what_is_wrong)
{
  for (const char *text : {"1", "0,0,1", "0,0,1,1,1", "a,b,c,d", "0,0,50%,1", "0x0,0,1,1"})
    check_parts_of(problem_of(with_region(text)), {"region: \"", text, "x,y,width,height"});
  for (const char *text : {"-0.1,0,1,1", "0,0,1.1,1", "0.5,0,0.6,1", "0,0.5,1,0.6", "0,0,320,240",
                           "inf,0,1,1", "nan,0,1,1"})
    check_parts_of(problem_of(with_region(text)), {"region: \"", text, "not within the frame"});
  for (const char *text : {"0,0,0,1", "0,0,1,0", "1,0,0,1", "0.5,0.5,-0.1,0.1"})
    check_parts_of(problem_of(with_region(text)), {"region: \"", text, "is empty"});
}
GST_END_TEST

GST_START_TEST(privacy_regions_are_a_list)
{
  const auto rects =
      read(with_privacy("0 0 0.5 1, 0.5 0.5 0.25 0.25\n 0.1 .2 .3 .4 ,")).privacy_regions;
  fail_unless_equals_uint64(rects.size(), 3);
  check_rect(rects[0], {0, 0, 0.5, 1});
  check_rect(rects[1], {0.5, 0.5, 0.25, 0.25});
  check_rect(rects[2], {0.1, 0.2, 0.3, 0.4});
}
GST_END_TEST

// Otherwise what is to be hidden would be sent.
GST_START_TEST(one_bad_privacy_region_refuses_the_list)
{
  check_parts_of(problem_of(with_privacy("0 0 0.5 1, 0 0 2 1")),
                 {"privacy-regions: \"0 0 2 1\"", "not within the frame"});
  check_parts_of(problem_of(with_privacy("0 0 0.5 1, 0 0 1")),
                 {"privacy-regions: \"0 0 1\"", "one rectangle per comma or line"});
  // In the form of a region.
  check_parts_of(problem_of(with_privacy("0.1,0.2,0.3,0.4")),
                 {"privacy-regions: \"0.1\"", "with spaces between them"});
  check_parts_of(problem_of(with_privacy("@/nowhere/at/all")), {"privacy-regions"});
  check_parts_of(problem_of(with(&AnalyzerSettings::privacy_labels, "@/nowhere/at/all")),
                 {"privacy-labels"});
}
GST_END_TEST

GST_START_TEST(labels_are_lists)
{
  AnalyzerSettings settings;
  settings.region_labels = "car, delivery van\ncar";
  settings.privacy_labels = " Person,face ";
  const SentParts parts = read(settings);
  fail_unless(parts.region_labels == (std::vector<std::string>{"car", "delivery van"}));
  fail_unless(parts.privacy_labels == (std::vector<std::string>{"Person", "face"}));
}
GST_END_TEST

static Suite *part_settings_suite()
{
  Suite *suite = suite_create("part_settings");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, what_is_not_set_is_the_whole_frame);
  tcase_add_test(tcase, a_region_is_four_numbers);
  tcase_add_test(tcase, a_bad_region_is_named_with_what_is_wrong);
  tcase_add_test(tcase, privacy_regions_are_a_list);
  tcase_add_test(tcase, one_bad_privacy_region_refuses_the_list);
  tcase_add_test(tcase, labels_are_lists);
  return suite;
}

GST_CHECK_MAIN(part_settings)
