// SPDX-License-Identifier: LGPL-2.1-or-later
// Parts of a frame: what of it is really sent, and where the answers land.
#include "sent_pictures.hpp"
#include "wire/ndjson_read.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

using namespace gemini::test;
using gemini::emulator::Emulator;
using gemini::emulator::Picture;

namespace {

// Two shapes, each in the middle of what a detector has found.
const std::vector<Shape> kShapes = {{40, 40, 40, 30, 200, 30, 30}, {200, 120, 60, 50, 30, 60, 200}};
const std::vector<Found> kFound = {{"crate", 17, 20, 20, 80, 70}, {"Van", 0, 180, 100, 100, 90}};

gemini::Analysis read(const std::string &line)
{
  const auto analysis = gemini::wire::from_ndjson(line);
  fail_unless(bool{analysis}, "%s", line.c_str());
  return *analysis;
}

std::string describe(const gemini::Object &object)
{
  std::string text = object.label;
  if (object.box)
    text += " " + std::to_string(std::lround(object.box->x * 320)) + "," +
            std::to_string(std::lround(object.box->y * 240)) + " " +
            std::to_string(std::lround(object.box->w * 320)) + "x" +
            std::to_string(std::lround(object.box->h * 240));
  return text;
}

// Within two pixels on each side.
bool is_at(const gemini::Object &object, const Shape &shape)
{
  const auto near = [](double a, double b) { return std::abs(a - b) <= 2; };
  return object.box && near(object.box->x * 320, shape.x) && near(object.box->y * 240, shape.y) &&
         near(object.box->right() * 320, shape.x + shape.w) &&
         near(object.box->bottom() * 240, shape.y + shape.h);
}

void check_at(const gemini::Object &object, const Shape &shape)
{
  fail_unless(is_at(object, shape), "%s", describe(object).c_str());
}

void check_size(const Picture &picture, int width, int height)
{
  fail_unless(picture.width == width && picture.height == height, "%dx%d instead of %dx%d",
              picture.width, picture.height, width, height);
}

// Sends one and takes it back when it is answered.
GstBuffer *answered(Analyzer &analyzer, const std::vector<Found> &found, GstClockTime pts = 0)
{
  fail_unless_equals_int(
      gst_harness_push(analyzer.harness(), draw_found(kCaps, kShapes, found, pts)), GST_FLOW_OK);
  GstBuffer *out = analyzer.pull();
  fail_unless(out != nullptr);
  return out;
}

std::vector<const GstVideoRegionOfInterestMeta *> regions_on(GstBuffer *frame)
{
  std::vector<const GstVideoRegionOfInterestMeta *> regions;
  gpointer state = nullptr;
  while (GstMeta *meta = gst_buffer_iterate_meta_filtered(
             frame, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))
    regions.push_back(reinterpret_cast<const GstVideoRegionOfInterestMeta *>(meta));
  return regions;
}

} // namespace

GST_START_TEST(a_region_is_sent_alone_and_its_results_lie_on_the_frame)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate region=0.5,0.25,0.5,0.75"};
  g_autoptr(GstBuffer) out = answered(analyzer, {});
  const auto pictures = pictures_of(emulator.requests().at(0));
  fail_unless_equals_uint64(pictures.size(), 1);
  check_size(pictures[0], 160, 180);
  const auto analysis = read(analyzer.wait_for_analysis());
  fail_unless(analysis.width == 320 && analysis.height == 240);
  fail_unless_equals_uint64(analysis.objects.size(), 1);
  check_at(analysis.objects[0], kShapes[1]);
  fail_unless(!analysis.objects[0].parent);
  fail_unless_equals_int(static_cast<int>(n_objects(out)), 1);
}
GST_END_TEST

