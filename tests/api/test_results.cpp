// SPDX-License-Identifier: LGPL-2.1-or-later
// The values that applications read: what they hold, how long they live, and what wrong arguments
// do.

#include "values.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

template <typename F> Ref<GstGeminiAnalysis> make_analysis(F &&fill)
{
  auto analysis = std::make_shared<Analysis>();
  fill(*analysis);
  return Ref<GstGeminiAnalysis>::adopt(gst_gemini_analysis_new_private(std::move(analysis)));
}

bool read_box_3d(const Ref<GstGeminiObject> &object, std::array<double, 9> &v)
{
  return gst_gemini_object_get_box_3d(object.get(), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6],
                                      &v[7], &v[8]) != FALSE;
}

} // namespace

GST_START_TEST(box_is_in_pixels_of_the_frame_given)
{
  const auto scene = make_scene({{.id = 1, .label = "cat", .box = Rect{0.1, 0.2, 0.5, 0.25}}});
  const auto cat = object_of(scene, 0);
  struct Size {
    guint width, height;
  };
  for (const Size size : {Size{640, 480}, Size{1920, 1080}, Size{333, 217}, Size{1, 1}}) {
    double x = 0;
    double y = 0;
    double w = 0;
    double h = 0;
    fail_unless(gst_gemini_object_get_box(cat.get(), size.width, size.height, &x, &y, &w, &h));
    assert_equals_float(x, 0.1 * size.width);
    assert_equals_float(y, 0.2 * size.height);
    assert_equals_float(w, 0.5 * size.width);
    assert_equals_float(h, 0.25 * size.height);
  }
}
GST_END_TEST

GST_START_TEST(object_without_a_box_or_confidence_says_so)
{
  const auto scene = make_scene({{.id = 1, .label = ""}});
  const auto thing = object_of(scene, 0);
  double value = 1;
  double confidence = 1;
  fail_if(gst_gemini_object_get_box(thing.get(), 640, 480, &value, nullptr, nullptr, nullptr));
  fail_if(gst_gemini_object_get_confidence(thing.get(), &confidence));
  assert_equals_float(value, 0);
  assert_equals_float(confidence, 0);
  assert_equals_string(gst_gemini_object_get_label(thing.get()), "");
}
GST_END_TEST

GST_START_TEST(an_object_tells_whose_picture_it_was_seen_on)
{
  const auto scene = make_scene({{.id = 1, .label = "on the frame"},
                                 {.id = 2,
                                  .label = "hat",
                                  .text = "made of straw",
                                  .parent = gemini::Parent{.id = 17, .label = "person"}},
                                 {.id = 3, .label = "hat", .parent = gemini::Parent{}}});
  guint64 id = 99;
  const auto alone = object_of(scene, 0);
  fail_if(gst_gemini_object_get_parent_id(alone.get(), &id));
  fail_unless_equals_uint64(id, 0);
  fail_unless(gst_gemini_object_get_parent_label(alone.get()) == nullptr);
  fail_unless(gst_gemini_object_get_text(alone.get()) == nullptr);

  const auto hat = object_of(scene, 1);
  fail_unless(gst_gemini_object_get_parent_id(hat.get(), &id));
  fail_unless_equals_uint64(id, 17);
  fail_unless(gst_gemini_object_get_parent_id(hat.get(), nullptr));
  assert_equals_string(gst_gemini_object_get_parent_label(hat.get()), "person");
  assert_equals_string(gst_gemini_object_get_text(hat.get()), "made of straw");

  // Of an element that gives its objects neither ids nor labels.
  const auto nameless = object_of(scene, 2);
  fail_if(gst_gemini_object_get_parent_id(nameless.get(), &id));
  fail_unless_equals_uint64(id, 0);
  assert_equals_string(gst_gemini_object_get_parent_label(nameless.get()), "");
}
GST_END_TEST

