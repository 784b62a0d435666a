// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything of geminianalyzer that lives from READY to PAUSED and back.
#include "plugin/analyzer_run.hpp"

#include "glib/guarded.hpp"
#include "plugin/analyzer_debug.hpp"
#include "plugin/budget_messages.hpp"
#include "plugin/frame_format.hpp"
#include "plugin/learned_profiles.hpp"
#include "plugin/request_cost.hpp"
#include "plugin/scene_metas.hpp"
#include "plugin/segments.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gemini {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

nanoseconds from_clock_time(GstClockTime time)
{
  return GST_CLOCK_TIME_IS_VALID(time) ? nanoseconds{static_cast<std::int64_t>(time)}
                                       : nanoseconds{-1};
}

AnalyzerStats::Count skip_of(AnalysisEngine::Room room)
{
  switch (room) {
  case AnalysisEngine::Room::paused:
    return AnalyzerStats::skipped_paused;
  case AnalysisEngine::Room::budget:
    return AnalyzerStats::skipped_budget;
  default:
    return AnalyzerStats::skipped_in_flight;
  }
}

} // namespace

AnalyzerRun::AnalyzerRun(GstElement *element, Pads pads, std::string stream_name, Service service,
                         std::shared_ptr<const ResolvedSettings> settings,
                         std::shared_ptr<AnalyzerStats> stats)
    : element_(element), pads_(pads), base_url_(service.endpoint.base_url),
      is_replay_(service.replay != nullptr), stats_(std::move(stats)), buffering_(element),
      overload_messages_(element), settings_(std::move(settings)),
      announcer_(element, service.endpoint, is_replay_, stats_,
                 [this](const Analysis &analysis) { engine_.record(analysis); }),
      pending_(pending_scene()), task_(pads.src, [this] { send_next(); }),
      engine_(element, std::move(stream_name), std::move(service), settings_, *stats_, listener())
{
  gst_segment_init(&segment_, GST_FORMAT_UNDEFINED);
}

AnalysisEngine::Listener AnalyzerRun::listener()
{
  return {
      .deliver = [this](const std::shared_ptr<const Analysis> &analysis) { on_analysis(analysis); },
      .grew = [this](const std::shared_ptr<const Analysis> &analysis) { on_growing(analysis); },
      .field_dropped =
          [this](wire::OwnField field, const std::string &model) {
            GST_ELEMENT_INFO(element_, RESOURCE, SETTINGS,
                             ("%s refuses %s, a field that was not set by you: it is not sent to "
                              "this model any more.",
                              model.c_str(), wire::to_string(field)),
                             (nullptr));
          },
      .refused = [this](const Failure &failure,
                        const std::string &model) { stop_by_error(failure, model); },
      .alarmed = [this](const BudgetAlarm::Alarm &alarm) { post_alarm(element_, alarm); },
      .file_failed =
          [this](const std::string &problem) {
            GST_ELEMENT_WARNING(element_, RESOURCE, WRITE, ("%s", problem.c_str()), (nullptr));
          },
  };
}

AnalyzerRun::~AnalyzerRun() = default;

void AnalyzerRun::stop()
{
  engine_.stop();
}

std::optional<SettingProblem>
AnalyzerRun::set_settings(std::shared_ptr<const ResolvedSettings> settings)
{
  auto problem = engine_.set_settings(settings);
  {
    const std::lock_guard lock{mutex_};
    settings_.swap(settings);
  }
  return problem;
}

std::shared_ptr<const ResolvedSettings> AnalyzerRun::settings() const
{
  const std::lock_guard lock{mutex_};
  return settings_;
}

std::shared_ptr<FrameLine> AnalyzerRun::line() const
{
  const std::lock_guard lock{mutex_};
  return line_;
}

bool AnalyzerRun::latency_query(GstQuery *query)
{
  if (!gst_pad_peer_query(pads_.sink, query))
    return false;
  gboolean is_live = FALSE;
  GstClockTime min = 0;
  GstClockTime max = 0;
  gst_query_parse_latency(query, &is_live, &min, &max);
  const GstClockTime added = added_latency_ms_ * GST_MSECOND;
  if (is_live && added > 0)
    gst_query_set_latency(query, TRUE, min + added,
                          GST_CLOCK_TIME_IS_VALID(max) ? max + added : max);
  return true;
}

