// SPDX-License-Identifier: LGPL-2.1-or-later
// Every frame is told once and in order, with what the answers on both sides of it know.
#include "tracking_support.hpp"
#include "vision/joiner.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::vision;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

struct Told {
  std::uint64_t frame = 0;
  Scene scene;
};

// Frame n is at n times 100 ms.
class Desk {
public:
  Joiner joiner{{.frame =
                     [this](std::uint64_t frame, Scene scene) {
                       told.push_back({frame, std::move(scene)});
                     },
                 .answer =
                     [this](std::shared_ptr<const Analysis> analysis) {
                       answers.push_back(std::move(analysis));
                     }}};
  std::vector<Told> told;
  std::vector<std::shared_ptr<const Analysis>> answers;

  void frames(std::uint64_t from, std::uint64_t to, bool may_be_sampled = false)
  {
    for (std::uint64_t n = from; n <= to; ++n)
      joiner.add_frame({.number = n,
                        .time = n * 100ms,
                        .image = look ? look(n) : nullptr,
                        .may_be_sampled = may_be_sampled,
                        .is_held_back = is_held_back});
  }
  void sample(std::uint64_t request, std::uint64_t frame)
  {
    joiner.add_sample(request, frame * 100ms);
  }
  bool answer(std::uint64_t request, std::uint64_t frame, std::vector<Object> objects,
              AnalysisStatus status = AnalysisStatus::ok)
  {
    return joiner.answer(std::make_shared<const Analysis>(
        answer_of(request, frame * 100ms, std::move(objects), status)));
  }
  std::vector<std::uint64_t> numbers() const
  {
    std::vector<std::uint64_t> result;
    for (const Told &one : told)
      result.push_back(one.frame);
    return result;
  }
  const Scene &scene(std::uint64_t frame) const
  {
    const auto found =
        std::find_if(told.begin(), told.end(), [&](const Told &t) { return t.frame == frame; });
    fail_unless(found != told.end(), "frame %u was not told", unsigned(frame));
    return found->scene;
  }

  std::function<std::shared_ptr<const LumaImage>(std::uint64_t)> look;
  bool is_held_back = true; // the source
};

std::chrono::nanoseconds age_of(const Scene &scene, std::uint64_t id)
{
  for (const Object &object : scene.objects)
    if (object.id == id)
      return object.track.age;
  return -1ns;
}

std::vector<std::uint64_t> up_to(std::uint64_t last)
{
  std::vector<std::uint64_t> result;
  for (std::uint64_t n = 1; n <= last; ++n)
    result.push_back(n);
  return result;
}

} // namespace

GST_START_TEST(frames_wait_for_the_next_answer_and_are_told_in_order)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 4);
  desk.sample(2, 5);
  desk.frames(5, 6);
  fail_unless(desk.told.empty());
  fail_unless(desk.answer(2, 5, {boxed(20, "cup", thing_at(0.18))})); // before the first one
  fail_unless(desk.told.empty() && desk.answers.empty());
  fail_unless(desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))}));
  fail_unless(desk.numbers() == up_to(5));
  fail_unless(desk.answers.size() == 2 && desk.answers[0]->request_id == 1 &&
              desk.answers[1]->request_id == 2);
  fail_unless(desk.answers[0]->objects[0].track.state == TrackState::fresh);
  fail_unless(desk.answers[1]->objects[0].id == 10 &&
              desk.answers[1]->objects[0].track.state == TrackState::kept);
  // What an answer says is on its own frame as it says it.
  fail_unless(desk.scene(1).objects[0].box == thing_at(0.1));
  fail_unless(desk.scene(5).objects[0].box == thing_at(0.18));
  // Nothing is seen: what it is off by is spread.
  const Object *middle = find_object(desk.scene(3).objects, 10);
  fail_unless(middle && std::abs(middle->box->x - 0.14) < 0.001, "%g",
              middle ? middle->box->x : -1);
  fail_unless(middle->track.age == 200ms);
  desk.joiner.let_go();
  fail_unless(desk.numbers() == up_to(6));
}
GST_END_TEST

