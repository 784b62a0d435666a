// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything of geminianalyzer that lives from READY to PAUSED and back.
#pragma once

#include "glib/pad_task.hpp"
#include "plugin/analysis_engine.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/announcer.hpp"
#include "plugin/buffering.hpp"
#include "plugin/cost_projection.hpp"
#include "plugin/demands.hpp"
#include "plugin/fixed_pool.hpp"
#include "plugin/frame_chooser.hpp"
#include "plugin/frame_line.hpp"
#include "plugin/live_scene.hpp"
#include "plugin/motion.hpp"
#include "plugin/orientation_tags.hpp"
#include "plugin/overload_guard.hpp"
#include "plugin/qos.hpp"
#include "plugin/results_pad.hpp"
#include "plugin/sample_parts.hpp"

#include <gst/video/video.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gemini {

// Threads: the streaming thread calls chain(), sink_event() and sink_query(); the worker (of
// engine_) calls on_analysis(), and through motion_ tell_answer() and line_; the source pad's task
// (accurate mode) calls unshown_scene(), finish_frame() and on_stall() through line_; the rest may
// come from any thread. No two locks of this plugin nest.
class AnalyzerRun {
public:
  struct Pads {
    GstPad *sink = nullptr; // both owned by the element
    GstPad *src = nullptr;
  };
  AnalyzerRun(GstElement *element, Pads pads, std::string stream_name, Service service,
              std::shared_ptr<const ResolvedSettings> settings,
              std::shared_ptr<AnalyzerStats> stats);
  // After stop(). May be the last reference's end in any thread.
  ~AnalyzerRun();
  AnalyzerRun(const AnalyzerRun &) = delete;
  AnalyzerRun &operator=(const AnalyzerRun &) = delete;

  // After the pads are inactive. Joins the worker; ends within moments whatever the network does.
  // Not from the worker, whose messages an application may answer by setting a property.
  void stop();
  // Takes effect with the next frame. What is wrong with a new token, if anything. Posts nothing.
  std::optional<SettingProblem> set_settings(std::shared_ptr<const ResolvedSettings> settings);
  // Posts what a day costs, as soon as that can be said and whenever it has changed. Not with a
  // lock held, as whoever hears of it may set a property.
  void project_costs();
  // Null: there is none (any more).
  void set_results(std::shared_ptr<ResultsPad> results)
  {
    announcer_.set_results(std::move(results));
  }

  // The next frame is to be analysed, whatever the rate; null: with the prompt of the settings. The
  // id of the request; 0, where it cannot be made: then a warning says so, or there are too many
  // already.
  std::uint64_t analyze_now(const std::optional<std::string> &prompt);

  GstFlowReturn chain(GstBuffer *buffer); // transfer full
  bool sink_event(GstEvent *event);       // transfer full
  bool sink_query(GstObject *parent, GstQuery *query);
  bool src_event(GstObject *parent, GstEvent *event); // transfer full
  // LATENCY, asked of any source pad.
  bool latency_query(GstQuery *query);
  // The source pad's activation. Deactivating wakes whoever waits.
  bool activate_src(bool is_active);
  // Whether the pipeline's clock runs for the element.
  void set_playing(bool is_playing);
  // Before the state goes down: nobody may keep a streaming thread waiting any more.
  void unblock();

private:
  struct Position {
    std::chrono::nanoseconds pts{-1}; // negative: unknown
    std::chrono::nanoseconds running_time{-1};
  };

