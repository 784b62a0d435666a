// SPDX-License-Identifier: LGPL-2.1-or-later
// All kinds of frames that geminianalyzer takes: formats, layouts, memory, JPEG; and those that it
// refuses.
#include "emulator/test_canvas.hpp"
#include "json_text.hpp"
#include "sent_pictures.hpp"

#include <gst/allocators/gstdmabuf.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

using namespace gemini::test;
using gemini::emulator::Emulator;
using gemini::emulator::test::Canvas;

namespace {

struct Size {
  int width, height;
};

const std::vector<Shape> kShapes = {{30, 40, 90, 60, 200, 30, 30},
                                    {180, 120, 100, 80, 30, 60, 200}};

std::string caps_of(const char *format, Size size)
{
  return std::string{"video/x-raw,framerate=1/1,format="} + format +
         ",width=" + std::to_string(size.width) + ",height=" + std::to_string(size.height);
}

GstVideoInfo info_of(const std::string &caps)
{
  GstVideoInfo info;
  g_autoptr(GstCaps) parsed = gst_caps_from_string(caps.c_str());
  fail_unless(gst_video_info_from_caps(&info, parsed), "%s", caps.c_str());
  return info;
}

std::vector<std::string> all_formats()
{
  g_autoptr(GstCaps) caps = gst_caps_from_string(GST_VIDEO_CAPS_MAKE(GST_VIDEO_FORMATS_ALL));
  const GValue *list = gst_structure_get_value(gst_caps_get_structure(caps, 0), "format");
  std::vector<std::string> formats;
  for (guint i = 0; i < gst_value_list_get_size(list); ++i)
    formats.emplace_back(g_value_get_string(gst_value_list_get_value(list, i)));
  return formats;
}

// Whether frames of it can be made here.
bool can_be_drawn(const char *format)
{
  const auto *info = gst_video_format_get_info(gst_video_format_from_string(format));
  return !(GST_VIDEO_FORMAT_INFO_FLAGS(info) & GST_VIDEO_FORMAT_FLAG_PALETTE);
}

// The labels of the objects that lie on the shapes, to within `tolerance` pixels.
std::set<std::string> labels_on(GstBuffer *frame, Size size, double tolerance)
{
  g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(frame);
  fail_unless(scene != nullptr);
  std::set<std::string> labels;
  for (guint i = 0; i < gst_gemini_scene_get_n_objects(scene); ++i) {
    g_autoptr(GstGeminiObject) object = gst_gemini_scene_get_object(scene, i);
    double x = 0;
    double y = 0;
    double w = 0;
    double h = 0;
    if (!gst_gemini_object_get_box(object, static_cast<guint>(size.width),
                                   static_cast<guint>(size.height), &x, &y, &w, &h))
      continue;
    for (const Shape &shape : kShapes)
      if (std::abs(x - shape.x) <= tolerance && std::abs(y - shape.y) <= tolerance &&
          std::abs(x + w - shape.x - shape.w) <= tolerance &&
          std::abs(y + h - shape.y - shape.h) <= tolerance)
        labels.insert(gst_gemini_object_get_label(object));
  }
  return labels;
}

void push(GstHarness *harness, GstBuffer *frame, GstClockTime pts)
{
  GST_BUFFER_PTS(frame) = pts;
  fail_unless_equals_int(gst_harness_push(harness, frame), GST_FLOW_OK);
}

// The same frame with each plane in a memory of its own.
GstBuffer *with_memory_per_plane(GstBuffer *whole, const GstVideoInfo &info)
{
  GstBuffer *result = gst_buffer_new();
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, whole, GST_MAP_READ));
  gsize offsets[GST_VIDEO_MAX_PLANES]{};
  gint strides[GST_VIDEO_MAX_PLANES]{};
  for (guint i = 0; i < GST_VIDEO_FRAME_N_PLANES(&frame); ++i) {
    strides[i] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, i);
    const gsize end = i + 1 < GST_VIDEO_FRAME_N_PLANES(&frame) ? info.offset[i + 1] : info.size;
    const gsize size = end - info.offset[i];
    GstMemory *memory = gst_allocator_alloc(nullptr, size, nullptr);
    GstMapInfo map;
    fail_unless(gst_memory_map(memory, &map, GST_MAP_WRITE));
    std::memcpy(map.data, GST_VIDEO_FRAME_PLANE_DATA(&frame, i), size);
    gst_memory_unmap(memory, &map);
    offsets[i] = gst_buffer_get_size(result);
    gst_buffer_append_memory(result, memory);
  }
  gst_buffer_add_video_meta_full(result, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
                                 static_cast<guint>(info.width), static_cast<guint>(info.height),
                                 GST_VIDEO_FRAME_N_PLANES(&frame), offsets, strides);
  gst_video_frame_unmap(&frame);
  gst_buffer_unref(whole);
  return result;
}

