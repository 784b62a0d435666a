// SPDX-License-Identifier: LGPL-2.1-or-later
// What we say to the model, task by task.
#include "wire/prompt.hpp"

#include <initializer_list>
#include <string>

#include <gst/check/gstcheck.h>

using gemini::Question;
using gemini::Task;
using gemini::wire::MaskFormat;
using gemini::wire::prompt_text;

namespace {

std::string prompt(const Question &question, MaskFormat masks = MaskFormat::polygon)
{
  return prompt_text(question, masks);
}

void expect(const std::string &text, std::initializer_list<const char *> parts)
{
  for (const char *part : parts)
    fail_unless(text.find(part) != std::string::npos, "%s is not in: %s", part, text.c_str());
}

void expect_none(const std::string &text, std::initializer_list<const char *> parts)
{
  for (const char *part : parts)
    fail_unless(text.find(part) == std::string::npos, "%s is in: %s", part, text.c_str());
}

} // namespace

// Verb, things, cap, "JSON list" and exact key names are what makes an answer come as asked.
GST_START_TEST(each_task_names_its_keys)
{
  const Question question{.prompt = "people and parcels", .max_objects = 7};
  const auto with = [&question](Task task, MaskFormat masks = MaskFormat::polygon) {
    Question copy = question;
    copy.task = task;
    return prompt(copy, masks);
  };
  expect(with(Task::detect), {"Detect people and parcels", "at most 7 ", "JSON list", "\"box_2d\"",
                              "[ymin, xmin, ymax, xmax]", "0 to 1000", "\"label\"", "[]"});
  expect(with(Task::segment), {"segmentation masks of people and parcels", "at most 7 ",
                               "JSON list", "\"box_2d\"", "\"mask\"", "[x, y]", "\"label\"", "[]"});
  expect(with(Task::segment, MaskFormat::png),
         {"segmentation masks of people and parcels", "\"box_2d\"", "\"mask\"", "\"label\""});
  expect_none(with(Task::segment, MaskFormat::png), {"polygon", "No masks", "No code fence"});
  expect(with(Task::point), {"Point to people and parcels", "at most 7 ", "JSON list", "\"point\"",
                             "[y, x]", "0 to 1000", "\"label\"", "[]"});
  expect(with(Task::boxes_3d),
         {"3D bounding boxes of people and parcels", "at most 7 ", "\"label\"", "\"box_3d\"",
          "metres", "degrees", "roll, pitch, yaw"});
  expect(with(Task::classify), {"Classify this image", "people and parcels", "at most 7 ",
                                "\"label\"", "\"confidence\""});
  expect(with(Task::caption), {"Describe this image", "people and parcels"});
  expect_none(with(Task::caption), {"JSON list", "box_2d"});
}
GST_END_TEST

GST_START_TEST(question_is_asked_as_it_is)
{
  const std::string words = "  Is the door open?\nAnswer yes or no. ";
  const std::string text = prompt({.task = Task::ask, .prompt = words, .labels = {"a"}});
  fail_unless_equals_string(text.c_str(), words.c_str());
}
GST_END_TEST

GST_START_TEST(default_is_all_prominent_things)
{
  expect(prompt({}), {"Detect all prominent things "});
  expect(prompt({.prompt = " \n\t"}), {"Detect all prominent things "});
  expect(prompt({.prompt = "  cats \n"}), {"Detect cats "});
  expect(prompt({.prompt = "", .max_objects = 1}), {"at most 1 entry."});
  expect(prompt({.task = Task::caption}), {"Describe this image in one or two sentences.\n"});
}
GST_END_TEST

