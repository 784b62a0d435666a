// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of geminianalyzer share.
#include "support.hpp"

#include "support/convert_frame.hpp"

#include <algorithm>

namespace gemini::test {

namespace {

constexpr GstClockTime kPatience = kSlowness * 20 * GST_SECOND;

GstHarness *make_harness(const std::string &url, const std::string &properties)
{
  const std::string launch = "geminianalyzer name=gemini api-key=emulator-key tracking=none "
                             "base-url=" +
                             url + " " + properties;
  g_autoptr(GstElement) element = gst_parse_launch(launch.c_str(), nullptr);
  fail_unless(element != nullptr, "cannot make %s", launch.c_str());
  return gst_harness_new_with_element(element, "sink", "src");
}

} // namespace

Analyzer::Analyzer(const std::string &url, const std::string &properties, const std::string &caps)
    : bus_(gst_bus_new()), harness_(make_harness(url, properties))
{
  gst_element_set_bus(harness_->element, bus_);
  gst_harness_set_src_caps_str(harness_, caps.c_str());
  g_autoptr(GstCaps) parsed = gst_caps_from_string(caps.c_str());
  fail_unless(gst_video_info_from_caps(&info_, parsed));
  g_autoptr(GstPad) src = gst_element_get_static_pad(harness_->element, "src");
  gst_pad_add_probe(
      src, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad *, GstPadProbeInfo *, gpointer handover) {
        const std::lock_guard lock{*static_cast<std::mutex *>(handover)};
        return GST_PAD_PROBE_OK;
      },
      &handover_, nullptr);
}

Analyzer::~Analyzer()
{
  gst_bus_set_flushing(bus_, TRUE);
  gst_harness_teardown(harness_);
  gst_object_unref(bus_);
}

GstBuffer *Analyzer::frame(GstClockTime pts) const
{
  GstBuffer *buffer = draw(info_, {});
  GST_BUFFER_PTS(buffer) = pts;
  return buffer;
}

GstBuffer *Analyzer::pass(GstClockTime pts)
{
  fail_unless_equals_int(gst_harness_push(harness_, frame(pts)), GST_FLOW_OK);
  GstBuffer *out = gst_harness_try_pull(harness_);
  fail_unless(out != nullptr, "the frame at %" GST_TIME_FORMAT " was held", GST_TIME_ARGS(pts));
  fail_unless_equals_uint64(GST_BUFFER_PTS(out), pts);
  return out;
}

GstBuffer *Analyzer::pull()
{
  GstBuffer *out = gst_harness_pull(harness_);
  const std::lock_guard lock{handover_};
  return out;
}

GstMessage *Analyzer::wait_for(GstMessageType type)
{
  return gst_bus_timed_pop_filtered(bus_, kPatience, type);
}

std::string Analyzer::wait_for_analysis()
{
  for (;;) {
    g_autoptr(GstMessage) message = wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr, "no analysis was posted");
    const GstStructure *structure = gst_message_get_structure(message);
    if (gst_structure_has_name(structure, "gemini-analysis"))
      return gst_structure_get_string(structure, "json");
  }
}

std::uint64_t stat_of(GstElement *element, const char *name)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  guint64 value = 0;
  fail_unless(gst_structure_get_uint64(stats, name, &value), "stats have no %s", name);
  return value;
}

std::uint64_t failures_of(GstElement *element, const char *kind)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_autoptr(GstStructure) failures = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  fail_unless(gst_structure_get(stats, "failures", GST_TYPE_STRUCTURE, &failures, nullptr));
  guint64 value = 0;
  fail_unless(gst_structure_get_uint64(failures, kind, &value), "no failures of kind %s", kind);
  return value;
}

std::uint64_t Analyzer::stat(const char *name) const
{
  return stat_of(element(), name);
}

