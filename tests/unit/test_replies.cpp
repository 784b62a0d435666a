// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers about several frames, and answers that are still coming.
#include "wire/event_stream.hpp"
#include "wire/reply.hpp"
#include "wire_support.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::AnalysisStatus;
using gemini::Failure;
using gemini::FailureKind;
using gemini::Result;
using gemini::Task;
using gemini::test::describe;
using gemini::test::join;
using gemini::test::quoted;
using gemini::test::repeated;
using gemini::test::reply_body;
using gemini::test::same;
using gemini::wire::read_growing_reply;
using gemini::wire::read_replies;
using gemini::wire::ReadOptions;
using gemini::wire::Reply;

namespace {

const std::string kCat = R"({"box_2d":[100,200,300,400],"label":"cat"})";
const std::string kDog = R"({"box_2d":[500,600,700,800],"label":"dog"})";
constexpr const char *kCatIs = "cat[200,100,400,300]";
constexpr const char *kDogIs = "dog[600,500,800,700]";

using Replies = std::vector<Result<Reply, Failure>>;

Replies read(const std::string &text, std::size_t n_frames, const ReadOptions &options = {},
             const std::string &finish_reason = "STOP")
{
  auto replies = read_replies(options, n_frames, reply_body(text, finish_reason));
  fail_unless(replies.has_value());
  fail_unless(replies->size() == n_frames);
  return std::move(*replies);
}

// Frame by frame: its objects, its text or its JSON; "-" where there is no answer.
std::string summary(const Replies &replies)
{
  std::vector<std::string> lines;
  for (const auto &reply : replies) {
    if (!reply) {
      fail_unless(reply.error().kind == FailureKind::bad_reply);
      lines.emplace_back("-");
    } else if (reply->json) {
      lines.push_back(*reply->json);
    } else {
      lines.push_back(reply->text ? *reply->text : describe(reply->objects));
    }
  }
  return join(lines);
}

std::string in_both(const char *first, const char *second)
{
  return std::string{first} + " | " + second;
}

std::string problems_of(const Replies &replies)
{
  std::vector<std::string> lines;
  for (const auto &reply : replies)
    lines.push_back(reply ? join(reply->problems) : reply.error().message);
  std::string text;
  for (const std::string &line : lines)
    text += "/" + line;
  return text;
}

} // namespace

GST_START_TEST(answers_are_told_apart_in_any_shape)
{
  const std::string cats = "[" + kCat + "]";
  const std::string dogs = "[" + kDog + "]";
  const std::string flat_cat = kCat.substr(0, kCat.size() - 1);
  const std::string flat_dog = kDog.substr(0, kDog.size() - 1);
  for (const std::string &text : {
           // As asked for.
           R"([{"image":1,"result":)" + cats + R"(},{"image":2,"result":)" + dogs + "}]",
           // In another order, in a fence, with words around it.
           "Here:\n```json\n[{\"image\":2,\"result\":" + dogs +
               "},{\"image\":1,\"result\":" + cats + "}]\n```",
           // Other names, numbers as words, counted from 0 or with the references.
           R"([{"frame":"1","objects":)" + cats + R"(},{"frame":"2","boxes":)" + dogs + "}]",
           R"([{"image":"image 1","detections":)" + cats + R"(},{"image":"Frame_2","answer":)" +
               dogs + "}]",
           R"([{"index":0,"result":)" + cats + R"(},{"index":1,"result":)" + dogs + "}]",
           R"([{"image":4,"result":)" + cats + R"(},{"image":5,"result":)" + dogs + "}]",
           R"([{"image_index":1,"result":{"boxes":)" + cats +
               R"(}},{"image_index":2,"result":{"boxes":)" + dogs + "}}]",
           // Without numbers.
           R"([{"result":)" + cats + R"(},{"result":)" + dogs + "}]",
           "[" + cats + "," + dogs + "]",
           "[{\"objects\":" + cats + "},{\"objects\":" + dogs + "}]",
           // In an object.
           R"({"results":[{"image":1,"result":)" + cats + R"(},{"image":2,"result":)" + dogs +
               "}]}",
           R"({"images":)" + ("[" + cats + "," + dogs + "]") + "}",
           // As a map.
           R"({"1":)" + cats + R"(,"2":)" + dogs + "}",
           R"({"image_1":)" + cats + R"(,"image_2":{"result":)" + dogs + "}}",
           R"({"frames":{"frame 0":)" + cats + R"(,"frame 1":)" + dogs + "}}",
           // As one list of things that tell their frame.
           "[" + flat_dog + ",\"image\":2}," + flat_cat + ",\"image\":1}]",
           R"({"boxes":[)" + flat_cat + ",\"frame\":1}," + flat_dog + ",\"frame\":2}]}",
           // One after the other.
           R"({"image":1,"result":)" + cats + "}\n" + R"({"image":2,"result":)" + dogs + "}",
           "Image 1: " + cats + "\nImage 2: " + dogs,
           // As text in JSON.
           R"([{"image":1,"result":)" + quoted(cats) + R"(},{"image":2,"result":)" +
               quoted("```json\n" + dogs + "\n```") + "}]",
       }) {
    const Replies replies = read(text, 2);
    fail_unless(same(summary(replies), in_both(kCatIs, kDogIs)), "%s", text.c_str());
    for (const auto &reply : replies)
      fail_unless(reply->status == AnalysisStatus::ok, "%s: %s", text.c_str(),
                  join(reply->problems).c_str());
  }
}
GST_END_TEST

