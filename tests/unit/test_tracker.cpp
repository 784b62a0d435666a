// SPDX-License-Identifier: LGPL-2.1-or-later
// Live: answers are about pictures of some time ago, and stay with what they named.
#include "tracking_support.hpp"
#include "vision/tracker.hpp"
#include "wire/ndjson.hpp"

#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::vision;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

// Picture n is at n times 100 ms.
void look(Tracker &tracker, int from, int to, double (*x_at)(int) = nullptr)
{
  for (int n = from; n <= to; ++n)
    tracker.add({.time = n * 100ms,
                 .image = x_at ? picture_of(x_at(n)) : nullptr,
                 .is_asked_about = n % 10 == 1});
}

Analysis answer(Tracker &tracker, std::uint64_t request, int picture, std::vector<Object> objects,
                AnalysisStatus status = AnalysisStatus::ok, bool is_growing = false)
{
  Analysis analysis = answer_of(request, picture * 100ms, std::move(objects), status);
  analysis.is_growing = is_growing;
  tracker.answer(analysis);
  return analysis;
}

double goes_right(int n)
{
  return 0.1 + 0.015 * n;
}

double leaves(int n)
{
  return 0.55 + 0.05 * n;
}

} // namespace

GST_START_TEST(an_answer_is_carried_to_the_newest_picture_and_on)
{
  Tracker tracker;
  fail_unless(tracker.scene().objects.empty());
  look(tracker, 1, 21, goes_right);
  Analysis analysis = answer(tracker, 1, 1, {boxed(10, "cup", thing_at(goes_right(1)))});
  fail_unless(analysis.objects[0].track.state == TrackState::fresh);
  fail_unless(analysis.objects[0].box == thing_at(goes_right(1))); // as the model says
  TrackedScene scene = tracker.scene();
  fail_unless(scene.time == 2100ms && scene.objects.size() == 1);
  fail_unless(iou(scene.objects[0].place, thing_at(goes_right(21))) > 0.9);
  look(tracker, 22, 26, goes_right);
  tracker.advance();
  scene = tracker.scene();
  fail_unless(iou(scene.objects[0].place, thing_at(goes_right(26))) > 0.85);
  // Between pictures it goes on.
  const auto objects = objects_at(scene, scene.time + 200ms);
  fail_unless(objects.size() == 1 && objects[0].track.age == 2700ms);
  fail_unless(iou(*objects[0].box, thing_at(goes_right(28))) > 0.85);
}
GST_END_TEST

GST_START_TEST(an_object_stays_the_same_where_it_went)
{
  Tracker tracker;
  look(tracker, 1, 21, goes_right);
  answer(tracker, 1, 1, {boxed(10, "man", thing_at(goes_right(1)))});
  look(tracker, 22, 41, goes_right);
  tracker.advance();
  // Called otherwise, and far from where the first answer saw it.
  const Analysis second =
      answer(tracker, 2, 31, {boxed(20, "person walking", thing_at(goes_right(31)))});
  fail_unless(second.objects[0].id == 10 && second.objects[0].track.state == TrackState::kept);
  fail_unless(second.objects[0].track.known == 3s && second.objects[0].track.age == 0s);
  fail_unless(second.gone.empty());
  const TrackedScene scene = tracker.scene();
  fail_unless(scene.objects.size() == 1 && scene.objects[0].seen->label == "person walking");
  fail_unless(scene.objects[0].state == TrackState::kept);
}
GST_END_TEST

GST_START_TEST(what_leaves_is_told_to_have_left)
{
  Tracker tracker;
  look(tracker, 1, 15, leaves);
  answer(tracker, 1, 1, {boxed(10, "cup", thing_at(leaves(1)))});
  fail_unless(tracker.scene().objects.empty());
  const Analysis second = answer(tracker, 2, 15, {});
  fail_unless(second.gone.size() == 1 && second.gone[0].id == 10 &&
              second.gone[0].track.state == TrackState::left);
  fail_unless(answer(tracker, 3, 15, {}).gone.empty());
}
GST_END_TEST

