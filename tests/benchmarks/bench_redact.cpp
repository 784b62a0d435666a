// SPDX-License-Identifier: LGPL-2.1-or-later
// How many people can be seen of those who should be covered: on a street video, where the
// emulator's network has looked at every picture. geminianalyzer asks once a second, and
// geminioverlay makes people black. A person is seen where more than a tenth of the box is not.
//
// Of whom the network sees nothing in the samples before and after a picture nobody can know; that
// share is the floor. Fails where accurate
// mode lets much more be seen. Live mode, with answers that take three seconds, is for the report.
//
// Usage: bench_redact [--cache DIR]
#include "emulator/emulator.hpp"
#include "tracking/film.hpp"
#include "tracking/reference.hpp"
#include "tracking/video_file.hpp"

#include <gst/gst.h>
#include <gst/video/video.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace {

using namespace gemini;
using namespace gemini::bench;
using gemini::emulator::Emulator;

constexpr int kSkipped = 77;
constexpr double kMostUncovered = 0.1; // of a box
constexpr double kAboveFloor = 0.01;   // of all boxes

// Hardly a pixel of the film is exactly that.
bool is_black(const cv::Mat &i420, int x, int y, int width, int height)
{
  const int chroma_width = (width + 1) / 2;
  const auto *luma = i420.ptr<unsigned char>();
  const auto *cb = luma + std::ptrdiff_t{width} * height;
  const auto *cr = cb + std::ptrdiff_t{chroma_width} * ((height + 1) / 2);
  const std::ptrdiff_t at = std::ptrdiff_t{y / 2} * chroma_width + x / 2;
  return luma[std::ptrdiff_t{y} * width + x] == 16 && cb[at] == 128 && cr[at] == 128;
}

double uncovered(const cv::Mat &i420, const Rect &box)
{
  const int width = i420.cols;
  const int height = i420.rows * 2 / 3;
  const Rect seen = on_picture(box);
  int n = 0;
  int n_seen = 0;
  for (int y = static_cast<int>(seen.y * height); y < static_cast<int>(seen.bottom() * height); ++y)
    for (int x = static_cast<int>(seen.x * width); x < static_cast<int>(seen.right() * width);
         ++x, ++n)
      n_seen += is_black(i420, x, y, width, height) ? 0 : 1;
  return n > 0 ? static_cast<double>(n_seen) / n : 0;
}

// What comes out of the overlay, looked at as it comes.
class Show {
public:
  Show(const std::vector<Boxes> &people, const std::string &launch) : people_(people)
  {
    GError *error = nullptr;
    GstElement *pipeline = gst_parse_launch(launch.c_str(), &error);
    if (!pipeline || error) {
      std::fprintf(stderr, "%s\n", error ? error->message : launch.c_str());
      std::exit(1);
    }
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "out");
    g_signal_connect(sink, "handoff", G_CALLBACK(&Show::look), this);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *message = gst_bus_timed_pop_filtered(
        bus, 600 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    if (!message || GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS) {
      std::fprintf(stderr, "the film does not end\n");
      std::exit(1);
    }
    gst_message_unref(message);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
  }

  // Of all boxes of the reference.
  double share_seen() const
  {
    const std::lock_guard lock{mutex_};
    if (n_frames_ != people_.size()) {
      std::fprintf(stderr, "%zu of %zu pictures came\n", n_frames_, people_.size());
      std::exit(1);
    }
    return n_boxes_ > 0 ? static_cast<double>(n_seen_) / static_cast<double>(n_boxes_) : 1;
  }

private:
  static void look(GstElement *, GstBuffer *buffer, GstPad *pad, Show *self)
  {
    const std::lock_guard lock{self->mutex_};
    GstVideoInfo info;
    GstCaps *caps = gst_pad_get_current_caps(pad);
    gst_video_info_from_caps(&info, caps);
    gst_caps_unref(caps);
    GstMapInfo map;
    if (self->n_frames_ >= self->people_.size() || !gst_buffer_map(buffer, &map, GST_MAP_READ))
      return;
    const cv::Mat i420{info.height * 3 / 2, info.width, CV_8UC1, map.data};
    for (const Rect &box : self->people_[self->n_frames_]) {
      ++self->n_boxes_;
      if (uncovered(i420, box) > kMostUncovered)
        ++self->n_seen_;
    }
    ++self->n_frames_;
    gst_buffer_unmap(buffer, &map);
  }

