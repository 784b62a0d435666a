// SPDX-License-Identifier: LGPL-2.1-or-later
// From sampled frames to analyses.
#include "plugin/analysis_engine.hpp"

#include "core/token_estimate.hpp"
#include "plugin/analyzer_debug.hpp"
#include "plugin/learned_profiles.hpp"
#include "wire/model_profile.hpp"
#include "wire/reply.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <pthread.h>

namespace gemini {

namespace {

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

bool is_over(const Deadline &deadline)
{
  return deadline && std::chrono::steady_clock::now() >= *deadline;
}

} // namespace

// A request under way: what is known of its analysis before the answer, and what it takes to ask
// again.
struct AnalysisEngine::Pending {
  Analysis analysis;
  std::shared_ptr<const ResolvedSettings> settings;
  vision::EncodedFrame frame = {};
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt; // as the sample's
  std::chrono::steady_clock::time_point posted = {};
  wire::OwnFields own = {};      // fields of the request that were our choice
  wire::OwnFields left_out = {}; // because an answer to this request said so
};

struct AnalysisEngine::Inbox {
  std::mutex mutex; // guards all below; never held while calling anything of ours or GStreamer's
  std::condition_variable changed;
  std::deque<Sample> waiting;                 // in the order of submission
  std::map<std::uint64_t, Pending> in_flight; // by sample id
  std::deque<std::pair<std::uint64_t, net::HttpResult>> replies;
  std::set<std::uint64_t> open; // ids that somebody waits for
  std::function<void()> when_idle;
  bool is_stopping = false;

  // A sample that nobody waits for any more needs no place: it goes at once, and its frame with it.
  bool may_send() const
  {
    if (waiting.empty())
      return false;
    const Sample &next = waiting.front();
    return in_flight.size() < next.settings->max_in_flight || is_over(next.deadline);
  }
  bool is_idle() const { return when_idle && open.empty(); }
};

namespace {

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
  analysis.model = sample.settings->model;
  return analysis;
}

Analysis failed(Analysis analysis, Failure failure)
{
  analysis.status = AnalysisStatus::failed;
  analysis.failure = std::move(failure);
  return analysis;
}

} // namespace

AnalysisEngine::AnalysisEngine(GstElement *log, std::string source, Service service,
                               AnalyzerStats &stats, Deliver deliver, FieldDropped field_dropped)
    : log_(log), source_(std::move(source)), service_(std::move(service)), stats_(stats),
      deliver_(std::move(deliver)), field_dropped_(std::move(field_dropped)),
      inbox_(std::make_shared<Inbox>()), worker_([this] { work(); })
{
}

AnalysisEngine::~AnalysisEngine()
{
  stop();
}

void AnalysisEngine::stop()
{
  if (!worker_.joinable())
    return;
  discard_all();
  {
    const std::lock_guard lock{inbox_->mutex};
    inbox_->is_stopping = true;
  }
  inbox_->changed.notify_all();
  worker_.join();
}

void AnalysisEngine::submit(Sample sample)
{
  {
    const std::lock_guard lock{inbox_->mutex};
    inbox_->open.insert(sample.id);
    inbox_->waiting.push_back(std::move(sample));
  }
  inbox_->changed.notify_one();
}

std::size_t AnalysisEngine::n_open() const
{
  const std::lock_guard lock{inbox_->mutex};
  return inbox_->open.size();
}

void AnalysisEngine::discard_all()
{
  std::deque<Sample> forgotten; // buffers are released without the lock
  std::size_t n = 0;
  {
    const std::lock_guard lock{inbox_->mutex};
    n = inbox_->open.size();
    inbox_->open.clear();
    inbox_->waiting.swap(forgotten);
    inbox_->in_flight.clear();
    inbox_->replies.clear();
    inbox_->when_idle = nullptr;
  }
  inbox_->changed.notify_one();
  client_.cancel_all();
  stats_.add(AnalyzerStats::discarded, n);
}

void AnalysisEngine::when_idle(std::function<void()> then)
{
  {
    const std::lock_guard lock{inbox_->mutex};
    inbox_->when_idle = std::move(then);
  }
  inbox_->changed.notify_one();
}

