// SPDX-License-Identifier: LGPL-2.1-or-later
// One question to the model, about one frame or several, from the first frame to the answer.
#pragma once

#include "core/analysis.hpp"
#include "core/ledger.hpp"
#include "core/view.hpp"
#include "glib/clock.hpp"
#include "net/http_client.hpp"
#include "plugin/analyzer_settings.hpp"
#include "vision/frame_encoder.hpp"
#include "wire/event_stream.hpp"
#include "wire/request.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

// Belongs to the worker.
struct AnalysisJob {
  // One picture. Those of the same frame follow each other and carry the same request id; what is
  // said about them becomes one analysis when all of it is there.
  struct Frame {
    Analysis analysis;            // what is known before the answer
    View view;                    // of the frame
    double aspect = 1;            // of the frame, see to_frame()
    std::optional<Parent> parent; // whose picture it is
    vision::EncodedFrame picture;
    std::optional<Clock::TimePoint> deadline; // after it nobody waits for the answer
  };

  enum class Stage {
    collecting, // more frames are to come
    parked,     // waits for its time
    preparing,  // its pictures are being uploaded
    in_flight,
  };

  enum class HeldBack {
    no,
    until_time, // nothing lets it through before
    until_end,  // of a request under way
  };

  std::uint64_t id = 0; // of its first frame
  std::shared_ptr<const ResolvedSettings> settings;
  bool is_live = false; // nobody waits for it: it never waits for a limit, and newer ones go first
  bool is_demanded = false; // newer ones do not go first
  std::vector<Frame> frames;
  Stage stage = Stage::collecting;
  HeldBack held_back = HeldBack::no; // parked for a limit of the user's
  bool waits_for_watch = false;      // parked: until the service lets us in again
  Clock::TimePoint begun{};          // when the first attempt was to be made
  std::optional<Clock::TimePoint> first_sent;
  int attempts = 0;
  unsigned n_failures = 0;
  std::optional<Failure> last_failure;

  // Of the attempt under way. Whatever comes back carries its number: older ones mean nothing.
  std::uint64_t attempt = 0;
  std::string model;
  wire::OwnFields own;      // fields of the request that were our choice
  wire::OwnFields left_out; // because an answer to this question said so
  Ledger::Reservation reservation;
  bool is_probe = false;                        // of the model's health
  std::uint64_t http = 0;                       // 0: nothing is on its way
  std::shared_ptr<const net::HttpRequest> sent; // kept for the audit only
  unsigned key_generation = 0;
  bool has_renewed_files = false; // the service had forgotten some, once

  // Of a streamed answer.
  wire::EventStream events;
  wire::StreamedBody chunks;
  std::optional<Failure> stream_failure; // that came as a part of the stream
  std::size_t n_grown = 0;               // objects and characters told so far
  std::vector<std::uint64_t> object_ids;

  bool is_retry() const { return n_failures > 0; }
  // The frames that its pictures are of, and the most pictures of any.
  std::size_t n_samples() const;
  std::size_t most_parts() const;
  bool are_crops() const { return !frames.empty() && frames.front().parent.has_value(); }
  // The whole of it is bounded, uploads and retries included. Waiting for the user's own limits
  // before that takes as long as it takes.
  Clock::TimePoint give_up_at() const
  {
    return begun + std::chrono::milliseconds{settings->timeout_ms};
  }
};

} // namespace gemini