  const std::vector<Boxes> &people_;
  mutable std::mutex mutex_; // guards the rest: the streaming thread writes
  std::size_t n_frames_ = 0;
  std::size_t n_boxes_ = 0;
  std::size_t n_seen_ = 0;
};

// Where the person of that picture is on the picture of a sample, or the last that is known of the
// way there.
Rect place_towards(const Course &course, std::size_t frame, std::size_t sample)
{
  Rect place = course[frame]->place;
  while (frame != sample) {
    frame = sample > frame ? frame + 1 : frame - 1;
    if (!course[frame])
      break;
    place = course[frame]->place;
  }
  return place;
}

bool is_seen(const Boxes &boxes, const Rect &place)
{
  constexpr double kSame = 0.3; // the way may end some pictures before the sample
  return std::any_of(boxes.begin(), boxes.end(),
                     [&place](const Rect &box) { return iou(box, place) >= kSame; });
}

// Boxes of people whom the network has seen in neither of the samples around the picture.
double floor_of(const std::vector<Boxes> &people)
{
  std::size_t n = 0;
  std::size_t n_missed = 0;
  for (const Course &course : linked(people))
    for (std::size_t frame = 0; frame < people.size(); ++frame) {
      const auto &boxes = people[frame];
      if (!course[frame] ||
          std::find(boxes.begin(), boxes.end(), course[frame]->place) == boxes.end())
        continue; // put in between others
      const std::size_t before = frame / kStreetRate * kStreetRate;
      const std::size_t after = std::min(before + kStreetRate, people.size() - 1);
      ++n;
      if (!is_seen(people[before], place_towards(course, frame, before)) &&
          !is_seen(people[after], place_towards(course, frame, after)))
        ++n_missed;
    }
  return n > 0 ? static_cast<double>(n_missed) / static_cast<double>(n) : 1;
}

std::string film(const std::string &video, const Emulator &emulator, const char *pace,
                 const char *analyzer, const char *overlay)
{
  return "filesrc location=" + video +
         " ! decodebin ! videoconvert ! video/x-raw,format=I420 ! identity " + pace +
         " ! geminianalyzer api-key=emulator-key prompt=people base-url=" + emulator.url() + " " +
         analyzer + " ! geminioverlay show=0 redact=solid redact-labels=person " + overlay +
         " ! fakesink name=out signal-handoffs=true sync=false";
}

} // namespace

int main(int argc, char **argv)
{
  gst_init(&argc, &argv);
  const std::string cache = argc > 2 ? std::string{argv[2]} + "/street-people.txt" : "";
  const char *media = std::getenv("GST_GEMINI_MEDIA");
  const std::string video =
      (media ? media : emulator::default_models_dir() + "/../media") + "/vtest.avi";
  const auto pictures = street_pictures(video);
  if (pictures.size() < kStreetPictures) {
    std::printf("SKIPPED: there is no street video that can be decoded: tests/get-media.sh "
                "fetches it\n");
    return kSkipped;
  }
  const std::string key = std::to_string(pictures.size()) + " pictures of a video of " +
                          std::to_string(std::filesystem::file_size(video)) + " bytes";
  const auto people = people_on(pictures, emulator::default_models_dir(), cache, key);
  if (people.empty()) {
    std::printf("SKIPPED: the emulator's network is missing: tests/emulator/get-models.sh fetches "
                "it\n");
    return kSkipped;
  }

  const double least = floor_of(people);
  std::printf("people whom the network has missed in both samples around: %.2f %%\n", 100 * least);
  bool is_met = true;
  const auto ask = [&is_met](const char *what, double is, double most) {
    std::printf("%s: %.2f %% (at most %.2f)\n", what, 100 * is, 100 * most);
    is_met = is_met && is <= most;
  };
  {
    const Emulator quick{{.vision = emulator::Vision::coco}};
    const Show accurate{people, film(video, quick, "", "mode=accurate", "")};
    ask("seen in accurate mode", accurate.share_seen(), least + kAboveFloor);
  }
  {
    const Emulator failing{{.vision = emulator::Vision::coco, .faults = "* status 503\n"}};
    const Show strict{people,
                      film(video, failing, "", "mode=live retries=0", "redact-strict=true")};
    ask("seen in strict mode of a service that fails", strict.share_seen(), 0);
  }
  const Emulator slow{{.vision = emulator::Vision::coco, .latency_ms = 3000}};
  const Show live{people, film(video, slow, "sync=true", "mode=live", "")};
  std::printf("seen in live mode, with answers of three seconds: %.2f %%\n",
              100 * live.share_seen());
  return is_met ? 0 : 1;
}