GST_START_TEST(single_frame_is_read_as_ever)
{
  for (const std::string &text : {"[" + kCat + "]", std::string{"[]"}, std::string{"nonsense"}}) {
    const auto reply = gemini::wire::read_reply({}, reply_body(text));
    const Replies replies = read(text, 1);
    fail_unless(same(describe(replies[0]->objects), describe(reply->objects)));
    fail_unless(same(join(replies[0]->problems), join(reply->problems)));
    fail_unless(replies[0]->usage.total == 1170);
  }
  const auto failure = read_replies({}, 1, "");
  fail_unless(!failure && failure.error().kind == FailureKind::bad_reply);
}
GST_END_TEST

GST_START_TEST(frame_with_nothing_on_it_is_none_without_an_answer)
{
  const Replies replies =
      read(R"([{"image":1,"result":[]},{"image":2,"result":null},{"image":3}])", 4);
  fail_unless(replies[0] && replies[0]->objects.empty());
  fail_unless(replies[1] && replies[1]->objects.empty());
  fail_unless(!replies[2] && !replies[3]);
  fail_unless(same(replies[3].error().message, "The answer says nothing about frame 4 of 4."));
  fail_unless(same(join(replies[0]->problems), "the answer is about 2 of 4 images only"));

  for (const char *text : {"[]", "null", "{}", R"({"results":[]})", "```json\n[]\n```"}) {
    for (const auto &reply : read(text, 2))
      fail_unless(reply && reply->objects.empty() && reply->status == AnalysisStatus::ok, "%s",
                  text);
  }
}
GST_END_TEST

// Whoever must fail closed has to know that a thing may stand on either frame.
GST_START_TEST(things_without_a_frame_are_not_shared_out)
{
  for (const std::string &text :
       {"[" + kCat + "," + kDog + "]", R"({"boxes":[)" + kCat + "," + kDog + "]}", kCat,
        std::string{"[[100,200,300,400],[500,600,700,800]]"}, std::string{"No cats."}}) {
    const Replies replies = read(text, 2);
    fail_unless(same(summary(replies), "- | -"), "%s", text.c_str());
    fail_unless(replies[0].error().message.starts_with(
        "The answer does not tell frame 1 of 2 from the others"));
  }
  fail_unless(same(
      summary(read(R"([{"label":"cat"},{"label":"dog"}])", 2, {.task = Task::classify})), "- | -"));
}
GST_END_TEST

