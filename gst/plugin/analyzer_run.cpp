// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything of geminianalyzer that lives from READY to PAUSED and back.
#include "plugin/analyzer_run.hpp"

#include "glib/guarded.hpp"
#include "plugin/analyzer_debug.hpp"
#include "plugin/budget_messages.hpp"
#include "plugin/frame_format.hpp"
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
    : element_(element), pads_(pads), is_replay_(service.replay != nullptr),
      stats_(std::move(stats)), chooser_(chooser_owner()), buffering_(element),
      overload_(element, *stats_), costs_(element, service.endpoint.base_url),
      settings_(std::move(settings)),
      announcer_(element, service.endpoint, is_replay_, stats_,
                 [this](const Analysis &analysis) { engine_.record(analysis); }),
      motion_(element, *stats_, motion_hooks()), pending_(pending_scene()),
      task_(pads.src, [this] { send_next(); }),
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

Motion::Hooks AnalyzerRun::motion_hooks()
{
  return {
      .post = [this](std::function<void()> job) { engine_.post(std::move(job)); },
      .moved = [this](std::uint64_t request,
                      TrackedScene scene) { live_scene_.move(request, std::move(scene)); },
      .answered =
          [this](const std::shared_ptr<const Analysis> &analysis) { tell_answer(analysis); },
      .frame =
          [this](std::uint64_t frame, Scene scene) {
            if (const auto held = line())
              held->show(frame, wrap(std::move(scene)));
          },
      .new_id = [this] { return next_object_id_++; },
      .stuck_up_to =
          [this] {
            const auto held = line();
            return held ? held->stuck_up_to() : std::nullopt;
          },
  };
}

void AnalyzerRun::stop()
{
  unblock();
  task_.stop();     // in case that a flush has ended while the pads went down
  chooser_.reset(); // which may hold a frame
  motion_.stop();
  engine_.stop();
  stats_->add(AnalyzerStats::discarded, demands_.forget().n_waiting);
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
  if (const auto to = announcer_.results(); to && !is_playing)
    to->preroll_again();
  if (const auto held = line())
    held->look_again();
}

// Flow has begun again without a flush.
void AnalyzerRun::resume()
{
  if (is_src_active())
    task_.start();
}

bool AnalyzerRun::is_src_active() const
{
  const std::lock_guard lock{mutex_};
  return is_src_active_;
}

std::uint64_t AnalyzerRun::next_sample() const
{
  return line() ? demands_.upcoming() : 0;
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
  if (!tells_size_ && GST_VIDEO_INFO_WIDTH(&*info_) == 0)
    look_for_size(buffer);
  FixedPool::Held kept{.buffer = std::move(frame)};
  if (held)
    kept = hold(std::move(kept.buffer));
  const bool is_followed = follows(*settings);
  const auto place = choose(kept, position, settings, held.get());
  const FrameSize size{GST_VIDEO_INFO_WIDTH(&*info_), GST_VIDEO_INFO_HEIGHT(&*info_)};
  const Motion::Passing seen = passing(kept.buffer.get(), place, held.get());
  if (held) {
    const std::uint64_t number = is_followed && is_between(place) ? motion_.waits(seen) : 0;
    const GstFlowReturn flow = held->push_frame({.buffer = std::move(kept.buffer),
                                                 .size = size,
                                                 .sample = place.sample,
                                                 .is_open = place.is_open,
                                                 .number = number,
                                                 .running_time = position.running_time,
                                                 .lease = std::move(kept.lease)});
    if (flow != GST_FLOW_OK && number != 0)
      motion_.left(number);
    return flow;
  }

  if (is_followed)
    motion_.passes(seen);
  announcer_.passed(position.pts);
  const auto scene = live_scene_.at(last_running_time_, milliseconds{settings->result_ttl_ms});
  return gst_pad_push(pads_.src, finish_frame(std::move(kept.buffer), scene, size).release());
}