GST_START_TEST(an_answer_is_told_once)
{
  Desk desk;
  desk.sample(1, 1);
  desk.sample(2, 2);
  desk.frames(1, 2);
  fail_if(desk.answer(7, 1, {}));
  fail_unless(desk.answer(2, 2, {boxed(20, "cup", thing_at(0.2))}));
  fail_if(desk.answer(2, 2, {boxed(21, "cat", thing_at(0.6))}));
  fail_unless(desk.answer(1, 1, {}));
  fail_if(desk.answer(1, 1, {}));
  fail_unless(desk.answers.size() == 2 && desk.answers[1]->objects[0].id == 20);
}
GST_END_TEST

GST_START_TEST(both_ways_are_joined_where_the_thing_is)
{
  // Not evenly: it stands, and then goes on.
  const auto x_at = [](std::uint64_t n) { return n <= 6 ? 0.1 : 0.1 + 0.03 * double(n - 6); };
  Desk desk;
  desk.look = [&](std::uint64_t n) { return picture_of(x_at(n)); };
  desk.sample(1, 1);
  desk.frames(1, 10);
  desk.sample(2, 11);
  desk.frames(11, 11);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(x_at(1)))});
  desk.answer(2, 11, {boxed(20, "mug", thing_at(x_at(11)))});
  fail_unless(desk.numbers() == up_to(11));
  for (const Told &told : desk.told) {
    const Object *object = find_object(told.scene.objects, 10);
    fail_unless(object != nullptr, "%u", unsigned(told.frame));
    const double met = iou(*object->box, thing_at(x_at(told.frame)));
    fail_unless(met > 0.93, "%u: %g", unsigned(told.frame), met);
  }
  // A change of wording is none of the object.
  fail_unless(desk.scene(2).objects[0].label == "cup");
  fail_unless(desk.scene(10).objects[0].label == "mug");
}
GST_END_TEST

GST_START_TEST(what_one_answer_alone_names_appears_and_disappears_where_it_is_seen)
{
  // It comes in from the left.
  const auto x_at = [](std::uint64_t n) { return -0.3 + 0.03 * double(n); };
  Desk desk;
  desk.look = [&](std::uint64_t n) { return picture_of(x_at(n)); };
  desk.sample(1, 1);
  desk.frames(1, 18);
  desk.sample(2, 19);
  desk.frames(19, 19);
  desk.answer(1, 1, {});
  desk.answer(2, 19, {boxed(20, "cup", thing_at(x_at(19)))});
  fail_unless(desk.scene(2).objects.empty());
  fail_unless(desk.scene(17).objects.size() == 1);
  std::size_t shown = 0;
  for (const Told &told : desk.told)
    shown += told.scene.objects.size();
  fail_unless(shown >= 12, "%u", unsigned(shown)); // longer than half of it
  for (const Told &told : desk.told)
    for (const Object &object : told.scene.objects)
      fail_unless(object.track.known == told.frame * 100ms - 1900ms); // it is named later
}
GST_END_TEST

// Who begins to play when it leaves has something to show then.
GST_START_TEST(the_first_frame_waits_for_those_behind_it)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 2);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  fail_unless(desk.answers.size() == 1 && desk.told.empty());
  desk.sample(2, 3);
  desk.frames(3, 4);
  desk.answer(2, 3, {boxed(20, "cup", thing_at(0.2))});
  fail_unless(desk.numbers() == up_to(3)); // the second does not
  fail_unless(desk.scene(1).analysis->request_id == 1);
  fail_unless(*desk.scene(1).objects[0].box == thing_at(0.1));
  fail_unless(desk.scene(1).objects[0].track.age == 0ns);
  // Of a live source, which knows by how much frames are delayed, it does not.
  Desk live;
  live.is_held_back = false;
  live.sample(1, 1);
  live.frames(1, 2);
  live.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  fail_unless(live.numbers() == up_to(1));
}
GST_END_TEST

GST_START_TEST(a_failure_is_bridged)
{
  Desk desk;
  desk.sample(1, 1);
  desk.sample(2, 3);
  desk.sample(3, 5);
  desk.frames(1, 5);
  desk.answer(2, 3, {}, AnalysisStatus::failed);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  fail_unless(desk.told.empty());
  desk.answer(3, 5, {boxed(30, "cup", thing_at(0.14))});
  fail_unless(desk.numbers() == up_to(5));
  fail_unless(desk.scene(2).status == Scene::Status::ok);
  fail_unless(desk.scene(3).status == Scene::Status::failed);
  fail_unless(desk.scene(4).status == Scene::Status::failed);
  fail_unless(desk.scene(5).status == Scene::Status::ok);
  for (const Told &told : desk.told)
    fail_unless(told.scene.objects.size() == 1 && told.scene.objects[0].id == 10);
  fail_unless(desk.answers.size() == 3);
}
GST_END_TEST