// A frame whose memory is told to be a DMABuf: a file in memory for one that can be mapped, the end
// of a pipe for one that cannot.
struct DmaBuf {
  GstBuffer *frame;
  GstMemory *memory; // of the frame
};

DmaBuf make_dmabuf(int fd, gsize size)
{
  g_autoptr(GstAllocator) allocator = gst_dmabuf_allocator_new();
  GstMemory *memory = gst_dmabuf_allocator_alloc(allocator, fd, size);
  fail_unless(memory != nullptr);
  GstBuffer *frame = gst_buffer_new();
  gst_buffer_append_memory(frame, memory);
  return {frame, memory};
}

DmaBuf mappable_dmabuf(GstBuffer *content)
{
  GstMapInfo map;
  fail_unless(gst_buffer_map(content, &map, GST_MAP_READ));
  const int fd = memfd_create("frame", MFD_CLOEXEC);
  fail_unless(fd >= 0 && write(fd, map.data, map.size) == static_cast<gssize>(map.size));
  const DmaBuf made = make_dmabuf(fd, map.size);
  gst_buffer_unmap(content, &map);
  gst_buffer_unref(content);
  return made;
}

DmaBuf unmappable_dmabuf(gsize size)
{
  int ends[2]{};
  fail_unless(pipe(ends) == 0);
  close(ends[1]);
  return make_dmabuf(ends[0], size);
}

bool accepts(GstElement *element, const char *caps)
{
  g_autoptr(GstPad) pad = gst_element_get_static_pad(element, "sink");
  g_autoptr(GstCaps) parsed = gst_caps_from_string(caps);
  fail_unless(parsed != nullptr, "%s", caps);
  return gst_pad_query_accept_caps(pad, parsed);
}

// What the sink pad offers of these caps.
std::string offered(GstElement *element, const char *caps)
{
  g_autoptr(GstPad) pad = gst_element_get_static_pad(element, "sink");
  g_autoptr(GstCaps) filter = gst_caps_from_string(caps);
  g_autoptr(GstCaps) result = gst_pad_query_caps(pad, filter);
  g_autofree char *text = gst_caps_to_string(result);
  return text;
}

} // namespace

GST_START_TEST(frames_of_every_format_are_seen_with_their_colours)
{
  const Size size = __i__ == 0 ? Size{320, 240} : Size{333, 217};
  const guint padding = __i__ == 0 ? 0 : 48;
  Emulator emulator;
  unsigned n_seen = 0;
  for (const std::string &format : all_formats()) {
    // Of odd width GStreamer 1.22 itself reads it with its colours exchanged.
    const bool is_misread = format == "VYUY" && size.width % 2 != 0;
    if (!can_be_drawn(format.c_str()) || is_misread)
      continue;
    const std::string caps = caps_of(format.c_str(), size);
    Analyzer analyzer{emulator.url(), "mode=accurate max-image-size=0 jpeg-quality=95", caps};
    const GstVideoInfo info = info_of(caps);
    const bool is_tiled = GST_VIDEO_FORMAT_INFO_IS_TILED(info.finfo);
    push(analyzer.harness(), draw(info, kShapes, is_tiled ? 0 : padding), 0);
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr, "%s", caps.c_str());
    // The chroma of some is as coarse as four pixels.
    const auto labels = labels_on(out, size, 4);
    const auto expected = GST_VIDEO_INFO_IS_GRAY(&info)
                              ? std::set<std::string>{"gray rectangle"}
                              : std::set<std::string>{"red rectangle", "blue rectangle"};
    if (labels != expected) {
      std::string seen;
      for (const auto &label : labels)
        seen += label + ", ";
      const std::string line = analyzer.wait_for_analysis();
      ck_abort_msg("%s: seen %s; %s", caps.c_str(), seen.c_str(), line.c_str());
    }
    ++n_seen;
  }
  fail_unless(n_seen >= 100, "only %u formats", n_seen);
}
GST_END_TEST