GST_START_TEST(each_crop_is_a_part_of_one_request)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections jpeg-quality=100"};
  g_autoptr(GstBuffer) out = answered(analyzer, kFound);
  fail_unless_equals_uint64(emulator.requests().size(), 1);
  const auto request = emulator.requests().at(0);
  const auto pictures = pictures_of(request);
  fail_unless_equals_uint64(pictures.size(), 2);
  check_size(pictures[0], 80, 70);
  check_size(pictures[1], 100, 90);
  // The colour in the middle tells which is which.
  fail_unless(pictures[0].at(40, 35)[0] > 150 && pictures[0].at(40, 35)[2] < 100);
  fail_unless(pictures[1].at(50, 45)[0] < 100 && pictures[1].at(50, 45)[2] > 150);
  fail_unless(prompt_of(request).find("2 images are crops of one picture") != std::string::npos,
              "%s", prompt_of(request).c_str());

  const auto analysis = read(analyzer.wait_for_analysis());
  fail_unless(analysis.status == gemini::AnalysisStatus::ok);
  fail_unless_equals_uint64(analysis.objects.size(), 2);
  check_at(analysis.objects[0], kShapes[0]);
  fail_unless(analysis.objects[0].parent == (gemini::Parent{.id = 17, .label = "crate"}));
  check_at(analysis.objects[1], kShapes[1]);
  fail_unless(analysis.objects[1].parent == (gemini::Parent{.id = std::nullopt, .label = "Van"}));
  fail_unless(analysis.objects[0].id != analysis.objects[1].id);
  fail_unless(analysis.usage.total > 0);

  // Beside the regions of upstream, which stay.
  const auto regions = regions_on(out);
  fail_unless_equals_uint64(regions.size(), 4);
  fail_unless_equals_int(regions[0]->id, 17);
  fail_unless_equals_int(regions[2]->parent_id, 17);
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(out);
  g_autoptr(GstGeminiObject) hat = gst_gemini_scene_get_object(scene, 0);
  guint64 parent = 0;
  fail_unless(gst_gemini_object_get_parent_id(hat, &parent));
  fail_unless_equals_uint64(parent, 17);
  fail_unless_equals_string(gst_gemini_object_get_parent_label(hat), "crate");
}
GST_END_TEST

GST_START_TEST(a_single_crop_is_an_image_like_any_other)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections region-labels=VAN"};
  g_autoptr(GstBuffer) out = answered(analyzer, kFound);
  const auto request = emulator.requests().at(0);
  fail_unless_equals_uint64(pictures_of(request).size(), 1);
  fail_unless(prompt_of(request).find("crop") == std::string::npos);
  const auto analysis = read(analyzer.wait_for_analysis());
  fail_unless_equals_uint64(analysis.objects.size(), 1);
  check_at(analysis.objects[0], kShapes[1]);
  fail_unless(analysis.objects[0].parent->label == "Van");
}
GST_END_TEST

GST_START_TEST(nothing_to_ask_costs_no_request)
{
  Emulator emulator;
  {
    Analyzer analyzer{emulator.url(), "mode=accurate regions=detections region-min-size=81"};
    g_autoptr(GstBuffer) out = answered(analyzer, {});
    fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_PENDING);
    g_autoptr(GstBuffer) small = answered(analyzer, {kFound[0]}, GST_SECOND);
    fail_unless_equals_int(scene_status(small), GST_GEMINI_SCENE_STATUS_PENDING);
    // The frames between belong to it.
    g_autoptr(GstBuffer) next = answered(analyzer, kFound, GST_SECOND * 3 / 2);
    fail_unless_equals_int(scene_status(next), GST_GEMINI_SCENE_STATUS_PENDING);
    g_autoptr(GstBuffer) large = answered(analyzer, kFound, 2 * GST_SECOND);
    fail_unless_equals_int(scene_status(large), GST_GEMINI_SCENE_STATUS_OK);
    fail_unless_equals_uint64(analyzer.stat("skipped-regions"), 2);
    fail_unless_equals_uint64(analyzer.stat("samples"), 1);
    fail_unless_equals_uint64(analyzer.stat("requests"), 1);
  }
  Analyzer live{emulator.url(), "mode=live regions=detections"};
  g_autoptr(GstBuffer) out = live.pass(0);
  fail_unless_equals_uint64(live.stat("skipped-regions"), 1);
  fail_unless_equals_uint64(emulator.requests().size(), 1);
}
GST_END_TEST

GST_START_TEST(more_boxes_than_are_asked_about_are_counted)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections max-regions=1"};
  g_autoptr(GstBuffer) out = answered(analyzer, kFound);
  const auto pictures = pictures_of(emulator.requests().at(0));
  fail_unless_equals_uint64(pictures.size(), 1);
  check_size(pictures[0], 100, 90);
  fail_unless_equals_uint64(analyzer.stat("regions-left-out"), 1);
}
GST_END_TEST

