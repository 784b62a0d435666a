// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the service lets us in.
#include "plugin/service_watch.hpp"

#include "wire/reply.hpp"

#include <algorithm>
#include <utility>

namespace gemini {

namespace {

// A proxy that knows only the calls for generating answers this one as it likes.
std::optional<Failure> refusal_of(const net::HttpResult &result, wire::Platform platform)
{
  if (!result || result->status == 200)
    return std::nullopt;
  Failure failure = wire::read_error(result->status, result->body, {});
  if (failure.kind == FailureKind::bad_key)
    return failure;
  const bool is_googles = result->body.find("NOT_FOUND") != std::string::npos;
  if (failure.kind == FailureKind::unknown_model && is_googles &&
      platform == wire::Platform::developer)
    return failure;
  return std::nullopt;
}

} // namespace

bool is_shut_out(FailureKind kind)
{
  return kind == FailureKind::bad_key || kind == FailureKind::no_permission ||
         kind == FailureKind::unknown_model;
}

ServiceWatch::ServiceWatch(const std::shared_ptr<Worker> &worker, net::HttpClient &client,
                           Service &service, AnalyzerStats &stats, Refused refused,
                           std::function<void()> resumed)
    : worker_(worker), client_(client), service_(service), stats_(stats),
      refused_(std::move(refused)), resumed_(std::move(resumed))
{
}

void ServiceWatch::look(const std::string &model, std::chrono::milliseconds timeout, Then then)
{
  stats_.add(AnalyzerStats::probes);
  net::HttpRequest request{.method = "GET",
                           .url = service_.endpoint.model_url(model),
                           .headers = service_.credentials->headers(),
                           .timeout = timeout};
  const auto sent = service_.audit ? std::make_shared<net::HttpRequest>(request) : nullptr;
  client_.send(std::move(request), [worker = worker_, audit = service_.audit, sent,
                                    then = std::move(then)](net::HttpResult result) {
    if (sent)
      audit->add("models", 0, 0, *sent, result);
    if (const auto to = worker.lock())
      to->post([then, result = std::move(result)] { then(result); });
  });
}

void ServiceWatch::check(const std::vector<std::string> &models, std::chrono::milliseconds timeout)
{
  const std::string &first = models.front();
  look(first, timeout, [this, model = first, n = models.size()](const net::HttpResult &result) {
    const auto failure = refusal_of(result, service_.endpoint.platform);
    if (!failure || (failure->kind == FailureKind::unknown_model && n > 1))
      return; // the others are asked
    // The file may have been replaced between reading it and now.
    if (failure->kind != FailureKind::bad_key || !read_credentials_again(service_))
      refused_(*failure, model);
  });
}

void ServiceWatch::pause(const Failure &failure, const std::string &model)
{
  why_ = failure;
  model_ = model;
  if (is_paused_.exchange(true))
    return;
  ++turn_;
  wait_and_probe();
}

void ServiceWatch::resume()
{
  if (!is_paused_.exchange(false))
    return;
  ++turn_;
  resumed_();
}

void ServiceWatch::wait_and_probe()
{
  const auto worker = worker_.lock();
  if (!worker)
    return;
  worker->post_at(Clock::current().now() + pause_, [this, turn = turn_] {
    if (turn == turn_)
      probe();
  });
  pause_ = std::min(pause_ * 2, kLongestPause);
}

void ServiceWatch::probe()
{
  read_credentials_again(service_);
  look(model_, std::chrono::seconds{20}, [this, turn = turn_](const net::HttpResult &result) {
    if (turn != turn_)
      return;
    // A server that knows only the calls for generating is asked by the next one of those.
    const bool is_let_in = result && result->status < 500 && result->status != 429 &&
                           !refusal_of(result, service_.endpoint.platform);
    if (is_let_in)
      resume();
    else
      wait_and_probe();
  });
}

} // namespace gemini