void AnalyzerRun::unblock()
{
  if (const auto held = line())
    held->stop(GST_FLOW_FLUSHING);
}

bool AnalyzerRun::activate_src(bool is_active)
{
  {
    const std::lock_guard lock{mutex_};
    is_src_active_ = is_active;
  }
  if (is_active)
    return true; // the task starts when the mode is known
  unblock();
  const bool is_stopped = task_.stop();
  buffering_.end();
  return is_stopped;
}

void AnalyzerRun::set_playing(bool is_playing)
{
  buffering_.set_playing(is_playing);
  if (const auto held = line())
    held->look_again();
}

// Flow has begun again without a flush.
void AnalyzerRun::resume()
{
  bool is_active = false;
  {
    const std::lock_guard lock{mutex_};
    is_active = is_src_active_;
  }
  if (is_active)
    task_.start();
}

std::uint64_t AnalyzerRun::next_sample() const
{
  const std::lock_guard lock{mutex_};
  return line_ ? next_id_ : 0;
}

GstFlowReturn AnalyzerRun::chain(GstBuffer *buffer)
{
  auto frame = Ref<GstBuffer>::adopt(buffer);
  stats_->add(AnalyzerStats::frames);
  if (is_stopped_by_error_)
    return GST_FLOW_ERROR;
  if (!info_)
    return GST_FLOW_NOT_NEGOTIATED;

  const auto settings = this->settings();
  const Position position = position_of(buffer);
  const auto held = line();
  sampler_.set_rate(settings->analysis_rate);
  const bool is_sample =
      is_wanted(position, held && !held->is_live()) && has_room(held.get(), settings);
  if (!tells_size_ && (is_sample || GST_VIDEO_INFO_WIDTH(&*info_) == 0))
    look_for_size(buffer);
  const FrameSize size{GST_VIDEO_INFO_WIDTH(&*info_), GST_VIDEO_INFO_HEIGHT(&*info_)};
  if (held) {
    FixedPool::Held kept = hold(std::move(frame));
    if (is_sample)
      sample(kept, position, settings);
    return held->push_frame({.buffer = std::move(kept.buffer),
                             .size = size,
                             .sample = last_sample_,
                             .running_time = position.running_time,
                             .lease = std::move(kept.lease)});
  }
  if (is_sample)
    sample(hold(frame), position, settings);

  announcer_.passed(position.pts);
  const auto scene = live_scene_.at(last_running_time_, milliseconds{settings->result_ttl_ms});
  return gst_pad_push(pads_.src, finish_frame(std::move(frame), scene, size).release());
}

AnalyzerRun::Position AnalyzerRun::position_of(GstBuffer *buffer)
{
  Position position;
  if (!GST_BUFFER_PTS_IS_VALID(buffer) || segment_.format != GST_FORMAT_TIME) {
    // No time of its own: it belongs to where the stream is.
    position.running_time = last_running_time_;
    return position;
  }
  position.pts = from_clock_time(GST_BUFFER_PTS(buffer));
  position.running_time = from_clock_time(
      gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer)));
  if (position.running_time.count() >= 0)
    last_running_time_ = position.running_time;
  return position;
}

// `has_time`: nothing that is held back by us is late.
bool AnalyzerRun::is_wanted(const Position &position, bool has_time)
{
  const bool is_due = sampler_.is_due(position.running_time);
  if (!is_due && !owes_sample_)
    return false;
  owes_sample_ = !has_time && qos_.is_late(position.running_time);
  if (owes_sample_ && is_due)
    stats_->add(AnalyzerStats::skipped_late);
  return !owes_sample_;
}

bool AnalyzerRun::has_room(const FrameLine *held,
                           const std::shared_ptr<const ResolvedSettings> &settings)
{
  if (!held) {
    // A queue would only make answers older.
    const auto room = engine_.room(settings);
    // While nothing is asked because of what others have met with, one sample finds out why, so
    // that nobody takes the silence for an empty picture.
    const bool finds_out = room == AnalysisEngine::Room::paused && !announcer_.has_told_pause();
    if (room == AnalysisEngine::Room::yes || finds_out)
      return true;
    stats_->add(skip_of(room));
    return false;
  }
  if (!held->is_live())
    return true; // waits for its turn
  bool is_late = false;
  {
    const std::lock_guard lock{mutex_};
    const milliseconds patience{added_latency_ms_};
    is_late = overload_.would_be_late(
        Clock::current().now(),
        {.places = std::size_t{settings->max_in_flight} * settings->frames_per_request,
         .patience = patience,
         .gathers = settings->frames_per_request > 1 ? patience / 2 : milliseconds{0}});
  }
  if (is_late) {
    stats_->add(AnalyzerStats::skipped_overload);
    overload_messages_.gave_up(OverloadMessages::Level::fewer_samples);
    return false;
  }
  overload_messages_.goes_well();
  return true;
}