  std::shared_ptr<const ResolvedSettings> settings() const;
  std::shared_ptr<FrameLine> line() const; // null in live mode
  void decide_mode();
  Position position_of(GstBuffer *buffer);
  FrameChooser::Place choose(const FixedPool::Held &frame, const Position &position,
                             const std::shared_ptr<const ResolvedSettings> &settings,
                             FrameLine *held);
  FrameChooser::Owner chooser_owner();
  bool is_late(const FrameChooser::Arrival &frame) const;
  bool has_room(const FrameChooser::Arrival &frame);
  FixedPool::Held hold(Ref<GstBuffer> frame);
  Sample make_sample(const FrameChooser::Arrival &frame);
  void choose_parts(Sample &sample);
  std::uint64_t submit(Sample sample);
  void wait_for_answers(bool is_end);
  void compared(std::optional<std::uint64_t> same_as);
  void on_demand(GstEvent *event);
  Ref<GstBuffer> finish_frame(Ref<GstBuffer> frame, const Ref<GstGeminiScene> &scene,
                              FrameSize size);
  bool on_caps(GstEvent *event);
  void look_for_size(GstBuffer *frame);
  void note_frame_info();
  void note_crops(const Sample &sample);
  void on_segment(GstEvent *event);
  void send_next();
  void on_flush_stop(bool has_new_time);
  bool forward(GstEvent *event);
  void leaves(GstEvent *event);
  std::uint64_t next_sample() const; // 0 in live mode, where nothing is told in order
  void resume();
  bool is_src_active() const;
  void on_stall();
  bool allocation_query(GstObject *parent, GstQuery *query);
  void finish_results();
  void begin_anew();
  void forget_answers(const Demands::Forgotten &forgotten);

  Motion::Hooks motion_hooks();
  bool follows(const ResolvedSettings &settings);
  bool is_between(const FrameChooser::Place &place) const;
  Motion::Passing passing(GstBuffer *frame, const FrameChooser::Place &place,
                          const FrameLine *held);
  Ref<GstGeminiScene> unshown_scene(const FrameLine::Frame &frame,
                                    const Ref<GstGeminiScene> &answer);
  std::shared_ptr<Analysis> with_ids(Analysis analysis);
  void tell_answer(const std::shared_ptr<const Analysis> &analysis);
  void tell_live(const std::shared_ptr<const Analysis> &analysis);

  AnalysisEngine::Listener listener();
  void on_analysis(const std::shared_ptr<const Analysis> &analysis);
  void on_growing(const std::shared_ptr<const Analysis> &analysis);
  void stop_by_error(const Failure &failure, const std::string &model);

  GstElement *element_; // owns this
  const Pads pads_;
  const bool is_replay_;
  const std::shared_ptr<AnalyzerStats> stats_;

  Demands demands_;

  // Streaming thread only.
  FrameChooser chooser_;
  GstSegment segment_{};
  std::optional<GstVideoInfo> info_;
  bool tells_size_ = false; // whether the caps say how large frames are; JPEG's may not
  OrientationTags orientation_;
  std::chrono::nanoseconds last_running_time_{0};
  // Of the newest frame; what is not known is 0. For frames without a time of their own.
  std::chrono::nanoseconds last_duration_{0};
  FixedPool pool_;
  bool had_eos_ = false;
  bool is_following_ = false;     // objects from frame to frame
  std::uint64_t last_sample_ = 0; // of the frame before
  std::chrono::nanoseconds newest_running_time_{0};
  // Accurate: the first sample from which objects are followed; 0: there is none.
  std::uint64_t first_followed_ = 0;

  bool is_mode_known_ = false;
  bool is_live_ = false; // whether the time of arrival is the time of capture

  // What is added to the latency, in ms; 0 unless frames of a live source are held.
  std::atomic<unsigned> added_latency_ms_{0};
  std::atomic<bool> is_stopped_by_error_{false};
  Qos qos_;
  Buffering buffering_;
  OverloadGuard overload_; // of a live source in accurate mode
  CostProjection costs_;

  mutable std::mutex
      mutex_; // guards all down to the blank line; never held while calling anything else
  std::shared_ptr<const ResolvedSettings> settings_;
  std::shared_ptr<FrameLine> line_; // made when the mode turns out to be accurate
  bool is_src_active_ = false;

  std::uint64_t next_object_id_ = 1; // the worker's own; of the line, where mode is accurate

  SampleParts parts_;
  Announcer announcer_;
  LiveScene live_scene_;
  Motion motion_;
  const Ref<GstGeminiScene> pending_; // for frames of which nothing is known
  PadTask task_;                      // of the source pad: sends what is in line_
  AnalysisEngine engine_;             // last member: its worker calls into the others
};

} // namespace gemini
