// SPDX-License-Identifier: LGPL-2.1-or-later
// What must not be seen leaves the overlay covered, or does not leave it.
#include "overlay_fixture.hpp"
#include "support.hpp"
#include "support/convert_frame.hpp"
#include "unmappable_memory.hpp"

#include <chrono>
#include <mutex>
#include <optional>

using namespace gemini;
using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

namespace {

constexpr Rect kBox{0.25, 0.25, 0.5, 0.5};
constexpr Layout kGray{.format = GST_VIDEO_FORMAT_GRAY8};
constexpr std::uint8_t kBlack = 16; // GStreamer takes GRAY8 for full range only where it says so

Object person(std::uint64_t id = 1)
{
  Object object = make_object("person", kBox);
  object.id = id;
  return object;
}

Ref<GstBuffer> frame(const std::vector<Object> &objects, GstClockTime pts = 0)
{
  auto result = make_frame(kGray);
  GST_BUFFER_PTS(result.get()) = pts;
  auto analysis = std::make_shared<Analysis>();
  analysis->running_time = 0s;
  analysis->status = AnalysisStatus::ok;
  add_scene(result, objects, std::move(analysis));
  return result;
}

Ref<GstBuffer> frame_with(Scene::Status status)
{
  auto result = make_frame(kGray);
  auto scene = std::make_shared<Scene>();
  scene->status = status;
  if (status != Scene::Status::pending)
    scene->analysis = std::make_shared<const Analysis>();
  g_autoptr(GstGeminiScene) wrapped = gst_gemini_scene_new_private(std::move(scene));
  gst_gemini_meta_add(result.get(), wrapped);
  return result;
}

// Draws nothing, so that all that changes is covered.
class Redacting : public Overlay {
public:
  explicit Redacting(const char *how, const Layout &layout = kGray) : Overlay(layout)
  {
    gst_util_set_object_arg(G_OBJECT(element()), "show", "0");
    gst_util_set_object_arg(G_OBJECT(element()), "redact", how);
  }
};

std::size_t n_black(const Ref<GstBuffer> &buffer)
{
  const Bytes bytes = bytes_of(buffer);
  return static_cast<std::size_t>(
      std::count_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b <= kBlack; }));
}

constexpr std::size_t kAll = std::size_t{640} * 480;

} // namespace

GST_START_TEST(nobody_is_covered_unless_it_is_asked_for)
{
  const Redacting overlay{"none"};
  fail_unless(is_untouched(overlay.run(frame({person()}))));
}
GST_END_TEST

GST_START_TEST(objects_are_covered_with_their_margin)
{
  const Redacting overlay{"solid"};
  g_object_set(overlay.element(), "redact-margin", 0.0, nullptr);
  fail_unless_equals_uint64(n_black(overlay.run(frame({person()}))), kAll / 4);
  g_object_set(overlay.element(), "redact-margin", 0.1, nullptr); // 32 pixels on each side
  fail_unless_equals_uint64(n_black(overlay.run(frame({person()}))),
                            std::size_t{320 + 64} * (240 + 64));
  g_object_set(overlay.element(), "redact-labels", "cat, Dog", "redact-hold", 0, nullptr);
  fail_unless(is_untouched(overlay.run(frame({person()}, GST_SECOND))));
  g_object_set(overlay.element(), "redact-labels", "PERSON", nullptr);
  fail_if(is_untouched(overlay.run(frame({person()}, GST_SECOND))));
  // What is not drawn is covered all the same.
  g_object_set(overlay.element(), "only-labels", "cat", "min-confidence", 1.0, nullptr);
  fail_if(is_untouched(overlay.run(frame({person()}, GST_SECOND))));
}
GST_END_TEST

GST_START_TEST(each_way_of_covering_leaves_nothing_of_a_stripe)
{
  for (const char *how : {"blur", "pixelate", "solid"}) {
    const Redacting overlay{how};
    auto striped = frame({person()});
    GstMapInfo map;
    fail_unless(gst_buffer_map(striped.get(), &map, GST_MAP_WRITE));
    for (std::size_t i = 0; i < kAll; ++i)
      map.data[i] = i % 2 == 0 ? 0 : 200;
    gst_buffer_unmap(striped.get(), &map);
    const Bytes bytes = bytes_of(overlay.run(std::move(striped)));
    int most = 0;
    for (std::size_t y = 130; y < 350; ++y)
      for (std::size_t x = 170; x < 470; ++x)
        most = std::max(most, std::abs(bytes[y * 640 + x] - bytes[y * 640 + x + 1]));
    fail_unless(most <= 2, "%s leaves steps of %d", how, most);
    fail_unless_equals_int(bytes[0], 0);
    fail_unless_equals_int(bytes[1], 200);
  }
}
GST_END_TEST

