// SPDX-License-Identifier: LGPL-2.1-or-later
// Accurate mode: frames wait in line until their answer is there.
#include "plugin/frame_line.hpp"

#include "plugin/analyzer_debug.hpp"

#include <algorithm>
#include <utility>

namespace gemini {

namespace {

// A frame of a file that takes longer to come than this may be held up by what waits for us: a tee
// without queues, a sink that is paused.
constexpr std::chrono::milliseconds kStall{500};

bool is_failure(GstFlowReturn flow)
{
  return flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS;
}

} // namespace

FrameLine::FrameLine(GstElement *element, GstPad *src, Limits limits, AnalyzerStats &stats,
                     Hooks hooks)
    : element_(element), src_(src), limits_(limits), stats_(stats), hooks_(std::move(hooks))
{
}

FrameLine::~FrameLine() = default;

template <typename Apply> void FrameLine::change(Apply apply)
{
  {
    const std::lock_guard lock{mutex_};
    apply();
    must_look_ = true;
  }
  changed_.notify_one();
}

bool FrameLine::lets_in(gsize bytes) const
{
  return limits_.max_latency || flow_ != GST_FLOW_OK || held_bytes_ == 0 ||
         held_bytes_ + bytes <= limits_.max_bytes;
}

bool FrameLine::has_room(gsize bytes)
{
  const std::lock_guard lock{mutex_};
  return lets_in(bytes);
}

void FrameLine::wait_for_room(std::unique_lock<std::mutex> &lock, gsize bytes)
{
  // What is on its way out makes room by itself.
  std::optional<std::uint64_t> told; // how many had gone then
  const auto is_new_head = [&] { return !can_head_leave() && told != n_gone_; };
  blocked_ = bytes;
  while (!lets_in(bytes)) {
    if (is_new_head()) {
      told = n_gone_;
      lock.unlock();
      hooks_.wait(false);
      lock.lock();
    } else {
      room_.wait(lock, [&] { return lets_in(bytes) || is_new_head(); });
    }
  }
  blocked_.reset();
}

bool FrameLine::can_head_leave() const
{
  return items_.empty() || !items_.front().frame.buffer || is_known(items_.front().frame);
}

std::optional<std::uint64_t> FrameLine::stuck_up_to() const
{
  const std::lock_guard lock{mutex_};
  if (!blocked_ || lets_in(*blocked_) || can_head_leave())
    return std::nullopt;
  const auto last = std::find_if(items_.rbegin(), items_.rend(),
                                 [](const Item &item) { return item.frame.number != 0; });
  return last == items_.rend() ? 0 : last->frame.number;
}

GstFlowReturn FrameLine::push_frame(Frame frame)
{
  const gsize bytes = gst_buffer_get_size(frame.buffer.get());
  {
    std::unique_lock lock{mutex_};
    wait_for_room(lock, bytes);
    if (flow_ != GST_FLOW_OK)
      return flow_;
    held_bytes_ += bytes;
    if (frame.sample != 0 && !scenes_.contains(frame.sample))
      awaited_.try_emplace(frame.sample, frame.running_time);
    newest_came_ = Clock::current().now();
    // For its deadline, or for the next stall.
    must_look_ = must_look_ || items_.empty() || has_told_stall_;
    has_told_stall_ = false;
    items_.push_back(
        {.frame = std::move(frame), .bytes = bytes, .came = newest_came_, .event = {}});
  }
  changed_.notify_one();
  return GST_FLOW_OK;
}

void FrameLine::settle(std::size_t n, std::uint64_t sample)
{
  change([&] {
    for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
      Frame &frame = item->frame;
      if (!frame.is_open)
        continue;
      frame.is_open = false;
      if (n == 0)
        continue;
      --n;
      frame.sample = sample;
      if (!scenes_.contains(sample))
        awaited_.insert_or_assign(sample, frame.running_time); // the oldest comes last
    }
  });
}

