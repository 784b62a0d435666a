// SPDX-License-Identifier: LGPL-2.1-or-later
// Whatever a model writes becomes objects or a named problem.
#include "wire/objects.hpp"
#include "wire_support.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
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

GST_START_TEST(reader_finds_the_list_whatever_stands_around_it)
{
  check({
      {"bare", kList, kBoth, ""},
      {"json fence", "```json\n" + kList + "\n```", kBoth, ""},
      {"upper case fence", "```JSON\n" + kList + "\n```", kBoth, ""},
      {"fence without language", "```\n" + kList + "\n```\n", kBoth, ""},
      {"four backticks", "````json\n" + kList + "\n````", kBoth, ""},
      {"tildes", "~~~json\n" + kList + "\n~~~", kBoth, ""},
      {"indented", "   ```json\n   " + kList + "\n   ```", kBoth, ""},
      {"CRLF", "```json\r\n" + kList + "\r\n```\r\n", kBoth, ""},
      {"unclosed fence", "```json\n" + kList, kBoth, ""},
      {"fence on the line of the list", "```json" + kList + "```", kBoth, ""},
      {"prose before and after", "Here you are:\n" + kList + "\nAnything else?", kBoth, ""},
      {"prose around a fence", "Sure!\n```json\n" + kList + "\n```\nI saw 2.", kBoth, ""},
      {"brackets in prose", "As asked [in JSON] {see below}:\n" + kList + " [end]", kBoth, ""},
      {"a bracket in prose left open", "List [2 items: " + kList, kBoth,
       "item 1: not an object | item 2: not an object | the list ends in the middle | "
       "some of the list is no JSON and was skipped"},
      {"prose after a fence left open", "```json\n[" + kPerson + ",\n```\nAnd that is all [1].",
       "person[200,100,400,300]", "the list ends in the middle"},
      {"two lists", kList + "\nand\n[" + R"({"box_2d":[1,2,3,4],"label":"cat"})" + "]",
       "person[200,100,400,300] dog[600,500,800,700] cat[2,1,4,3]", ""},
      {"an object a line", kPerson + "\n" + kDog, kBoth, ""},
      {"an empty list before the real one", "[]\n" + kList, kBoth, ""},
      {"an object in prose", R"(My {"note":"x"} first. )" + kList, kBoth, ""},
      {"byte order mark", "\xef\xbb\xbf" + kList, kBoth, ""},
  });
}
GST_END_TEST

GST_START_TEST(reader_unwraps_any_root)
{
  const std::string c = R"({"box_2d":[1,2,3,4],"label":"c"})";
  check({
      {"boxes", R"({"boxes":)" + kList + "}", kBoth, ""},
      {"items", R"({"items":)" + kList + "}", kBoth, ""},
      {"results", R"({"results":)" + kList + "}", kBoth, ""},
      {"detections", R"({"detections":)" + kList + R"(,"count":2})", kBoth, ""},
      {"objects", R"({"objects":)" + kList + "}", kBoth, ""},
      {"masks", R"({"masks":)" + kList + "}", kBoth, ""},
      {"an unknown name", R"({"things_i_saw":)" + kList + "}", kBoth, ""},
      {"two deep", R"({"response":{"boxes":)" + kList + "}}", kBoth, ""},
      {"in a list", R"([{"boxes":)" + kList + "}]", kBoth, ""},
      {"a list in a list", "[" + kList + "]", kBoth, ""},
      {"a single object", kDog, "dog[600,500,800,700]", ""},
      {"an object of objects", R"({"dog":{"box_2d":[1,2,3,4]},"cat":{"box_2d":[5,6,7,8]}})",
       "dog[2,1,4,3] cat[6,5,8,7]", ""},
      {"grouped by label", R"({"dogs":[{"box_2d":[1,2,3,4]}],"cats":[{"box_2d":[5,6,7,8]}]})",
       "dogs[2,1,4,3] cats[6,5,8,7]", ""},
      {"a group does not hide labels", R"({"pets":[)" + c + "]}", "c[2,1,4,3]", ""},
      {"a list name is no label", R"({"boxes":[{"box_2d":[1,2,3,4]}]})", "[2,1,4,3]", ""},
  });
}
GST_END_TEST