void AnalysisEngine::work()
{
  pthread_setname_np(pthread_self(), "gemini-worker");
  for (;;) {
    std::unique_lock lock{inbox_->mutex};
    inbox_->changed.wait(lock, [this] {
      return inbox_->is_stopping || !inbox_->replies.empty() || inbox_->may_send() ||
             inbox_->is_idle();
    });
    if (inbox_->is_stopping)
      return;
    if (!inbox_->replies.empty()) {
      auto [id, result] = std::move(inbox_->replies.front());
      inbox_->replies.pop_front();
      auto node = inbox_->in_flight.extract(id);
      lock.unlock();
      if (!node.empty())
        receive(std::move(node.mapped()), std::move(result));
    } else if (inbox_->may_send()) {
      Sample sample = std::move(inbox_->waiting.front());
      inbox_->waiting.pop_front();
      lock.unlock();
      send(std::move(sample));
    } else {
      const auto then = std::exchange(inbox_->when_idle, nullptr);
      lock.unlock();
      then();
    }
  }
}

void AnalysisEngine::send(Sample sample)
{
  const ResolvedSettings &settings = *sample.settings;
  Pending pending{.analysis = begin_analysis(sample, source_),
                  .settings = sample.settings,
                  .deadline = sample.deadline};
  if (is_over(sample.deadline)) {
    deliver(failed(std::move(pending.analysis),
                   {.kind = FailureKind::too_late,
                    .message = "A frame left before its turn to be sent came"}));
    return;
  }

  auto frame = encoder_.encode(
      sample.buffer.get(), sample.info,
      {.max_size = settings.max_image_size, .quality = static_cast<int>(settings.jpeg_quality)});
  sample.buffer = {}; // pools are small: the frame goes back as soon as its pixels are taken
  if (!frame) {
    deliver(failed(std::move(pending.analysis), std::move(frame.error())));
    return;
  }
  pending.frame = std::move(*frame);
  ask(std::move(pending));
}

void AnalysisEngine::ask(Pending pending)
{
  // Once it is under way, whoever discards it lets go of all it holds.
  const auto held = pending.settings;
  const ResolvedSettings &settings = *held;
  const std::uint64_t id = pending.analysis.request_id;
  const LearnedProfiles &learned = LearnedProfiles::shared();
  const wire::ModelProfile &profile = learned.profile(service_.base_url, settings.model);
  const auto unwanted = learned.unwanted(service_.base_url, settings.model) | pending.left_out;
  auto question = wire::build_request(settings.question, profile, unwanted, pending.frame.jpeg);
  net::HttpRequest request{
      .url = service_.base_url + wire::generate_path(settings.api_version, settings.model),
      .headers = {{"x-goog-api-key", service_.api_key}},
      .body = std::move(question.body),
      .timeout = std::chrono::milliseconds{settings.timeout_ms} - pending.analysis.latency};
  const int width = pending.frame.width;
  const int height = pending.frame.height;
  pending.own = question.own;
  pending.posted = std::chrono::steady_clock::now();
  ++pending.analysis.attempts;
  {
    const std::lock_guard lock{inbox_->mutex};
    if (!inbox_->open.contains(id))
      return; // discarded while it was encoded: spare the cost
    inbox_->in_flight.emplace(id, std::move(pending));
  }
  GST_DEBUG_OBJECT(log_, "request %" G_GUINT64_FORMAT ": %dx%d, %" G_GSIZE_FORMAT " bytes", id,
                   width, height, request.body.size());
  stats_.add(AnalyzerStats::requests);
  stats_.add(AnalyzerStats::bytes_sent, request.body.size());
  stats_.add(AnalyzerStats::tokens_estimated,
             static_cast<std::uint64_t>(
                 image_tokens(profile.tokens, settings.media_resolution, width, height) +
                 text_tokens(question.text_bytes)));
  client_.post(std::move(request), [inbox = std::weak_ptr{inbox_}, id](net::HttpResult result) {
    const auto to = inbox.lock();
    if (!to)
      return;
    {
      const std::lock_guard lock{to->mutex};
      if (!to->in_flight.contains(id))
        return;
      to->replies.emplace_back(id, std::move(result));
    }
    to->changed.notify_one();
  });

  bool is_open = false;
  {
    const std::lock_guard lock{inbox_->mutex};
    is_open = inbox_->open.contains(id);
  }
  // Discarded between the look and the posting: nothing newer is under way yet, only this thread
  // posts.
  if (!is_open)
    client_.cancel_all();
}

