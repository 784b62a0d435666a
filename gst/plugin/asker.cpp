// SPDX-License-Identifier: LGPL-2.1-or-later
// From a question to its answer, through limits, uploads, failures and retries.
#include "plugin/asker.hpp"

#include "core/backoff.hpp"
#include "plugin/learned_profiles.hpp"
#include "plugin/picture_answers.hpp"
#include "plugin/request_cost.hpp"
#include "wire/model_profile.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace gemini {

using std::chrono::milliseconds;

namespace {

// Until another element's request ends, which nobody tells us.
constexpr milliseconds kLookAgain{250};

Failure budget_failure(LimitKind limit)
{
  return {.kind = FailureKind::budget,
          .message = std::string{"The limit that "} + to_string(limit) + " sets is reached."};
}

Ledger::Cost cost_of(const AnalysisJob &job, const wire::ModelProfile &profile,
                     std::size_t n_references)
{
  std::vector<FrameSize> sizes;
  for (const AnalysisJob::Frame &frame : job.frames)
    sizes.push_back({frame.picture.width, frame.picture.height});
  return cost_of_request(*job.settings, profile, sizes, n_references,
                         job.are_crops() ? job.n_samples() : 0);
}

// With what was said when the pause began.
Failure failure_of(const ModelHealth::Gate &gate, const std::string &model, Clock::TimePoint now)
{
  Failure failure = gate.failure.value_or(Failure{.kind = FailureKind::overloaded, .message = {}});
  const auto left = std::chrono::ceil<std::chrono::seconds>(gate.until - now);
  failure.message = model + " is not asked for the next " + std::to_string(left.count()) + " s" +
                    (failure.message.empty() ? "" : ". " + failure.message);
  return failure;
}

// Nobody waits for any of its frames.
bool is_too_late(const AnalysisJob &job, Clock::TimePoint now)
{
  return std::all_of(job.frames.begin(), job.frames.end(), [now](const AnalysisJob::Frame &frame) {
    return frame.deadline && *frame.deadline <= now;
  });
}

bool is_replaceable(const std::pair<const std::uint64_t, AnalysisJob> &entry)
{
  return entry.second.is_live && !entry.second.is_demanded &&
         entry.second.stage == AnalysisJob::Stage::parked;
}

// A connection that is cut between two pieces of a stream looks as if that were all. The service
// says why it stopped, always.
bool is_unfinished(const Result<wire::Reply, Failure> &reply)
{
  return reply && reply->finish_reason.empty() && reply->status != AnalysisStatus::blocked;
}

// In pixels of the frame, as the picture is turned.
wire::PictureSize size_on_frame(const AnalysisJob::Frame &frame)
{
  const auto pixels = [](double part, int side) {
    return std::max(1, static_cast<int>(std::lround(part * side)));
  };
  const int across = pixels(frame.view.part.w, frame.analysis.width);
  const int down = pixels(frame.view.part.h, frame.analysis.height);
  return swaps_sides(frame.view.orientation) ? wire::PictureSize{down, across}
                                             : wire::PictureSize{across, down};
}

// Whether another model may do better at once.
bool is_models_own(const Failure &failure)
{
  return failure.kind == FailureKind::overloaded || failure.kind == FailureKind::unknown_model ||
         failure.kind == FailureKind::quota;
}

} // namespace

Asker::Asker(const std::shared_ptr<Worker> &worker, Service &service, UploadBy upload,
             AnalyzerStats &stats, Listener listener)
    : worker_(worker), service_(service), stats_(stats), listener_(std::move(listener)),
      watch_(
          worker, client_, service, stats,
          [this](const Failure &failure, const std::string &model) { refused(failure, model); },
          [this] { resume(); }),
      pictures_(
          worker, client_, service, upload, stats,
          [this](std::uint64_t id, std::uint64_t attempt) {
            if (AnalysisJob *job = find(id, attempt))
              send(*job);
          },
          [this](std::uint64_t id, std::uint64_t attempt, const net::HttpFailure &failure) {
            if (AnalysisJob *job = find(id, attempt))
              on_failure(*job, failure);
          }),
      random_(std::random_device{}())
{
}