Pipeline::Pipeline(const std::string &launch, const std::string &url, const std::string &properties)
{
  std::string text = launch;
  text.replace(text.find("{}"), 2,
               "geminianalyzer name=gemini api-key=emulator-key base-url=" + url + " " +
                   properties);
  g_autoptr(GError) error = nullptr;
  pipeline_ = gst_parse_launch(text.c_str(), &error);
  fail_unless(pipeline_ && !error, "cannot make %s: %s", text.c_str(), error ? error->message : "");
  analyzer_ = gst_bin_get_by_name(GST_BIN(pipeline_), "gemini");
  bus_ = gst_element_get_bus(pipeline_);

  g_autoptr(GstPad) sink = gst_element_get_static_pad(analyzer_, "sink");
  g_autoptr(GstPad) src = gst_element_get_static_pad(analyzer_, "src");
  gst_pad_add_probe(
      sink, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad *, GstPadProbeInfo *, gpointer self) {
        auto *pipeline = static_cast<Pipeline *>(self);
        const std::lock_guard lock{pipeline->mutex_};
        ++pipeline->n_in_;
        pipeline->max_held_ = std::max(
            pipeline->max_held_, pipeline->n_in_ - static_cast<unsigned>(pipeline->frames_.size()));
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
  gst_pad_add_probe(
      src, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad *, GstPadProbeInfo *info, gpointer self) {
        auto *pipeline = static_cast<Pipeline *>(self);
        GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
        const Frame frame{GST_BUFFER_PTS(buffer), gemini::test::scene_status(buffer),
                          gemini::test::n_objects(buffer), scene_request(buffer),
                          scene_sample(buffer)};
        const std::lock_guard lock{pipeline->mutex_};
        pipeline->frames_.push_back(frame);
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
}

Pipeline::~Pipeline()
{
  gst_element_set_state(pipeline_, GST_STATE_NULL);
  gst_object_unref(bus_);
  gst_object_unref(analyzer_);
  gst_object_unref(pipeline_);
}

void Pipeline::play()
{
  gst_element_set_state(pipeline_, GST_STATE_PLAYING);
}

bool Pipeline::run()
{
  play();
  g_autoptr(GstMessage) end =
      wait_for(static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  fail_unless(end != nullptr, "the pipeline did not end");
  return GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS;
}

GstMessage *Pipeline::wait_for(GstMessageType types)
{
  while (GstMessage *message = gst_bus_timed_pop(bus_, kPatience)) {
    remember(message);
    if (GST_MESSAGE_TYPE(message) & types)
      return message;
    gst_message_unref(message);
  }
  return nullptr;
}

void Pipeline::remember(GstMessage *message)
{
  g_autoptr(GError) error = nullptr;
  const GstStructure *structure = gst_message_get_structure(message);
  switch (GST_MESSAGE_TYPE(message)) {
  case GST_MESSAGE_WARNING:
    gst_message_parse_warning(message, &error, nullptr);
    warnings_.emplace_back(error->message);
    break;
  case GST_MESSAGE_ERROR:
    gst_message_parse_error(message, &error, nullptr);
    error_ = error->message;
    break;
  case GST_MESSAGE_ELEMENT:
    if (gst_structure_has_name(structure, "gemini-analysis"))
      lines_.emplace_back(gst_structure_get_string(structure, "json"));
    break;
  default:
    break;
  }
}

std::vector<Pipeline::Frame> Pipeline::frames() const
{
  const std::lock_guard lock{mutex_};
  return frames_;
}

unsigned Pipeline::max_held() const
{
  const std::lock_guard lock{mutex_};
  return max_held_;
}

GstGeminiSceneStatus scene_status(GstBuffer *frame)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  fail_unless(scene != nullptr, "the frame carries no scene");
  return gst_gemini_scene_get_status(scene);
}

guint n_objects(GstBuffer *frame)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  fail_unless(scene != nullptr, "the frame carries no scene");
  return gst_gemini_scene_get_n_objects(scene);
}

guint64 scene_request(GstBuffer *frame)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  fail_unless(scene != nullptr, "the frame carries no scene");
  g_autoptr(GstGeminiAnalysis) analysis = gst_gemini_scene_get_analysis(scene);
  return analysis ? gst_gemini_analysis_get_request_id(analysis) : 0;
}