GST_START_TEST(a_failure_without_neighbours_is_told_on_the_frames_after_it)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 2);
  desk.answer(1, 1, {}, AnalysisStatus::failed);
  desk.joiner.let_go();
  desk.frames(3, 4);
  fail_unless(desk.numbers() == up_to(4));
  for (const Told &told : desk.told)
    fail_unless(told.scene.status == Scene::Status::failed, "%u", unsigned(told.frame));
}
GST_END_TEST

GST_START_TEST(those_let_go_are_followed_from_what_is_known)
{
  const auto x_at = [](std::uint64_t n) { return 0.1 + 0.02 * double(n); };
  Desk desk;
  if (sees_motion())
    desk.look = [&](std::uint64_t n) { return picture_of(x_at(n)); };
  desk.sample(1, 1);
  desk.frames(1, 6);
  desk.joiner.let_go(); // the answer is under way
  fail_unless(desk.told.empty());
  fail_unless(desk.joiner.waits_for_answers());
  desk.answer(1, 1, {boxed(10, "cup", thing_at(x_at(1)))});
  fail_unless(desk.numbers() == up_to(6));
  fail_if(desk.joiner.waits_for_answers());
  const Object *last = find_object(desk.scene(6).objects, 10);
  fail_unless(last != nullptr && last->track.age == 500ms);
  if (sees_motion())
    fail_unless(iou(*last->box, thing_at(x_at(6))) > 0.9);
  desk.frames(7, 8); // not let go
  fail_unless(desk.told.size() == 6);
  desk.sample(2, 9);
  desk.frames(9, 9);
  desk.answer(2, 9, {boxed(20, "cup", thing_at(x_at(9)))});
  fail_unless(desk.numbers() == up_to(9));
}
GST_END_TEST

GST_START_TEST(a_frame_that_may_be_asked_about_is_not_told_because_others_are_let_go)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 2);
  desk.joiner.cut();
  desk.frames(3, 4, true); // of a window
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  fail_unless(desk.numbers() == up_to(2));
  desk.sample(2, 4);
  desk.answer(2, 4, {boxed(20, "cup", thing_at(0.1))});
  fail_unless(desk.numbers() == up_to(3));
  desk.joiner.let_go();
  fail_unless(desk.numbers() == up_to(4));
  fail_unless(desk.scene(4).objects.size() == 1);
  fail_unless(desk.scene(4).objects[0].id == 20); // after a cut nobody is the same
}
GST_END_TEST

GST_START_TEST(a_cut_ends_what_is_known)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 3);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  desk.joiner.cut();
  fail_unless(desk.numbers() == up_to(3));
  fail_unless(desk.scene(3).objects.size() == 1);
  desk.frames(4, 5);
  fail_unless(desk.numbers() == up_to(5));
  fail_unless(desk.scene(4).objects.empty() && desk.scene(4).status == Scene::Status::pending);
  desk.sample(2, 6);
  desk.frames(6, 6);
  desk.answer(2, 6, {boxed(20, "cup", thing_at(0.1))});
  desk.joiner.let_go();
  fail_unless(desk.scene(6).objects[0].id == 20);
  fail_unless(desk.answers[1]->gone.empty());
}
GST_END_TEST

GST_START_TEST(what_repeats_after_a_cut_is_not_what_was_asked_about)
{
  // Times begin again: the frame with the same time as the one asked about is another.
  const auto other = std::make_shared<LumaImage>(
      LumaImage{100, 100, std::vector<std::uint8_t>(10000, std::uint8_t{9})});
  Desk desk;
  desk.sample(1, 1);
  desk.joiner.add_frame({.number = 1, .time = 100ms, .image = picture_of(0.2)});
  desk.joiner.add_frame({.number = 2, .time = 200ms, .image = picture_of(0.2)});
  desk.joiner.cut();
  desk.joiner.add_frame({.number = 3, .time = 100ms, .image = other});
  desk.joiner.add_frame({.number = 4, .time = 200ms, .image = other});
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.2))});
  fail_unless(desk.numbers() == up_to(4));
  fail_unless(desk.scene(2).objects.size() == 1);
  fail_unless(desk.scene(3).objects.empty());
}
GST_END_TEST