// Whether objects are followed to this frame, from those before it.
bool AnalyzerRun::follows(const ResolvedSettings &settings)
{
  const bool is_following = settings.tracking != Tracking::none;
  const bool was_following = std::exchange(is_following_, is_following);
  const bool is_set_back = last_running_time_ < newest_running_time_ - Sampler::kFarBack;
  newest_running_time_ =
      is_set_back ? last_running_time_ : std::max(newest_running_time_, last_running_time_);
  if (was_following && (!is_following || is_set_back))
    motion_.cut();
  if (!is_following)
    first_followed_ = 0;
  return is_following;
}

// Of the frames of a sample from which nothing is followed each waits for that alone.
bool AnalyzerRun::is_between(const FrameChooser::Place &place) const
{
  return place.is_open || (first_followed_ != 0 && place.sample >= first_followed_);
}

Motion::Passing AnalyzerRun::passing(GstBuffer *frame, const FrameChooser::Place &place,
                                     const FrameLine *held)
{
  return {.buffer = frame,
          .info = &*info_,
          .time = last_running_time_,
          .sample = place.sample,
          .is_sample = std::exchange(last_sample_, place.sample) != place.sample,
          .may_be_sample = place.is_open || chooser_.has_window(),
          .is_held_back = held && !held->is_live()};
}

// Of a frame that nothing was followed to, or that could not wait for it.
Ref<GstGeminiScene> AnalyzerRun::unshown_scene(const FrameLine::Frame &frame,
                                               const Ref<GstGeminiScene> &answer)
{
  if (frame.number != 0) {
    auto known = motion_.known_at(frame.number, frame.running_time);
    motion_.left(frame.number);
    const bool is_its_own = known && known->answer == frame.sample; // or that has failed
    // What an older one says is better than nothing, but not the word on it.
    if (known && !is_its_own)
      known->scene.status = Scene::Status::pending;
    if (known && (is_its_own || !answer))
      return wrap(std::move(known->scene));
  }
  return answer ? aged(answer, frame.running_time) : Ref<GstGeminiScene>{};
}

FrameChooser::Place AnalyzerRun::choose(const FixedPool::Held &frame, const Position &position,
                                        const std::shared_ptr<const ResolvedSettings> &settings,
                                        FrameLine *held)
{
  // Frames that wait for the end of a window make no room.
  if (held && chooser_.has_window() && !held->has_room(gst_buffer_get_size(frame.buffer.get())))
    chooser_.end_window();
  return chooser_.pass({.buffer = frame.buffer.get(),
                        .lease = held ? &frame.lease : nullptr,
                        .info = &*info_,
                        .settings = &settings,
                        .pts = position.pts,
                        .running_time = position.running_time},
                       demands_.take());
}

AnalyzerRun::Position AnalyzerRun::position_of(GstBuffer *buffer)
{
  Position position;
  const bool has_time = GST_BUFFER_PTS_IS_VALID(buffer) && segment_.format == GST_FORMAT_TIME;
  if (!has_time)
    position.running_time = last_running_time_ += last_duration_;
  if (GST_BUFFER_DURATION_IS_VALID(buffer))
    last_duration_ = from_clock_time(GST_BUFFER_DURATION(buffer));
  else if (GST_VIDEO_INFO_FPS_N(&*info_) > 0)
    last_duration_ = from_clock_time(gst_util_uint64_scale_int(
        GST_SECOND, GST_VIDEO_INFO_FPS_D(&*info_), GST_VIDEO_INFO_FPS_N(&*info_)));
  else
    last_duration_ = nanoseconds{0};
  if (!has_time)
    return position;
  position.pts = from_clock_time(GST_BUFFER_PTS(buffer));
  segment_.position = GST_BUFFER_PTS(buffer);
  position.running_time = from_clock_time(
      gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer)));
  if (position.running_time.count() >= 0)
    last_running_time_ = position.running_time;
  return position;
}