GST_START_TEST(what_left_is_told_by_an_answer_that_was_cut_off_too)
{
  Tracker tracker;
  look(tracker, 1, 15, leaves);
  answer(tracker, 1, 1, {boxed(10, "cup", thing_at(leaves(1)))});
  const Analysis second = answer(tracker, 2, 15, {}, AnalysisStatus::partial);
  fail_unless(second.gone.size() == 1 && second.gone[0].track.state == TrackState::left);
  fail_unless(answer(tracker, 3, 15, {}).gone.empty());
}
GST_END_TEST

GST_START_TEST(what_hides_is_lost_and_is_the_same_when_it_is_seen_again)
{
  const auto seen = [](int n) {
    return picture_of(goes_right(n), n >= 10 && n <= 20 ? Rect{0.2, 0, 0.6, 1} : Rect{});
  };
  Tracker tracker;
  for (int n = 1; n <= 14; ++n)
    tracker.add({.time = n * 100ms, .image = seen(n)});
  answer(tracker, 1, 1, {boxed(10, "cup", thing_at(goes_right(1)))});
  fail_unless(tracker.scene().objects.size() == 1);
  fail_unless(tracker.scene().objects[0].state == TrackState::lost);
  const Analysis second = answer(tracker, 2, 14, {});
  fail_unless(second.gone.size() == 1 && second.gone[0].track.state == TrackState::lost);
  fail_unless(second.gone[0].track.age == 1300ms && second.gone[0].track.known == 1300ms);
  fail_unless(tracker.scene().objects.empty());
  for (int n = 15; n <= 24; ++n) {
    tracker.add({.time = n * 100ms, .image = seen(n)});
    tracker.advance();
  }
  const Analysis third = answer(tracker, 3, 24, {boxed(30, "cup", thing_at(goes_right(24)))});
  fail_unless(third.objects[0].id == 10 && third.objects[0].track.state == TrackState::kept);
}
GST_END_TEST

GST_START_TEST(what_hides_for_long_goes_on_behind_what_hides_it)
{
  const auto seen = [](int n) {
    return picture_of(goes_right(n), n >= 10 && n <= 35 ? Rect{0.2, 0, 0.7, 1} : Rect{});
  };
  Tracker tracker;
  const auto pass = [&](int from, int to) {
    for (int n = from; n <= to; ++n) {
      tracker.add({.time = n * 100ms, .image = seen(n)});
      tracker.advance();
    }
  };
  pass(1, 14);
  answer(tracker, 1, 1, {boxed(10, "cup", thing_at(goes_right(1)))});
  pass(15, 24);
  answer(tracker, 2, 14, {});
  pass(25, 34);
  answer(tracker, 3, 24, {});
  pass(35, 38);
  const Analysis last = answer(tracker, 4, 38, {boxed(40, "cup", thing_at(goes_right(38)))});
  fail_unless(last.objects[0].id == 10);
}
GST_END_TEST

GST_START_TEST(whom_many_answers_do_not_name_is_forgotten_and_told_once)
{
  Tracker tracker;
  look(tracker, 1, 12);
  answer(tracker, 1, 1, {boxed(10, "cup", thing_at(0.1)), boxed(11, "cat", thing_at(0.6))});
  std::size_t n_gone = 0;
  for (std::uint64_t n = 2; n <= 6; ++n)
    n_gone += answer(tracker, n, int(n), {boxed(10 * n, "cup", thing_at(0.1))}).gone.size();
  fail_unless(n_gone == 1);
  const Analysis last = answer(tracker, 7, 7, {boxed(70, "cat", thing_at(0.6))});
  fail_unless(last.objects[0].id == 70 && last.objects[0].track.state == TrackState::fresh);
}
GST_END_TEST