GST_START_TEST(frames_after_a_cut_are_told_nothing_of_before_it)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 2);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.2))});
  desk.sample(2, 3);
  desk.frames(3, 4);
  desk.joiner.gone(3); // without the answer
  desk.joiner.cut();
  fail_unless(desk.joiner.outlook().at(4, 400ms).objects.size() == 1);
  fail_unless(desk.joiner.outlook().at(5, 500ms).objects.empty());
  // Times begin again.
  desk.joiner.add_sample(3, 200ms);
  desk.joiner.add_frame({.number = 5, .time = 100ms, .image = nullptr});
  desk.joiner.add_frame({.number = 6, .time = 200ms, .image = nullptr});
  desk.answer(2, 3, {boxed(20, "cup", thing_at(0.2))});
  fail_unless(desk.numbers() == std::vector<std::uint64_t>{4});
  desk.answer(3, 2, {boxed(30, "cup", thing_at(0.6))});
  desk.joiner.let_go();
  fail_unless(desk.numbers() == (std::vector<std::uint64_t>{4, 5, 6}));
  fail_unless(find_object(desk.scene(5).objects, 20) == nullptr);
  fail_unless(desk.scene(6).objects.size() == 1 && desk.scene(6).objects[0].id == 30);
}
GST_END_TEST

GST_START_TEST(frames_before_a_cut_are_followed_whatever_the_times_behind_it)
{
  if (!sees_motion())
    return;
  const auto x_at = [](std::uint64_t n) { return 0.1 + 0.02 * double(n); };
  Desk desk;
  desk.look = [&](std::uint64_t n) { return picture_of(x_at(n)); };
  desk.sample(1, 10);
  desk.frames(10, 16);
  desk.joiner.cut();
  desk.sample(2, 1);
  desk.joiner.add_frame({.number = 17, .time = 100ms, .image = picture_of(0.7)});
  desk.answer(1, 10, {boxed(10, "cup", thing_at(x_at(10)))});
  desk.answer(2, 1, {boxed(20, "cup", thing_at(0.7))});
  for (std::uint64_t n = 11; n <= 16; ++n) {
    fail_unless(desk.scene(n).objects.size() == 1);
    const double met = iou(*desk.scene(n).objects[0].box, thing_at(x_at(n)));
    fail_unless(met > 0.9, "%u: %g", unsigned(n), met);
  }
}
GST_END_TEST

GST_START_TEST(only_those_up_to_a_frame_are_let_go)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 5);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  desk.joiner.let_go(3);
  fail_unless(desk.numbers() == up_to(3));
  desk.sample(2, 5);
  desk.answer(2, 5, {boxed(20, "cup", thing_at(0.12))});
  fail_unless(desk.numbers() == up_to(5));
  fail_unless(*desk.scene(5).objects[0].box == thing_at(0.12)); // its own answer
}
GST_END_TEST

GST_START_TEST(each_time_has_the_status_of_the_last_answer_before_it)
{
  Desk desk;
  desk.sample(1, 1);
  desk.sample(2, 4);
  desk.frames(1, 6);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  desk.answer(2, 4, {}, AnalysisStatus::failed);
  const Joiner::Outlook outlook = desk.joiner.outlook();
  fail_unless(outlook.status_at(0ms).answer == 0);
  fail_unless(outlook.status_at(300ms).answer == 1);
  fail_unless(outlook.status_at(400ms).answer == 2);
  fail_unless(outlook.at(3, 300ms).status == Scene::Status::ok);
  const Scene later = outlook.at(5, 500ms);
  fail_unless(later.status == Scene::Status::failed && later.objects.size() == 1);
}
GST_END_TEST

GST_START_TEST(what_is_abandoned_ends_at_once)
{
  std::size_t looked = 0;
  bool is_abandoned = false;
  Joiner joiner{{.frame = [](std::uint64_t, Scene) {},
                 .answer = [](std::shared_ptr<const Analysis>) {},
                 .is_abandoned =
                     [&] {
                       ++looked;
                       return is_abandoned;
                     }}};
  joiner.add_sample(1, 100ms);
  for (std::uint64_t n = 1; n <= 500; ++n)
    joiner.add_frame({.number = n, .time = n * 100ms, .image = nullptr});
  joiner.add_sample(2, 50s);
  is_abandoned = true;
  looked = 0;
  joiner.answer(
      std::make_shared<const Analysis>(answer_of(1, 100ms, {boxed(10, "cup", thing_at(0.1))})));
  joiner.answer(
      std::make_shared<const Analysis>(answer_of(2, 50s, {boxed(20, "cup", thing_at(0.1))})));
  fail_unless(looked < 10, "%u pictures", unsigned(looked));
}
GST_END_TEST