FrameChooser::Owner AnalyzerRun::chooser_owner()
{
  return {
      .is_late = [this](const FrameChooser::Arrival &frame) { return is_late(frame); },
      .has_room = [this](const FrameChooser::Arrival &frame) { return has_room(frame); },
      .make = [this](const FrameChooser::Arrival &frame) { return make_sample(frame); },
      .submit = [this](Sample sample) { return submit(std::move(sample)); },
      .skipped = [this](AnalyzerStats::Count why) { stats_->add(why); },
      .settle =
          [this](std::size_t n, std::uint64_t sample) {
            if (const auto held = line())
              held->settle(n, sample);
          },
      .compared = [this](std::optional<std::uint64_t> same_as) { compared(same_as); },
  };
}

// Nothing that is held back by us is late.
bool AnalyzerRun::is_late(const FrameChooser::Arrival &frame) const
{
  const auto held = line();
  return (!held || held->is_live()) && qos_.is_late(frame.running_time);
}

bool AnalyzerRun::has_room(const FrameChooser::Arrival &frame)
{
  if (const auto held = line())
    return !held->is_live() || // others wait for their turn
           overload_.has_time(**frame.settings, milliseconds{added_latency_ms_});
  // A queue would only make answers older.
  const auto room = engine_.room(*frame.settings);
  // While nothing is asked because of what others have met with, one sample finds out why, so that
  // nobody takes the silence for an empty picture.
  const bool finds_out = room == AnalysisEngine::Room::paused && !announcer_.has_told_pause();
  if (room == AnalysisEngine::Room::yes || finds_out)
    return true;
  stats_->add(skip_of(room));
  return false;
}

FixedPool::Held AnalyzerRun::hold(Ref<GstBuffer> frame)
{
  FixedPool::Held held = pool_.hold(std::move(frame));
  if (held.is_copy)
    stats_->add(AnalyzerStats::copied);
  return held;
}

Sample AnalyzerRun::make_sample(const FrameChooser::Arrival &frame)
{
  if (!tells_size_)
    look_for_size(frame.buffer);
  auto buffer = Ref<GstBuffer>::share(frame.buffer);
  FixedPool::Held kept = frame.lease
                             ? FixedPool::Held{.buffer = std::move(buffer), .lease = *frame.lease}
                             : hold(std::move(buffer));
  Sample sample{.buffer = std::move(kept.buffer),
                .lease = std::move(kept.lease),
                .info = *info_,
                .pts = frame.pts,
                .running_time = frame.running_time,
                .settings = *frame.settings,
                .is_live = !line()};
  choose_parts(sample);
  if (is_live_)
    sample.captured_at = std::chrono::microseconds{g_get_real_time()};
  if (const unsigned added = added_latency_ms_)
    sample.deadline = Clock::current().now() + milliseconds{added};
  return sample;
}

// What is not to be sent says so.
void AnalyzerRun::choose_parts(Sample &sample)
{
  if (is_replay_)
    return; // the record knows what was asked
  Choice choice = parts_.choose(sample);
  sample.sendable = choice.verdict;
  if (sample.sendable != Sample::Sendable::yes)
    return;
  sample.n_left_out = choice.n_left_out;
  sample.parts = std::move(choice.parts);
  sample.blackouts = std::move(choice.blackouts);
  const Orientation orientation = orientation_.at(pads_.sink);
  for (Sample::Part &part : sample.parts)
    part.view.orientation = orientation;
}

std::uint64_t AnalyzerRun::submit(Sample sample)
{
  if (sample.id == 0)
    sample.id = demands_.next_id();
  const std::uint64_t id = sample.id;
  if (sample.deadline)
    overload_.submitted(id);
  parts_.asked(sample);
  note_crops(sample);
  stats_->add(AnalyzerStats::regions_left_out, sample.n_left_out);
  stats_->add(AnalyzerStats::samples);
  if (sample.settings->tracking != Tracking::none) {
    const nanoseconds time =
        sample.running_time.count() >= 0 ? sample.running_time : last_running_time_;
    if (line()) {
      motion_.asked(id, time);
      if (first_followed_ == 0)
        first_followed_ = id;
    } else {
      motion_.is_asked_about(
          {.buffer = sample.buffer.get(), .info = &sample.info, .time = time, .is_sample = true});
    }
  }
  engine_.submit(std::move(sample));
  return id;
}