GST_START_TEST(more_and_fewer_entries_than_frames_are_named)
{
  const std::string cats = "[" + kCat + "]";
  Replies replies = read("[" + cats + "," + cats + "," + cats + "]", 2);
  fail_unless(same(summary(replies), in_both(kCatIs, kCatIs)));
  fail_unless(same(join(replies[0]->problems), "the answer has 3 entries for 2 images"));
  fail_unless(replies[0]->status == AnalysisStatus::partial);

  replies = read(R"([{"image":1,"result":[]},{"image":2,"result":[]},{"image":7,"result":[]}])", 2);
  fail_unless(
      same(join(replies[1]->problems), "an entry of the answer is about none of the 2 images"));

  replies = read("[" + cats + "," + cats + "]", 3);
  fail_unless(replies[0] && replies[1] && !replies[2]);
  fail_unless(same(join(replies[0]->problems), "the answer is about 2 of 3 images only"));
}
GST_END_TEST

GST_START_TEST(cut_answer_keeps_what_came_before_the_cut)
{
  const std::string text = R"([{"image":1,"result":[)" + kCat + R"(]},{"image":2,"result":[)" +
                           kDog + R"(,{"box_2d":[1,2)";
  const Replies replies = read(text, 3, {}, "MAX_TOKENS");
  fail_unless(replies[0] && replies[1] && !replies[2]);
  fail_unless(same(describe(replies[0]->objects), kCatIs));
  fail_unless(same(describe(replies[1]->objects), kDogIs));
  fail_unless(
      same(join(replies[0]->problems), "the answer was cut at the output limit (MAX_TOKENS)"));
  fail_unless(same(join(replies[1]->problems),
                   "the answer was cut at the output limit (MAX_TOKENS) | "
                   "the answer ends in the midst of this frame"));
  fail_unless(
      same(replies[2].error().message, "The answer ended before frame 3 of 3 (MAX_TOKENS)."));
  fail_unless(same(replies[0]->finish_reason, "MAX_TOKENS"));

  // Things that tell their frame may go on behind the cut.
  const std::string flat = "[" + kCat.substr(0, kCat.size() - 1) + R"(,"image":1},{"box_2d":[1)";
  const Replies things = read(flat, 2, {}, "MAX_TOKENS");
  fail_unless(same(describe(things[0]->objects), kCatIs));
  fail_unless(problems_of(things).find("in the midst of this frame") != std::string::npos);
  fail_unless(!things[1]);

  // Half a caption is known as one.
  const Replies words = read(R"([{"image":1,"result":"A cat."},{"image":2,"result":"A do)", 2,
                             {.task = Task::caption});
  fail_unless(same(summary(words), "A cat. | A do"));
  fail_unless(words[0]->status == AnalysisStatus::ok);
  fail_unless(words[1]->status == AnalysisStatus::partial);
}
GST_END_TEST

// Wherever it is cut, no frame has what belongs to another.
GST_START_TEST(every_cut_is_read_safely)
{
  const std::string text = R"([{"image":1,"result":[)" + kCat + R"(]},{"image":2,"result":[)" +
                           kDog + "," + kDog + R"(]},{"image":3,"result":[]}])";
  for (std::size_t size = 1; size < text.size(); ++size) {
    const Replies replies = read(text.substr(0, size), 3);
    const auto things = [&](std::size_t i) {
      return replies[i] ? describe(replies[i]->objects) : "";
    };
    fail_unless(things(0).empty() || things(0) == kCatIs, "%zu", size);
    fail_unless(things(1).empty() || things(1) == kDogIs, "%zu", size);
    fail_unless(things(2).empty(), "%zu", size);
    fail_unless(!replies[2] || size > text.find(R"("image":3)"), "%zu", size);
  }
}
GST_END_TEST