GST_START_TEST(captions_and_answers_of_crops_are_objects_with_a_text)
{
  const std::string texts = R"([{"image":1,"result":"A red box."},{"image":2,"result":"Blue."}])";
  Emulator emulator{{.faults = says(1, texts) + says(2, texts)}};
  for (const char *task : {"task=caption", "task=ask prompt=\"What is it?\""}) {
    Analyzer analyzer{emulator.url(), std::string{"mode=accurate regions=detections "} + task};
    g_autoptr(GstBuffer) out = answered(analyzer, kFound);
    const auto analysis = read(analyzer.wait_for_analysis());
    fail_unless(analysis.status == gemini::AnalysisStatus::ok && !analysis.text, "%s", task);
    fail_unless_equals_uint64(analysis.objects.size(), 2);
    const auto &[first, second] = std::tie(analysis.objects[0], analysis.objects[1]);
    fail_unless(describe(first) == "crate 20,20 80x70", "%s", describe(first).c_str());
    fail_unless(first.text == "A red box." && first.parent->id == 17);
    fail_unless(describe(second) == "Van 180,100 100x90", "%s", describe(second).c_str());
    fail_unless(second.text == "Blue." && second.parent->label == "Van");
  }
}
GST_END_TEST

GST_START_TEST(classes_of_crops_have_the_box_of_the_parent)
{
  const std::string text = R"([{"image":1,"result":[{"label":"parcel","confidence":0.9}]},)"
                           R"({"image":2,"result":[{"label":"lorry"},{"label":"blue"}]}])";
  Emulator emulator{{.faults = says(1, text)}};
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections task=classify"};
  g_autoptr(GstBuffer) out = answered(analyzer, kFound);
  const auto objects = read(analyzer.wait_for_analysis()).objects;
  fail_unless_equals_uint64(objects.size(), 3);
  fail_unless(describe(objects[0]) == "parcel 20,20 80x70");
  fail_unless(describe(objects[1]) == "lorry 180,100 100x90");
  fail_unless(describe(objects[2]) == "blue 180,100 100x90" && objects[2].parent->label == "Van");
}
GST_END_TEST

GST_START_TEST(masks_on_crops_lie_on_the_frame)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections task=segment"};
  g_autoptr(GstBuffer) out = answered(analyzer, kFound);
  const auto objects = read(analyzer.wait_for_analysis()).objects;
  fail_unless_equals_uint64(objects.size(), 2);
  for (std::size_t i = 0; i < 2; ++i) {
    fail_unless(objects[i].mask != nullptr);
    gemini::Object mask;
    mask.box = objects[i].mask->rect;
    check_at(mask, kShapes[i]);
    // In pixels of the frame.
    fail_unless(std::abs(objects[i].mask->width - kShapes[i].w) <= 3, "%d", objects[i].mask->width);
  }
}
GST_END_TEST

GST_START_TEST(a_crop_without_an_answer_makes_the_frame_partial)
{
  Emulator emulator{{.faults = says(1, R"([{"image":2,"result":)" + one_object("a") + "}]")}};
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections"};
  g_autoptr(GstBuffer) out = answered(analyzer, kFound);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_PARTIAL);
  const auto analysis = read(analyzer.wait_for_analysis());
  fail_unless(analysis.status == gemini::AnalysisStatus::partial && !analysis.failure);
  fail_unless_equals_uint64(analysis.objects.size(), 1);
  fail_unless(analysis.objects[0].parent->label == "Van");
  const auto &problems = analysis.problems;
  fail_unless(std::any_of(problems.begin(), problems.end(),
                          [](const std::string &problem) {
                            return problem.starts_with("crop 1 of 2 (crate 17): ");
                          }),
              "%s", problems.empty() ? "none" : problems[0].c_str());
}
GST_END_TEST

GST_START_TEST(crops_that_nothing_is_said_about_are_a_failure)
{
  Emulator emulator{{.faults = says(1, "I cannot see anything.")}};
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections"};
  g_autoptr(GstBuffer) out = answered(analyzer, kFound);
  fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_FAILED);
  const auto analysis = read(analyzer.wait_for_analysis());
  fail_unless(analysis.failure && analysis.failure->kind == gemini::FailureKind::bad_reply);
  fail_unless(analysis.usage.total > 0);
}
GST_END_TEST

