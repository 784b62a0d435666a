// SPDX-License-Identifier: LGPL-2.1-or-later
// From sampled frames to analyses.
#include "plugin/analysis_engine.hpp"

#include "plugin/analyzer_debug.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace gemini {

namespace {

bool is_over(const std::optional<Clock::TimePoint> &deadline)
{
  return deadline && Clock::current().now() >= *deadline;
}

Analysis begin_analysis(const Sample &sample, const std::string &source)
{
  Analysis analysis;
  analysis.source = source;
  analysis.request_id = sample.id;
  analysis.pts = sample.pts;
  analysis.running_time = sample.running_time;
  analysis.captured_at = sample.captured_at;
  analysis.width = GST_VIDEO_INFO_WIDTH(&sample.info);
  analysis.height = GST_VIDEO_INFO_HEIGHT(&sample.info);
  analysis.task = sample.settings->question.task;
  analysis.model = sample.settings->models.front();
  return analysis;
}

// As it is shown.
double aspect_of(const GstVideoInfo &info)
{
  const double across =
      static_cast<double>(GST_VIDEO_INFO_WIDTH(&info)) * std::max(1, GST_VIDEO_INFO_PAR_N(&info));
  const double down =
      static_cast<double>(GST_VIDEO_INFO_HEIGHT(&info)) * std::max(1, GST_VIDEO_INFO_PAR_D(&info));
  return across / std::max(1.0, down);
}

Analysis failed(Analysis analysis, Failure failure)
{
  analysis.status = AnalysisStatus::failed;
  analysis.failure = std::move(failure);
  return analysis;
}

// Why nothing of a frame that was demanded goes out.
std::optional<Failure> not_sent(Sample::Sendable sendable)
{
  switch (sendable) {
  case Sample::Sendable::yes:
    break;
  case Sample::Sendable::nothing_to_ask:
    return Failure{.kind = FailureKind::frame,
                   .message = "Upstream has found nothing on the frame that regions=detections "
                              "would send"};
  case Sample::Sendable::hidden:
    return Failure{.kind = FailureKind::frame,
                   .message =
                       "What privacy-labels is to hide may be anywhere on the frame, so that "
                       "nothing of it is sent"};
  }
  return std::nullopt;
}

// Half of the way to the next sample: it is nearer to no other.
std::chrono::nanoseconds replay_tolerance(const Rate &rate)
{
  constexpr std::chrono::nanoseconds kMost = std::chrono::milliseconds{500};
  if (rate.numerator <= 0)
    return kMost;
  const double seconds = static_cast<double>(rate.denominator) / rate.numerator / 2;
  return std::min(
      kMost, std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(seconds, 1.0) * 1e9)});
}

} // namespace

AnalysisEngine::AnalysisEngine(GstElement *log, std::string source, Service service,
                               const std::shared_ptr<const ResolvedSettings> &settings,
                               AnalyzerStats &stats, Listener listener)
    : log_(log), source_(std::move(source)), service_(std::move(service)), stats_(stats),
      listener_(std::move(listener)), worker_(std::make_shared<Worker>("gemini-worker"))
{
  if (service_.replay)
    return;
  token_ = settings->access_token;
  asker_ = std::make_unique<Asker>(
      worker_, service_, settings->upload, stats_,
      Asker::Listener{.ended =
                          [this](std::vector<Analysis> analyses) {
                            for (Analysis &analysis : analyses)
                              deliver(std::move(analysis));
                          },
                      .grew =
                          [this](Analysis analysis) {
                            listener_.grew(std::make_shared<const Analysis>(std::move(analysis)));
                          },
                      .field_dropped = listener_.field_dropped,
                      .refused = listener_.refused,
                      .alarmed = listener_.alarmed,
                      .audit_failed = listener_.file_failed,
                      .rested = [this] { rest(); }});
  n_references_ = asker_->n_references();
  worker_->post([this, settings] { asker_->check_start(*settings); });
}

AnalysisEngine::~AnalysisEngine()
{
  stop();
}

void AnalysisEngine::stop()
{
  discard_all();
  // Requests under way are given up by the worker, whose they are.
  worker_->stop([this] {
    if (asker_)
      asker_->discard(UINT64_MAX);
  });
}