void Asker::check_start(const ResolvedSettings &settings)
{
  limits_ = limits_of(settings);
  price_ = price_of(settings);
  service_.account->with([&](auto &, auto &health) {
    for (const std::string &model : settings.models)
      health[health_key(model)].forget_gone();
  });
  watch_.check(settings.models, milliseconds{settings.timeout_ms});
}

// Found out at start. A request may have been answered meanwhile, which says more.
void Asker::refused(const Failure &failure, const std::string &model)
{
  if (had_good_answer_)
    return;
  Failure scrubbed = failure;
  scrubbed.message = service_.credentials->scrub(std::move(scrubbed.message));
  listener_.refused(scrubbed, model);
}

void Asker::settings_changed(const ResolvedSettings &settings, bool has_new_token)
{
  const bool has_other_models = watch_.is_paused() && watch_.why().kind != FailureKind::bad_key &&
                                settings.models != paused_models_;
  if (has_new_token || has_other_models)
    watch_.resume();
  const Limits limits = limits_of(settings);
  const bool has_new_limits = limits != limits_;
  limits_ = limits;
  price_ = price_of(settings);
  check_budget();
  if (has_new_limits)
    ask_held_back();
}

// The service lets us in again.
void Asker::resume()
{
  service_.account->with([](auto &, auto &health) {
    for (auto &[model, known] : health)
      known.forget_gone();
  });
  ask_parked([](const AnalysisJob &job) { return job.waits_for_watch; });
}

// Those that wait for a limit, or for that reason only: it may let them through now.
void Asker::ask_held_back(std::optional<AnalysisJob::HeldBack> why)
{
  ask_parked([why](const AnalysisJob &job) {
    return job.held_back != AnalysisJob::HeldBack::no &&
           job.held_back == why.value_or(job.held_back);
  });
}

// An attempt may end its job, so that they are looked up one by one.
void Asker::ask_parked(const std::function<bool(const AnalysisJob &)> &pick)
{
  std::vector<std::uint64_t> ids;
  for (const auto &[id, job] : jobs_)
    if (job.stage == AnalysisJob::Stage::parked && pick(job))
      ids.push_back(id);
  for (const std::uint64_t id : ids)
    if (const auto found = jobs_.find(id); found != jobs_.end())
      attempt(found->second);
}

std::size_t Asker::n_replaceable() const
{
  return static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), is_replaceable));
}

void Asker::replace_oldest()
{
  const auto oldest = std::find_if(jobs_.begin(), jobs_.end(), is_replaceable);
  if (oldest == jobs_.end())
    return;
  stats_.add(AnalyzerStats::superseded, oldest->second.n_samples());
  fail(oldest->second, oldest->second.last_failure.value_or(
                           Failure{.kind = FailureKind::too_late,
                                   .message = "A newer frame has taken the place of this one"}));
}

Admission Asker::look(const std::shared_ptr<const ResolvedSettings> &settings)
{
  if (watch_.is_paused())
    return Admission::paused;
  if (looked_settings_ != settings) {
    looked_keys_ = health_keys(*settings);
    looked_settings_ = settings;
  }
  const auto now = Clock::current().now();
  const Limits limits = limits_of(*settings);
  return service_.account->with([&](const Ledger &ledger, const net::Account::Health &health) {
    const Choice choice = choose_model(*settings, looked_keys_, health, now);
    const auto known = health.find(looked_keys_[choice.index]);
    if (known != health.end() && !known->second.look(now).is_open)
      return Admission::paused;
    const auto verdict = ledger.look(limits, {}, now);
    return verdict.kind == Ledger::Verdict::Kind::granted ? Admission::open : Admission::budget;
  });
}

// By address: a model that is not there under one version of the API may be under another.
std::string Asker::health_key(const std::string &model) const
{
  return service_.endpoint.model_url(model);
}

std::vector<std::string> Asker::health_keys(const ResolvedSettings &settings) const
{
  std::vector<std::string> keys;
  for (const std::string &model : settings.models)
    keys.push_back(health_key(model));
  return keys;
}

Asker::Choice Asker::choose_model(const ResolvedSettings &settings) const
{
  const auto keys = health_keys(settings);
  const auto now = Clock::current().now();
  return service_.account->with([&](const Ledger &, const net::Account::Health &health) {
    return choose_model(settings, keys, health, now);
  });
}