// What was said of a picture stays true while it looks the same.
void AnalyzerRun::compared(std::optional<std::uint64_t> same_as)
{
  if (same_as) {
    stats_->add(AnalyzerStats::skipped_unchanged);
    live_scene_.keep(*same_as);
  } else {
    live_scene_.let_end(last_running_time_);
  }
}

std::uint64_t AnalyzerRun::analyze_now(const std::optional<std::string> &prompt)
{
  auto question = with_prompt(settings()->question, prompt);
  if (!question) {
    GST_ELEMENT_WARNING(element_, RESOURCE, SETTINGS, ("%s", question.error().message.c_str()),
                        (nullptr));
    return 0;
  }
  return demands_.add(std::move(*question));
}

// The sender learns the id by a message with the event's number.
void AnalyzerRun::on_demand(GstEvent *event)
{
  std::uint64_t id = 0;
  const GValue *prompt = gst_structure_get_value(gst_event_get_structure(event), "prompt");
  // A window that is open is about older frames, whose sample comes first.
  if (GST_EVENT_IS_SERIALIZED(event))
    chooser_.end_window();
  if (prompt && !G_VALUE_HOLDS_STRING(prompt)) {
    GST_ELEMENT_WARNING(element_, RESOURCE, SETTINGS,
                        ("The field prompt of an event gemini-analyze is no string."), (nullptr));
  } else {
    const char *text = prompt ? g_value_get_string(prompt) : nullptr;
    id = analyze_now(text ? std::optional<std::string>{text} : std::nullopt);
  }
  const guint32 seqnum = gst_event_get_seqnum(event);
  GstMessage *message = gst_message_new_element(
      GST_OBJECT_CAST(element_),
      gst_structure_new("gemini-analyze", "request-id", G_TYPE_UINT64, guint64{id}, "seqnum",
                        G_TYPE_UINT, seqnum, nullptr));
  gst_message_set_seqnum(message, seqnum);
  gst_element_post_message(element_, message);
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
    orientation_.on_stream_start(event);
    guint group_id = 0;
    const bool is_known = gst_event_parse_group_id(event, &group_id);
    parts_.forget();
    if (std::exchange(had_eos_, false))
      engine_.when_idle(nullptr); // the end of the results has been told or comes with the next
    announcer_.begin_stream(is_known ? std::optional{group_id} : std::nullopt, next_sample());
    engine_.post([this] { announcer_.tell_ready(); });
    demands_.resume();
    return forward(event);
  }
  case GST_EVENT_CAPS:
    return on_caps(event);
  case GST_EVENT_SEGMENT:
    on_segment(event);
    return forward(event);
  case GST_EVENT_GAP:
    chooser_.end_window();
    return forward(event);
  // It goes on to other analyzers: each answers with an id of its own.
  case GST_EVENT_CUSTOM_DOWNSTREAM:
  case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
    if (gst_event_has_name(event, "gemini-analyze"))
      on_demand(event);
    return forward(event);
  case GST_EVENT_EOS: {
    demands_.end();
    chooser_.end_window();
    const bool is_taken = forward(event);
    had_eos_ = true;
    wait_for_answers(true);
    if (const auto held = line())
      // Whatever is awaited then leaves without its answer. The task may be about to ask for a
      // pause, or be in a sink that is paused.
      engine_.post_at(Clock::current().now() + milliseconds{settings()->eos_timeout_ms},
                      [this, held] {
                        held->look_again();
                        buffering_.answered(held->first_awaited());
                      });
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
    forget_answers(demands_.forget());
    return true;
  }
  case GST_EVENT_FLUSH_STOP: {
    gboolean has_new_time = FALSE;
    gst_event_parse_flush_stop(event, &has_new_time);
    gst_pad_push_event(pads_.src, event);
    on_flush_stop(has_new_time);
    return true;
  }
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
  // What is refused by a pad that is being stopped is no error of the stream.
  const bool is_sticky = GST_EVENT_IS_STICKY(event) && GST_EVENT_TYPE(event) != GST_EVENT_EOS;
  return gst_pad_push_event(pads_.src, event) || is_sticky;
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
  if (info_ && !gst_video_info_is_equal(&*info_, &*info))
    begin_anew();
  info_ = info;
  tells_size_ = GST_VIDEO_INFO_WIDTH(&*info) > 0 && GST_VIDEO_INFO_HEIGHT(&*info) > 0;
  if (tells_size_)
    note_frame_info();
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
  note_frame_info();
}