GST_START_TEST(reader_takes_nothing_seen_only_from_an_empty_list)
{
  check({
      {"empty list", "[]", "", ""},
      {"empty list, spaced", " [ \n ] ", "", ""},
      {"empty list in a fence", "```json\n[]\n```", "", ""},
      {"empty list under a root", R"({"boxes":[]})", "", ""},
      {"empty text", "", "", "no list in the answer:"},
      {"prose", "I see nothing.", "", "no list in the answer: I see nothing."},
      {"empty object", "{}", "", "no list in the answer: {}"},
      {"bare number", "42", "", "no list in the answer: 42"},
      {"bare string", R"("none")", "", R"(no list in the answer: "none")"},
      {"null", "null", "", "no list in the answer: null"},
      {"list of words", R"(["dog","cat"])", "", R"(no list in the answer: ["dog","cat"])"},
      {"list of numbers", "[1,2,3,4]", "", "no list in the answer: [1,2,3,4]"},
      {"object without a list", R"({"message":"none"})", "", "item 1: no box"},
      {"an open bracket", "[", "", "the list ends in the middle"},
      {"an open fence", "```json\n", "", "no list in the answer: ```json"},
  });
}
GST_END_TEST

GST_START_TEST(reader_knows_other_names)
{
  const auto item = [](const char *box, const char *label) {
    return std::string{"[{\""} + box + "\":[1,2,3,4],\"" + label + "\":\"a\"}]";
  };
  std::vector<Case> cases;
  for (const char *box : {"box_2d", "box", "bbox", "bounding_box", "boundingBox", "BOX_2D",
                          "bbox_2d", "box2d", "coordinates"})
    cases.push_back({box, item(box, "label"), "a[2,1,4,3]", ""});
  for (const char *label : {"label", "name", "class", "class_name", "Label", "category", "object"})
    cases.push_back({label, item("box_2d", label), "a[2,1,4,3]", ""});
  cases.push_back({"label wins over name", R"([{"name":"n","box_2d":[1,2,3,4],"label":"l"}])",
                   "l[2,1,4,3]", ""});
  check(cases);
}
GST_END_TEST

GST_START_TEST(reader_takes_a_box_in_any_notation)
{
  const auto item = [](const std::string &box) {
    return R"([{"label":"a","box_2d":)" + box + "}]";
  };
  constexpr const char *kExpected = "a[2,1,4,3]";
  check({
      {"integers", item("[1,2,3,4]"), kExpected, ""},
      {"numbers as strings", item(R"(["1","2"," 3 ","4"])"), kExpected, ""},
      {"floats", item("[1.0, 2.5e0, 3.0, 4.25]"), "a[2.5,1,4.25,3]", ""},
      {"a string", item(R"("[1, 2, 3, 4]")"), kExpected, ""},
      {"a string without brackets", item(R"("1,2,3,4")"), kExpected, ""},
      {"a string with spaces", item(R"("1 2 3 4")"), kExpected, ""},
      {"corners in pairs", item("[[1,2],[3,4]]"), kExpected, ""},
      {"a box in a list", item("[[1,2,3,4]]"), kExpected, ""},
      {"several boxes", item("[[1,2,3,4],[5,6,7,8]]"), "a[2,1,4,3] a[6,5,8,7]", ""},
      {"ymin…", item(R"({"ymin":1,"xmin":2,"ymax":3,"xmax":4})"), kExpected, ""},
      {"y_min…, any order", item(R"({"x_max":"4","x_min":2,"y_max":3,"y_min":1})"), kExpected, ""},
      {"y1…", item(R"({"x1":2,"y1":1,"x2":4,"y2":3})"), kExpected, ""},
      {"y0…", item(R"({"x0":2,"y0":1,"x1":4,"y1":3})"), kExpected, ""},
      {"top…", item(R"({"top":1,"left":2,"bottom":3,"right":4})"), kExpected, ""},
      {"width and height", item(R"({"x":2,"y":1,"width":2,"height":2})"), kExpected, ""},
      {"w and h", item(R"({"x":2,"y":1,"w":2,"h":2})"), kExpected, ""},
      {"edges in the item", R"([{"label":"a","ymin":1,"xmin":2,"ymax":3,"xmax":4}])", kExpected,
       ""},
      {"next to nothing", item("[1e-999,2,3,4]"), "a[2,0,4,3]", ""},
      {"swapped corners", item("[3,4,1,2]"), kExpected, ""},
      {"one swapped edge", item("[3,2,1,4]"), kExpected, ""},
      {"the whole picture", item("[0,0,1000,1000]"), "a[0,0,1000,1000]", ""},
  });
}
GST_END_TEST

