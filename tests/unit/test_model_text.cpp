// SPDX-License-Identifier: LGPL-2.1-or-later
// Whatever a model writes becomes objects or a named problem.
#include "wire/objects.hpp"
#include "wire_support.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Object;
using gemini::test::describe;
using gemini::test::join;
using gemini::test::repeated;
using gemini::test::same;

namespace {

struct Answer {
  std::vector<Object> objects;
  std::vector<std::string> problems;
};

Answer read(std::string_view text, std::size_t max_objects = 25)
{
  gemini::wire::Problems problems;
  Answer answer;
  answer.objects = gemini::wire::read_objects(text, {.max_objects = max_objects}, problems);
  answer.problems = problems.take();
  return answer;
}

struct Case {
  const char *what;
  std::string text;
  const char *objects;  // as describe() writes them
  const char *problems; // as join() writes them; empty: there must be none
};

void check(const std::vector<Case> &cases)
{
  for (const Case &c : cases) {
    const Answer answer = read(c.text);
    const std::string objects = describe(answer.objects);
    const std::string problems = join(answer.problems);
    fail_unless(objects == c.objects, "%s: objects '%s', not '%s'", c.what, objects.c_str(),
                c.objects);
    fail_unless(problems == c.problems, "%s: problems '%s', not '%s'", c.what, problems.c_str(),
                c.problems);
  }
}

const std::string kPerson = R"({"box_2d":[100,200,300,400],"label":"person"})";
const std::string kDog = R"({"box_2d":[500,600,700,800],"label":"dog"})";
const std::string kList = "[" + kPerson + ",\n " + kDog + "]";
constexpr const char *kBoth = "person[200,100,400,300] dog[600,500,800,700]";

} // namespace

GST_START_TEST(reader_keeps_whole_objects_of_a_cut_answer)
{
  constexpr const char *kCut = "the list ends in the middle";
  constexpr const char *kFirst = "person[200,100,400,300]";
  const std::string text = "```json\n[" + kPerson + "," + kDog + "]\n```";
  const std::size_t first_end = text.find(kPerson) + kPerson.size();
  const std::size_t second_end = text.find(kDog) + kDog.size();
  for (std::size_t size = text.find('['); size <= text.size(); ++size) {
    const Answer answer = read(std::string_view{text}.substr(0, size));
    const char *objects = size < first_end ? "" : size < second_end ? kFirst : kBoth;
    const std::string described = describe(answer.objects);
    fail_unless(described == objects, "cut at %zu: '%s'", size, described.c_str());
    if (size > second_end)
      fail_unless(answer.problems.empty(), "cut at %zu", size);
    else if (size > text.find('['))
      fail_unless(join(answer.problems) == kCut, "cut at %zu: '%s'", size,
                  join(answer.problems).c_str());
  }
}
GST_END_TEST

GST_START_TEST(reader_collapses_repetition_and_keeps_the_cap)
{
  const Answer looping = read("[" + repeated(kPerson + ",", 5000) + R"({"box_2d":[1)");
  fail_unless(same(describe(looping.objects), "person[200,100,400,300]"));
  fail_unless(
      same(join(looping.problems), "4999 repeated items dropped | the list ends in the middle"));

  // The same box with another name is another object.
  fail_unless_equals_int(
      static_cast<int>(
          read(R"([{"box_2d":[1,2,3,4],"label":"a"},{"box_2d":[1,2,3,4],"label":"b"}])")
              .objects.size()),
      2);

  std::string many = "[";
  for (int i = 0; i < 40; ++i)
    many += R"({"label":"o","box_2d":[0,)" + std::to_string(i) + ",500,500]},";
  many += "]";
  const Answer capped = read(many, 25);
  fail_unless_equals_int(static_cast<int>(capped.objects.size()), 25);
  fail_unless(same(join(capped.problems), "only the first 25 of 40 objects kept"));
  fail_unless(read(many, 40).problems.empty());
  fail_unless(read(many, 0).objects.empty());
}
GST_END_TEST

