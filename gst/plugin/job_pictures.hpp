// SPDX-License-Identifier: LGPL-2.1-or-later
// The pictures of a question on their way into a request: inline, or by the Files API.
#pragma once

#include "glib/clock.hpp"
#include "plugin/analysis_job.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/service.hpp"
#include "plugin/worker.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

// All in the worker.
class JobPictures {
public:
  // When all pictures of a question are there, or one of them cannot be had.
  using Ready = std::function<void(std::uint64_t job, std::uint64_t attempt)>;
  using Failed =
      std::function<void(std::uint64_t job, std::uint64_t attempt, const net::HttpFailure &)>;

  // All outlive it, but for `worker`, which ends before it.
  JobPictures(const std::shared_ptr<Worker> &worker, net::HttpClient &client, Service &service,
              UploadBy upload, AnalyzerStats &stats, Ready ready, Failed failed);
  ~JobPictures(); // cancels
  JobPictures(const JobPictures &) = delete;
  JobPictures &operator=(const JobPictures &) = delete;

  std::size_t n_references() const { return references_.size(); }
  // Begins; true where nothing has to be waited for, so that nothing is called.
  bool prepare(const AnalysisJob &job, std::size_t inline_limit);
  // What goes into the request. Looks at the job and at this, which must stay meanwhile.
  wire::Images images(const AnalysisJob &job) const;
  // Whether anything of it goes by the Files API.
  bool has_files(const AnalysisJob &job) const;
  // The service has forgotten a file of this job, but not which: all are made anew.
  void forget(const AnalysisJob &job);
  // The job is over: what was uploaded for it alone goes.
  void release(const AnalysisJob &job);
  // Nobody waits for anything any more.
  void cancel();

private:
  struct Waiter {
    std::uint64_t job = 0;
    std::uint64_t attempt = 0;
  };
  struct Reference {
    ReferenceImage image;
    std::optional<wire::FileResource> file = std::nullopt; // where it is uploaded
    std::vector<Waiter> waiting = {};                      // a fetch or an upload is under way
  };
  // Of the job that began to wait for a reference first.
  struct Effort {
    Clock::TimePoint give_up_at{};
    net::FileStore::Tap tap = nullptr;
  };
  // Of one job.
  struct Preparation {
    std::uint64_t attempt = 0;
    std::size_t n_missing = 0;
    std::vector<std::string> frame_uris; // empty: all inline
    Effort effort = {};
  };
  using Stored = Result<wire::FileResource, net::HttpFailure>;

  bool is_there(Reference &reference) const;
  void wait_for_references(const Waiter &waiter, Preparation &preparation);
  void upload_is_over(const Waiter &waiter, std::size_t i, Stored stored);
  void advance(std::size_t i, const Effort &effort);
  void fetch(std::size_t i, const Effort &effort);
  void finish_reference(std::size_t i);
  void fail_reference(std::size_t i, const net::HttpFailure &failure);
  void upload_frame(const AnalysisJob &job, std::size_t i);
  void one_is_there(const Waiter &waiter);
  void one_failed(const Waiter &waiter, const net::HttpFailure &failure);
  // From the network thread to the worker, unless cancelled meanwhile.
  template <typename Value> std::function<void(Value)> in_worker(std::function<void(Value &)> then);
  net::FileStore::Authorize authorize() const;
  net::FileStore::Tap tap(const AnalysisJob &job) const;

  const std::weak_ptr<Worker> worker_;
  net::HttpClient &client_;
  Service &service_;
  const UploadBy upload_;
  AnalyzerStats &stats_;
  const Ready ready_;
  const Failed failed_;
  std::vector<Reference> references_;
  std::map<std::uint64_t, Preparation> preparations_; // by job
  std::uint64_t turn_ = 0;                            // what was begun in older ones is cancelled
};

} // namespace gemini