void AnalyzerRun::note_frame_info()
{
  costs_.note_frames(*info_);
  project_costs();
}

void AnalyzerRun::note_crops(const Sample &sample)
{
  if (!sample.parts.front().parent)
    return;
  std::vector<View> crops;
  for (const Sample::Part &part : sample.parts)
    crops.push_back(part.view);
  if (costs_.note_crops(std::move(crops)))
    project_costs();
}

void AnalyzerRun::on_segment(GstEvent *event)
{
  const GstSegment *segment = nullptr;
  gst_event_parse_segment(event, &segment);
  const bool begins_anew = segment_.format != GST_FORMAT_UNDEFINED && !goes_on(segment_, *segment);
  segment_ = *segment;
  decide_mode();
  if (begins_anew)
    begin_anew();
  else
    chooser_.end_window();
  // What is told of frames without a time has none either.
  GstSegment told = *segment;
  if (told.format != GST_FORMAT_TIME)
    gst_segment_init(&told, GST_FORMAT_TIME);
  announcer_.segment(told, next_sample());
  engine_.post([this] { announcer_.tell_ready(); });
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
          .wait = [this](bool is_end) { wait_for_answers(is_end); },
          .unshown =
              [this](const FrameLine::Frame &frame, const Ref<GstGeminiScene> &answer) {
                return unshown_scene(frame, answer);
              },
          .stalled = [this] { on_stall(); },
          .resume = [this] { resume(); },
          .gave_up = [this] { overload_.gave_up_wait(); },
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
    if (held->needs_task()) // again, before the pause
      resume();
  });
}

void AnalyzerRun::wait_for_answers(bool is_end)
{
  engine_.send_partial();
  motion_.let_go(is_end);
}

// What has come has to do.
void AnalyzerRun::on_stall()
{
  // The chooser belongs to the streaming thread, which holds this lock whenever it is with us. If
  // it is, frames come again.
  const bool is_idle = GST_PAD_STREAM_TRYLOCK(pads_.sink);
  if (is_idle) {
    chooser_.end_window();
    GST_PAD_STREAM_UNLOCK(pads_.sink);
  }
  // A source that waits for room goes on as soon as there is some.
  if (is_idle || line()->stuck_up_to())
    wait_for_answers(is_idle);
  else
    engine_.send_partial();
}