GST_START_TEST(reader_takes_confidence_where_it_makes_sense)
{
  const auto item = [](const std::string &confidence) {
    return R"([{"label":"a","box_2d":[1,2,3,4],)" + confidence + "}]";
  };
  for (const char *text : {R"("confidence":0.75)", R"("score":0.75)", R"("confidence":"0.75")",
                           R"("probability":7.5e-1)"}) {
    const Answer answer = read(item(text));
    fail_unless(answer.objects.at(0).confidence == 0.75, "%s", text);
    fail_unless(answer.problems.empty(), "%s", text);
  }
  for (const char *text : {R"("confidence":7)", R"("confidence":-0.1)", R"("score":"high")",
                           R"("confidence":NaN)", R"("confidence":[])"}) {
    const Answer answer = read(item(text));
    fail_unless(!answer.objects.at(0).confidence, "%s", text);
    fail_unless(same(join(answer.problems), "item 1: the confidence is not between 0 and 1"));
  }
  fail_unless(read(item(R"("confidence":null)")).problems.empty());
  fail_unless(!read(item(R"("x":1)")).objects.at(0).confidence);
}
GST_END_TEST

GST_START_TEST(reader_makes_labels_fit_to_show)
{
  const auto item = [](const std::string &label) {
    return R"([{"box_2d":[1,2,3,4],"label":)" + label + "}]";
  };
  check({
      {"raw NUL", item(std::string{"\"a\0b\"", 5}),
       "a\xef\xbf\xbd"
       "b[2,1,4,3]",
       ""},
      {"invalid UTF-8", item("\"a\xff\xfe\x80 \xc3\""),
       "a\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd[2,1,4,3]", ""},
  });
  const Answer endless = read(item("\"" + repeated("\xc3\xa9", 100000) + "\""));
  fail_unless(same(endless.objects.at(0).label, "\xc3\xa9"));
  fail_unless(same(join(endless.problems), "item 1: the label repeats itself and was cut"));

  std::string counted;
  for (int i = 0; i < 1000; ++i)
    counted += std::to_string(i) + " ";
  const Answer longest = read(item("\"" + counted + "\""));
  fail_unless(longest.objects.at(0).label.size() <= 1000);
  fail_unless(longest.objects.at(0).label.size() > 900);
  fail_unless(same(join(longest.problems), "item 1: the label was cut"));
}
GST_END_TEST

GST_START_TEST(reader_keeps_problems_few_and_short)
{
  const Answer many = read("[" + repeated(R"({"label":"ghost"},)", 100) + "]");
  fail_unless_equals_int(static_cast<int>(many.problems.size()), 11);
  fail_unless(same(many.problems.back(), "and 90 more"));

  const std::string blob = repeated("iVBORw0KGgoAAAANSUhEUgAAAQAAAAEAC/9+", 100);
  for (const std::string &text : {blob, "data:image/png;base64," + blob, "[\"" + blob + "\"]",
                                  repeated("word ", 1000), repeated("\xff", 1000)}) {
    const Answer answer = read(text);
    fail_unless(!answer.problems.empty());
    for (const std::string &problem : answer.problems) {
      fail_unless(problem.size() <= 160, "%zu", problem.size());
      fail_unless(problem.find("iVBORw0K") == std::string::npos, "%s", problem.c_str());
      fail_unless(g_utf8_validate(problem.c_str(), -1, nullptr));
    }
  }
}
GST_END_TEST