GST_START_TEST(an_answer_that_grows_is_one_answer)
{
  Tracker tracker;
  look(tracker, 1, 5);
  const std::vector<Object> all{boxed(10, "cup", thing_at(0.1)), boxed(11, "cat", thing_at(0.6))};
  Analysis part = answer(tracker, 1, 1, {all[0]}, AnalysisStatus::ok, true);
  fail_unless(part.objects[0].track.state == TrackState::fresh);
  part = answer(tracker, 1, 1, {boxed(12, "cup", thing_at(0.1)), all[1]});
  fail_unless(part.objects[0].id == 10 && part.objects[0].track.state == TrackState::fresh);
  part = answer(tracker, 2, 3, {boxed(20, "cup", thing_at(0.1))}, AnalysisStatus::ok, true);
  fail_unless(part.gone.empty() && part.objects[0].track.state == TrackState::kept);
  fail_unless(tracker.scene().objects.size() == 2); // more of it may come
  part = answer(tracker, 2, 3, {boxed(21, "cup", thing_at(0.1))});
  fail_unless(part.gone.size() == 1 && part.gone[0].id == 11);
  fail_unless(tracker.scene().objects.size() == 1);
}
GST_END_TEST

GST_START_TEST(what_was_cut_off_is_less_sure_from_answer_to_answer)
{
  Tracker tracker;
  look(tracker, 1, 10);
  answer(tracker, 1, 1, {boxed(10, "cup", thing_at(0.1)), boxed(11, "cat", thing_at(0.6))});
  const double before = tracker.scene().objects.at(1).confidence;
  fail_unless(before < 1);
  answer(tracker, 2, 10, {boxed(20, "cup", thing_at(0.1))}, AnalysisStatus::partial);
  const TrackedScene scene = tracker.scene();
  fail_unless(scene.objects.size() == 2 && scene.objects[1].seen->id == 11);
  fail_unless(scene.objects[1].confidence <= before, "%g after %g", scene.objects[1].confidence,
              before);
  fail_unless(scene.objects[1].confirmed == 100ms);
}
GST_END_TEST

GST_START_TEST(answers_that_are_always_cut_off_keep_nothing_for_ever)
{
  Tracker tracker;
  look(tracker, 1, 1);
  answer(tracker, 1, 1, {boxed(10, "cat", thing_at(0.6))});
  std::size_t n_gone = 0;
  for (int n = 2; n <= 12; ++n) {
    look(tracker, n, n);
    const Analysis told =
        answer(tracker, std::uint64_t(n), n, {boxed(std::uint64_t(10 * n), "cup", thing_at(0.1))},
               AnalysisStatus::partial);
    n_gone += told.gone.size();
  }
  fail_unless(n_gone == 1);
  fail_unless(tracker.scene().objects.size() == 1);
}
GST_END_TEST

GST_START_TEST(an_older_answer_is_told_who_is_who_and_moves_nothing)
{
  Tracker tracker;
  look(tracker, 1, 9);
  answer(tracker, 2, 5, {boxed(20, "cup", thing_at(0.3))});
  const Analysis older =
      answer(tracker, 1, 3, {boxed(10, "cup", thing_at(0.28)), boxed(11, "cat", thing_at(0.7))});
  fail_unless(older.objects[0].id == 20 && older.objects[1].id == 11 && older.gone.empty());
  const TrackedScene scene = tracker.scene();
  fail_unless(scene.objects.size() == 1);
  fail_unless(iou(scene.objects[0].place, thing_at(0.3)) > 0.999);
  fail_unless(scene.objects[0].confirmed == 500ms);
}
GST_END_TEST

GST_START_TEST(what_has_no_place_is_known_by_its_label)
{
  Object night;
  night.id = 10;
  night.label = "night";
  Tracker tracker;
  look(tracker, 1, 5);
  answer(tracker, 1, 1, {night});
  night.id = 20;
  const Analysis second = answer(tracker, 2, 3, {night});
  fail_unless(second.objects[0].id == 10);
  fail_unless(objects_at(tracker.scene(), 500ms).size() == 1);
  const Analysis third = answer(tracker, 3, 5, {});
  fail_unless(third.gone.size() == 1 && third.gone[0].label == "night");
}
GST_END_TEST