bool FrameLine::push_event(Ref<GstEvent> event)
{
  const GstEventType type = GST_EVENT_TYPE(event.get());
  const bool is_sticky = GST_EVENT_IS_STICKY(event.get());
  GstFlowReturn flow = GST_FLOW_OK;
  bool is_revived = false;
  {
    const std::lock_guard lock{mutex_};
    // Who has had enough of one segment may want the next, and waits for the end otherwise.
    if (flow_ == GST_FLOW_EOS && (type == GST_EVENT_STREAM_START || type == GST_EVENT_SEGMENT)) {
      flow_ = GST_FLOW_OK;
      is_revived = true;
    }
    const bool is_end = flow_ == GST_FLOW_EOS && type == GST_EVENT_EOS;
    is_revived = is_revived || is_end;
    flow = is_end ? GST_FLOW_OK : flow_;
    Item item{.event = std::move(event)};
    if (is_end) {
      end_ = std::move(item.event);
    } else if (flow != GST_FLOW_OK) {
      keep_sticky(std::move(item));
    } else {
      if (type == GST_EVENT_EOS) {
        item.came = Clock::current().now() + limits_.eos_timeout;
        if (!eos_deadline_)
          eos_deadline_ = item.came;
        must_look_ = true;
      }
      items_.push_back(std::move(item));
    }
  }
  if (is_revived)
    hooks_.resume();
  if (flow == GST_FLOW_OK) {
    changed_.notify_one();
    return true;
  }
  // Upstream has no further buffer to learn of the failure from.
  if (type == GST_EVENT_EOS && is_failure(flow))
    GST_ELEMENT_FLOW_ERROR(element_, flow);
  // To upstream a sticky event that is refused is an error of its own, also where the stream is
  // only being stopped. The next frame says what is the matter.
  return is_sticky && type != GST_EVENT_EOS;
}

bool FrameLine::push_query(GstQuery *query)
{
  hooks_.wait(true);
  std::unique_lock lock{mutex_};
  if (flow_ != GST_FLOW_OK)
    return false;
  items_.push_back({.query = query});
  query_ = QueryState::waiting;
  changed_.notify_one();
  room_.wait(lock, [this] { return query_ != QueryState::waiting; });
  return query_ == QueryState::answered;
}

bool FrameLine::has_frames() const
{
  const std::lock_guard lock{mutex_};
  return held_bytes_ > 0;
}

// No frame leaves that would take them with it: the newest is enough for the next, if one comes.
void FrameLine::forget_if_unused(std::map<std::uint64_t, Ref<GstGeminiScene>> &scenes)
{
  if (flow_ != GST_FLOW_OK)
    scenes.clear();
}

void FrameLine::answer(std::uint64_t sample, Ref<GstGeminiScene> scene)
{
  change([&] {
    forget_if_unused(scenes_);
    scenes_.insert_or_assign(sample, std::move(scene));
    awaited_.erase(sample);
  });
}

void FrameLine::foretell(std::uint64_t sample, Ref<GstGeminiScene> scene)
{
  change([&] {
    forget_if_unused(scenes_);
    scenes_.try_emplace(sample, std::move(scene));
    awaited_.erase(sample);
  });
}

void FrameLine::show(std::uint64_t number, Ref<GstGeminiScene> scene)
{
  change([&] {
    forget_if_unused(shown_);
    shown_.insert_or_assign(number, std::move(scene));
  });
}

std::optional<std::chrono::nanoseconds> FrameLine::first_awaited() const
{
  const std::lock_guard lock{mutex_};
  if (awaited_.empty() || (eos_deadline_ && Clock::current().now() >= *eos_deadline_))
    return std::nullopt;
  // Frames wait for the answer behind them, too.
  const auto first = std::find_if(items_.begin(), items_.end(), [this](const Item &item) {
    return item.frame.buffer && !is_known(item.frame);
  });
  return first == items_.end() ? awaited_.begin()->second
                               : std::min(awaited_.begin()->second, first->frame.running_time);
}

