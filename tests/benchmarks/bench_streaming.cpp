// SPDX-License-Identifier: LGPL-2.1-or-later
// What geminianalyzer costs the thread that the video comes in, in live mode: beside one more
// identity while it does not sample, in microseconds where it does, and beside a memcpy of the
// frame for looking whether anything has changed. Only the time of that thread itself counts. Fails
// where it takes more than the constants below say. All are measured in turns in the same run, and
// the best of each counts.
#include "emulator/emulator.hpp"
#include "vision/luma_grid.hpp"
#include "vision/luma_thumbnail.hpp"
#include "vision/sharpness.hpp"

#include <gst/gemini/gemini.h>
#include <gst/video/video.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <time.h>

using gemini::emulator::Emulator;

namespace {

constexpr double kMostBare = 3;      // identities: not sampling, but for the metadata
constexpr double kMostWithMeta = 6;  // identities: not sampling
constexpr double kMostSampling = 10; // microseconds
constexpr double kMostLook = 0.75;   // of a memcpy of the frame

constexpr int kRounds = 9;
constexpr int kBuffers = 20'000;
constexpr int kIdentities = 20;
constexpr int kSamples = 300;

double thread_seconds()
{
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void require(bool is_true, const char *what)
{
  if (is_true)
    return;
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

GstFlowReturn swallow(GstPad *, GstObject *, GstBuffer *buffer)
{
  gst_buffer_unref(buffer);
  return GST_FLOW_OK;
}

// Elements between two pads of ours, into which this thread pushes.
class Row {
public:
  explicit Row(const std::vector<std::string> &elements)
  {
    GstPad *last = src_;
    for (const std::string &launch : elements) {
      GstElement *element = gst_parse_launch(launch.c_str(), nullptr);
      require(element != nullptr, launch.c_str());
      gst_object_ref_sink(element);
      gst_element_set_bus(element, bus_);
      gst_element_set_state(element, GST_STATE_PLAYING);
      elements_.push_back(element);
      GstPad *sink = gst_element_get_static_pad(element, "sink");
      require(gst_pad_link_full(last, sink, GST_PAD_LINK_CHECK_NOTHING) == GST_PAD_LINK_OK,
              "the pads cannot be linked");
      gst_object_unref(sink);
      last = gst_element_get_static_pad(element, "src");
      pads_.push_back(last);
    }
    gst_pad_set_chain_function(sink_, swallow);
    require(gst_pad_link_full(last, sink_, GST_PAD_LINK_CHECK_NOTHING) == GST_PAD_LINK_OK,
            "the pads cannot be linked");
    gst_pad_set_active(sink_, TRUE);
    gst_pad_set_active(src_, TRUE);
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    GstCaps *caps =
        gst_caps_from_string("video/x-raw,format=I420,width=1920,height=1080,framerate=25/1");
    gst_pad_push_event(src_, gst_event_new_stream_start("bench"));
    gst_pad_push_event(src_, gst_event_new_caps(caps));
    gst_pad_push_event(src_, gst_event_new_segment(&segment));
    gst_caps_unref(caps);
  }
  ~Row()
  {
    for (GstElement *element : elements_)
      gst_element_set_state(element, GST_STATE_NULL);
    gst_pad_set_active(src_, FALSE);
    gst_pad_set_active(sink_, FALSE);
    for (GstPad *pad : pads_)
      gst_object_unref(pad);
    for (GstElement *element : elements_)
      gst_object_unref(element);
    gst_object_unref(src_);
    gst_object_unref(sink_);
    gst_object_unref(bus_);
  }
  Row(const Row &) = delete;
  Row &operator=(const Row &) = delete;

  void push(GstBuffer *frame, GstClockTime pts)
  {
    GstBuffer *buffer = gst_buffer_copy(frame); // its memory is shared
    GST_BUFFER_PTS(buffer) = pts;
    require(gst_pad_push(src_, buffer) == GST_FLOW_OK, "a buffer did not pass");
  }
  // Of one buffer, in microseconds; of 25 a second.
  double push_many(GstBuffer *frame)
  {
    const double begin = thread_seconds();
    for (int i = 0; i < kBuffers; ++i)
      push(frame, static_cast<GstClockTime>(i) * 40 * GST_MSECOND);
    return (thread_seconds() - begin) / kBuffers * 1e6;
  }
  GstBus *bus() const { return bus_; }
  GstPad *last_src() const { return pads_.back(); }

private:
  GstPad *src_ = gst_pad_new("src", GST_PAD_SRC);
  GstPad *sink_ = gst_pad_new("sink", GST_PAD_SINK);
  GstBus *bus_ = gst_bus_new();
  std::vector<GstElement *> elements_;
  std::vector<GstPad *> pads_;
};

// As a camera gives it.
GstBuffer *noisy_frame(const GstVideoInfo &info, unsigned seed)
{
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < map.size; ++i) {
    seed = seed * 1664525 + 1013904223;
    map.data[i] = static_cast<guint8>(100 + (i / 977) % 50 + (seed >> 28));
  }
  gst_buffer_unmap(buffer, &map);
  return buffer;
}

std::string analyzer(const Emulator &emulator, const char *properties)
{
  return "geminianalyzer api-key=emulator-key mode=live base-url=" + emulator.url() + " " +
         properties;
}

// The value that `part` of them are below.
double quantile(std::vector<double> values, double part)
{
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size()));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

class Least {
public:
  void add(double value) { value_ = std::min(value_, value); }
  double value() const { return value_; }

private:
  double value_ = std::numeric_limits<double>::max();
};

// Our metadata and nothing else, in microseconds.
double attach_many(GstBuffer *frame, GstGeminiScene *scene)
{
  double seconds = 0;
  for (const bool attaches : {true, false}) {
    const double begin = thread_seconds();
    for (int i = 0; i < kBuffers; ++i) {
      GstBuffer *buffer = gst_buffer_copy(frame);
      if (attaches)
        gst_gemini_meta_add(buffer, scene);
      gst_buffer_unref(buffer);
    }
    seconds += (attaches ? 1 : -1) * (thread_seconds() - begin);
  }
  return seconds / kBuffers * 1e6;
}

// The scene of the frame that comes out of an analyzer.
GstGeminiScene *pending_scene(const Emulator &emulator, GstBuffer *frame)
{
  static GstGeminiScene *scene = nullptr;
  Row row{{analyzer(emulator, "analysis-rate=0/1")}};
  struct Probe {
    static GstPadProbeReturn read(GstPad *, GstPadProbeInfo *info, gpointer)
    {
      scene = gst_gemini_scene_from_buffer(GST_PAD_PROBE_INFO_BUFFER(info));
      return GST_PAD_PROBE_REMOVE;
    }
  };
  gst_pad_add_probe(row.last_src(), GST_PAD_PROBE_TYPE_BUFFER, Probe::read, nullptr, nullptr);
  row.push(frame, 0);
  require(scene != nullptr, "the frame carries no scene");
  return scene;
}

bool check_not_sampling(const Emulator &emulator, GstBuffer *frame)
{
  Row bare{{}};
  Row identities{std::vector<std::string>(kIdentities, "identity")};
  Row ours{{analyzer(emulator, "analysis-rate=0/1")}};
  GstGeminiScene *scene = pending_scene(emulator, frame);
  Least nothing;
  Least many;
  Least one_of_ours;
  Least meta;
  for (int i = 0; i < kRounds; ++i) {
    nothing.add(bare.push_many(frame));
    many.add(identities.push_many(frame));
    one_of_ours.add(ours.push_many(frame));
    meta.add(attach_many(frame, scene));
  }
  gst_gemini_scene_unref(scene);
  const double identity = (many.value() - nothing.value()) / kIdentities;
  const double all = one_of_ours.value() - nothing.value();
  const double without_meta = all - meta.value();
  std::printf("one more identity        %6.3f us\n"
              "analyzer, not sampling   %6.3f us = %.1f identities (at most %.0f)\n"
              "of that the metadata     %6.3f us, the rest is %.1f identities (at most %.0f)\n",
              identity, all, all / identity, kMostWithMeta, meta.value(), without_meta / identity,
              kMostBare);
  return all <= kMostWithMeta * identity && without_meta <= kMostBare * identity;
}

// A film of 25 frames a second, one of which is sampled; each sample is answered before the next,
// so that there is always a place.
bool check_sampling(const Emulator &emulator, GstBuffer *frame)
{
  Row row{{analyzer(emulator, "analysis-rate=1/1")}};
  std::vector<double> sampled;
  std::vector<double> others;
  for (int i = 0; i < kSamples * 25; ++i) {
    const double begin = thread_seconds();
    row.push(frame, static_cast<GstClockTime>(i) * 40 * GST_MSECOND);
    (i % 25 == 0 ? sampled : others).push_back((thread_seconds() - begin) * 1e6);
    for (bool is_answered = i % 25 != 0; !is_answered;) {
      GstMessage *message =
          gst_bus_timed_pop_filtered(row.bus(), 20 * GST_SECOND, GST_MESSAGE_ELEMENT);
      require(message != nullptr, "no answer came");
      is_answered = gst_message_has_name(message, "gemini-analysis");
      gst_message_unref(message);
    }
  }
  // Most of them also wait for what others, such as the thread that encodes, have taken out of the
  // caches in the meantime: that is shown, but does not count.
  const double usual = quantile(others, 0.5);
  const double time = *std::min_element(sampled.begin(), sampled.end()) - usual;
  std::printf("analyzer, sampling       %6.3f us more, median %.3f us (at most %.0f)\n", time,
              quantile(sampled, 0.5) - usual, kMostSampling);
  return time <= kMostSampling;
}

// More frames than the caches hold, as they come from a camera or decoder.
bool check_look(GstVideoFormat format)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, format, 1920, 1080);
  std::vector<GstBuffer *> frames;
  for (unsigned i = 0; i < 16; ++i)
    frames.push_back(noisy_frame(info, i));
  std::vector<guint8> copy(info.size);
  gemini::vision::LumaReader reader;
  Least look;
  Least sharpness;
  Least copying;
  const auto last = reader.read(frames.back(), info, gemini::vision::kThumbnail);
  double sum = 0; // so that nothing is left out
  for (int round = 0; round < kRounds; ++round) {
    double begin = thread_seconds();
    for (GstBuffer *frame : frames) {
      const auto grid = reader.read(frame, info, gemini::vision::kThumbnail);
      sum += gemini::vision::difference(*last, *grid);
    }
    look.add((thread_seconds() - begin) * 1e3 / static_cast<double>(frames.size()));
    begin = thread_seconds();
    for (GstBuffer *frame : frames)
      sum += gemini::vision::sharpness(*reader.read(frame, info, gemini::vision::kSharpnessGrid));
    sharpness.add((thread_seconds() - begin) * 1e3 / static_cast<double>(frames.size()));
    begin = thread_seconds();
    for (GstBuffer *frame : frames) {
      GstMapInfo map;
      gst_buffer_map(frame, &map, GST_MAP_READ);
      std::memcpy(copy.data(), map.data, copy.size());
      sum += copy[static_cast<std::size_t>(round)];
      gst_buffer_unmap(frame, &map);
    }
    copying.add((thread_seconds() - begin) * 1e3 / static_cast<double>(frames.size()));
  }
  for (GstBuffer *frame : frames)
    gst_buffer_unref(frame);
  const double ratio = look.value() / copying.value();
  std::printf("%-9s 1080p: look for change %.3f ms, sharpness %.3f ms, memcpy %.3f ms: %.2f "
              "(at most %.2f)%s\n",
              gst_video_format_to_string(format), look.value(), sharpness.value(), copying.value(),
              ratio, kMostLook, sum > 0 ? "" : " ");
  return ratio <= kMostLook;
}

} // namespace

int main(int argc, char **argv)
{
  gst_init(&argc, &argv);
  Emulator emulator{{.vision = gemini::emulator::Vision::none}};
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, 1920, 1080);
  GstBuffer *frame = noisy_frame(info, 1);
  bool is_good = check_not_sampling(emulator, frame);
  is_good = check_sampling(emulator, frame) && is_good;
  gst_buffer_unref(frame);
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_BGRx,
        GST_VIDEO_FORMAT_P010_10LE})
    is_good = check_look(format) && is_good;
  if (!is_good)
    std::printf("too slow\n");
  return is_good ? 0 : 1;
}