GST_START_TEST(answers_without_pictures_are_told_as_they_are)
{
  Tracker tracker;
  Analysis analysis = answer(tracker, 1, 4, {boxed(10, "cup", thing_at(0.3))});
  fail_unless(tracker.scene().objects.size() == 1 && tracker.scene().time == 400ms);
  analysis = answer_of(2, -1ns, {boxed(20, "cup", thing_at(0.3))});
  tracker.answer(analysis);
  fail_unless(analysis.objects[0].id == 10);
  // Answers and pictures that are not later are no harm.
  look(tracker, 3, 4);
  tracker.advance();
  fail_unless(tracker.scene().time == 400ms);
  tracker.reset();
  fail_unless(tracker.scene().objects.empty());
  analysis = answer(tracker, 3, 1, {boxed(30, "cup", thing_at(0.3))});
  fail_unless(analysis.objects[0].id == 30 && analysis.gone.empty());
}
GST_END_TEST

GST_START_TEST(the_same_calls_give_the_same_lines)
{
  const auto run = [] {
    std::string lines;
    Tracker tracker;
    for (int n = 1; n <= 60; ++n) {
      look(tracker, n, n, goes_right);
      tracker.advance();
      if (n % 10 == 0) {
        const auto request = std::uint64_t(n);
        Analysis told = answer(tracker, request, n - 9,
                               {boxed(request, "cup", thing_at(goes_right(n - 9))),
                                boxed(request + 1, "cat", thing_at(0.7))});
        lines += wire::to_ndjson(told);
      }
      Analysis shown = answer_of(1, n * 100ms, objects_at(tracker.scene(), n * 100ms + 33ms));
      lines += wire::to_ndjson(shown);
    }
    return lines;
  };
  fail_unless(run() == run());
}
GST_END_TEST

GST_START_TEST(hours_without_an_answer_take_no_memory)
{
  Tracker tracker;
  look(tracker, 1, 1);
  answer(tracker, 1, 1, {boxed(10, "cup", thing_at(0.1))});
  for (int n = 2; n <= 20000; ++n) {
    look(tracker, n, n);
    tracker.advance();
  }
  // It is followed all the same, and the next answer is about the same object.
  const Analysis second = answer(tracker, 2, 20000, {boxed(20, "cup", thing_at(0.1))});
  fail_unless(second.objects[0].id == 10);
}
GST_END_TEST

GST_START_TEST(any_order_of_calls_keeps_what_is_promised)
{
  std::vector<std::shared_ptr<const LumaImage>> pictures;
  for (int i = 0; i < 12; ++i)
    pictures.push_back(picture_of(0.05 * i));
  for (unsigned seed = 1; seed <= 8; ++seed) {
    std::mt19937 random{seed};
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    Tracker tracker;
    std::uint64_t request = 10;
    std::uint64_t id = 0;
    std::set<std::uint64_t> retired; // ids that a reset has ended
    std::set<std::uint64_t> used;
    nanoseconds time{0};
    for (int step = 0; step < 500; ++step) {
      const unsigned what = below(100);
      if (what < 60) {
        time += below(10) == 0 ? (below(2) == 0 ? 0ms : -100ms) : 60ms;
        tracker.add({.time = time,
                     .image = below(3) == 0 ? pictures[unsigned(step) % pictures.size()] : nullptr,
                     .is_asked_about = below(3) == 0});
      } else if (what < 80) {
        tracker.advance();
      } else if (what < 99) {
        std::vector<Object> objects;
        for (unsigned n = below(5); n > 0; --n) {
          objects.push_back(
              boxed(++id, below(2) ? "cup" : "red cup", thing_at(below(24) / 20.0 - 0.2)));
          if (below(8) == 0)
            objects.back().box.reset();
        }
        Analysis analysis =
            answer_of(below(5) == 0 ? request - below(5) : ++request,
                      below(20) == 0 ? -1ns : time - below(30) * 60ms, std::move(objects),
                      below(3) ? AnalysisStatus::ok : AnalysisStatus::partial);
        analysis.is_growing = below(4) == 0;
        tracker.answer(analysis);
        std::set<std::uint64_t> ids;
        for (const auto *all : {&analysis.objects, &analysis.gone})
          for (const Object &object : *all) {
            fail_unless(ids.insert(object.id).second, "seed %u: id %u twice", seed,
                        unsigned(object.id));
            fail_if(retired.contains(object.id));
            fail_unless(is_finite(object) && object.track.age >= 0ns);
            used.insert(object.id);
          }
      } else {
        tracker.reset();
        retired.insert(used.begin(), used.end());
      }
      std::set<std::uint64_t> ids;
      for (const Object &object : objects_at(tracker.scene(), time)) {
        fail_unless(ids.insert(object.id).second);
        fail_unless(is_finite(object));
        fail_unless(object.track.confidence >= 0 && object.track.confidence <= 1);
        fail_unless(!object.box || (object.box->x >= 0 && object.box->right() <= 1 + 1e-9));
      }
      fail_unless(ids.size() <= 40, "%u", unsigned(ids.size()));
    }
  }
}
GST_END_TEST

