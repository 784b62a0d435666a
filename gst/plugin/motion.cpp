// SPDX-License-Identifier: LGPL-2.1-or-later
// Brings together what passes in the streaming thread and the answers that come in the worker.
#include "plugin/motion.hpp"

#include "plugin/analyzer_debug.hpp"

#include <algorithm>
#include <utility>

namespace gemini {

using std::chrono::nanoseconds;

namespace {

// A picture of every second frame of 25 or 30 a second is as good as one of each.
constexpr std::chrono::milliseconds kBetweenPictures{55};
// When the worker is so far behind it goes on without the pictures that come.
constexpr std::size_t kMostItems = 64;

bool is_dear(GstBuffer *buffer, const GstVideoInfo &info)
{
  if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_ENCODED)
    return true;
  if (gst_buffer_n_memory(buffer) == 0)
    return false;
  const GstAllocator *allocator = gst_buffer_peek_memory(buffer, 0)->allocator;
  const char *type = allocator ? allocator->mem_type : nullptr;
  return type && (g_str_has_prefix(type, "GLMemory") || g_str_has_prefix(type, "VA"));
}

} // namespace

Motion::Motion(GstElement *element, AnalyzerStats &stats, Hooks hooks)
    : element_(element), stats_(stats), hooks_(std::move(hooks)),
      joiner_({.frame = [this](std::uint64_t frame,
                               Scene scene) { hooks_.frame(frame, std::move(scene)); },
               .answer =
                   [this](const std::shared_ptr<const Analysis> &analysis) {
                     hooks_.answered(analysis);
                   },
               .new_id = [this] { return hooks_.new_id(); },
               .is_abandoned = [this] { return is_abandoned(); }})
{
}

bool Motion::is_later(nanoseconds time) const
{
  const std::lock_guard lock{mutex_};
  return !last_picture_ || time > *last_picture_;
}

bool Motion::takes_picture(const Passing &frame)
{
  if (!vision::sees_motion())
    return false;
  const std::lock_guard lock{mutex_};
  if (last_picture_ && frame.time < *last_picture_)
    last_picture_.reset(); // time was set back
  if (!frame.is_sample && !frame.may_be_sample && last_picture_ &&
      frame.time - *last_picture_ < kBetweenPictures)
    return false;
  if (last_picture_ == frame.time)
    return false; // it has one
  last_picture_ = frame.time;
  return true;
}

std::shared_ptr<const vision::LumaImage> Motion::read(vision::LumaShrinker &shrinker,
                                                      GstBuffer *buffer, const GstVideoInfo &info)
{
  auto image = shrinker.read(buffer, info);
  if (image)
    return std::make_shared<const vision::LumaImage>(std::move(*image));
  GST_LOG_OBJECT(element_, "no motion is seen on a frame: %s", image.error().message.c_str());
  return nullptr;
}

void Motion::look(const Passing &frame, Item &item, std::shared_ptr<const vision::LumaImage> &image)
{
  if (is_dear(frame.buffer, *frame.info))
    item.unread = Unread{.buffer = Ref<GstBuffer>::share(frame.buffer), .info = *frame.info};
  else
    image = read(shrinker_, frame.buffer, *frame.info);
}

void Motion::is_asked_about(const Passing &frame)
{
  if (is_later(frame.time))
    passes(frame);
}

void Motion::passes(const Passing &frame)
{
  Item item{.kind = Item::Kind::live,
            .picture = {.time = frame.time,
                        .image = nullptr,
                        .is_asked_about = frame.is_sample || frame.may_be_sample}};
  if (takes_picture(frame))
    look(frame, item, item.picture.image);
  else if (vision::sees_motion())
    return;
  put(std::move(item));
}

std::uint64_t Motion::waits(const Passing &frame)
{
  Item item{.kind = Item::Kind::frame,
            .frame = {.number = ++n_frames_,
                      .sample = frame.sample,
                      .time = frame.time,
                      .image = nullptr,
                      .may_be_sampled = frame.may_be_sample,
                      .is_held_back = frame.is_held_back}};
  if (takes_picture(frame))
    look(frame, item, item.frame.image);
  put(std::move(item), !frame.is_held_back);
  return n_frames_;
}

void Motion::asked(std::uint64_t request, nanoseconds time)
{
  put({.kind = Item::Kind::sample, .number = request, .time = time});
}

void Motion::let_go(bool is_end)
{
  put({.kind = is_end ? Item::Kind::let_go : Item::Kind::relax});
}

void Motion::cut()
{
  {
    const std::lock_guard lock{mutex_};
    last_picture_.reset();
  }
  put({.kind = Item::Kind::cut});
}