GST_START_TEST(planes_may_lie_in_memories_of_their_own)
{
  Emulator emulator;
  const Size size{320, 240};
  for (const char *format : {"I420", "NV12", "Y444", "I420_10LE", "GBR"}) {
    const std::string caps = caps_of(format, size);
    Analyzer analyzer{emulator.url(), "mode=accurate", caps};
    const GstVideoInfo info = info_of(caps);
    GstBuffer *frame = with_memory_per_plane(draw(info, kShapes), info);
    fail_unless(gst_buffer_n_memory(frame) > 1);
    push(analyzer.harness(), frame, 0);
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(gst_buffer_n_memory(out) > 1, "%s: its planes were merged", format);
    fail_unless_equals_int(static_cast<int>(labels_on(out, size, 3).size()), 2);
  }
}
GST_END_TEST

// As caps said it before 1.24, and as they say it since.
constexpr const char *kDmaBufCaps[] = {
    "video/x-raw(memory:DMABuf),format=I420,width=320,height=240,framerate=1/1",
#if GST_CHECK_VERSION(1, 24, 0)
    "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=YU12,width=320,height=240,framerate=1/1",
#endif
};

GST_START_TEST(dmabufs_pass_untouched_and_are_looked_at)
{
  Emulator emulator;
  const Size size{320, 240};
  Analyzer analyzer{emulator.url(), "mode=accurate", caps_of("I420", size)};
  gst_harness_set_src_caps_str(analyzer.harness(), kDmaBufCaps[__i__]);
  const DmaBuf dmabuf = mappable_dmabuf(draw(info_of(caps_of("I420", size)), kShapes));
  push(analyzer.harness(), dmabuf.frame, 0);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(gst_buffer_peek_memory(out, 0) == dmabuf.memory);
  fail_unless_equals_int(static_cast<int>(labels_on(out, size, 3).size()), 2);
}
GST_END_TEST

GST_START_TEST(a_frame_that_cannot_be_mapped_is_a_failure_and_passes)
{
  const char *const kModes[] = {"mode=live", "mode=accurate"};
  Emulator emulator;
  Analyzer analyzer{emulator.url(), kModes[__i__], caps_of("I420", {320, 240})};
  gst_harness_set_src_caps_str(
      analyzer.harness(),
      "video/x-raw(memory:DMABuf),format=I420,width=320,height=240,framerate=1/1");
  for (unsigned i = 0; i < 3; ++i) {
    const DmaBuf dmabuf = unmappable_dmabuf(320 * 240 * 3 / 2);
    push(analyzer.harness(), dmabuf.frame, i * GST_SECOND);
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless(out != nullptr);
    fail_unless(gst_buffer_peek_memory(out, 0) == dmabuf.memory, "the memory was copied");
    const std::string line = analyzer.wait_for_analysis();
    fail_unless(json_at(line, "$.status") == "failed");
    fail_unless(json_at(line, "$.error.kind") == "frame");
  }
  fail_unless_equals_uint64(failures_of(analyzer.element(), "frame"), 3);
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 0);
  // Frames that can be mapped are looked at again.
  push(analyzer.harness(),
       mappable_dmabuf(draw(info_of(caps_of("I420", {320, 240})), kShapes)).frame, 3 * GST_SECOND);
  fail_unless(json_at(analyzer.wait_for_analysis(), "$.status") == "ok");
}
GST_END_TEST

GST_START_TEST(a_frame_that_cannot_be_copied_passes_all_the_same)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live", caps_of("I420", {320, 240})};
  gst_harness_set_src_caps_str(
      analyzer.harness(),
      "video/x-raw(memory:DMABuf),format=I420,width=320,height=240,framerate=1/1");
  const DmaBuf dmabuf = unmappable_dmabuf(320 * 240 * 3 / 2);
  GST_MINI_OBJECT_FLAG_SET(dmabuf.memory, GST_MEMORY_FLAG_NO_SHARE);
  GstBuffer *held = gst_buffer_ref(dmabuf.frame);
  push(analyzer.harness(), dmabuf.frame, 0);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(out == held);
  gst_buffer_unref(held);
}
GST_END_TEST