void AnalysisEngine::submit(Sample sample)
{
  const auto deadline = sample.deadline;
  {
    const std::lock_guard lock{mutex_};
    open_.insert(sample.id);
    newest_ = std::max(newest_, sample.id);
    waiting_.push_back(std::move(sample));
  }
  worker_->post([this] { pump(); });
  if (deadline) // its frame is needed elsewhere
    worker_->post_at(*deadline, [this] { pump(); });
}

AnalysisEngine::Room AnalysisEngine::room(const std::shared_ptr<const ResolvedSettings> &settings)
{
  if (asker_) {
    switch (asker_->look(settings)) {
    case Admission::paused:
      return Room::paused;
    case Admission::budget:
      worker_->post([this] { asker_->tell_budget(); });
      return Room::budget;
    case Admission::open:
      break;
    }
  }
  const std::size_t places = std::size_t{settings->max_in_flight} * settings->frames_per_request;
  const std::lock_guard lock{mutex_};
  return open_.size() < places + n_replaceable_ ? Room::yes : Room::in_flight;
}

void AnalysisEngine::send_partial()
{
  std::uint64_t newest = 0;
  {
    const std::lock_guard lock{mutex_};
    newest = newest_;
  }
  worker_->post([this, newest] {
    partial_up_to_ = newest;
    pump();
  });
}

void AnalysisEngine::discard_all()
{
  std::deque<Sample> forgotten; // buffers are released without the lock
  std::size_t n = 0;
  std::uint64_t before = 0;
  {
    const std::lock_guard lock{mutex_};
    n = open_.size() - open_.count(delivering_); // that is not lost
    before = newest_ + 1;
    open_.clear();
    waiting_.swap(forgotten);
    n_replaceable_ = 0;
    when_idle_ = nullptr;
  }
  // By then the worker may have begun with newer ones.
  worker_->post([this, before] {
    if (batch_)
      std::erase_if(batch_->frames, [before](const AnalysisJob::Frame &frame) {
        return frame.analysis.request_id < before;
      });
    if (batch_ && batch_->frames.empty())
      batch_.reset();
    std::erase_if(demanded_, [before](const AnalysisJob &job) { return job.id < before; });
    if (asker_)
      asker_->discard(before);
    pump();
  });
  stats_.add(AnalyzerStats::discarded, n);
}

void AnalysisEngine::when_idle(std::function<void()> then)
{
  {
    const std::lock_guard lock{mutex_};
    when_idle_ = std::move(then);
  }
  send_partial();
}

std::optional<SettingProblem>
AnalysisEngine::set_settings(const std::shared_ptr<const ResolvedSettings> &settings)
{
  if (!asker_)
    return std::nullopt;
  bool is_set_anew = false;
  {
    const std::lock_guard lock{mutex_};
    is_set_anew = std::exchange(token_, settings->access_token) != settings->access_token;
  }
  Result<bool, SettingProblem> is_new{false};
  if (is_set_anew)
    is_new = service_.credentials->set_token(settings->access_token);
  worker_->post([this, settings, has_new_token = is_new && *is_new] {
    asker_->settings_changed(*settings, has_new_token);
  });
  return is_new ? std::nullopt : std::optional{is_new.error()};
}

double AnalysisEngine::mean_output() const
{
  return service_.account ? service_.account->with([](const Ledger &ledger, const auto &) {
    return ledger.mean_output();
  })
                          : 0;
}

// Takes in as many samples as there are places for.
void AnalysisEngine::pump()
{
  ask_demanded();
  while (auto sample = take_waiting())
    take_in(std::move(*sample));
  if (is_batch_complete())
    ask_batch();
  rest();
}

std::optional<Sample> AnalysisEngine::take_waiting()
{
  const std::lock_guard lock{mutex_};
  if (waiting_.empty())
    return std::nullopt;
  // A sample that nobody waits for any more needs no place: it goes at once, and its frame with it.
  const Sample &next = waiting_.front();
  // One that does not go into the batch takes a place of its own, beside that of the batch.
  const bool joins = batch_ && batch_->settings == next.settings;
  // One that was demanded is encoded at once, so that its frame is not held while it waits.
  const bool has_place = !asker_ || joins || next.is_demanded ||
                         asker_->n_asked() + (batch_ ? 1 : 0) < next.settings->max_in_flight ||
                         (next.is_live && asker_->n_replaceable() > 0);
  if (!has_place && !is_over(next.deadline))
    return std::nullopt;
  Sample sample = std::move(waiting_.front());
  waiting_.pop_front();
  return sample;
}