GST_START_TEST(reader_names_what_is_wrong_with_a_box)
{
  const auto item = [](const std::string &box) {
    return "[" + kPerson + R"(,{"label":"a","box_2d":)" + box + "}]";
  };
  constexpr const char *kExpected = "person[200,100,400,300]";
  check({
      {"three numbers", item("[1,2,3]"), kExpected, "item 2: the box does not have four numbers"},
      {"five numbers", item("[1,2,3,4,5]"), kExpected,
       "item 2: the box does not have four numbers"},
      {"words", item(R"(["a","b","c","d"])"), kExpected,
       "item 2: the box holds something that is no number"},
      {"a sentence", item(R"("upper left")"), kExpected,
       "item 2: the box holds something that is no number"},
      {"null inside", item("[1,2,null,4]"), kExpected,
       "item 2: the box holds something that is no number"},
      {"true inside", item("[1,2,true,4]"), kExpected,
       "item 2: the box holds something that is no number"},
      {"NaN", item("[1,2,NaN,4]"), kExpected, "item 2: the box holds something that is no number"},
      {"NaN in a string", item(R"("1,2,nan,4")"), kExpected,
       "item 2: the box holds something that is no number"},
      {"Infinity", item("[1,2,Infinity,4]"), kExpected,
       "item 2: the box holds something that is no number"},
      {"1e999", item("[1,2,1e999,4]"), kExpected,
       "item 2: the box holds something that is no number"},
      {"empty list", item("[]"), kExpected, "item 2: the box is empty"},
      {"empty string", item(R"("")"), kExpected, "item 2: the box is empty"},
      {"null", item("null"), kExpected, "item 2: no box"},
      {"object without edges", item(R"({"ymin":1})"), kExpected, "item 2: the box lacks an edge"},
      {"no area", item("[5,5,5,9]"), kExpected, "item 2: the box has no area"},
      {"outside", item("[1200,0,1300,50]"), kExpected, "item 2: the box is outside the picture"},
      {"partly outside", item("[-10,900,50,1100]"), "person[200,100,400,300] a[900,0,1000,50]",
       "item 2: the box was cropped to the picture"},
      {"endless digits", item("[1,2," + repeated("9", 5000) + ",4]"), kExpected,
       "item 2: the box holds something that is no number"},
      {"no box", R"([{"label":"ghost"},)" + kDog + "]", "dog[600,500,800,700]", "item 1: no box"},
      {"a stray word", R"(["hm",)" + kDog + "]", "dog[600,500,800,700]", "item 1: not an object"},
      {"a mask alone", R"([{"label":"ghost","mask":"iVBORw0KGgo"},)" + kDog + "]",
       "dog[600,500,800,700]", "item 1: no box"},
  });
}
GST_END_TEST

