// SPDX-License-Identifier: LGPL-2.1-or-later
// The `results` request pad.
#include "plugin/results_pad.hpp"

#include "plugin/analyzer_debug.hpp"

#include <algorithm>
#include <utility>

namespace gemini {

namespace {

constexpr std::size_t kMostLines = 1024;
// A sink needs a GAP now and then to preroll and to keep its position, not one a frame.
constexpr GstClockTime kGapEvery = GST_SECOND / 2;

GstClockTime beginning(const GstSegment &segment)
{
  return segment.position != GST_CLOCK_TIME_NONE ? segment.position : segment.start;
}

} // namespace

ResultsPad::ResultsPad(GstPad *pad) : pad_(pad), task_(pad, [this] { run_once(); }) {}

std::shared_ptr<ResultsPad> ResultsPad::create(GstPadTemplate *templ, const char *name)
{
  GstPad *pad = gst_pad_new_from_template(templ, name);
  auto shared_pad = Ref<GstPad>::adopt(GST_PAD(gst_object_ref_sink(pad)));
  auto *self = new ResultsPad{pad};
  g_object_set_data_full(G_OBJECT(pad), "gemini-results", self,
                         [](gpointer carried) { delete static_cast<ResultsPad *>(carried); });
  gst_pad_set_activatemode_function(
      pad, [](GstPad *activated, GstObject *, GstPadMode mode, gboolean is_active) -> gboolean {
        auto *carried = g_object_get_data(G_OBJECT(activated), "gemini-results");
        return mode == GST_PAD_MODE_PUSH && static_cast<ResultsPad *>(carried)->activate(is_active);
      });
  g_signal_connect(pad, "linked", G_CALLBACK(+[](GstPad *, GstPad *, gpointer carried) {
                     static_cast<ResultsPad *>(carried)->set_linked(true);
                   }),
                   self);
  g_signal_connect(pad, "unlinked", G_CALLBACK(+[](GstPad *, GstPad *, gpointer carried) {
                     static_cast<ResultsPad *>(carried)->set_linked(false);
                   }),
                   self);
  return {self, [kept = std::move(shared_pad)](ResultsPad *) {}};
}

void ResultsPad::set_stats(std::shared_ptr<AnalyzerStats> stats)
{
  const std::lock_guard lock{mutex_};
  stats_ = std::move(stats);
}

void ResultsPad::begin_stream(std::optional<guint> group_id)
{
  const std::lock_guard lock{mutex_};
  if (!items_.empty() && items_.back().beginning)
    items_.pop_back();
  items_.push_back({.beginning = Beginning{group_id}});
  has_segment_ = false;
  is_finished_ = false;
  is_eos_sent_ = false;
  deadline_.reset();
}

void ResultsPad::segment(const GstSegment &segment)
{
  {
    const std::lock_guard lock{mutex_};
    if (is_flushing_)
      return;
    items_.push_back({.segment = segment});
    has_segment_ = true;
    position_ = reached_ = beginning(segment);
  }
  changed_.notify_one();
}

void ResultsPad::set_linked(bool is_linked)
{
  {
    const std::lock_guard lock{mutex_};
    is_linked_ = owes_gap_ = is_linked;
  }
  changed_.notify_one();
}

void ResultsPad::preroll_again()
{
  {
    const std::lock_guard lock{mutex_};
    owes_gap_ = true;
  }
  changed_.notify_one();
}

void ResultsPad::line(const std::string &json, GstClockTime position)
{
  const std::string text = json + '\n';
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(text.data(), text.size()));
  GST_BUFFER_PTS(buffer.get()) = position;
  std::shared_ptr<AnalyzerStats> count_drop;
  Item dropped; // released without the lock
  {
    const std::lock_guard lock{mutex_};
    if (is_flushing_ || is_finished_ || !has_segment_)
      return;
    if (n_lines_ >= kMostLines) {
      const auto oldest = std::find_if(items_.begin(), items_.end(),
                                       [](const Item &item) { return bool{item.line}; });
      dropped = std::move(*oldest);
      items_.erase(oldest);
      --n_lines_;
      count_drop = stats_;
    }
    items_.push_back({.line = std::move(buffer)});
    ++n_lines_;
  }
  changed_.notify_one();
  if (count_drop)
    count_drop->add(AnalyzerStats::results_dropped);
}

void ResultsPad::advance(GstClockTime position)
{
  {
    const std::lock_guard lock{mutex_};
    if (!GST_CLOCK_TIME_IS_VALID(position) || position <= reached_)
      return;
    reached_ = position;
    if (reached_ - std::min(position_, reached_) < kGapEvery)
      return;
  }
  changed_.notify_one();
}

void ResultsPad::finish_by(Clock::TimePoint deadline)
{
  {
    const std::lock_guard lock{mutex_};
    deadline_ = deadline;
  }
  changed_.notify_one();
}

void ResultsPad::finish()
{
  {
    const std::lock_guard lock{mutex_};
    is_finished_ = true;
  }
  changed_.notify_one();
}

void ResultsPad::flush_start()
{
  gst_pad_push_event(pad_, gst_event_new_flush_start());
  std::deque<Item> dropped; // released without the lock
  {
    const std::lock_guard lock{mutex_};
    is_flushing_ = true;
    dropped = empty();
    has_segment_ = false;
  }
  changed_.notify_one();
  task_.pause();
}