GST_START_TEST(reader_survives_hostile_text_in_linear_time)
{
  const std::size_t kSize = 5'000'000;
  const auto fill = [](std::string_view piece) { return repeated(piece, kSize / piece.size()); };
  const std::vector<std::string> texts = {
      repeated("[", 100'000),
      repeated("{", 100'000),
      repeated("{\"a\":", 100'000),
      repeated("[", 100'000) + repeated("]", 100'000),
      R"([{"box_2d":)" + repeated("[", 100'000) + "1,2,3,4" + repeated("]", 100'000) + "}]",
      fill("["),
      fill("{"),
      fill("]"),
      fill("[]"),
      fill("[{}]"),
      fill("\""),
      fill("[\""),
      fill("\\"),
      "[\"" + fill("\\u0000"),
      fill("\" "),
      "[\"" + fill("\" x"),
      "[\"" + fill(" "),
      fill("/*"),
      "[" + fill("//\n"),
      "[" + fill("1,"),
      "[" + fill("9"),
      "[" + fill("word "),
      "[{\"label\":\"" + fill("iVBORw0KGgo"),
      "[{\"box_2d\":[" + fill("1,"),
      "{" + fill("\"box\":1,"),
      "[" + fill("{\"label\":\"a\"},"),
      "[" + fill("{\"box_2d\":[1,2,3,4]},"),
      "[" + fill("{\"x\":1,\"y\":2,\"z\":3,\"w\":4,\"q\":5},"),
      "{\"points\":[" + fill("[1,2],"),
      "[{\"box_2d\":[" + fill("[1,2,3,4],"),
      "[{\"polygon\":[" + fill("[1,2],[900,5],") + "[3,900]]}]",
      fill("```json\n"),
      fill(std::string_view{"\0", 1}),
      "[\"" + fill("\xff"),
      "[\"" + fill("a\xff"),
  };
  for (const std::string &text : texts) {
    const std::clock_t begin = std::clock();
    const Answer answer = read(text);
    const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    // Ten times of what a slow machine with sanitizers needs; anything quadratic takes hours.
    fail_unless(took < 8, "%.20s took %f s", text.c_str(), took);
    fail_unless(answer.objects.size() <= 25);
  }
}
GST_END_TEST

GST_START_TEST(reader_says_that_it_stopped_reading)
{
  constexpr const char *kProblem = "the answer is too long, its end was not read";
  const std::vector<std::string> texts = {
      repeated("[]", 1'000'000) + kList,
      "[" + kPerson + ",[" + repeated("1,", 1'000'000) + "]," + kDog + "]",
  };
  for (const std::string &text : texts) {
    const std::string problems = join(read(text).problems);
    fail_unless(problems.find(kProblem) != std::string::npos, "%.200s", problems.c_str());
  }
}
GST_END_TEST

GST_START_TEST(reader_looks_at_no_more_than_a_picture_holds)
{
  std::string items;
  for (int i = 0; i < 20'000; ++i)
    items += R"({"point":[1,)" + std::to_string(i % 1000) + R"(],"label":")" + std::to_string(i) +
             "\"},";
  const Answer answer = read("[" + items + "]");
  fail_unless_equals_int(static_cast<int>(answer.objects.size()), 25);
  fail_unless(answer.problems.back() == "only the first 10000 items were looked at");

  std::string points;
  for (int i = 0; i < 20'000; ++i)
    points += "[1," + std::to_string(i % 1000) + "],";
  fail_unless(read(R"([{"points":[)" + points + "]}]").objects.size() <= 25);
}
GST_END_TEST

GST_START_TEST(reader_takes_no_words_for_no_list)
{
  fail_unless(same(join(read("").problems), "no list in the answer:"));
  fail_unless(same(join(read(" \n").problems), "no list in the answer:"));
}
GST_END_TEST

GST_START_TEST(reader_finds_objects_below_deep_nesting)
{
  const std::string deep = "[" + repeated("[", 1000) + repeated("]", 1000) + "," + kDog + "]";
  fail_unless(same(describe(read(deep).objects), "dog[600,500,800,700]"));
}
GST_END_TEST

GST_START_TEST(reader_does_not_depend_on_the_locale)
{
  const gemini::test::DecimalComma comma;
  if (!comma.is_set()) {
    g_print("SKIPPED: no locale with a decimal comma\n");
    return;
  }
  fail_unless(std::strtod("0.5", nullptr) == 0); // the locale is in force
  fail_unless(
      same(describe(read(R"([{"box_2d":[0.25,"0.5",0.75,1.0]}])").objects), "[500,250,1000,750]"));
}
GST_END_TEST

static Suite *model_text_suite()
{
  Suite *suite = suite_create("model_text");
  TCase *tcase = tcase_create("general");
  tcase_set_timeout(tcase, 120);
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, reader_keeps_whole_objects_of_a_cut_answer);
  tcase_add_test(tcase, reader_collapses_repetition_and_keeps_the_cap);
  tcase_add_test(tcase, reader_takes_confidence_where_it_makes_sense);
  tcase_add_test(tcase, reader_makes_labels_fit_to_show);
  tcase_add_test(tcase, reader_keeps_problems_few_and_short);
  tcase_add_test(tcase, reader_survives_hostile_text_in_linear_time);
  tcase_add_test(tcase, reader_says_that_it_stopped_reading);
  tcase_add_test(tcase, reader_looks_at_no_more_than_a_picture_holds);
  tcase_add_test(tcase, reader_takes_no_words_for_no_list);
  tcase_add_test(tcase, reader_finds_objects_below_deep_nesting);
  tcase_add_test(tcase, reader_does_not_depend_on_the_locale);
  return suite;
}

GST_CHECK_MAIN(model_text)