Asker::Choice Asker::choose_model(const ResolvedSettings &settings,
                                  const std::vector<std::string> &keys,
                                  const net::Account::Health &health, Clock::TimePoint now)
{
  const auto first = [&](auto is_good) {
    return static_cast<std::size_t>(std::find_if(keys.begin(), keys.end(),
                                                 [&](const std::string &key) {
                                                   const auto known = health.find(key);
                                                   return known == health.end() ||
                                                          is_good(known->second);
                                                 }) -
                                    keys.begin());
  };
  const std::size_t well = first([now](const ModelHealth &model) {
    return !model.is_avoided(now) && model.look(now).is_open;
  });
  if (well < keys.size())
    return {.model = settings.models[well], .index = well, .is_well = true, .is_there = true};
  const std::size_t there = first([now](const ModelHealth &model) {
    return model.look(now).why != FailureKind::unknown_model;
  });
  if (there < keys.size())
    return {.model = settings.models[there], .index = there, .is_there = true};
  return {.model = settings.models.front()};
}

// Whether this failure is that of a model that is gone, while there are others.
bool Asker::has_other_model(const AnalysisJob &job, const Failure &failure) const
{
  if (failure.kind != FailureKind::unknown_model)
    return false;
  const Choice choice = choose_model(*job.settings);
  return choice.is_there && choice.model != job.model;
}

AnalysisJob *Asker::find(std::uint64_t id, std::uint64_t attempt)
{
  const auto found = jobs_.find(id);
  return found != jobs_.end() && found->second.attempt == attempt ? &found->second : nullptr;
}

void Asker::ask(AnalysisJob job)
{
  const std::uint64_t id = job.id;
  AnalysisJob &asked = jobs_.emplace(id, std::move(job)).first->second;
  asked.begun = Clock::current().now();
  attempt(asked);
}

void Asker::attempt(AnalysisJob &job)
{
  const auto now = Clock::current().now();
  job.attempt = next_attempt_++;
  job.stage = AnalysisJob::Stage::preparing;
  if (std::exchange(job.held_back, AnalysisJob::HeldBack::no) != AnalysisJob::HeldBack::no &&
      !job.first_sent)
    job.begun = now;
  if (job.is_live && !job.is_demanded && job.is_retry() && job.id < newest_answered_) {
    fail(job, {.kind = FailureKind::too_late,
               .message = "A newer frame was answered before this one could be asked about again"});
    return;
  }
  if (has_run_out(job))
    return;
  if (watch_.is_paused()) {
    if (job.is_live) {
      fail(job, watch_.why());
    } else {
      job.last_failure = watch_.why();
      job.waits_for_watch = true;
      park(job, job.give_up_at());
    }
    return;
  }
  job.waits_for_watch = false;
  job.model = choose_model(*job.settings).model;
  job.key_generation = service_.credentials->generation(); // its pictures go with it, too
  const auto &profile = LearnedProfiles::shared().profile(service_.endpoint.base_url, job.model);
  if (pictures_.prepare(job, profile.inline_limit))
    send(job);
}

// Whether its time is over, so that it has failed.
bool Asker::has_run_out(AnalysisJob &job)
{
  const auto now = Clock::current().now();
  if (is_too_late(job, now)) {
    fail(job, {.kind = FailureKind::too_late,
               .message = "A frame left before its turn to be sent came"});
    return true;
  }
  if (now < job.give_up_at())
    return false;
  fail(job, job.last_failure.value_or(Failure{.kind = FailureKind::timeout,
                                              .message = "The service was not ready within " +
                                                         std::to_string(job.settings->timeout_ms) +
                                                         " ms"}));
  return true;
}

void Asker::send(AnalysisJob &job)
{
  if (has_run_out(job))
    return;
  const auto &profile = LearnedProfiles::shared().profile(service_.endpoint.base_url, job.model);
  if (take_turn(job, profile))
    post(job, profile);
}