// Built without OpenCV.
GST_START_TEST(an_object_goes_on_as_between_two_answers_where_nobody_sees_it_move)
{
  Tracker tracker;
  const auto x = [&] { return tracker.scene().objects.at(0).place.x; };
  look(tracker, 0, 20);
  answer(tracker, 1, 0, {boxed(10, "cup", thing_at(0.1))});
  fail_unless(x() == 0.1); // nothing is known yet
  // It has moved by almost its width.
  const Analysis second = answer(tracker, 2, 10, {boxed(20, "cup", thing_at(0.28))});
  fail_unless(second.objects[0].id == 10 && second.objects[0].track.state == TrackState::kept);
  fail_unless(second.gone.empty());
  fail_unless(std::abs(x() - 0.46) < 1e-6, "it is at %g", x());
  look(tracker, 21, 25);
  tracker.advance();
  fail_unless(std::abs(x() - 0.55) < 1e-6, "it is at %g", x());
}
GST_END_TEST

static Suite *tracker_suite()
{
  Suite *suite = suite_create("tracker");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, whom_many_answers_do_not_name_is_forgotten_and_told_once);
  tcase_add_test(tcase, an_answer_that_grows_is_one_answer);
  tcase_add_test(tcase, what_was_cut_off_is_less_sure_from_answer_to_answer);
  tcase_add_test(tcase, answers_that_are_always_cut_off_keep_nothing_for_ever);
  tcase_add_test(tcase, an_older_answer_is_told_who_is_who_and_moves_nothing);
  tcase_add_test(tcase, what_has_no_place_is_known_by_its_label);
  tcase_add_test(tcase, answers_without_pictures_are_told_as_they_are);
  tcase_add_test(tcase, the_same_calls_give_the_same_lines);
  tcase_add_test(tcase, hours_without_an_answer_take_no_memory);
  tcase_add_test(tcase, any_order_of_calls_keeps_what_is_promised);
  if (!sees_motion()) {
    tcase_add_test(tcase, an_object_goes_on_as_between_two_answers_where_nobody_sees_it_move);
    return suite;
  }
  tcase_add_test(tcase, an_answer_is_carried_to_the_newest_picture_and_on);
  tcase_add_test(tcase, an_object_stays_the_same_where_it_went);
  tcase_add_test(tcase, what_leaves_is_told_to_have_left);
  tcase_add_test(tcase, what_left_is_told_by_an_answer_that_was_cut_off_too);
  tcase_add_test(tcase, what_hides_is_lost_and_is_the_same_when_it_is_seen_again);
  tcase_add_test(tcase, what_hides_for_long_goes_on_behind_what_hides_it);
  return suite;
}

GST_CHECK_MAIN(tracker)