void FrameLine::look_again_at(std::optional<Clock::TimePoint> time)
{
  const std::lock_guard lock{mutex_};
  look_at_ = time;
}

void FrameLine::look_again()
{
  change([] {});
}

std::optional<Clock::TimePoint> FrameLine::deadline() const
{
  auto until = eos_deadline_;
  if (limits_.max_latency) {
    const auto held_until = items_.front().came + *limits_.max_latency;
    until = until ? std::min(*until, held_until) : held_until;
  }
  return until;
}

// What waits for further frames, in a request, for the end of a window or for the next sample, may
// wait for ever. Live sources give them a part of their time anyway.
std::optional<Clock::TimePoint> FrameLine::stalls_at() const
{
  if (limits_.max_latency || has_told_stall_ || items_.empty() ||
      (!limits_.gathers && !items_.front().frame.is_open && items_.front().frame.number == 0))
    return std::nullopt;
  return newest_came_ + kStall;
}

std::optional<Clock::TimePoint> FrameLine::wakes_at() const
{
  std::optional<Clock::TimePoint> first = look_at_;
  if (items_.empty())
    return first;
  for (const auto &time : {deadline(), stalls_at()})
    if (time && (!first || *time < *first))
      first = time;
  return first;
}

// All that there ever will be.
bool FrameLine::is_known(const Frame &frame) const
{
  if (frame.is_open)
    return false;
  if (frame.sample == 0)
    return true;
  return frame.number != 0 ? shown_.contains(frame.number) : scenes_.contains(frame.sample);
}

bool FrameLine::is_ready(Clock::TimePoint now) const
{
  if (items_.empty())
    return false;
  const Item &head = items_.front();
  if (!head.frame.buffer || is_known(head.frame))
    return true;
  // A live source cannot be held back: when the line is full, its head leaves with what is known.
  if (limits_.max_latency && held_bytes_ > limits_.max_bytes)
    return true;
  const auto until = deadline();
  return until && now >= *until;
}

bool FrameLine::send_next()
{
  const Clock &clock = Clock::current();
  std::unique_lock lock{mutex_};
  const auto is_due = [&] { return flow_ != GST_FLOW_OK || must_look_ || is_ready(clock.now()); };
  Clock::current().wait(lock, changed_, wakes_at(), is_due);
  if (end_) {
    Ref<GstEvent> end = std::move(end_);
    lock.unlock();
    gst_pad_push_event(src_, end.release());
    return true;
  }
  if (flow_ != GST_FLOW_OK)
    return false;
  if (std::exchange(must_look_, false))
    return true; // before it may get stuck downstream
  if (!is_ready(clock.now())) {
    if (const auto time = stalls_at(); time && clock.now() >= *time) {
      has_told_stall_ = true;
      lock.unlock();
      hooks_.stalled();
    }
    return true;
  }

  Item item = std::move(items_.front());
  items_.pop_front();
  ++n_gone_;
  if (item.frame.buffer) {
    held_bytes_ -= item.bytes;
    const auto at = scenes_.find(item.frame.sample);
    const bool is_answered = at != scenes_.end();
    const auto shown = shown_.find(item.frame.number);
    const bool is_shown = shown != shown_.end();
    Ref<GstGeminiScene> scene;
    if (is_shown || is_answered)
      scene = is_shown ? shown->second : at->second;
    shown_.erase(shown_.begin(), shown_.upper_bound(item.frame.number));
    scenes_.erase(scenes_.begin(), scenes_.lower_bound(item.frame.sample));
    // Of this sample only where there are no more frames that wait for it.
    const bool is_last = items_.empty() || !items_.front().frame.buffer ||
                         items_.front().frame.sample != item.frame.sample;
    awaited_.erase(awaited_.begin(), is_last ? awaited_.upper_bound(item.frame.sample)
                                             : awaited_.lower_bound(item.frame.sample));
    lock.unlock();
    room_.notify_all();
    send_frame(std::move(item), std::move(scene), is_answered, is_shown);
  } else if (item.event) {
    if (GST_EVENT_TYPE(item.event.get()) == GST_EVENT_EOS) {
      const auto next = std::find_if(items_.begin(), items_.end(), [](const Item &other) {
        return other.event && GST_EVENT_TYPE(other.event.get()) == GST_EVENT_EOS;
      });
      eos_deadline_ =
          next == items_.end() ? std::optional<Clock::TimePoint>{} : std::optional{next->came};
    }
    lock.unlock();
    room_.notify_all(); // another is first in line
    hooks_.leaves(item.event.get());
    gst_pad_push_event(src_, item.event.release());
  } else {
    lock.unlock();
    send_query(item.query);
  }
  return true;
}