FixedPool::Held AnalyzerRun::hold(Ref<GstBuffer> frame)
{
  FixedPool::Held held = pool_.hold(std::move(frame));
  if (held.is_copy)
    stats_->add(AnalyzerStats::copied);
  return held;
}

void AnalyzerRun::sample(FixedPool::Held frame, const Position &position,
                         std::shared_ptr<const ResolvedSettings> settings)
{
  const auto held = line();
  Sample sample{.buffer = std::move(frame.buffer),
                .lease = std::move(frame.lease),
                .info = *info_,
                .pts = position.pts,
                .running_time = position.running_time,
                .settings = std::move(settings),
                .is_live = !held};
  if (!choose_parts(sample)) {
    last_sample_ = 0; // held frames wait for nothing
    return;
  }
  if (is_live_)
    sample.captured_at = std::chrono::microseconds{g_get_real_time()};
  if (const unsigned added = added_latency_ms_)
    sample.deadline = Clock::current().now() + milliseconds{added};
  {
    const std::lock_guard lock{mutex_};
    sample.id = last_sample_ = next_id_++;
    if (sample.deadline)
      overload_.submitted(sample.id, Clock::current().now());
  }
  parts_.asked(sample);
  for (Sample::Part &part : sample.parts)
    part.view.orientation = orientation_.current();
  stats_->add(AnalyzerStats::samples);
  engine_.submit(std::move(sample));
}

// False: nothing of it is to be asked about.
bool AnalyzerRun::choose_parts(Sample &sample)
{
  if (is_replay_)
    return true; // the record knows what was asked
  Choice choice = parts_.choose(sample);
  switch (choice.verdict) {
  case Choice::Verdict::nothing_to_ask:
    stats_->add(AnalyzerStats::skipped_regions);
    return false;
  case Choice::Verdict::hidden:
    stats_->add(AnalyzerStats::skipped_privacy);
    return false;
  case Choice::Verdict::ask:
    break;
  }
  stats_->add(AnalyzerStats::regions_left_out, choice.n_left_out);
  sample.parts = std::move(choice.parts);
  sample.blackouts = std::move(choice.blackouts);
  return true;
}

Ref<GstBuffer> AnalyzerRun::finish_frame(Ref<GstBuffer> frame, const Ref<GstGeminiScene> &scene,
                                         FrameSize size)
{
  // Only the header is copied where somebody else, such as the worker, holds the frame; memory that
  // may not be shared is, too.
  Ref<GstBuffer> finished = std::move(frame);
  if (!gst_buffer_is_writable(finished.get())) {
    auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(finished.get()));
    if (!copy) { // nothing may be written on it, but it may pass
      GST_WARNING_OBJECT(element_, "a frame cannot be copied: it carries no scene");
      announcer_.leaves(GST_BUFFER_PTS(finished.get()));
      return finished;
    }
    finished = std::move(copy);
  }
  attach_scene(finished.get(), (scene ? scene : pending_).get(), size.width, size.height);
  announcer_.leaves(GST_BUFFER_PTS(finished.get()));
  return finished;
}

