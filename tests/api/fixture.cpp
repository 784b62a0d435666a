// SPDX-License-Identifier: LGPL-2.1-or-later
// Known results for programs that can only read them.

#include "fixture.h"

#include "gemini/gstgemini-private.hpp"

#include <gst/base/gstbasetransform.h>

GstGeminiScene *gemini_fixture_scene(void)
{
  using namespace std::chrono_literals;
  const std::vector<gemini::Object> objects{
      {.id = 3,
       .label = "person",
       .confidence = 0.9,
       .box = gemini::Rect{0.25, 0.5, 0.5, 0.25},
       .mask = std::make_shared<const gemini::Mask>(
           gemini::Mask{{0.25, 0.5, 0.5, 0.25}, 3, 2, {0, 255, 0, 128, 255, 128}}),
       .polygon = {{{0.25, 0.5}, {0.75, 0.5}, {0.5, 0.75}}, {{0.5, 0.5}, {0.5, 0.625}}},
       .point = gemini::Point{0.5, 0.625},
       .box_3d = gemini::Box3d{{0.5, 2, -0.25}, {1, 0.75, 1.5}, {0, 10, -90}},
       .track = {.state = gemini::TrackState::kept, .age = 1500ms, .confidence = 0.75}},
      {.id = 4,
       .label = "M&M <b>",
       .text = "Red & blue",
       .parent = gemini::Parent{.id = 17, .label = "bowl"}},
  };
  auto analysis = std::make_shared<const gemini::Analysis>(gemini::Analysis{
      .source = "camera-1",
      .request_id = 7,
      .pts = 1s,
      .running_time = 2s,
      .captured_at = std::chrono::microseconds{1'795'363'200'250'000},
      .width = 1280,
      .height = 720,
      .task = gemini::Task::segment,
      .model = "gemini-flash-latest",
      .model_version = "emulator/1",
      .latency = 1234ms,
      .attempts = 1,
      .status = gemini::AnalysisStatus::partial,
      .finish_reason = "MAX_TOKENS",
      .usage = {.prompt = 1290, .output = 210, .thoughts = 3, .cached = 4, .total = 1500},
      .objects = objects,
      .gone = {{.id = 2,
                .label = "bus",
                .box = gemini::Rect{-0.25, 0.5, 0.25, 0.25},
                .track = {.state = gemini::TrackState::left, .age = 3s, .confidence = 0.5}}},
      .text = "A person & sweets",
      .json = R"({"people":1})",
      .problems = {"object 3 has no box"},
  });
  return gst_gemini_scene_new_private(std::make_shared<const gemini::Scene>(
      gemini::Scene{gemini::Scene::Status::partial, objects, std::move(analysis)}));
}

struct GeminiFixture {
  GstBaseTransform parent;
};
struct GeminiFixtureClass {
  GstBaseTransformClass parent_class;
};

static GType gemini_fixture_get_type(void);
G_DEFINE_TYPE(GeminiFixture, gemini_fixture, GST_TYPE_BASE_TRANSFORM)

static GstFlowReturn gemini_fixture_transform_ip(GstBaseTransform *, GstBuffer *buffer)
{
  g_autoptr(GstGeminiScene) scene = gemini_fixture_scene();
  gst_gemini_meta_add(buffer, scene);
  return GST_FLOW_OK;
}

static void gemini_fixture_class_init(GeminiFixtureClass *klass)
{
  static GstStaticPadTemplate sink =
      GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw"));
  static GstStaticPadTemplate src =
      GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw"));
  auto *element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element, &sink);
  gst_element_class_add_static_pad_template(element, &src);
  gst_element_class_set_static_metadata(element, "Fixture", "Filter/Video",
                                        "Puts a known scene on every frame", "gst-gemini");
  GST_BASE_TRANSFORM_CLASS(klass)->transform_ip = gemini_fixture_transform_ip;
}

static void gemini_fixture_init(GeminiFixture *) {}

void gemini_fixture_register(void)
{
  gst_element_register(nullptr, "geminifixture", GST_RANK_NONE, gemini_fixture_get_type());
}