void FrameLine::send_frame(Item item, Ref<GstGeminiScene> scene, bool is_answered, bool is_shown)
{
  if (!is_shown)
    scene = hooks_.unshown(item.frame, scene);
  if (item.frame.sample != 0 && !is_answered && !is_shown) {
    stats_.add(AnalyzerStats::released_early);
    if (limits_.max_latency)
      hooks_.gave_up();
  }
  Ref<GstBuffer> finished = hooks_.finish(std::move(item.frame.buffer), scene, item.frame.size);
  item.frame.lease.reset();
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
    rest = empty(true);
  }
  room_.notify_all();
  if (is_after_eos && is_failure(flow))
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

// Only the newest of each type counts, as on a pad.
void FrameLine::keep_sticky(Item item)
{
  const GstEventType type = GST_EVENT_TYPE(item.event.get());
  if (!GST_EVENT_IS_STICKY(item.event.get()) || type == GST_EVENT_EOS)
    return;
  if (!(gst_event_type_get_flags(type) & GST_EVENT_TYPE_STICKY_MULTI))
    std::erase_if(items_, [type](const Item &other) {
      return other.event && GST_EVENT_TYPE(other.event.get()) == type;
    });
  items_.push_back(std::move(item));
}

std::deque<FrameLine::Item> FrameLine::empty(bool keeps_segment)
{
  std::deque<Item> all = std::exchange(items_, {});
  n_gone_ += all.size();
  for (Item &item : all) {
    if (item.query)
      query_ = QueryState::refused;
    if (!item.event)
      continue;
    const GstEventType type = GST_EVENT_TYPE(item.event.get());
    if (type == GST_EVENT_EOS && flow_ == GST_FLOW_EOS)
      end_ = std::move(item.event);
    else if (keeps_segment || type != GST_EVENT_SEGMENT)
      keep_sticky(std::move(item));
  }
  held_bytes_ = 0;
  awaited_.clear();
  eos_deadline_.reset();
  return all;
}

void FrameLine::stop(GstFlowReturn flow)
{
  std::deque<Item> rest; // released without the lock
  {
    const std::lock_guard lock{mutex_};
    flow_ = flow;
    scenes_.clear();
    shown_.clear();
    rest = empty(false);
    end_ = {};
  }
  changed_.notify_all();
  room_.notify_all();
}

void FrameLine::restart()
{
  const std::lock_guard lock{mutex_};
  flow_ = GST_FLOW_OK;
  look_at_.reset();
}

void FrameLine::reconnect()
{
  {
    const std::lock_guard lock{mutex_};
    if (flow_ != GST_FLOW_NOT_LINKED)
      return;
    flow_ = GST_FLOW_OK;
  }
  hooks_.resume();
}

bool FrameLine::is_flowing() const
{
  const std::lock_guard lock{mutex_};
  return flow_ == GST_FLOW_OK;
}

bool FrameLine::needs_task() const
{
  const std::lock_guard lock{mutex_};
  return flow_ == GST_FLOW_OK || end_;
}

} // namespace gemini