// A field that the user did not ask for may not cost him the answer.
bool AnalysisEngine::ask_without_refused_field(Pending &pending, const net::HttpReply &refusal)
{
  if (refusal.status != 400 ||
      pending.analysis.latency >= std::chrono::milliseconds{pending.settings->timeout_ms} ||
      is_over(pending.deadline))
    return false;
  const auto field = wire::refused_field(refusal.body, pending.own);
  if (!field)
    return false;
  pending.left_out.set(static_cast<std::size_t>(*field));
  ask(std::move(pending));
  return true;
}

// What was left out was the reason: the request went through without it.
void AnalysisEngine::learn_from(const Pending &pending)
{
  const std::string &model = pending.settings->model;
  LearnedProfiles &learned = LearnedProfiles::shared();
  for (std::size_t i = 0; i < pending.left_out.size(); ++i) {
    const auto field = static_cast<wire::OwnField>(i);
    if (contains(pending.left_out, field) && learned.learn(service_.base_url, model, field))
      field_dropped_(field, model);
  }
  stats_.set_dropped_fields(learned.unwanted(service_.base_url, model));
}

void AnalysisEngine::receive(Pending pending, net::HttpResult result)
{
  if (!result) {
    pending.analysis.latency += std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - pending.posted);
    deliver(failed(std::move(pending.analysis), std::move(result.error())));
    return;
  }
  const net::HttpReply &http = *result;
  pending.analysis.latency += http.elapsed;
  stats_.add(AnalyzerStats::bytes_received, http.body.size());
  if (ask_without_refused_field(pending, http))
    return;

  Analysis analysis = std::move(pending.analysis);
  if (http.status != 200) {
    deliver(
        failed(std::move(analysis), wire::read_error(http.status, http.body, http.retry_after)));
    return;
  }

  learn_from(pending);
  const ResolvedSettings &settings = *pending.settings;
  auto reply = wire::read_reply({.task = analysis.task,
                                 .max_objects = settings.question.max_objects,
                                 .labels = settings.question.labels,
                                 .has_schema = !settings.question.response_schema.empty(),
                                 .mask_threshold = settings.mask_threshold,
                                 .width = analysis.width,
                                 .height = analysis.height},
                                http.body);
  if (!reply) {
    deliver(failed(std::move(analysis), std::move(reply.error())));
    return;
  }
  LearnedProfiles::shared().learn_version(service_.base_url, settings.model, reply->model_version);
  analysis.status = reply->status;
  analysis.model_version = std::move(reply->model_version);
  analysis.finish_reason = std::move(reply->finish_reason);
  analysis.usage = reply->usage;
  analysis.problems = std::move(reply->problems);
  analysis.text = std::move(reply->text);
  analysis.json = std::move(reply->json);
  analysis.objects = std::move(reply->objects);
  for (Object &object : analysis.objects)
    object.id = next_object_id_++;
  if (analysis.status == AnalysisStatus::blocked)
    analysis.failure = Failure{.kind = FailureKind::blocked,
                               .message = std::move(reply->block_message),
                               .http_status = http.status};
  deliver(std::move(analysis));
}

void AnalysisEngine::deliver(Analysis analysis)
{
  // Whatever failed, here is the one way out for its words, which may be a server's that quotes the
  // key.
  if (analysis.failure)
    analysis.failure->message =
        without_secret(std::move(analysis.failure->message), service_.api_key);
  const std::uint64_t id = analysis.request_id;
  GST_DEBUG_OBJECT(log_, "request %" G_GUINT64_FORMAT ": %s, %" G_GSIZE_FORMAT " objects", id,
                   to_string(analysis.status), analysis.objects.size());
  {
    const std::lock_guard lock{inbox_->mutex};
    if (!inbox_->open.contains(id))
      return;
  }
  deliver_(std::make_shared<const Analysis>(std::move(analysis)));
  // Only now: who waits for nothing to be open counts on everything having been delivered.
  const std::lock_guard lock{inbox_->mutex};
  inbox_->open.erase(id);
}

} // namespace gemini