GST_START_TEST(the_last_of_two_answers_about_a_frame_counts)
{
  Desk desk;
  desk.sample(1, 1);
  desk.sample(2, 1);
  desk.frames(1, 2);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  desk.answer(2, 1, {boxed(20, "cup", thing_at(0.11)), boxed(21, "cat", thing_at(0.6))});
  fail_unless(desk.numbers() == up_to(1));
  fail_unless(desk.scene(1).objects.size() == 2 && desk.scene(1).objects[0].id == 10);
  // If it failed, the other counts.
  desk.sample(3, 3);
  desk.sample(4, 3);
  desk.frames(3, 3);
  desk.answer(4, 3, {}, AnalysisStatus::failed);
  desk.answer(3, 3, {boxed(30, "cup", thing_at(0.12))});
  desk.joiner.let_go();
  fail_unless(desk.numbers() == up_to(3));
  fail_unless(desk.scene(3).objects.size() == 1 && desk.scene(3).objects[0].id == 10);
}
GST_END_TEST

GST_START_TEST(an_answer_about_an_earlier_frame_moves_nothing)
{
  Desk desk;
  desk.sample(1, 5);
  desk.frames(1, 5, true);
  desk.sample(2, 3);
  desk.answer(1, 5, {boxed(10, "cup", thing_at(0.3))});
  fail_unless(desk.numbers() == up_to(4));
  desk.answer(2, 3, {boxed(20, "cup", thing_at(0.29))});
  fail_unless(desk.answers.size() == 2 && desk.answers[1]->objects[0].id == 10);
  fail_unless(desk.answers[1]->gone.empty());
  desk.frames(6, 6);
  desk.joiner.let_go();
  fail_unless(desk.scene(6).objects.size() == 1);
  fail_unless(std::abs(desk.scene(6).objects[0].box->x - 0.3) < 0.005);
}
GST_END_TEST

GST_START_TEST(what_is_asked_about_after_it_was_told_is_told_once)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 3);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.3))});
  desk.joiner.let_go();
  desk.sample(2, 2);
  fail_unless(desk.answer(2, 2, {boxed(20, "cup", thing_at(0.3))}));
  desk.frames(4, 4);
  desk.joiner.let_go();
  fail_unless(desk.numbers() == up_to(4));
  fail_unless(desk.scene(4).objects[0].id == 10);
}
GST_END_TEST

GST_START_TEST(those_gone_are_not_told)
{
  const auto x_at = [](std::uint64_t n) { return 0.1 + 0.02 * double(n); };
  Desk desk;
  if (sees_motion())
    desk.look = [&](std::uint64_t n) { return picture_of(x_at(n)); };
  desk.sample(1, 1);
  desk.frames(1, 1);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(x_at(1)))});
  desk.frames(2, 9);
  const Scene known = desk.joiner.outlook().at(9, 900ms);
  fail_unless(known.objects.size() == 1 && known.analysis && known.status == Scene::Status::ok);
  if (sees_motion())
    fail_unless(iou(*known.objects[0].box, thing_at(x_at(9))) > 0.9);
  desk.joiner.gone(6);
  desk.sample(2, 10);
  desk.frames(10, 10);
  desk.answer(2, 10, {boxed(20, "cup", thing_at(x_at(10)))});
  fail_unless(desk.numbers() == (std::vector<std::uint64_t>{7, 8, 9, 10}));
  if (sees_motion())
    for (std::uint64_t n = 7; n <= 10; ++n) {
      const double met = iou(*desk.scene(n).objects[0].box, thing_at(x_at(n)));
      fail_unless(met > 0.93, "%u: %g", unsigned(n), met);
    }
}
GST_END_TEST