void AnalysisEngine::take_in(Sample sample)
{
  Analysis analysis = begin_analysis(sample, source_);
  if (service_.replay) {
    replay(sample, std::move(analysis));
    return;
  }
  if (is_over(sample.deadline)) {
    deliver(
        failed(std::move(analysis), {.kind = FailureKind::too_late,
                                     .message = "A frame left before its turn to be sent came"}));
    return;
  }
  if (auto failure = not_sent(sample.sendable)) {
    deliver(failed(std::move(analysis), *std::move(failure)));
    return;
  }
  leave_out_parts(sample, analysis);
  const ResolvedSettings &settings = *sample.settings;
  std::vector<View> views;
  for (const Sample::Part &part : sample.parts)
    views.push_back(part.view);
  auto encoded = encoder_.encode(sample.buffer.get(), sample.info,
                                 {.max_size = settings.max_image_size,
                                  .quality = static_cast<int>(settings.jpeg_quality),
                                  .blackouts = sample.blackouts},
                                 views);
  if (!encoded) {
    deliver(failed(std::move(analysis), std::move(encoded.error())));
    return;
  }
  std::vector<AnalysisJob::Frame> pictures;
  for (std::size_t i = 0; i < encoded->size(); ++i) {
    vision::EncodedFrame &picture = (*encoded)[i];
    GST_DEBUG_OBJECT(log_, "sample %" G_GUINT64_FORMAT ": %dx%d, %" G_GSIZE_FORMAT " bytes",
                     sample.id, picture.width, picture.height, picture.jpeg.size());
    pictures.push_back({.analysis = analysis,
                        .view = views[i],
                        .aspect = aspect_of(sample.info),
                        .parent = std::move(sample.parts[i].parent),
                        .picture = std::move(picture),
                        .deadline = sample.deadline});
  }
  sample.lease.reset();
  sample.buffer = {}; // pools are small: the frame goes back as soon as its pixels are taken
  add_to_batch(std::move(pictures), sample);
}

// What the service takes in one request, the references aside.
std::size_t AnalysisEngine::picture_limit() const
{
  const std::size_t limit = service_.endpoint.platform == wire::Platform::vertex
                                ? wire::kImageLimitVertex
                                : wire::kImageLimit;
  return limit > n_references_ ? limit - n_references_ : 1;
}

// As many as one request cannot take.
void AnalysisEngine::leave_out_parts(Sample &sample, Analysis &analysis) const
{
  const std::size_t limit = picture_limit();
  if (sample.parts.size() <= limit)
    return;
  analysis.problems.push_back(std::to_string(sample.parts.size() - limit) + " of " +
                              std::to_string(sample.parts.size()) +
                              " crops were left out, as a request takes no more pictures");
  sample.parts.resize(limit);
}

void AnalysisEngine::replay(const Sample &sample, Analysis analysis)
{
  const auto recorded =
      service_.replay->find(sample.pts, replay_tolerance(sample.settings->analysis_rate));
  if (!recorded) {
    deliver(failed(std::move(analysis),
                   {.kind = FailureKind::not_recorded,
                    .message = "The record has no answer for this time of the stream"}));
    return;
  }
  Analysis answer = *recorded;
  // Who is who depends on the samples, which may be others now.
  answer.gone.clear();
  for (Object &object : answer.objects) {
    object.id = 0;
    object.track = {};
  }
  answer.source = std::move(analysis.source);
  answer.request_id = analysis.request_id;
  answer.pts = analysis.pts;
  answer.running_time = analysis.running_time;
  answer.captured_at = analysis.captured_at;
  deliver(std::move(answer));
}

