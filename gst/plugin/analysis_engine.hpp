// SPDX-License-Identifier: LGPL-2.1-or-later
// From sampled frames to analyses: one ordered worker that encodes, asks and reads.
//
//   streaming thread ──submit──► waiting ─► worker ─► batch ─► Asker ──► network thread
//                                              ▲                            │
//                        deliver (analysis) ◄──┴───────────reply────────────┘
#pragma once

#include "core/analysis.hpp"
#include "core/view.hpp"
#include "glib/gst_ref.hpp"
#include "plugin/analysis_job.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/asker.hpp"
#include "plugin/service.hpp"
#include "plugin/worker.hpp"
#include "vision/frame_encoder.hpp"
#include "wire/request.hpp"

#include <gst/video/video.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gemini {

// A frame to be analysed. The buffer is held until it is encoded.
struct Sample {
  enum class Sendable {
    yes,
    nothing_to_ask, // no box upstream that is wanted
    hidden,         // what is to be hidden may be anywhere
  };
  // One picture to be made of it.
  struct Part {
    View view = {};
    std::optional<Parent> parent = std::nullopt; // whose box the view is
  };

  std::uint64_t id = 0; // becomes the request id; rising
  Ref<GstBuffer> buffer;
  std::shared_ptr<void> lease{}; // goes with the buffer
  GstVideoInfo info{};
  std::chrono::nanoseconds pts{-1};
  std::chrono::nanoseconds running_time{-1};
  std::optional<std::chrono::microseconds> captured_at = std::nullopt;
  // As they were when the frame came.
  std::shared_ptr<const ResolvedSettings> settings;
  bool is_live = false; // the frame has gone on already
  // Somebody asked for this very frame: it is asked about by itself, and waits for its place.
  bool is_demanded = false;
  // After this nobody waits for the answer, so it is not asked for.
  std::optional<Clock::TimePoint> deadline = std::nullopt;
  std::vector<Part> parts = std::vector<Part>(1); // never empty; all in the same request
  std::vector<Rect> blackouts = {};               // of the frame: what must not be sent
  std::size_t n_left_out = 0;                     // boxes that were wanted, but were too many
  Sendable sendable = Sendable::yes;              // if it is not, it is answered by saying so
};

class AnalysisEngine {
public:
  // All are called in the worker thread.
  struct Listener {
    // Once for each sample that was not discarded; failures are analyses too.
    std::function<void(const std::shared_ptr<const Analysis> &)> deliver;
    // Before that, as often as a streamed answer grows.
    std::function<void(const std::shared_ptr<const Analysis> &)> grew;
    std::function<void(wire::OwnField, const std::string &model)> field_dropped;
    std::function<void(const Failure &, const std::string &model)> refused; // at start
    std::function<void(const BudgetAlarm::Alarm &)> alarmed;
    std::function<void(const std::string &)> file_failed; // of record or audit: a sentence
  };
  // Why a live sample would not be asked about, or not now.
  enum class Room { yes, in_flight, paused, budget };

  // `log` (only named in debug output) and `stats` outlive the engine. Begins by looking at key and
  // model.
  AnalysisEngine(GstElement *log, std::string source, Service service,
                 const std::shared_ptr<const ResolvedSettings> &settings, AnalyzerStats &stats,
                 Listener listener);
  ~AnalysisEngine(); // stops
  AnalysisEngine(const AnalysisEngine &) = delete;
  AnalysisEngine &operator=(const AnalysisEngine &) = delete;

  // Gives up what is under way and joins the worker. Not from the worker. Again: nothing.
  void stop();
  void submit(Sample sample); // never blocks
  // Streaming thread, for live samples.
  Room room(const std::shared_ptr<const ResolvedSettings> &settings);
  // Samples that wait for others of the same request are asked about without them.
  void send_partial();
  // Nobody waits any more for what was submitted so far, nor for idleness. A delivery that has
  // begun may still go on.
  void discard_all();
  // Calls `then` in the worker thread, once, as soon as nothing is open; never if discarded before.
  void when_idle(std::function<void()> then);
  // In the worker, behind what it has to do already; or not before a time. Never after stop().
  void post(std::function<void()> job) { worker_->post(std::move(job)); }
  void post_at(Clock::TimePoint when, std::function<void()> job)
  {
    worker_->post_at(when, std::move(job));
  }
  // Worker: writes it to the record, if there is one.
  void record(const Analysis &analysis);
  // While playing. The sentence says what is wrong with a new token, if anything.
  std::optional<SettingProblem>
  set_settings(const std::shared_ptr<const ResolvedSettings> &settings);
  // What outputs cost so far, on average, in tokens; and how many pictures go before each frame.
  double mean_output() const;
  std::size_t n_references() const { return n_references_; }

private:
  void pump();
  std::optional<Sample> take_waiting();
  void take_in(Sample sample);
  void replay(const Sample &sample, Analysis analysis);
  void leave_out_parts(Sample &sample, Analysis &analysis) const;
  std::size_t picture_limit() const;
  void add_to_batch(std::vector<AnalysisJob::Frame> pictures, const Sample &sample);
  bool is_batch_complete() const;
  void ask_batch();
  void ask_demanded();
  void deliver(Analysis analysis);
  void rest();

  GstElement *log_;
  const std::string source_;
  Service service_;
  AnalyzerStats &stats_;
  const Listener listener_;

  mutable std::mutex mutex_;     // guards down to the blank line; never held while calling anything
  std::deque<Sample> waiting_;   // in the order of submission
  std::set<std::uint64_t> open_; // ids that somebody waits for
  std::uint64_t delivering_ = 0; // of them, the one that is being delivered; 0: none
  std::uint64_t newest_ = 0;     // id
  std::size_t n_replaceable_ = 0; // of them, those that make room for newer ones
  std::function<void()> when_idle_;
  std::optional<std::string> token_; // as it was set

  // The worker's own.
  vision::FrameEncoder encoder_;
  std::optional<AnalysisJob> batch_; // not full yet
  std::deque<AnalysisJob> demanded_; // encoded, waiting for a place
  std::uint64_t partial_up_to_ = 0;  // samples up to this one wait for no newer ones
  std::unique_ptr<Asker> asker_;     // null while replaying

  std::size_t n_references_ = 0;
  const std::shared_ptr<Worker> worker_; // last member: its jobs use the others
};

} // namespace gemini