// Fractions of the picture instead of thousandths: all four up to 1, and one of them written with a
// point; a box of plain zeros and ones goes with the rest of its answer.
GST_START_TEST(reader_tells_fractions_from_thousandths)
{
  const auto items = [](const std::string &a, const std::string &b) {
    return R"([{"label":"a","box_2d":)" + a + R"(},{"label":"b","box_2d":)" + b + "}]";
  };
  check({
      {"fractions", items("[0.1,0.2,0.3,0.4]", "[0.5,0.5,1.0,1.0]"),
       "a[200,100,400,300] b[500,500,1000,1000]", ""},
      {"fractions as strings", items(R"(["0.1","0.2","0.3","0.4"])", R"("0.5 0.5 1.0 1")"),
       "a[200,100,400,300] b[500,500,1000,1000]", ""},
      {"ones with a point", items("[0.0,0.0,1.0,1.0]", "[0.5,0,1,1]"),
       "a[0,0,1000,1000] b[0,500,1000,1000]", ""},
      {"ones in the company of fractions", items("[0,0,1,1]", "[0.1,0.2,0.3,0.4]"),
       "a[0,0,1000,1000] b[200,100,400,300]", ""},
      {"ones alone", items("[0,0,1,1]", "[0,0,1,1]"), "a[0,0,1,1] b[0,0,1,1]", ""},
      {"ones in the company of thousandths", items("[0,0,1,1]", "[10.5,20,30,40]"),
       "a[0,0,1,1] b[20,10.5,40,30]", ""},
      {"a fraction among thousandths", items("[0.1,0.2,0.3,0.4]", "[10,20,30,40]"),
       "a[200,100,400,300] b[20,10,40,30]", ""},
      {"a fraction that overshoots", items("[0.1,0.2,0.3,1.04]", "[0.1,-0.01,0.3,0.4]"),
       "a[200,100,1000,300] b[0,100,400,300]",
       "item 1: the box was cropped to the picture | item 2: the box was cropped to the picture"},
      {"small thousandths", items("[0.5,1,2,3]", "[1,2,3,4]"), "a[1,0.5,3,2] b[2,1,4,3]", ""},
  });
}
GST_END_TEST

