// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of geminianalyzer share: an element in a harness that talks to an emulator, and
// frames.
#pragma once

// Standard headers come before gstcheck.h, whose macro `fail` they do not survive.
#include "emulator/emulator.hpp"

#include <gst/gemini/gemini.h>
#include <gst/video/video.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>

namespace gemini::test {

inline constexpr const char *kCaps = "video/x-raw,format=I420,width=320,height=240,framerate=10/1";

// By how much longer all takes than it does without a sanitizer, as far as tests wait for it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlowness = 4;
#else
inline constexpr int kSlowness = 1;
#endif

std::uint64_t stat_of(GstElement *element, const char *name);
std::uint64_t failures_of(GstElement *element, const char *kind);

// A geminianalyzer in a harness with a bus, before its stream has begun. Upstream is live (as
// GstHarness answers) unless `properties` set a mode. Objects stay where an answer saw them, so
// that frames tell which one they carry, and leave with that of their own sample; tests of what
// moves set `tracking`.
class Analyzer {
public:
  // `properties` is written as in gst-launch: "mode=live max-in-flight=2".
  Analyzer(const std::string &url, const std::string &properties = "",
           const std::string &caps = kCaps);
  ~Analyzer();
  Analyzer(const Analyzer &) = delete;
  Analyzer &operator=(const Analyzer &) = delete;

  GstHarness *harness() const { return harness_; }
  GstElement *element() const { return harness_->element; }

  // A grey frame of the caps at this time.
  GstBuffer *frame(GstClockTime pts) const;
  // Pushes one and takes what comes out, which must be there at once.
  GstBuffer *pass(GstClockTime pts);
  // The next frame that comes out, waiting for it; null after a minute.
  GstBuffer *pull();
  // The next message of the type, waiting up to 20 s; null if none comes.
  GstMessage *wait_for(GstMessageType type);
  // The "json" of the next gemini-analysis message.
  std::string wait_for_analysis();
  std::uint64_t stat(const char *name) const;

private:
  GstBus *bus_;
  GstHarness *harness_;
  GstVideoInfo info_;
  // Taken by the streaming thread before and by the test after a frame is handed over: the
  // harness's own lock is GLib's, which ThreadSanitizer does not see.
  std::mutex handover_;
};

// A whole pipeline around a geminianalyzer named "gemini", run to its end: what came out and what
// was said.
class Pipeline {
public:
  // "SOURCE ! {} ! SINK": {} becomes the analyzer with `properties`.
  Pipeline(const std::string &launch, const std::string &url, const std::string &properties = "");
  ~Pipeline(); // to NULL
  Pipeline(const Pipeline &) = delete;
  Pipeline &operator=(const Pipeline &) = delete;

  struct Frame {
    GstClockTime pts = 0;
    GstGeminiSceneStatus status = GST_GEMINI_SCENE_STATUS_PENDING;
    guint n_objects = 0;
    guint64 request = 0;                       // 0: the scene comes from no answer
    GstClockTime sample = GST_CLOCK_TIME_NONE; // pts of the frame that this is about, where known
  };

  void play();
  // Plays until EOS or an error; false for an error.
  bool run();
  // The next message of these types, waiting up to 20 s; null if none comes. Remembers what it
  // passes by.
  GstMessage *wait_for(GstMessageType types);

  GstElement *pipeline() const { return pipeline_; }
  GstElement *analyzer() const { return analyzer_; }
  std::vector<Frame> frames() const; // what left the analyzer, in order
  unsigned max_held() const;         // the most frames that were inside at a time
  const std::vector<std::string> &warnings() const { return warnings_; }
  const std::vector<std::string> &lines() const { return lines_; } // the analyses posted, as JSON
  const std::string &error() const { return error_; }              // the sentence of the error
  std::uint64_t stat(const char *name) const { return stat_of(analyzer_, name); }

private:
  void remember(GstMessage *message);

  GstElement *pipeline_;
  GstElement *analyzer_;
  GstBus *bus_;
  mutable std::mutex mutex_; // guards frames_ and the counts; probes run in streaming threads
  std::vector<Frame> frames_;
  unsigned n_in_ = 0;
  unsigned max_held_ = 0;
  std::vector<std::string> warnings_;
  std::vector<std::string> lines_;
  std::string error_;
};

// The scene of a frame, as the application sees it.
GstGeminiSceneStatus scene_status(GstBuffer *frame);
guint n_objects(GstBuffer *frame);
guint64
scene_request(GstBuffer *frame); // id of the request that the scene's objects come from; 0: none
GstClockTime scene_sample(GstBuffer *frame); // pts of the frame that was analysed

// A shape in pixels, filled with one colour.
struct Shape {
  double x, y, w, h;
  std::uint8_t r, g, b;
};
// A frame of `info`'s format with light grey ground; `shapes` over it. Every plane gets `padding`
// more bytes a row, told by GstVideoMeta.
GstBuffer *draw(const GstVideoInfo &info, const std::vector<Shape> &shapes, guint padding = 0);

// A line of a fault script: request `number` is answered with this text of the model.
std::string says(unsigned number, const std::string &text);
// One object with this label.
std::string one_object(const std::string &label);

// How long `job` takes.
std::chrono::milliseconds time_of(const std::function<void()> &job);

// The process's threads whose names begin with `prefix`.
unsigned n_threads(const std::string &prefix);

} // namespace gemini::test