GST_START_TEST(words_about_each_frame_are_read)
{
  for (const char *text : {R"([{"image":1,"result":"A cat."},{"image":2,"result":"A dog."}])",
                           R"(["A cat.","A dog."])", R"({"1":"A cat.","2":"A dog."})",
                           R"([{"image":1,"caption":"A cat."},{"image":2,"description":"A dog."}])",
                           R"({"captions":["A cat.","A dog."]})"})
    fail_unless(same(summary(read(text, 2, {.task = Task::caption})), "A cat. | A dog."), "%s",
                text);
  fail_unless(same(summary(read(R"([{"image":1,"result":""},{"image":2,"result":null}])", 2,
                                {.task = Task::caption})),
                   "- | -"));
  fail_unless(same(summary(read(R"([{"image":1,"result":"yes"},{"image":2,"answer":"no"}])", 2,
                                {.task = Task::ask})),
                   "yes | no"));
  const Replies classes =
      read(R"([{"image":1,"result":[{"label":"cat","confidence":0.5}]},{"image":2,"result":)"
           R"([{"label":"dog","confidence":0.25},{"label":"cat","confidence":0.1}]}])",
           2, {.task = Task::classify});
  fail_unless(same(summary(classes), "cat | dog cat"));
  fail_unless(classes[1]->objects[0].confidence == 0.25);
}
GST_END_TEST

GST_START_TEST(json_by_the_users_schema_is_unwrapped)
{
  const ReadOptions options{.task = Task::ask, .has_schema = true};
  for (const auto &[text, json] : std::vector<std::pair<const char *, const char *>>{
           {R"([{"image":1,"result":{"n":1}},{"image":2,"result":{"n":2}}])",
            R"({"n":1} | {"n":2})"},
           {R"([{"n":1},{"n":2}])", R"({"n":1} | {"n":2})"},
           {R"([{"image":1,"n":1},{"image":2,"n":2}])", R"({"n":1} | {"n":2})"},
           {R"([{"result":1,"n":1},{"result":2,"n":2}])",
            R"({"result":1,"n":1} | {"result":2,"n":2})"},
           {R"([{"image":1,"result":"yes"},{"image":2,"result":true}])", R"("yes" | true)"},
           {R"([{"image":1,"result":7},{"image":2,"result":null}])", "7 | null"},
           {R"([{"image":1,"result":[1,2]},{"image":2,"result":[]}])", "[1,2] | []"},
           // Any list of an answer may be about one frame.
           {R"({"people":[{"name":"a"},{"name":"b"}]})", "- | -"},
       })
    fail_unless(same(summary(read(text, 2, options)), json), "%s", text);
}
GST_END_TEST

GST_START_TEST(objects_are_capped_on_each_frame)
{
  const std::string two = "[" + kCat + "," + kDog + "]";
  const Replies replies =
      read(R"([{"image":1,"result":)" + two + R"(},{"image":2,"result":)" + two + "}]", 2,
           {.max_objects = 1});
  fail_unless(same(summary(replies), in_both(kCatIs, kCatIs)));
  fail_unless(same(join(replies[1]->problems), "only the first 1 of 2 objects kept"));
}
GST_END_TEST

GST_START_TEST(tokens_are_shared_out_to_the_last)
{
  const std::string text =
      R"([{"image":1,"result":[]},{"image":2,"result":[]},{"image":3,"result":[]}])";
  for (const std::size_t n_frames : {3U, 4U}) {
    gemini::Usage sum;
    for (const auto &reply : read(text, n_frames)) {
      if (!reply)
        continue;
      fail_unless(same(reply->model_version, "gemini-x"));
      fail_unless(reply->usage.prompt >= 376 && reply->usage.prompt <= 377);
      sum.prompt += reply->usage.prompt;
      sum.output += reply->usage.output;
      sum.total += reply->usage.total;
    }
    fail_unless(sum.prompt == 1130 && sum.output == 40 && sum.total == 1170);
  }
}
GST_END_TEST

