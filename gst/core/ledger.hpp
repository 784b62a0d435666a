// SPDX-License-Identifier: LGPL-2.1-or-later

// What has been asked of a service with one key, and what that cost: the cost governor. Plain data,
// time is an argument.
#pragma once

#include "core/analysis.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace gemini {

// An element's own thresholds on the ledger; 0: none.
struct Limits {
  unsigned requests_per_minute = 0;
  std::uint64_t max_requests = 0;
  std::uint64_t max_tokens = 0;
  bool operator==(const Limits &) const = default;
};

enum class LimitKind { requests_per_minute, max_requests, max_tokens };
// The name of the property.
const char *to_string(LimitKind kind);

// Per million tokens, in any currency; 0: unknown.
struct Price {
  double input = 0;
  double output = 0; // thoughts count as output
  bool operator==(const Price &) const = default;
};
double cost_of(const Usage &usage, const Price &price);

class Ledger {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // A request counts from its reservation until a minute after sent() or its end: nobody knows
  // before when it reached the service. A second is added for clocks that differ.
  static constexpr std::chrono::seconds kWindow{61};

  // What a request may cost at most.
  struct Cost {
    std::int64_t input = 0;                                  // tokens, as estimated
    std::optional<std::int64_t> output_limit = std::nullopt; // as the user set it
    std::int64_t model_output_limit = 65'536;                // where the user set none
  };
  struct Reservation {
    std::uint64_t id = 0; // 0: none
    // To be sent as the output limit, lest max-tokens be passed; none: as the user set it.
    std::optional<std::int64_t> output_limit = std::nullopt;
  };
  struct Verdict {
    enum class Kind { granted, later, never } kind = Kind::granted;
    Reservation reservation = {};                     // granted
    LimitKind limit = LimitKind::requests_per_minute; // else: which one is reached
    // later: not before this; none: when a request that is under way ends.
    std::optional<TimePoint> when = std::nullopt;
  };
  // Counts a request and reserves what it may cost, so that no limit can be passed whatever comes
  // back. What is left of max-tokens may shorten the answer, but not below kLeastOutput tokens.
  static constexpr std::int64_t kLeastOutput = 1024;
  Verdict reserve(const Limits &limits, const Cost &cost, TimePoint now);
  // What reserve() would say, without counting: its reservation has no number.
  Verdict look(const Limits &limits, const Cost &cost, TimePoint now) const;

  // The request is known to have reached the service by now.
  void sent(const Reservation &reservation, TimePoint now);
  // Each reservation ends in one of these ways, once.
  // Answered: it cost this. Without any count of tokens it is written off.
  void settle(const Reservation &reservation, const Usage &usage);
  void refund(const Reservation &reservation); // refused: it cost nothing, but counts as a request
  void cancel(const Reservation &reservation); // was never sent
  void write_off(const Reservation &reservation); // nobody knows what it cost: stays reserved

  struct Totals {
    std::uint64_t requests = 0;
    Usage usage; // of the answers; its total holds at least prompt, output and thoughts
    std::int64_t reserved = 0; // tokens of requests under way
    std::int64_t unknown = 0;  // tokens that were reserved by requests whose end nobody knows
    // All that counts against max-tokens.
    std::int64_t tokens() const { return spent() + reserved; }
    // The same without what may come back when requests end.
    std::int64_t spent() const { return usage.total + unknown; }
  };
  const Totals &totals() const { return totals_; }
  // Requests in the newest minute.
  unsigned requests_in_window(TimePoint now) const;
  // Tokens of output of an answer, on average; 0: there was none yet.
  double mean_output() const;

private:
  struct Open {
    std::int64_t input = 0;    // as estimated
    std::int64_t reserved = 0; // with the margin for wrong estimates, and the output
    TimePoint at{};
    bool is_sent = false; // it is known to have gone
  };
  struct Decision {
    Verdict verdict;
    Open open; // granted
  };
  Decision decide(const Limits &limits, const Cost &cost, TimePoint now) const;
  void uncount(TimePoint at);
  std::size_t n_overdue(TimePoint now) const;
  std::optional<Open> close(const Reservation &reservation);

  Totals totals_;
  std::map<std::uint64_t, Open> open_;
  std::uint64_t next_id_ = 1;
  std::uint64_t n_answers_ = 0;
  // Beyond this a count is odd, and no estimate of ours.
  static constexpr double kLargestFactor = 4;
  double input_factor_ = 1.05; // how much more than estimated the input was at most
  std::deque<TimePoint> sent_; // of the newest window, in order
};

// What an element's thresholds have been reached of: at 50, 80 and 100 percent, each told once.
class BudgetAlarm {
public:
  struct Alarm {
    LimitKind limit = LimitKind::max_requests;
    unsigned percent = 0; // 50, 80 or 100
    std::uint64_t used = 0;
    std::uint64_t of = 0;
  };
  // New since the last call with these limits; a limit that changes begins anew. For each limit
  // only the highest. Never requests_per_minute. Tokens count when they are spent, not while they
  // are reserved. `exhausted`, the limit of a verdict of `never`, is at 100 percent even where
  // something is left that is too little for a request.
  std::vector<Alarm> check(const Limits &limits, const Ledger::Totals &totals,
                           std::optional<LimitKind> exhausted = std::nullopt);

private:
  Limits limits_;
  std::map<LimitKind, unsigned> told_; // percent
};

// What a day costs at the current settings.
struct Projection {
  double requests = 0;                       // a day, as far as the rate limit lets them
  double tokens = 0;                         // input as estimated, output as in answers so far
  std::optional<double> cost = std::nullopt; // where there is a price
  bool operator==(const Projection &) const = default;
};
// `samples_per_second` and the frames of one request make the requests; `input` tokens are those of
// one request, `mean_output` as the ledger knows it.
Projection project(double samples_per_second, unsigned frames_per_request, const Limits &limits,
                   const Price &price, std::int64_t input, double mean_output);

} // namespace gemini