GST_START_TEST(what_is_no_longer_named_is_gone_once)
{
  Desk desk;
  for (std::uint64_t n = 1; n <= 9; n += 2) {
    desk.sample(n, n);
    desk.frames(n, n + 1);
    std::vector<Object> objects{boxed(10 * n, "cup", thing_at(0.1))};
    if (n == 1)
      objects.push_back(boxed(10 * n + 1, "cat", thing_at(0.6)));
    desk.answer(n, n, std::move(objects));
  }
  std::size_t n_gone = 0;
  for (const auto &answer : desk.answers)
    n_gone += answer->gone.size();
  fail_unless(n_gone == 1 && desk.answers[1]->gone.size() == 1, "%u", unsigned(n_gone));
  const Object &gone = desk.answers[1]->gone[0];
  fail_unless(gone.id == 11 && gone.track.state == TrackState::lost && gone.track.age == 200ms);
}
GST_END_TEST

GST_START_TEST(what_was_cut_off_an_answer_stays)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 4);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1)), boxed(11, "cat", thing_at(0.6))});
  desk.sample(2, 5);
  desk.frames(5, 8);
  desk.answer(2, 5, {boxed(20, "cup", thing_at(0.1))}, AnalysisStatus::partial);
  desk.sample(3, 9);
  desk.frames(9, 9);
  desk.answer(3, 9, {boxed(30, "cup", thing_at(0.1)), boxed(31, "cat", thing_at(0.6))});
  fail_unless(desk.numbers() == up_to(9));
  for (const Told &told : desk.told) {
    const Object *cat = find_object(told.scene.objects, 11);
    fail_unless(cat != nullptr, "frame %u", unsigned(told.frame));
    fail_unless(std::abs(cat->box->x - 0.6) < 0.02, "frame %u", unsigned(told.frame));
  }
  // Nothing was said of it on the fifth.
  fail_unless(age_of(desk.scene(5), 11) == 400ms);
  fail_unless(age_of(desk.scene(7), 11) == 200ms);
  for (const auto &answer : desk.answers)
    fail_unless(answer->gone.empty());
}
GST_END_TEST

GST_START_TEST(answers_that_are_always_cut_off_keep_nothing_for_ever)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 1);
  desk.answer(1, 1, {boxed(10, "cat", thing_at(0.6))});
  for (std::uint64_t n = 2; n <= 12; ++n) {
    desk.sample(n, n);
    desk.frames(n, n);
    desk.answer(n, n, {boxed(10 * n, "cup", thing_at(0.1))}, AnalysisStatus::partial);
  }
  std::size_t n_gone = 0;
  for (const auto &answer : desk.answers)
    n_gone += answer->gone.size();
  fail_unless(n_gone == 1, "%u", unsigned(n_gone));
  fail_unless(find_object(desk.scene(12).objects, 10) == nullptr);
  fail_unless(desk.joiner.outlook().known.size() == 1);
}
GST_END_TEST

GST_START_TEST(masks_and_points_move_with_it)
{
  const auto x_at = [](std::uint64_t n) { return 0.1 + 0.02 * double(n); };
  const auto named = [&](std::uint64_t id, std::uint64_t n) {
    Object object = boxed(id, "cup", thing_at(x_at(n)));
    object.point = Point{x_at(n) + 0.1, 0.45};
    auto mask = std::make_shared<Mask>();
    mask->rect = *object.box;
    mask->width = mask->height = 4;
    mask->coverage = std::vector<std::uint8_t>(16, std::uint8_t{255});
    object.mask = mask;
    return object;
  };
  Desk desk;
  desk.look = [&](std::uint64_t n) { return picture_of(x_at(n)); };
  desk.sample(1, 1);
  desk.frames(1, 8);
  desk.sample(2, 9);
  desk.frames(9, 9);
  desk.answer(1, 1, {named(10, 1)});
  desk.answer(2, 9, {named(20, 9)});
  for (const Told &told : desk.told) {
    const Object &object = told.scene.objects.at(0);
    fail_unless(iou(object.mask->rect, *object.box) > 0.99);
    fail_unless(std::abs(object.point->x - x_at(told.frame) - 0.1) < 0.01);
  }
}
GST_END_TEST

GST_START_TEST(hours_without_an_answer_take_no_memory)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 1);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  for (std::uint64_t n = 2; n <= 5000; ++n) {
    desk.frames(n, n);
    desk.joiner.gone(n);
  }
  fail_unless(desk.joiner.outlook().known[0].way.size() <= Way::kMost);
  fail_unless(desk.told.empty());
}
GST_END_TEST