GST_START_TEST(labels_are_drawn_over_what_is_covered)
{
  const Overlay overlay{kGray};
  const Bytes drawn = bytes_of(overlay.run(frame({person()})));
  gst_util_set_object_arg(G_OBJECT(overlay.element()), "redact", "solid");
  const Bytes both = bytes_of(overlay.run(frame({person()})));
  const std::size_t edge = 120 * 640 + 320; // of the box
  fail_unless(drawn[edge] != kFill && both[edge] == drawn[edge]);
  fail_unless(both[240 * 640 + 320] <= kBlack);
}
GST_END_TEST

GST_START_TEST(who_is_lost_stays_covered_until_the_stream_jumps)
{
  const Redacting overlay{"solid"};
  overlay.run(frame({person()}));
  fail_if(is_untouched(overlay.run(frame({}, 900 * GST_MSECOND))));
  fail_unless(is_untouched(overlay.run(frame({}, 1100 * GST_MSECOND))));
  overlay.run(frame({person()}, 2 * GST_SECOND));
  gst_harness_push_event(overlay.harness(), gst_event_new_flush_start());
  gst_harness_push_event(overlay.harness(), gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(overlay.harness(), gst_event_new_segment(&segment));
  fail_unless(is_untouched(overlay.run(frame({}, 2 * GST_SECOND))));
}
GST_END_TEST

GST_START_TEST(strict_covers_all_unless_the_answer_is_whole_and_new)
{
  const Redacting overlay{"solid"};
  const auto is_all_black = [&](Ref<GstBuffer> in) {
    return n_black(overlay.run(std::move(in))) == kAll;
  };
  fail_unless(is_untouched(overlay.run(make_frame(kGray))));
  g_object_set(overlay.element(), "redact-strict", TRUE, nullptr);
  fail_unless(is_untouched(overlay.run(frame({}))));
  fail_unless(is_all_black(make_frame(kGray))); // nobody has looked at it
  for (const auto status : {Scene::Status::pending, Scene::Status::partial, Scene::Status::blocked,
                            Scene::Status::failed})
    fail_unless(is_all_black(frame_with(status)), "%s", to_string(status));
  fail_unless(is_untouched(overlay.run(frame({}, GST_SECOND))));
  g_object_set(overlay.element(), "max-age", 1000, nullptr);
  fail_unless(is_untouched(overlay.run(frame({}, GST_SECOND))));
  fail_unless(is_all_black(frame({}, GST_SECOND + 1)));
}
GST_END_TEST

GST_START_TEST(strict_believes_only_who_was_asked_for_places)
{
  const Redacting overlay{"solid"};
  g_object_set(overlay.element(), "redact-strict", TRUE, nullptr);
  for (const Task task : {Task::caption, Task::classify, Task::ask}) {
    auto in = make_frame(kGray);
    auto analysis = std::make_shared<Analysis>();
    analysis->status = AnalysisStatus::ok;
    analysis->task = task;
    add_scene(in, {}, std::move(analysis));
    fail_unless_equals_uint64(n_black(overlay.run(std::move(in))), kAll);
  }
}
GST_END_TEST

GST_START_TEST(whoever_tells_of_somebody_is_believed)
{
  const Redacting overlay{"solid"};
  g_object_set(overlay.element(), "redact-margin", 0.0, "redact-hold", 0, nullptr);
  auto beside = frame({}); // the model has seen nobody
  gst_buffer_add_video_region_of_interest_meta(beside.get(), "person", 160, 120, 320, 240);
  fail_unless_equals_uint64(n_black(overlay.run(std::move(beside))), kAll / 4);
  auto same = frame({person()}, GST_SECOND);
  gst_buffer_add_video_region_of_interest_meta(same.get(), "person", 160, 120, 320, 240);
  fail_unless_equals_uint64(n_black(overlay.run(std::move(same))), kAll / 4);
  auto placeless = make_frame(kGray);
  GST_BUFFER_PTS(placeless.get()) = 2 * GST_SECOND;
  gst_buffer_add_video_region_of_interest_meta(placeless.get(), "person", 0, 0, 0, 0);
  fail_unless_equals_uint64(n_black(overlay.run(std::move(placeless))), kAll);
}
GST_END_TEST

GST_START_TEST(new_caps_uncover_nobody)
{
  Redacting overlay{"solid"};
  overlay.run(frame({person()}));
  const Layout smaller{.format = GST_VIDEO_FORMAT_GRAY8, .width = 320, .height = 240};
  overlay.set_caps(smaller);
  auto next = make_frame(smaller);
  GST_BUFFER_PTS(next.get()) = 40 * GST_MSECOND;
  fail_if(is_untouched(overlay.run(std::move(next))));
}
GST_END_TEST

GST_START_TEST(frames_that_others_hold_are_not_covered_for_them)
{
  const Redacting overlay{"solid"};
  const auto held = frame({person()});
  const auto out = overlay.run(held);
  fail_unless(is_untouched(held));
  fail_if(is_untouched(out));
}
GST_END_TEST

GST_START_TEST(packed_formats_become_black)
{
  // v210 packs six pixels into 16 bytes: GStreamer's own blend draws on it.
  const Layout packed{.format = GST_VIDEO_FORMAT_v210, .width = 320, .height = 240};
  const Redacting overlay{"blur", packed};
  const Layout plain{.format = GST_VIDEO_FORMAT_GRAY8, .width = 320, .height = 240};
  const GstVideoInfo info = info_of(packed);
  const GstVideoInfo gray = info_of(plain);
  auto in = make_frame(packed);
  fail_unless(convert_frame(make_frame(plain).get(), gray, in.get(), info));
  add_scene(in, {person()});
  const auto out = overlay.run(std::move(in));
  const auto converted =
      Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, gray.size, nullptr));
  fail_unless(convert_frame(out.get(), info, converted.get(), gray));
  const Bytes bytes = bytes_of(converted);
  for (std::size_t y = 60; y < 180; y += 7)
    for (std::size_t x = 80; x < 240; x += 5)
      fail_unless(bytes[y * 320 + x] <= kBlack + 1, "%d at %zu,%zu", bytes[y * 320 + x], x, y);
  fail_unless(std::abs(bytes[0] - kFill) <= 2);
}
GST_END_TEST