GST_START_TEST(frames_that_cannot_be_mapped_are_warned_of_once)
{
  Emulator emulator;
  Pipeline pipeline{"appsrc name=source format=time caps=\"video/x-raw(memory:DMABuf),format=I420,"
                    "width=320,height=240,framerate=1/1\" ! {} ! fakesink",
                    emulator.url(), "mode=accurate"};
  g_autoptr(GstElement) source = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "source");
  for (unsigned i = 0; i < 5; ++i) {
    GstBuffer *frame = unmappable_dmabuf(320 * 240 * 3 / 2).frame;
    GST_BUFFER_PTS(frame) = i * GST_SECOND;
    GstFlowReturn flow = GST_FLOW_OK;
    g_signal_emit_by_name(source, "push-buffer", frame, &flow);
    gst_buffer_unref(frame);
  }
  GstFlowReturn flow = GST_FLOW_OK;
  g_signal_emit_by_name(source, "end-of-stream", &flow);
  fail_unless(pipeline.run());
  fail_unless_equals_int(static_cast<int>(pipeline.frames().size()), 5);
  fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), 1);
  fail_unless(pipeline.warnings()[0].find("mapped") != std::string::npos, "%s",
              pipeline.warnings()[0].c_str());
}
GST_END_TEST

GST_START_TEST(what_cannot_be_mapped_is_refused_by_caps)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url()};
  gst_harness_set_sink_caps_str(analyzer.harness(), "ANY");
  const auto is_accepted = [&analyzer](const std::string &text) {
    return accepts(analyzer.element(), text.c_str());
  };
  const std::string size = ",width=320,height=240,framerate=30/1";
  fail_unless(is_accepted("video/x-raw,format=NV12" + size));
  fail_unless(is_accepted("video/x-raw(memory:SystemMemory),format=NV12" + size));
  fail_unless(is_accepted("video/x-raw(meta:GstVideoOverlayComposition),format=NV12" + size));
  fail_unless(is_accepted("video/x-raw(memory:GLMemory),format=RGBA" + size));
  fail_unless(is_accepted("video/x-raw(memory:GLMemory),format=RGBA,texture-target=2D" + size));
  fail_unless(is_accepted(
      "video/x-raw(memory:GLMemory,meta:GstVideoOverlayComposition),format=RGBA" + size));
  fail_unless(is_accepted("video/x-raw(memory:VAMemory),format=NV12" + size));
  fail_unless(is_accepted("video/x-raw(memory:DMABuf),format=NV12" + size));
  fail_unless(is_accepted("image/jpeg" + size));
  fail_unless(is_accepted("image/jpeg"));

  fail_if(is_accepted("video/x-raw(memory:NVMM),format=NV12" + size));
  fail_if(is_accepted("video/x-raw(memory:Unheard),format=NV12" + size));
  fail_if(
      is_accepted("video/x-raw(memory:GLMemory),format=RGBA,texture-target=external-oes" + size));
  fail_if(is_accepted("video/x-raw(memory:DMABuf),format=DMA_DRM,"
                      "drm-format=(string)NV12:0x0100000000000002" +
                      size));
  fail_if(is_accepted("video/x-raw,format=ENCODED" + size));
  fail_if(is_accepted("video/x-h264" + size));
  const bool knows_drm = GST_CHECK_VERSION(1, 24, 0);
  fail_unless(is_accepted("video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=(string)NV12" +
                          size) == knows_drm);

  const std::string targets =
      offered(analyzer.element(),
              "video/x-raw(memory:GLMemory),format=RGBA,texture-target={2D,external-oes}");
  fail_unless(targets.find("2D") != std::string::npos, "%s", targets.c_str());
  fail_unless(targets.find("external") == std::string::npos, "%s", targets.c_str());
}
GST_END_TEST

GST_START_TEST(a_jpeg_is_sent_as_it_is)
{
  Emulator emulator;
  Canvas canvas{320, 240, {0.8, 0.8, 0.8}};
  canvas.rectangle({0.8, 0.1, 0.1}, 30, 40, 120, 100);
  canvas.rectangle({0.1, 0.2, 0.8}, 180, 120, 280, 200);
  const auto jpeg = canvas.jpeg();
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  // With the size in the caps, and without.
  const char *const kJpegCaps[] = {"image/jpeg,width=320,height=240,framerate=1/1", "image/jpeg"};
  gst_harness_set_src_caps_str(analyzer.harness(), kJpegCaps[__i__]);
  push(analyzer.harness(), gst_buffer_new_memdup(jpeg.data(), jpeg.size()), 0);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(gst_buffer_get_size(out) == jpeg.size());
  fail_unless(gst_buffer_memcmp(out, 0, jpeg.data(), jpeg.size()) == 0);
  const auto labels = labels_on(out, {320, 240}, 3);
  fail_unless_equals_int(static_cast<int>(labels.size()), 2);
  const std::string line = analyzer.wait_for_analysis();
  fail_unless(json_at(line, "$.width") == "320");
  fail_unless(json_at(line, "$.height") == "240");

  g_autofree char *encoded = g_base64_encode(jpeg.data(), jpeg.size());
  fail_unless(emulator.requests().at(0).body.find(encoded) != std::string::npos,
              "it was encoded again");
}
GST_END_TEST