bool AnalyzerRun::sink_event(GstEvent *event)
{
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_TAG:
    orientation_.on_tags(event);
    return forward(event);
  case GST_EVENT_STREAM_START: {
    orientation_.on_stream_start();
    guint group_id = 0;
    const bool is_known = gst_event_parse_group_id(event, &group_id);
    parts_.forget();
    if (std::exchange(had_eos_, false))
      engine_.when_idle(nullptr); // the end of the results has been told or comes with the next
    announcer_.begin_stream(is_known ? std::optional{group_id} : std::nullopt, next_sample());
    engine_.post([this] { announcer_.tell_ready(); });
    return forward(event);
  }
  case GST_EVENT_CAPS:
    return on_caps(event);
  case GST_EVENT_SEGMENT:
    on_segment(event);
    return forward(event);
  case GST_EVENT_EOS: {
    const bool is_taken = forward(event);
    had_eos_ = true;
    engine_.send_partial();
    if (line())
      // Whatever is awaited then leaves without its answer.
      engine_.post_at(Clock::current().now() + milliseconds{settings()->eos_timeout_ms},
                      [this] { buffering_.end(); });
    finish_results();
    return is_taken;
  }
  case GST_EVENT_FLUSH_START: {
    // Downstream first: that is what frees a task that is blocked there.
    gst_pad_push_event(pads_.src, event);
    unblock();
    if (line())
      task_.pause();
    buffering_.end();
    announcer_.flush_start();
    forget_answers();
    return true;
  }
  case GST_EVENT_FLUSH_STOP:
    gst_pad_push_event(pads_.src, event);
    on_flush_stop();
    return true;
  default:
    return forward(event);
  }
}

bool AnalyzerRun::forward(GstEvent *event)
{
  if (GST_EVENT_IS_SERIALIZED(event))
    if (const auto held = line())
      return held->push_event(Ref<GstEvent>::adopt(event));
  leaves(event);
  return gst_pad_push_event(pads_.src, event);
}

// The results have to keep up with a video that stands still.
void AnalyzerRun::leaves(GstEvent *event)
{
  if (GST_EVENT_TYPE(event) != GST_EVENT_GAP)
    return;
  GstClockTime begin = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  gst_event_parse_gap(event, &begin, &duration);
  if (!GST_CLOCK_TIME_IS_VALID(begin))
    return;
  announcer_.passed(from_clock_time(begin));
  announcer_.leaves(GST_CLOCK_TIME_IS_VALID(duration) ? begin + duration : begin);
}

bool AnalyzerRun::src_event(GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE(event) == GST_EVENT_QOS)
    qos_.update(event);
  else if (GST_EVENT_TYPE(event) == GST_EVENT_RECONFIGURE)
    if (const auto held = line())
      held->reconnect();
  return gst_pad_event_default(pads_.src, parent, event);
}

bool AnalyzerRun::on_caps(GstEvent *event)
{
  GstCaps *caps = nullptr;
  gst_event_parse_caps(event, &caps);
  const auto info = frame_info(caps);
  if (!info) {
    GST_ELEMENT_WARNING(element_, STREAM, FORMAT,
                        ("Video frames with these caps cannot be looked at."),
                        ("%" GST_PTR_FORMAT, static_cast<void *>(caps)));
    gst_event_unref(event);
    return false;
  }
  decide_mode();
  // Held frames still wait for their own answers; on live frames an answer about another picture
  // has no place.
  if (info_ && !gst_video_info_is_equal(&*info_, &*info) && !line())
    forget_answers();
  info_ = info;
  tells_size_ = GST_VIDEO_INFO_WIDTH(&*info) > 0 && GST_VIDEO_INFO_HEIGHT(&*info) > 0;
  if (tells_size_)
    set_frame_size({GST_VIDEO_INFO_WIDTH(&*info), GST_VIDEO_INFO_HEIGHT(&*info)});
  return forward(event);
}

// Where the caps do not tell, each JPEG does.
void AnalyzerRun::look_for_size(GstBuffer *frame)
{
  const auto size = encoded_size(frame);
  if (!size || (size->width == info_->width && size->height == info_->height))
    return;
  info_->width = size->width;
  info_->height = size->height;
  set_frame_size(*size);
}

void AnalyzerRun::set_frame_size(FrameSize size)
{
  {
    const std::lock_guard lock{mutex_};
    frame_size_ = size;
  }
  project_costs();
}

void AnalyzerRun::on_segment(GstEvent *event)
{
  const GstSegment *segment = nullptr;
  gst_event_parse_segment(event, &segment);
  const bool begins_anew = segment_.format != GST_FORMAT_UNDEFINED && !goes_on(segment_, *segment);
  segment_ = *segment;
  decide_mode();
  if (begins_anew) {
    // Other pictures: what is known of the last one is not true of the next.
    sampler_.reset();
    owes_sample_ = false;
    last_sample_ = 0;
    if (!line()) // held frames still wait for their own answers
      forget_answers();
  }
  if (segment->format == GST_FORMAT_TIME) {
    announcer_.segment(*segment, next_sample());
    engine_.post([this] { announcer_.tell_ready(); });
  }
}

