// SPDX-License-Identifier: LGPL-2.1-or-later
// Live mode: what the newest answers say about the frame that passes now.
#pragma once

#include "core/analysis.hpp"
#include "core/tracked_scene.hpp"
#include "plugin/gemini_ref.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace gemini {

class LiveScene {
public:
  LiveScene();

  // Worker: an answer has come or grown, or its failure. Those of before the last reset() are
  // ignored, and those about older frames than the newest. `tracked`: its objects, where they are
  // by now; of a failure it is not looked at.
  void publish(std::shared_ptr<const Analysis> analysis, TrackedScene tracked);
  // Worker: the objects of that answer have moved on; ignored where it is not the newest good one.
  void move(std::uint64_t request, TrackedScene tracked);
  // Streaming thread: the scene of the frame at `running_time`. A good answer stays for
  // `time_to_live` of running time after the first frame that carried it; 0: until the next one.
  Ref<GstGeminiScene> at(std::chrono::nanoseconds running_time,
                         std::chrono::nanoseconds time_to_live);
  // Streaming thread: the picture is still that of `request`. What is known of it, or of a newer
  // one, stays without end until let_end(); where its time is over already it comes back.
  void keep(std::uint64_t request);
  // Streaming thread: its time counts again, from `running_time` on.
  void let_end(std::chrono::nanoseconds running_time);
  // The stream begins anew: nothing is known. Requests count from `first_valid` on.
  void reset(std::uint64_t first_valid);

private:
  bool is_shown(std::chrono::nanoseconds running_time, std::chrono::nanoseconds time_to_live);

  std::mutex mutex_; // guards all; held for pointer swaps
  std::uint64_t first_valid_ = 1;
  std::uint64_t newest_ = 1;                      // request that was published
  std::shared_ptr<const Analysis> good_;          // the newest usable answer
  std::shared_ptr<const TrackedScene> tracked_;   // its objects
  Scene::Status status_ = Scene::Status::pending; // of the newest request
  Ref<GstGeminiScene>
      bare_; // without objects: before the first answer and after the last one's time
  std::optional<std::chrono::nanoseconds> shown_since_;
  bool is_over_ = false;              // the time of good_
  std::optional<std::uint64_t> kept_; // request whose picture is still seen
};

// Objects that nobody follows, seen on the frame at `time`.
TrackedScene still_scene(const Analysis &analysis, std::chrono::nanoseconds time);
Ref<GstGeminiScene> wrap(Scene scene);
// What an analysis says about the frames of its own sample.
Ref<GstGeminiScene> scene_of(std::shared_ptr<const Analysis> analysis);
// The same on a frame that is later than its sample.
Ref<GstGeminiScene> aged(const Ref<GstGeminiScene> &scene, std::chrono::nanoseconds running_time);
// Nothing is known.
Ref<GstGeminiScene> pending_scene();

} // namespace gemini
