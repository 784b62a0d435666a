// SPDX-License-Identifier: LGPL-2.1-or-later
// What the model said, as immutable values that travel from the parser to the metadata.
// They are built once, then shared between threads as std::shared_ptr<const T>.
#pragma once

#include "core/box_3d.hpp"
#include "core/failure.hpp"
#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "core/track.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

enum class Task {
  detect,   // boxes and labels
  segment,  // boxes, labels and masks
  point,    // points and labels
  boxes_3d, // boxes in space and labels
  caption,  // a text
  classify, // labels of the whole picture
  ask,      // a text, or JSON by the user's schema
};

constexpr const char *to_string(Task task)
{
  switch (task) {
  case Task::detect:
    return "detect";
  case Task::segment:
    return "segment";
  case Task::point:
    return "point";
  case Task::boxes_3d:
    return "boxes-3d";
  case Task::caption:
    return "caption";
  case Task::classify:
    return "classify";
  case Task::ask:
    return "ask";
  }
  return "unknown";
}

// The object of others (a detector upstream) whose picture was asked about.
struct Parent {
  std::optional<std::uint64_t> id = std::nullopt; // as they call it; none: it has none
  std::string label;
  bool operator==(const Parent &) const = default;
};

// One thing that the model spoke of. Without any shape it is a class of the whole picture.
struct Object {
  // Unique within the element's run, from 1; 0: nobody has looked yet who of those before it it is.
  std::uint64_t id = 0;
  std::string label; // the model's own words; may be empty
  std::optional<double> confidence =
      std::nullopt; // 0..1, the model's opinion where it was asked for
  std::optional<Rect> box = std::nullopt;
  std::shared_ptr<const Mask> mask = nullptr; // null: none
  std::vector<Ring> polygon = {}; // as the model drew it, where it did; `mask` is its inside
  std::optional<Point> point = std::nullopt;
  std::optional<Box3d> box_3d = std::nullopt;
  std::optional<std::string> text = std::nullopt; // what was said about the parent, in words
  std::optional<Parent> parent = std::nullopt;    // seen on a picture of this one alone
  Track track = {};                               // from answer to answer, and to this frame
};

enum class AnalysisStatus {
  ok,      // all of the answer was usable; no objects means that the model saw nothing
  partial, // some of it was unusable or cut: see problems
  blocked, // the service refused to answer for safety's sake
  failed,  // no answer: see failure
};

constexpr const char *to_string(AnalysisStatus status)
{
  switch (status) {
  case AnalysisStatus::ok:
    return "ok";
  case AnalysisStatus::partial:
    return "partial";
  case AnalysisStatus::blocked:
    return "blocked";
  case AnalysisStatus::failed:
    return "failed";
  }
  return "unknown";
}

// Token counts as the service gives them; 0 where it gave none.
struct Usage {
  std::int64_t prompt = 0;
  std::int64_t output = 0;
  std::int64_t thoughts = 0;
  std::int64_t cached = 0;
  std::int64_t total = 0;
};

// What the element has asked and paid for so far.
struct Spent {
  std::uint64_t requests = 0; // that were sent and have ended
  std::int64_t tokens = 0;
  std::optional<double> cost = std::nullopt; // in the user's currency; none: there is no price
  bool operator==(const Spent &) const = default;
};

// One answer, or the lack of one, about one sampled frame.
struct Analysis {
  std::string source; // the element's name
  std::uint64_t request_id = 0;
  std::chrono::nanoseconds pts{-1};          // of the sampled frame; negative: unknown
  std::chrono::nanoseconds running_time{-1}; // likewise
  std::optional<std::chrono::microseconds> captured_at = std::nullopt; // UTC since 1970
  int width = 0; // of the frame as it was sampled, in pixels
  int height = 0;
  Task task = Task::detect;
  std::string model;                    // as asked for
  std::string model_version;            // as the service says that answered
  std::chrono::milliseconds latency{0}; // from sending to the whole answer
  int attempts = 0;                     // 0: never sent
  AnalysisStatus status = AnalysisStatus::failed;
  bool is_growing = false; // a part of an answer that is still being streamed: more will come
  std::string finish_reason;
  Usage usage;
  std::optional<Spent> spent = std::nullopt; // with this answer; none: it is of a record
  std::vector<Object> objects;
  // Of earlier answers, where they would be by now: lost, as this answer does not name them, or
  // left. Each is told once.
  std::vector<Object> gone = {};
  std::optional<std::string> text = std::nullopt; // a caption or an answer in words
  std::optional<std::string> json =
      std::nullopt;                              // an answer by the user's schema: one line of JSON
  std::vector<std::string> problems;             // item by item, what of the answer was unusable
  std::optional<Failure> failure = std::nullopt; // set when failed or blocked
};

// What is known about one frame.
struct Scene {
  enum class Status {
    pending, // no answer yet, or the last good one is older than its time to live
    ok,      // the newest request was answered in full
    partial,
    blocked, // the newest request was blocked
    failed,  // the newest request failed
  };
  Status status = Status::pending;          // of the newest request that ended
  std::vector<Object> objects;              // where they are on this frame
  std::shared_ptr<const Analysis> analysis; // the answer that the objects come from; may be null
};

constexpr const char *to_string(Scene::Status status)
{
  switch (status) {
  case Scene::Status::pending:
    return "pending";
  case Scene::Status::ok:
    return "ok";
  case Scene::Status::partial:
    return "partial";
  case Scene::Status::blocked:
    return "blocked";
  case Scene::Status::failed:
    return "failed";
  }
  return "unknown";
}

// It says what was seen, as far as it goes.
inline bool is_usable(const Analysis &analysis)
{
  return analysis.status == AnalysisStatus::ok || analysis.status == AnalysisStatus::partial;
}

constexpr Scene::Status scene_status(AnalysisStatus status)
{
  switch (status) {
  case AnalysisStatus::ok:
    return Scene::Status::ok;
  case AnalysisStatus::partial:
    return Scene::Status::partial;
  case AnalysisStatus::blocked:
    return Scene::Status::blocked;
  case AnalysisStatus::failed:
    break;
  }
  return Scene::Status::failed;
}

} // namespace gemini