GST_START_TEST(what_holds_for_all_frames_stands_in_each)
{
  const auto blocked =
      read_replies({}, 2, R"({"promptFeedback":{"blockReason":"SAFETY"},"modelVersion":"m"})");
  fail_unless(blocked && blocked->size() == 2);
  for (const auto &reply : *blocked)
    fail_unless(reply && reply->status == AnalysisStatus::blocked && !reply->block_message.empty());

  const auto silent =
      read_replies({}, 2, R"({"candidates":[{"finishReason":"MAX_TOKENS"}],"usageMetadata":{}})");
  fail_unless(silent && silent->size() == 2);
  fail_unless(same((*silent)[1].error().message,
                   "The model wrote nothing about frame 2 of 2 (MAX_TOKENS)."));

  const auto failed =
      read_replies({}, 2, R"({"error":{"code":429,"message":"Slow.","status":"X"}})");
  fail_unless(!failed && failed.error().kind == FailureKind::quota);
}
GST_END_TEST

namespace {

// The chunks of a text in pieces of `size` characters, and what is read after each.
std::vector<std::optional<Reply>> grow(const std::string &text, std::size_t size,
                                       const ReadOptions &options = {})
{
  std::vector<std::optional<Reply>> replies;
  gemini::wire::StreamedBody body;
  for (std::size_t at = 0; at < text.size(); at += size) {
    body.add(R"({"candidates":[{"content":{"parts":[{"text":)" + quoted(text.substr(at, size)) +
             R"(}]}}],"modelVersion":"m"})");
    replies.push_back(read_growing_reply(options, body.body()));
  }
  return replies;
}

} // namespace

GST_START_TEST(objects_count_as_soon_as_their_brace_is_closed)
{
  const std::string text = "```json\n{\"boxes\":[" + kCat + ", " + kDog + "]}\n```";
  const std::size_t first = text.find('}') + 1;
  const std::size_t second = text.find('}', first) + 1;
  const auto replies = grow(text, 1);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const std::size_t size = i + 1;
    fail_unless(replies[i].has_value() == (size >= first), "%zu", size);
    if (size < first)
      continue;
    fail_unless(replies[i]->status == AnalysisStatus::partial && replies[i]->problems.empty());
    fail_unless(same(replies[i]->model_version, "m"));
    fail_unless(same(describe(replies[i]->objects),
                     size < second ? kCatIs : std::string{kCatIs} + " " + kDogIs));
  }
}
GST_END_TEST

GST_START_TEST(words_grow_as_they_come)
{
  const auto captions = grow("A cat on a mat.", 5, {.task = Task::caption});
  fail_unless(same(captions[0]->text.value_or("none"), "A cat"));
  fail_unless(same(captions[1]->text.value_or("none"), "A cat on a"));
  fail_unless(same(captions[2]->text.value_or("none"), "A cat on a mat."));
  // Half a name is another name.
  for (const auto &reply : grow("cat, dog", 2, {.task = Task::classify}))
    fail_unless(!reply);
  const auto json = grow(R"({"people":[{"box_2d":[100,200,300,400],"label":"cat"},{"n":1}]})", 60,
                         {.task = Task::ask, .has_schema = true});
  fail_unless(same(describe(json[0]->objects), kCatIs));
  fail_unless(!json[0]->json && !json[0]->text);
}
GST_END_TEST

GST_START_TEST(nothing_yet_is_no_reply)
{
  for (const char *body :
       {"", "[]", "[{}]", R"([{"usageMetadata":{}}])", R"([{"error":{"code":503}}])",
        R"([{"promptFeedback":{"blockReason":"SAFETY"}}])",
        R"([{"candidates":[{"content":{"parts":[{"text":"hm","thought":true}]}}]}])"})
    fail_unless(!read_growing_reply({}, body), "%s", body);
  for (const auto &reply : grow("[]", 1))
    fail_unless(!reply);
}
GST_END_TEST

