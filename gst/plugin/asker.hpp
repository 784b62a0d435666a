// SPDX-License-Identifier: LGPL-2.1-or-later
// From a question to its answer, through limits, uploads, failures and retries.
//
//   ask ─► attempt ─► pictures ─► limits ─► request ─► reply ─► answered
//            ▲           │          │                    │
//            └── parked ◄┴──────────┴────────────────────┴────► failed
#pragma once

#include "core/ledger.hpp"
#include "net/http_client.hpp"
#include "plugin/analysis_job.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/job_pictures.hpp"
#include "plugin/service.hpp"
#include "plugin/service_watch.hpp"
#include "plugin/worker.hpp"
#include "wire/reply.hpp"
#include "wire/request.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace gemini {

// Whether a sample would be asked about at once.
enum class Admission {
  open,
  paused, // the service does not let us in, or is not well
  budget, // a limit is reached
};

// All in the worker, but for look(), which is the streaming thread's.
class Asker {
public:
  struct Listener {
    // One for each sampled frame of a question, in their order; once. Failures are analyses too.
    std::function<void(std::vector<Analysis>)> ended;
    // What is whole of an answer that is still coming.
    std::function<void(Analysis)> grew;
    // A model turns out to refuse a field of ours, which it is not sent any more.
    std::function<void(wire::OwnField, const std::string &model)> field_dropped;
    // Found at start, beside the stream.
    ServiceWatch::Refused refused;
    std::function<void(const BudgetAlarm::Alarm &)> alarmed;
    std::function<void(const std::string &)> audit_failed;
    // A question waits, or has ended: there may be a place.
    std::function<void()> rested;
  };

  // All outlive it, but for `worker`, which ends before it.
  Asker(const std::shared_ptr<Worker> &worker, Service &service, UploadBy upload,
        AnalyzerStats &stats, Listener listener);
  Asker(const Asker &) = delete;
  Asker &operator=(const Asker &) = delete;

  std::size_t n_references() const { return pictures_.n_references(); }
  void check_start(const ResolvedSettings &settings);
  // The model or the token may be another one now.
  void settings_changed(const ResolvedSettings &settings, bool has_new_token);
  void ask(AnalysisJob job);
  std::size_t n_asked() const { return jobs_.size(); }
  // Live questions that wait for another try: a newer one may take their place.
  std::size_t n_replaceable() const;
  // Ends the oldest of them.
  void replace_oldest();
  // A sample was left out for a limit: whoever waits for alarms hears of it.
  void tell_budget();
  // Nobody waits for any question that is older than `before`.
  void discard(std::uint64_t before);

  Admission look(const std::shared_ptr<const ResolvedSettings> &settings);

private:
  using Replies = Result<std::vector<Result<wire::Reply, Failure>>, Failure>;

  void refused(const Failure &failure, const std::string &model);
  void attempt(AnalysisJob &job);
  void resume();
  bool has_run_out(AnalysisJob &job);
  void send(AnalysisJob &job);
  bool take_turn(AnalysisJob &job, const wire::ModelProfile &profile);
  void post(AnalysisJob &job, const wire::ModelProfile &profile);
  void park(AnalysisJob &job, Clock::TimePoint until);
  void on_piece(std::uint64_t id, std::uint64_t attempt, const std::string &bytes);
  void on_reply(std::uint64_t id, std::uint64_t attempt, const net::HttpResult &result);
  void on_http_reply(AnalysisJob &job, const net::HttpReply &reply);
  Replies read_stream(AnalysisJob &job);
  void on_stream_cut(AnalysisJob &job, const Failure &failure);
  void on_failure(AnalysisJob &job, Failure failure);
  bool try_again(AnalysisJob &job, const Failure &failure, bool is_of_model);
  bool has_new_key(const AnalysisJob &job);
  // `bill`: what no reply tells, as none could be read.
  void answered(AnalysisJob &job, std::vector<Result<wire::Reply, Failure>> replies,
                const Usage &bill);
  void learn_from(const AnalysisJob &job);
  void fail(AnalysisJob &job, const Failure &failure);
  void end(AnalysisJob &job);

  AnalysisJob *find(std::uint64_t id, std::uint64_t attempt);
  wire::ReadOptions read_options(const AnalysisJob &job) const;
  void fill(AnalysisJob &job, const AnalysisJob::Frame &picture, wire::Reply &reply,
            Analysis &analysis);
  void give_ids(AnalysisJob &job, Analysis &analysis);
  struct Choice {
    std::string model;
    std::size_t index = 0; // among the settings' models
    bool is_well = false;
    bool is_there = false; // as far as known
  };
  // The first that is well; where none is, the first that is there; else the first of all, which
  // says what is wrong.
  Choice choose_model(const ResolvedSettings &settings) const;
  std::vector<std::string> health_keys(const ResolvedSettings &settings) const;
  // `keys`: of the settings' models.
  static Choice choose_model(const ResolvedSettings &settings, const std::vector<std::string> &keys,
                             const net::Account::Health &health, Clock::TimePoint now);
  bool has_other_model(const AnalysisJob &job, const Failure &failure) const;
  void check_budget(std::optional<LimitKind> exhausted = std::nullopt);
  void ask_parked(const std::function<bool(const AnalysisJob &)> &pick);
  void ask_held_back(std::optional<AnalysisJob::HeldBack> why = std::nullopt);
  std::string health_key(const std::string &model) const;

  const std::weak_ptr<Worker> worker_;
  Service &service_;
  AnalyzerStats &stats_;
  const Listener listener_;
  net::HttpClient client_;
  ServiceWatch watch_;
  JobPictures pictures_;
  std::map<std::uint64_t, AnalysisJob> jobs_; // by id
  std::uint64_t next_attempt_ = 1;
  std::uint64_t next_object_id_ = 1;
  std::uint64_t newest_answered_ = 0; // job
  bool had_good_answer_ = false;
  std::vector<std::string> paused_models_; // those that were to be asked when watch_ paused
  // As they are now, which may be others than when a question was asked.
  Limits limits_;
  Price price_;
  BudgetAlarm alarm_;
  std::minstd_rand random_;

  // look()'s own: addresses take longer to make than all else that it does.
  std::shared_ptr<const ResolvedSettings> looked_settings_;
  std::vector<std::string> looked_keys_; // of their models
};

} // namespace gemini