// Whether it is let through, by the model's health and the user's limits. If not it is parked or
// has failed.
bool Asker::take_turn(AnalysisJob &job, const wire::ModelProfile &profile)
{
  const auto now = Clock::current().now();
  const Ledger::Cost cost = cost_of(job, profile, n_references());
  ModelHealth::Gate gate;
  Ledger::Verdict verdict;
  service_.account->with([&](Ledger &ledger, net::Account::Health &health) {
    ModelHealth &model = health[health_key(job.model)];
    gate = model.look(now);
    if (!gate.is_open)
      return;
    verdict = ledger.reserve(limits_, cost, now);
    if (verdict.kind == Ledger::Verdict::Kind::granted)
      gate = model.enter(now);
  });

  using Kind = Ledger::Verdict::Kind;
  if (!gate.is_open) {
    if ((job.is_live && !job.is_retry()) || gate.until >= job.give_up_at())
      fail(job, job.last_failure.value_or(failure_of(gate, job.model, now)));
    else
      park(job, gate.until);
    return false;
  }
  if (verdict.kind == Kind::never || (verdict.kind == Kind::later && job.is_live)) {
    stats_.add(AnalyzerStats::skipped_budget, job.n_samples());
    if (verdict.kind == Kind::never)
      check_budget(verdict.limit);
    fail(job, budget_failure(verdict.limit));
    return false;
  }
  if (verdict.kind == Kind::later) {
    job.held_back =
        verdict.when ? AnalysisJob::HeldBack::until_time : AnalysisJob::HeldBack::until_end;
    park(job, std::max(verdict.when.value_or(now), now + milliseconds{1}) +
                  (verdict.when ? milliseconds{0} : kLookAgain));
    return false;
  }
  job.reservation = verdict.reservation;
  job.is_probe = gate.is_probe;
  return true;
}

void Asker::park(AnalysisJob &job, Clock::TimePoint until)
{
  job.stage = AnalysisJob::Stage::parked;
  // Who waits for a frame is told as soon as nothing can come for any of them in time any more.
  if (is_too_late(job, until)) {
    until = {};
    for (const AnalysisJob::Frame &frame : job.frames)
      until = std::max(until, *frame.deadline);
  }
  if (const auto worker = worker_.lock())
    worker->post_at(until, [this, id = job.id, attempt = job.attempt] {
      AnalysisJob *parked = find(id, attempt);
      if (parked && parked->stage == AnalysisJob::Stage::parked)
        this->attempt(*parked);
    });
  listener_.rested();
}

void Asker::post(AnalysisJob &job, const wire::ModelProfile &profile)
{
  const ResolvedSettings &settings = *job.settings;
  const auto now = Clock::current().now();
  const auto unwanted =
      LearnedProfiles::shared().unwanted(service_.endpoint.base_url, job.model) | job.left_out;
  wire::Images images = pictures_.images(job);
  images.n_cropped = job.are_crops() ? job.n_samples() : 0;
  auto question = wire::build_request(settings.question, profile, unwanted, images,
                                      job.reservation.output_limit);
  job.own = question.own;
  // In this order: a key that changes in between is at worst taken for the older one.
  job.key_generation = service_.credentials->generation();
  if (!job.first_sent)
    job.first_sent = now;
  ++job.attempts;
  job.stage = AnalysisJob::Stage::in_flight;
  job.events = {};
  job.chunks = {};
  job.stream_failure.reset();
  job.n_grown = 0;

  const auto timeout =
      std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(job.give_up_at() - now));
  net::HttpRequest request{.url = settings.stream ? service_.endpoint.stream_url(job.model)
                                                  : service_.endpoint.generate_url(job.model),
                           .headers = service_.credentials->headers(),
                           .body = std::make_shared<const std::string>(std::move(question.body)),
                           .timeout = timeout};
  // The service need not work on for what nobody waits for.
  request.headers.emplace_back(
      "x-server-timeout", std::to_string(std::chrono::ceil<std::chrono::seconds>(timeout).count()));
  if (settings.stream)
    request.on_bytes = [this, worker = worker_, id = job.id,
                        attempt = job.attempt](std::string_view bytes) {
      if (const auto to = worker.lock())
        to->post([this, id, attempt, bytes = std::string{bytes}] { on_piece(id, attempt, bytes); });
    };
  stats_.add(AnalyzerStats::requests);
  if (job.attempts > 1)
    stats_.add(AnalyzerStats::retries);
  stats_.add(AnalyzerStats::bytes_sent, request.body->size());
  stats_.add(AnalyzerStats::tokens_estimated,
             static_cast<std::uint64_t>(cost_of(job, profile, n_references()).input));
  if (service_.audit)
    job.sent = std::make_shared<const net::HttpRequest>(request);
  check_budget();
  job.http = client_.send(std::move(request), [this, worker = worker_, id = job.id,
                                               attempt = job.attempt](net::HttpResult result) {
    if (const auto to = worker.lock())
      to->post([this, id, attempt, result = std::move(result)] { on_reply(id, attempt, result); });
  });
}