// A hundred chunks, each read with all before it.
GST_START_TEST(growing_answer_is_cheap_to_read)
{
  const std::string text = "[" + repeated(kCat + ",", 200) + kDog + "]";
  const auto start = std::chrono::steady_clock::now();
  const auto replies = grow(text, text.size() / 100 + 1, {.max_objects = 300});
  fail_unless(replies.size() > 95 && replies.back());
  fail_unless(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}
GST_END_TEST

// They are drawn again with every chunk.
GST_START_TEST(masks_of_a_growing_answer_are_coarse)
{
  const std::string text = R"([{"box_2d":[0,0,1000,1000],"label":"a","mask":)"
                           R"([[0,0],[1000,0],[1000,1000],[0,1000]]}])";
  const ReadOptions options{.task = Task::segment, .width = 1920, .height = 1080};
  const auto growing = grow(text, text.size(), options);
  const auto whole = gemini::wire::read_reply(options, reply_body(text));
  fail_unless(growing[0] && growing[0]->objects[0].mask && whole->objects[0].mask);
  fail_unless(growing[0]->objects[0].mask->width <= 320);
  fail_unless(whole->objects[0].mask->width > 320);
  fail_unless(growing[0]->objects[0].polygon.size() == 1);
}
GST_END_TEST

GST_START_TEST(masks_are_as_fine_as_the_picture_they_are_on)
{
  const std::string one = R"([{"box_2d":[0,0,1000,1000],"label":"a","mask":)"
                          R"([[0,0],[1000,0],[1000,1000],[0,1000]]}])";
  const ReadOptions options{.task = Task::segment,
                            .width = 1920,
                            .height = 1080,
                            .sizes = {{40, 30}, {64, 80}},
                            .are_crops = true};
  const Replies replies =
      read(R"([{"image":1,"result":)" + one + R"(},{"image":2,"result":)" + one + "}]", 2, options);
  for (std::size_t i = 0; i < 2; ++i) {
    fail_unless(replies[i] && replies[i]->objects.size() == 1 && replies[i]->objects[0].mask);
    fail_unless_equals_int(replies[i]->objects[0].mask->width, options.sizes[i].width);
    fail_unless_equals_int(replies[i]->objects[0].mask->height, options.sizes[i].height);
  }
  const Replies single = read(one, 1, options);
  fail_unless_equals_int(single[0]->objects[0].mask->width, 40);
}
GST_END_TEST

GST_START_TEST(a_crop_without_an_answer_is_called_one)
{
  const ReadOptions options{.are_crops = true};
  const Replies replies = read(R"([{"image":1,"result":[)" + kCat + "]}]", 2, options);
  fail_unless(!replies[1]);
  fail_unless(same(replies[1].error().message, "The answer says nothing about crop 2 of 2."));
}
GST_END_TEST

static Suite *replies_suite()
{
  Suite *suite = suite_create("replies");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, masks_are_as_fine_as_the_picture_they_are_on);
  tcase_add_test(tcase, a_crop_without_an_answer_is_called_one);
  tcase_add_test(tcase, answers_are_told_apart_in_any_shape);
  tcase_add_test(tcase, single_frame_is_read_as_ever);
  tcase_add_test(tcase, frame_with_nothing_on_it_is_none_without_an_answer);
  tcase_add_test(tcase, things_without_a_frame_are_not_shared_out);
  tcase_add_test(tcase, more_and_fewer_entries_than_frames_are_named);
  tcase_add_test(tcase, cut_answer_keeps_what_came_before_the_cut);
  tcase_add_test(tcase, every_cut_is_read_safely);
  tcase_add_test(tcase, words_about_each_frame_are_read);
  tcase_add_test(tcase, json_by_the_users_schema_is_unwrapped);
  tcase_add_test(tcase, objects_are_capped_on_each_frame);
  tcase_add_test(tcase, tokens_are_shared_out_to_the_last);
  tcase_add_test(tcase, what_holds_for_all_frames_stands_in_each);
  tcase_add_test(tcase, objects_count_as_soon_as_their_brace_is_closed);
  tcase_add_test(tcase, words_grow_as_they_come);
  tcase_add_test(tcase, nothing_yet_is_no_reply);
  tcase_add_test(tcase, growing_answer_is_cheap_to_read);
  tcase_add_test(tcase, masks_of_a_growing_answer_are_coarse);
  return suite;
}

GST_CHECK_MAIN(replies)
