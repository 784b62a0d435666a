// SPDX-License-Identifier: LGPL-2.1-or-later
// What models write, for every task: line by line of the files of cases.
#include "model_text_case.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::AnalysisStatus;
using gemini::test::ModelTextCase;

namespace {

const std::vector<ModelTextCase> &text_cases()
{
  static const std::vector<ModelTextCase> cases = gemini::test::read_cases(MODEL_TEXT_CASES);
  return cases;
}

const std::vector<ModelTextCase> &mask_cases()
{
  static const std::vector<ModelTextCase> cases = gemini::test::read_cases(MASK_CASES);
  return cases;
}

// A line is one thing that was read, and what it should have been.
std::string difference(const char *what, const std::string &is, const std::string &should)
{
  return is == should ? "" : std::string{"\n  "} + what + ": " + is + "\n  should: " + should;
}

std::string all_differences(const ModelTextCase &c)
{
  if (!c.mistake.empty())
    return c.mistake;
  const auto reply =
      gemini::wire::read_reply(c.options, gemini::test::reply_body(c.answer, c.finish_reason));
  if (!reply)
    return reply.error().message;
  const auto or_dash = [](const std::optional<std::string> &text) { return text.value_or("-"); };
  const std::string problems = gemini::test::join(reply->problems);
  const AnalysisStatus status = c.problems == "-" ? AnalysisStatus::ok : AnalysisStatus::partial;
  return difference("objects", gemini::test::describe_all(reply->objects), c.objects) +
         difference("text", or_dash(reply->text), c.text) +
         difference("json", or_dash(reply->json), c.json) +
         difference("problems", problems.empty() ? "-" : problems, c.problems) +
         difference("status", to_string(reply->status), to_string(status));
}

void check(const ModelTextCase &c)
{
  const std::string differences = all_differences(c);
  fail_unless(differences.empty(), "%s: %s", c.name.c_str(), differences.c_str());
}

} // namespace

GST_START_TEST(model_text_is_read_as_the_case_says)
{
  check(text_cases().at(static_cast<std::size_t>(__i__)));
}
GST_END_TEST

GST_START_TEST(mask_is_read_as_the_case_says)
{
  check(mask_cases().at(static_cast<std::size_t>(__i__)));
}
GST_END_TEST

GST_START_TEST(cases_are_there)
{
  fail_unless(text_cases().size() >= 160, "%zu", text_cases().size());
  fail_unless(mask_cases().size() >= 80, "%zu", mask_cases().size());
}
GST_END_TEST

static Suite *model_text_cases_suite()
{
  Suite *suite = suite_create("model_text_cases");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, cases_are_there);
  tcase_add_loop_test(tcase, model_text_is_read_as_the_case_says, 0,
                      static_cast<int>(text_cases().size()));
  tcase_add_loop_test(tcase, mask_is_read_as_the_case_says, 0,
                      static_cast<int>(mask_cases().size()));
  return suite;
}

GST_CHECK_MAIN(model_text_cases)