GST_START_TEST(frames_per_request_counts_frames_not_crops)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections frames-per-request=2"};
  for (const GstClockTime pts : {GstClockTime{0}, GstClockTime{GST_SECOND}})
    fail_unless_equals_int(
        gst_harness_push(analyzer.harness(), draw_found(kCaps, kShapes, kFound, pts)), GST_FLOW_OK);
  for (int i = 0; i < 2; ++i) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless_equals_int(static_cast<int>(n_objects(out)), 2);
  }
  fail_unless_equals_uint64(emulator.requests().size(), 1);
  const auto request = emulator.requests().at(0);
  fail_unless_equals_uint64(pictures_of(request).size(), 4);
  fail_unless(prompt_of(request).find("4 images are crops of 2 pictures") != std::string::npos);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    const auto analysis = read(analyzer.wait_for_analysis());
    fail_unless_equals_uint64(analysis.request_id, i);
    fail_unless_equals_uint64(analysis.objects.size(), 2);
    check_at(analysis.objects[0], kShapes[0]);
    check_at(analysis.objects[1], kShapes[1]);
  }
  fail_unless_equals_uint64(analyzer.stat("answers"), 2);
}
GST_END_TEST

GST_START_TEST(an_object_is_asked_about_once)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate regions=detections once-per-object=true"};
  g_autoptr(GstBuffer) both = answered(analyzer, kFound, 0);
  g_autoptr(GstBuffer) second = answered(analyzer, kFound, GST_SECOND);
  g_autoptr(GstBuffer) none = answered(analyzer, {kFound[0]}, 2 * GST_SECOND);
  fail_unless_equals_uint64(emulator.requests().size(), 2);
  const auto pictures = pictures_of(emulator.requests().at(1));
  fail_unless_equals_uint64(pictures.size(), 1);
  check_size(pictures[0], 100, 90); // the one without an id
  fail_unless_equals_uint64(analyzer.stat("skipped-regions"), 1);

  // After a flush its ids may mean others.
  gst_harness_push_event(analyzer.harness(), gst_event_new_flush_start());
  gst_harness_push_event(analyzer.harness(), gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(analyzer.harness(), gst_event_new_segment(&segment));
  g_autoptr(GstBuffer) again = answered(analyzer, {kFound[0]}, 0);
  fail_unless_equals_uint64(emulator.requests().size(), 3);
}
GST_END_TEST

GST_START_TEST(a_failed_question_about_an_object_is_asked_again)
{
  Emulator emulator{{.faults = "1 status 503\n"}};
  Analyzer analyzer{emulator.url(),
                    "mode=accurate regions=detections once-per-object=true retries=0"};
  g_autoptr(GstBuffer) failed = answered(analyzer, {kFound[0]}, 0);
  fail_unless_equals_int(scene_status(failed), GST_GEMINI_SCENE_STATUS_FAILED);
  g_autoptr(GstBuffer) asked = answered(analyzer, {kFound[0]}, GST_SECOND);
  fail_unless_equals_int(scene_status(asked), GST_GEMINI_SCENE_STATUS_OK);
  g_autoptr(GstBuffer) third = answered(analyzer, {kFound[0]}, 2 * GST_SECOND);
  fail_unless_equals_uint64(emulator.requests().size(), 2);
}
GST_END_TEST

