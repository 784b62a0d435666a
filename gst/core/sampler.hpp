// SPDX-License-Identifier: LGPL-2.1-or-later
// Which frames are sampled: by running time, never by counting frames.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace gemini {

// Samples per second of running time; numerator 0 means never.
struct Rate {
  int numerator = 1;
  int denominator = 1;
  bool operator==(const Rate &) const = default;
};

// Running time is cut into slots of one sample interval each; the first frame of a slot is due. So
// the samples of a long stream do not drift, jitter around a slot's edge costs nothing, and frames
// that came late do not cause a burst. Frames out of order belong to slots that are over; only a
// time that is further back than frames are reordered is that of a stream that began again.
class Sampler {
public:
  // By how much encoders reorder frames at most.
  static constexpr std::chrono::seconds kFarBack{1};

  explicit Sampler(Rate rate = {}) : rate_(rate) {}

  // May change while frames flow. The slots of the new rate begin with the next frame.
  void set_rate(Rate rate);
  // Whether the frame at `running_time` is to be analysed. Says so once a slot. Negative times
  // never are.
  bool is_due(std::chrono::nanoseconds running_time);
  // The stream starts anew (flush, new segment): the next frame is due.
  void reset() { last_slot_.reset(); }

private:
  Rate rate_;
  std::optional<std::int64_t> last_slot_;
  std::chrono::nanoseconds newest_{0}; // time of the newest frame since last_slot_ was set
};

} // namespace gemini