// Only now: before, some live sources do not answer.
void AnalyzerRun::decide_mode()
{
  if (is_mode_known_)
    return;
  is_mode_known_ = true;
  const auto settings = this->settings();

  g_autoptr(GstQuery) query = gst_query_new_latency();
  gboolean is_live = FALSE;
  const bool is_answered = gst_pad_peer_query(pads_.sink, query);
  if (is_answered)
    gst_query_parse_latency(query, &is_live, nullptr, nullptr);

  // A source that does not say is treated as live: passing frames at once is never wrong for long.
  const bool is_accurate = settings->mode == Mode::accurate ||
                           (settings->mode == Mode::automatic && is_answered && !is_live);
  is_live_ = is_live || !is_answered;
  GST_INFO_OBJECT(element_, "mode %s: upstream %s", is_accurate ? "accurate" : "live",
                  !is_answered ? "does not say whether it is live"
                  : is_live    ? "is live"
                               : "is not live");
  if (!is_accurate)
    return;

  FrameLine::Limits limits{.max_bytes = settings->max_held_bytes,
                           .max_latency = {},
                           .eos_timeout = milliseconds{settings->eos_timeout_ms},
                           .gathers = settings->frames_per_request > 1};
  if (is_live)
    limits.max_latency = milliseconds{settings->max_latency_ms};
  const auto held = std::make_shared<FrameLine>(
      element_, pads_.src, limits, *stats_,
      FrameLine::Hooks{
          .finish = [this](Ref<GstBuffer> frame, const Ref<GstGeminiScene> &scene,
                           FrameSize size) { return finish_frame(std::move(frame), scene, size); },
          .leaves = [this](GstEvent *event) { leaves(event); },
          .wait = [this] { engine_.send_partial(); },
          .resume = [this] { resume(); },
          .gave_up = [this] { overload_messages_.gave_up(OverloadMessages::Level::no_wait); },
      });
  bool is_active = false;
  {
    const std::lock_guard lock{mutex_};
    line_ = held;
    is_active = is_src_active_;
  }
  if (!is_active) { // going down: who deactivated the pad has not seen the line
    held->stop(GST_FLOW_FLUSHING);
    return;
  }
  task_.start();
  if (is_live) {
    added_latency_ms_ = settings->max_latency_ms;
    gst_element_post_message(element_, gst_message_new_latency(GST_OBJECT_CAST(element_)));
  }
}

// The task of the source pad in accurate mode.
void AnalyzerRun::send_next()
{
  guarded(element_, [this] {
    const auto held = line();
    if (!held->is_live())
      held->look_again_at(buffering_.look(held->first_awaited()));
    if (held->send_next())
      return;
    buffering_.end();
    task_.pause();
    if (held->is_flowing()) // again, before the pause
      resume();
  });
}

void AnalyzerRun::on_flush_stop()
{
  forget_answers();
  sampler_.reset();
  owes_sample_ = false;
  had_eos_ = false;
  qos_.reset();
  last_sample_ = 0;
  last_running_time_ = nanoseconds{0};
  gst_segment_init(&segment_, GST_FORMAT_UNDEFINED);
  if (const auto held = line()) {
    held->restart();
    task_.start();
  }
  announcer_.flush_stop();
}

// The lines of answers still under way come before EOS, for as long as they may take.
void AnalyzerRun::finish_results()
{
  const auto to = announcer_.results();
  if (!to)
    return;
  to->finish_by(Clock::current().now() + milliseconds{settings()->eos_timeout_ms});
  engine_.when_idle([to] { to->finish(); });
}

// Answers to what was sampled so far belong to a stream that is over.
void AnalyzerRun::forget_answers()
{
  std::uint64_t first_valid = 0;
  {
    const std::lock_guard lock{mutex_};
    first_valid = first_valid_ = next_id_;
    overload_.forget(first_valid);
  }
  parts_.forget();
  announcer_.forget(first_valid);
  engine_.discard_all();
  live_scene_.reset(first_valid);
}

bool AnalyzerRun::sink_query(GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE(query) == GST_QUERY_ALLOCATION)
    return allocation_query(parent, query);
  if (GST_QUERY_IS_SERIALIZED(query))
    if (const auto held = line())
      return held->push_query(query);
  return gst_pad_query_default(pads_.sink, parent, query);
}

