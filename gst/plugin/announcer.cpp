// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells of answers.
#include "plugin/announcer.hpp"

#include "plugin/failure_message.hpp"
#include "wire/ndjson.hpp"

#include <string>
#include <utility>

namespace gemini {

using std::chrono::nanoseconds;

namespace {

GstClockTime clock_time(nanoseconds time)
{
  return time.count() < 0 ? GST_CLOCK_TIME_NONE : static_cast<GstClockTime>(time.count());
}

} // namespace

Announcer::Announcer(GstElement *element, wire::Endpoint endpoint, bool is_replay,
                     std::shared_ptr<AnalyzerStats> stats, Record record)
    : element_(element), endpoint_(std::move(endpoint)), is_replay_(is_replay),
      stats_(std::move(stats)), record_(std::move(record))
{
}

void Announcer::set_results(std::shared_ptr<ResultsPad> results)
{
  if (results)
    results->set_stats(stats_);
  const auto added = results;
  std::optional<guint> group_id;
  std::optional<GstSegment> segment;
  {
    const std::lock_guard lock{mutex_};
    results_.swap(results);
    group_id = group_id_;
    segment = segment_;
  }
  if (!added)
    return;
  // What the stream has said before the pad was asked for.
  added->begin_stream(group_id);
  if (segment)
    added->segment(*segment);
}

std::shared_ptr<ResultsPad> Announcer::results() const
{
  const std::lock_guard lock{mutex_};
  return results_;
}

void Announcer::begin_stream(std::optional<guint> group_id, std::uint64_t before)
{
  const Mark mark{.before = before, .said = group_id};
  {
    const std::lock_guard lock{mutex_};
    group_id_ = group_id;
    if (must_wait(mark)) {
      marks_.push_back(mark);
      return;
    }
  }
  tell(mark);
}

void Announcer::segment(const GstSegment &segment, std::uint64_t before)
{
  const Mark mark{.before = before, .said = segment};
  {
    const std::lock_guard lock{mutex_};
    segment_ = segment;
    if (must_wait(mark)) {
      marks_.push_back(mark);
      return;
    }
  }
  tell(mark);
}

bool Announcer::must_wait(const Mark &mark) const
{
  return mark.before > next_ || (mark.before != 0 && (is_telling_ || !marks_.empty()));
}

void Announcer::tell(const Mark &mark)
{
  const auto to = results();
  if (!to)
    return;
  if (const auto *segment = std::get_if<GstSegment>(&mark.said))
    to->segment(*segment);
  else
    to->begin_stream(std::get<std::optional<guint>>(mark.said));
}

void Announcer::leaves(GstClockTime pts)
{
  {
    const std::lock_guard lock{mutex_};
    if (!marks_.empty()) // the frame's segment has not been told yet
      return;
  }
  if (const auto to = results())
    to->advance(pts);
}

void Announcer::flush_start()
{
  if (const auto to = results())
    to->flush_start();
}

void Announcer::flush_stop()
{
  newest_pts_ = -1;
  if (const auto to = results())
    to->flush_stop();
}

void Announcer::forget(std::uint64_t first_valid)
{
  std::map<std::uint64_t, Waiting> forgotten;
  const std::lock_guard lock{mutex_};
  next_ = first_valid;
  waiting_.swap(forgotten);
  // A stream that has begun goes on, with another segment.
  std::erase_if(marks_,
                [](const Mark &mark) { return std::holds_alternative<GstSegment>(mark.said); });
}

bool Announcer::warns_or_ends(const Analysis &analysis, OnError on_error)
{
  {
    const std::lock_guard lock{mutex_};
    if (!analysis.failure) {
      had_good_answer_ = true;
      is_finding_out_ = false;
      reported_.reset();
      return false;
    }
    const FailureKind kind = analysis.failure->kind;
    const bool is_told = std::exchange(reported_, kind) == kind;
    // What only the user can mend while nothing has worked yet, and all that fails where the user
    // wants it so.
    if (!is_replay_ && ((!had_good_answer_ && is_users_to_mend(kind)) ||
                        (on_error == OnError::stop && is_failure_of_service(kind))))
      return true;
    if (is_told)
      return false;
  }
  post_failure(element_, Severity::warning, *analysis.failure, analysis.model, endpoint_);
  return false;
}

void Announcer::post_error(const Failure &failure, const std::string &model)
{
  post_failure(element_, Severity::error, failure, model, endpoint_);
}

bool Announcer::has_told_pause()
{
  const std::lock_guard lock{mutex_};
  return reported_ || std::exchange(is_finding_out_, true);
}

void Announcer::announce(std::shared_ptr<const Analysis> analysis, Order order, bool posts_messages)
{
  if (order == Order::as_it_comes) {
    announce_now(*analysis, order, posts_messages);
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    const std::uint64_t id = analysis->request_id;
    if (id < next_)
      return; // of before a flush that came meanwhile
    waiting_.emplace(id, Waiting{std::move(analysis), posts_messages});
  }
  tell_ready();
}

void Announcer::tell_ready()
{
  for (;;) {
    std::optional<Mark> mark;
    Waiting next;
    {
      const std::lock_guard lock{mutex_};
      is_telling_ = true;
      if (!marks_.empty() && marks_.front().before <= next_) {
        mark = std::move(marks_.front());
        marks_.pop_front();
      } else if (!waiting_.empty() && waiting_.begin()->first == next_) {
        next = std::move(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
        ++next_;
      } else {
        is_telling_ = false;
        return;
      }
    }
    if (mark)
      tell(*mark);
    else
      announce_now(*next.analysis, Order::of_samples, next.posts_messages);
  }
}

void Announcer::announce_now(const Analysis &analysis, Order order, bool posts_messages)
{
  record_(analysis);
  const std::string json = wire::to_ndjson(analysis);
  if (const auto to = results()) {
    // In live mode the video has gone on since: the line belongs where the stream is now.
    const nanoseconds position =
        order == Order::of_samples ? analysis.pts : nanoseconds{newest_pts_.load()};
    to->line(json, clock_time(position));
  }
  if (posts_messages)
    post(analysis, json);
}

void Announcer::announce_part(const Analysis &analysis)
{
  post(analysis, wire::to_ndjson(analysis));
}

void Announcer::post(const Analysis &analysis, const std::string &json)
{
  gst_element_post_message(
      element_,
      gst_message_new_element(
          GST_OBJECT_CAST(element_),
          gst_structure_new("gemini-analysis", "pts", G_TYPE_UINT64, clock_time(analysis.pts),
                            "running-time", G_TYPE_UINT64, clock_time(analysis.running_time),
                            "request-id", G_TYPE_UINT64, guint64{analysis.request_id}, "json",
                            G_TYPE_STRING, json.c_str(), nullptr)));
}

} // namespace gemini