GST_START_TEST(reader_forgives_slips_of_syntax)
{
  check({
      {"trailing commas", R"([{"box_2d":[1,2,3,4,],"label":"a",},])", "a[2,1,4,3]", ""},
      {"doubled commas", R"([{"box_2d":[1,,2,3,4],,"label":"a"},,])", "a[2,1,4,3]", ""},
      {"missing commas", R"([{"box_2d":[1 2 3 4] "label":"a"} {"box_2d":[5,6,7,8]}])",
       "a[2,1,4,3] [6,5,8,7]", ""},
      {"doubled braces", "[{" + kPerson + "},{" + kDog + "}]", kBoth, ""},
      {"braces doubled at the beginning only", "[{" + kPerson + ",{" + kDog + "]", kBoth, ""},
      {"a doubled root", R"({{"boxes":)" + kList + "}}", kBoth, ""},
      {"raw line break in a string", "[{\"box_2d\":[1,2,3,4],\"label\":\"a\nb\"}]", "a b[2,1,4,3]",
       ""},
      {"raw line break in a name", "[{\"box\n_2d\":[1,2,3,4],\"box_2d\":[1,2,3,4]}]", "[2,1,4,3]",
       ""},
      {"control characters in a string", "[{\"box_2d\":[1,2,3,4],\"label\":\"a\x01\x1b\tb\"}]",
       "a b[2,1,4,3]", ""},
      {"single quotes", "[{'box_2d': [1, 2, 3, 4], 'label': 'the dog\\'s'}]", "the dog's[2,1,4,3]",
       ""},
      {"single quotes with an apostrophe", "[{'label': 'the dog's tail', 'box_2d': [1, 2, 3, 4]}]",
       "the dog's tail[2,1,4,3]", ""},
      {"names without quotes", R"([{box_2d: [1,2,3,4], label: "a"}])", "a[2,1,4,3]", ""},
      {"comments", "[ // people\n{\"box_2d\":[1,2,3,4],/* who */\"label\":\"a\"}]", "a[2,1,4,3]",
       ""},
      {"unescaped quotes", R"([{"label":"a 24" screen, "wide" one","box_2d":[1,2,3,4]}])",
       R"(a 24" screen, "wide" one[2,1,4,3])", ""},
      {"numbers with a plus", R"([{"label":"a","box_2d":[+1,+2,+3,+4]}])", "a[2,1,4,3]", ""},
      {"a missing value", R"([{"label":,"box_2d":[1,2,3,4]}])", "[2,1,4,3]", ""},
      {"a missing bracket", R"([{"label":"a","box_2d":[1,2,3,4},{"label":"b","box_2d":[5,6,7,8]}])",
       "a[2,1,4,3] b[6,5,8,7]", "some of the list is no JSON and was skipped"},
      {"a missing brace", R"([{"label":"a","box_2d":[1,2,3,4]])", "a[2,1,4,3]",
       "some of the list is no JSON and was skipped"},
      {"dots for the rest", "[" + kPerson + ", ...]", "person[200,100,400,300]",
       "item 2: not an object | some of the list is no JSON and was skipped"},
      {"a stray closer", "[" + kPerson + "}," + kDog + "]", kBoth,
       "some of the list is no JSON and was skipped"},
  });
}
GST_END_TEST

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
  check({
      {"under a root", R"({"boxes":[)" + kPerson + R"(,{"box_2d":[5,6)", kFirst, kCut},
      {"inside a label", "[" + kPerson + R"(,{"box_2d":[1,2,3,4],"label":"a do)", kFirst, kCut},
      {"inside an escape", "[" + kPerson + R"(,{"label":"a\)", kFirst, kCut},
      {"inside a \\u escape", "[" + kPerson + R"(,{"label":"a\u00)", kFirst, kCut},
      {"inside a comment", "[" + kPerson + "/* an", kFirst, kCut},
      {"a single object", R"({"box_2d":[1,2,3,4],"label")", "", kCut},
  });
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
      {"missing", R"([{"box_2d":[1,2,3,4]}])", "[2,1,4,3]", ""},
      {"null", item("null"), "[2,1,4,3]", ""},
      {"a number", item("7"), "7[2,1,4,3]", ""},
      {"a list", item(R"(["a"])"), "[2,1,4,3]", "item 1: the label is no text"},
      {"spaces around", item(R"("  a  ")"), "a[2,1,4,3]", ""},
      {"markup stays text", item(R"("<b>&amp;</b>")"), "<b>&amp;</b>[2,1,4,3]", ""},
      {"escapes", item(R"("\"a\" \\ \/ \u00e9 \ud83d\ude00")"),
       "\"a\" \\ / \xc3\xa9 \xf0\x9f\x98\x80[2,1,4,3]", ""},
      {"other scripts", item("\"\xd7\x9b\xd7\x9c\xd7\x91\""), "\xd7\x9b\xd7\x9c\xd7\x91[2,1,4,3]",
       ""},
      {"half a surrogate", item(R"("\ud83d!")"), "\xef\xbf\xbd![2,1,4,3]", ""},
      {"a broken escape", item(R"("\u12x")"),
       "\xef\xbf\xbd"
       "12x[2,1,4,3]",
       ""},
      {"escaped NUL", item(R"("a\u0000b")"),
       "a\xef\xbf\xbd"
       "b[2,1,4,3]",
       ""},
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
    const auto begin = std::chrono::steady_clock::now();
    const Answer answer = read(text);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    // Ten times of what a slow machine with sanitizers needs; anything quadratic takes hours.
    fail_unless(took.count() < 8, "%.20s took %f s", text.c_str(), took.count());
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
  tcase_add_test(tcase, reader_finds_the_list_whatever_stands_around_it);
  tcase_add_test(tcase, reader_unwraps_any_root);
  tcase_add_test(tcase, reader_takes_nothing_seen_only_from_an_empty_list);
  tcase_add_test(tcase, reader_knows_other_names);
  tcase_add_test(tcase, reader_takes_a_box_in_any_notation);
  tcase_add_test(tcase, reader_names_what_is_wrong_with_a_box);
  tcase_add_test(tcase, reader_tells_fractions_from_thousandths);
  tcase_add_test(tcase, reader_forgives_slips_of_syntax);
  tcase_add_test(tcase, reader_keeps_whole_objects_of_a_cut_answer);
  tcase_add_test(tcase, reader_collapses_repetition_and_keeps_the_cap);
  tcase_add_test(tcase, reader_takes_confidence_where_it_makes_sense);
  tcase_add_test(tcase, reader_makes_labels_fit_to_show);
  tcase_add_test(tcase, reader_keeps_problems_few_and_short);
  tcase_add_test(tcase, reader_survives_hostile_text_in_linear_time);
  tcase_add_test(tcase, reader_says_that_it_stopped_reading);
  tcase_add_test(tcase, reader_finds_objects_below_deep_nesting);
  tcase_add_test(tcase, reader_does_not_depend_on_the_locale);
  return suite;
}

GST_CHECK_MAIN(model_text)
