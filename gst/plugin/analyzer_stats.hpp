// SPDX-License-Identifier: LGPL-2.1-or-later
// What geminianalyzer has done since it last left READY: the `stats` property.
#pragma once

#include "core/analysis.hpp"
#include "core/failure.hpp"
#include "core/ledger.hpp"
#include "wire/request.hpp"

#include <gst/gst.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace gemini {

class AnalyzerStats {
public:
  // Plain counts, by name in the structure.
  enum Count {
    frames,            // that came in
    samples,           // of them, those chosen for analysis
    skipped_in_flight, // due, but max-in-flight requests were under way
    skipped_paused,    // due, but the service does not let us in, or is not well
    skipped_budget,    // due, but a limit of the user's is reached
    skipped_regions,   // due, but upstream had found nothing that is to be asked about
    skipped_privacy,   // due, but what is to be hidden may have been anywhere
    regions_left_out,  // boxes of samples beyond max-regions
    skipped_late,      // due, but downstream says that such frames come too late to be seen
    skipped_overload,  // due, but the answer would come later than max-latency allows
    skipped_unchanged, // due, but the picture looks as that of the last sample did
    superseded,        // given up while waiting for another try, for newer ones
    requests,          // sent, retries included
    retries,           // of them
    probes,            // looks at key and model, which cost nothing
    uploads,           // pictures that went to the Files API
    answers,           // ok or partial
    blocked,           // refused by the service for safety's sake
    discarded,         // samples whose answer nobody waits for any more: flush, caps change, stop
    released_early,    // frames that left without the answer they were held for
    pictures_skipped,  // for following motion, as the worker was behind
    copied,            // frames copied for being held, as their pool has no more
    results_dropped,   // lines that the results pad's queue had no room for
    bytes_sent,
    bytes_received,
    tokens_estimated, // of input, before sending: to be read beside tokens-prompt
    n_counts
  };

  void add(Count what, std::uint64_t n = 1);
  // Counts what the end of a request adds: answer, block or failure, objects.
  void add(const Analysis &analysis);
  // And its latency and tokens, where they were waited and paid for.
  void add_cost(const Analysis &analysis);
  // The sum of these.
  Spent spent() const;
  // The fields of ours that the model refuses and is not sent any more.
  void set_dropped_fields(const wire::OwnFields &fields);
  // What the process has asked of the service with this key, and its price.
  void set_budget(const Ledger::Totals &totals, const Price &price);
  // Transfer full.
  GstStructure *to_structure() const;

private:
  std::optional<double> cost() const; // under the lock; none: there is no price

  mutable std::mutex mutex_; // guards all; held for a few additions only
  std::array<std::uint64_t, n_counts> counts_{};
  std::array<std::uint64_t, kFailureKinds> failures_{};
  wire::OwnFields dropped_fields_;
  Ledger::Totals budget_;
  Price price_;
  Usage usage_;
  std::uint64_t n_answered_ = 0; // requests that are in it
  std::uint64_t objects_ = 0;
  // Latencies of the newest requests, in ms, as a ring.
  std::vector<double> latencies_;
  std::size_t next_latency_ = 0;
};

} // namespace gemini
