// SPDX-License-Identifier: LGPL-2.1-or-later
// From sampled frames to analyses: one ordered worker that encodes, asks and reads.
//
//   streaming thread ──submit──► waiting ─┐
//                                         ├─► worker ──► deliver (analysis)
//   network thread ────reply───► replies ─┘      └─► client ──► network thread
#pragma once

#include "core/analysis.hpp"
#include "glib/gst_ref.hpp"
#include "net/http_client.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/credentials.hpp"
#include "vision/frame_encoder.hpp"
#include "wire/request.hpp"

#include <gst/video/video.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace gemini {

// A frame to be analysed. The buffer is held until it is encoded.
struct Sample {
  std::uint64_t id = 0; // becomes the request id; rising
  Ref<GstBuffer> buffer;
  GstVideoInfo info{};
  std::chrono::nanoseconds pts{-1};
  std::chrono::nanoseconds running_time{-1};
  std::optional<std::chrono::microseconds> captured_at = std::nullopt;
  // As they were when the frame came.
  std::shared_ptr<const ResolvedSettings> settings;
  // After this nobody waits for the answer, so it is not asked for.
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;
};

class AnalysisEngine {
public:
  // Called in the worker thread, once for each sample that was not discarded; failures are analyses
  // too.
  using Deliver = std::function<void(const std::shared_ptr<const Analysis> &)>;
  // Called in the worker thread when a model turns out to refuse a field of ours, which it is not
  // sent any more.
  using FieldDropped = std::function<void(wire::OwnField, const std::string &model)>;

  // `log` (only named in debug output) and `stats` outlive the engine.
  AnalysisEngine(GstElement *log, std::string source, Service service, AnalyzerStats &stats,
                 Deliver deliver, FieldDropped field_dropped);
  ~AnalysisEngine(); // stops
  AnalysisEngine(const AnalysisEngine &) = delete;
  AnalysisEngine &operator=(const AnalysisEngine &) = delete;

  // Gives up what is under way and joins the worker. Not from the worker. Again: nothing.
  void stop();
  void submit(Sample sample); // never blocks
  // Samples submitted and not yet delivered.
  std::size_t n_open() const;
  // Nobody waits any more for what was submitted so far, nor for idleness. A delivery that has
  // begun may still go on.
  void discard_all();
  // Calls `then` in the worker thread, once, as soon as nothing is open; never if discarded before.
  void when_idle(std::function<void()> then);

private:
  struct Inbox; // what the three threads share
  struct Pending;

  void work();
  void send(Sample sample);
  void ask(Pending pending);
  void receive(Pending pending, net::HttpResult result);
  bool ask_without_refused_field(Pending &pending, const net::HttpReply &refusal);
  void learn_from(const Pending &pending);
  void deliver(Analysis analysis);

  GstElement *log_;
  const std::string source_;
  const Service service_;
  AnalyzerStats &stats_;
  const Deliver deliver_;
  const FieldDropped field_dropped_;
  const std::shared_ptr<Inbox> inbox_; // replies reach it through a weak_ptr, also after the engine
  net::HttpClient client_;
  // The worker's own.
  vision::FrameEncoder encoder_;
  std::uint64_t next_object_id_ = 1;

  std::thread worker_; // last member: starts when the others exist
};

} // namespace gemini