GST_START_TEST(frames_that_cannot_be_covered_do_not_leave)
{
  g_autoptr(GstBus) bus = gst_bus_new();
  const Redacting overlay{"solid", {}};
  gst_element_set_bus(overlay.element(), bus);
  auto harmless = unmappable_frame(info_of(Layout{}).size);
  add_scene(harmless, {});
  fail_unless(overlay.run(harmless).get() == harmless.get());
  auto in = unmappable_frame(info_of(Layout{}).size);
  add_scene(in, {person()});
  fail_unless(overlay.run(std::move(in)).get() == nullptr);
  g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
  fail_unless(message != nullptr);
  gst_element_set_bus(overlay.element(), nullptr);
}
GST_END_TEST

// Before the first answer and after each that fails.
GST_START_TEST(strict_shows_nothing_of_a_film_that_nobody_answers)
{
  struct {
    const char *mode;
    const char *source; // in live mode frames must still come when the answers do not
  } cases[] = {{"live", "is-live=true"}, {"accurate", ""}};
  for (const auto &c : cases) {
    Emulator emulator{{.faults = "* status 503\n"}};
    Pipeline pipeline{std::string{"videotestsrc pattern=snow num-buffers=30 "} + c.source + " ! " +
                          kCaps +
                          " ! {} ! geminioverlay redact=solid redact-strict=true show=0 ! fakesink "
                          "name=out signal-handoffs=true sync=false",
                      emulator.url(), std::string{"retries=0 mode="} + c.mode};
    struct Seen {
      std::mutex mutex;
      unsigned n_frames = 0;
      unsigned n_bright = 0; // with anything on them
    } seen;
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "out");
    g_signal_connect(
        sink, "handoff", G_CALLBACK(+[](GstElement *, GstBuffer *buffer, GstPad *, Seen *all) {
          GstMapInfo map;
          fail_unless(gst_buffer_map(buffer, &map, GST_MAP_READ));
          const auto *end = map.data + std::size_t{320} * 240;
          const bool is_bright = std::any_of(const_cast<const guint8 *>(map.data), end,
                                             [](guint8 luma) { return luma > kBlack; });
          gst_buffer_unmap(buffer, &map);
          const std::lock_guard lock{all->mutex};
          ++all->n_frames;
          all->n_bright += is_bright ? 1 : 0;
        }),
        &seen);
    fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    const std::lock_guard lock{seen.mutex};
    fail_unless_equals_int(static_cast<int>(seen.n_frames), 30);
    fail_unless_equals_int(static_cast<int>(seen.n_bright), 0);
    const auto frames = pipeline.frames();
    fail_unless(std::any_of(frames.begin(), frames.end(), [](const Pipeline::Frame &frame) {
      return frame.status == GST_GEMINI_SCENE_STATUS_FAILED;
    }));
  }
}
GST_END_TEST

static Suite *redact_suite()
{
  Suite *suite = suite_create("redact");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, nobody_is_covered_unless_it_is_asked_for);
  tcase_add_test(tcase, objects_are_covered_with_their_margin);
  tcase_add_test(tcase, each_way_of_covering_leaves_nothing_of_a_stripe);
  tcase_add_test(tcase, labels_are_drawn_over_what_is_covered);
  tcase_add_test(tcase, who_is_lost_stays_covered_until_the_stream_jumps);
  tcase_add_test(tcase, strict_covers_all_unless_the_answer_is_whole_and_new);
  tcase_add_test(tcase, strict_believes_only_who_was_asked_for_places);
  tcase_add_test(tcase, whoever_tells_of_somebody_is_believed);
  tcase_add_test(tcase, new_caps_uncover_nobody);
  tcase_add_test(tcase, frames_that_others_hold_are_not_covered_for_them);
  tcase_add_test(tcase, packed_formats_become_black);
  tcase_add_test(tcase, frames_that_cannot_be_covered_do_not_leave);
  tcase_add_test(tcase, strict_shows_nothing_of_a_film_that_nobody_answers);
  return suite;
}

GST_CHECK_MAIN(redact)