// Some of an answer that is streamed.
void Asker::on_piece(std::uint64_t id, std::uint64_t attempt, const std::string &bytes)
{
  AnalysisJob *job = find(id, attempt);
  if (!job || job->stage != AnalysisJob::Stage::in_flight)
    return;
  job->events.feed(bytes);
  bool has_grown = false;
  while (const auto event = job->events.next()) {
    // What came before an error is worth keeping, so that this is kept apart.
    if (auto failure = wire::read_stream_error(*event)) {
      job->stream_failure = std::move(failure);
      continue;
    }
    job->chunks.add(*event);
    has_grown = true;
  }
  if (!has_grown || job->frames.size() != 1)
    return;
  auto reply = wire::read_growing_reply(read_options(*job), job->chunks.body());
  if (!reply)
    return;
  const std::size_t n_grown = reply->objects.size() + reply->text.value_or("").size();
  if (n_grown <= job->n_grown)
    return;
  job->n_grown = n_grown;
  Analysis analysis = job->frames.front().analysis;
  fill(*job, job->frames.front(), *reply, analysis);
  analysis.is_growing = true;
  listener_.grew(std::move(analysis));
}

void Asker::on_reply(std::uint64_t id, std::uint64_t attempt, const net::HttpResult &result)
{
  AnalysisJob *job = find(id, attempt);
  if (!job || job->stage != AnalysisJob::Stage::in_flight)
    return;
  job->http = 0;
  service_.account->with(
      [&](Ledger &ledger, auto &) { ledger.sent(job->reservation, Clock::current().now()); });
  if (job->sent) {
    service_.audit->add("generate", job->id, job->attempts, *job->sent, result);
    job->sent.reset();
    if (const std::string problem = service_.audit->write(); !problem.empty())
      listener_.audit_failed(problem);
  }
  if (result) {
    stats_.add(AnalyzerStats::bytes_received, result->body.size());
    on_http_reply(*job, *result);
    return;
  }
  stats_.add(AnalyzerStats::bytes_received, result.error().body.size());
  service_.account->with([&](Ledger &ledger, auto &) {
    if (result.error().was_sent)
      ledger.write_off(job->reservation);
    else
      ledger.cancel(job->reservation);
  });
  Failure failure = result.error();
  // What was left of it is nothing that the user knows.
  if (failure.kind == FailureKind::timeout)
    failure.message = "The service gave no whole answer within " +
                      std::to_string(job->settings->timeout_ms) + " ms";
  if (!job->chunks.empty())
    on_stream_cut(*job, failure);
  else
    on_failure(*job, failure);
}

void Asker::on_http_reply(AnalysisJob &job, const net::HttpReply &reply)
{
  const auto close = [&](auto how) {
    service_.account->with([&](Ledger &ledger, auto &) { (ledger.*how)(job.reservation); });
  };
  if (reply.status != 200) {
    close(&Ledger::refund);
    // A field that the user did not ask for may not cost him the answer.
    if (const auto field =
            reply.status == 400 ? wire::refused_field(reply.body, job.own) : std::nullopt) {
      if (job.is_probe)
        service_.account->with(
            [&](auto &, auto &health) { health[health_key(job.model)].dropped(); });
      job.left_out.set(static_cast<std::size_t>(*field));
      attempt(job);
      return;
    }
    on_failure(job, wire::read_error(reply.status, reply.body, reply.header("retry-after")));
    return;
  }
  // Other servers than the service may answer a request for a stream as they always do.
  const bool is_streamed = reply.header("content-type").starts_with("text/event-stream");
  auto replies = is_streamed ? read_stream(job)
                             : wire::read_replies(read_options(job), job.frames.size(), reply.body);
  if (replies) {
    const bool is_any_read = std::any_of(replies->begin(), replies->end(),
                                         [](const auto &one) { return one.has_value(); });
    answered(job, std::move(*replies),
             is_any_read ? Usage{}
                         : wire::read_usage(is_streamed ? job.chunks.body() : reply.body));
    return;
  }
  close(&Ledger::write_off);
  if (is_streamed)
    on_stream_cut(job, replies.error());
  else
    on_failure(job, replies.error());
}