bool AnalyzerRun::allocation_query(GstObject *parent, GstQuery *query)
{
  const auto settings = this->settings();
  const auto held = line();
  if (!held) {
    // One frame is read by the worker.
    const bool is_answered = gst_pad_query_default(pads_.sink, parent, query);
    if (is_answered)
      ask_for_buffers(query, UINT64_MAX, 1);
    return is_answered;
  }
  // A live source cannot wait until all that is held has left. Without what downstream would say it
  // uses memory of its own.
  if (!held->is_live() || !held->has_frames())
    held->push_query(query);
  if (!held->is_flowing())
    return false;
  ask_for_buffers(query, settings->max_held_bytes, UINT_MAX);
  return true;
}

void AnalyzerRun::on_analysis(const std::shared_ptr<const Analysis> &analysis)
{
  std::shared_ptr<FrameLine> held;
  bool is_valid = false;
  {
    const std::lock_guard lock{mutex_};
    is_valid = analysis->request_id >= first_valid_;
    held = line_;
    const bool is_answer = is_valid && analysis->status != AnalysisStatus::failed;
    overload_.answered(analysis->request_id,
                       is_answer ? std::optional{analysis->latency} : std::nullopt);
  }
  if (!is_valid)
    return; // counted by who has discarded it
  stats_->add(*analysis);
  if (analysis->status == AnalysisStatus::failed)
    parts_.failed(analysis->request_id);
  if (!is_replay_)
    stats_->add_cost(*analysis);
  const auto settings = this->settings();
  if (announcer_.warns_or_ends(*analysis, settings->on_error))
    stop_by_error(*analysis->failure, analysis->model);
  if (held) {
    announcer_.announce(analysis, Announcer::Order::of_samples, settings->post_messages);
    held->answer(analysis->request_id, scene_of(analysis));
    buffering_.answered(held->first_awaited());
  } else {
    live_scene_.publish(analysis);
    announcer_.announce(analysis, Announcer::Order::as_it_comes, settings->post_messages);
  }
}

// Some of an answer that is still coming. Held frames wait for the whole.
void AnalyzerRun::on_growing(const std::shared_ptr<const Analysis> &analysis)
{
  bool is_valid = false;
  {
    const std::lock_guard lock{mutex_};
    is_valid = analysis->request_id >= first_valid_;
  }
  if (!is_valid)
    return;
  if (!line())
    live_scene_.publish(analysis);
  if (settings()->post_messages)
    announcer_.announce_part(*analysis);
}

void AnalyzerRun::stop_by_error(const Failure &failure, const std::string &model)
{
  if (is_stopped_by_error_.exchange(true))
    return;
  announcer_.post_error(failure, model);
  if (const auto held = line())
    held->stop(GST_FLOW_ERROR);
}

void AnalyzerRun::project_costs()
{
  std::optional<FrameSize> size;
  std::shared_ptr<const ResolvedSettings> settings;
  {
    const std::lock_guard lock{mutex_};
    size = frame_size_;
    settings = settings_;
  }
  if (!size || is_replay_)
    return;
  // Of crops nobody knows yet how many and how large they will be.
  const Rect &region = settings->parts.region;
  const auto side = [](double part, int whole) {
    return std::max(1, static_cast<int>(std::lround(part * whole)));
  };
  const auto sent = vision::sent_size(side(region.w, size->width), side(region.h, size->height),
                                      settings->max_image_size);
  const std::vector<FrameSize> frames(settings->frames_per_request, {sent.width, sent.height});
  const auto &profile = LearnedProfiles::shared().profile(base_url_, settings->models.front());
  const auto cost = cost_of_request(*settings, profile, frames, engine_.n_references());
  const Projection projection = project(static_cast<double>(settings->analysis_rate.numerator) /
                                            settings->analysis_rate.denominator,
                                        settings->frames_per_request, limits_of(*settings),
                                        price_of(*settings), cost.input, engine_.mean_output());
  const ProjectionBasis basis{.analysis_rate = settings->analysis_rate,
                              .model = settings->models.front()};
  {
    const std::lock_guard lock{mutex_};
    if (projection_ == std::pair{projection, basis})
      return;
    projection_.emplace(projection, basis);
  }
  post_projection(element_, projection, basis);
}

} // namespace gemini