void ResultsPad::flush_stop()
{
  gst_pad_push_event(pad_, gst_event_new_flush_stop(TRUE));
  {
    const std::lock_guard lock{mutex_};
    if (!is_active_)
      return;
    is_flushing_ = false;
    is_finished_ = false;
    is_eos_sent_ = false;
    deadline_.reset();
  }
  task_.start();
  bool is_active = false;
  {
    const std::lock_guard lock{mutex_};
    is_active = is_active_;
  }
  if (!is_active) // released meanwhile
    task_.stop();
}

bool ResultsPad::activate(bool is_active)
{
  std::deque<Item> dropped; // released without the lock
  {
    const std::lock_guard lock{mutex_};
    is_active_ = is_active;
    is_flushing_ = !is_active;
    if (!is_active) {
      dropped.swap(items_);
      items_.push_back({.beginning = Beginning{}}); // the next one's is told in time
      n_lines_ = 0;
      has_segment_ = false;
      is_finished_ = is_eos_sent_ = false;
      deadline_.reset();
    }
  }
  changed_.notify_one();
  if (!is_active)
    return task_.stop();
  task_.start();
  return true;
}

// A stream that has begun goes on behind a flush.
std::deque<ResultsPad::Item> ResultsPad::empty()
{
  std::deque<Item> all = std::exchange(items_, {});
  const auto last =
      std::find_if(all.rbegin(), all.rend(), [](const Item &item) { return bool{item.beginning}; });
  if (last != all.rend())
    items_.push_back({.beginning = last->beginning});
  n_lines_ = 0;
  return all;
}

// Waits for one thing to be sent, sends it, and returns.
void ResultsPad::run_once()
{
  std::unique_lock lock{mutex_};
  // EOS waits for somebody to send it to: behind it a pad sends nothing again.
  const auto is_at_end = [this] {
    return is_linked_ && (is_finished_ || (deadline_ && Clock::current().now() >= *deadline_));
  };
  const auto has_gap = [this] { return position_ < reached_ && reached_ - position_ >= kGapEvery; };
  // It begins when there is something to say.
  const auto has_items = [this] {
    return items_.size() > 1 || (items_.size() == 1 && !items_.front().beginning);
  };
  const auto has_work = [&] {
    return is_flushing_ || has_items() ||
           (!is_eos_sent_ && (has_gap() || is_at_end() || (owes_gap_ && has_segment_)));
  };
  while (!has_work()) {
    const auto until = is_linked_ && !is_eos_sent_ ? deadline_ : std::nullopt;
    Clock::current().wait(lock, changed_, until, [&] {
      return has_work() || until != (is_linked_ && !is_eos_sent_ ? deadline_ : std::nullopt);
    });
  }
  if (is_flushing_) {
    lock.unlock();
    task_.pause();
    return;
  }
  if (!items_.empty()) {
    const Item item = std::move(items_.front());
    items_.pop_front();
    if (item.line) {
      --n_lines_;
      if (GST_BUFFER_PTS_IS_VALID(item.line.get()))
        position_ = std::max(position_, GST_BUFFER_PTS(item.line.get()));
    }
    lock.unlock();
    send(item);
    return;
  }
  if (is_at_end()) {
    is_eos_sent_ = true;
    lock.unlock();
    gst_pad_push_event(pad_, gst_event_new_eos());
    return;
  }
  owes_gap_ = false;
  // Lines of accurate mode may be ahead of their frames.
  const GstClockTime from = position_;
  const GstClockTime to = position_ = std::max(position_, reached_);
  lock.unlock();
  gst_pad_push_event(pad_, gst_event_new_gap(from, to - from));
}

void ResultsPad::send(const Item &item)
{
  if (item.beginning) {
    send_beginning(item.beginning->group_id);
    return;
  }
  if (item.segment) {
    gst_pad_push_event(pad_, gst_event_new_segment(&*item.segment));
    // Without anything behind the segment a sink never prerolls.
    gst_pad_push_event(pad_, gst_event_new_gap(beginning(*item.segment), 0));
    return;
  }
  const GstFlowReturn flow = gst_pad_push(pad_, gst_buffer_ref(item.line.get()));
  if (flow != GST_FLOW_OK)
    GST_LOG_OBJECT(pad_, "a line was not taken: %s", gst_flow_get_name(flow));
}

void ResultsPad::send_beginning(std::optional<guint> group_id)
{
  if (g_autoptr(GstElement) element = gst_pad_get_parent_element(pad_)) {
    g_autofree char *id = gst_pad_create_stream_id(pad_, element, "results");
    GstEvent *start = gst_event_new_stream_start(id);
    gst_event_set_stream_flags(start, GST_STREAM_FLAG_SPARSE);
    if (group_id)
      gst_event_set_group_id(start, *group_id);
    gst_pad_push_event(pad_, start);
  }
  g_autoptr(GstCaps) caps = gst_caps_new_empty_simple("application/x-ndjson");
  gst_pad_push_event(pad_, gst_event_new_caps(caps));
}

} // namespace gemini
