// SPDX-License-Identifier: LGPL-2.1-or-later
#include "render/label_format.hpp"

#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace std::chrono_literals;

namespace {

const LabelFields kAll{.label = "cup",
                       .text = "it is red",
                       .state = "kept",
                       .id = 7,
                       .confidence = 0.874,
                       .age = 2349ms};

std::string filled(const char *text, const LabelFields &fields)
{
  const auto format = LabelFormat::parse(text);
  fail_unless(format.has_value(), "%s: %s", text, format ? "" : format.error().c_str());
  return format->fill(fields);
}

void check(const char *text, const LabelFields &fields, const char *expected)
{
  const std::string is = filled(text, fields);
  fail_unless(is == expected, "\"%s\" gave \"%s\" instead of \"%s\"", text, is.c_str(), expected);
}

void check_error(const char *text, const char *says)
{
  const auto format = LabelFormat::parse(text);
  fail_if(format.has_value(), "%s", text);
  fail_unless(format.error().find(says) != std::string::npos, "%s: %s", text,
              format.error().c_str());
}

} // namespace

GST_START_TEST(fields_get_their_values)
{
  check("{label} {text} {state} #{id} {confidence} {age}", kAll, "cup it is red kept #7 87% 2.3 s");
  check("no field at all", kAll, "no field at all");
  check("", kAll, "");
}
GST_END_TEST

GST_START_TEST(optional_parts_go_with_their_values)
{
  const char *text = "{label}[ #{id}][ {confidence}][: {text}]";
  check(text, kAll, "cup #7 87%: it is red");
  check(text, {.label = "cup"}, "cup");
  check(text, {.label = "cup", .id = 1}, "cup #1");
  check("[{id} of {confidence}]{label}", {.label = "cup", .id = 1}, "cup"); // one is missing
  check("{label}{id}", {}, "");
}
GST_END_TEST

GST_START_TEST(doubled_braces_and_brackets_are_drawn)
{
  check("{{{label}}} [[{id}]]", kAll, "{cup} [7]");
  check("[[[x {id}]]]", kAll, "[x 7]");
}
GST_END_TEST

GST_START_TEST(what_is_wrong_is_named)
{
  check_error("{name}", "{name}");
  check_error("{label", "{label");
  check_error("{}", "{}");
  check_error("a } b", "'}'");
  check_error("a ] b", "']'");
  check_error("[a [b]", "inside of brackets");
  check_error("[a {id}", "without its end");
}
GST_END_TEST

GST_START_TEST(times_have_tenths_and_no_sign)
{
  fail_unless(seconds_text(0s) == "0.0 s");
  fail_unless(seconds_text(99ms) == "0.0 s");
  fail_unless(seconds_text(12345ms) == "12.3 s");
  fail_unless(seconds_text(-5s) == "0.0 s");
}
GST_END_TEST

static Suite *label_format_suite()
{
  Suite *suite = suite_create("label_format");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, fields_get_their_values);
  tcase_add_test(tcase, optional_parts_go_with_their_values);
  tcase_add_test(tcase, doubled_braces_and_brackets_are_drawn);
  tcase_add_test(tcase, what_is_wrong_is_named);
  tcase_add_test(tcase, times_have_tenths_and_no_sign);
  return suite;
}

GST_CHECK_MAIN(label_format)
