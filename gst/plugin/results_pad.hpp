// SPDX-License-Identifier: LGPL-2.1-or-later
// The `results` request pad: NDJSON lines in a bounded queue with a task of its own, so that a sink
// that blocks never holds video or network.
#pragma once

#include "glib/clock.hpp"
#include "glib/gst_ref.hpp"
#include "glib/pad_task.hpp"
#include "plugin/analyzer_stats.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace gemini {

// Carried by the pad, which whoever shares this keeps alive, too: the pad may be released while
// lines are on their way to it. All functions may be called from any thread and never block.
class ResultsPad {
public:
  // The element adds the pad.
  static std::shared_ptr<ResultsPad> create(GstPadTemplate *templ, const char *name);
  explicit ResultsPad(GstPad *pad);
  ResultsPad(const ResultsPad &) = delete;
  ResultsPad &operator=(const ResultsPad &) = delete;

  GstPad *pad() const { return pad_; }

  // Where lines that find no room are counted; null while the element is in READY.
  void set_stats(std::shared_ptr<AnalyzerStats> stats);
  void begin_stream(std::optional<guint> group_id);
  void segment(const GstSegment &segment);
  // When a sink comes, a GAP without which it never prerolls may have gone into the void before.
  void set_linked(bool is_linked);
  // A sink that is paused with nothing in its hands waits for something, too.
  void preroll_again();
  // One line without its line break; `position` is its time in the segment.
  void line(const std::string &json, GstClockTime position);
  // The stream has come so far and there is no line: a GAP goes out when the queue is empty.
  void advance(GstClockTime position);
  // EOS comes behind all lines: at finish(), or at the deadline if that never comes.
  void finish_by(Clock::TimePoint deadline);
  void finish();
  void flush_start();
  void flush_stop();

  // The pad's activation: starts and ends the task.
  bool activate(bool is_active);

private:
  struct Beginning {
    std::optional<guint> group_id;
  };
  // One of the three.
  struct Item {
    Ref<GstBuffer> line{};
    std::optional<GstSegment> segment = std::nullopt;
    std::optional<Beginning> beginning = std::nullopt;
  };

  void run_once();
  std::deque<Item> empty(); // with the lock held
  void send(const Item &item);
  void send_beginning(std::optional<guint> group_id);

  GstPad *pad_; // carries this
  PadTask task_;

  // Guards all below; never held while calling GStreamer.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<AnalyzerStats> stats_;
  std::deque<Item> items_;
  std::size_t n_lines_ = 0;   // of items_, which holds a segment or two besides
  bool has_segment_ = false;  // one was queued since the stream began: lines may follow
  GstClockTime position_ = 0; // up to where lines and gaps were sent
  GstClockTime reached_ = 0;  // up to where the stream has come
  bool is_linked_ = false;
  bool owes_gap_ = false;
  bool is_finished_ = false;
  bool is_eos_sent_ = false;
  std::optional<Clock::TimePoint> deadline_;
  bool is_active_ = false;
  bool is_flushing_ = true;
};

} // namespace gemini