GST_START_TEST(forgetting_forgets_all)
{
  Desk desk;
  desk.sample(1, 1);
  desk.frames(1, 2);
  desk.answer(1, 1, {boxed(10, "cup", thing_at(0.1))});
  desk.sample(2, 3);
  desk.frames(3, 3);
  desk.joiner.reset();
  fail_if(desk.answer(2, 3, {}));
  desk.frames(4, 4);
  fail_unless(desk.numbers() == std::vector<std::uint64_t>{4});
  fail_unless(desk.scene(4).objects.empty() && !desk.scene(4).analysis);
  fail_unless(!desk.joiner.outlook().analysis);
}
GST_END_TEST

GST_START_TEST(the_same_calls_give_the_same_results)
{
  const auto x_at = [](std::uint64_t n) { return 0.05 + 0.015 * double(n); };
  const auto run = [&] {
    auto desk = std::make_unique<Desk>();
    desk->look = [&](std::uint64_t n) { return n % 3 == 2 ? nullptr : picture_of(x_at(n)); };
    for (std::uint64_t n = 1; n <= 31; n += 6) {
      desk->sample(n, n);
      desk->frames(n, n + 5);
    }
    for (std::uint64_t n = 31; n >= 1; n -= 6) {
      desk->answer(n, n,
                   {boxed(n, "cup", thing_at(x_at(n))), boxed(100 + n, "cat", thing_at(0.7))});
      if (n == 1)
        break;
    }
    desk->joiner.let_go();
    return desk;
  };
  const auto one = run();
  const auto two = run();
  fail_unless(one->told.size() == 36 && one->numbers() == two->numbers());
  for (std::size_t i = 0; i < one->told.size(); ++i) {
    const auto &a = one->told[i].scene.objects;
    const auto &b = two->told[i].scene.objects;
    fail_unless(a.size() == b.size());
    for (std::size_t j = 0; j < a.size(); ++j)
      fail_unless(a[j].id == b[j].id && a[j].box == b[j].box && a[j].track == b[j].track);
  }
}
GST_END_TEST

GST_START_TEST(any_order_of_calls_keeps_what_is_promised)
{
  std::vector<std::shared_ptr<const LumaImage>> pictures;
  for (int i = 0; i < 12; ++i)
    pictures.push_back(picture_of(0.05 * i));
  for (unsigned seed = 1; seed <= 12; ++seed) {
    std::mt19937 random{seed};
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    Desk desk;
    std::set<std::uint64_t> gone;
    std::uint64_t number = 0;
    std::uint64_t request = 0;
    std::uint64_t id = 0;
    nanoseconds time{0};
    std::vector<std::pair<std::uint64_t, nanoseconds>> waiting;
    std::vector<std::uint64_t> asked;
    std::vector<nanoseconds> times;
    const auto answer = [&](std::size_t i) {
      std::vector<Object> objects;
      for (unsigned n = below(4); n > 0; --n) {
        objects.push_back(
            boxed(++id, below(2) ? "cup" : "red cup", thing_at(below(20) / 20.0 - 0.1)));
        if (below(8) == 0)
          objects.back().box.reset();
      }
      constexpr AnalysisStatus kStatuses[] = {AnalysisStatus::ok, AnalysisStatus::ok,
                                              AnalysisStatus::partial, AnalysisStatus::failed,
                                              AnalysisStatus::blocked};
      const AnalysisStatus status = kStatuses[below(5)];
      if (scene_status(status) == Scene::Status::failed)
        objects.clear();
      fail_unless(desk.joiner.answer(std::make_shared<const Analysis>(
          answer_of(waiting[i].first, waiting[i].second, std::move(objects), status))));
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    };
    for (int step = 0; step < 400; ++step) {
      const unsigned what = below(100);
      if (what < 60) {
        // Times repeat and fall now and then.
        time += below(10) == 0 ? (below(2) == 0 ? 0ms : -150ms) : 50ms;
        times.push_back(time);
        desk.joiner.add_frame(
            {.number = ++number,
             .time = time,
             .image = below(4) == 0 ? pictures[number % pictures.size()] : nullptr,
             .may_be_sampled = below(4) == 0});
      } else if (what < 75) {
        const nanoseconds when =
            times.empty()
                ? time
                : times[times.size() - 1 - below(unsigned(std::min<std::size_t>(times.size(), 5)))];
        desk.joiner.add_sample(++request, when);
        waiting.emplace_back(request, when);
        asked.push_back(request);
      } else if (what < 92) {
        if (!waiting.empty())
          answer(below(unsigned(waiting.size())));
      } else if (what < 95) {
        desk.joiner.let_go();
      } else if (what < 97) {
        desk.joiner.cut();
      } else if (number > 3) {
        const std::uint64_t last = number - below(4);
        desk.joiner.gone(last);
        for (std::uint64_t n = 1; n <= last; ++n)
          gone.insert(n);
      }
    }
    while (!waiting.empty())
      answer(below(unsigned(waiting.size())));
    desk.joiner.let_go();
    std::uint64_t last = 0;
    std::set<std::uint64_t> told;
    for (const Told &one : desk.told) {
      fail_unless(one.frame > last, "seed %u: %u after %u", seed, unsigned(one.frame),
                  unsigned(last));
      last = one.frame;
      told.insert(last);
      for (const Object &object : one.scene.objects) {
        fail_unless(is_finite(object));
        fail_unless(object.track.age >= 0ns);
        fail_unless(object.track.confidence >= 0 && object.track.confidence <= 1);
      }
    }
    for (std::uint64_t n = 1; n <= number; ++n)
      fail_unless(told.contains(n) || gone.contains(n), "seed %u: %u", seed, unsigned(n));
    fail_unless(desk.answers.size() == asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const Analysis &is = *desk.answers[i];
      fail_unless(is.request_id == asked[i]);
      std::set<std::uint64_t> ids;
      for (const auto *objects : {&is.objects, &is.gone})
        for (const Object &object : *objects) {
          fail_unless(ids.insert(object.id).second, "seed %u: id %u twice", seed,
                      unsigned(object.id));
          fail_unless(is_finite(object) && object.track.age >= 0ns);
        }
    }
    fail_if(desk.joiner.waits_for_answers());
  }
}
GST_END_TEST

