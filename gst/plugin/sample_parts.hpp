// SPDX-License-Identifier: LGPL-2.1-or-later
// Which parts of a frame are asked about, and which must not be seen.
#pragma once

#include "plugin/analysis_engine.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/upstream_objects.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gemini {

// What is chosen of one frame.
struct Choice {
  Sample::Sendable verdict = Sample::Sendable::yes;
  std::vector<Sample::Part> parts = std::vector<Sample::Part>(1); // where something is asked
  std::vector<Rect> blackouts = {};                               // whole pixels
  std::size_t n_left_out = 0; // boxes that were wanted, but were too many
};

// By these settings, on a frame of `width` x `height` pixels with these objects from upstream.
// `was_asked` tells the ids of those that need not be asked about any more.
Choice choose_parts(const ResolvedSettings &settings, const UpstreamObjects &upstream, int width,
                    int height, const std::function<bool(std::uint64_t id)> &was_asked);

// Of a run: the same, remembering which objects were asked about.
class SampleParts {
public:
  // Streaming thread. Looks at the sample's buffer, info and settings.
  Choice choose(const Sample &sample);
  // Streaming thread: this sample, with its id and parts, is being asked about.
  void asked(const Sample &sample);
  // Any thread: this request brought no answer; its objects may be asked about again.
  void failed(std::uint64_t request);
  // Any thread: ids of upstream mean others from now on.
  void forget();

private:
  void catch_up();

  // Streaming thread only: request by id, of the newest ids.
  std::unordered_map<std::uint64_t, std::uint64_t> asked_;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> order_; // id and request, oldest first

  std::mutex mutex_; // guards all below; held for a few words only
  bool is_forgotten_ = false;
  std::vector<std::uint64_t> failed_; // requests
};

} // namespace gemini