GST_START_TEST(point_is_in_pixels_of_the_frame_given)
{
  const auto scene = make_scene({{.id = 1, .label = "nose", .point = Point{0.25, 0.5}}});
  const auto nose = object_of(scene, 0);
  double x = 0;
  double y = 0;
  fail_unless(gst_gemini_object_get_point(nose.get(), 640, 480, &x, &y));
  assert_equals_float(x, 160);
  assert_equals_float(y, 240);
  fail_unless(gst_gemini_object_get_point(nose.get(), 333, 217, &x, nullptr));
  assert_equals_float(x, 83.25);
}
GST_END_TEST

GST_START_TEST(mask_is_shared_and_outlives_its_object)
{
  auto mask = std::make_shared<const Mask>(Mask{{0.5, 0.25, 0.25, 0.5}, 2, 3, {1, 2, 3, 4, 5, 6}});
  const std::uint8_t *cells = mask->coverage.data();
  const std::weak_ptr<const Mask> alive = mask;
  g_autoptr(GBytes) bytes = nullptr;
  {
    const auto scene = make_scene({{.id = 1, .label = "cat", .mask = std::move(mask)}});
    double x = 0;
    double y = 0;
    double w = 0;
    double h = 0;
    guint columns = 0;
    guint rows = 0;
    bytes = gst_gemini_object_get_mask(object_of(scene, 0).get(), 1280, 720, &x, &y, &w, &h,
                                       &columns, &rows);
    assert_equals_float(x, 640);
    assert_equals_float(y, 180);
    assert_equals_float(w, 320);
    assert_equals_float(h, 360);
    fail_unless_equals_uint64(columns, 2);
    fail_unless_equals_uint64(rows, 3);
  }
  gsize size = 0;
  fail_unless(g_bytes_get_data(bytes, &size) == cells);
  fail_unless_equals_uint64(size, 6);
  fail_unless_equals_int(cells[5], 6);
  g_clear_pointer(&bytes, g_bytes_unref);
  fail_unless(alive.expired());
}
GST_END_TEST

GST_START_TEST(rings_are_in_pixels_of_the_frame_given)
{
  const std::vector<Ring> outline{{{0, 0}, {0.5, 0}, {0.5, 1}}, {}, {{0.25, 0.25}}};
  const auto scene = make_scene({{.id = 1, .label = "cat", .polygon = outline}});
  const auto cat = object_of(scene, 0);
  fail_unless_equals_uint64(gst_gemini_object_get_n_rings(cat.get()), 3);
  gsize n_values = 99;
  g_autofree gdouble *triangle = gst_gemini_object_get_ring(cat.get(), 0, 640, 480, &n_values);
  fail_unless_equals_uint64(n_values, 6);
  fail_unless((std::vector<double>(triangle, triangle + n_values) ==
               std::vector<double>{0, 0, 320, 0, 320, 480}));
  fail_unless(gst_gemini_object_get_ring(cat.get(), 1, 640, 480, &n_values) == nullptr);
  fail_unless_equals_uint64(n_values, 0);
  g_autofree gdouble *dot = gst_gemini_object_get_ring(cat.get(), 2, 320, 240, &n_values);
  fail_unless_equals_uint64(n_values, 2);
  assert_equals_float(dot[1], 60);
}
GST_END_TEST