// The stream has ended, as it should.
Asker::Replies Asker::read_stream(AnalysisJob &job)
{
  constexpr const char *kCut = "The service ended the stream before the answer was whole";
  if (job.stream_failure)
    return *job.stream_failure;
  if (const auto rest = job.events.rest()) {
    wire::StreamedBody whole = job.chunks;
    whole.add(*rest);
    auto replies = wire::read_replies(read_options(job), job.frames.size(), whole.body());
    if (replies)
      return replies;
    return Failure{.kind = FailureKind::unreachable, .message = kCut};
  }
  auto replies = wire::read_replies(read_options(job), job.frames.size(), job.chunks.body());
  if (!replies)
    return replies;
  // Of several frames those that have no answer say so themselves.
  if (job.frames.size() == 1 && is_unfinished(replies->front()))
    return Failure{.kind = FailureKind::unreachable, .message = kCut};
  return replies;
}

// What came before the break is kept.
void Asker::on_stream_cut(AnalysisJob &job, const Failure &failure)
{
  auto reply = job.frames.size() == 1
                   ? wire::read_growing_reply(read_options(job), job.chunks.body())
                   : std::nullopt;
  if (!reply || (reply->objects.empty() && reply->text.value_or("").empty())) {
    on_failure(job, failure);
    return;
  }
  reply->problems.push_back("the answer was cut: " + failure.message);
  std::vector<Result<wire::Reply, Failure>> replies;
  replies.emplace_back(std::move(*reply));
  job.reservation = {}; // written off already
  answered(job, std::move(replies), {});
}

wire::ReadOptions Asker::read_options(const AnalysisJob &job) const
{
  const ResolvedSettings &settings = *job.settings;
  const Analysis &first = job.frames.front().analysis;
  std::vector<wire::PictureSize> sizes;
  for (const AnalysisJob::Frame &frame : job.frames)
    sizes.push_back(size_on_frame(frame));
  return {.task = first.task,
          .max_objects = settings.question.max_objects,
          .labels = settings.question.labels,
          .has_schema = !settings.question.response_schema.empty(),
          .mask_threshold = settings.mask_threshold,
          .width = sizes.front().width,
          .height = sizes.front().height,
          .sizes = std::move(sizes),
          .are_crops = job.are_crops(),
          .n_sharing = job.most_parts()};
}

void Asker::fill(AnalysisJob &job, const AnalysisJob::Frame &picture, wire::Reply &reply,
                 Analysis &analysis)
{
  analysis.model = job.model;
  analysis.attempts = job.attempts;
  analysis.latency = std::chrono::duration_cast<milliseconds>(Clock::current().now() -
                                                              job.first_sent.value_or(job.begun));
  // Whoever answered may quote what was sent.
  const auto scrub = [this](std::string &text) {
    text = service_.credentials->scrub(std::move(text));
  };
  scrub(reply.model_version);
  scrub(reply.finish_reason);
  scrub(reply.block_message);
  for (std::string &problem : reply.problems)
    scrub(problem);
  analysis.status = reply.status;
  analysis.model_version = std::move(reply.model_version);
  analysis.finish_reason = std::move(reply.finish_reason);
  analysis.usage = reply.usage;
  // Some may have been known before.
  std::move(reply.problems.begin(), reply.problems.end(), std::back_inserter(analysis.problems));
  if (analysis.status == AnalysisStatus::ok && !analysis.problems.empty())
    analysis.status = AnalysisStatus::partial;
  analysis.text = std::move(reply.text);
  analysis.json = std::move(reply.json);
  analysis.objects = std::move(reply.objects);
  put_on_frame(picture, analysis);
  if (job.is_live) // others get theirs when it is their answer's turn
    give_ids(job, analysis);
  if (analysis.status == AnalysisStatus::blocked)
    analysis.failure = Failure{.kind = FailureKind::blocked,
                               .message = std::move(reply.block_message),
                               .http_status = 200};
}

// An object that was seen in a growing answer keeps its id in the whole one.
void Asker::give_ids(AnalysisJob &job, Analysis &analysis)
{
  const bool is_single = job.frames.size() == 1;
  for (std::size_t i = 0; i < analysis.objects.size(); ++i) {
    if (!is_single || i >= job.object_ids.size())
      job.object_ids.push_back(next_object_id_++);
    analysis.objects[i].id = is_single ? job.object_ids[i] : job.object_ids.back();
  }
}