GST_START_TEST(a_bad_region_is_refused_at_start_and_leaves_the_old_one_later)
{
  Emulator emulator;
  {
    Pipeline pipeline{std::string{"videotestsrc num-buffers=2 ! "} + kCaps +
                          " ! {} ! fakesink sync=false",
                      emulator.url(), "region=0.5,0.5,0.6,0.5"};
    fail_unless(!pipeline.run());
    fail_unless(pipeline.error().find("region: \"0.5,0.5,0.6,0.5\"") != std::string::npos, "%s",
                pipeline.error().c_str());
    fail_unless_equals_uint64(emulator.requests().size(), 0);
  }
  Analyzer analyzer{emulator.url(), "mode=accurate region=0.5,0,0.5,1"};
  g_autoptr(GstBuffer) first = answered(analyzer, {}, 0);
  g_object_set(analyzer.element(), "region", "0.5,0,0.5", nullptr);
  g_autoptr(GstMessage) warning = analyzer.wait_for(GST_MESSAGE_WARNING);
  fail_unless(warning != nullptr);
  g_autoptr(GstBuffer) second = answered(analyzer, {}, GST_SECOND);
  g_object_set(analyzer.element(), "region", "0,0,0.25,1", nullptr);
  g_autoptr(GstBuffer) third = answered(analyzer, {}, 2 * GST_SECOND);
  const int widths[] = {160, 160, 80};
  for (std::size_t i = 0; i < 3; ++i)
    check_size(pictures_of(emulator.requests().at(i)).at(0), widths[i], 240);
}
GST_END_TEST

GST_START_TEST(the_second_of_two_analyzers_asks_about_the_objects_of_the_first)
{
  Emulator emulator;
  Pipeline pipeline{std::string{"appsrc name=src format=time caps=\""} + kCaps +
                        "\" ! geminianalyzer name=first mode=accurate api-key=emulator-key "
                        "base-url=" +
                        emulator.url() + " ! {} ! appsink name=sink sync=false",
                    emulator.url(),
                    "mode=accurate regions=detections region-min-size=16 task=caption"};
  pipeline.play();
  g_autoptr(GstElement) src = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "src");
  g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "sink");
  GstFlowReturn flow = GST_FLOW_ERROR;
  g_autoptr(GstBuffer) frame = draw_found(kCaps, kShapes, {});
  g_signal_emit_by_name(src, "push-buffer", frame, &flow);
  fail_unless_equals_int(flow, GST_FLOW_OK);
  GstSample *pulled = nullptr;
  g_signal_emit_by_name(sink, "try-pull-sample", 20 * GST_SECOND, &pulled);
  fail_unless(pulled != nullptr);
  g_autoptr(GstSample) sample = pulled;
  GstBuffer *out = gst_sample_get_buffer(sample);

  // The scene is that of the second; what the first has found stays as regions.
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(out);
  fail_unless_equals_int(static_cast<int>(gst_gemini_scene_get_n_objects(scene)), 2);
  for (guint i = 0; i < 2; ++i) {
    g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, i);
    guint64 parent = 0;
    fail_unless(gst_gemini_object_get_parent_id(object, &parent) && parent > 0);
    fail_unless(gst_gemini_object_get_text(object) != nullptr);
    const std::string label = gst_gemini_object_get_label(object);
    fail_unless(label == gst_gemini_object_get_parent_label(object));
    fail_unless(label.find("rectangle") != std::string::npos, "%s", label.c_str());
  }
  const auto regions = regions_on(out);
  fail_unless_equals_uint64(regions.size(), 4);
  for (std::size_t i = 0; i < 2; ++i)
    fail_unless_equals_int(regions[i + 2]->parent_id, regions[i]->id);
}
GST_END_TEST

GST_START_TEST(a_streamed_answer_about_a_single_crop_grows_on_the_frame)
{
  const std::string text = R"([{"box_2d":[0,0,500,500],"label":"a"},)"
                           R"({"box_2d":[500,500,1000,1000],"label":"b"}])";
  Emulator emulator{{.stream_delay_ms = 30, .faults = says(1, text)}};
  Analyzer analyzer{emulator.url(), "mode=live stream=true regions=detections"};
  fail_unless_equals_int(
      gst_harness_push(analyzer.harness(), draw_found(kCaps, kShapes, {kFound[0]})), GST_FLOW_OK);
  gst_buffer_unref(gst_harness_pull(analyzer.harness()));
  bool has_grown = false;
  for (;;) {
    const auto analysis = read(analyzer.wait_for_analysis());
    fail_unless(!analysis.objects.empty());
    check_at(analysis.objects[0], {20, 20, 40, 35, 0, 0, 0});
    fail_unless(analysis.objects[0].parent && analysis.objects[0].parent->id == 17);
    has_grown = has_grown || analysis.is_growing;
    if (!analysis.is_growing) {
      fail_unless_equals_uint64(analysis.objects.size(), 2);
      break;
    }
  }
  fail_unless(has_grown);
}
GST_END_TEST