GST_START_TEST(a_jpeg_without_a_size_in_its_caps_may_change_it)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  gst_harness_set_src_caps_str(analyzer.harness(), "image/jpeg");
  GstClockTime pts = 0;
  for (const Size size : {Size{320, 240}, Size{400, 280}}) {
    Canvas canvas{size.width, size.height, {0.8, 0.8, 0.8}};
    canvas.rectangle({0.8, 0.1, 0.1}, 30, 40, 120, 100);
    const auto jpeg = canvas.jpeg();
    push(analyzer.harness(), gst_buffer_new_memdup(jpeg.data(), jpeg.size()), pts);
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    fail_unless_equals_int(static_cast<int>(labels_on(out, size, 3).size()), 1);
    pts += GST_SECOND;
  }
}
GST_END_TEST

GST_START_TEST(a_jpeg_that_is_none_is_a_failure_and_passes)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate"};
  gst_harness_set_src_caps_str(analyzer.harness(), "image/jpeg");
  push(analyzer.harness(), gst_buffer_new_memdup("no picture", 10), 0);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless_equals_int(static_cast<int>(scene_status(out)),
                         static_cast<int>(GST_GEMINI_SCENE_STATUS_FAILED));
  fail_unless_equals_uint64(failures_of(analyzer.element(), "frame"), 1);
}
GST_END_TEST

GST_START_TEST(what_is_known_of_a_jpeg_survives_the_decoder)
{
  Emulator emulator;
  Pipeline pipeline{"videotestsrc num-buffers=3 ! video/x-raw,width=320,height=240,framerate=1/1 ! "
                    "jpegenc ! {} ! jpegdec ! appsink name=sink sync=false wait-on-eos=false",
                    emulator.url(), "mode=accurate"};
  fail_unless(pipeline.run());
  g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "sink");
  for (unsigned i = 0; i < 3; ++i) {
    GstSample *sample = nullptr;
    g_signal_emit_by_name(sink, "try-pull-sample", GST_SECOND, &sample);
    fail_unless(sample != nullptr);
    fail_unless(n_objects(gst_sample_get_buffer(sample)) > 0);
    gst_sample_unref(sample);
  }
}
GST_END_TEST

// What downstream can do with frames, as upstream is told by the element in between.
static void check_no_view_metas(GstHarness *harness)
{
  const GType view_metas[] = {GST_VIDEO_CROP_META_API_TYPE,
                              GST_VIDEO_AFFINE_TRANSFORMATION_META_API_TYPE,
                              GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE};
  for (const GType type : view_metas)
    gst_harness_add_propose_allocation_meta(harness, type, nullptr);
  gst_harness_add_propose_allocation_meta(harness, GST_VIDEO_META_API_TYPE, nullptr);
  gst_harness_set_src_caps_str(harness, kCaps); // where the overlay asks downstream
  g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
  g_autoptr(GstQuery) query = gst_query_new_allocation(caps, TRUE);
  fail_unless(gst_pad_peer_query(harness->srcpad, query));
  fail_unless(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr));
  for (const GType type : view_metas)
    fail_if(gst_query_find_allocation_meta(query, type, nullptr), "%s", g_type_name(type));
}

GST_START_TEST(frames_are_not_to_be_changed_by_a_meta_only)
{
  Emulator emulator;
  for (const char *mode : {"mode=live", "mode=accurate"}) {
    Analyzer analyzer{emulator.url(), mode};
    check_no_view_metas(analyzer.harness());
  }
  GstHarness *overlay = gst_harness_new("geminioverlay");
  check_no_view_metas(overlay);
  gst_harness_teardown(overlay);
}
GST_END_TEST

// A sink that would draw them itself.
static GstPadProbeReturn draws_overlays(GstPad *, GstPadProbeInfo *info, gpointer)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY(info);
  if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  gst_query_add_allocation_meta(query, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
  return GST_PAD_PROBE_HANDLED;
}

