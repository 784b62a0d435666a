// SPDX-License-Identifier: LGPL-2.1-or-later

// Whether a model of a service is worth asking just now: a circuit breaker, and the pauses that the
// service asks for. Plain data, time is an argument.
#pragma once

#include "core/failure.hpp"

#include <chrono>
#include <optional>

namespace gemini {

class ModelHealth {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // As many failures of the service in a row open the breaker; then nothing is asked for the first
  // pause, after which one single request probes: its success closes the breaker, its failure
  // doubles the pause.
  static constexpr unsigned kFailuresToOpen = 5;
  static constexpr std::chrono::seconds kFirstPause{5};
  static constexpr std::chrono::seconds kLongestPause{60};
  // A model that is gone is asked again after this, a daily quota not before the day is over.
  static constexpr std::chrono::minutes kGonePause{10};
  // No wish of the service for a pause is heeded longer than this: a clock may be wrong.
  static constexpr std::chrono::minutes kLongestWish{10};
  // When to look again while another's probe is under way: nobody knows when that ends.
  static constexpr std::chrono::seconds kLookAgain{1};

  struct Gate {
    bool is_open = true;   // ask
    bool is_probe = false; // is_open: for this one caller only, whose outcome is waited for
    TimePoint until{};     // not is_open: not before this
    std::optional<FailureKind> why = std::nullopt; // not is_open
    std::optional<Failure> failure = std::nullopt; // not is_open: what was said then
  };
  // Takes the probe where there is one to take: the caller must then report how it ended, by
  // succeeded(), failed() or dropped().
  Gate enter(TimePoint now);
  // The same without taking anything.
  Gate look(TimePoint now) const;

  // A pause that the service asked for holds all the same: what succeeds in it was sent before.
  // `is_probe`: this was the one that enter() let through as a probe. What else ends meanwhile was
  // sent before, and neither opens nor ends anything.
  void succeeded(bool is_probe = true);
  // What says nothing about the service's health (a refused request, a blocked picture) ends a
  // probe and counts as success; what never got to the service counts as dropped.
  void failed(const Failure &failure, TimePoint now, std::chrono::sys_seconds wall,
              bool is_probe = true);
  // The request was never sent, or cancelled before it ended.
  void dropped();
  // A new run: a model that was gone may be there again.
  void forget_gone();

  // Whether another model should rather be asked, as this one is overloaded, gone or out of quota.
  // Unlike the breaker this begins with the first such failure. It ends when this one may be asked
  // again; while somebody probes it, others go on to the other model.
  bool is_avoided(TimePoint now) const;
  static constexpr std::chrono::seconds kAvoidOverloaded{30};

private:
  struct Pause {
    TimePoint until{};
    FailureKind why = FailureKind::overloaded;
    Failure failure = {};
  };
  const Pause &longer_pause() const;
  void ask_for_pause(const Failure &failure, TimePoint now, std::chrono::sys_seconds wall);

  unsigned n_failures_ = 0; // in a row
  // Of the breaker; one that is over waits for a probe. None: the breaker is closed.
  std::optional<Pause> open_;
  std::chrono::seconds length_{0}; // of that pause, for the next one
  Pause asked_;                    // by the service, or by its daily quota
  TimePoint avoided_until_{};
  bool is_probing_ = false;
};

} // namespace gemini
