// SPDX-License-Identifier: LGPL-2.1-or-later
// Accurate mode: frames wait in line until their answer is there.
#include "plugin/frame_line.hpp"

#include "plugin/analyzer_debug.hpp"

#include <algorithm>
#include <utility>

namespace gemini {

FrameLine::FrameLine(GstElement *element, GstPad *src, Limits limits, AnalyzerStats &stats,
                     Finish finish, std::function<void()> on_wait)
    : element_(element), src_(src), limits_(limits), stats_(stats), finish_(std::move(finish)),
      on_wait_(std::move(on_wait))
{
}

FrameLine::~FrameLine() = default;

GstFlowReturn FrameLine::push_frame(Ref<GstBuffer> frame, FrameSize size, std::uint64_t sample)
{
  const gsize bytes = gst_buffer_get_size(frame.get());
  {
    std::unique_lock lock{mutex_};
    const auto has_room = [&] {
      return flow_ != GST_FLOW_OK || held_bytes_ == 0 || held_bytes_ + bytes <= limits_.max_bytes;
    };
    if (!limits_.max_latency && !has_room()) {
      lock.unlock();
      on_wait_();
      lock.lock();
      room_.wait(lock, has_room);
    }
    if (flow_ != GST_FLOW_OK)
      return flow_;
    held_bytes_ += bytes;
    items_.push_back({.frame = std::move(frame),
                      .size = size,
                      .sample = sample,
                      .bytes = bytes,
                      .came = Clock::now(),
                      .event = {}});
  }
  changed_.notify_one();
  return GST_FLOW_OK;
}

bool FrameLine::push_event(Ref<GstEvent> event)
{
  GstFlowReturn flow = GST_FLOW_OK;
  const bool is_eos = GST_EVENT_TYPE(event.get()) == GST_EVENT_EOS;
  {
    const std::lock_guard lock{mutex_};
    flow = flow_;
    if (flow == GST_FLOW_OK) {
      if (is_eos)
        eos_deadline_ = Clock::now() + limits_.eos_timeout;
      items_.push_back({.event = std::move(event)});
    }
  }
  if (flow == GST_FLOW_OK) {
    changed_.notify_one();
    return true;
  }
  // Upstream has no further buffer to learn of the failure from.
  if (is_eos && (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS))
    GST_ELEMENT_FLOW_ERROR(element_, flow);
  return false;
}

bool FrameLine::push_query(GstQuery *query)
{
  on_wait_();
  std::unique_lock lock{mutex_};
  if (flow_ != GST_FLOW_OK)
    return false;
  items_.push_back({.query = query});
  query_ = QueryState::waiting;
  changed_.notify_one();
  room_.wait(lock, [this] { return query_ != QueryState::waiting; });
  return query_ == QueryState::answered;
}

void FrameLine::answer(std::uint64_t sample, Ref<GstGeminiScene> scene)
{
  {
    const std::lock_guard lock{mutex_};
    scenes_.insert_or_assign(sample, std::move(scene));
  }
  changed_.notify_one();
}

FrameLine::Clock::time_point FrameLine::deadline() const
{
  auto until = Clock::time_point::max();
  if (limits_.max_latency)
    until = items_.front().came + *limits_.max_latency;
  if (eos_deadline_)
    until = std::min(until, *eos_deadline_);
  return until;
}

bool FrameLine::is_ready(Clock::time_point now) const
{
  const Item &head = items_.front();
  if (!head.frame || head.sample == 0 || scenes_.contains(head.sample))
    return true;
  // A live source cannot be held back: when the line is full, its head leaves with what is known.
  if (limits_.max_latency && held_bytes_ > limits_.max_bytes)
    return true;
  return now >= deadline();
}

bool FrameLine::send_next()
{
  std::unique_lock lock{mutex_};
  while (flow_ == GST_FLOW_OK && (items_.empty() || !is_ready(Clock::now()))) {
    const auto until = items_.empty() ? Clock::time_point::max() : deadline();
    if (until == Clock::time_point::max())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, until);
  }
  if (flow_ != GST_FLOW_OK)
    return false;

  Item item = std::move(items_.front());
  items_.pop_front();
  if (item.frame) {
    held_bytes_ -= item.bytes;
    const auto at = scenes_.find(item.sample);
    const bool is_answered = at != scenes_.end();
    const Ref<GstGeminiScene> scene = is_answered ? at->second : Ref<GstGeminiScene>{};
    scenes_.erase(scenes_.begin(), scenes_.lower_bound(item.sample));
    lock.unlock();
    room_.notify_all();
    send_frame(std::move(item), scene, is_answered);
  } else if (item.event) {
    if (GST_EVENT_TYPE(item.event.get()) == GST_EVENT_EOS)
      eos_deadline_.reset();
    lock.unlock();
    gst_pad_push_event(src_, item.event.release());
  } else {
    lock.unlock();
    send_query(item.query);
  }
  return true;
}

void FrameLine::send_frame(Item item, const Ref<GstGeminiScene> &scene, bool is_answered)
{
  if (item.sample != 0 && !is_answered)
    stats_.add(AnalyzerStats::released_early);
  Ref<GstBuffer> finished = finish_(std::move(item.frame), scene, item.size);
  const GstFlowReturn flow = gst_pad_push(src_, finished.release());
  if (flow == GST_FLOW_OK)
    return;
  GST_DEBUG_OBJECT(element_, "downstream says %s", gst_flow_get_name(flow));
  bool is_after_eos = false;
  std::deque<Item> rest; // released without the lock
  {
    const std::lock_guard lock{mutex_};
    if (flow_ == GST_FLOW_OK)
      flow_ = flow;
    is_after_eos = eos_deadline_.has_value();
    rest = empty();
  }
  room_.notify_all();
  if (is_after_eos && (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS))
    GST_ELEMENT_FLOW_ERROR(element_, flow);
}

void FrameLine::send_query(GstQuery *query)
{
  const bool result = gst_pad_peer_query(src_, query);
  {
    const std::lock_guard lock{mutex_};
    query_ = result ? QueryState::answered : QueryState::refused;
  }
  room_.notify_all();
}

std::deque<FrameLine::Item> FrameLine::empty()
{
  for (const Item &item : items_)
    if (item.query)
      query_ = QueryState::refused;
  held_bytes_ = 0;
  return std::exchange(items_, {});
}

void FrameLine::stop(GstFlowReturn flow)
{
  std::deque<Item> rest; // released without the lock
  {
    const std::lock_guard lock{mutex_};
    flow_ = flow;
    scenes_.clear();
    rest = empty();
  }
  changed_.notify_all();
  room_.notify_all();
}

void FrameLine::restart()
{
  const std::lock_guard lock{mutex_};
  flow_ = GST_FLOW_OK;
  eos_deadline_.reset();
}

} // namespace gemini
