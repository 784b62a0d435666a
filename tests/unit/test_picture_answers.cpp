// SPDX-License-Identifier: LGPL-2.1-or-later
// What is said about crops becomes what is known of the frame.
#include "plugin/picture_answers.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

AnalysisJob::Frame picture(std::uint64_t request, const Rect &part,
                           std::optional<Parent> parent = std::nullopt)
{
  AnalysisJob::Frame frame;
  frame.analysis.request_id = request;
  frame.view.part = part;
  frame.aspect = 4.0 / 3;
  frame.parent = std::move(parent);
  return frame;
}

Analysis said(std::uint64_t request, AnalysisStatus status, std::vector<Object> objects = {})
{
  Analysis analysis;
  analysis.request_id = request;
  analysis.status = status;
  analysis.objects = std::move(objects);
  analysis.usage = {.prompt = 10, .output = 20, .thoughts = 1, .cached = 2, .total = 33};
  if (status == AnalysisStatus::failed || status == AnalysisStatus::blocked)
    analysis.failure = Failure{.kind = status == AnalysisStatus::blocked ? FailureKind::blocked
                                                                         : FailureKind::bad_reply,
                               .message = "No word about it."};
  return analysis;
}

bool is_near(const Rect &a, const Rect &b)
{
  return std::abs(a.x - b.x) < 1e-9 && std::abs(a.y - b.y) < 1e-9 && std::abs(a.w - b.w) < 1e-9 &&
         std::abs(a.h - b.h) < 1e-9;
}

const Rect kLeft{0, 0.5, 0.25, 0.5};
const Rect kRight{0.5, 0, 0.5, 0.5};
const Parent kMan{.id = 7, .label = "man"};
const Parent kDog{.id = std::nullopt, .label = "dog"};

} // namespace

GST_START_TEST(things_on_a_part_are_put_where_they_are_on_the_frame)
{
  Analysis analysis = said(1, AnalysisStatus::ok, {{.label = "hat", .box = Rect{0, 0, 0.5, 0.5}}});
  put_on_frame(picture(1, kRight), analysis);
  fail_unless(is_near(*analysis.objects[0].box, {0.5, 0, 0.25, 0.25}));
  fail_unless(!analysis.objects[0].parent);

  // What is said about a region is no object.
  analysis.text = "A red wall.";
  put_on_frame(picture(1, kRight), analysis);
  fail_unless(analysis.text == "A red wall." && analysis.objects.size() == 1);
}
GST_END_TEST

GST_START_TEST(things_on_a_crop_name_their_parent)
{
  Analysis analysis = said(1, AnalysisStatus::ok,
                           {{.label = "hat", .box = Rect{0, 0, 0.5, 0.5}}, {.label = "running"}});
  put_on_frame(picture(1, kLeft, kMan), analysis);
  fail_unless(is_near(*analysis.objects[0].box, {0, 0.5, 0.125, 0.25}));
  fail_unless(analysis.objects[0].parent == kMan);
  // A class of the crop is one of the parent.
  fail_unless(analysis.objects[1].box == kLeft && analysis.objects[1].parent == kMan);
  fail_unless(analysis.objects[1].label == "running");
}
GST_END_TEST

GST_START_TEST(words_about_a_crop_are_an_object)
{
  Analysis caption = said(1, AnalysisStatus::ok);
  caption.text = "A man with a hat.";
  put_on_frame(picture(1, kLeft, kMan), caption);
  fail_unless(!caption.text && caption.objects.size() == 1);
  const Object &about = caption.objects[0];
  fail_unless(about.label == "man" && about.text == "A man with a hat." && about.box == kLeft &&
              about.parent == kMan);

  Analysis answer = said(1, AnalysisStatus::ok);
  answer.json = R"({"age":30})";
  put_on_frame(picture(1, kLeft, kDog), answer);
  fail_unless(!answer.json && answer.objects.size() == 1);
  fail_unless(answer.objects[0].text == R"({"age":30})" && answer.objects[0].parent == kDog);
}
GST_END_TEST

