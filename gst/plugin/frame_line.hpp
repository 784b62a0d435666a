// SPDX-License-Identifier: LGPL-2.1-or-later
// Accurate mode: frames wait in line, with the events and queries between them, until their answer
// is there.
#pragma once

#include "glib/clock.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/gemini_ref.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace gemini {

struct FrameSize { // in pixels
  int width = 0;
  int height = 0;
};

class FrameLine {
public:
  struct Limits {
    std::uint64_t max_bytes = 0; // of the frames held; one frame is always let in
    // Set on a live source: how long a frame may be held; such a source is never held back. On any
    // other source frames wait for their answer, and a full line holds upstream back.
    std::optional<std::chrono::milliseconds> max_latency;
    std::chrono::milliseconds eos_timeout{0};
    bool gathers = false; // several samples go in a request
  };
  struct Frame {
    Ref<GstBuffer> buffer;
    FrameSize size{};
    // The last one at or before the frame; 0: there was none. Never an older one than that of the
    // frame before.
    std::uint64_t sample = 0;
    bool is_open = false; // it may still become a newer one: waits for settle()
    // Not 0: objects are followed to it from its sample and from the next, so it waits for show().
    // Rising.
    std::uint64_t number = 0;
    std::chrono::nanoseconds running_time{-1}; // negative: unknown
    std::shared_ptr<void> lease{};             // goes with the frame
  };
  // None is called with the lock held.
  struct Hooks {
    // In the task: attaches the scene (null: nothing known) and returns the frame to push.
    std::function<Ref<GstBuffer>(Ref<GstBuffer> frame, const Ref<GstGeminiScene> &scene,
                                 FrameSize size)>
        finish;
    // In the task: this one is sent now.
    std::function<void(GstEvent *event)> leaves;
    // In the streaming thread: no newer frame comes until answers have let older ones go, told for
    // each frame that is first in line then; `is_end`: until all have gone.
    std::function<void(bool is_end)> wait;
    // In the task: a frame leaves without having been shown what is on it. What is known of it;
    // `answer`: of its sample, or null.
    std::function<Ref<GstGeminiScene>(const Frame &frame, const Ref<GstGeminiScene> &answer)>
        unshown;
    // In the task: no frame has come for a while, perhaps because of those that wait here.
    std::function<void()> stalled;
    // In any thread: the task has something to do again.
    std::function<void()> resume;
    // In the task: a frame of a live source has left without its answer.
    std::function<void()> gave_up;
  };

  FrameLine(GstElement *element, GstPad *src, Limits limits, AnalyzerStats &stats, Hooks hooks);
  ~FrameLine(); // the task has ended
  FrameLine(const FrameLine &) = delete;
  FrameLine &operator=(const FrameLine &) = delete;

  // Streaming thread. Blocks while the line is full, unless the source is live.
  GstFlowReturn push_frame(Frame frame);
  // Streaming thread, or with its lock held: the newest `n` open frames belong to `sample`, the
  // others to that with which they were pushed. None is open any more.
  void settle(std::size_t n, std::uint64_t sample);
  // Streaming thread: whether push_frame() would not block.
  bool has_room(gsize bytes);
  // Any thread. Where push_frame() has no room, and the first frame in line cannot leave: the
  // number of the last one in line. None: it is not stuck.
  std::optional<std::uint64_t> stuck_up_to() const;
  bool push_event(Ref<GstEvent> event); // serialized ones
  bool push_query(GstQuery *query);     // serialized ones; blocks until downstream has answered
  bool has_frames() const;
  bool is_live() const { return limits_.max_latency.has_value(); }

  // Worker. The scene for all frames of this sample.
  void answer(std::uint64_t sample, Ref<GstGeminiScene> scene);
  // Worker. What is known until answer() has said it, for frames that cannot wait.
  void foretell(std::uint64_t sample, Ref<GstGeminiScene> scene);

