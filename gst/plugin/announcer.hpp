// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells of answers: as warnings, as messages on the bus, as lines of the results pad, and to the
// record.
#pragma once

#include "core/analysis.hpp"
#include "core/failure.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/results_pad.hpp"
#include "wire/endpoint.hpp"

#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

namespace gemini {

// Threads: what tells of an analysis is called by the worker, what tells of the stream by the
// streaming thread; the rest may come from any thread.
class Announcer {
public:
  // Writes an answer to the record; in the worker.
  using Record = std::function<void(const Analysis &)>;

  // `endpoint` is named in messages. What a record tells of (`is_replay`) is long over: it is never
  // an error.
  Announcer(GstElement *element, wire::Endpoint endpoint, bool is_replay,
            std::shared_ptr<AnalyzerStats> stats, Record record);
  Announcer(const Announcer &) = delete;
  Announcer &operator=(const Announcer &) = delete;

  // Null: there is none (any more).
  void set_results(std::shared_ptr<ResultsPad> results);
  std::shared_ptr<ResultsPad> results() const;

  // Both go before what is told of `before` and newer samples, and behind all that is told of older
  // ones: see tell_ready(). 0: at once.
  void begin_stream(std::optional<guint> group_id, std::uint64_t before);
  void segment(const GstSegment &segment, std::uint64_t before);
  // Live: a frame of this time has passed, and what is told from now on belongs there.
  void passed(std::chrono::nanoseconds pts) { newest_pts_ = pts.count(); }
  // A frame of this time leaves.
  void leaves(GstClockTime pts);
  void flush_start();
  void flush_stop();
  // Answers to older samples will not be told. Any thread.
  void forget(std::uint64_t first_valid);

  // Warns of a failure, once per change of kind. True: it is to end the stream, for which
  // post_error() is the message.
  [[nodiscard]] bool warns_or_ends(const Analysis &analysis, OnError on_error);
  void post_error(const Failure &failure, const std::string &model);
  // Whether the user knows of a failure that nothing good has followed since; from now on they are
  // about to. Any thread.
  bool has_told_pause();

  enum class Order {
    as_it_comes,
    of_samples, // waits for those about older samples
  };
  void announce(std::shared_ptr<const Analysis> analysis, Order order, bool posts_messages);
  // Worker: what is not told yet and waits for nothing.
  void tell_ready();
  // Some of an answer that is still coming: on the bus only.
  void announce_part(const Analysis &analysis);

private:
  // Of samples that wait for older ones to be told.
  struct Waiting {
    std::shared_ptr<const Analysis> analysis;
    bool posts_messages = false;
  };
  // What the stream has said between two samples.
  struct Mark {
    std::uint64_t before = 0; // sample
    std::variant<std::optional<guint>, GstSegment> said;
  };

  bool must_wait(const Mark &mark) const; // with the lock held
  void tell(const Mark &mark);
  void announce_now(const Analysis &analysis, Order order, bool posts_messages);
  void post(const Analysis &analysis, const std::string &json);

  GstElement *element_; // owns the owner of this
  const wire::Endpoint endpoint_;
  const bool is_replay_;
  const std::shared_ptr<AnalyzerStats> stats_;
  const Record record_;

  // Nanoseconds; negative: unknown.
  std::atomic<std::int64_t> newest_pts_{-1};

  mutable std::mutex mutex_; // guards all below; never held while calling anything
  std::shared_ptr<ResultsPad> results_;
  // For a results pad that is asked for while the stream is on.
  std::optional<guint> group_id_;
  std::optional<GstSegment> segment_;
  bool had_good_answer_ = false;
  bool is_finding_out_ = false;         // why nothing is asked, since the last good answer
  std::optional<FailureKind> reported_; // the failure that the last warning spoke of
  std::map<std::uint64_t, Waiting> waiting_;
  std::deque<Mark> marks_;
  bool is_telling_ = false; // the worker, something of samples or a mark
  std::uint64_t next_ = 1;
};

} // namespace gemini