static Suite *joiner_suite()
{
  Suite *suite = suite_create("joiner");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, frames_wait_for_the_next_answer_and_are_told_in_order);
  tcase_add_test(tcase, an_answer_is_told_once);
  tcase_add_test(tcase, the_first_frame_waits_for_those_behind_it);
  tcase_add_test(tcase, a_failure_is_bridged);
  tcase_add_test(tcase, a_failure_without_neighbours_is_told_on_the_frames_after_it);
  tcase_add_test(tcase, those_let_go_are_followed_from_what_is_known);
  tcase_add_test(tcase, a_frame_that_may_be_asked_about_is_not_told_because_others_are_let_go);
  tcase_add_test(tcase, a_cut_ends_what_is_known);
  tcase_add_test(tcase, what_repeats_after_a_cut_is_not_what_was_asked_about);
  tcase_add_test(tcase, frames_after_a_cut_are_told_nothing_of_before_it);
  tcase_add_test(tcase, frames_before_a_cut_are_followed_whatever_the_times_behind_it);
  tcase_add_test(tcase, only_those_up_to_a_frame_are_let_go);
  tcase_add_test(tcase, each_time_has_the_status_of_the_last_answer_before_it);
  tcase_add_test(tcase, what_is_abandoned_ends_at_once);
  tcase_add_test(tcase, the_last_of_two_answers_about_a_frame_counts);
  tcase_add_test(tcase, an_answer_about_an_earlier_frame_moves_nothing);
  tcase_add_test(tcase, what_is_asked_about_after_it_was_told_is_told_once);
  tcase_add_test(tcase, those_gone_are_not_told);
  tcase_add_test(tcase, what_is_no_longer_named_is_gone_once);
  tcase_add_test(tcase, what_was_cut_off_an_answer_stays);
  tcase_add_test(tcase, answers_that_are_always_cut_off_keep_nothing_for_ever);
  tcase_add_test(tcase, hours_without_an_answer_take_no_memory);
  tcase_add_test(tcase, forgetting_forgets_all);
  tcase_add_test(tcase, the_same_calls_give_the_same_results);
  tcase_add_test(tcase, any_order_of_calls_keeps_what_is_promised);
  if (!sees_motion())
    return suite;
  tcase_add_test(tcase, both_ways_are_joined_where_the_thing_is);
  tcase_add_test(tcase, what_one_answer_alone_names_appears_and_disappears_where_it_is_seen);
  tcase_add_test(tcase, masks_and_points_move_with_it);
  return suite;
}

GST_CHECK_MAIN(joiner)