  // Worker. What is on this frame.
  void show(std::uint64_t number, Ref<GstGeminiScene> scene);

  // The task's body: waits for the head of the line to be ready, sends it, and returns true; also
  // without having sent anything, when it is time to look around. False when the line has stopped,
  // so that the task may rest.
  [[nodiscard]] bool send_next();
  // Where the first frame begins whose answer is awaited, in running time. In the task.
  std::optional<std::chrono::nanoseconds> first_awaited() const;
  // The task looks around at this time at the latest. In the task.
  void look_again_at(std::optional<Clock::TimePoint> time);
  // And now. Any thread.
  void look_again();

  // Empties the line and refuses what comes with `flow`; wakes everybody who waits. Sticky events
  // but for segments stay: nobody would ever send them again. Any thread.
  void stop(GstFlowReturn flow);
  // The stream begins anew; the task is started by the caller.
  void restart();
  // Somebody was linked, who was not there before.
  void reconnect();
  bool is_flowing() const;
  bool needs_task() const; // which has more to do

private:
  // One of frame, event and query.
  struct Item {
    Frame frame{};
    gsize bytes = 0;
    Clock::TimePoint came{}; // of an EOS: when it goes at the latest
    Ref<GstEvent> event{};
    // The asking thread's; that waits for the answer and holds the stream lock, so there is one at
    // a time.
    GstQuery *query = nullptr;
  };
  enum class QueryState { waiting, answered, refused };

  // Under the lock, which it takes; the task looks then what it means.
  template <typename Apply> void change(Apply apply);

  // All with the lock held.
  bool lets_in(gsize bytes) const;
  bool is_ready(Clock::TimePoint now) const;
  std::optional<Clock::TimePoint> deadline() const; // when the head, a frame, is ready in any case
  std::optional<Clock::TimePoint> stalls_at() const;
  std::optional<Clock::TimePoint> wakes_at() const;
  std::deque<Item> empty(bool keeps_segment);
  void keep_sticky(Item item);

  void forget_if_unused(std::map<std::uint64_t, Ref<GstGeminiScene>> &scenes);
  bool is_known(const Frame &frame) const;
  bool can_head_leave() const;
  void wait_for_room(std::unique_lock<std::mutex> &lock, gsize bytes);
  void send_frame(Item item, Ref<GstGeminiScene> scene, bool is_answered, bool is_shown);
  void send_query(GstQuery *query);

  GstElement *element_;
  GstPad *src_;
  const Limits limits_;
  AnalyzerStats &stats_;
  const Hooks hooks_;

  // Guards all below; never held while calling GStreamer or a hook.
  mutable std::mutex mutex_;
  std::condition_variable changed_; // the head may be ready
  std::condition_variable room_;    // there may be room, or a query is answered
  std::deque<Item> items_;
  std::uint64_t n_gone_ = 0; // out of it, since it was made
  std::uint64_t held_bytes_ = 0;
  std::optional<gsize> blocked_; // the size of the frame for which push_frame() waits for room
  // By sample. Older ones go as soon as a frame of a newer sample has left.
  std::map<std::uint64_t, Ref<GstGeminiScene>> scenes_;
  // By the number of frames; older ones go likewise.
  std::map<std::uint64_t, Ref<GstGeminiScene>> shown_;
  // Those of frames in line whose answer is not there, with the running time of their first frame.
  std::map<std::uint64_t, std::chrono::nanoseconds> awaited_;
  std::optional<Clock::TimePoint> eos_deadline_; // of the first EOS in line
  std::optional<Clock::TimePoint> look_at_;
  bool must_look_ = false;
  Clock::TimePoint newest_came_{};   // the newest frame
  bool has_told_stall_ = false;      // since then
  GstFlowReturn flow_ = GST_FLOW_OK; // what downstream said last
  Ref<GstEvent> end_;                // EOS, to tell who has had enough before it
  QueryState query_ = QueryState::answered;
};

} // namespace gemini