GST_START_TEST(what_was_drawn_over_a_frame_upstream_is_sent)
{
  g_autoptr(GstElementFactory) text = gst_element_factory_find("textoverlay");
  if (!text)
    return;
  Emulator emulator;
  Pipeline pipeline{"videotestsrc num-buffers=1 pattern=black ! video/x-raw,format=I420,width=320,"
                    "height=240,framerate=1/1 ! textoverlay text=COVERED font-desc=\"Sans 40\" "
                    "valignment=center ! {} ! fakesink name=sink",
                    emulator.url(), "mode=accurate"};
  g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "sink");
  g_autoptr(GstPad) pad = gst_element_get_static_pad(sink, "sink");
  gst_pad_add_probe(
      pad,
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH),
      draws_overlays, nullptr, nullptr);
  fail_unless(pipeline.run());
  const auto pictures = pictures_of(emulator.requests().at(0));
  int brightest = 0;
  for (int y = 0; y < pictures.at(0).height; ++y)
    for (int x = 0; x < pictures[0].width; ++x)
      brightest = std::max(brightest, int{pictures[0].at(x, y)[0]});
  fail_unless(brightest > 200, "%d", brightest);
}
GST_END_TEST

GST_START_TEST(fields_that_come_one_by_one_are_seen)
{
  const std::string caps = "video/x-raw(format:Interlaced),format=NV12,width=320,height=240,"
                           "framerate=25/1,interlace-mode=alternate";
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate change-threshold=0.02", caps};
  GstVideoInfo info;
  g_autoptr(GstCaps) parsed = gst_caps_from_string(caps.c_str());
  fail_unless(gst_video_info_from_caps(&info, parsed));
  // Half of the lines: a dark upper and a bright lower half.
  GstBuffer *field = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  gst_buffer_memset(field, 0, 128, info.size);
  gst_buffer_memset(field, 0, 40, 320 * 60);
  gst_buffer_memset(field, 320 * 60, 200, 320 * 60);
  GST_BUFFER_FLAG_SET(field, GST_VIDEO_BUFFER_FLAG_TOP_FIELD);
  push(analyzer.harness(), field, 0);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless_equals_int(static_cast<int>(scene_status(out)),
                         static_cast<int>(GST_GEMINI_SCENE_STATUS_OK));
  const auto pictures = pictures_of(emulator.requests().at(0));
  fail_unless(pictures.at(0).width == 320 && pictures[0].height == 240);
  fail_unless(pictures[0].at(160, 100)[0] < 60 && pictures[0].at(160, 140)[0] > 180);
}
GST_END_TEST

GST_START_TEST(the_overlay_takes_no_jpeg)
{
  g_autoptr(GstElement) overlay = gst_element_factory_make("geminioverlay", nullptr);
  fail_unless(accepts(overlay, "video/x-raw,format=I420,width=320,height=240,framerate=1/1"));
  fail_if(accepts(overlay, "image/jpeg,width=320,height=240,framerate=1/1"));
}
GST_END_TEST

static Suite *analyzer_formats_suite()
{
  Suite *suite = suite_create("analyzer_formats");
  TCase *tcase = tcase_create("formats");
  tcase_set_timeout(tcase, 120);
  tcase_add_loop_test(tcase, frames_of_every_format_are_seen_with_their_colours, 0, 2);
  tcase_add_test(tcase, planes_may_lie_in_memories_of_their_own);
  tcase_add_loop_test(tcase, dmabufs_pass_untouched_and_are_looked_at, 0,
                      G_N_ELEMENTS(kDmaBufCaps));
  tcase_add_loop_test(tcase, a_frame_that_cannot_be_mapped_is_a_failure_and_passes, 0, 2);
  tcase_add_test(tcase, a_frame_that_cannot_be_copied_passes_all_the_same);
  tcase_add_test(tcase, frames_that_cannot_be_mapped_are_warned_of_once);
  tcase_add_test(tcase, what_cannot_be_mapped_is_refused_by_caps);
  tcase_add_loop_test(tcase, a_jpeg_is_sent_as_it_is, 0, 2);
  tcase_add_test(tcase, a_jpeg_without_a_size_in_its_caps_may_change_it);
  tcase_add_test(tcase, a_jpeg_that_is_none_is_a_failure_and_passes);
  tcase_add_test(tcase, what_is_known_of_a_jpeg_survives_the_decoder);
  tcase_add_test(tcase, frames_are_not_to_be_changed_by_a_meta_only);
  tcase_add_test(tcase, what_was_drawn_over_a_frame_upstream_is_sent);
  tcase_add_test(tcase, fields_that_come_one_by_one_are_seen);
  tcase_add_test(tcase, the_overlay_takes_no_jpeg);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_formats)