GST_START_TEST(labels_close_the_vocabulary)
{
  for (const Task task :
       {Task::detect, Task::segment, Task::point, Task::boxes_3d, Task::classify}) {
    const std::string text = prompt({.task = task, .labels = {"red \"car\"", "person"}});
    expect(text, {R"(Use only these labels: "red \"car\"", "person".)"});
  }
  expect(prompt({.labels = {"cat", "dog"}}),
         {R"(Detect all of these: "cat", "dog" in this image)"});
  expect(prompt({.prompt = "pets", .labels = {"cat", "dog"}}), {"Detect pets in this image"});
  expect_none(prompt({.task = Task::caption, .labels = {"cat"}}), {"cat"});
}
GST_END_TEST

GST_START_TEST(references_are_told_from_what_is_asked_about)
{
  const Question cats{.prompt = "cats"};
  const std::string alone = prompt(cats);
  for (const std::size_t n : {1U, 3U}) {
    const std::string text = prompt_text(cats, MaskFormat::polygon, n);
    expect(text, {"reference", "answer about the last image only"});
    fail_unless(text.ends_with(alone));
  }
  expect(prompt_text(cats, MaskFormat::polygon, 1), {"The first image is"});
  expect(prompt_text(cats, MaskFormat::polygon, 3), {"The first 3 images are"});
  const Question question{.task = Task::ask, .prompt = " Is it the same cat? "};
  const std::string text = prompt_text(question, MaskFormat::polygon, 1);
  expect(text, {"The first image is"});
  fail_unless(text.ends_with("\n Is it the same cat? "));
}
GST_END_TEST

GST_START_TEST(several_frames_are_each_answered_by_themselves)
{
  for (const Task task : {Task::detect, Task::segment, Task::point, Task::boxes_3d, Task::classify,
                          Task::caption, Task::ask}) {
    const Question question{.task = task, .prompt = "cats"};
    const std::string text = prompt_text(question, MaskFormat::polygon, 0, 3);
    expect(text, {"These 3 images are frames 1 to 3", "by itself", "JSON list of 3 entries",
                  "in order", "\"image\"", "from 1 to 3", "\"result\"", "cats"});
    expect_none(text, {"no JSON", "last image"});
    const bool is_in_words = task == Task::caption || task == Task::ask;
    fail_unless((text.find("as a string") != std::string::npos) == is_in_words);
    if (task != Task::caption)
      expect(text, {prompt(question).c_str()});
  }
  expect_none(prompt_text({.task = Task::ask, .response_schema = "{}"}, MaskFormat::polygon, 0, 2),
              {"as a string"});
  // Told more about the form, those of 2.5 draw no masks.
  expect_none(prompt_text({.task = Task::segment}, MaskFormat::png, 0, 2), {"No code fence"});
}
GST_END_TEST

GST_START_TEST(frames_are_counted_without_the_references)
{
  expect(prompt_text({}, MaskFormat::polygon, 1, 2),
         {"The first image is for reference; the 2 images after it are frames 1 to 2"});
  expect(prompt_text({}, MaskFormat::polygon, 2, 3),
         {"The first 2 images are for reference; the 3 images after them are frames 1 to 3"});
}
GST_END_TEST

GST_START_TEST(crops_are_each_answered_by_themselves)
{
  for (const Task task : {Task::detect, Task::segment, Task::point, Task::boxes_3d, Task::classify,
                          Task::caption, Task::ask}) {
    const Question question{.task = task, .prompt = "cats"};
    const std::string text = prompt_text(question, MaskFormat::polygon, 0, 3, 1);
    expect(text, {"These 3 images are crops of one picture, numbered 1 to 3", "each crop by itself",
                  "JSON list of 3 entries, one for each crop", "\"image\"", "\"result\"", "cats"});
    expect_none(text, {"frame", "last image"});
    if (task != Task::caption)
      expect(text, {prompt(question).c_str()});
    // A single one is an image like any other.
    fail_unless(prompt_text(question, MaskFormat::polygon, 0, 1, 1) == prompt(question));
  }
  expect(prompt_text({}, MaskFormat::polygon, 2, 5, 3),
         {"The first 2 images are for reference; the 5 images after them are crops of 3 pictures"});
}
GST_END_TEST

static Suite *prompt_suite()
{
  Suite *suite = suite_create("prompt");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, each_task_names_its_keys);
  tcase_add_test(tcase, question_is_asked_as_it_is);
  tcase_add_test(tcase, default_is_all_prominent_things);
  tcase_add_test(tcase, labels_close_the_vocabulary);
  tcase_add_test(tcase, references_are_told_from_what_is_asked_about);
  tcase_add_test(tcase, several_frames_are_each_answered_by_themselves);
  tcase_add_test(tcase, frames_are_counted_without_the_references);
  tcase_add_test(tcase, crops_are_each_answered_by_themselves);
  return suite;
}

GST_CHECK_MAIN(prompt)