void Motion::left(std::uint64_t frame)
{
  put({.kind = Item::Kind::left, .number = frame});
}

void Motion::forget(std::uint64_t first_valid)
{
  std::vector<Item> dropped;
  ++n_forgotten_;
  {
    const std::lock_guard lock{mutex_};
    inbox_.swap(dropped);
    n_unread_ = 0;
    last_picture_.reset();
    outlook_.reset();
  }
  put({.kind = Item::Kind::forget, .number = first_valid});
}

void Motion::put(Item item, bool may_skip)
{
  bool must_post = false;
  {
    const std::lock_guard lock{mutex_};
    const bool has_picture = item.picture.image || item.frame.image || item.unread;
    const bool is_full = inbox_.size() >= kMostItems || (item.unread && n_unread_ >= kMostUnread);
    if (may_skip && has_picture && is_full) {
      stats_.add(AnalyzerStats::pictures_skipped);
      if (item.kind == Item::Kind::live)
        return;
      item.frame.image = nullptr;
      item.unread.reset();
    }
    if (item.unread)
      ++n_unread_;
    inbox_.push_back(std::move(item));
    must_post = !std::exchange(is_posted_, true);
  }
  if (must_post)
    hooks_.post([this] { work(); });
}

void Motion::work()
{
  drain();
  make_room();
}

void Motion::drain()
{
  std::vector<Item> items;
  {
    const std::lock_guard lock{mutex_};
    inbox_.swap(items);
    n_unread_ = 0;
    is_posted_ = false;
  }
  bool has_moved = false;
  bool has_joined = false;
  for (Item &item : items) {
    (item.kind == Item::Kind::live ? has_moved : has_joined) = true;
    handle(std::move(item));
  }
  if (has_moved) {
    tracker_.advance();
    if (newest_answer_ != 0)
      hooks_.moved(newest_answer_, tracker_.scene());
  }
  if (has_joined)
    publish();
}

void Motion::handle(Item item)
{
  if (item.unread)
    (item.kind == Item::Kind::live ? item.picture.image : item.frame.image) =
        read(late_shrinker_, item.unread->buffer.get(), item.unread->info);
  switch (item.kind) {
  case Item::Kind::live:
    tracker_.add(std::move(item.picture));
    return;
  case Item::Kind::frame:
    joiner_.add_frame(std::move(item.frame));
    return;
  case Item::Kind::sample:
    joiner_.add_sample(item.number, item.time);
    return;
  case Item::Kind::relax:
    must_make_room_ = true;
    return;
  case Item::Kind::let_go:
    joiner_.let_go();
    return;
  case Item::Kind::cut:
    joiner_.cut();
    tracker_.reset();
    newest_answer_ = 0;
    return;
  case Item::Kind::left:
    joiner_.gone(item.number);
    return;
  case Item::Kind::forget:
    tracker_.reset();
    joiner_.reset();
    must_make_room_ = false;
    newest_answer_ = 0;
    first_valid_ = item.number;
    n_handled_ = n_forgotten_.load();
    return;
  }
}

// Answers under way let frames go, unless they fail.
void Motion::make_room()
{
  if (!must_make_room_ || joiner_.waits_for_answers())
    return;
  const auto last = hooks_.stuck_up_to();
  if (last)
    drain(); // all that came before it got stuck, perhaps one more that is asked about
  if (joiner_.waits_for_answers())
    return;
  must_make_room_ = false;
  if (!last)
    return;
  joiner_.let_go(*last);
  publish();
}

void Motion::publish()
{
  auto outlook = std::make_shared<const vision::Joiner::Outlook>(joiner_.outlook());
  const std::lock_guard lock{mutex_};
  outlook_.swap(outlook);
}

TrackedScene Motion::answer(Analysis &analysis)
{
  work(); // what has passed before it
  if (analysis.request_id < first_valid_)
    return {};
  tracker_.answer(analysis);
  newest_answer_ = std::max(newest_answer_, analysis.request_id);
  return tracker_.scene();
}

bool Motion::answer(const std::shared_ptr<const Analysis> &analysis)
{
  work();
  const bool is_known = joiner_.answer(analysis);
  make_room();
  publish();
  return is_known;
}

std::optional<Motion::Outlook> Motion::known_at(std::uint64_t frame, nanoseconds time) const
{
  std::shared_ptr<const vision::Joiner::Outlook> outlook;
  {
    const std::lock_guard lock{mutex_};
    outlook = outlook_;
  }
  if (!outlook || !outlook->analysis)
    return std::nullopt;
  return Outlook{.scene = outlook->at(frame, time), .answer = outlook->status_at(time).answer};
}

} // namespace gemini