void AnalysisEngine::add_to_batch(std::vector<AnalysisJob::Frame> pictures, const Sample &sample)
{
  if (sample.is_demanded) {
    AnalysisJob job;
    job.id = sample.id;
    job.settings = sample.settings;
    job.is_live = sample.is_live;
    job.is_demanded = true;
    job.frames = std::move(pictures);
    demanded_.push_back(std::move(job));
    ask_demanded();
    return;
  }
  // Frames of one request are asked about in the same words and are of the same size, and there is
  // a most of pictures.
  const Analysis &first = pictures.front().analysis;
  if (batch_ && (batch_->settings != sample.settings ||
                 batch_->frames.front().analysis.width != first.width ||
                 batch_->frames.front().analysis.height != first.height ||
                 batch_->frames.size() + pictures.size() > picture_limit()))
    ask_batch();
  if (!batch_) {
    batch_.emplace();
    batch_->id = sample.id;
    batch_->settings = sample.settings;
    batch_->is_live = sample.is_live;
  }
  std::move(pictures.begin(), pictures.end(), std::back_inserter(batch_->frames));
  const std::size_t n_samples = batch_->n_samples();
  if (n_samples >= sample.settings->frames_per_request) {
    ask_batch();
    return;
  }
  // Who holds frames for a limited time gives half of it to the others of the request.
  const auto now = Clock::current().now();
  if (sample.deadline && n_samples == 1)
    worker_->post_at(now + (*sample.deadline - now) / 2, [this, id = batch_->id] {
      if (batch_ && batch_->id == id)
        ask_batch();
    });
}

// Whether nothing that has to come into it can still come.
bool AnalysisEngine::is_batch_complete() const
{
  if (!batch_ || batch_->frames.front().analysis.request_id > partial_up_to_)
    return false;
  const std::lock_guard lock{mutex_};
  return waiting_.empty() || waiting_.front().id > partial_up_to_;
}

// As many as there are places for. Those of nobody go without one.
void AnalysisEngine::ask_demanded()
{
  while (!demanded_.empty()) {
    AnalysisJob &next = demanded_.front();
    bool is_open = false;
    {
      const std::lock_guard lock{mutex_};
      is_open = open_.contains(next.id);
    }
    const unsigned n_places = next.settings->max_in_flight;
    if (is_open && asker_->n_asked() + (batch_ ? 1 : 0) >= n_places) {
      if (batch_ && asker_->n_asked() < n_places)
        ask_batch(); // rather than that it waits for the batch to become full
      return;
    }
    AnalysisJob job = std::move(next);
    demanded_.pop_front();
    if (is_open)
      asker_->ask(std::move(job));
  }
}

void AnalysisEngine::ask_batch()
{
  if (!batch_)
    return;
  AnalysisJob job = std::move(*batch_);
  batch_.reset();
  {
    // Discarded while it was encoded: spare the cost.
    const std::lock_guard lock{mutex_};
    std::erase_if(job.frames, [this](const AnalysisJob::Frame &frame) {
      return !open_.contains(frame.analysis.request_id);
    });
  }
  if (job.frames.empty())
    return;
  job.id = job.frames.front().analysis.request_id;
  if (job.is_live && asker_->n_asked() >= job.settings->max_in_flight)
    asker_->replace_oldest();
  rest(); // what has been replaced makes no room for a second one
  asker_->ask(std::move(job));
}

void AnalysisEngine::deliver(Analysis analysis)
{
  const std::uint64_t id = analysis.request_id;
  GST_DEBUG_OBJECT(log_, "request %" G_GUINT64_FORMAT ": %s, %" G_GSIZE_FORMAT " objects", id,
                   to_string(analysis.status), analysis.objects.size());
  const auto shared = std::make_shared<const Analysis>(std::move(analysis));
  {
    const std::lock_guard lock{mutex_};
    if (!open_.contains(id))
      return;
    delivering_ = id;
  }
  listener_.deliver(shared);
  {
    // Only now: who waits for nothing to be open counts on everything having been delivered.
    const std::lock_guard lock{mutex_};
    open_.erase(id);
    delivering_ = 0;
  }
  worker_->post([this] { pump(); });
}

void AnalysisEngine::record(const Analysis &analysis)
{
  if (!service_.recorder)
    return;
  if (const std::string problem = service_.recorder->write(analysis); !problem.empty())
    listener_.file_failed(problem);
}

void AnalysisEngine::rest()
{
  std::function<void()> then;
  {
    const std::lock_guard lock{mutex_};
    n_replaceable_ = asker_ ? asker_->n_replaceable() : 0;
    if (when_idle_ && open_.empty())
      then = std::exchange(when_idle_, nullptr);
  }
  if (then)
    then();
}

} // namespace gemini