void AnalyzerRun::on_flush_stop(bool has_new_time)
{
  forget_answers(demands_.forget());
  chooser_.reset();
  demands_.resume();
  had_eos_ = false;
  qos_.reset();
  last_running_time_ = last_duration_ = nanoseconds{0};
  gst_segment_init(&segment_, GST_FORMAT_UNDEFINED);
  if (has_new_time)
    buffering_.restarted();
  if (const auto held = line()) {
    held->restart();
    task_.start();
    if (!is_src_active()) // going down: nobody would send what comes
      unblock();
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

// Other pictures follow: what is known of the last one is not true of the next.
void AnalyzerRun::begin_anew()
{
  if (line()) { // held frames still wait for their own answers
    chooser_.begin_anew();
    motion_.cut();
    return;
  }
  chooser_.reset();
  forget_answers(demands_.forget_sampled());
}

// Answers to what was sampled so far belong to a stream that is over.
void AnalyzerRun::forget_answers(const Demands::Forgotten &forgotten)
{
  stats_->add(AnalyzerStats::discarded, forgotten.n_waiting);
  overload_.forget(forgotten.first_valid);
  parts_.forget();
  announcer_.forget(forgotten.first_valid);
  engine_.discard_all();
  motion_.forget(forgotten.first_valid);
  live_scene_.reset(forgotten.first_valid);
}

bool AnalyzerRun::sink_query(GstObject *parent, GstQuery *query)
{
  // What is in front of it has to leave before it is answered.
  if (GST_QUERY_IS_SERIALIZED(query) && line())
    chooser_.end_window();
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
    // One frame is read by the worker, and some may wait until it looks how they have moved.
    const bool is_answered = gst_pad_query_default(pads_.sink, parent, query);
    refuse_view_metas(query);
    if (is_answered)
      ask_for_buffers(query, UINT64_MAX,
                      settings->tracking == Tracking::none ? 1 : 1 + Motion::kMostUnread);
    return is_answered;
  }
  // A live source cannot wait until all that is held has left. Without what downstream would say it
  // uses memory of its own.
  if (!held->is_live() || !held->has_frames())
    held->push_query(query);
  if (!held->is_flowing())
    return false;
  refuse_view_metas(query);
  ask_for_buffers(query, settings->max_held_bytes, UINT_MAX);
  return true;
}

void AnalyzerRun::on_analysis(const std::shared_ptr<const Analysis> &analysis)
{
  const auto held = line();
  const bool is_valid = demands_.is_valid(analysis->request_id);
  const bool is_answer = is_valid && analysis->status != AnalysisStatus::failed;
  overload_.answered(analysis->request_id,
                     is_answer ? std::optional{analysis->latency} : std::nullopt);
  if (!is_valid) { // who has discarded the others has left out what is being delivered
    stats_->add(AnalyzerStats::discarded);
    return;
  }
  demands_.answered(analysis->request_id);
  if (analysis->status == AnalysisStatus::failed)
    chooser_.failed(analysis->request_id);
  stats_->add(*analysis);
  if (analysis->status == AnalysisStatus::failed)
    parts_.failed(analysis->request_id);
  auto told = std::make_shared<Analysis>(*analysis);
  if (!is_replay_) {
    stats_->add_cost(*analysis);
    told->spent = stats_->spent();
  }
  const auto settings = this->settings();
  if (announcer_.warns_or_ends(*told, settings->on_error))
    stop_by_error(*told->failure, told->model);
  if (!held) {
    tell_live(told);
    return;
  }
  if (motion_.answer(told)) // which tells what follows, in its time
    held->foretell(told->request_id, scene_of(told));
  else
    tell_answer(with_ids(*told));
  buffering_.answered(held->first_awaited());
}

// Where nobody has given them any: of a record, and of objects in accurate mode that are not
// followed.
std::shared_ptr<Analysis> AnalyzerRun::with_ids(Analysis analysis)
{
  for (Object &object : analysis.objects)
    if (object.id == 0)
      object.id = next_object_id_++;
  return std::make_shared<Analysis>(std::move(analysis));
}

// Accurate mode.
void AnalyzerRun::tell_answer(const std::shared_ptr<const Analysis> &analysis)
{
  const auto held = line();
  if (!held || !demands_.is_valid(analysis->request_id))
    return;
  announcer_.announce(analysis, Announcer::Order::of_samples, settings()->post_messages);
  held->answer(analysis->request_id, scene_of(analysis));
}

void AnalyzerRun::tell_live(const std::shared_ptr<const Analysis> &analysis)
{
  const auto settings = this->settings();
  auto told = with_ids(*analysis);
  TrackedScene scene;
  if (analysis->status == AnalysisStatus::ok || analysis->status == AnalysisStatus::partial)
    scene = settings->tracking != Tracking::none ? motion_.answer(*told)
                                                 : still_scene(*told, told->running_time);
  live_scene_.publish(told, std::move(scene));
  if (!told->is_growing)
    announcer_.announce(told, Announcer::Order::as_it_comes, settings->post_messages);
  else if (settings->post_messages)
    announcer_.announce_part(*told);
}

// Some of an answer that is still coming. Held frames wait for the whole.
void AnalyzerRun::on_growing(const std::shared_ptr<const Analysis> &analysis)
{
  if (!demands_.is_valid(analysis->request_id))
    return;
  if (!line())
    tell_live(analysis);
  else if (settings()->post_messages)
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
  if (!is_replay_)
    costs_.tell(*settings(), engine_.n_references(), engine_.mean_output());
}

} // namespace gemini
