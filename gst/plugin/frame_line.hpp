// SPDX-License-Identifier: LGPL-2.1-or-later
// Accurate mode: frames wait in line, with the events and queries between them, until their answer
// is there.
#pragma once

#include "plugin/analyzer_stats.hpp"
#include "plugin/gemini_ref.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
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
  };
  // Attaches the scene (null: nothing known) and returns the frame to push. In the task.
  using Finish = std::function<Ref<GstBuffer>(Ref<GstBuffer> frame,
                                              const Ref<GstGeminiScene> &scene, FrameSize size)>;

  // `on_wait`, in the streaming thread: no newer frame comes until answers have let older ones go.
  FrameLine(GstElement *element, GstPad *src, Limits limits, AnalyzerStats &stats, Finish finish,
            std::function<void()> on_wait);
  ~FrameLine(); // the task has ended
  FrameLine(const FrameLine &) = delete;
  FrameLine &operator=(const FrameLine &) = delete;

  // Streaming thread. `sample` is the id of the last sample at or before the frame; 0: there was
  // none. Blocks while the line is full, unless the source is live.
  GstFlowReturn push_frame(Ref<GstBuffer> frame, FrameSize size, std::uint64_t sample);
  bool push_event(Ref<GstEvent> event); // serialized ones
  bool push_query(GstQuery *query);     // serialized ones; blocks until downstream has answered

  // Worker. The scene for all frames of this sample.
  void answer(std::uint64_t sample, Ref<GstGeminiScene> scene);

  // The task's body: waits for the head of the line to be ready, sends it, and returns true; false
  // when the line has stopped, so that the task may rest.
  [[nodiscard]] bool send_next();

  // Empties the line and refuses what comes with `flow`; wakes everybody who waits. Any thread.
  void stop(GstFlowReturn flow);
  // The stream begins anew; the task is started by the caller.
  void restart();

private:
  using Clock = std::chrono::steady_clock;
  // One of frame, event and query.
  struct Item {
    Ref<GstBuffer> frame{};
    FrameSize size{};
    std::uint64_t sample = 0;
    gsize bytes = 0;
    Clock::time_point came{};
    Ref<GstEvent> event{};
    // The asking thread's; that waits for the answer and holds the stream lock, so there is one at
    // a time.
    GstQuery *query = nullptr;
  };
  enum class QueryState { waiting, answered, refused };

  // All with the lock held.
  bool is_ready(Clock::time_point now) const;
  Clock::time_point deadline() const; // when the head, a frame, is ready whatever happens
  std::deque<Item> empty();

  void send_frame(Item item, const Ref<GstGeminiScene> &scene, bool is_answered);
  void send_query(GstQuery *query);

  GstElement *element_;
  GstPad *src_;
  const Limits limits_;
  AnalyzerStats &stats_;
  const Finish finish_;
  const std::function<void()> on_wait_;

  // Guards all below; never held while calling GStreamer or the callback.
  std::mutex mutex_;
  std::condition_variable changed_; // the head may be ready
  std::condition_variable room_;    // there may be room, or a query is answered
  std::deque<Item> items_;
  std::uint64_t held_bytes_ = 0;
  // By sample. Older ones go as soon as a frame of a newer sample has left.
  std::map<std::uint64_t, Ref<GstGeminiScene>> scenes_;
  std::optional<Clock::time_point> eos_deadline_; // set when EOS is in line
  GstFlowReturn flow_ = GST_FLOW_OK;              // what downstream said last
  QueryState query_ = QueryState::answered;
};

} // namespace gemini