// Several are shown when all of them are there.
GST_START_TEST(a_streamed_answer_about_several_crops_comes_whole)
{
  Emulator emulator{{.stream_delay_ms = 5}};
  Analyzer analyzer{emulator.url(), "mode=live stream=true regions=detections"};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), draw_found(kCaps, kShapes, kFound)),
                         GST_FLOW_OK);
  gst_buffer_unref(gst_harness_pull(analyzer.harness()));
  const auto analysis = read(analyzer.wait_for_analysis());
  fail_unless(!analysis.is_growing);
  fail_unless_equals_uint64(analysis.objects.size(), 2);
}
GST_END_TEST

GST_START_TEST(a_request_has_no_more_pictures_than_the_service_takes)
{
  constexpr guint kBoxes = 60;
  constexpr guint kFrames = 62; // 3720 crops, where 3600 are taken
  Emulator emulator{{.vision = gemini::emulator::Vision::none}};
  Analyzer analyzer{emulator.url(),
                    "mode=accurate analysis-rate=10/1 regions=detections region-min-size=8 "
                    "max-regions=100 frames-per-request=64 jpeg-quality=10 "
                    "media-resolution=low max-latency=60000 eos-timeout=60000"};
  std::vector<Found> found;
  for (guint i = 0; i < kBoxes; ++i)
    found.push_back({"thing", 0, 8 * (i % 30), 8 * (i / 30), 8, 8});
  for (guint i = 0; i < kFrames; ++i)
    fail_unless_equals_int(
        gst_harness_push(analyzer.harness(), draw_found(kCaps, {}, found, i * GST_SECOND / 10)),
        GST_FLOW_OK);
  gst_harness_push_event(analyzer.harness(), gst_event_new_eos());
  for (guint i = 0; i < kFrames; ++i) {
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr);
    fail_unless_equals_int(scene_status(out), GST_GEMINI_SCENE_STATUS_OK);
  }
  const auto requests = emulator.requests();
  fail_unless_equals_uint64(requests.size(), 2);
  std::vector<int> parts;
  for (const auto &request : requests)
    parts.push_back(json_count(request.body, "$.contents[0].parts[*].inlineData"));
  std::sort(parts.begin(), parts.end()); // the small one is there first
  fail_unless(parts == (std::vector<int>{120, 3600}), "%d and %d", parts[0], parts[1]);
}
GST_END_TEST

static Suite *regions_suite()
{
  Suite *suite = suite_create("regions");
  TCase *tcase = tcase_create("regions");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_region_is_sent_alone_and_its_results_lie_on_the_frame);
  tcase_add_test(tcase, each_crop_is_a_part_of_one_request);
  tcase_add_test(tcase, a_single_crop_is_an_image_like_any_other);
  tcase_add_test(tcase, nothing_to_ask_costs_no_request);
  tcase_add_test(tcase, more_boxes_than_are_asked_about_are_counted);
  tcase_add_test(tcase, captions_and_answers_of_crops_are_objects_with_a_text);
  tcase_add_test(tcase, classes_of_crops_have_the_box_of_the_parent);
  tcase_add_test(tcase, masks_on_crops_lie_on_the_frame);
  tcase_add_test(tcase, a_crop_without_an_answer_makes_the_frame_partial);
  tcase_add_test(tcase, crops_that_nothing_is_said_about_are_a_failure);
  tcase_add_test(tcase, frames_per_request_counts_frames_not_crops);
  tcase_add_test(tcase, an_object_is_asked_about_once);
  tcase_add_test(tcase, a_failed_question_about_an_object_is_asked_again);
  tcase_add_test(tcase, a_bad_region_is_refused_at_start_and_leaves_the_old_one_later);
  tcase_add_test(tcase, the_second_of_two_analyzers_asks_about_the_objects_of_the_first);
  tcase_add_test(tcase, a_streamed_answer_about_a_single_crop_grows_on_the_frame);
  tcase_add_test(tcase, a_streamed_answer_about_several_crops_comes_whole);
  tcase_add_test(tcase, a_request_has_no_more_pictures_than_the_service_takes);
  return suite;
}
GST_CHECK_MAIN(regions)
