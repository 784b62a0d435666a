// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the service lets us in: looks at key and model beside the stream, for free.
#pragma once

#include "core/failure.hpp"
#include "net/http_client.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/service.hpp"
#include "plugin/worker.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gemini {

// While it is paused nothing is asked; a models.get goes out now and then, with the credential read
// again, until the service lets us in. All in the worker, but for is_paused().
class ServiceWatch {
public:
  using Refused = std::function<void(const Failure &, const std::string &model)>;

  // The pauses between two probes, doubled each time.
  static constexpr std::chrono::seconds kFirstPause{10};
  static constexpr std::chrono::seconds kLongestPause{300};

  // All outlive it, but for `worker`, which ends before it. `resumed`: requests may go again.
  ServiceWatch(const std::shared_ptr<Worker> &worker, net::HttpClient &client, Service &service,
               AnalyzerStats &stats, Refused refused, std::function<void()> resumed);

  // At start: tells by `refused` if the key is no good, or the model where it is the only one.
  // Whatever else goes wrong is left to the first request.
  void check(const std::vector<std::string> &models, std::chrono::milliseconds timeout);
  void pause(const Failure &failure, const std::string &model);
  // Something has changed that may mend it.
  void resume();
  // The next pause begins short again.
  void answered() { pause_ = kFirstPause; }

  bool is_paused() const { return is_paused_; } // any thread
  const Failure &why() const { return why_; }
  const std::string &model() const { return model_; } // that why() is about

private:
  using Then = std::function<void(const net::HttpResult &)>;
  void look(const std::string &model, std::chrono::milliseconds timeout, Then then);
  void wait_and_probe();
  void probe();

  const std::weak_ptr<Worker> worker_;
  net::HttpClient &client_;
  Service &service_;
  AnalyzerStats &stats_;
  const Refused refused_;
  const std::function<void()> resumed_;

  std::atomic<bool> is_paused_{false};
  Failure why_;
  std::string model_;
  std::chrono::seconds pause_ = kFirstPause;
  std::uint64_t turn_ = 0; // of the pause: probes of older ones mean nothing
};

// Whether requests are pointless until the user, or the one who replaces keys, does something.
bool is_shut_out(FailureKind kind);

} // namespace gemini