GST_START_TEST(crops_of_a_frame_become_one_answer)
{
  const std::vector<AnalysisJob::Frame> pictures{picture(1, kLeft, kMan), picture(1, kRight, kDog),
                                                 picture(2, kLeft, kMan)};
  const auto joined = join_pictures(
      pictures, {said(1, AnalysisStatus::ok, {{.id = 1, .label = "a"}}),
                 said(1, AnalysisStatus::ok, {{.id = 2, .label = "b"}, {.id = 3, .label = "c"}}),
                 said(2, AnalysisStatus::ok, {{.id = 4, .label = "d"}})});
  fail_unless_equals_uint64(joined.size(), 2);
  fail_unless(joined[0].request_id == 1 && joined[1].request_id == 2);
  fail_unless(joined[0].status == AnalysisStatus::ok && joined[0].problems.empty());
  fail_unless_equals_uint64(joined[0].objects.size(), 3);
  for (std::size_t i = 0; i < 3; ++i)
    fail_unless_equals_uint64(joined[0].objects[i].id, i + 1);
  const Usage &usage = joined[0].usage;
  fail_unless(usage.prompt == 20 && usage.output == 40 && usage.thoughts == 2 &&
              usage.cached == 4 && usage.total == 66);
  fail_unless(joined[1].usage.total == 33 && joined[1].objects.size() == 1);
}
GST_END_TEST

GST_START_TEST(a_crop_without_an_answer_makes_it_partial_and_is_named)
{
  const std::vector<AnalysisJob::Frame> pictures{picture(1, kLeft, kMan), picture(1, kRight, kDog),
                                                 picture(1, kRight, kDog)};
  auto last = said(1, AnalysisStatus::partial, {{.id = 2, .label = "b"}});
  last.problems = {"item 1: no box", "the answer is about 2 of 3 images only"};
  auto first = said(1, AnalysisStatus::failed);
  auto middle = said(1, AnalysisStatus::partial, {{.id = 1, .label = "a"}});
  middle.problems = {"the answer is about 2 of 3 images only"};
  const auto joined = join_pictures(pictures, {first, middle, last});
  fail_unless_equals_uint64(joined.size(), 1);
  fail_unless(joined[0].status == AnalysisStatus::partial && !joined[0].failure);
  fail_unless_equals_uint64(joined[0].objects.size(), 2);
  fail_unless(joined[0].problems ==
              (std::vector<std::string>{"crop 1 of 3 (man 7): No word about it.",
                                        "the answer is about 2 of 3 images only",
                                        "crop 3 of 3 (dog): item 1: no box"}));
  fail_unless_equals_int(static_cast<int>(joined[0].usage.total), 99);
}
GST_END_TEST

GST_START_TEST(crops_that_all_failed_are_a_failure)
{
  const std::vector<AnalysisJob::Frame> pictures{picture(1, kLeft, kMan), picture(1, kRight, kDog)};
  const auto status_of = [&](AnalysisStatus a, AnalysisStatus b) {
    const auto joined = join_pictures(pictures, {said(1, a), said(1, b)});
    fail_unless(joined.size() == 1 && joined[0].failure);
    return joined[0].status;
  };
  fail_unless(status_of(AnalysisStatus::failed, AnalysisStatus::failed) == AnalysisStatus::failed);
  fail_unless(status_of(AnalysisStatus::blocked, AnalysisStatus::failed) == AnalysisStatus::failed);
  fail_unless(status_of(AnalysisStatus::blocked, AnalysisStatus::blocked) ==
              AnalysisStatus::blocked);
}
GST_END_TEST

GST_START_TEST(frames_are_counted_by_their_requests)
{
  AnalysisJob job;
  for (const std::uint64_t request : {4U, 4U, 4U, 5U, 6U, 6U})
    job.frames.push_back(picture(request, kLeft, kMan));
  fail_unless_equals_uint64(job.n_samples(), 3);
  fail_unless_equals_uint64(job.most_parts(), 3);
  fail_unless(job.are_crops());
}
GST_END_TEST

static Suite *picture_answers_suite()
{
  Suite *suite = suite_create("picture_answers");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, things_on_a_part_are_put_where_they_are_on_the_frame);
  tcase_add_test(tcase, things_on_a_crop_name_their_parent);
  tcase_add_test(tcase, words_about_a_crop_are_an_object);
  tcase_add_test(tcase, crops_of_a_frame_become_one_answer);
  tcase_add_test(tcase, a_crop_without_an_answer_makes_it_partial_and_is_named);
  tcase_add_test(tcase, crops_that_all_failed_are_a_failure);
  tcase_add_test(tcase, frames_are_counted_by_their_requests);
  return suite;
}

GST_CHECK_MAIN(picture_answers)