void Asker::answered(AnalysisJob &job, std::vector<Result<wire::Reply, Failure>> replies,
                     const Usage &bill)
{
  Usage usage = bill;
  for (const auto &reply : replies) {
    if (!reply)
      continue;
    usage.prompt += reply->usage.prompt;
    usage.output += reply->usage.output;
    usage.thoughts += reply->usage.thoughts;
    usage.cached += reply->usage.cached;
    usage.total += reply->usage.total;
  }
  service_.account->with([&](Ledger &ledger, auto &health) {
    // An answer without a bill may have cost anything.
    if (usage.total > 0)
      ledger.settle(job.reservation, usage);
    else
      ledger.write_off(job.reservation);
    health[health_key(job.model)].succeeded(job.is_probe);
  });
  learn_from(job);
  watch_.answered();
  // Others may have been shut out in passing.
  if (watch_.is_paused() && watch_.model() == job.model)
    watch_.resume();
  had_good_answer_ = true;
  newest_answered_ = std::max(newest_answered_, job.id);

  std::vector<Analysis> analyses;
  for (std::size_t i = 0; i < job.frames.size(); ++i) {
    Analysis analysis = std::move(job.frames[i].analysis);
    if (replies[i]) {
      LearnedProfiles::shared().learn_version(service_.endpoint.base_url, job.model,
                                              replies[i]->model_version);
      fill(job, job.frames[i], *replies[i], analysis);
    } else {
      wire::Reply nothing;
      nothing.status = AnalysisStatus::failed;
      fill(job, job.frames[i], nothing, analysis);
      analysis.failure = std::move(replies[i].error());
      if (i == 0)
        analysis.usage = bill;
      analysis.failure->message = service_.credentials->scrub(std::move(analysis.failure->message));
    }
    analyses.push_back(std::move(analysis));
  }
  analyses = join_pictures(job.frames, std::move(analyses));
  end(job);
  check_budget();
  listener_.ended(std::move(analyses));
}

// What was left out was the reason: the request went through without it.
void Asker::learn_from(const AnalysisJob &job)
{
  LearnedProfiles &learned = LearnedProfiles::shared();
  const std::string &url = service_.endpoint.base_url;
  for (std::size_t i = 0; i < job.left_out.size(); ++i) {
    const auto field = static_cast<wire::OwnField>(i);
    if (contains(job.left_out, field) && learned.learn(url, job.model, field))
      listener_.field_dropped(field, job.model);
  }
  stats_.set_dropped_fields(learned.unwanted(url, job.model));
}

// The request of this attempt has ended, and with it what it had reserved.
void Asker::on_failure(AnalysisJob &job, Failure failure)
{
  failure.message = service_.credentials->scrub(std::move(failure.message));
  job.reservation = {};
  const auto now = Clock::current().now();
  // A picture that cannot be had says nothing about the model.
  const bool is_of_model = job.stage == AnalysisJob::Stage::in_flight;
  if (is_of_model)
    service_.account->with([&](auto &, auto &health) {
      health[health_key(job.model)].failed(failure, now, Clock::current().wall(), job.is_probe);
    });
  job.is_probe = false;
  // A server that knows no such address may say so of a file, where none was sent.
  if (failure.kind == FailureKind::file_gone && !pictures_.has_files(job))
    failure.kind =
        failure.http_status == 404 ? FailureKind::unknown_model : FailureKind::no_permission;
  if (failure.kind == FailureKind::file_gone && !std::exchange(job.has_renewed_files, true)) {
    pictures_.forget(job);
    attempt(job);
    return;
  }
  if (failure.kind == FailureKind::bad_key && has_new_key(job)) {
    attempt(job);
    return;
  }
  ++job.n_failures;
  job.last_failure = failure;
  if (!try_again(job, failure, is_of_model))
    fail(job, failure);
}

// Whether the key that was refused is not the one that is in use now.
bool Asker::has_new_key(const AnalysisJob &job)
{
  return service_.credentials->generation() != job.key_generation ||
         read_credentials_again(service_);
}

