// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers in words and by a schema have bounds that no model gets past.
#include "wire/answer.hpp"
#include "wire/caption.hpp"
#include "wire_support.hpp"

#include <cstddef>
#include <string>

#include <gst/check/gstcheck.h>

using gemini::Task;
using gemini::test::join;
using gemini::test::repeated;
using gemini::test::same;
using gemini::wire::Answer;
using gemini::wire::Problems;

namespace {

constexpr const char *kTooLong = "the text was cut at 100000 bytes";

// Words that never repeat themselves, of characters of two bytes, longer than any bound.
std::string endless_words()
{
  std::string words;
  for (int i = 0; words.size() < 3 * gemini::wire::kMaxTextBytes; ++i)
    words += "\xc3\xa9\xc3\xa9" + std::to_string(i);
  return words;
}

bool is_utf8(const std::string &text)
{
  return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
}

} // namespace

GST_START_TEST(caption_is_cut_between_characters)
{
  for (const char *before : {"", "x", "xy"}) {
    Problems problems;
    const auto caption = gemini::wire::read_caption(before + endless_words(), problems);
    fail_unless(caption.has_value());
    fail_unless(caption->size() > 99'990 && caption->size() <= 100'000, "%zu", caption->size());
    fail_unless(is_utf8(*caption));
    fail_unless(same(join(problems.take()), kTooLong));
  }
}
GST_END_TEST

GST_START_TEST(caption_in_json_is_cut_likewise)
{
  Problems problems;
  const auto caption =
      gemini::wire::read_caption(R"({"caption":")" + endless_words() + "\"}", problems);
  fail_unless(caption.has_value() && caption->size() <= 100'000 && is_utf8(*caption));
  fail_unless(same(join(problems.take()), kTooLong));
}
GST_END_TEST

GST_START_TEST(answer_keeps_words_up_to_the_bound)
{
  Problems problems;
  const Answer answer = gemini::wire::read_answer(endless_words(), {.task = Task::ask}, problems);
  fail_unless(answer.text.has_value() && answer.text->size() <= 100'000 && is_utf8(*answer.text));
  fail_unless(!answer.json);
  fail_unless(same(join(problems.take()), kTooLong));
}
GST_END_TEST

// Half of a JSON value is none: what is too long is told in words, as far as they go.
GST_START_TEST(answer_leaves_out_json_beyond_the_bound)
{
  for (const std::string &json :
       {"[" + repeated("\"" + std::string(50, 'x') + "\",", 40'000) + "1]",
        "[\"" + repeated("\\u0001", 400'000) + "\"]"}) {
    Problems problems;
    const Answer answer =
        gemini::wire::read_answer(json, {.task = Task::ask, .has_schema = true}, problems);
    fail_unless(!answer.json);
    fail_unless(answer.text.has_value() && answer.text->size() <= 100'000);
    fail_unless(same(join(problems.take()),
                     std::string{"the JSON is longer than 1048576 bytes | "} + kTooLong));
  }
}
GST_END_TEST

GST_START_TEST(answer_keeps_json_below_the_bound)
{
  Problems problems;
  const std::string json = "[" + repeated("\"" + std::string(50, 'x') + "\",", 15'000) + "1]";
  const Answer answer =
      gemini::wire::read_answer(json, {.task = Task::ask, .has_schema = true}, problems);
  fail_unless(answer.json == json);
  fail_unless(problems.take().empty());
}
GST_END_TEST

static Suite *answer_suite()
{
  Suite *suite = suite_create("answer");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, caption_is_cut_between_characters);
  tcase_add_test(tcase, caption_in_json_is_cut_likewise);
  tcase_add_test(tcase, answer_keeps_words_up_to_the_bound);
  tcase_add_test(tcase, answer_leaves_out_json_beyond_the_bound);
  tcase_add_test(tcase, answer_keeps_json_below_the_bound);
  return suite;
}

GST_CHECK_MAIN(answer)