GstClockTime scene_sample(GstBuffer *frame)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  fail_unless(scene != nullptr, "the frame carries no scene");
  g_autoptr(GstGeminiAnalysis) analysis = gst_gemini_scene_get_analysis(scene);
  return analysis ? gst_gemini_analysis_get_pts(analysis) : GST_CLOCK_TIME_NONE;
}

// Drawn as BGRx, then brought to the format by GstVideoConverter.
GstBuffer *draw(const GstVideoInfo &info, const std::vector<Shape> &shapes, guint padding)
{
  const int width = GST_VIDEO_INFO_WIDTH(&info);
  const int height = GST_VIDEO_INFO_HEIGHT(&info);
  GstVideoInfo rgb_info;
  gst_video_info_set_format(&rgb_info, GST_VIDEO_FORMAT_BGRx, static_cast<guint>(width),
                            static_cast<guint>(height));
  rgb_info.fps_n = info.fps_n;
  rgb_info.fps_d = info.fps_d;
  g_autoptr(GstBuffer) rgb = gst_buffer_new_allocate(nullptr, rgb_info.size, nullptr);
  GstVideoFrame from;
  fail_unless(gst_video_frame_map(&from, &rgb_info, rgb, GST_MAP_READWRITE));
  auto *pixels = static_cast<std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(&from, 0));
  const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&from, 0);
  std::fill_n(pixels, static_cast<std::size_t>(stride) * static_cast<std::size_t>(height),
              std::uint8_t{200});
  for (const Shape &shape : shapes)
    for (int y = static_cast<int>(shape.y); y < static_cast<int>(shape.y + shape.h); ++y)
      for (int x = static_cast<int>(shape.x); x < static_cast<int>(shape.x + shape.w); ++x) {
        pixels[y * stride + 4 * x] = shape.b;
        pixels[y * stride + 4 * x + 1] = shape.g;
        pixels[y * stride + 4 * x + 2] = shape.r;
      }

  GstVideoInfo padded = info;
  GstVideoAlignment alignment;
  gst_video_alignment_reset(&alignment);
  alignment.padding_right = padding;
  if (padding > 0)
    fail_unless(gst_video_info_align(&padded, &alignment));
  GstBuffer *result = gst_buffer_new_allocate(nullptr, padded.size, nullptr);
  if (padding > 0)
    gst_buffer_add_video_meta_full(result, GST_VIDEO_FRAME_FLAG_NONE,
                                   GST_VIDEO_INFO_FORMAT(&padded), static_cast<guint>(width),
                                   static_cast<guint>(height), GST_VIDEO_INFO_N_PLANES(&padded),
                                   padded.offset, padded.stride);
  gst_video_frame_unmap(&from);
  fail_unless(convert_frame(rgb, rgb_info, result, info));
  return result;
}

std::string says(unsigned number, const std::string &text)
{
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\')
      escaped += '\\';
    escaped += c;
  }
  return std::to_string(number) + " text \"" + escaped + "\"\n";
}

std::string one_object(const std::string &label)
{
  return R"([{"box_2d":[100,200,300,400],"label":")" + label + "\"}]";
}

std::chrono::milliseconds time_of(const std::function<void()> &job)
{
  const auto begin = std::chrono::steady_clock::now();
  job();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin);
}

unsigned n_threads(const std::string &prefix)
{
  unsigned n = 0;
  g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, nullptr);
  while (const char *task = g_dir_read_name(tasks)) {
    g_autofree char *path = g_build_filename("/proc/self/task", task, "comm", nullptr);
    g_autofree char *name = nullptr;
    if (g_file_get_contents(path, &name, nullptr, nullptr) &&
        g_str_has_prefix(name, prefix.c_str()))
      ++n;
  }
  return n;
}

} // namespace gemini::test