// `is_of_model`: it came in answer to the question itself, not to a picture of it.
bool Asker::try_again(AnalysisJob &job, const Failure &failure, bool is_of_model)
{
  const Choice choice = choose_model(*job.settings);
  const bool may_change = is_of_model && choice.is_there && choice.model != job.model;
  const bool is_gone = is_of_model && failure.kind == FailureKind::unknown_model;
  // Each model is gone once only, so that this ends.
  if (is_gone && may_change && choice.is_well) {
    attempt(job);
    return true;
  }
  if (job.n_failures > job.settings->retries)
    return false;
  const auto now = Clock::current().now();
  if (is_of_model && is_models_own(failure) && may_change && choice.is_well) {
    attempt(job);
    return true;
  }
  if (!is_transient(failure) && !(is_gone && may_change))
    return false;
  const double random = std::uniform_real_distribution<>{0, 1}(random_);
  const auto until = now + std::chrono::duration_cast<Clock::TimePoint::duration>(
                               backoff(failure, job.n_failures, random));
  if (until >= job.give_up_at() || is_too_late(job, until))
    return false;
  park(job, until);
  return true;
}

void Asker::fail(AnalysisJob &job, const Failure &failure)
{
  const bool is_of_watch = watch_.is_paused();
  if (had_good_answer_ && is_shut_out(failure.kind) && !has_other_model(job, failure) &&
      !is_of_watch) {
    paused_models_ = job.settings->models;
    watch_.pause(failure, job.model);
  }
  std::vector<Analysis> analyses;
  for (AnalysisJob::Frame &frame : job.frames) {
    Analysis analysis = std::move(frame.analysis);
    if (!job.model.empty())
      analysis.model = job.model;
    analysis.attempts = job.attempts;
    if (job.first_sent)
      analysis.latency =
          std::chrono::duration_cast<milliseconds>(Clock::current().now() - *job.first_sent);
    analysis.status = AnalysisStatus::failed;
    analysis.failure = failure;
    analyses.push_back(std::move(analysis));
  }
  analyses = join_pictures(job.frames, std::move(analyses));
  end(job);
  listener_.ended(std::move(analyses));
}

void Asker::end(AnalysisJob &job)
{
  pictures_.release(job);
  jobs_.erase(job.id);
  // What it had reserved may be enough for others. Not at once: who called may be in the midst of
  // them.
  const bool is_awaited = std::any_of(jobs_.begin(), jobs_.end(), [](const auto &entry) {
    return entry.second.held_back == AnalysisJob::HeldBack::until_end;
  });
  if (const auto worker = is_awaited ? worker_.lock() : nullptr)
    worker->post([this] { ask_held_back(AnalysisJob::HeldBack::until_end); });
}

void Asker::discard(std::uint64_t before)
{
  for (auto at = jobs_.begin(); at != jobs_.end() && at->first < before; at = jobs_.erase(at)) {
    AnalysisJob &job = at->second;
    if (job.stage == AnalysisJob::Stage::in_flight) {
      client_.cancel(job.http);
      if (job.sent) {
        net::HttpFailure given_up;
        given_up.kind = FailureKind::unreachable;
        given_up.message = "Nobody waited for the reply any more";
        service_.audit->add("generate", job.id, job.attempts, *job.sent, given_up);
      }
      service_.account->with([this, &job](Ledger &ledger, auto &health) {
        ledger.sent(job.reservation, Clock::current().now());
        ledger.write_off(job.reservation);
        if (job.is_probe)
          health[health_key(job.model)].dropped();
      });
    }
    pictures_.release(job);
  }
  if (jobs_.empty())
    pictures_.cancel();
}

void Asker::tell_budget()
{
  const auto now = Clock::current().now();
  const auto verdict = service_.account->with(
      [&](const Ledger &ledger, auto &) { return ledger.look(limits_, {}, now); });
  check_budget(verdict.kind == Ledger::Verdict::Kind::never ? std::optional{verdict.limit}
                                                            : std::nullopt);
}

void Asker::check_budget(std::optional<LimitKind> exhausted)
{
  const auto totals =
      service_.account->with([](const Ledger &ledger, auto &) { return ledger.totals(); });
  stats_.set_budget(totals, price_);
  for (const BudgetAlarm::Alarm &alarm : alarm_.check(limits_, totals, exhausted))
    listener_.alarmed(alarm);
}

} // namespace gemini