GST_START_TEST(box_in_space_is_in_metres_and_degrees)
{
  const auto scene =
      make_scene({{.id = 1, .label = "cup", .box_3d = Box3d{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}});
  std::array<double, 9> values{};
  fail_unless(read_box_3d(object_of(scene, 0), values));
  fail_unless((values == std::array<double, 9>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}
GST_END_TEST

GST_START_TEST(object_without_a_shape_says_so)
{
  const auto scene = make_scene({{.id = 1, .label = "outdoors"}});
  const auto thing = object_of(scene, 0);
  double x = 1;
  double w = 1;
  guint columns = 1;
  fail_if(gst_gemini_object_get_point(thing.get(), 640, 480, &x, nullptr));
  assert_equals_float(x, 0);
  fail_unless(gst_gemini_object_get_mask(thing.get(), 640, 480, nullptr, nullptr, &w, nullptr,
                                         &columns, nullptr) == nullptr);
  assert_equals_float(w, 0);
  fail_unless_equals_uint64(columns, 0);
  fail_unless_equals_uint64(gst_gemini_object_get_n_rings(thing.get()), 0);
  std::array<double, 9> values{1, 1, 1, 1, 1, 1, 1, 1, 1};
  fail_if(read_box_3d(thing, values));
  fail_unless((values == std::array<double, 9>{}));
}
GST_END_TEST

GST_START_TEST(answers_in_words_and_json_are_null_where_there_are_none)
{
  const auto neither = make_analysis([](Analysis &) {});
  fail_unless(gst_gemini_analysis_get_text(neither.get()) == nullptr);
  fail_unless(gst_gemini_analysis_get_json(neither.get()) == nullptr);
  const auto both = make_analysis([](Analysis &a) {
    a.text = "";
    a.json = "{}";
  });
  assert_equals_string(gst_gemini_analysis_get_text(both.get()), "");
  assert_equals_string(gst_gemini_analysis_get_json(both.get()), "{}");
}
GST_END_TEST

GST_START_TEST(tasks_map_one_to_one)
{
  constexpr std::array<std::pair<Task, GstGeminiTask>, 7> kPairs{{
      {Task::detect, GST_GEMINI_TASK_DETECT},
      {Task::segment, GST_GEMINI_TASK_SEGMENT},
      {Task::point, GST_GEMINI_TASK_POINT},
      {Task::boxes_3d, GST_GEMINI_TASK_BOXES_3D},
      {Task::caption, GST_GEMINI_TASK_CAPTION},
      {Task::classify, GST_GEMINI_TASK_CLASSIFY},
      {Task::ask, GST_GEMINI_TASK_ASK},
  }};
  auto *nicks = G_ENUM_CLASS(g_type_class_ref(GST_TYPE_GEMINI_TASK));
  fail_unless_equals_int(static_cast<int>(nicks->n_values), kPairs.size());
  for (const auto &[ours, theirs] : kPairs) {
    const auto analysis = make_analysis([&](Analysis &a) { a.task = ours; });
    fail_unless(gst_gemini_analysis_get_task(analysis.get()) == theirs);
    assert_equals_string(g_enum_get_value(nicks, theirs)->value_nick, to_string(ours));
  }
  g_type_class_unref(nicks);
}
GST_END_TEST

GST_START_TEST(confidence_of_zero_is_not_the_lack_of_one)
{
  const auto scene = make_scene({{.id = 1, .label = "", .confidence = 0.0}});
  double confidence = 1;
  fail_unless(gst_gemini_object_get_confidence(object_of(scene, 0).get(), &confidence));
  assert_equals_float(confidence, 0);
}
GST_END_TEST

GST_START_TEST(analysis_statuses_map_one_to_one)
{
  constexpr std::array<std::pair<AnalysisStatus, GstGeminiAnalysisStatus>, 4> kPairs{{
      {AnalysisStatus::ok, GST_GEMINI_ANALYSIS_STATUS_OK},
      {AnalysisStatus::partial, GST_GEMINI_ANALYSIS_STATUS_PARTIAL},
      {AnalysisStatus::blocked, GST_GEMINI_ANALYSIS_STATUS_BLOCKED},
      {AnalysisStatus::failed, GST_GEMINI_ANALYSIS_STATUS_FAILED},
  }};
  auto *nicks = G_ENUM_CLASS(g_type_class_ref(GST_TYPE_GEMINI_ANALYSIS_STATUS));
  fail_unless_equals_int(static_cast<int>(nicks->n_values), kPairs.size());
  for (const auto &[ours, theirs] : kPairs) {
    const auto analysis = make_analysis([&](Analysis &a) { a.status = ours; });
    fail_unless(gst_gemini_analysis_get_status(analysis.get()) == theirs);
    assert_equals_string(g_enum_get_value(nicks, theirs)->value_nick, to_string(ours));
  }
  g_type_class_unref(nicks);
}
GST_END_TEST

GST_START_TEST(scene_statuses_map_one_to_one)
{
  constexpr std::array<std::pair<Scene::Status, GstGeminiSceneStatus>, 5> kPairs{{
      {Scene::Status::pending, GST_GEMINI_SCENE_STATUS_PENDING},
      {Scene::Status::ok, GST_GEMINI_SCENE_STATUS_OK},
      {Scene::Status::partial, GST_GEMINI_SCENE_STATUS_PARTIAL},
      {Scene::Status::blocked, GST_GEMINI_SCENE_STATUS_BLOCKED},
      {Scene::Status::failed, GST_GEMINI_SCENE_STATUS_FAILED},
  }};
  auto *nicks = G_ENUM_CLASS(g_type_class_ref(GST_TYPE_GEMINI_SCENE_STATUS));
  fail_unless_equals_int(static_cast<int>(nicks->n_values), kPairs.size());
  for (const auto &[ours, theirs] : kPairs) {
    const auto scene = Ref<GstGeminiScene>::adopt(
        gst_gemini_scene_new_private(std::make_shared<const Scene>(Scene{ours, {}, {}})));
    fail_unless(gst_gemini_scene_get_status(scene.get()) == theirs);
    assert_equals_string(g_enum_get_value(nicks, theirs)->value_nick, to_string(ours));
  }
  g_type_class_unref(nicks);
}
GST_END_TEST

GST_START_TEST(object_states_map_one_to_one)
{
  constexpr std::array<std::pair<gemini::TrackState, GstGeminiObjectState>, 4> kPairs{{
      {gemini::TrackState::fresh, GST_GEMINI_OBJECT_STATE_NEW},
      {gemini::TrackState::kept, GST_GEMINI_OBJECT_STATE_KEPT},
      {gemini::TrackState::lost, GST_GEMINI_OBJECT_STATE_LOST},
      {gemini::TrackState::left, GST_GEMINI_OBJECT_STATE_LEFT},
  }};
  auto *nicks = G_ENUM_CLASS(g_type_class_ref(GST_TYPE_GEMINI_OBJECT_STATE));
  fail_unless_equals_int(static_cast<int>(nicks->n_values), kPairs.size());
  for (const auto &[ours, theirs] : kPairs) {
    const auto scene = make_scene({{.id = 1, .label = "", .track = {.state = ours}}});
    fail_unless(gst_gemini_object_get_state(object_of(scene, 0).get()) == theirs);
    assert_equals_string(g_enum_get_value(nicks, theirs)->value_nick, to_string(ours));
  }
  g_type_class_unref(nicks);
}
GST_END_TEST

GST_START_TEST(age_is_in_nanoseconds_and_never_below_zero)
{
  const auto age_of = [](std::chrono::nanoseconds age) {
    const auto scene = make_scene({{.id = 1, .label = "", .track = {.age = age}}});
    return gst_gemini_object_get_age(object_of(scene, 0).get());
  };
  fail_unless_equals_uint64(age_of(std::chrono::nanoseconds{33'366'667}), 33'366'667);
  fail_unless_equals_uint64(age_of(std::chrono::hours{1}), 3600 * GST_SECOND);
  fail_unless_equals_uint64(age_of(std::chrono::nanoseconds{-1}), 0);
}
GST_END_TEST

GST_START_TEST(what_is_gone_outlives_its_analysis)
{
  Ref<GstGeminiObject> bus;
  {
    auto value = std::make_shared<Analysis>();
    value->gone = {{.id = 1, .label = "cat"},
                   {.id = 2,
                    .label = "bus",
                    .track = {.state = gemini::TrackState::lost, .confidence = 0.25}}};
    const auto analysis =
        Ref<GstGeminiAnalysis>::adopt(gst_gemini_analysis_new_private(std::move(value)));
    fail_unless_equals_uint64(gst_gemini_analysis_get_n_objects(analysis.get()), 0);
    fail_unless_equals_uint64(gst_gemini_analysis_get_n_gone(analysis.get()), 2);
    bus = Ref<GstGeminiObject>::adopt(gst_gemini_analysis_get_gone(analysis.get(), 1));
  }
  assert_equals_string(gst_gemini_object_get_label(bus.get()), "bus");
  fail_unless_equals_int(gst_gemini_object_get_state(bus.get()), GST_GEMINI_OBJECT_STATE_LOST);
  assert_equals_float(gst_gemini_object_get_track_confidence(bus.get()), 0.25);
}
GST_END_TEST

GST_START_TEST(failed_analysis_tells_why_and_has_no_objects)
{
  const auto failed = make_analysis([](Analysis &a) {
    a.failure = Failure{FailureKind::bad_key, "The key was refused.", 400, std::nullopt};
  });
  assert_equals_string(gst_gemini_analysis_get_error_kind(failed.get()), "bad-key");
  assert_equals_string(gst_gemini_analysis_get_error_message(failed.get()), "The key was refused.");
  fail_unless_equals_uint64(gst_gemini_analysis_get_n_objects(failed.get()), 0);
  fail_unless(gst_gemini_analysis_get_model_version(failed.get()) == nullptr);
}
GST_END_TEST

GST_START_TEST(unknown_times_are_none)
{
  const auto analysis = make_analysis([](Analysis &) {});
  fail_if(GST_CLOCK_TIME_IS_VALID(gst_gemini_analysis_get_pts(analysis.get())));
  fail_if(GST_CLOCK_TIME_IS_VALID(gst_gemini_analysis_get_running_time(analysis.get())));
  fail_unless(gst_gemini_analysis_get_captured_at(analysis.get()) == nullptr);
  fail_unless_equals_uint64(gst_gemini_analysis_get_latency(analysis.get()), 0);
}
GST_END_TEST

GST_START_TEST(capture_times_before_1970_and_of_part_seconds_are_right)
{
  struct Case {
    std::int64_t microseconds;
    const char *text;
  };
  for (const Case &c : {Case{1'795'363'200'250'000, "2026-11-22T16:00:00.250000Z"},
                        Case{-1, "1969-12-31T23:59:59.999999Z"}}) {
    const auto analysis = make_analysis(
        [&](Analysis &a) { a.captured_at = std::chrono::microseconds{c.microseconds}; });
    g_autoptr(GDateTime) captured = gst_gemini_analysis_get_captured_at(analysis.get());
    g_autofree gchar *text = g_date_time_format_iso8601(captured);
    assert_equals_string(text, c.text);
  }
}
GST_END_TEST

GST_START_TEST(scene_without_an_answer_has_no_analysis)
{
  const auto scene =
      Ref<GstGeminiScene>::adopt(gst_gemini_scene_new_private(std::make_shared<const Scene>()));
  fail_unless(gst_gemini_scene_get_analysis(scene.get()) == nullptr);
  fail_unless_equals_uint64(gst_gemini_scene_get_n_objects(scene.get()), 0);
}
GST_END_TEST

GST_START_TEST(object_and_analysis_outlive_their_scene)
{
  auto value = make_value({{.id = 5, .label = "a label longer than any small string buffer"}});
  const std::weak_ptr<const Scene> scene_alive = value;
  const std::weak_ptr<const Analysis> analysis_alive = value->analysis;
  auto scene = Ref<GstGeminiScene>::adopt(gst_gemini_scene_new_private(std::move(value)));
  auto object = object_of(scene, 0);
  auto analysis = Ref<GstGeminiAnalysis>::adopt(gst_gemini_scene_get_analysis(scene.get()));
  auto other = Ref<GstGeminiObject>::adopt(gst_gemini_analysis_get_object(analysis.get(), 0));

  scene = {};
  fail_if(scene_alive.expired());
  assert_equals_string(gst_gemini_object_get_label(object.get()),
                       "a label longer than any small string buffer");
  object = {};
  fail_unless(scene_alive.expired());

  analysis = {};
  fail_if(analysis_alive.expired());
  fail_unless_equals_uint64(gst_gemini_object_get_id(other.get()), 5);
  other = {};
  fail_unless(analysis_alive.expired());
}
GST_END_TEST

GST_START_TEST(boxed_values_share_instead_of_copying)
{
  auto value = make_value();
  const std::weak_ptr<const Scene> alive = value;
  auto scene = Ref<GstGeminiScene>::adopt(gst_gemini_scene_new_private(std::move(value)));
  GValue boxed = G_VALUE_INIT;
  g_value_init(&boxed, GST_TYPE_GEMINI_SCENE);
  g_value_set_boxed(&boxed, scene.get());
  fail_unless(g_value_get_boxed(&boxed) == scene.get());
  scene = {};
  fail_if(alive.expired());
  g_value_unset(&boxed);
  fail_unless(alive.expired());
}
GST_END_TEST

GST_START_TEST(many_threads_may_read_and_share_one_scene)
{
  auto value =
      make_value({{.id = 1, .label = "cat", .box = Rect{0, 0, 1, 1}}, {.id = 2, .label = ""}});
  const std::weak_ptr<const Scene> alive = value;
  {
    const auto scene = Ref<GstGeminiScene>::adopt(gst_gemini_scene_new_private(std::move(value)));
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 4; ++reader) {
      readers.emplace_back([scene] {
        for (guint turn = 0; turn < 1000; ++turn) {
          const Ref<GstGeminiScene> mine = scene;
          const auto object = object_of(mine, turn % 2);
          const auto analysis =
              Ref<GstGeminiAnalysis>::adopt(gst_gemini_scene_get_analysis(mine.get()));
          g_assert_cmpuint(gst_gemini_object_get_id(object.get()), ==, turn % 2 + 1);
          g_assert_cmpuint(gst_gemini_analysis_get_request_id(analysis.get()), ==, 9);
        }
      });
    }
    for (std::thread &reader : readers)
      reader.join();
  }
  fail_unless(alive.expired());
}
GST_END_TEST

GST_START_TEST(wrong_arguments_are_refused)
{
  const auto scene = make_scene({{.id = 1, .label = "", .box = Rect{0, 0, 1, 1}}});
  const auto object = object_of(scene, 0);
  const auto analysis = Ref<GstGeminiAnalysis>::adopt(gst_gemini_scene_get_analysis(scene.get()));
  const auto box_of = [](const GstGeminiObject *of, guint width, guint height) {
    double x = 0;
    return gst_gemini_object_get_box(of, width, height, &x, nullptr, nullptr, nullptr);
  };
  gsize n_values = 0;
  std::array<double, 9> nine{};
  const auto mask_of = [](const GstGeminiObject *of, guint width) {
    return gst_gemini_object_get_mask(of, width, 1, nullptr, nullptr, nullptr, nullptr, nullptr,
                                      nullptr);
  };
  // Each call answers "nothing", as FALSE, 0 or NULL.
  const std::vector<std::function<bool()>> calls{
      [&] { return gst_gemini_scene_get_object(scene.get(), 1) != nullptr; },
      [&] { return gst_gemini_analysis_get_object(analysis.get(), 1) != nullptr; },
      [&] { return gst_gemini_analysis_get_problem(analysis.get(), 0) != nullptr; },
      [&] { return gst_gemini_analysis_get_gone(analysis.get(), 0) != nullptr; },
      [] { return gst_gemini_analysis_get_gone(nullptr, 0) != nullptr; },
      [] { return gst_gemini_analysis_get_n_gone(nullptr) != 0; },
      [] { return gst_gemini_object_get_state(nullptr) != GST_GEMINI_OBJECT_STATE_NEW; },
      [] { return gst_gemini_object_get_age(nullptr) != 0; },
      [] { return gst_gemini_object_get_track_confidence(nullptr) != 0; },
      [&] { return box_of(object.get(), 0, 480) != FALSE; },
      [&] { return box_of(object.get(), 640, 0) != FALSE; },
      [&] { return box_of(nullptr, 640, 480) != FALSE; },
      [&] { return gst_gemini_object_get_point(object.get(), 0, 1, nullptr, nullptr) != FALSE; },
      [&] { return gst_gemini_object_get_point(nullptr, 1, 1, nullptr, nullptr) != FALSE; },
      [&] { return mask_of(object.get(), 0) != nullptr; },
      [&] { return mask_of(nullptr, 1) != nullptr; },
      [&] { return gst_gemini_object_get_ring(object.get(), 0, 1, 1, &n_values) != nullptr; },
      [&] { return gst_gemini_object_get_ring(object.get(), 0, 1, 1, nullptr) != nullptr; },
      [&] { return gst_gemini_object_get_ring(nullptr, 0, 1, 1, &n_values) != nullptr; },
      [] { return gst_gemini_object_get_n_rings(nullptr) != 0; },
      [&] { return read_box_3d({}, nine); },
      [] { return gst_gemini_analysis_get_text(nullptr) != nullptr; },
      [] { return gst_gemini_analysis_get_json(nullptr) != nullptr; },
      [] { return gst_gemini_analysis_get_task(nullptr) != GST_GEMINI_TASK_DETECT; },
      [] { return gst_gemini_object_get_label(nullptr) != nullptr; },
      [] { return gst_gemini_object_get_text(nullptr) != nullptr; },
      [] { return gst_gemini_object_get_parent_id(nullptr, nullptr) != FALSE; },
      [] { return gst_gemini_object_get_parent_label(nullptr) != nullptr; },
      [] { return gst_gemini_object_ref(nullptr) != nullptr; },
      [] { return gst_gemini_scene_ref(nullptr) != nullptr; },
      [] { return gst_gemini_scene_from_buffer(nullptr) != nullptr; },
      [] { return gst_gemini_scene_get_n_objects(nullptr) != 0; },
      [] { return gst_gemini_scene_get_analysis(nullptr) != nullptr; },
      [] { return gst_gemini_analysis_ref(nullptr) != nullptr; },
      [] { return gst_gemini_analysis_get_source(nullptr) != nullptr; },
      [] { return gst_gemini_analysis_to_ndjson(nullptr) != nullptr; },
      [] { return gst_gemini_scene_unref(nullptr), false; },
      [] { return gst_gemini_object_unref(nullptr), false; },
      [] { return gst_gemini_analysis_unref(nullptr), false; },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    bool has_answer = true;
    fail_unless(criticals_of([&] { has_answer = calls[i](); }) == 1, "call %zu", i);
    fail_if(has_answer, "call %zu", i);
  }
}
GST_END_TEST

static Suite *results_suite(void)
{
  Suite *suite = suite_create("results");
  TCase *cases = tcase_create("results");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, box_is_in_pixels_of_the_frame_given);
  tcase_add_test(cases, object_without_a_box_or_confidence_says_so);
  tcase_add_test(cases, an_object_tells_whose_picture_it_was_seen_on);
  tcase_add_test(cases, point_is_in_pixels_of_the_frame_given);
  tcase_add_test(cases, mask_is_shared_and_outlives_its_object);
  tcase_add_test(cases, rings_are_in_pixels_of_the_frame_given);
  tcase_add_test(cases, box_in_space_is_in_metres_and_degrees);
  tcase_add_test(cases, object_without_a_shape_says_so);
  tcase_add_test(cases, answers_in_words_and_json_are_null_where_there_are_none);
  tcase_add_test(cases, tasks_map_one_to_one);
  tcase_add_test(cases, confidence_of_zero_is_not_the_lack_of_one);
  tcase_add_test(cases, analysis_statuses_map_one_to_one);
  tcase_add_test(cases, scene_statuses_map_one_to_one);
  tcase_add_test(cases, object_states_map_one_to_one);
  tcase_add_test(cases, age_is_in_nanoseconds_and_never_below_zero);
  tcase_add_test(cases, what_is_gone_outlives_its_analysis);
  tcase_add_test(cases, failed_analysis_tells_why_and_has_no_objects);
  tcase_add_test(cases, unknown_times_are_none);
  tcase_add_test(cases, capture_times_before_1970_and_of_part_seconds_are_right);
  tcase_add_test(cases, scene_without_an_answer_has_no_analysis);
  tcase_add_test(cases, object_and_analysis_outlive_their_scene);
  tcase_add_test(cases, boxed_values_share_instead_of_copying);
  tcase_add_test(cases, many_threads_may_read_and_share_one_scene);
  tcase_add_test(cases, wrong_arguments_are_refused);
  return suite;
}

GST_CHECK_MAIN(results)
